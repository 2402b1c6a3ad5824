"""The same definition gives the same number: by hand, on the database of the test (SQLite or PostgreSQL), from the
cube and from the facts by DuckDB. The cluster joins in test_engine_cluster.py.
"""

import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from engine_cases import ALL_METRICS, YEAR, by_hand, questions

from premura.engine.answering import Asked
from premura.engine.facts import RECOMMENDING
from premura.engine.questions import CountQuestion, EngineAnswer
from premura.loop.listen.models import Answer
from premura.loop.understand import counting, engine_counts
from premura.loop.understand.counting import Slice
from premura.loop.understand.engine_counts import counted, counted_by_rows, with_defaults
from premura.loop.understand.export import Exporter
from premura.loop.understand.measures import catalogue
from premura.loop.understand.metrics import METRICS, Counts
from premura.loop.understand.windows import Window

pytestmark = pytest.mark.django_db


@pytest.fixture
def exporter():
    made = Exporter()
    yield made
    made.close()


def from_facts(question: CountQuestion) -> dict:
    """By DuckDB from the files alone, whatever the cube could say."""
    state = engine_counts.engine_state()
    asked = Asked.of(with_defaults(question), catalogue())
    if asked is None:
        return {}
    engines = engine_counts._embedded(engine_counts.the_store())
    return engines._from_facts(asked, question.first_day, question.last_day, state.manifest)


def test_every_metric_is_the_same_number_on_every_engine(crowd, exporter, points, surveys, subjects, vicenza, padova):
    rows = crowd(seed=11, n=250)
    assert exporter.round()
    sources = set()
    for question in questions(points, surveys, subjects, vicenza, padova):
        expected = by_hand(rows, question, subjects["us"].pk)
        answer = counted(question)
        assert answer.counts == expected, question
        assert counted_by_rows(question) == expected, question
        assert from_facts(question) == expected, question
        sources.add(answer.source)
        for key, histogram in answer.counts.items():
            metric = METRICS[key[0]]
            assert metric.estimate(histogram) == metric.estimate(Counts(expected[key]))
    assert sources == {"cube", "facts", "cube and facts"}


def test_what_pages_count_today_is_what_the_engine_counts(crowd, exporter, owner, colleague):
    crowd(seed=12, n=200)
    exporter.round()
    window = Window(date(2026, 1, 14), date(2026, 3, 11))
    for person in (owner, colleague):
        seen = person.location_ids()
        for by in (None, "week", "touchpoint", "channel", "subject"):
            question = CountQuestion(
                ALL_METRICS, window.first_day, window.last_day, (by,) if by else (),
                locations=None if seen is None else frozenset(seen),
            )  # fmt: skip
            answer = counted(question)
            for code, metric in METRICS.items():
                told = {key[1] if by else None: counts for key, counts in answer.counts.items() if key[0] == code}
                where = Slice.of({})
                rows = counting._counted_by_rows(counting._Asked(person, (metric,), window, (by,) if by else (), where))
                assert told == {key[1] if by else None: counts for key, counts in rows.items()}


def test_pages_count_by_the_engine_and_by_the_answers_alike(monkeypatch, crowd, exporter, owner, colleague, vicenza):
    """Whatever a page asks: the engine gives the same dictionary, or leaves the question to the answers."""
    crowd(seed=13, n=250)
    window = Window(date(2026, 1, 5), date(2026, 4, 20))
    asked = [
        {}, {"location": vicenza.pk}, {"touchpoint": 0}, {"channel": "qr"}, {"perspective": "staff"},
        {"scale": "1-10"}, {"segment": "-"}, {"segment": "private", "band": "-"}, {"band": "promoters"},
        {"band": "detractors"}, {"language": "it", "moment": "expectation"}, {"is_mine": True},
    ]  # fmt: skip
    breakdowns = (
        (), ("month", "touchpoint"), ("location", "channel"), ("band", "segment"),
        *((name,) for name in counting.BREAKDOWNS),
    )  # fmt: skip
    combined = [(owner, filters, by) for filters in asked for by in breakdowns[:3]]
    combined += [(colleague, {}, by) for by in breakdowns[3:]] + [(None, filters, ("week",)) for filters in asked]
    by_rows = [counting.histograms(who, METRICS.values(), window, by, Slice.of(where)) for who, where, by in combined]
    exporter.round()
    assert any(by_rows)
    # Nothing that a page can ask is left to the answers any more
    monkeypatch.setattr(counting, "_counted_by_rows", lambda *asked: pytest.fail(f"not by the engine: {asked}"))
    for (who, where, by), expected in zip(combined, by_rows, strict=True):
        assert counting.histograms(who, METRICS.values(), window, by, Slice.of(where)) == expected, (where, by)


