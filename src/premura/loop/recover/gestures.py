"""Gestures: given within one's own authority at once, else asked of the first person whose authority covers them.

Two gestures at the same moment cannot exceed a limit: whoever spends first locks the row of the person whose authority
is spent (on SQLite the whole transaction waits for its turn from its beginning).
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from premura.core.errors import Conflict, NotAllowed, PremuraError
from premura.core.history.history import record
from premura.core.staff.models import Person
from premura.core.staff.roles import Ability
from premura.core.staff.scope import require
from premura.loop.recover.authority import authority_on, people_to_ask
from premura.loop.recover.leaving import route_on
from premura.loop.recover.models import Case, Gesture, GestureRequest, Remedy
from premura.loop.recover.remedies import cost_of
from premura.loop.recover.rules import first_covering


def give_gesture(
    case: Case,
    remedy: Remedy,
    *,
    by: Person,
    key: str,
    amount: Decimal | None = None,
    words: str = "",
    channel: str = "",
    at: datetime | None = None,
) -> Gesture | GestureRequest:
    """Give ``remedy``: a row of the ledger when ``by`` may spend that much, else a request to who may.

    The same ``key`` again returns what the first time made. Errors: those of ``cost_of``; ``nobody-may-spend``.
    """
    require(by, Ability.WORK_CASES)
    at = at or timezone.now()
    with transaction.atomic():
        _lock(by)
        known = _made_with(key)
        if known is not None:
            return known
        cost = cost_of(remedy, amount)
        if authority_on(case, by, at).covers(cost):
            gesture = Gesture.objects.create(
                case=case,
                remedy=remedy,
                amount=cost,
                words=words.strip(),
                channel=channel,
                granted_by=by,
                granted_at=at,
                key=key,
            )
            _record("gesture.given", gesture, by=by, at=at, data={"amount": str(cost), "remedy": remedy.code})
            return gesture
        return _ask(case, remedy, cost, by=by, key=key, words=words.strip(), at=at)


def _lock(person: Person) -> None:
    """Wait until nobody else spends the authority of ``person``."""
    list(Person.objects.select_for_update(no_key=True).filter(pk=person.pk).values_list("pk"))


def _made_with(key: str) -> Gesture | GestureRequest | None:
    return Gesture.objects.filter(key=key).first() or GestureRequest.objects.filter(key=key).first()


def _record(
    name: str, row: Gesture | GestureRequest, *, by: Person | None, at: datetime, data: dict[str, Any] | None = None
) -> None:
    case = row.case
    record(
        name,
        by=by,
        about=row,
        customer=case.customer,
        location=case.location,
        at=at,
        data={"case": case.pk, **(data or {})},
    )


def _ask(
    case: Case, remedy: Remedy, cost: Decimal, *, by: Person, key: str, words: str, at: datetime
) -> GestureRequest:
    people, authorities = people_to_ask(case, at, besides=by)
    chosen = first_covering(cost, authorities)
    if chosen is None:
        raise PremuraError(
            "nobody-may-spend",
            _("Nobody here may spend that much on a case. Give less, or ask the owner to raise a limit (Team)."),
        )
    request = GestureRequest.objects.create(
        case=case,
        remedy=remedy,
        amount=cost,
        words=words,
        asked_by=by,
        asked_at=at,
        routed_to=people[chosen.person_id],
        key=key,
    )
    data = {"amount": str(cost), "remedy": remedy.code, "routed_to": chosen.person_id}
    _record("gesture.requested", request, by=by, at=at, data=data)
    return request


def approve_gesture(request: GestureRequest, *, by: Person, at: datetime | None = None) -> Gesture:
    """Grant what was asked, out of the authority of ``by``. Sent twice or by two people at once, it is granted once.

    Who was asked and has spent their limit since is told who is asked instead.
    """
    require(by, Ability.WORK_CASES)
    at = at or timezone.now()
    try:
        return _approve(request, by, at)
    except NotAllowed:
        instead = route_on(request, at=at) if by.pk == request.routed_to_id else None
        if instead is None:
            raise
        raise NotAllowed(
            "above-your-limit",
            _("This would go beyond what you may spend now. %(name)s is asked instead.") % {"name": instead},
        ) from None


def _approve(request: GestureRequest, by: Person, at: datetime) -> Gesture:
    with transaction.atomic():
        _lock(by)
        is_asked = by.pk == request.routed_to_id or by.may(Ability.EDIT_RULES)
        if not is_asked or not authority_on(request.case, by, at).covers(request.amount):
            known = Gesture.objects.filter(request=request, granted_by=by).first()
            if known is not None:
                return known
            raise NotAllowed(
                "above-your-limit",
                _("This would go beyond what you may spend. It stays with %(name)s.") % {"name": request.routed_to},
            )
        if not _decide(request, by=by, is_granted=True, at=at):
            return _granted_already(request, by)
        gesture = Gesture.objects.create(
            case=request.case,
            remedy=request.remedy,
            amount=request.amount,
            words=request.words,
            granted_by=by,
            granted_at=at,
            request=request,
            key=f"request-{request.pk}",
        )
        data = {"amount": str(request.amount), "remedy": request.remedy.code, "gesture": gesture.pk}
        _record("gesture.approved", request, by=by, at=at, data=data)
    return gesture


def _decide(request: GestureRequest, *, by: Person, is_granted: bool, at: datetime, reason: str = "") -> bool:
    """True for the one decision that counts."""
    decision: dict[str, Any] = {"decided_at": at, "decided_by": by, "is_granted": is_granted, "reason": reason}
    if not GestureRequest.objects.filter(pk=request.pk, decided_at__isnull=True).update(**decision):
        return False
    for name, value in decision.items():
        setattr(request, name, value)
    return True


def _granted_already(request: GestureRequest, by: Person) -> Gesture:
    """The gesture that the first of two equal approvals made; a decision of somebody else is a :class:`Conflict`."""
    gesture = Gesture.objects.filter(request=request, granted_by=by).first()
    if gesture is None:
        raise _decided_already()
    return gesture


def _decided_already() -> Conflict:
    return Conflict("already-decided", _("This request has been decided already. Nothing was changed."))


def refuse_gesture(request: GestureRequest, *, by: Person, reason: str, at: datetime | None = None) -> GestureRequest:
    """Say no, and why: the person who asked has to tell a customer. For who was asked, and for managers."""
    require(by, Ability.WORK_CASES)
    reason = reason.strip()
    if not reason:
        raise PremuraError("text-needed", _("Say why not: your colleague has to tell the customer."))
    at = at or timezone.now()
    with transaction.atomic():
        if by.pk != request.routed_to_id and not by.may(Ability.EDIT_RULES):
            raise NotAllowed("not-yours-to-refuse", _("Only who was asked, or a manager, may refuse it."))
        if not _decide(request, by=by, is_granted=False, at=at, reason=reason[:300]):
            raise _decided_already()
        _record("gesture.refused", request, by=by, at=at)
    return request


def reverse_gesture(gesture: Gesture, *, by: Person, key: str, words: str = "", at: datetime | None = None) -> Gesture:
    """Take a gesture back: a row with the amount negated. What was spent counts again for whom it was charged to.

    For who gave it, and for managers. The same ``key`` again, or a gesture reversed already, returns the row there is.
    """
    require(by, Ability.WORK_CASES)
    at = at or timezone.now()
    if gesture.reverses_id:
        raise PremuraError("is-a-reversal", _("This row takes a gesture back already."))
    with transaction.atomic():
        _lock(gesture.granted_by)
        known = Gesture.objects.filter(reverses=gesture).first()
        if known is not None:
            return known
        if by.pk != gesture.granted_by_id and not by.may(Ability.EDIT_RULES):
            raise NotAllowed("not-yours-to-reverse", _("Only who gave it, or a manager, may take it back."))
        reversal = Gesture.objects.create(
            case=gesture.case,
            remedy=gesture.remedy,
            amount=-gesture.amount,
            words=words.strip(),
            granted_by=by,
            granted_at=at,
            reverses=gesture,
            key=key,
        )
        _record(
            "gesture.reversed", reversal, by=by, at=at, data={"amount": str(reversal.amount), "gesture": gesture.pk}
        )
    return reversal
