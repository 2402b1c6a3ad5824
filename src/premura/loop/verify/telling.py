"""*You told us, we did*: once the effect of an action is verified, everybody who raised the point is told (row S35).

Told are the customers whose case had this cause and is closed, in the thread of their latest such case, in their
language. Not told: who waits for an answer of ours (they get that first), who is forgotten, and who asked to be left in
peace. Nothing is told of an action whose effect was not shown.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from premura.core.channels import Channel
from premura.core.errors import Conflict, PremuraError
from premura.core.history.history import record
from premura.core.history.models import Event
from premura.core.staff.models import Person
from premura.loop.improve.models import CorrectiveAction
from premura.loop.promise.commitments import keep_commitment, make_commitment
from premura.loop.promise.duties import due_after
from premura.loop.promise.models import Commitment, CommitmentKind
from premura.loop.recover.cases import write_message
from premura.loop.recover.models import Case, Direction
from premura.loop.verify.models import CheckResult, EffectivenessCheck, Telling, Verdict

#: Working time in which whoever owns the action tells the customers
TELLING_TIME = timedelta(hours=24)


def is_verified(action: CorrectiveAction) -> bool:
    """Whether the latest final result says that the action has improved what it should. One query."""
    results = CheckResult.objects.filter(check_of_effect__action=action, is_final=True)
    last = results.order_by("checked_at", "pk").last()
    return last is not None and last.verdict == Verdict.IMPROVED


def cases_to_tell(action: CorrectiveAction) -> list[Case]:
    """The latest closed case of each customer who raised the point of ``action``. One query."""
    rows: Any = Case.objects.filter(
        causes__cause=action.cause_id,
        causes__is_current=True,
        is_open=False,
        merged_into=None,
        waiting_since=None,
        customer__forgotten_at=None,
        customer__opted_out_at=None,
    ).exclude(customer=None)
    if action.location_id:
        rows = rows.filter(location=action.location_id)
    completion = getattr(action, "completion", None)
    if completion is not None:
        rows = rows.filter(opened_at__date__lte=completion.completed_on)
    latest = {case.customer_id: case for case in rows.select_related("customer", "location").order_by("opened_at")}
    return list(latest.values())


def draft_of(action: CorrectiveAction, language: str) -> str:
    """A first text, to be put into one's own words: what they told us, what we did."""
    with translation.override(language):
        return _(
            "You told us about “%(cause)s”. We have changed something: %(action)s. %(effect)s.\n\n"
            "We have looked whether it works, and it does. Thank you for telling us."
        ) % {"cause": action.cause, "action": action.title, "effect": action.customer_effect.rstrip(".")}


def tell_customers(
    action: CorrectiveAction, text: Mapping[str, str], *, by: Person, at: datetime | None = None
) -> Telling:
    """Write ``text`` (by language) into the thread of everybody who raised the point; once an action."""
    at = at or timezone.now()
    text = {language: words.strip() for language, words in text.items() if words.strip()}
    if not text:
        raise PremuraError("text-needed", _("Write what you tell them."))
    if not is_verified(action):
        raise Conflict("not-verified", _("The effect is not verified yet: there is nothing to tell."))
    with transaction.atomic():
        cases = cases_to_tell(action)
        telling, is_new = Telling.objects.get_or_create(
            action=action, defaults={"text": text, "told_at": at, "told_by": by, "customers": len(cases)}
        )
        if not is_new:
            raise Conflict("already-told", _("They have been told already. Nothing was sent."))
        for case in cases:
            customer: Any = case.customer
            # Who speaks neither language of the pages more likely reads English
            words = text.get(customer.language) or text.get("en") or next(iter(text.values()))
            write_message(case, Direction.OUT, words, by=by, channel=Channel.WEB, at=at)
        for waiting in Commitment.objects.waiting().filter(about=_about(action)):
            keep_commitment(waiting, by=by, at=at)
        data = {"customers": len(cases)}
        record("action.told", by=by, about=action, location=action.location, at=at, data=data)
    return telling


def _about(action: CorrectiveAction) -> str:
    return f"telling:{action.pk}"


def handle_check_concluded(event: Event) -> None:
    """The effect is shown: whoever owns the action owes it to the customers to tell them."""
    rows = EffectivenessCheck.objects.select_related("action__owner", "action__location")
    check = rows.filter(pk=int(event.subject_id)).first()
    if check is None or not is_verified(check.action) or hasattr(check.action, "telling"):
        return
    action = check.action
    known = Commitment.objects.filter(about=_about(action)).exists()
    if known or not cases_to_tell(action):
        return
    make_commitment(
        _("Tell the customers what changed: %(action)s") % {"action": action.title},
        owner=action.owner,
        due=due_after(event.happened_at, TELLING_TIME, action.location),
        by=None,
        kind=CommitmentKind.TASK,
        location=action.location,
        about=_about(action),
        at=event.happened_at,
    )
