"""Marks that fall open a case before anybody complains; the preview judges as the rule does."""

from datetime import timedelta

from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from premura.loop.recover.case_rules import add_rule, plain_rule
from premura.loop.recover.models import Case
from premura.loop.recover.previews import examples, would_open
from premura.loop.recover.reads import rule_sentence, why_opened
from premura.loop.recover.rules import falls


@given(st.lists(st.integers(0, 10), max_size=12), st.integers(2, 6))
def test_a_fall_looks_at_the_last_marks_only(scores, times):
    expected = len(scores) > times and all(scores[-k] < scores[-k - 1] for k in range(1, times + 1))
    assert falls(scores, times) == expected
    assert falls([*scores, 5, 5], times) is False


def test_the_third_lower_mark_opens_a_case_with_its_reason(answered, owner, colleague, work, now):
    rule = add_rule(by=owner, kind="falling", at_least=2, severity="high", at=now)
    for days, score in enumerate((9, 10, 8)):
        answered(recommend=score, at=now + timedelta(days=days))
    work()
    assert not Case.objects.exists()
    answered(recommend=7, at=now + timedelta(days=5))
    work()
    case = Case.objects.get()
    assert (case.title, case.severity) == ("I voti scendono: 10, 8, 7", "high")
    with translation.override("en"):
        assert why_opened(case) == ["The marks fall, question “Would you recommend us?”: 10, 8, 7"]
        assert rule_sentence(rule) == "a customer's marks fall 2 times in a row, anywhere: a case of high severity"
    # Somebody is with them: a lower mark opens no second case
    answered(recommend=6, at=now + timedelta(days=6))
    work()
    assert Case.objects.count() == 1


def test_marks_of_two_touchpoints_are_no_fall(answered, owner, points, work, now):
    add_rule(by=owner, kind="falling", at_least=2, at=now)
    answered(recommend=9, delivery=5, at=now)
    answered(recommend=9, delivery=4, at=now + timedelta(days=1))
    answered(recommend=8, delivery=4, at=now + timedelta(days=2))
    work()
    assert not Case.objects.exists()


def test_the_preview_counts_what_would_have_fallen(answered, owner, elsewhere, work, now):
    from premura.loop.recover.models import CaseRule

    for days, score in ((60, 10), (20, 8), (10, 5), (2, 3)):
        answered(recommend=score, at=now - timedelta(days=days))
    work()
    tried = plain_rule(CaseRule(code="x", kind="falling", at_least=2))
    found = would_open(tried, now)
    assert found.count == 1
    assert [one.response.pk for one in examples(tried, found, owner)] == found.keys
    assert examples(tried, found, elsewhere) == []
    assert would_open(plain_rule(CaseRule(code="x", kind="falling", at_least=4)), now).count == 0
