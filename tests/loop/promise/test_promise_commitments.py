"""Commitments: made for an exact date, kept, late, broken, called off; one list for *Today*."""

from datetime import UTC, date, datetime, timedelta

import pytest

from premura.core.errors import Conflict, PremuraError
from premura.core.history.models import Event
from premura.loop.promise.commitments import (
    break_commitment,
    call_off_commitment,
    hand_over_commitment,
    keep_commitment,
    make_commitment,
    rebuild_state,
)
from premura.loop.promise.models import Commitment
from premura.loop.promise.reads import CommitmentFilter, commitment_for, commitments, kept_rate, today
from premura.loop.understand.windows import Window


@pytest.fixture
def promise(colleague, vicenza, customer, now):
    def make(what="Richiamo con il preventivo", due=None, *, owner=colleague, by=colleague, at=now, **fields):
        fields.setdefault("location", vicenza)
        fields.setdefault("customer", customer)
        return make_commitment(what, owner=owner, due=due or now + timedelta(hours=2), by=by, at=at, **fields)

    return make


@pytest.mark.parametrize("due", [None, "appena possibile", "2026-03-20", 3])
def test_what_is_not_a_date_is_refused(colleague, due):
    with pytest.raises(PremuraError) as refused:
        make_commitment("Richiamo", owner=colleague, due=due, by=colleague)
    assert refused.value.code == "date-needed"
    assert not Commitment.objects.exists()


def test_the_past_cannot_be_promised(promise, now):
    with pytest.raises(PremuraError) as refused:
        promise(due=now - timedelta(seconds=1))
    assert refused.value.code == "date-past"
    with pytest.raises(PremuraError):
        promise(due=date(2026, 3, 18))
    assert promise(due=date(2026, 3, 19)).is_date_only
    assert promise(due=now - timedelta(days=1), by=None)  # the clock and old files may


def test_a_promise_without_words_is_refused(promise):
    with pytest.raises(PremuraError):
        promise("  ")


def test_a_day_is_kept_until_its_last_second_where_the_company_is(promise):
    """numbers.md §8: a date-only promise is kept until 23:59:59 local time."""
    day = promise(due=date(2026, 3, 20))
    assert day.due_at == datetime(2026, 3, 20, 22, 59, 59, tzinfo=UTC)
    summer = promise(due=date(2026, 3, 29))  # the night in which the clocks change
    assert summer.due_at == datetime(2026, 3, 29, 21, 59, 59, tzinfo=UTC)
    assert keep_commitment(day, by=None, at=day.due_at).outcome == "kept"
    assert keep_commitment(summer, by=None, at=summer.due_at + timedelta(seconds=1)).outcome == "late"


def test_half_past_two_in_the_nights_in_which_the_clocks_change(promise):
    """29 March 2026 has no such hour in Rome, 25 October has it twice."""
    with pytest.raises(PremuraError) as refused:
        promise(due=datetime(2026, 3, 29, 2, 30))
    assert refused.value.code == "time-skipped"
    assert "02:30" in str(refused.value)
    assert promise(due=datetime(2026, 3, 29, 3)).due_at == datetime(2026, 3, 29, 1, tzinfo=UTC)
    first = promise(due=datetime(2026, 10, 25, 2, 30))
    assert Commitment.objects.get(pk=first.pk).due_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    again = datetime(2026, 10, 25, 1, 15, tzinfo=UTC)  # the clocks say 02:15 for the second time
    assert keep_commitment(first, by=None, at=again).outcome == "late"
    with pytest.raises(PremuraError):
        promise(due=datetime(1, 1, 1, 0, 30))


def test_a_time_without_a_zone_is_the_company_s(promise):
    assert promise(due=datetime(2026, 3, 20, 18)).due_at == datetime(2026, 3, 20, 17, tzinfo=UTC)


def test_it_ends_once(promise, colleague, now):
    commitment = promise()
    keep_commitment(commitment, by=colleague, note="fatto", at=now)
    for verb in (keep_commitment, call_off_commitment):
        with pytest.raises(Conflict):
            verb(Commitment.objects.get(), by=colleague)
    assert Commitment.objects.get().outcome.outcome == "kept"
    assert Event.objects.filter(name="commitment.kept").count() == 1


