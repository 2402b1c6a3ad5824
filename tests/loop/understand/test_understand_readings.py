"""Gaps, drivers, Kano, competitors, peak and end: every figure made again from the raw rows by other means."""

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, time, timedelta
from itertools import permutations
from random import Random
from statistics import fmean

import numpy as np
import pytest

from premura.core.customers.models import Customer, Interaction
from premura.core.errors import Conflict
from premura.core.history.models import Event
from premura.loop.listen.models import Answer, Response, Subject, Survey, SurveyVersion
from premura.loop.listen.subjects import add_competitor, rename_competitor
from premura.loop.understand.changes import quality_moved
from premura.loop.understand.competitors import competitor_index
from premura.loop.understand.delivery import delivery_gap, is_safe, quarters_of
from premura.loop.understand.drivers import driver_reading
from premura.loop.understand.gaps import favourable_from, upright
from premura.loop.understand.kano import kano_attributes, moves
from premura.loop.understand.questions import DIMENSIONS, Item, question_book
from premura.loop.understand.remembered import memories
from premura.loop.understand.service_quality import service_quality, weigh_dimensions, weights_decided, weights_of
from premura.loop.understand.windows import Window
from premura.stats import p_of_difference

YEAR = Window(date(2026, 1, 1), date(2026, 12, 31))
DAY = date(2026, 2, 10)
pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(surveys, subjects):
    """``ask({("q", "part"): (kind, scale, score)}, day, survey=…, touchpoints={"q": …}, …)``: one response."""

    def make(given, day=DAY, *, survey=None, touchpoints=None, hour=10, **more):
        survey, points = survey or surveys[0], touchpoints or {}
        more = {"subject": subjects["us"], "channel": "link", "language": "it"} | more
        response = Response.objects.create(
            survey=survey,
            version=survey.versions.first(),
            answered_at=datetime.combine(day, time(hour), tzinfo=UTC),
            answered_on=day,
            week_on=day - timedelta(days=day.weekday()),
            **more,
        )
        for (question, part), (kind, scale, score) in given.items():
            row = {"question": question, "part": part, "kind": kind, "scale": scale, "score": score}
            Answer.objects.create(response=response, touchpoint=points.get(question), **row)
        return response

    return make


@pytest.fixture
def define(surveys, now):
    """``define([{"code": …}])``: the first survey asks these questions."""

    def make(questions, survey=None):
        SurveyVersion.objects.filter(survey=survey or surveys[0]).update(definition={"questions": questions})

    return make


def scores(given):
    return {(code, ""): ("csat", "1-5", score) for code, score in given.items()}


# --- expected and found

QUALITY = [
    {"code": "kept", "dimension": "reliability", "text": {"it": "Mantiene", "en": "Keeps"}},
    {"code": "right", "dimension": "reliability"},
    {"code": "busy", "dimension": "responsiveness", "is_reversed": True},
    {"code": "nothing", "dimension": "no such dimension"},
]


def pairs(seed, n):
    random = Random(seed)
    return [
        {(q, part): random.randrange(1, 8) for q in ("kept", "right", "busy") for part in ("expectation", "perception")}
        for _ in range(n)
    ]


def test_gaps_of_pairs_are_each_persons_own(owner, ask, define):
    define(QUALITY)
    people = pairs(1, 40)
    for given in people:
        ask({key: ("pair", "1-7", score) for key, score in given.items()})
    found = service_quality(owner, YEAR, least=30, weights={"reliability": 32, "responsiveness": 22})
    assert (found.way, found.matched) == ("people", 40)

    def gap(person, question):
        plain = person[question, "perception"] - person[question, "expectation"]
        return -plain if question == "busy" else plain

    by_item = {item.question: item for item in found.items}
    assert set(by_item) == {"kept", "right", "busy"}
    for question, item in by_item.items():
        assert item.gap.value == pytest.approx(fmean(gap(person, question) for person in people))
    own = [fmean(gap(person, q) for q in ("kept", "right")) for person in people]
    reliability, responsiveness = (row.gap for row in found.dimensions)
    assert reliability.value == pytest.approx(fmean(own))
    half = np.std(own, ddof=1) / np.sqrt(40) * 2.022691  # t(39)
    assert reliability.high - reliability.value == pytest.approx(half, rel=1e-5)
    assert found.overall.value == pytest.approx((reliability.value + responsiveness.value) / 2)
    weighted = (32 * reliability.value + 22 * responsiveness.value) / 54
    assert found.weighted.value == pytest.approx(weighted)
    found_scores = np.array([[person[q, "perception"] for q in ("kept", "right")] for person in people], dtype=float)
    alpha = 2 * (1 - found_scores.var(axis=0, ddof=1).sum() / found_scores.sum(axis=1).var(ddof=1))
    assert found.dimensions[0].alpha.value == pytest.approx(alpha)
    assert found.dimensions[1].alpha is None


