"""Praise and blame of each aspect, with the difference they make to the score, counted again by hand."""

from datetime import date, timedelta

import pytest

DAY = date(2026, 3, 2)
RUDE, KIND, DIRTY = "Personale sgarbato", "Personale gentilissimo", "Camera sporca, chiamatemi al 347 1234567"

pytestmark = pytest.mark.django_db


@pytest.fixture
def said(respond):
    """Sixty comments with two scores each, and ten scores without words."""
    from premura.loop.understand.comments import read_answers, unread

    for at in range(60):
        text = (RUDE, KIND, DIRTY)[at % 3]
        nps = {RUDE: at % 5, KIND: 8 + at % 3, DIRTY: 6 + at % 3}[text]
        respond(DAY + timedelta(days=at % 10), nps=nps, csat=1 + at % 5, text=text)
    for _ in range(10):
        respond(DAY, nps=0)
    for _ in range(2):
        read_answers(unread()[:100])


def sides_of(person, least=10, **filters):
    from premura.loop.understand.comment_sides import aspect_sides
    from premura.loop.understand.metrics import METRICS
    from premura.loop.understand.windows import Window

    rows = aspect_sides(person, Window(DAY, DAY + timedelta(days=9)), METRICS["nps"], least, **filters)
    return {row.aspect: row for row in rows}


def test_the_difference_is_between_those_who_say_it_and_the_others_with_a_comment(said, owner):
    from premura.loop.understand.metrics import METRICS, Counts

    staff = sides_of(owner)["staff"]
    blaming = Counts(dict.fromkeys(range(5), 4))
    assert (staff.blame.n, staff.praise.n) == (20, 20)
    assert staff.blame.scored == blaming
    assert staff.blame.others.n == 40
    nps = METRICS["nps"]
    expected = nps.estimate(blaming).value - nps.estimate(staff.blame.others).value
    assert staff.blame.effect.effect.value == pytest.approx(expected)
    assert staff.blame.effect.effect.high < 0
    assert staff.blame.p < 0.05
    assert staff.praise.effect.effect.low > 0


def test_too_few_scores_make_no_difference_and_places_narrow(said, owner, vicenza):
    assert sides_of(owner, least=30)["staff"].blame.effect is None
    assert sides_of(owner, location=vicenza.pk) == {}


def test_drivers_with_words_are_effects_beside_one_another(said, owner):
    from premura.loop.understand.metrics import METRICS
    from premura.loop.understand.windows import Window
    from premura.loop.understand.word_drivers import word_drivers

    window = Window(DAY, DAY + timedelta(days=9))
    found = word_drivers(owner, window, METRICS["nps"], 10)
    rows = {(row.aspect, row.polarity): row for row in found.rows}
    assert found.n == 60
    blamed = rows["staff", "negative"]
    assert blamed.n == 20
    assert blamed.effect.low < blamed.effect.value < blamed.effect.high < 0
    assert blamed.p < 0.05
    assert sum(row.percent for row in found.rows) == pytest.approx(100)
    assert word_drivers(owner, window, METRICS["nps"], 30).rows == ()
    assert word_drivers(owner, window, METRICS["delight"], 10).rows == ()


def test_quotes_stand_beside_and_personal_data_is_masked(said, owner, viewer):
    quotes = sides_of(owner)["staff"].blame.quotes
    assert [quote.words for quote in quotes] == [RUDE]
    shown = [quote.words for quote in sides_of(viewer)["cleanliness"].blame.quotes]
    assert shown
    assert not any("1234567" in words for words in shown)


def test_the_trend_is_of_shares_of_all_comments_corrected_for_many(respond, owner):
    from premura.loop.understand.comment_reads import Said, spoken_of, trends
    from premura.loop.understand.comments import read_answers, unread
    from premura.loop.understand.windows import Window
    from premura.stats.compare import compare_shares

    window = Window.ending(DAY, 7)
    for at in range(40):
        respond(DAY, text=RUDE if at % 2 else KIND)
        respond(window.previous.last_day, text=RUDE if at % 10 == 0 else KIND)
    read_answers(unread()[:100])

    spoken = spoken_of(owner, window, Said())
    trend = trends(owner, window, Said(), spoken)["staff"]
    alone = compare_shares(20, 40, 4, 40)
    assert trend.blame.difference == alone.difference
    assert alone.p <= trend.p_blame < 0.01
    assert trends(owner, window.previous, Said(), spoken) == {}


def test_who_answers_three_questions_counts_once_as_one_recounts_from_the_rows(said, owner):
    """Against a recount from the raw rows: each response of the scale is one, with the mean of what it gave."""
    from collections import defaultdict

    from premura.loop.listen.models import Answer, Response
    from premura.loop.understand.comment_sides import aspect_sides
    from premura.loop.understand.metrics import METRICS
    from premura.loop.understand.models import CommentAspect
    from premura.loop.understand.windows import Window

    for at, response in enumerate(Response.objects.order_by("answered_on", "pk")[:50]):
        for place, score in enumerate((1 + at % 5, 1 + (at + 1) % 5)):
            Answer.objects.create(response=response, question=f"m{place}", kind="csat", scale="1-5", score=score)
    given = defaultdict(list)
    for response, score in Answer.objects.filter(kind="csat").values_list("response", "score"):
        given[response].append(score)
    blaming = set(
        CommentAspect.objects.filter(aspect="staff", polarity="negative").values_list("reading__answer__response")
    )
    means = sorted(sum(scores) / len(scores) for response, scores in given.items() if (response,) in blaming)
    window = Window(DAY, DAY + timedelta(days=9))
    for code in ("csat", "csat_mean"):
        rows = {row.aspect: row for row in aspect_sides(owner, window, METRICS[code], 10)}
        blame = rows["staff"].blame
        assert (blame.scored.n, blame.scored.n + blame.others.n) == (20, 60)
        if code == "csat_mean":
            assert METRICS[code].estimate(blame.scored).value == pytest.approx(sum(means) / 20)
        else:
            # A half goes towards the worse: 3.5 is no satisfied customer
            assert METRICS[code].share(blame.scored) == (sum(mean > 3.5 for mean in means), 20)
        assert blame.effect.effect.low < blame.effect.effect.value < blame.effect.effect.high
