"""Corrective actions: opened with an owner, a day and an expected effect; completed, or abandoned with a reason."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from premura.core.company.company import local_date, working_calendar
from premura.core.company.models import Location
from premura.core.errors import Conflict, PremuraError
from premura.core.history.history import record
from premura.core.journeys.models import Touchpoint
from premura.core.staff.models import Person
from premura.loop.improve.models import Abandonment, Completion, CorrectiveAction, RootCause
from premura.loop.improve.rules import Plan, problems_of
from premura.loop.promise.commitments import call_off_commitment, keep_commitment, make_commitment
from premura.loop.promise.models import CommitmentKind
from premura.loop.understand.metrics import METRICS

MESSAGES = {
    "text-needed": gettext_lazy("Say what you change."),
    "effect-needed": gettext_lazy(
        "Say what the customer will notice: an action without an effect on the customer is not one."
    ),
    "metric-unknown": gettext_lazy("Choose the figure that should move, so that the effect can be verified."),
    "change-zero": gettext_lazy("Say by how much the figure should move."),
    "change-wrong-way": gettext_lazy("The figure would move the wrong way: an improvement is expected."),
    "window-too-short": gettext_lazy("Compare at least seven days before with seven days after."),
}


def open_action(
    cause: RootCause,
    *,
    by: Person | None,
    title: str,
    customer_effect: str,
    owner: Person,
    due_on: date,
    metric: str,
    expected_change: float,
    window_days: int = 90,
    touchpoint: Touchpoint | None = None,
    location: Location | None = None,
    at: datetime | None = None,
) -> CorrectiveAction:
    """Decide to change something until ``due_on``; its owner owes it from now on.

    ``expected_change`` is in the unit of ``Metric.estimate``: NPS points, a share (0.10 is ten points of percent),
    points of the scale. Errors: the codes of ``improve.rules``; ``date-past``.
    """
    at = at or timezone.now()
    direction = METRICS[metric].direction if metric in METRICS else 0
    plan = Plan(
        title=title,
        customer_effect=customer_effect,
        direction=direction,
        expected_change=expected_change,
        window_days=window_days,
    )
    for problem in problems_of(plan):
        raise PremuraError(problem, MESSAGES[problem])
    with transaction.atomic():
        action = CorrectiveAction.objects.create(
            cause=cause,
            title=" ".join(title.split())[:200],
            customer_effect=customer_effect.strip(),
            owner=owner,
            location=location,
            due_on=due_on,
            metric=metric,
            touchpoint=touchpoint,
            expected_change=expected_change,
            window_days=window_days,
            opened_at=at,
            opened_by=by,
        )
        action.commitment = make_commitment(
            action.title,
            owner=owner,
            due=due_on,
            by=by,
            kind=CommitmentKind.ACTION,
            location=location,
            about=f"action:{action.pk}",
            at=at,
        )
        action.save(update_fields=["commitment"])
        data = {"cause": cause.pk, "metric": metric, "owner": owner.pk, "due_on": due_on.isoformat()}
        record("action.opened", by=by, about=action, location=location, at=at, data=data)
    return action


def complete_action(
    action: CorrectiveAction, *, by: Person | None, completed_on: date, note: str = "", at: datetime | None = None
) -> Completion:
    """The change is in place from ``completed_on``; its duty is kept, or late, by that day. The effect is now verified.

    Errors: ``date-future``; ``Conflict`` when it has ended already.
    """
    at = at or timezone.now()
    if completed_on > local_date(max(at, timezone.now())):
        raise PremuraError("date-future", _("This day has not come yet: say so once the change is in place."))
    with transaction.atomic():
        _refuse_twice(action)
        try:
            with transaction.atomic():
                row = Completion.objects.create(
                    action=action, completed_on=completed_on, completed_by=by, completed_at=at, note=note.strip()[:300]
                )
        except IntegrityError as error:
            raise _ended() from error
        commitment = action.commitment
        if commitment is not None and commitment.ended_at is None:
            done_at = at if completed_on >= local_date(at) else working_calendar().end_of_day(completed_on)
            keep_commitment(commitment, by=by, at=done_at)
        data = {"completed_on": completed_on.isoformat()}
        record("action.completed", by=by, about=action, location=action.location, at=at, data=data)
    return row


def abandon_action(
    action: CorrectiveAction, *, by: Person | None, reason: str, at: datetime | None = None
) -> Abandonment:
    """The change will not be made; its duty is called off. ``Conflict`` when it has ended already."""
    if not reason.strip():
        raise PremuraError("text-needed", _("Say why, for whoever meets the same cause again."))
    at = at or timezone.now()
    with transaction.atomic():
        _refuse_twice(action)
        try:
            with transaction.atomic():
                row = Abandonment.objects.create(
                    action=action, abandoned_at=at, abandoned_by=by, reason=reason.strip()[:300]
                )
        except IntegrityError as error:
            raise _ended() from error
        if action.commitment is not None and action.commitment.ended_at is None:
            call_off_commitment(action.commitment, by=by, note=reason.strip()[:300], at=at)
        record("action.abandoned", by=by, about=action, location=action.location, at=at)
    return row


def _ended() -> Conflict:
    return Conflict("already-ended", _("This action has ended already. Nothing was changed."))


def _refuse_twice(action: CorrectiveAction) -> None:
    """Of two people who end an action at the same moment the second waits for the row and finds it ended."""
    locked = CorrectiveAction.objects.select_for_update().get(pk=action.pk)
    if Completion.objects.filter(action=locked).exists() or Abandonment.objects.filter(action=locked).exists():
        raise _ended()
