"""What cases and requests owe: due by the working calendar, ended by what happens, safe to deliver twice and late."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from premura.core.company.models import ClosedDay, OpeningHours
from premura.core.history.models import Event
from premura.loop import wiring
from premura.loop.promise.models import Commitment
from premura.loop.recover.cases import assign_case, reopen_case, resolve_case, write_message

ROME = ZoneInfo("Europe/Rome")


def due(case, kind):
    return Commitment.objects.get(case=case, kind=kind).due_at


def outcomes(case):
    rows = Commitment.objects.filter(case=case).order_by("made_at", "pk")
    return [(row.kind, row.outcome.outcome if row.ended_at else None) for row in rows]


def handle_all_again():
    for event in Event.objects.all():
        for contract in wiring.CONTRACTS:
            if event.name in contract.wants:
                contract.wants[event.name](event)


def test_working_hours_of_split_days(new_case, work):
    """numbers.md §8: opened Friday 17:30, 4 working hours: Monday 12:00; 4 h 30: 12:30; 5 h: 14:30."""
    friday = datetime(2026, 3, 20, 17, 30, tzinfo=ROME)
    normal, high = new_case(at=friday), new_case(at=friday, severity="high")
    work()
    assert due(normal, "first_answer") == datetime(2026, 3, 23, 12, 0, tzinfo=ROME)
    assert due(high, "first_answer") == datetime(2026, 3, 23, 12, 30, tzinfo=ROME)
    assert due(high, "solution") == datetime(2026, 3, 23, 14, 30, tzinfo=ROME)


@pytest.mark.parametrize(
    ("opened", "expected"),
    [
        # the night in which the clocks go forward lies between Friday and Monday
        (datetime(2026, 3, 27, 17, 0, tzinfo=ROME), datetime(2026, 3, 30, 11, 30, tzinfo=ROME)),
        # and back
        (datetime(2026, 10, 23, 17, 0, tzinfo=ROME), datetime(2026, 10, 26, 11, 30, tzinfo=ROME)),
        # 2 June is a holiday
        (datetime(2026, 6, 1, 17, 0, tzinfo=ROME), datetime(2026, 6, 3, 11, 30, tzinfo=ROME)),
        # the patron saint's day
        (datetime(2026, 9, 7, 17, 0, tzinfo=ROME), datetime(2026, 9, 9, 11, 30, tzinfo=ROME)),
        # at night, and in the lunch break
        (datetime(2026, 3, 18, 23, 0, tzinfo=ROME), datetime(2026, 3, 19, 12, 30, tzinfo=ROME)),
        (datetime(2026, 3, 19, 13, 0, tzinfo=ROME), datetime(2026, 3, 19, 18, 0, tzinfo=ROME)),
    ],
)
def test_due_by_the_calendar(new_case, work, opened, expected):
    case = new_case(at=opened)
    work()
    assert due(case, "first_answer") == expected


def test_a_place_has_hours_and_days_off_of_its_own(new_case, vicenza, work):
    for weekday in (3, 4, 5):
        OpeningHours.objects.create(location=vicenza, weekday=weekday, opens=time(10), closes=time(13))
    ClosedDay.objects.create(location=vicenza, closed_on=datetime(2026, 3, 20).date())
    case = new_case(at=datetime(2026, 3, 19, 11, 0, tzinfo=ROME))
    work()
    assert due(case, "first_answer") == datetime(2026, 3, 21, 12, 0, tzinfo=ROME)


def test_without_hours_written_down_plain_time_counts(new_case, work, now):
    OpeningHours.objects.all().delete()
    case = new_case()
    work()
    assert due(case, "first_answer") == now + timedelta(hours=4)


def test_without_a_deadline_nothing_is_owed(new_case, work):
    case = new_case(severity="low")
    work()
    assert not Commitment.objects.filter(case=case).exists()


def test_answering_and_resolving_end_what_was_owed(new_case, colleague, work, now):
    case = new_case()
    work()
    assert outcomes(case) == [("first_answer", None), ("solution", None)]
    write_message(case, "out", "Scusi", by=colleague, at=now + timedelta(hours=1))
    work()
    assert outcomes(case) == [("first_answer", "kept"), ("solution", None)]
    resolve_case(case, by=colleague, text="Fatto", apologised=True, at=now + timedelta(days=30))
    work()
    assert outcomes(case) == [("first_answer", "kept"), ("solution", "late")]


def test_who_resolves_at_once_has_answered(new_case, colleague, work, now):
    case = new_case()
    resolve_case(case, by=colleague, text="Fatto al telefono", apologised=True, at=now + timedelta(minutes=5))
    work()
    assert outcomes(case) == [("first_answer", "kept"), ("solution", "kept")]


def test_everything_delivered_twice_changes_nothing(new_case, colleague, owner, work, now):
    case = new_case()
    write_message(case, "out", "Scusi", by=colleague, at=now + timedelta(hours=1))
    assign_case(case, owner, by=colleague, at=now + timedelta(hours=2))
    resolve_case(case, by=colleague, text="Fatto", apologised=True, at=now + timedelta(hours=3))
    reopen_case(case, by=colleague, reason="No", at=now + timedelta(hours=4))
    resolve_case(case, by=colleague, text="Rifatto", apologised=True, at=now + timedelta(hours=5))
    reopen_case(case, by=colleague, reason="Ancora no", at=now + timedelta(hours=6))
    work()
    before = list(Commitment.objects.order_by("pk").values())
    handle_all_again()
    work()
    assert list(Commitment.objects.order_by("pk").values()) == before


def test_handlers_may_come_in_the_wrong_order(new_case, colleague, now):
    from premura.loop.promise import duties

    case = new_case()
    write_message(case, "out", "Scusi", by=colleague, at=now + timedelta(hours=1))
    answered, opened = Event.objects.get(name="case.answered"), Event.objects.get(name="case.opened")
    duties.handle_case_progress(answered)
    duties.handle_case_opened(opened)
    assert outcomes(case) == [("first_answer", "kept"), ("solution", None)]


def test_who_takes_the_case_takes_its_duties(new_case, colleague, owner, work, now):
    case = new_case()
    work()
    write_message(case, "out", "Scusi", by=colleague, at=now)
    work()
    assign_case(case, owner, by=colleague, at=now)
    work()
    owners = dict(Commitment.objects.filter(case=case).values_list("kind", "owner"))
    assert owners == {"first_answer": colleague.pk, "solution": owner.pk}
    assert Event.objects.filter(name="commitment.handed_over").count() == 1


def test_reopening_keeps_the_original_date_while_it_is_ahead(new_case, colleague, work, now):
    case = new_case()
    work()
    original = due(case, "solution")
    resolve_case(case, by=colleague, text="Fatto", apologised=True, at=now + timedelta(hours=1))
    reopen_case(case, by=colleague, reason="No", at=now + timedelta(hours=2))
    work()
    again = Commitment.objects.waiting().get(case=case)
    assert (again.kind, again.due_at) == ("solution", original)
    resolve_case(case, by=colleague, text="Fatto", apologised=True, at=original - timedelta(hours=1))
    reopened_at = original + timedelta(days=3)
    reopen_case(case, by=colleague, reason="No", at=reopened_at)
    work()
    assert Commitment.objects.waiting().get(case=case).due_at > reopened_at


def test_a_request_is_owed_an_answer_in_four_working_hours(new_case, colleague, new_person, vicenza, work, now):
    from decimal import Decimal

    from premura.core.staff.models import AuthorityLimit
    from premura.loop.recover.gestures import approve_gesture, give_gesture, refuse_gesture
    from premura.loop.recover.remedies import add_remedy

    manager = new_person("manager", vicenza)
    AuthorityLimit.objects.create(role="manager", per_case=300, per_month=300)
    refund = add_remedy(by=None, name={"it": "Rimborso"}, kind="refund", cost_rule="amount")
    case = new_case()
    first = give_gesture(case, refund, by=colleague, amount=Decimal(50), key="a", at=now)
    second = give_gesture(case, refund, by=colleague, amount=Decimal(60), key="b", at=now)
    work()
    rows = Commitment.objects.filter(kind="approval")
    # Thursday 10:30 in Rome, a break from 12:30 to 14: 16:00
    assert {row.due_at for row in rows} == {datetime(2026, 3, 19, 16, 0, tzinfo=ROME)}
    assert {row.owner for row in rows} == {manager}
    approve_gesture(first, by=manager, at=now + timedelta(hours=1))
    refuse_gesture(second, by=manager, reason="no", at=now + timedelta(days=1))
    work()
    handle_all_again()
    assert [row.outcome.outcome for row in rows.order_by("request_id")] == ["kept", "late"]


def test_handing_the_case_over_leaves_decisions_with_who_was_asked(
    new_case, colleague, owner, new_person, vicenza, work, now
):
    from decimal import Decimal

    from premura.core.staff.models import AuthorityLimit
    from premura.loop.recover.gestures import give_gesture
    from premura.loop.recover.remedies import add_remedy

    manager = new_person("manager", vicenza)
    AuthorityLimit.objects.create(role="manager", per_case=300, per_month=300)
    refund = add_remedy(by=None, name={"it": "Rimborso"}, kind="refund", cost_rule="amount")
    case = new_case()
    give_gesture(case, refund, by=colleague, amount=Decimal(50), key="a", at=now)
    work()
    assign_case(case, owner, by=colleague, at=now)
    work()
    assert Commitment.objects.get(kind="approval").owner == manager
