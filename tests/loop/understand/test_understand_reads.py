"""What SQL counts is what one counts by hand; nobody sees another place; the number of queries does not grow."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from premura.loop.understand import reads
from premura.loop.understand.metrics import METRICS, Counts, total
from premura.loop.understand.windows import Window

ALL = Window(date(2026, 1, 1), date(2026, 12, 31))
SCALES = {"nps": "0-10", "csat": "1-5", "ces": "1-7"}
KEYS = {
    "touchpoint": lambda row: row["touchpoint"] and row["touchpoint"].pk,
    "location": lambda row: row["location"] and row["location"].pk,
    "survey": lambda row: row["survey"].pk,
    "channel": lambda row: row["channel"],
    "language": lambda row: row["language"],
    "week": lambda row: row["day"] - timedelta(days=row["day"].weekday()),
    "month": lambda row: row["day"].replace(day=1),
    None: lambda row: None,
}


def recount(rows, metric, window, key, keep=lambda row: True):
    """The same count without a database."""
    result = {}
    for row in rows:
        if not window.first_day <= row["day"] <= window.last_day or not keep(row):
            continue
        if (row["perspective"], row["moment"], row["subject"].is_us) != ("customer", "perception", True):
            continue
        if metric.choices:
            score = metric.choices.get(row[metric.question])
        else:
            kind = metric.kinds[0]
            scale = (row["scales"] or {}).get(kind, SCALES[kind])
            score = row[kind] if scale == metric.scale else None
        if score is not None:
            result.setdefault(key(row), Counter())[score] += 1
    return result


@pytest.mark.django_db
@pytest.mark.parametrize("by", KEYS)
def test_counts_are_those_counted_by_hand(crowd, owner, by):
    rows = crowd(seed=len(str(by)), n=150)
    window = Window(date(2026, 1, 12), date(2026, 3, 8))
    for metric in METRICS.values():
        assert reads.count_scores(owner, metric, window, by) == recount(rows, metric, window, KEYS[by])


@pytest.mark.django_db
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000))
def test_breakdowns_add_up_to_the_whole(crowd, owner, seed):
    from premura.loop.listen.models import Answer, Response

    Answer.objects.all().delete()
    Response.objects.all().delete()
    crowd(seed, n=40)
    for metric in METRICS.values():
        whole = reads.count_scores(owner, metric, ALL).get(None, Counts())
        for by in ("touchpoint", "location", "week", "month", "survey", "question"):
            assert total(reads.count_scores(owner, metric, ALL, by).values()) == whole


@pytest.mark.django_db
def test_filters_keep_what_they_say(crowd, owner, points, surveys, vicenza):
    rows = crowd(seed=3, n=150)
    metric = METRICS["nps"]
    tests = {
        "touchpoint": (points["delivery"], lambda row: row["touchpoint"] == points["delivery"]),
        "location": (vicenza, lambda row: row["location"] == vicenza),
        "survey": (surveys[1], lambda row: row["survey"] == surveys[1]),
        "channel": ("qr", lambda row: row["channel"] == "qr"),
        "language": ("en", lambda row: row["language"] == "en"),
        "question": ("q_nps", lambda row: True),
    }
    for place in ("touchpoint", "location"):
        expected = recount(rows, metric, ALL, KEYS[None], lambda row, place=place: row[place] is None)
        assert reads.count_scores(owner, metric, ALL, **{place: reads.NONE}) == expected
    for name, (value, keep) in tests.items():
        expected = recount(rows, metric, ALL, KEYS[None], keep)
        assert reads.count_scores(owner, metric, ALL, **{name: value}) == expected


@pytest.mark.django_db
def test_other_perspectives_and_subjects_only_when_asked(respond, company, owner, subjects):
    company.minimum_n = 1  # one colleague may be told
    company.save()
    day = date(2026, 3, 2)
    respond(day, nps=10)
    respond(day, nps=0, perspective="staff")
    respond(day, nps=1, subject=subjects["them"])
    respond(day, nps=2, moment="expectation")
    metric = METRICS["nps"]
    assert reads.count_scores(owner, metric, ALL) == {None: {10: 1}}
    assert reads.count_scores(owner, metric, ALL, perspective="staff") == {None: {0: 1}}
    assert reads.count_scores(owner, metric, ALL, moment="expectation") == {None: {2: 1}}
    by_subject = reads.count_scores(owner, metric, ALL, "subject")
    assert by_subject == {subjects["us"].pk: {10: 1}, subjects["them"].pk: {1: 1}}


@pytest.mark.django_db
def test_scales_are_never_mixed(respond, owner):
    day = date(2026, 3, 2)
    respond(day, csat=4)
    respond(day, csat=9, scales={"csat": "1-10"})
    assert reads.count_scores(owner, METRICS["csat"], ALL) == {None: {4: 1}}
    asked = reads.figures(owner, METRICS["csat_mean"], ALL, least=1, scale="1-10")[None]
    assert (asked.estimate.value, asked.scale) == (9, (1, 10))
    assert reads.making_of(owner, METRICS["csat"], ALL, least=1).other_scales == (("1-10", 1),)


@pytest.mark.django_db
def test_a_person_counts_only_their_places(respond, colleague, elsewhere, owner, vicenza, padova):
    day = date(2026, 3, 2)
    respond(day, nps=10, location=vicenza, text="Bravi")
    respond(day, nps=0, location=padova, text="Mai più")
    respond(day, nps=7)
    metric = METRICS["nps"]
    assert reads.count_scores(owner, metric, ALL) == {None: {10: 1, 0: 1, 7: 1}}
    assert reads.count_scores(colleague, metric, ALL) == {None: {10: 1, 7: 1}}
    assert reads.count_scores(elsewhere, metric, ALL) == {None: {0: 1, 7: 1}}
    assert reads.count_scores(elsewhere, metric, ALL, location=vicenza) == {}
    assert {row.score for row in reads.rows_behind(elsewhere, metric, ALL)} == {0, 7}
    assert [row.text for row in reads.comments(elsewhere, ALL)] == ["Mai più"]
    assert reads.making_of(elsewhere, metric, ALL, least=1).counts == {0: 1, 7: 1}


@pytest.mark.django_db
def test_the_whole_company_is_counted_for_checks(crowd, points, vicenza):
    rows = crowd(seed=8, n=120)
    window = Window(date(2026, 1, 10), date(2026, 2, 10))
    at_delivery = recount(
        rows, METRICS["csat"], window, KEYS[None], lambda row: row["touchpoint"] == points["delivery"]
    )
    counted = reads.counts_between("csat", window.first_day, window.last_day, touchpoint=points["delivery"])
    assert counted == at_delivery.get(None, {})
    here = recount(rows, METRICS["nps"], window, KEYS[None], lambda row: row["location"] == vicenza)
    assert reads.counts_between("nps", window.first_day, window.last_day, location=vicenza) == here.get(None, {})


@pytest.mark.django_db
def test_headlines_compare_with_the_window_before(respond, owner):
    window = Window(date(2026, 3, 1), date(2026, 3, 31))
    for _ in range(40):
        respond(date(2026, 2, 20), nps=5, csat=2)
        respond(date(2026, 3, 10), nps=10, csat=5)
    respond(date(2026, 1, 1), nps=0)
    found = {line.metric.code: line for line in reads.headlines(owner, window, least=30)}
    assert set(found) == {"nps", "csat", "ces"}
    assert found["nps"].figure.estimate.value == 100
    assert found["nps"].before.estimate.value == -100
    assert found["nps"].is_news
    assert found["csat"].change.effect.value == pytest.approx(1)
    assert not found["ces"].figure.is_measured
    assert not found["ces"].is_news


@pytest.mark.django_db
def test_rows_behind_are_as_many_as_were_counted(crowd, owner):
    crowd(seed=5, n=120)
    for metric in METRICS.values():
        counts = reads.count_scores(owner, metric, ALL).get(None, Counts())
        assert reads.rows_behind(owner, metric, ALL).count() == counts.n
        for group in metric.groups:
            found = reads.rows_behind(owner, metric, ALL, group=group.code)
            assert found.count() == counts.between(group.low, group.high)


@pytest.mark.django_db
def test_trend_shows_weeks_without_answers_and_leaves_them_out_of_the_limits(respond, owner):
    window = Window(date(2026, 1, 5), date(2026, 3, 29))
    starts = reads.period_starts(window, "week")
    for week in [start for number, start in enumerate(starts) if number != 3]:
        for score in (5, 5, 4, 1):
            respond(week, csat=score)
    found = reads.trend(owner, METRICS["csat"], window, "week", least=1)
    assert [point.day for point in found.points] == starts
    assert not found.points[3].figure.is_measured
    assert found.charted == tuple(i for i in range(12) if i != 3)
    assert found.chart.centre == pytest.approx(0.75)


@pytest.mark.django_db
def test_few_points_have_no_limits(respond, owner):
    respond(date(2026, 3, 2), nps=9)
    window = Window(date(2026, 1, 5), date(2026, 3, 29))
    assert reads.trend(owner, METRICS["nps"], window, "week", least=1).chart is None


def test_months_of_a_window():
    window = Window(date(2025, 12, 31), date(2026, 3, 1))
    starts = reads.period_starts(window, "month")
    assert starts == [date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)]


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 800))
def test_the_previous_window_is_as_long_and_touches(last, days):
    window = Window.ending(last, days)
    assert window.previous.days == window.days == days
    assert window.previous.last_day + timedelta(days=1) == window.first_day


@pytest.mark.django_db
def test_comments_come_worst_first(respond, owner):
    day = date(2026, 3, 2)
    respond(day, csat=3, text="così così")
    respond(day, nps=2, csat=5, text="il montacarichi è rotto")
    respond(day, text="senza voto")
    respond(day, ces=7, text="tutto facile")
    assert [row.text for row in reads.comments(owner, ALL)] == [
        "il montacarichi è rotto",
        "così così",
        "tutto facile",
        "senza voto",
    ]
    respond(day + timedelta(days=1), nps=10, text="ottimo")
    assert reads.comments(owner, ALL, order="latest")[0].text == "ottimo"
    assert [row.text for row in reads.comments(owner, ALL, search="MONTACARICHI rotto")] == ["il montacarichi è rotto"]


@pytest.mark.django_db
def test_the_number_of_queries_does_not_grow(crowd, owner, django_assert_num_queries):
    owner.location_ids()
    for n in (20, 60):
        crowd(seed=n, n=n)
        with django_assert_num_queries(1):
            reads.count_scores(owner, METRICS["csat"], ALL, "touchpoint")
        with django_assert_num_queries(2):
            reads.headlines(owner, ALL, least=30)
        with django_assert_num_queries(1):
            reads.trend(owner, METRICS["nps"], ALL, "week", least=30)
        with django_assert_num_queries(7):
            reads.making_of(owner, METRICS["nps"], ALL, least=30)
        with django_assert_num_queries(2):
            for row in reads.comments(owner, ALL)[:50]:
                [answer.score for answer in row.response.answers.all()]
