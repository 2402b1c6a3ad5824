"""Rules in words: what they would have opened, what they open, and rules that would open too much."""

import itertools
from datetime import datetime, timedelta

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from premura.core.customers.customers import Meeting, add_customer, add_interaction
from premura.core.errors import Conflict
from premura.loop.recover import case_rules
from premura.loop.recover.case_rules import add_rule, change_rule, decide_hold, plain_rule
from premura.loop.recover.cases import resolve_case, write_message
from premura.loop.recover.models import Case, CaseLink, CaseRule
from premura.loop.recover.previews import examples, would_open
from premura.loop.recover.reads import rule_sentence, why_opened
from premura.loop.recover.rules import contacts_too_many, word_said, words_of
from premura.loop.recover.watching import open_silent


@given(st.lists(st.integers(0, 300), max_size=30), st.integers(2, 5), st.integers(1, 90))
def test_contacts_too_many_need_so_many_in_the_days_before(days, at_least, within):
    moments = sorted(datetime(2026, 1, 1) + timedelta(days=day) for day in days)
    span = timedelta(days=within)
    found = contacts_too_many(moments, at_least, span)
    for moment in found:
        assert sum(moment - span < other <= moment for other in moments) >= at_least
    assert all(later - earlier >= span for earlier, later in itertools.pairwise(found))
    if not found:
        assert all(sum(m - span < other <= m for other in moments) < at_least for m in set(moments))


def test_words_are_found_whatever_the_accents_and_capitals():
    words = words_of("perché, rimbors*, non funziona")
    assert word_said("Vorrei sapere PERCHE' ...", words) == "perche"
    assert word_said("mi rimborsate?", words) == "rimbors*"
    assert word_said("La macchina  non\nfunziona.", words) == "non funziona"
    assert word_said("superchef", words) == ""


def test_a_word_opens_a_case_that_says_which(answered, points, colleague, manager, work):
    rule = add_rule(by=manager, kind="words", words="rimborso", severity="high")
    answered(recommend=9, comment="Tutto bene, ma il Rimborso non è arrivato")
    answered(recommend=9, comment="Tutto bene")
    work()
    with translation.override("en"):
        assert why_opened(Case.objects.get()) == ["Wrote “rimborso” in answer to the question “Perché?”"] or why_opened(
            Case.objects.get()
        )[0].startswith("Wrote “rimborso”")
        assert rule_sentence(rule) == "«rimborso» is mentioned, anywhere: a case of high severity"


def test_a_rule_shows_what_it_would_have_opened_last_month(answered, rules, points, colleague, manager, now, work):
    answered(recommend=9, comment="Vorrei un rimborso", at=now - timedelta(days=3))
    answered(recommend=2, delivery=3, comment="Mai più", at=now - timedelta(days=5))
    answered(recommend=2, at=now - timedelta(days=40))
    work()
    marks = plain_rule(CaseRule(kind="nps", at_most=6))
    found = would_open(marks, now)
    assert (found.count, found.known) == (1, 1)
    words = plain_rule(CaseRule(kind="words", words="rimborso"))
    found = would_open(words, now)
    assert (found.count, found.known) == (1, 0)
    assert [one.text for one in examples(words, found, manager)] == ["Vorrei un rimborso"]


def test_who_does_not_see_the_place_sees_the_number_only(answered, points, new_person, padova, now):
    answered(recommend=9, comment="Vorrei un rimborso", at=now)
    rule = plain_rule(CaseRule(kind="words", words="rimborso"))
    found = would_open(rule, now)
    assert found.count == 1
    assert examples(rule, found, new_person("manager", padova, name="Piero")) == []


