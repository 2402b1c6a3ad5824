"""Clocks that stand still while we wait for the customer, also in nights in which clocks change; merged cases."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from premura.core.company.calendar import WorkingCalendar
from premura.core.errors import Conflict, PremuraError
from premura.core.history.models import Event
from premura.loop import wiring
from premura.loop.promise.models import Commitment, Extension
from premura.loop.promise.reads import by_urgency, today
from premura.loop.promise.rules import hours_running
from premura.loop.promise.waiting import waiting_times
from premura.loop.recover.cases import (
    assign_case,
    end_pause,
    pause_case,
    rebuild_state,
    reopen_case,
    resolve_case,
    write_message,
)
from premura.loop.recover.effort import effort_of
from premura.loop.recover.joining import link_cases, merge_case, split_case
from premura.loop.recover.models import NEVER, Case
from premura.loop.recover.progress import hear_customer, thread_of
from premura.loop.recover.reads import CaseFilter, cases, linked
from premura.loop.understand.windows import Window

# Both nights of 2026 in which the clocks change in Rome lie in reach of these
SHOP = WorkingCalendar(
    dict.fromkeys(range(7), ((time(0), time(4)), (time(8, 30), time(18)))), frozenset(), "Europe/Rome"
)
NIGHTS = (datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 10, 24, 12, tzinfo=UTC))
MOMENTS = st.builds(
    lambda night, minutes: night + timedelta(minutes=minutes), st.sampled_from(NIGHTS), st.integers(0, 60 * 48)
)
PAUSES = st.lists(st.tuples(MOMENTS, MOMENTS).map(lambda pair: (min(pair), max(pair))), max_size=4)


@given(MOMENTS, MOMENTS, PAUSES)
def test_a_clock_that_stood_still_never_runs_backwards_nor_faster(one, other, pauses):
    start, end = min(one, other), max(one, other)
    running = hours_running(SHOP.between, start, end, pauses)
    whole = hours_running(SHOP.between, start, end, [])
    assert 0 <= running <= whole
    # In whole minutes: counted minute by minute, which no change of the clocks can deceive
    if end - start <= timedelta(hours=30):
        minutes = range(int((end - start).total_seconds() // 60))
        still = [start + timedelta(minutes=n) for n in minutes]
        counted = sum(SHOP.is_open(at) and not any(p <= at < e for p, e in pauses) for at in still)
        assert running == pytest.approx(counted / 60)


@given(MOMENTS, st.integers(0, 600), st.integers(0, 600))
def test_a_date_moved_by_a_pause_leaves_the_same_time(start, hours_left, paused):
    due = SHOP.add(start, timedelta(minutes=hours_left))
    moved = SHOP.add(due, timedelta(minutes=paused))
    assert SHOP.between(start, moved) == timedelta(minutes=hours_left + paused)


def due(case, kind="solution"):
    return Commitment.objects.filter(case=case, kind=kind).latest("made_at").due_at


def test_the_solution_waits_for_the_customer_and_the_date_moves_by_working_time(new_case, colleague, now, work):
    case = new_case()
    work()
    before = due(case)
    pause_case(case, by=colleague, waiting_for="la fattura", at=now + timedelta(hours=1))
    work()
    commitment = Commitment.objects.get(case=case, kind="solution")
    assert commitment.paused_at is not None
    assert all(commitment not in group.shown for group in today(colleague, now + timedelta(days=30), everybody=True))
    assert by_urgency(Case.objects.all()).get().next_due_at == due(case, "first_answer")
    other = new_case(at=now - timedelta(days=3), severity="high")
    work()
    assert list(by_urgency(Case.objects.all())) == [other, case]
    write_message(case, "out", "Ci mandi la fattura", by=colleague, at=now + timedelta(hours=1))
    write_message(other, "out", "Ecco", by=colleague, at=now)
    resolve_case(other, by=colleague, text="Fatto", apologised=True, at=now)
    work()
    assert set(Case.objects.values_list("next_due_at", flat=True)) == {NEVER}, "one is resolved, one stands still"
    with pytest.raises(Conflict):
        pause_case(case, by=colleague, waiting_for="la fattura")
    write_message(case, "in", "Eccola", by=None, at=now + timedelta(hours=2))
    work()
    for event in Event.objects.filter(name__in=("case.paused", "case.resumed")):
        wiring._BY_STAGE["promise"].wants[event.name](event)
    commitment.refresh_from_db()
    assert commitment.paused_at is None
    assert Extension.objects.count() == 1
    # One hour of working time, in Vicenza on a Thursday morning
    assert commitment.due_at - before in (timedelta(hours=1), timedelta(hours=3), timedelta(hours=15))
    assert not end_pause(case, by=colleague)


def test_resolving_while_paused_is_judged_by_the_moved_date(new_case, colleague, now, work):
    case = new_case()
    work()
    late = due(case) + timedelta(days=10)
    pause_case(case, by=colleague, waiting_for="la fattura", at=now + timedelta(hours=1))
    resolve_case(case, by=colleague, text="Fatto", apologised=True, at=late)
    work()
    assert Commitment.objects.get(case=case, kind="solution").outcome.outcome == "kept"
    whole, _groups = waiting_times(colleague, Window(now.date(), late.date()), late)
    assert whole.solution.median.value == pytest.approx(1)


def test_reopening_does_not_restart_the_clock(new_case, colleague, now, work):
    case = new_case()
    work()
    original = due(case)
    resolve_case(case, by=colleague, text="Fatto", apologised=True, at=original - timedelta(minutes=30))
    work()
    reopened_at = original + timedelta(days=4)
    reopen_case(case, by=colleague, reason="No", at=reopened_at)
    work()
    # Half an hour was left: the least time, one working hour, is given, and not the whole time anew
    assert timedelta(0) < due(case) - reopened_at <= timedelta(days=4)
    assert due(case) < reopened_at + timedelta(days=4)
    assert Commitment.objects.waiting().filter(case=case, kind="solution").count() == 1


def test_a_merged_case_is_dealt_with_in_the_other_and_can_be_taken_apart(new_case, colleague, now, work):
    one, other = new_case("Betoniera sporca"), new_case("Ancora la betoniera")
    work()
    merge_case(other, one, by=colleague, at=now)
    work()
    assert list(cases(colleague, CaseFilter())) == [one]
    assert {row.outcome.outcome for row in Commitment.objects.filter(case=other)} == {"called_off"}
    hear_customer(other, "Allora?", at=now + timedelta(hours=1))
    assert [line.text for line in thread_of(one)[0]] == ["Allora?"]
    one.refresh_from_db()
    assert rebuild_state(one).waiting_since == now
    whole, _groups = waiting_times(colleague, Window(now.date(), now.date()), now)
    assert whole.cases == 1
    assert linked(one, colleague) == [other]
    with pytest.raises(Conflict):
        merge_case(other, one, by=colleague)
    split_case(other, by=colleague, at=now + timedelta(hours=2))
    work()
    assert Case.objects.get(pk=other.pk).is_open
    assert Commitment.objects.waiting().filter(case=other).count() == 2
    with pytest.raises(Conflict):
        split_case(other, by=colleague)


def test_cases_of_two_customers_are_linked_and_never_merged(new_case, colleague, vicenza, now):
    from premura.core.customers.customers import add_customer

    one, other = new_case(), new_case(customer=add_customer(by=None, name="Bianchi", location=vicenza, at=now))
    with pytest.raises(PremuraError):
        merge_case(other, one, by=colleague)
    link = link_cases(other, one, by=colleague)
    assert link_cases(one, other, by=colleague) == link
    assert linked(one, colleague) == [other]


def test_every_hand_over_is_counted(new_case, colleague, new_person, vicenza):
    case = new_case()
    assign_case(case, new_person("manager", vicenza, name="Marta"), by=colleague, reason="Non è mio")
    assign_case(case, colleague, by=colleague, reason="Lo prendo io")
    assert effort_of(case).handovers == 2
