"""An action says what the customer will notice, by when, and what should move; its end is decided once."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from premura.core.errors import Conflict, NotFound, PremuraError
from premura.core.history.models import Event
from premura.loop.improve import reads
from premura.loop.improve.actions import abandon_action, complete_action
from premura.loop.improve.models import CorrectiveAction
from premura.loop.improve.rules import Plan, problems_of
from premura.loop.promise.models import Commitment


@pytest.mark.django_db
def test_an_open_action_is_owed_until_its_day(action_of, manager, now):
    action = action_of(due_on=now.date())
    owed = Commitment.objects.get()
    assert (owed.kind, owed.owner, owed.about) == ("action", manager, f"action:{action.pk}")
    assert owed.due_at == datetime(2026, 3, 19, 22, 59, 59, tzinfo=UTC)
    assert owed == action.commitment
    assert Event.objects.get(name="action.opened").data["metric"] == "csat"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"title": " "}, "text-needed"),
        ({"customer_effect": ""}, "effect-needed"),
        ({"metric": "happiness"}, "metric-unknown"),
        ({"expected_change": 0}, "change-zero"),
        ({"expected_change": -0.1}, "change-wrong-way"),
        ({"window_days": 3}, "window-too-short"),
        ({"due_on": date(2026, 3, 1)}, "date-past"),
    ],
)
def test_what_is_missing_is_refused_and_nothing_is_kept(action_of, given, code):
    with pytest.raises(PremuraError) as refusal:
        action_of(**given)
    assert refusal.value.code == code
    assert not CorrectiveAction.objects.exists()
    assert not Commitment.objects.exists()
    assert not Event.objects.filter(name="action.opened").exists()


@given(st.text(max_size=3), st.sampled_from([-1, 1]), st.floats(-2, 2), st.integers(1, 30))
def test_a_plan_without_problems_improves(effect, direction, change, days):
    plan = Plan(title="x", customer_effect=effect, direction=direction, expected_change=change, window_days=days)
    if not problems_of(plan):
        assert effect.strip()
        assert change * direction > 0
        assert days >= 7


@pytest.mark.django_db
def test_completing_in_time_keeps_the_promise(action_of, owner, now):
    action = action_of()
    complete_action(action, by=owner, completed_on=now.date(), at=now)
    action.refresh_from_db()
    assert action.commitment.outcome.outcome == "kept"
    assert Event.objects.get(name="action.completed").data == {"completed_on": "2026-03-19"}


@pytest.mark.django_db
def test_said_late_but_done_in_time_is_kept(action_of, owner, now):
    action = action_of(due_on=now.date())
    complete_action(action, by=owner, completed_on=now.date(), at=now + timedelta(days=5))
    assert action.commitment.outcome.outcome == "kept"


@pytest.mark.django_db
def test_done_late_is_late(action_of, owner, now):
    action = action_of(due_on=now.date())
    late = now + timedelta(days=2)
    complete_action(action, by=owner, completed_on=late.date(), at=late)
    assert action.commitment.outcome.outcome == "late"


@pytest.mark.django_db
def test_a_day_to_come_is_no_completion(action_of, owner):
    with pytest.raises(PremuraError) as refusal:
        complete_action(action_of(), by=owner, completed_on=date(2200, 1, 1))
    assert refusal.value.code == "date-future"


@pytest.mark.django_db
def test_an_action_ends_once(action_of, owner, now):
    action = action_of()
    complete_action(action, by=owner, completed_on=now.date(), at=now)
    with pytest.raises(Conflict):
        complete_action(action, by=owner, completed_on=now.date(), at=now)
    with pytest.raises(Conflict):
        abandon_action(action, by=owner, reason="costa troppo", at=now)


@pytest.mark.django_db
def test_abandoning_needs_a_reason_and_calls_the_duty_off(action_of, owner, now):
    action = action_of()
    with pytest.raises(PremuraError):
        abandon_action(action, by=owner, reason=" ", at=now)
    abandon_action(action, by=owner, reason="Il furgone si rifà", at=now)
    action.commitment.refresh_from_db()
    assert action.commitment.outcome.outcome == "called_off"


@pytest.mark.django_db
def test_another_place_does_not_see_the_action(action_of, elsewhere, colleague, vicenza):
    here, everywhere = action_of(location=vicenza), action_of()
    assert set(reads.actions(colleague)) == {here, everywhere}
    assert list(reads.actions(elsewhere)) == [everywhere]
    with pytest.raises(NotFound):
        reads.action_for(elsewhere, here.pk)


@pytest.mark.django_db
def test_actions_by_state(action_of, owner, now):
    waiting, late, done, dropped = (
        action_of(due_on=now.date() + timedelta(days=9)),
        action_of(due_on=now.date()),
        action_of(),
        action_of(),
    )
    complete_action(done, by=owner, completed_on=now.date(), at=now)
    abandon_action(dropped, by=owner, reason="no", at=now)
    tomorrow = now.date() + timedelta(days=1)
    assert list(reads.actions(owner, state="open")) == [late, waiting]
    assert list(reads.actions(owner, state="late", today=tomorrow)) == [late]
    assert list(reads.actions(owner, state="completed")) == [done]
    assert list(reads.actions(owner, state="abandoned")) == [dropped]
