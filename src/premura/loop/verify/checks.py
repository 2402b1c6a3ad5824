"""Effectiveness checks: planned when an action is completed, run over equal windows, every result kept."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from premura.core.company.company import local_date
from premura.core.errors import PremuraError
from premura.core.history.history import record
from premura.core.history.models import Event
from premura.core.jobs.jobs import add_job
from premura.core.staff.models import Person
from premura.loop.improve.models import CorrectiveAction
from premura.loop.promise.commitments import keep_commitment, make_commitment
from premura.loop.promise.models import CommitmentKind
from premura.loop.understand.metrics import METRICS, Counts
from premura.loop.understand.reads import counts_between, minimum_n
from premura.loop.verify.models import CheckResult, EffectivenessCheck
from premura.loop.verify.rules import windows_around
from premura.stats.effects import BeforeAfter

DUE_CHECKS = "verify.due_checks"


def schedule_check(action: CorrectiveAction, *, by: Person | None, at: datetime | None = None) -> EffectivenessCheck:
    """Plan the check of a completed action; the one that is planned already stays.

    It is owed on the day after the after-window, the first on which the window is complete. Errors: ``not-completed``.
    """
    existing = EffectivenessCheck.objects.filter(action=action).first()
    if existing is not None:
        return existing
    completion = getattr(action, "completion", None)
    if completion is None:
        raise PremuraError("not-completed", _("The effect of a change can be verified once it is in place."))
    at = at or timezone.now()
    windows = windows_around(completion.completed_on, action.window_days)
    with transaction.atomic():
        check = EffectivenessCheck.objects.create(
            action=action,
            before_from=windows.before_from,
            before_to=windows.before_to,
            after_from=windows.after_from,
            after_to=windows.after_to,
            scheduled_at=at,
        )
        check.commitment = make_commitment(
            _("Verify the effect: %(action)s") % {"action": action.title},
            owner=action.owner,
            due=max(first_complete_day(check), local_date(at)),
            by=None,
            kind=CommitmentKind.CHECK,
            location=action.location,
            about=f"action:{action.pk}",
            at=at,
        )
        check.save(update_fields=["commitment"])
        data = {"action": action.pk, "after_to": check.after_to.isoformat()}
        record("check.scheduled", by=by, about=check, location=action.location, at=at, data=data)
    return check


def first_complete_day(check: EffectivenessCheck) -> date:
    """The first day on which the after-window is over."""
    return date.fromordinal(check.after_to.toordinal() + 1)


def handle_action_completed(event: Event) -> None:
    """Plan the check; where its window is over already, run it soon."""
    action = CorrectiveAction.objects.select_related("completion", "owner", "location").get(pk=int(event.subject_id))
    check = schedule_check(action, by=event.person, at=event.happened_at)
    if first_complete_day(check) <= local_date(timezone.now()):
        add_job(DUE_CHECKS, {}, key=DUE_CHECKS)


def run_check(check: EffectivenessCheck, *, by: Person | None = None, at: datetime | None = None) -> CheckResult:
    """Compare the two windows now and keep what was found; earlier results stay.

    Before the after-window is over the result is not final. Four queries to count, whatever the number of answers.
    """
    at = at or timezone.now()
    today = local_date(at)
    action = check.action
    metric = METRICS[action.metric]
    before = _counts(action, check.before_from, check.before_to)
    after = _counts(action, check.after_from, min(check.after_to, today))
    found = metric.compare(before, after, minimum_n())
    with transaction.atomic():
        result = _keep(check, found, before, after, is_final=today > check.after_to, by=by, at=at)
        if result.is_final and check.commitment is not None and check.commitment.ended_at is None:
            keep_commitment(check.commitment, by=by, at=at)
        name = "check.concluded" if result.is_final else "check.looked_at"
        record(name, by=by, about=check, location=action.location, at=at, data={"verdict": result.verdict})
    return result


def _counts(action: CorrectiveAction, first_day: date, last_day: date) -> Counts:
    """The answers of the days that have come; none while the first of them has not."""
    if last_day < first_day:
        return Counts()
    return counts_between(action.metric, first_day, last_day, touchpoint=action.touchpoint, location=action.location)


def _keep(
    check: EffectivenessCheck,
    found: BeforeAfter,
    before: Counts,
    after: Counts,
    *,
    is_final: bool,
    by: Person | None,
    at: datetime,
) -> CheckResult:
    return CheckResult.objects.create(
        check_of_effect=check,
        verdict=found.verdict,
        effect=found.effect.value,
        low=found.effect.low,
        high=found.effect.high,
        p=found.p,
        method=found.effect.method,
        reason=found.reason,
        before_counts=before.written(),
        after_counts=after.written(),
        before_n=found.n_before,
        after_n=found.n_after,
        is_final=is_final,
        checked_at=at,
        checked_by=by,
    )


def run_due_checks(payload: object = None, *, at: datetime | None = None) -> int:
    """Run every check whose after-window is over and that has no final result yet; returns how many."""
    at = at or timezone.now()
    due = EffectivenessCheck.objects.filter(after_to__lt=local_date(at)).exclude(results__is_final=True)
    related = ("action__touchpoint", "action__location", "commitment")
    checks = list(due.select_related(*related))
    for check in checks:
        run_check(check, at=at)
    return len(checks)


def do_due_checks(payload: object) -> None:
    """The job of the clockwork."""
    run_due_checks()


def handle_responses_imported(event: Event) -> None:
    """Old answers may have arrived for a window that is over: look again at what is due."""
    add_job(DUE_CHECKS, {}, key=DUE_CHECKS)
