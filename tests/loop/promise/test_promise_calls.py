"""The call of who leads: owed on serious cases and to angry customers, by an hour, written down when it is made."""

from datetime import timedelta

import pytest

from premura.core.errors import Conflict, NotAllowed, PremuraError
from premura.core.history.models import Event
from premura.loop.promise.calls import handle_upset, log_call
from premura.loop.promise.models import Commitment
from premura.loop.promise.reads import CommitmentFilter, commitments, today
from premura.loop.recover.cases import resolve_case
from premura.loop.recover.joining import merge_case
from premura.loop.recover.models import Mood
from premura.loop.recover.moods import set_mood


@pytest.fixture
def manager(new_person, vicenza):
    return new_person("manager", vicenza, name="Marta Manager")


def calls():
    return Commitment.objects.filter(kind="manager_call")


def test_a_serious_case_owes_a_call_of_who_leads_within_four_working_hours(new_case, manager, work, now):
    new_case()
    serious = new_case("Ponteggio crollato", severity="high")
    work()
    call = calls().get()
    assert (call.case, call.owner, call.made_by) == (serious, manager, None)
    # Thursday 10:30 in Vicenza: two hours before lunch, two after
    assert call.due_at == now + timedelta(hours=5, minutes=30)
    mine = [duty for group in today(manager, now) for duty in group.shown]
    assert call in mine
    assert str(call) != call.what


def test_an_angry_customer_is_called_once(new_case, manager, colleague, work, now):
    case = new_case()
    work()
    set_mood(case, Mood.ANGRY, by=colleague, at=now)
    work()
    set_mood(case, Mood.CALM, by=colleague, at=now)
    set_mood(case, Mood.ANGRY, by=colleague, at=now)
    work()
    for event in Event.objects.filter(name="case.mood_set"):
        handle_upset(event)
    assert calls().count() == 1


def test_what_the_customer_writes_can_bring_the_call(new_case, manager, work, monkeypatch):
    from premura.loop.recover import moods
    from premura.loop.recover.cases import write_message

    monkeypatch.setattr(moods, "read_mood", lambda _words: "angry")
    case = new_case()
    write_message(case, "in", "Una vergogna", by=None)
    work()
    assert calls().get().case == case
    assert Event.objects.filter(name="case.mood_read").count() == 1


def test_the_call_is_logged_with_what_was_said(new_case, manager, colleague, work, now):
    case = new_case(severity="high")
    work()
    call = calls().get()
    with pytest.raises(NotAllowed):
        log_call(call, "Chiamato io", by=colleague)
    with pytest.raises(PremuraError):
        log_call(call, "  ", by=manager)
    log_call(call, "Segreteria", by=manager, reached=False, at=now + timedelta(hours=1))
    call.refresh_from_db()
    assert call.ended_at is None
    said = log_call(call, "Mi sono scusata; rimborso domani", by=manager, at=now + timedelta(hours=2))
    assert (said.direction, said.channel, said.person) == ("out", "phone", manager)
    assert call.outcome.outcome == "kept"
    assert call.outcome.ended_by == manager
    work()
    case.refresh_from_db()
    assert case.first_answered_at == now + timedelta(hours=2)
    for reached in (True, False):
        with pytest.raises(Conflict):
            log_call(call, "Ancora", by=manager, reached=reached)
    assert case.messages.count() == 2


def test_a_late_call_is_listed_and_stays_owed_when_the_case_is_solved(new_case, manager, colleague, work, now):
    case = new_case(severity="high")
    work()
    resolve_case(case, by=colleague, text="Sostituita", apologised=True, at=now + timedelta(hours=1))
    work()
    late = commitments(manager, CommitmentFilter(state="overdue", kinds=("manager_call",)), now + timedelta(days=2))
    assert [duty.case for duty in late] == [case]


def test_a_merged_case_owes_its_call_there(new_case, manager, work, now):
    first, second = new_case(), new_case("Ancora lei", severity="high")
    work()
    merge_case(second, first, by=manager, at=now)
    work()
    assert calls().get().outcome.outcome == "called_off"


def test_a_third_contact_brings_no_second_call_while_one_is_owed(new_case, manager, work, now):
    from premura.loop.promise.duties import handle_told_again

    case = new_case(severity="high")
    work()
    told = Event(name="case.told_again", subject_id=str(case.pk), happened_at=now + timedelta(hours=1))
    handle_told_again(told)
    assert Commitment.objects.filter(case=case, kind="call").count() == 0