def test_before_and_after_are_matched_by_customer_else_groups_are_compared(owner, ask, define, surveys, now):
    survey = surveys[1]
    define(QUALITY[:2], survey)  # it is enough that one of the two surveys says the dimension
    people = [Customer.objects.create(name=f"c{number}", created_at=now) for number in range(35)]
    random = Random(2)
    expected = {person: random.randrange(4, 8) for person in people}
    for person in people:
        ask({("kept", ""): ("likert", "1-7", expected[person])}, moment="expectation", survey=survey, customer=person)
    got = {person: random.randrange(2, 6) for person in people}
    for person in people:
        ask({("kept", ""): ("likert", "1-7", got[person])}, DAY + timedelta(days=9), customer=person)
    found = service_quality(owner, YEAR, least=30, weights={})
    assert (found.way, found.matched, found.expecting, found.finding) == ("people", 35, 35, 35)
    assert found.items[0].gap.value == pytest.approx(fmean(got[p] - expected[p] for p in people))
    assert found.weighted is None
    Response.objects.filter(moment="expectation").update(customer=None)
    groups = service_quality(owner, YEAR, least=30, weights={})
    assert (groups.way, groups.matched) == ("groups", 0)
    assert groups.items[0].gap.value == pytest.approx(found.items[0].gap.value)
    assert groups.items[0].gap.method == "mover-difference"