def test_the_third_contact_about_one_problem_opens_one_case(customer, points, colleague, manager, vicenza, now, work):
    add_rule(by=manager, kind="contacts", at_least=3, touchpoint=points["counter"])
    meeting = Meeting(touchpoint=points["counter"], channel="phone", location=vicenza)
    for days in (40, 20, 5, 1):
        add_interaction(customer, meeting, by=colleague, at=now - timedelta(days=days))
        work()
    case = Case.objects.get()
    assert case.opened_at == now - timedelta(days=5)
    assert case.title == "3 contatti per uno stesso problema: Banco"
    rule = plain_rule(CaseRule.objects.get())
    found = would_open(rule, now)
    assert found.count == 1
    assert [one.customer for one in examples(rule, found, manager)] == [customer]


def test_silence_after_a_failure_opens_a_case_once(case, manager, colleague, now, customer):
    add_rule(by=manager, kind="silence", at_least=60)
    resolve_case(case, by=colleague, text="Sostituita", apologised=True, at=now)
    assert open_silent(at=now + timedelta(days=59)) == 0
    found = would_open(plain_rule(CaseRule.objects.get()), now + timedelta(days=61))
    assert found.count == 1
    assert open_silent(at=now + timedelta(days=61)) == 1
    assert open_silent(at=now + timedelta(days=61)) == 0
    again = Case.objects.exclude(pk=case.pk).get()
    assert (again.customer, again.links.get().other) == (customer, case)
    assert again.links.get().kind == CaseLink.Kind.FOLLOWS
    with translation.override("en"):
        assert "60 days" in why_opened(again)[0]


def test_who_was_heard_since_is_not_silent(case, manager, colleague, now):
    add_rule(by=manager, kind="silence", at_least=60)
    resolve_case(case, by=colleague, text="Sostituita", apologised=True, at=now)
    write_message(case, "in", "Grazie, tutto a posto", by=colleague, at=now + timedelta(days=10))
    assert open_silent(at=now + timedelta(days=61)) == 0


def test_a_rule_that_would_open_too_much_is_held_back_and_asks(monkeypatch, answered, points, manager, owner, now):
    monkeypatch.setattr(case_rules, "HOLD_ABOVE", 2)
    for _ in range(3):
        answered(recommend=3, at=now - timedelta(days=1))
    rule = add_rule(by=manager, kind="nps", at_most=6, at=now)
    assert not CaseRule.objects.get().is_active
    hold = rule.holds.get()
    assert hold.would_open == 3
    change_rule(rule, by=manager, at_most=5, is_active=True, at=now)
    assert rule.holds.count() == 1
    assert not CaseRule.objects.get().is_active
    decide_hold(hold, by=owner, release=True)
    assert CaseRule.objects.get().is_active
    with pytest.raises(Conflict):
        decide_hold(hold, by=owner, release=False)


def test_a_rule_that_was_held_back_and_is_made_narrower_holds(monkeypatch, answered, points, manager, now):
    monkeypatch.setattr(case_rules, "HOLD_ABOVE", 2)
    for mark in (1, 3, 3):
        answered(recommend=mark, at=now - timedelta(days=1))
    rule = add_rule(by=manager, kind="nps", at_most=6, at=now)
    change_rule(rule, by=manager, at_most=4, at=now)
    assert rule.holds.get(decided_at=None).would_open == 3, "still too many"
    change_rule(rule, by=manager, at_most=2, at=now)
    assert CaseRule.objects.get().is_active
    assert not rule.holds.filter(decided_at=None).exists()


def test_too_many_who_fell_silent_at_once_open_nothing_until_somebody_decides(
    monkeypatch, new_case, manager, owner, colleague, vicenza, now
):
    monkeypatch.setattr(case_rules, "HOLD_ABOVE", 1)
    add_rule(by=manager, kind="silence", at_least=60)
    for number in range(2):
        one = new_case(customer=add_customer(by=None, name=f"Cliente {number}", location=vicenza, at=now))
        resolve_case(one, by=colleague, text="Fatto", apologised=True, at=now)
    later = now + timedelta(days=61)
    assert open_silent(at=later) == 0
    decide_hold(CaseRule.objects.get().holds.get(), by=owner, release=True)
    assert open_silent(at=later) == 2