def test_what_colleagues_say_of_their_work_is_added_to_no_other_nps(respond, exporter, owner, company, monkeypatch):
    """Row S18: would they recommend working here is a figure of its own, on every engine."""
    company.minimum_n = 3
    company.save()
    for number in range(4):
        ours = respond(date(2026, 3, 2), nps=10, perspective="staff")
        Answer.objects.create(response=ours, question="enps", kind="nps", scale="0-10", score=0)
        respond(date(2026, 3, 2), nps=number)
    exporter.round()
    window, nps = Window(date(2026, 3, 1), date(2026, 3, 31)), METRICS["nps"]
    sides = {"staff": Counts({10: 4}), "customer": Counts({0: 1, 1: 1, 2: 1, 3: 1})}

    def asked() -> list:
        return [
            counting.count_scores(owner, nps, window, "perspective"),
            counting.count_scores(owner, nps, window, perspective="staff"),
            counting.count_scores(owner, nps, window, ("perspective", "question"), question="enps"),
        ]

    with monkeypatch.context() as engine:
        engine.setattr(counting, "_counted_by_rows", lambda *asked: pytest.fail(f"not by the engine: {asked}"))
        assert asked() == [sides, {None: sides["staff"]}, {}]
        answer = counted(CountQuestion(("nps",), *YEAR, (), {"perspective": "staff", "question": frozenset({"q_nps"})}))
        assert answer.counts == {("nps",): sides["staff"]}
    monkeypatch.setattr(counting, "counted", lambda question: None)
    assert asked() == [sides, {None: sides["staff"]}, {}]


def test_who_recommends_twice_counts_by_the_lower_mark(respond, exporter, owner):
    response = respond(date(2026, 3, 2), nps=10, csat=2)
    Answer.objects.create(response=response, question="again", kind="nps", scale="0-10", score=3)
    Answer.objects.create(response=response, question="third", kind="nps", scale="1-5", score=1)
    exporter.round()
    window = Window(date(2026, 3, 1), date(2026, 3, 31))
    found = counting.count_scores(owner, METRICS["csat"], window, "band")
    assert found == {"detractors": {2: 1}}
    Answer.objects.filter(response=response, question="again").delete()
    exporter.round()
    assert counting.count_scores(owner, METRICS["csat"], window, "band") == {"promoters": {2: 1}}
    question = CountQuestion(("csat",), *YEAR, ("recommending",))
    assert counted(question).counts == counted_by_rows(question) == {("csat", 10): {2: 1}}


def test_facts_say_recommending_as_the_catalogue_does():
    assert ((RECOMMENDING[0],), RECOMMENDING[1]) == (METRICS["nps"].kinds, METRICS["nps"].scale)


def test_old_numbers_are_heard_of_while_a_page_is_made(monkeypatch, respond, exporter, owner, now):
    respond(date(2026, 3, 2), nps=10)
    window = Window(date(2026, 3, 1), date(2026, 3, 31))
    with counting.staleness() as heard:
        counting.count_scores(owner, METRICS["nps"], window)
        assert heard.since is None
        answer = EngineAnswer({("nps",): {10: 1}}, "kept", now, now)
        monkeypatch.setattr(counting, "counted", lambda question: answer)
        assert counting.count_scores(owner, METRICS["nps"], window) == {None: {10: 1}}
        assert heard.since == counting.stale_since() == now
    assert counting.stale_since() is None


def test_another_scale_is_counted_only_when_asked_for(respond, exporter):
    respond(date(2026, 3, 2), csat=4)
    respond(date(2026, 3, 2), csat=9, scales={"csat": "1-10"})
    exporter.round()
    question = CountQuestion(("csat_mean",), *YEAR)
    assert counted(question).counts == {("csat_mean",): {4: 1}}
    unusual = replace(question, filters={"scale": "1-10"})
    assert counted(unusual).counts == counted_by_rows(unusual) == {("csat_mean",): {9: 1}}


def test_a_score_outside_its_scale_is_counted_alike_everywhere(respond, exporter):
    respond(date(2026, 3, 2), nps=12)
    exporter.round()
    question = CountQuestion(("nps",), *YEAR)
    assert counted(question).counts == counted_by_rows(question) == {("nps",): {12: 1}}


@pytest.mark.parametrize("n", [0, 1, 7])
def test_few_answers_all_the_same(respond, exporter, n):
    for _ in range(n):
        respond(date(2026, 3, 2), nps=10)
    exporter.round()
    answer = counted(CountQuestion(("nps",), *YEAR, ("week",)))
    assert answer.counts == ({("nps", date(2026, 3, 2)): {10: n}} if n else {})


def test_what_cannot_be_asked_is_left_to_others(respond, exporter):
    respond(date(2026, 3, 2), nps=10)
    question = CountQuestion(("nps",), *YEAR)
    assert counted(question) is None
    exporter.round()
    assert counted(question) is not None
    assert counted(replace(question, by=("colour",))) is None
    assert counted(replace(question, filters={"colour": "red"})) is None
    assert counted(replace(question, metrics=("happiness",))) is None
    assert counted(replace(question, filters={"scale": "1-5'; DROP TABLE x"})) is None
    backwards = replace(question, first_day=YEAR[1], last_day=YEAR[0])
    assert counted(backwards).counts == {}


def test_hostile_values_match_nothing(respond, exporter):
    respond(date(2026, 3, 2), nps=10, channel="qr")
    exporter.round()
    for value in ("' OR 1=1 --", "$first_day", "%(x)s", "qr\x00"[:2] + "'"):
        question = CountQuestion(("nps",), *YEAR, filters={"channel": value})
        assert counted(question).counts == counted_by_rows(question) == {}


def test_the_number_of_queries_does_not_grow(crowd, exporter, django_assert_num_queries):
    question = CountQuestion(ALL_METRICS, *YEAR, ("week", "touchpoint"))
    for seed in (1, 2):
        crowd(seed, n=60)
        exporter.round()
        with django_assert_num_queries(3):
            counted(question)