def test_codes_that_two_surveys_use_for_different_things_never_meet(owner, ask, define, surveys, points):
    """«pair», «csat» and «kano» are the first question of their kind in any survey."""
    define([{"code": "pair", "kind": "pair", "dimension": "empathy"}])
    define([{"code": "pair", "kind": "pair", "dimension": "tangibles", "is_reversed": True}], surveys[1])
    for number in range(12):
        survey = surveys[number % 3 // 2]
        ask({("pair", "expectation"): ("pair", "1-7", 7), ("pair", "perception"): ("pair", "1-7", 6)}, survey=survey)
        pair = {("kano", "functional"): ("kano", "1-5", 1), ("kano", "dysfunctional"): ("kano", "1-5", 5)}
        ask(pair, survey=survey)
        ask(scores({"csat": 5}), perspective="staff", touchpoints={"csat": points["delivery"]})
        ask(scores({"csat": 2}), touchpoints={"csat": points["counter"]})
    richest = service_quality(owner, YEAR, least=1, weights={})
    assert [(row.code, row.gap.value, row.gap.n) for row in richest.dimensions] == [("empathy", -1, 8)]
    other = service_quality(owner, YEAR, least=1, weights={}, survey=surveys[1].pk)
    assert [(row.code, row.gap.value, row.gap.n) for row in other.dimensions] == [("tangibles", 1, 4)]
    assert [attribute.n for attribute in kano_attributes(owner, YEAR)] == [8, 4]
    assert delivery_gap(owner, YEAR, least=1).gaps == ()


def test_another_scale_is_left_out_and_said(owner, ask, define):
    define(QUALITY[:1])
    for _ in range(3):
        ask({("kept", "expectation"): ("pair", "1-7", 6), ("kept", "perception"): ("pair", "1-7", 5)})
    ask({("kept", "expectation"): ("pair", "1-5", 5), ("kept", "perception"): ("pair", "1-5", 1)})
    ask({("kept", "perception"): ("pair", "", 1)})
    found = service_quality(owner, YEAR, least=30, weights={})
    assert (found.scale, found.other_scales, found.items[0].gap.value) == ("1-7", 2, -1)


def test_without_both_sides_there_is_nothing(owner, ask, define):
    define(QUALITY)
    assert service_quality(owner, YEAR, least=30, weights={}) is None
    ask({("kept", "perception"): ("pair", "1-7", 5)})
    assert service_quality(owner, YEAR, least=30, weights={}) is None


def test_weights_are_decisions_that_history_keeps(owner):
    assert weights_of(weights_decided()) == {}
    first = dict(zip(DIMENSIONS, (11, 32, 22, 19, 16), strict=True))
    weigh_dimensions(first, by=owner)
    weigh_dimensions(dict.fromkeys(DIMENSIONS, 20), by=owner)
    assert weights_of(weights_decided()) == dict.fromkeys(DIMENSIONS, 20.0)
    assert Event.objects.filter(name="servqual.weighted", person=owner, data__points__reliability=32).exists()
    for wrong in (dict.fromkeys(DIMENSIONS, 10), {"tangibles": 100}, first | {"empathy": 116, "tangibles": -89}):
        with pytest.raises(ValueError):
            weigh_dimensions(wrong, by=owner)


def test_the_gaps_of_two_times_are_compared_where_the_same_was_asked(owner, ask, define):
    define([*QUALITY[:3], {"code": "new", "dimension": "responsiveness"}])
    then, now = date(2026, 2, 10), date(2026, 8, 10)
    for day, seed, further in ((then, 3, 0), (now, 4, 1)):
        for given in pairs(seed, 40):
            better = {key: min(7, score + 2 * further) if key[1] == "perception" else score
                      for key, score in given.items()}  # fmt: skip
            if further:  # a question that the other time did not ask
                better |= {("new", "expectation"): 5, ("new", "perception"): 4}
            ask({key: ("pair", "1-7", score) for key, score in better.items()}, day)
    halves = [Window(date(2026, 1, 1), date(2026, 6, 30)), Window(date(2026, 7, 1), date(2026, 12, 31))]
    before, after = (service_quality(owner, half, least=30, weights={}) for half in halves)
    found = quality_moved(after, before, least=30)
    old, new = ({one.question: one for one in half.items} for half in (before, after))
    assert {question for _survey, question in found.items} == {"kept", "right", "busy"}
    for (_survey, question), one in found.items.items():
        assert one.difference.value == pytest.approx(new[question].gap.value - old[question].gap.value)
        assert one.difference.n == 80
    alone = sorted(p_of_difference(one.difference) for one in found.items.values())
    assert min(one.p for one in found.items.values()) == pytest.approx(3 * alone[0])  # Holm
    # Responsiveness asked one more question, so neither it nor the whole is the same thing
    assert set(found.dimensions) == {"reliability"}
    assert (found.overall, found.weighted) == (None, None)
    assert quality_moved(after, before, least=41).compared == 0
    assert quality_moved(after, None, least=1).compared == 0
    assert quality_moved(after, after, least=30).overall.difference.value == 0


# --- the company and its customers


def test_the_delivery_gap_is_the_staff_minus_customers_in_points(owner, ask):
    """The seed's own figures: 80 % of companies, 8 % of customers."""
    for n, favourable, who in ((50, 40, "staff"), (50, 4, "customer")):
        for number in range(n):
            ask(scores({"service": 5 if number < favourable else 2}), perspective=who)
    found = delivery_gap(owner, YEAR, least=30)
    (gap,) = found.gaps
    assert gap.difference.value == pytest.approx(0.72)
    assert (gap.first.value, gap.second.value, gap.first.n, gap.second.n) == (0.08, 0.8, 50, 50)
    assert gap.difference.low > 0.5
    assert found.hidden == ()


def test_staff_below_the_minimum_never_leave_the_database(owner, ask, django_assert_max_num_queries, connection_rows):
    for number in range(29):
        ask(scores({"service": 1 + number % 5}), perspective="staff")
        ask(scores({"service": 4}))
    with connection_rows() as rows:
        found = delivery_gap(owner, YEAR, least=30)
    assert found.gaps == ()
    assert found.hidden == (Item("service", "", "1-5", "csat"),)
    # What came back: how many answered, and what customers said; no query gave what the staff said
    assert [row for sql, got in rows for row in got if "staff" in sql and "score" in sql] == []
    assert any(got for sql, got in rows if "staff" in sql)


@pytest.fixture
def connection_rows(db):
    """``with connection_rows() as rows:`` every query with its parameters and the rows that it gave."""
    from contextlib import contextmanager

    from django.db import connection
    from django.db.models.sql.compiler import SQLCompiler

    @contextmanager
    def watch():
        seen = []
        usual = SQLCompiler.execute_sql

        def spying(self, *args, **kwargs):
            sql, parameters = self.as_sql()
            found = usual(self, *args, **kwargs)
            if found is None or not hasattr(found, "__iter__"):
                return found
            chunks = list(found)
            picked = "score" if "score" in str(sql).split(" FROM ")[0].lower() else ""
            staff = "staff" if "staff" in map(str, parameters) else ""
            seen.append((f"{picked} {staff}", [row for chunk in chunks for row in chunk]))
            return iter(chunks)

        SQLCompiler.execute_sql = spying
        try:
            yield seen
        finally:
            SQLCompiler.execute_sql = usual

    assert connection
    return watch


def test_a_place_is_shown_only_where_no_small_group_can_be_worked_out(owner, ask, vicenza, padova):
    for place, n in ((vicenza, 12), (padova, 4)):
        for _ in range(n):
            ask(scores({"service": 5}), perspective="staff", location=place)
            ask(scores({"service": 3}), location=place)
    assert len(delivery_gap(owner, YEAR, least=10).gaps) == 1
    assert delivery_gap(owner, YEAR, least=10, location=vicenza.pk).gaps == ()
    assert delivery_gap(owner, YEAR, least=10, location=vicenza.pk).hidden != ()
    for _ in range(6):
        ask(scores({"service": 5}), perspective="staff", location=padova)
    (gap,) = delivery_gap(owner, YEAR, least=10, location=vicenza.pk).gaps
    assert (gap.second.n, gap.first.n) == (12, 12)


def test_who_is_elsewhere_sees_neither_side(elsewhere, owner, ask, vicenza):
    for who in ("staff", "customer"):
        for _ in range(35):
            ask(scores({"service": 5}), perspective=who, location=vicenza)
    assert len(delivery_gap(owner, YEAR, least=30).gaps) == 1
    assert delivery_gap(elsewhere, YEAR, least=30).gaps == ()


def test_a_question_worded_the_other_way_round_is_turned_on_both_sides(owner, ask, surveys):
    for number in range(40):
        ask(scores({"slow": 1 if number < 30 else 5}), perspective="staff")
        ask(scores({"slow": 5 if number < 30 else 1}))
    (gap,) = delivery_gap(owner, YEAR, least=30, turn={(surveys[0].pk, "slow")}).gaps
    assert (gap.second.value, gap.first.value) == (0.75, 0.25)


def test_the_delivery_gap_of_each_quarter_is_that_of_its_page(owner, ask, surveys, vicenza, padova):
    """A quarter, or a place in it, that its page keeps back is missing here too."""
    random, turn = Random(5), {(surveys[0].pk, "service")}
    for quarter, (staff, few) in enumerate([(12, 12), (12, 4), (5, 4), (12, 12)]):
        for place, n in ((vicenza, staff), (padova, few)):
            for number in range(n):
                day = date(2026, 3 * quarter + 1 + number % 3, 2 + number)
                ask(scores({"service": random.randrange(1, 6)}), day, perspective="staff", location=place)
                ask(scores({"service": random.randrange(1, 6)}), day, location=place)
    item = Item("service", "", "1-5", "csat")
    for location, told in ((None, [1, 4, 10]), (vicenza.pk, [1, 10])):
        asked = {"least": 10, "location": location, "turn": turn}
        course = quarters_of(owner, {item}, YEAR, **asked)
        assert [day.month for day in course[item]] == told
        for day, gap in course[item].items():
            last = {1: date(2026, 3, 31), 4: date(2026, 6, 30), 10: date(2026, 12, 31)}[day.month]
            assert delivery_gap(owner, Window(day, last), **asked).gaps == (gap,)
    assert quarters_of(owner, set(), YEAR, least=10) == {}


@pytest.mark.parametrize(
    ("places", "where", "safe"),
    [
        ({1: 30}, None, True),
        ({1: 29}, None, False),
        ({1: 30, None: 5}, 1, False),
        ({1: 30, None: 30}, 0, True),
        ({}, 1, False),
    ],
)
def test_when_staff_answers_are_safe_to_show(places, where, safe):
    assert is_safe(places, where, 30) is safe


# --- us and the others


def test_the_index_is_ours_divided_by_theirs_on_the_same_question_scale_and_source(owner, ask, subjects):
    random, made = Random(5), defaultdict(list)
    for number in range(240):
        who, source = random.choice(("us", "them")), random.choice(("customer", "observer"))
        score, day = random.randrange(1, 6), date(2026, 1, 5) + timedelta(days=number)
        ask(scores({"delivery": score}), day, subject=subjects[who], perspective=source)
        made[who, source, (day.month - 1) // 3].append((score, day))
    ask({("delivery", ""): ("rating", "1-10", 9)}, subject=subjects["them"])
    rows = {row.source: row for row in competitor_index(owner, YEAR)}
    assert set(rows) == {"customer", "observer"}
    for source, row in rows.items():
        ours, theirs = (
            [got for (w, s, _q), gots in made.items() if (w, s) == (who, source) for got in gots]
            for who in ("us", "them")
        )
        index = fmean(score for score, _ in ours) / fmean(score for score, _ in theirs)
        assert row.gap.ratio.value == pytest.approx(index)
        assert row.gap.ratio.low < index < row.gap.ratio.high
        assert row.heard_on == max(day for _, day in theirs)
        for point in row.points:
            quarter = (point.day.month - 1) // 3
            means = [fmean(score for score, _ in made[who, source, quarter]) for who in ("us", "them")]
            assert point.gap.ratio.value == pytest.approx(means[0] / means[1])


def test_nothing_is_divided_by_a_mean_of_zero(owner, ask, subjects):
    for who in subjects.values():
        for _ in range(3):
            ask({("nps", ""): ("nps", "0-10", 0)}, subject=who)
    (row,) = competitor_index(owner, YEAR)
    assert (row.gap.ratio.value, row.gap.ratio.n) == (None, 6)


def test_the_register_takes_a_name_once(owner):
    made = add_competitor("  Altopiano  ", by=owner)
    assert made.name == "Altopiano"
    with pytest.raises(Conflict):
        add_competitor("Altopiano", by=owner)
    rename_competitor(made, "<b>Altri</b>", by=owner)
    assert Subject.objects.get(pk=made.pk).name == "<b>Altri</b>"
    events = Event.objects.filter(name__startswith="competitor.")
    assert sorted(events.values_list("name", flat=True)) == ["competitor.added", "competitor.renamed"]
    assert all(event.data == {} for event in events)


# --- Kano

CELLS = {(1, 5): "O", (1, 2): "A", (1, 1): "Q", (2, 5): "M", (3, 3): "I", (3, 1): "R", (5, 5): "Q", (2, 2): "I"}


def test_letters_by_quarter_are_those_of_the_table(owner, ask):
    random, made = Random(9), defaultdict(Counter)
    for number in range(150):
        there, missing = random.choice(list(CELLS))
        day = date(2026, 1, 1) + timedelta(days=number)
        given = {("app", "functional"): ("kano", "1-5", there), ("app", "dysfunctional"): ("kano", "1-5", missing)}
        if number % 10 == 0:
            del given["app", "dysfunctional"]
        else:
            made[(day.month - 1) // 3][CELLS[there, missing]] += 1
        ask(given, day)
    (attribute,) = kano_attributes(owner, YEAR)
    assert attribute.n == 135
    for quarter in attribute.quarters:
        counts = made[(quarter.day.month - 1) // 3]
        assert dict(quarter.letters) == dict(counts)
        told = sum(counts[letter] for letter in "AOMI")
        assert quarter.summary.better.value == pytest.approx((counts["A"] + counts["O"]) / told)
        assert quarter.summary.worse.value == pytest.approx(-(counts["O"] + counts["M"]) / told)
        assert quarter.summary.questionable_share.value == pytest.approx(counts["Q"] / counts.total())


def test_an_advantage_that_becomes_a_standard_is_listed_with_its_dates(owner, ask):
    for quarter, (n_a, n_o, n_m) in enumerate([(30, 6, 4), (12, 24, 4), (2, 3, 2), (4, 8, 28)]):
        answers = [(1, 2)] * n_a + [(1, 5)] * n_o + [(2, 5)] * n_m
        for there, missing in answers:
            pair = {("sms", "functional"): ("kano", "1-5", there), ("sms", "dysfunctional"): ("kano", "1-5", missing)}
            ask(pair, date(2026, 3 * quarter + 2, 1))
    found = moves(kano_attributes(owner, YEAR), 30)
    assert [(m.before, m.after, m.from_day, m.to_day) for m in found] == [
        ("O", "M", date(2026, 4, 1), date(2026, 10, 1)),  # the quarter with seven answers says nothing
        ("A", "O", date(2026, 1, 1), date(2026, 4, 1)),
    ]
    assert all(move.is_towards_must for move in found)
    assert (found[0].share_before, found[0].share_after) == (0.1, 0.7)
    assert found[0].is_news
    assert not found[1].is_news  # 15 % and 20 %: O has come and gone


# --- drivers


def r2(X, y):
    X1 = np.column_stack([np.ones(len(y)), X])
    left = y - X1 @ np.linalg.lstsq(X1, y, rcond=None)[0]
    return 1 - left.var() / y.var()


def shapley_by_hand(X, y):
    k, shares = X.shape[1], np.zeros(X.shape[1])
    orders = list(permutations(range(k)))
    for order in orders:
        before = 0.0
        for place, column in enumerate(order):
            now = r2(X[:, list(order[: place + 1])], y)
            shares[column] += (now - before) / len(orders)
            before = now
    return shares


@pytest.fixture
def rated(ask, points):
    """``rated(n)``: responses with an overall rating and three details; returns the rows that are whole."""

    def make(n, seed=3):
        random, whole = Random(seed), []
        for number in range(n):
            details = {code: random.randrange(1, 6) for code in ("delivery", "counter", "invoice")}
            overall = min(10, max(0, round(details["delivery"] + 0.7 * details["counter"] + random.gauss(0, 1))))
            given = {(code, ""): ("csat", "1-5", score) for code, score in details.items()}
            given["nps", ""] = ("nps", "0-10", overall)
            if number % 9 == 0:
                del given["invoice", ""]
            else:
                whole.append([*details.values(), overall])
            ask(given, touchpoints={code: points[code] for code in details})
        return np.array(whole, dtype=float)

    return make


def test_drivers_are_read_from_whole_responses(owner, rated, surveys):
    whole = rated(90)
    reading = driver_reading(owner, YEAR)
    assert (reading.survey, reading.outcome.question, reading.n) == (surveys[0].pk, "nps", 90)
    assert (reading.analysis.n, reading.analysis.dropped) == (len(whole), 90 - len(whole))
    order = [("delivery", "counter", "invoice").index(detail.item.question) for detail in reading.details]
    expected = shapley_by_hand(whole[:, :3], whole[:, 3])[order]
    assert reading.analysis.shares == pytest.approx(list(expected))
    assert reading.analysis.r2 == pytest.approx(r2(whole[:, :3], whole[:, 3]))
    for detail in reading.details:
        given = Answer.objects.filter(question=detail.item.question).values_list("score", flat=True)
        assert detail.performance.value == pytest.approx(fmean(score >= 4 for score in given))
    best = reading.details[int(np.argmax(reading.analysis.shares))]
    assert best.item.question == "delivery"
    lines = reading.grid
    assert lines.importance_line == pytest.approx(expected.mean())


def test_one_question_at_several_touchpoints_is_one_driver(owner, rated, points):
    """A question that moves with the meeting it is about; named by its text, for no touchpoint is its only one."""
    whole = rated(60)
    expected = driver_reading(owner, YEAR)
    for number, pk in enumerate(Answer.objects.filter(question="counter").order_by("pk").values_list("pk", flat=True)):
        Answer.objects.filter(pk=pk).update(touchpoint=points[("counter", "delivery", "invoice")[number % 3]])
    reading = driver_reading(owner, YEAR)
    assert (reading.refusal, reading.left_out, reading.analysis.n) == (None, (), len(whole))
    assert sorted(reading.analysis.shares) == pytest.approx(sorted(expected.analysis.shares))
    assert {detail.item.question: detail.touchpoint for detail in reading.details} == {
        "counter": None, "delivery": points["delivery"].pk, "invoice": points["invoice"].pk,
    }  # fmt: skip


def test_a_detail_that_few_rated_is_left_out_and_named(owner, rated, ask, points):
    rated(60)
    for response in Response.objects.all()[:10]:
        Answer.objects.create(response=response, question="music", kind="csat", scale="1-5", score=3)
    Answer.objects.filter(question="music").update(touchpoint=None, kind="likert")
    assert driver_reading(owner, YEAR).left_out == ("music",)


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda rows: rows.all().delete(), "no_answers"),
        (lambda rows: rows.filter(question="nps").delete(), "no_outcome"),
        (lambda rows: rows.exclude(question="nps").delete(), "no_drivers"),
        (lambda rows: rows.filter(question__in=["counter", "invoice"]).delete(), "one_driver"),
        (lambda rows: rows.filter(question="counter").update(score=4), "constant"),
        (lambda rows: rows.filter(question="nps").update(score=9), "constant_outcome"),
        (
            lambda rows: rows.filter(response__in=list(Response.objects.values_list("pk", flat=True)[8:])).delete(),
            "too_few_rows",
        ),
    ],
)
def test_no_honest_answer_is_refused_with_its_reason(owner, rated, spoil, code):
    rated(60)
    spoil(Answer.objects.all())
    reading = driver_reading(owner, YEAR)
    assert reading.refusal.code == code
    assert reading.analysis is None
    if code == "constant":
        assert reading.refusal.details["names"] == ("counter",)


def test_details_that_say_the_same_are_refused_by_name(owner, rated):
    rated(60)
    for answer in Answer.objects.filter(question="counter"):
        Answer.objects.filter(response=answer.response, question="invoice").update(score=answer.score)
    reading = driver_reading(owner, YEAR)
    assert reading.refusal.code == "collinear"
    assert set(reading.refusal.details["names"]) == {"counter", "invoice"}


# --- peak and end


def test_episodes_follow_reference_then_meeting_then_response(owner, ask, points, now):
    customer = Customer.objects.create(name="Impresa Zanon", created_at=now)

    def meeting(day, reference=""):
        at = datetime.combine(day, time(8), tzinfo=UTC)
        kept = {"customer": customer, "touchpoint": points["delivery"], "channel": "counter"}
        return Interaction.objects.create(happened_at=at, reference=reference, **kept)

    rental = [meeting(date(2026, 2, day), "N1") for day in (1, 5, 9)]
    felt = [("counter", 2), ("delivery", 5), ("invoice", 4)]
    # Answered in another order than it happened
    for place in (2, 0, 1):
        code, score = felt[place]
        day = DAY + timedelta(days=10 - place)
        kept = {"touchpoints": {code: points[code]}, "interaction": rental[place], "customer": customer}
        ask(scores({code: score}), day, **kept)
    ask(scores({"counter": 1, "invoice": 4}) | {("nps", ""): ("nps", "0-10", 3)}, touchpoints=points)
    ask(scores({"counter": 5}), touchpoints=points)
    found = memories(owner, YEAR)
    assert found.single == 1
    (journey,) = found.journeys
    rows = {len(episode.moments): episode for episode in journey.episodes}
    three, two = rows[3], rows[2]
    assert [moment.felt for moment in three.moments] == [-1, 2, 1]
    assert (three.remembered.peak, three.remembered.worst, three.remembered.end, three.remembered.score) == (
        2,
        -1,
        1,
        1.5,
    )
    assert (three.peak.touchpoint, three.customer_name) == (points["delivery"].pk, "Impresa Zanon")
    assert [moment.felt for moment in two.moments] == [-2, 1]
    assert (two.remembered.score, two.remembered.mean, two.overall) == (-0.5, -0.5, 3)
    assert journey.score.value == pytest.approx((1.5 - 0.5) / 2)
    assert journey.plain.value == pytest.approx(((-1 + 2 + 1) / 3 - 0.5) / 2)
    assert journey.overall.value == -100
    places = {place.touchpoint: place for place in journey.places}
    counter = places[points["counter"].pk]
    assert (counter.low_peaks, counter.worst, counter.ends, counter.episodes) == (1, 2, 0, 2)


# --- what all stand on


def test_a_book_reads_any_json(surveys, define):
    define(
        [
            {"code": "a", "text": {"it": "Uno", "en": "One"}, "rows": [{"code": "r", "text": {"it": "Riga"}}]},
            7,
            {"code": 3},
        ]
    )
    Survey.objects.filter(pk=surveys[1].pk).update(draft={})
    SurveyVersion.objects.filter(survey=surveys[1]).update(definition=["nonsense"])
    book = question_book()
    assert book.text(Item("a", "", "1-5")) in {"Uno", "One"}
    assert book.text(Item("a", "r", "1-5")).endswith("· Riga")
    assert book.text(Item("unknown", "", "1-5")) == "unknown"
    assert not book.is_reversed(surveys[0].pk, "a")
    assert book.turned == frozenset()


def test_scales_are_turned_and_cut_where_their_ends_say():
    assert (upright(0, "0-10", True), upright(0, "0-10", False), upright(2, "1-7", True)) == (10, 0, 6)
    assert [favourable_from(scale) for scale in ("0-10", "1-5", "1-7", "1-10", "1-4", "0-100")] == [9, 4, 5, 8, 4, 75]
