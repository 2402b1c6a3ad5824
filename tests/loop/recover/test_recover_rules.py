"""When an answer opens a case, whose it is, whose authority covers a gesture, what a remedy costs."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from premura.loop.recover.rules import (
    Authority,
    Candidate,
    Chosen,
    Mark,
    Rule,
    choose_owner,
    cost,
    first_covering,
    is_above,
    reasons_to_open,
    worst,
)

DETRACTOR = Rule(code="detractor", kind="nps", at_most=6)
UNHAPPY = Rule(code="unhappy", kind="csat", at_most=2, severity="low")
AT_DELIVERY = Rule(code="delivery", kind="csat", at_most=2, touchpoint="delivery", severity="high")


def mark(kind, score, touchpoint=""):
    return Mark(question=f"q_{kind}", kind=kind, score=score, touchpoint=touchpoint)


@pytest.mark.parametrize(("score", "opens"), [(0, True), (6, True), (7, False), (10, False)])
def test_a_rule_opens_at_its_mark_and_below(score, opens):
    assert bool(reasons_to_open([mark("nps", score)], [DETRACTOR])) is opens


def test_a_rule_of_a_touchpoint_holds_only_there():
    assert not reasons_to_open([mark("csat", 1, "counter")], [AT_DELIVERY])
    assert not reasons_to_open([mark("csat", 1)], [AT_DELIVERY])
    assert reasons_to_open([mark("csat", 1, "delivery")], [AT_DELIVERY])[0].severity == "high"


def test_a_rule_of_another_kind_is_not_met():
    assert not reasons_to_open([mark("ces", 1)], [DETRACTOR, UNHAPPY])


def test_each_answer_gives_one_reason_from_its_gravest_rule():
    reasons = reasons_to_open([mark("csat", 2, "delivery"), mark("nps", 3)], [UNHAPPY, AT_DELIVERY, DETRACTOR])
    assert [(reason.code, reason.score, reason.at_most) for reason in reasons] == [
        ("delivery", 2, 2),
        ("detractor", 3, 6),
    ]
    assert worst(reason.severity for reason in reasons) == "high"


marks = st.builds(mark, st.sampled_from(["nps", "csat", "ces"]), st.integers(0, 10), st.sampled_from(["", "a", "b"]))
some_rules = st.builds(
    Rule,
    code=st.text("abc", min_size=1, max_size=3),
    kind=st.sampled_from(["nps", "csat", "ces"]),
    at_most=st.integers(0, 10),
    touchpoint=st.sampled_from(["", "a", "b"]),
    severity=st.sampled_from(["low", "normal", "high"]),
)


@given(st.lists(marks, max_size=5), st.lists(some_rules, max_size=6))
def test_reasons_are_true_and_none_is_missed(given_marks, given_rules):
    reasons = reasons_to_open(given_marks, given_rules)
    met = [
        m
        for m in given_marks
        if any(
            m.kind == r.kind and m.score <= r.at_most and (not r.touchpoint or r.touchpoint == m.touchpoint)
            for r in given_rules
        )
    ]
    assert [(r.kind, r.score, r.touchpoint) for r in reasons] == [(m.kind, m.score, m.touchpoint) for m in met]
    assert all(r.score <= r.at_most for r in reasons)


@given(st.lists(marks, max_size=5), st.lists(some_rules, min_size=1, max_size=6))
def test_worse_marks_never_close_a_case(given_marks, given_rules):
    worse = [Mark(question=m.question, kind=m.kind, score=m.score - 1, touchpoint=m.touchpoint) for m in given_marks]
    assert len(reasons_to_open(worse, given_rules)) >= len(reasons_to_open(given_marks, given_rules))


def person(pk, load=0, *, place=True, leads=False, owns=False):
    return Candidate(person_id=pk, load=load, of_the_place=place, leads=leads or owns, owns=owns)


OWNER = person(9, place=False, owns=True)


def test_the_least_loaded_of_the_place_gets_the_case():
    assert choose_owner([person(1, 3), person(2, 1), person(3, 1), OWNER], "normal").person_id == 2


def test_on_duty_comes_before_skill_and_skill_before_load():
    away = replace(person(1, 0), on_shift=False, knows=True)
    here, knows = person(2, 1), replace(person(3, 9), knows=True)
    assert choose_owner([away, here, knows], "normal") == Chosen(3, ("place", "shift", "knows"))
    assert choose_owner([away, here], "normal") == Chosen(2, ("place", "shift"))
    assert choose_owner([away], "normal") == Chosen(1, ("place", "nobody_on_shift", "knows"))
    assert choose_owner([here, person(4, 0)], "normal") == Chosen(4, ("place", "load"))


def test_a_serious_case_goes_to_who_leads_if_somebody_does():
    team = [person(1, 0), person(2, 7, leads=True), OWNER]
    assert choose_owner(team, "high").person_id == 2
    assert choose_owner([person(1, 4), OWNER], "high").person_id == 1
    assert choose_owner([person(1, 0), person(2, 5, place=False, leads=True), OWNER], "high").person_id == 2


def test_the_company_s_owner_is_the_last_resort():
    assert choose_owner([OWNER], "normal").person_id == 9
    assert choose_owner([person(4, 50, place=False), OWNER], "normal").person_id == 4
    assert choose_owner([], "normal") is None


@pytest.mark.parametrize(
    ("rule", "own", "amount", "expected"),
    [
        ("none", "7", "50", "0.00"),
        ("fixed", "12.50", None, "12.50"),
        ("amount", "0", "33.30", "33.30"),
        ("percent", "15", "33.30", "5.00"),  # 4.995 goes up
        ("percent", "33.33", "0.01", "0.00"),
        ("percent", "50", "0.01", "0.01"),  # half a cent goes up
    ],
)
def test_costs_to_the_cent(rule, own, amount, expected):
    assert cost(rule, Decimal(own), Decimal(amount) if amount else None) == Decimal(expected)


def authority(pk, per_case, per_month=None, case="0", month="0", rank=0):
    return Authority(
        person_id=pk,
        may_spend=True,
        per_case=None if per_case is None else Decimal(per_case),
        per_month=None if per_month is None else Decimal(per_month),
        spent_on_case=Decimal(case),
        spent_in_month=Decimal(month),
        rank=rank,
    )


@pytest.mark.parametrize(
    ("per_case", "per_month", "case", "month", "amount", "covered"),
    [
        ("100", "500", "0", "0", "100.00", True),
        ("100", "500", "0", "0", "100.01", False),
        ("100", "500", "60", "60", "40.00", True),
        ("100", "500", "60", "60", "40.01", False),
        ("100", "500", "0", "499.99", "0.01", True),
        ("100", "500", "0", "499.99", "0.02", False),
        (None, "500", "9000", "0", "500", True),
        ("100", None, "0", "9000", "100", True),
        (None, None, "9000", "9000", "1000000", True),
        ("0", "0", "0", "0", "0", True),
        ("100", "500", "160", "160", "0", True),
    ],
)
def test_limits_to_the_cent(per_case, per_month, case, month, amount, covered):
    assert authority(1, per_case, per_month, case, month).covers(Decimal(amount)) is covered


def test_who_has_no_limit_set_may_not_spend_but_may_apologise():
    nobody = Authority(person_id=1, may_spend=False)
    assert not nobody.covers(Decimal("0.01"))
    assert nobody.covers(Decimal(0))


@pytest.mark.parametrize(
    ("other", "own", "above"),
    [
        (("300", "500"), ("100", "500"), True),
        (("100", "500"), ("100", "500"), False),
        (("100", "900"), ("100", "500"), True),
        (("50", "900"), ("100", "500"), False),
        ((None, None), ("100", "500"), True),
        (("100", "500"), (None, None), False),
        ((None, None), (None, "500"), True),
    ],
)
def test_who_is_above_whom(other, own, above):
    assert is_above(authority(1, *other), authority(2, *own)) is above


def test_whoever_may_spend_is_above_who_may_not():
    assert is_above(authority(1, "1", "1"), Authority(person_id=2, may_spend=False))
    assert not is_above(Authority(person_id=2, may_spend=False), authority(1, "1", "1"))


def test_the_first_whose_limit_covers_is_asked():
    people = [
        authority(1, None, rank=1),
        authority(2, "300"),
        authority(3, "200"),
        authority(4, None, rank=0),
        Authority(person_id=5, may_spend=False),
    ]
    assert first_covering(Decimal(150), people).person_id == 3
    assert first_covering(Decimal(250), people).person_id == 2
    assert first_covering(Decimal(1000), people).person_id == 4  # a manager before the owner
    assert first_covering(Decimal(1000), people[1:3]) is None
    assert first_covering(Decimal(150), [authority(3, "200", "200", month="60"), authority(2, "300")]).person_id == 2
