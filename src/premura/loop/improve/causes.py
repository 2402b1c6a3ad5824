"""Root causes: a tree of what fails in the system, and which case is explained by what."""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from premura.core.company.company import unused_code
from premura.core.company.pack import Pack
from premura.core.errors import Conflict, PremuraError
from premura.core.history.history import record
from premura.core.i18n import Texts
from premura.core.journeys.journeys import touchpoint_by_code
from premura.core.journeys.models import Touchpoint
from premura.core.staff.models import Person
from premura.loop.improve.models import CaseCause, RootCause
from premura.loop.recover.models import Case

#: Asking *why?* five times leads from what happened to what lets it happen (Toyota's five whys)
WHYS = 5
WHY_LENGTH = 300


def add_cause(
    *,
    by: Person | None,
    name: Texts,
    parent: RootCause | None = None,
    touchpoint: Touchpoint | None = None,
    at: datetime | None = None,
) -> RootCause:
    """Name a piece of the system that fails; ``parent`` is the more general cause it belongs to."""
    texts = {language: " ".join(text.split()) for language, text in name.items() if text.strip()}
    if not texts:
        raise PremuraError("text-needed", _("Give the cause a name: what in our way of working lets this happen?"))
    taken = set(RootCause.objects.values_list("code", flat=True))
    with transaction.atomic():
        cause = RootCause.objects.create(
            code=unused_code(next(iter(texts.values())), taken),
            name=texts,
            parent=parent,
            touchpoint=touchpoint,
            created_at=at or timezone.now(),
            created_by=by,
        )
        record("cause.added", by=by, about=cause, at=at)
    return cause


def read_whys(lines: Iterable[str]) -> list[str]:
    """The answers to *why?* that say something, at most five.

    >>> read_whys(["  the truck left late ", "", "nobody planned it"])
    ['the truck left late', 'nobody planned it']
    """
    said = (" ".join(line.split())[:WHY_LENGTH] for line in lines)
    return [line for line in said if line][:WHYS]


def set_cause(
    case: Case, cause: RootCause, *, by: Person | None, whys: Iterable[str] = (), at: datetime | None = None
) -> CaseCause:
    """Say why ``case`` happened; takes the place of what was thought before, which stays in the history.

    ``Conflict`` when somebody else said so at the same moment. The same cause with the same answers again changes
    nothing.
    """
    answers = read_whys(whys)
    current = CaseCause.objects.filter(case=case, is_current=True).first()
    if current and current.cause_id == cause.pk and current.whys == answers:
        return current
    try:
        with transaction.atomic():
            CaseCause.objects.filter(case=case, is_current=True).update(is_current=False)
            row = CaseCause.objects.create(
                case=case, cause=cause, whys=answers, found_by=by, found_at=at or timezone.now()
            )
            record(
                "case.explained",
                by=by,
                about=case,
                customer=case.customer,
                location=case.location,
                at=at,
                data={"cause": cause.pk},
            )
    except IntegrityError as error:
        message = _("Somebody else has just said why this case happened. Look again before you change it.")
        raise Conflict("already-explained", message) from error
    return row


def install_pack(pack: Pack, *, by: Person | None) -> None:
    """The sector's usual causes; those that exist stay as they are."""
    known = set(RootCause.objects.values_list("code", flat=True))
    for given in pack.causes:
        if given.code in known:
            continue
        cause = RootCause.objects.create(
            code=given.code,
            name=given.name,
            touchpoint=touchpoint_by_code(given.touchpoint),
            created_at=timezone.now(),
            created_by=by,
        )
        record("cause.added", by=by, about=cause)
