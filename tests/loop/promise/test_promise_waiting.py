"""How long customers wait, in working hours, open cases included; what is not yet due is neither kept nor broken."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from premura.loop.promise.commitments import keep_commitment
from premura.loop.promise.models import Commitment
from premura.loop.promise.waiting import waiting_times
from premura.loop.recover.cases import reopen_case, resolve_case, write_message
from premura.loop.understand.windows import Window

ROME = ZoneInfo("Europe/Rome")


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """Of March 2026; the 16th and the 23rd are Mondays."""
    return datetime(2026, 3, day, hour, minute, tzinfo=ROME)


MARCH = Window(at(1, 0).date(), at(31, 0).date())


@pytest.fixture
def answered(new_case, work, colleague):
    """A case opened and answered at these hours."""

    def make(opened: datetime, answer: datetime | None = None, solution: datetime | None = None, **fields):
        case = new_case(at=opened, **fields)
        work()
        if answer:
            write_message(case, direction="out", channel="phone", text="Arriviamo.", by=colleague, at=answer)
        if solution:
            resolve_case(case, by=colleague, text="Sostituita", apologised=True, at=solution)
        work()
        return case

    return make


def test_hours_are_those_in_which_we_work(answered, owner):
    """From Friday 17:30 to Monday 9:30 somebody works for an hour and a half; the deadline of four hours is met."""
    answered(at(20, 17, 30), at(23, 9, 30))
    whole, _groups = waiting_times(owner, MARCH, at(23, 10))
    assert (whole.cases, whole.first_answer.median.value, whole.first_answer.running) == (1, 1.5, 0)
    assert (whole.first_answer.in_time.value, whole.first_answer.in_time.n) == (1.0, 1)


def test_open_cases_count_for_as_long_as_they_wait(answered, owner):
    """Two answered after one hour, two still waiting after eight: half have an answer after one hour, not all."""
    for _ in range(2):
        answered(at(18, 8, 30), at(18, 9, 30))
        answered(at(18, 8, 30))
    clock = waiting_times(owner, MARCH, at(18, 18))[0].first_answer
    assert (clock.median.value, clock.p90, clock.running, clock.median.n) == (1.0, None, 2, 4)


def test_open_and_not_yet_due_is_neither_kept_nor_broken(answered, owner):
    answered(at(18, 8, 30))
    assert waiting_times(owner, MARCH, at(18, 10))[0].first_answer.in_time.n == 0
    late = waiting_times(owner, MARCH, at(18, 15))[0].first_answer.in_time
    assert (late.value, late.n) == (0.0, 1)


def test_answered_late_is_not_in_time(answered, owner):
    answered(at(18, 8, 30), at(18, 17))
    clock = waiting_times(owner, MARCH, at(18, 18))[0].first_answer
    assert (clock.median.value, clock.in_time.value) == (7.0, 0.0)


def test_reopening_does_not_restart_the_clock(answered, owner, colleague, work):
    case = answered(at(16, 8, 30), at(16, 9), at(16, 12, 30))
    before = waiting_times(owner, MARCH, at(17, 18))[0].solution
    assert (before.median.value, before.in_time.value) == (4.0, 1.0)
    reopen_case(case, by=colleague, reason="Perde ancora", at=at(17, 8, 30))
    work()
    running = waiting_times(owner, MARCH, at(17, 12, 30))[0].solution
    assert (running.median.value, running.running) == (None, 1)
    resolve_case(case, by=colleague, text="Cambiata", apologised=True, at=at(17, 12, 30))
    assert waiting_times(owner, MARCH, at(17, 18))[0].solution.median.value == 12.0


def test_called_off_says_nothing(answered, owner):
    answered(at(18, 8, 30))
    from premura.loop.promise.commitments import call_off_commitment

    call_off_commitment(Commitment.objects.get(kind="first_answer"), by=owner, at=at(18, 9))
    keep_commitment(Commitment.objects.get(kind="solution"), by=owner, at=at(18, 10))
    whole, _groups = waiting_times(owner, MARCH, at(25, 18))
    assert (whole.first_answer.in_time.n, whole.solution.in_time.value) == (0, 1.0)


def test_groups_add_up_and_another_place_is_not_seen(answered, owner, colleague, elsewhere, padova, vicenza):
    answered(at(16, 9), at(16, 10), severity="high")
    answered(at(16, 9), at(16, 11))
    answered(at(16, 9), location=padova)
    whole, by_place = waiting_times(owner, MARCH, at(16, 18), "location")
    assert whole.cases == 3 == sum(part.cases for part in by_place.values())
    assert {place: part.first_answer.running for place, part in by_place.items()} == {vicenza.pk: 0, padova.pk: 1}
    assert waiting_times(colleague, MARCH, at(16, 18))[0].cases == 2
    assert waiting_times(elsewhere, MARCH, at(16, 18))[0].cases == 1
    assert waiting_times(owner, MARCH, at(16, 18), severity="high")[0].cases == 1


@pytest.mark.parametrize("number", [1, 9])
def test_the_number_of_queries_is_fixed(number, answered, owner, vicenza, padova, django_assert_num_queries):
    for place in (vicenza, padova) * number:
        answered(at(16, 9), at(16, 10), location=place)
    owner.location_ids()
    with django_assert_num_queries(7):
        waiting_times(owner, MARCH, at(16, 9) + timedelta(days=3), "severity")
