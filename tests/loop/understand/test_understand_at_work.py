"""What colleagues say of their work, and why customers buy: counted option by option, confidences kept by the query."""

from datetime import UTC, date, datetime

import pytest

from premura.core.errors import NotFound, PremuraError
from premura.core.history.history import record
from premura.loop.listen.models import Answer
from premura.loop.understand.at_work import at_work
from premura.loop.understand.comment_reads import Said, comments_understood, spoken_of
from premura.loop.understand.comments import handle_response
from premura.loop.understand.company_aspects import learn_from
from premura.loop.understand.judgements import comment_for
from premura.loop.understand.metrics import METRICS
from premura.loop.understand.praise import praise_of
from premura.loop.understand.reads import comments, making_of
from premura.loop.understand.reasons import choices_asked, own_words, reasons_for
from premura.loop.understand.windows import Window

pytestmark = pytest.mark.django_db
DAY = date(2026, 2, 10)
NOW = datetime(2026, 2, 11, tzinfo=UTC)
QUARTER = Window(date(2026, 1, 1), date(2026, 3, 31))


@pytest.fixture
def pulse(surveys, respond):
    """``pulse(place, score, able, *obstacles)``: one colleague's answers about their work."""

    def answer(place, score, able, *obstacles):
        surveys[1].perspective = "staff"
        surveys[1].save()
        response = respond(DAY, survey=surveys[1], perspective="staff", location=place)
        rows = [
            {"question": "enps", "kind": "nps", "scale": "0-10", "score": score},
            {"question": "able", "kind": "likert", "scale": "1-5", "score": able},
            {"question": "obstacle", "kind": "multiple", "choices": list(obstacles), "text": "mio"},
        ]
        Answer.objects.bulk_create(Answer(response=response, **row) for row in rows)

    return answer


def test_scores_and_obstacles_are_counted_each_on_its_own_scale(owner, pulse, vicenza, padova):
    for number in range(10):
        pulse(vicenza, 10 if number < 6 else 3, 5 if number < 2 else 2, "time", *(["rules"] if number < 3 else []))
    found = at_work(owner, QUARTER, least=10)
    assert [(one.asked.question, one.figure.value, one.figure.n) for one in found.loyalty] == [("enps", 20.0, 10)]
    assert [(one.asked.question, one.figure.value) for one in found.others] == [("able", 0.2)]
    assert [(code, share.value) for code, share in found.choices[0].options] == [("time", 1.0), ("rules", 0.3)]
    assert all(share.low < share.value or share.value == 1.0 for _code, share in found.choices[0].options)


def test_nothing_of_a_small_group_leaves_the_database(owner, pulse, vicenza, padova):
    for _number in range(10):
        pulse(vicenza, 9, 4, "time")
    for _number in range(9):
        pulse(padova, 0, 1, "tools")
    whole = at_work(owner, QUARTER, least=10)
    assert whole.loyalty[0].figure.n == 19
    assert whole.loyalty[0].places == ()
    for place in (vicenza, padova):
        # Vicenza alone would tell Padova by subtraction
        alone = at_work(owner, QUARTER, least=10, location=place.pk)
        assert alone.is_empty
        assert len(alone.hidden) == 3
    pulse(padova, 0, 1, "tools")
    places = at_work(owner, QUARTER, least=10).loyalty[0].places
    assert sorted((place.location, place.figure.value) for place in places) == sorted(
        [(vicenza.pk, 100.0), (padova.pk, -100.0)]
    )
    assert at_work(owner, QUARTER, least=21).is_empty


def test_an_anonymous_group_of_two_filtered_down_to_one_says_nothing(owner, pulse, vicenza, padova):
    pulse(vicenza, 9, 4, "time")
    pulse(padova, 0, 1, "tools")
    for location in (None, vicenza.pk, padova.pk, 0):
        assert at_work(owner, QUARTER, least=2 if location else 3, location=location).is_empty


def test_what_customers_are_asked_too_stands_elsewhere(owner, pulse, surveys, vicenza):
    version = surveys[0].versions.get()
    version.definition = {"questions": [{"code": "able", "kind": "likert", "text": {"it": "?"}}]}
    version.save()
    for _number in range(5):
        pulse(vicenza, 9, 4, "time")
    assert at_work(owner, QUARTER, least=5).others == ()


@pytest.fixture
def bought(respond, vicenza):
    """``bought(day, segment, *reasons, text)``: a customer's answer to why they bought."""
    from premura.core.customers.models import Customer
    from premura.loop.listen.models import Response

    def answer(day, segment, *reasons, text="", now=None):
        response = respond(day, location=vicenza)
        who = Customer.objects.create(
            name="Cliente", segment=segment, location=vicenza, created_at=response.answered_at
        )
        Response.objects.filter(pk=response.pk).update(customer=who)
        Answer.objects.create(response=response, question="reasons", kind="multiple", choices=list(reasons))
        if text:
            Answer.objects.create(response=response, question="almost", kind="text", text=text)

    return answer


def test_reasons_are_counted_by_segment_and_against_the_days_before(owner, bought, vicenza, padova):
    window = Window(date(2026, 2, 1), date(2026, 2, 28))
    for _number in range(6):
        bought(date(2026, 1, 20), "", "price")
    for number in range(8):
        bought(DAY, "imprese" if number < 6 else "", "people", *(["price"] if number < 2 else []), text="Gentili")
    [question] = choices_asked(owner, window)
    found = reasons_for(owner, window, question)
    shares = {one.code: (one.share.value, one.before.value) for one in found.reasons}
    assert shares == {"people": (1.0, 0.0), "price": (0.25, 1.0)}
    assert found.segments == (("imprese", 6), ("", 2))
    assert [share.value for share in found.reasons[1].by_segment] == [pytest.approx(1 / 3), 0.0]
    assert found.reasons[0].change.p < 0.05
    assert {answer.text for answer in own_words(owner, window, question)} == {"Gentili"}
    assert choices_asked(owner, window, location=padova.pk) == []


def test_staff_never_stand_among_the_reasons(owner, pulse, vicenza):
    pulse(vicenza, 9, 4, "time")
    assert choices_asked(owner, QUARTER) == []


def test_words_of_colleagues_are_read_on_no_page_whatever_is_asked_for(owner, pulse, respond, surveys, vicenza):
    pulse(vicenza, 3, 2, "time")
    said = respond(DAY, survey=surveys[1], perspective="staff", location=vicenza, text=f"{owner.name} è bravissimo")
    handle_response(record("response.received", by=None, about=said, at=NOW))
    words = said.answers.get(kind="text")
    asked = {"perspective": "staff"}
    assert list(comments(owner, QUARTER, **asked)) == []
    assert list(comments_understood(owner, QUARTER, Said(), search="bravissimo", **asked)) == []
    assert spoken_of(owner, QUARTER, Said(), **asked) == []
    with pytest.raises(NotFound):
        comment_for(owner, words.pk)
    with pytest.raises(PremuraError):
        learn_from(owner, ["bravissimo"], [words.pk] * 5)
    assert praise_of(owner, NOW) == []
    # How a figure was made still says of how many it was
    assert making_of(owner, METRICS["nps"], QUARTER, least=1, **asked).responses == 1
