"""Whoever leads is told before a duty of a case is late, once, and sees it on Today while it waits (row S45)."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from premura.core.history.models import Event
from premura.loop.promise.escalations import escalate_nearly_due, told_to
from premura.loop.promise.models import Commitment, Escalation
from premura.loop.promise.rules import is_nearly_due, person_to_tell
from premura.loop.recover.cases import write_message

ROME = ZoneInfo("Europe/Rome")


@pytest.fixture
def manager(new_person, vicenza):
    return new_person("manager", vicenza, name="Marta Responsabile")


@pytest.fixture
def friday_case(new_case, work, colleague):
    """Opened on Friday at 17:30: four working hours end on Monday at noon, three of them at 11."""
    case = new_case(at=datetime(2026, 3, 20, 17, 30, tzinfo=ROME))
    work()
    return case


def test_told_when_three_quarters_of_the_working_time_are_gone(friday_case, manager):
    assert escalate_nearly_due(at=datetime(2026, 3, 23, 10, 59, tzinfo=ROME)) == 0
    assert escalate_nearly_due(at=datetime(2026, 3, 23, 11, 0, tzinfo=ROME)) == 1
    (duty,) = told_to(manager)
    assert (duty.case, duty.kind) == (friday_case, "first_answer")
    assert duty.escalation.escalated_at < duty.due_at
    assert Event.objects.filter(name="commitment.escalated").count() == 1


def test_told_once_and_no_longer_shown_when_it_is_done(friday_case, manager, colleague, work):
    at = datetime(2026, 3, 23, 11, 30, tzinfo=ROME)
    assert [escalate_nearly_due(at=at), escalate_nearly_due(at=at)] == [1, 0]
    write_message(friday_case, direction="out", channel="phone", text="Arriviamo.", by=colleague, at=at)
    work()
    assert list(told_to(manager)) == []
    assert Escalation.objects.count() == 1


def test_a_leader_is_not_told_of_their_own_duty(friday_case, manager, owner):
    Commitment.objects.update(owner=manager)
    escalate_nearly_due(at=datetime(2026, 3, 23, 11, 30, tzinfo=ROME))
    assert list(told_to(manager)) == []
    assert told_to(owner).count() == 1


def test_nobody_to_tell_is_no_error(friday_case):
    assert escalate_nearly_due(at=datetime(2026, 3, 23, 11, 30, tzinfo=ROME)) == 0


def test_without_opening_hours_plain_time_counts(friday_case, manager):
    from premura.core.company.models import OpeningHours

    OpeningHours.objects.all().delete()
    duty = Commitment.objects.get(kind="first_answer")
    at = duty.made_at + (duty.due_at - duty.made_at) * 0.76
    assert escalate_nearly_due(at=at) == 1


def test_of_another_place_nobody_sees_it(friday_case, new_person, padova, owner):
    of_padova = new_person("manager", padova)
    escalate_nearly_due(at=datetime(2026, 3, 23, 11, 30, tzinfo=ROME))
    assert list(told_to(of_padova)) == []
    assert told_to(owner).count() == 1


@pytest.mark.parametrize("number", [1, 12])
def test_the_number_of_queries_does_not_grow_with_what_is_not_due(
    number, new_case, work, manager, colleague, django_assert_max_num_queries, now
):
    for _ in range(number):
        new_case(at=now)
    work()
    with django_assert_max_num_queries(6):
        assert escalate_nearly_due(at=now + timedelta(minutes=1)) == 0


@given(st.floats(0, 1e7), st.floats(1, 1e7))
def test_nearly_due_never_comes_back(passed, whole):
    """Once nearly due, always: time only passes; and whatever is late is nearly due."""
    assert is_nearly_due(passed, whole) <= is_nearly_due(passed + 1, whole)
    assert is_nearly_due(max(passed, whole), whole)


@given(st.lists(st.tuples(st.integers(1, 9), st.booleans()), unique_by=lambda leader: leader[0]), st.integers(1, 9))
def test_whom_to_tell(leaders, owner_id):
    chosen = person_to_tell(leaders, owner_id=owner_id)
    others = [person for person, _owns in leaders if person != owner_id]
    assert chosen in others if others else chosen is None
    if any(not owns for person, owns in leaders if person != owner_id):
        assert (chosen, False) in leaders
