"""Promises that are late, or nearly due and not kept: the customer hears of it from us before they ask."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from premura.loop.promise.commitments import keep_commitment, make_commitment
from premura.loop.promise.forewarning import examples, open_forewarned, would_open
from premura.loop.promise.models import Forewarning
from premura.loop.promise.rules import forewarned_at
from premura.loop.recover import case_rules
from premura.loop.recover.case_rules import add_rule, plain_rule
from premura.loop.recover.models import Case, CaseRule
from premura.loop.recover.reads import rule_sentence, why_opened

MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31))


@pytest.fixture
def promised(colleague, customer, vicenza, now):
    def make(days, *, what="Consegna della betoniera", **fields):
        due = now + timedelta(days=days)
        made = min(now, due) - timedelta(days=10)
        return make_commitment(
            what, owner=colleague, due=due, by=colleague, customer=customer, location=vicenza, at=made, **fields
        )

    return make


@given(MOMENTS, MOMENTS, st.integers(0, 60))
def test_a_warning_lies_between_half_of_the_time_and_the_day(made_at, due_at, days):
    late = forewarned_at("late", made_at, due_at, days)
    assert late - due_at == timedelta(days=days)
    near = forewarned_at("near", made_at, due_at, days)
    if near is not None:
        assert made_at + (due_at - made_at) / 2 <= near <= due_at


def test_a_late_promise_opens_one_case_with_its_reason(promised, owner, colleague, now):
    rule = add_rule(by=owner, kind="late", at_least=1, at=now, count=would_open)
    promise = promised(-2)
    promised(-0.5)
    assert open_forewarned(at=now) == 1
    assert open_forewarned(at=now) == 0
    case = Case.objects.get()
    assert Forewarning.objects.get().commitment == promise
    assert case.title == "Promesso e in ritardo: Consegna della betoniera"
    assert "Consegna della betoniera" in why_opened(case)[0]
    assert "17" in why_opened(case)[0]
    assert rule_sentence(rule).startswith("una promessa è in ritardo di 1 giorno")
    assert case.owner == colleague


def test_a_promise_that_is_nearly_due(promised, owner, now):
    add_rule(by=owner, kind="near", at_least=2, at=now, count=would_open)
    promised(1)
    promised(3)
    kept = promised(1.5)
    keep_commitment(kept, by=owner, at=now - timedelta(hours=1))
    assert open_forewarned(at=now) == 1


def test_inside_the_company_and_in_an_open_case_nothing_is_warned_of(promised, new_case, owner, now):
    add_rule(by=owner, kind="late", at_least=0, at=now, count=would_open)
    promised(-1, kind="task")
    promised(-1, case=new_case())
    promised(-30)
    assert open_forewarned(at=now) == 0


def test_the_preview_judges_as_the_rule_does(promised, owner, elsewhere, now):
    promised(-3)
    late_kept = promised(-5)
    keep_commitment(late_kept, by=owner, at=now - timedelta(days=1))
    in_time = promised(-4)
    keep_commitment(in_time, by=owner, at=now - timedelta(days=4, hours=1))
    promised(-40)
    tried = plain_rule(CaseRule(code="x", kind="late", at_least=1))
    found = would_open(tried, now)
    assert (found.count, found.known) == (2, 0)
    assert [one.text for one in examples(tried, found, owner)] == ["Consegna della betoniera"] * 2
    assert examples(tried, found, elsewhere) == []


def test_a_rule_that_finds_too_much_asks_first(promised, owner, now, monkeypatch):
    add_rule(by=owner, kind="late", at_least=0, at=now, count=would_open)
    promised(-1)
    promised(-2)
    monkeypatch.setattr(case_rules, "HOLD_ABOVE", 1)
    assert open_forewarned(at=now) == 0
    assert CaseRule.objects.get().is_active is False
    assert CaseRule.objects.get().holds.get().would_open == 2
