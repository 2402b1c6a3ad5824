"""How a commitment stands, how urgent it is, how often promises are kept."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from premura.loop.promise.rules import is_kept_by_hand, kept_rate, outcome_of_keeping, status, urgency

ROME = ZoneInfo("Europe/Rome")
NOW = datetime(2026, 3, 19, 10, 30, tzinfo=ROME)  # a Thursday


@pytest.mark.parametrize(
    ("due", "stands", "urgent"),
    [
        (NOW - timedelta(seconds=1), "overdue", "overdue"),
        (NOW, "due_today", "today"),
        (datetime(2026, 3, 19, 23, 59, 59, tzinfo=ROME), "due_today", "today"),
        (datetime(2026, 3, 20, 0, 0, tzinfo=ROME), "waiting", "this_week"),
        (datetime(2026, 3, 22, 23, 59, 59, tzinfo=ROME), "waiting", "this_week"),
        (datetime(2026, 3, 23, 8, 0, tzinfo=ROME), "waiting", "later"),
    ],
)
def test_open_commitments_by_the_calendar_of_the_company(due, stands, urgent):
    assert status(due.astimezone(UTC), None, NOW.astimezone(UTC), ROME) == stands
    assert urgency(due.astimezone(UTC), NOW.astimezone(UTC), ROME) == urgent


@pytest.mark.parametrize("outcome", ["kept", "late", "broken", "called_off"])
def test_an_ended_commitment_is_what_it_ended_as(outcome):
    assert status(NOW - timedelta(days=5), outcome, NOW, ROME) == outcome


def test_kept_up_to_the_instant_it_was_due():
    assert outcome_of_keeping(NOW, NOW) == "kept"
    assert outcome_of_keeping(NOW, NOW + timedelta(microseconds=1)) == "late"


def test_duties_of_cases_are_not_kept_by_a_tap():
    assert [
        kind for kind in ("promise", "call", "task", "first_answer", "solution", "approval") if is_kept_by_hand(kind)
    ] == [
        "promise",
        "call",
        "task",
    ]


def test_the_rate_of_nothing_is_no_number():
    kept = kept_rate(["called_off"])
    assert (kept.estimate.value, kept.estimate.n) == (None, 0)


def test_a_known_interval():
    """Wilson's interval (1927) of 8 of 10: 0.4902 to 0.9433, as R's prop.test(correct=FALSE) gives it."""
    kept = kept_rate(["kept"] * 8 + ["late", "broken"] + ["called_off"] * 5)
    assert (kept.estimate.value, kept.estimate.n) == (0.8, 10)
    assert kept.estimate.low == pytest.approx(0.4902, abs=1e-4)
    assert kept.estimate.high == pytest.approx(0.9433, abs=1e-4)


@given(st.lists(st.sampled_from(["kept", "late", "broken", "called_off"])))
def test_the_rate_counts_what_was_kept_of_what_is_judged(outcomes):
    kept = kept_rate(outcomes)
    assert kept.estimate.n == kept.kept + kept.late + kept.broken == len([o for o in outcomes if o != "called_off"])
    if kept.estimate.n:
        assert kept.estimate.value == outcomes.count("kept") / kept.estimate.n