def test_breaking_says_why(promise, colleague, now):
    commitment = promise()
    with pytest.raises(PremuraError):
        break_commitment(commitment, by=colleague, note=" ")
    assert break_commitment(commitment, by=colleague, note="Manca il pezzo", at=now).outcome == "broken"
    assert Event.objects.get(name="commitment.broken").data["kind"] == "promise"


def test_the_cache_can_be_rebuilt(promise, colleague, now):
    commitment = promise()
    call_off_commitment(commitment, by=colleague, at=now)
    Commitment.objects.update(ended_at=None)
    assert rebuild_state(Commitment.objects.get()).ended_at == now


def test_handing_over_is_recorded_once(promise, colleague, owner):
    commitment = promise()
    hand_over_commitment(commitment, owner, by=colleague)
    hand_over_commitment(commitment, owner, by=colleague)
    assert Commitment.objects.get().owner == owner
    assert Event.objects.filter(name="commitment.handed_over").count() == 1


def test_today_by_urgency_of_one_or_of_everybody(promise, colleague, owner, elsewhere, padova, now):
    overdue = promise("uno", now - timedelta(hours=1), by=None)
    soon = promise("due", now + timedelta(hours=1))
    week = promise("tre", now + timedelta(days=2))
    later = promise("quattro", now + timedelta(days=9))
    ended = promise("finita")
    keep_commitment(ended, by=colleague, at=now)
    promise("di un altro", owner=elsewhere, location=padova)
    mine = {group.urgency: group.shown for group in today(colleague, now)}
    assert mine == {"overdue": [overdue], "today": [soon], "this_week": [week], "later": [later]}
    assert sum(group.count for group in today(owner, now)) == 0
    assert sum(group.count for group in today(owner, now, everybody=True)) == 5
    assert sum(group.count for group in today(colleague, now, everybody=True)) == 4


def test_today_asks_few_questions_however_much_there_is(promise, colleague, now, django_assert_max_num_queries):
    for number in range(60):
        promise(f"promessa {number}")
    with django_assert_max_num_queries(3):
        groups = today(colleague, now)
        for group in groups:
            for row in group.shown:
                assert all((str(row), row.owner.name, row.customer.name))
    assert [(group.count, group.hidden) for group in groups if group.count] == [(60, 20)]


def test_lists_by_state_and_door(promise, colleague, elsewhere, padova, owner, now):
    waiting, late = promise("in tempo"), promise("scaduta", now - timedelta(days=1), by=None)
    broken = promise("mancata")
    break_commitment(broken, by=colleague, note="no", at=now)
    far = promise("lontana", location=padova, owner=elsewhere)

    def found(person, **chosen):
        return list(commitments(person, CommitmentFilter(**chosen), now))

    assert found(colleague) == [late, waiting]
    assert found(colleague, state="overdue") == [late]
    assert found(colleague, state="broken") == [broken]
    assert found(owner, owner=elsewhere.pk) == [far]
    assert set(found(owner, state="all")) == {waiting, late, broken, far}
    assert found(owner, search="lont") == [far]
    assert found(owner, window=Window(date(2026, 3, 18), date(2026, 3, 18)), state="all") == [late]
    with pytest.raises(PremuraError):
        commitment_for(elsewhere, waiting.pk)


def test_the_rate_of_what_ended_in_the_window(promise, colleague, elsewhere, owner, now):
    for number in range(4):
        keep_commitment(promise(f"p{number}"), by=colleague, at=now + timedelta(hours=number))  # 3, 4 h: late
    call_off_commitment(promise("inutile"), by=colleague, at=now)
    keep_commitment(promise("dopo", now + timedelta(days=30)), by=colleague, at=now + timedelta(days=20))
    promise("aperta")
    window = Window(now.date(), now.date())
    kept = kept_rate(owner, window)
    assert (kept.kept, kept.late, kept.estimate.n) == (3, 1, 4)
    assert kept_rate(elsewhere, window).estimate.n == 0
    assert kept_rate(owner, window, kind="call").estimate.n == 0
