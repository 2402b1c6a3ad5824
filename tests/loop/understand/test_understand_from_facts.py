"""What pages count on the engine's facts is what the answers themselves say, for whoever asks."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from premura.core.customers.models import Customer, Interaction
from premura.loop.listen.models import Answer, Response
from premura.loop.understand import coverage, drivers, listening_quality, quality_scores, reasons, remembered
from premura.loop.understand.export import Exporter
from premura.loop.understand.metrics import METRICS
from premura.loop.understand.questions import Item
from premura.loop.understand.reads import making_of
from premura.loop.understand.remembered import memories
from premura.loop.understand.service_quality import service_quality
from premura.loop.understand.windows import Window

pytestmark = pytest.mark.django_db
WINDOW = Window(date(2026, 1, 12), date(2026, 3, 8))


@pytest.fixture
def fill():
    exporter = Exporter()
    yield exporter.round
    exporter.close()


@pytest.fixture
def answered(crowd):
    """A crowd, some of whom give the same mark four times, or write beside a choice; words come again."""
    crowd(seed=5, n=160)
    counted = Response.objects.filter(perspective="customer", moment="perception", subject__is_us=True)
    for number, response in enumerate(counted.order_by("answered_on", "pk")[20:60]):
        words = {"text": "la vasca era sporca e nessuno rispondeva"} if number % 2 == 0 else {}
        Response.objects.filter(pk=response.pk).update(seconds=2 + 3 * number if number % 5 else None)
        if words:
            response.answers.filter(kind="text").delete()
        Answer.objects.create(response=response, question="other", kind="single", choices=["other"], **words)
        if number % 3 == 0:
            response.answers.filter(kind__in=["nps", "csat", "ces"]).delete()
        for place in range(4):
            score = 5 if number % 3 == 0 else 1 + (number + place) % 5
            Answer.objects.create(response=response, question=f"m{place}", kind="csat", scale="1-5", score=score)


def test_scores_of_touchpoints_and_their_last_day(answered, fill, owner, colleague, vicenza, padova):
    asked = [(person, place) for person in (owner, colleague) for place in (None, vicenza.pk, padova.pk, 0)]
    expected = [coverage._measured(person, WINDOW, place) for person, place in asked]
    assert sum(row["scores"] for row in expected[0].values()) > 100
    assert expected[0] != expected[4]  # a colleague does not see the other place
    assert fill()
    assert [coverage._measured(person, WINDOW, place) for person, place in asked] == expected


def test_how_a_number_was_made(answered, fill, owner, colleague, vicenza, surveys):
    """From the facts alone: no page reads ten million answers to say from how many people they come."""
    Response.objects.filter(pk__in=Response.objects.values("pk")[:30]).update(weight=1.5)
    for response in Response.objects.order_by("answered_on", "pk")[:40]:
        Answer.objects.create(response=response, question="ten", kind="csat", scale="1-10", score=8)
    filters = (
        {},
        {"location": vicenza.pk},
        {"location": 0},
        {"channel": "qr"},
        {"band": "promoters"},
        {"scale": "1-10"},
    )
    asked = [(who, METRICS[m], each) for who in (owner, colleague) for m in ("csat", "nps") for each in filters]
    asked += [(owner, METRICS["delight"], {}), (owner, METRICS["csat"], {"survey": surveys[0].pk})]
    expected = [making_of(who, metric, WINDOW, least=30, **each) for who, metric, each in asked]
    whole = expected[0]
    assert whole.has_repeats
    assert whole.weighted > 0
    assert whole.other_scales
    assert fill()
    with CaptureQueriesContext(connection) as queries:
        assert [making_of(who, metric, WINDOW, least=30, **each) for who, metric, each in asked] == expected
    assert not [query["sql"] for query in queries if "listen_answer" in query["sql"]]


def test_what_was_heard_of_each_survey(answered, fill, owner, colleague, padova):
    asked = [(owner, None), (colleague, None), (owner, padova.pk), (owner, 0)]
    expected = [listening_quality._counted(person, WINDOW, place) for person, place in asked]
    total = expected[0].values()
    for name in ("praise", "critical", "with_words", "straight", "repeated", "timed", "fast"):
        assert sum(getattr(counts, name) for counts in total) > 0, name
    assert fill()
    assert [listening_quality._counted(person, WINDOW, place) for person, place in asked] == expected


def test_expectation_and_perception_of_everybody(answered, surveys, fill, owner, colleague, padova, monkeypatch):
    """Means, gaps, intervals, reliability and months; whoever left out a half, an item or the usual scale too."""
    version = surveys[0].versions.get()
    kept = {f"k{place}": ("reliability", "empathy")[place % 2] for place in range(12)}
    version.definition = {"questions": [{"code": k, "kind": "pair", "dimension": kept[k]} for k in kept]}
    version.save()
    given = []
    for number, response in enumerate(Response.objects.filter(survey=surveys[0]).order_by("answered_on", "pk")):
        for place, code in enumerate(kept):
            for half, part in enumerate(("expectation", "perception")):
                if (number + place + half) % 7:
                    scale, score = (
                        ("1-5", 3) if number % 11 == 0 else ("1-7", 1 + (number * (place + 2) + 3 * half) % 7)
                    )
                    given.append(
                        Answer(response=response, question=code, part=part, kind="pair", scale=scale, score=score)
                    )
    Answer.objects.bulk_create(given)
    asked = [(owner, None, None), (owner, padova.pk, None), (colleague, None, None), (owner, 0, surveys[0].pk)]

    def told():
        return [
            service_quality(
                person, WINDOW, least=5, weights={"empathy": 60, "reliability": 40}, location=place, survey=own
            )
            for person, place, own in asked
        ]

    expected = told()
    assert expected[0].matched > 20
    assert expected[0].other_scales > 0
    assert len(expected[0].through_time) >= 2
    assert fill()
    monkeypatch.setattr(quality_scores, "of_answers", None)
    # People come in another order: the same numbers but for the last digit
    near = [pytest.approx(value, abs=1e-9) if isinstance(value, float) else value for value in flat(expected)]
    assert list(flat(told())) == near


def test_halves_that_nobody_gave_at_once_are_matched_by_customer(answered, surveys, fill, owner, colleague):
    """The facts of pairs know no customers: where nobody gave both halves at once they are not enough."""
    surveys[0].versions.update(definition={"questions": [{"code": "k", "kind": "pair", "dimension": "empathy"}]})
    people = list(Customer.objects.order_by("pk"))
    for number, response in enumerate(Response.objects.filter(survey=surveys[0]).order_by("answered_on", "pk")[:40]):
        Response.objects.filter(pk=response.pk).update(customer=people[number // 2 % len(people)])
        part = ("expectation", "perception")[number % 2]
        response.answers.create(question="k", part=part, kind="pair", scale="1-7", score=1 + number * 3 % 7)
    expected = [service_quality(person, WINDOW, least=2, weights={}) for person in (owner, colleague)]
    assert (expected[0].way, expected[0].matched) == ("people", len(people))
    assert fill()
    assert [service_quality(person, WINDOW, least=2, weights={}) for person in (owner, colleague)] == expected


def flat(value):
    """Everything that stands in it, one after the other."""
    if is_dataclass(value):
        value = [getattr(value, field.name) for field in fields(value)]
    if isinstance(value, Mapping):
        value = sorted(value.items())
    if isinstance(value, list | tuple):
        for one in value:
            yield from flat(one)
    else:
        yield value


def test_what_is_remembered_of_episodes(answered, points, fill, owner, colleague, padova, now, monkeypatch):
    """Orders of several meetings, meetings, single responses; all of them, and as many people as are drawn."""
    people = list(Customer.objects.order_by("pk"))
    met = [
        Interaction.objects.create(
            customer=people[number % 3], touchpoint=points["counter"], channel="person",
            happened_at=now - timedelta(hours=number * 7 % 40), reference=("", "N1", "N2", "N1")[number % 4],
        )
        for number in range(24)
    ]  # fmt: skip
    counted = Response.objects.filter(perspective="customer", moment="perception", subject__is_us=True)
    for number, response in enumerate(counted.order_by("answered_on", "pk")):
        meeting = met[number % 40] if number % 40 < len(met) else None
        whose = {"customer": meeting.customer, "interaction": meeting} if meeting else {}
        Response.objects.filter(pk=response.pk).update(**whose)
        for place, point in enumerate(("counter", "invoice", "counter", "delivery")[: number % 5]):
            score = 1 + number * (5 + 2 * place) // 3 % 5
            Answer.objects.create(
                response=response, question=f"p{place}", kind="csat", scale="1-5", score=score, touchpoint=points[point]
            )
    whom = ((owner, None), (colleague, None), (owner, padova.pk), (owner, 0))

    def told():
        return [memories(person, WINDOW, location=place, listed=9) for person, place in whom]

    expected = told()
    monkeypatch.setattr(remembered, "MOST", expected[0].drawn.of // 3)
    part = told()
    monkeypatch.setattr(remembered, "MOST", expected[0].drawn.of * 7 // 10)
    most = told()
    assert len(expected[0].journeys[0].episodes) > 12
    assert part[0].drawn.read < part[0].drawn.of
    assert fill()
    monkeypatch.setattr(remembered, "of_answers", None)
    assert [same(one) for one in told()] == [same(one) for one in most]
    assert [one.drawn.read for one in most] != [one.drawn.read for one in expected]
    monkeypatch.setattr(remembered, "MOST", expected[0].drawn.of // 3)
    assert [same(one) for one in told()] == [same(one) for one in part]
    monkeypatch.setattr(remembered, "MOST", 30_000)
    assert [same(one) for one in told()] == [same(one) for one in expected]
    every, listed = memories(owner, WINDOW), expected[0].journeys[0]
    assert [e.remembered for e in every.journeys[0].episodes] == [e.remembered for e in listed.episodes]


def same(found):
    """What must be equal: figures, places, and of the worst episodes who, when, what in which order, and the answer."""
    return found.single, found.drawn, [
        (
            [getattr(one, field.name) for field in fields(one) if field.name != "episodes"],
            [
                (e.ended_on, e.customer, e.customer_name, e.remembered, e.overall, e.end.response,
                 [(moment.touchpoint, moment.felt) for moment in e.moments])
                for e in one.episodes[:9]
            ],
        )
        for one in found.journeys
    ]  # fmt: skip


def test_drivers_and_their_intervals(answered, fill, owner, colleague, padova, monkeypatch):
    counted = Response.objects.filter(perspective="customer", moment="perception", subject__is_us=True)
    Answer.objects.filter(response__in=counted, kind__in=["nps", "csat", "ces"]).delete()
    marks: list[Answer] = []
    for number, response in enumerate(counted.order_by("answered_on", "pk")):
        marks.append(Answer(response=response, question="nps", kind="nps", scale="0-10", score=number * 7 % 11))
        for place, question in enumerate(("desk", "car", "road")):
            score = 1 + number * (3 + place) // (1 + place) % 5
            marks.append(Answer(response=response, question=question, kind="likert", scale="1-5", score=score))
    Answer.objects.bulk_create(marks)
    survey = drivers.driver_reading(owner, WINDOW).survey
    items = [Item("nps", "", "0-10"), *(Item(question, "", "1-5") for question in ("desk", "car", "road"))]
    whom = ((owner, None), (colleague, None), (owner, padova.pk), (owner, 0))
    asked = [(person, place, share) for person, place in whom for share in (1, 0.4)]

    def found():
        given = [drivers._given(person, WINDOW, place, survey, items, share) for person, place, share in asked]
        given = [sorted(zip(*(column.tolist() for column in columns), strict=True)) for columns in given]
        return given, [drivers.driver_reading(person, WINDOW) for person in (owner, colleague)]

    expected, readings = found()
    assert all(reading.analysis for reading in readings)
    assert len(expected[0]) > len(expected[1]) > 0
    assert len(expected[0]) > len(expected[2]) > 0
    assert fill()
    monkeypatch.setattr(drivers, "responses_drawn", None)  # from here on the facts are read
    assert found() == (expected, readings)


def test_which_choices_were_asked(answered, fill, owner, colleague, padova, monkeypatch):
    survey = Response.objects.filter(answers__question="other").values_list("survey", flat=True)[0]
    asked = [(owner, None, None), (colleague, None, None), (owner, padova.pk, None), (owner, 0, None)]
    asked += [(owner, None, survey), (owner, None, survey + 999)]

    def found():
        return [reasons.choices_asked(who, WINDOW, location=place, survey=one) for who, place, one in asked]

    expected = found()
    assert expected[0] != expected[1]
    assert expected[4]
    assert not expected[5]
    assert fill()
    monkeypatch.setattr(reasons, "_answers", None)  # from here on the facts are read
    assert found() == expected


def test_what_was_chosen_one_several_or_in_order(answered, fill, owner, colleague, padova, monkeypatch):
    """By segment and against the days before."""
    options = (["price"], ["price", "people"], ["people", "price", "people"], [], ["à côté", "price"], None)
    rows = [
        Answer(response=response, question=f"why_{kind}", kind=kind, choices=options[number % 6] or [])
        for number, response in enumerate(Response.objects.order_by("answered_on", "pk"))
        for kind in ("multiple", "ranking")
    ]
    Answer.objects.bulk_create(rows)
    last = Window(date(2026, 2, 9), WINDOW.last_day)
    whom = [(owner, None), (colleague, None), (owner, padova.pk), (owner, 0)]
    questions = reasons.choices_asked(owner, last)
    assert {one.kind for one in questions} >= {"multiple", "ranking", "single"}

    def found():
        return [reasons.reasons_for(who, last, one, location=at) for one in questions for who, at in whom]

    expected = found()
    assert {"price", "people", "à côté"} in [{reason.code for reason in one.reasons} for one in expected]
    assert any(one.before_n and len(one.segments) > 1 for one in expected)
    assert fill()
    monkeypatch.setattr(reasons, "_answers", None)
    assert found() == expected


def test_pages_from_facts_ask_a_fixed_number_of_questions(answered, fill, owner, django_assert_max_num_queries):
    assert fill()
    owner.location_ids()
    with django_assert_max_num_queries(6):
        listening_quality.listening_quality(owner, WINDOW)
    with django_assert_max_num_queries(6):
        coverage.coverage(owner, WINDOW)
