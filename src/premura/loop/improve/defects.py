"""Defects of the system that colleagues report (row S58): a named manager answers by a date; reports add up."""

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from premura.core.company.company import local_date
from premura.core.company.models import Location
from premura.core.errors import Conflict, PremuraError
from premura.core.history.history import record
from premura.core.journeys.models import Touchpoint
from premura.core.staff.models import Person
from premura.core.staff.scope import seen_by
from premura.loop.improve.models import Defect, DefectAnswer, DefectReport, RootCause
from premura.loop.improve.rules import likeness
from premura.loop.promise.commitments import keep_commitment, make_commitment
from premura.loop.promise.escalations import who_leads
from premura.loop.promise.models import CommitmentKind

#: By the end of this day the manager has answered
ANSWER_WITHIN = timedelta(days=7)
_SHOWN = ("touchpoint", "location", "answerer", "commitment__owner", "answer__cause", "answer__answered_by")
#: Reports that share so much of their words speak of one thing; the latest of those that wait are looked at
ALIKE, LOOKED_AT, OFFERED = 0.5, 200, 3


def report_defect(
    what: str,
    *,
    by: Person,
    touchpoint: Touchpoint | None = None,
    location: Location | None = None,
    page: str = "",
    at: datetime | None = None,
) -> Defect:
    """Say that something in our way of working does not work; somebody who leads owes an answer within a week.

    Who leads alone answers themselves. Error: ``text-needed``.
    """
    what = what.replace("\r\n", "\n").strip()
    if not what:
        raise PremuraError("text-needed", _("Say what does not work."))
    at = at or timezone.now()
    answerer = who_leads(location, besides=by) or by
    with transaction.atomic():
        defect = Defect.objects.create(
            what=what[:2000],
            touchpoint=touchpoint,
            location=location,
            page=page[:200],
            reported_at=at,
            answerer=answerer,
        )
        DefectReport.objects.create(defect=defect, person=by, reported_at=at)
        defect.commitment = make_commitment(
            what,
            owner=answerer,
            due=local_date(at) + ANSWER_WITHIN,
            by=by,
            kind=CommitmentKind.DEFECT,
            location=location,
            about=f"defect:{defect.pk}",
            at=at,
        )
        defect.save(update_fields=["commitment"])
        record("defect.reported", by=by, about=defect, location=location, at=at, data={"answerer": answerer.pk})
    return defect


def report_again(defect: Defect, *, by: Person, at: datetime | None = None) -> DefectReport:
    """It happened to ``by`` too. One a person and day: so that a count says something."""
    at = at or timezone.now()
    day = local_date(at)
    last = defect.reports.filter(person=by).last()
    if last is not None and local_date(last.reported_at) == day:
        raise Conflict("already-reported", _("You have said so today. Nothing was changed."))
    with transaction.atomic():
        row = DefectReport.objects.create(defect=defect, person=by, reported_at=at)
        record("defect.reported_again", by=by, about=defect, location=defect.location, at=at)
    return row


def answer_defect(
    defect: Defect, *, by: Person, text: str, cause: RootCause | None = None, at: datetime | None = None
) -> DefectAnswer:
    """Say what comes of it, and which cause it belongs to if it is one. ``Conflict`` when it was answered already."""
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise PremuraError("text-needed", _("Say what will be done, or why nothing will."))
    at = at or timezone.now()
    try:
        with transaction.atomic():
            row = DefectAnswer.objects.create(
                defect=defect, text=text[:2000], cause=cause, answered_by=by, answered_at=at
            )
            if defect.commitment is not None and defect.commitment.ended_at is None:
                keep_commitment(defect.commitment, by=by, at=at)
            data = {"cause": cause.pk if cause else None}
            record("defect.answered", by=by, about=defect, location=defect.location, at=at, data=data)
    except IntegrityError as error:
        raise Conflict("already-answered", _("A colleague has answered a moment ago. Nothing was changed.")) from error
    return row


def defects(person: Person, *, waiting: bool = False) -> QuerySet[Defect]:
    """The defects that ``person`` may see, with ``times`` reported; those without an answer first, the most often
    reported before the others. One query.
    """
    rows: Any = Defect.objects.visible_to(person)
    if waiting:
        rows = rows.filter(answer__isnull=True)
    rows = rows.annotate(times=Count("reports")).select_related(*_SHOWN)
    return rows.order_by(F("answer__answered_at").desc(nulls_first=True), "-times", "reported_at")  # type: ignore[no-any-return]


def alike(person: Person, what: str) -> list[Defect]:
    """What somebody reported already in other words, the most alike first, and nobody has answered. One query."""
    rows = list(defects(person, waiting=True)[:LOOKED_AT])
    found = sorted(((likeness(what, row.what), row) for row in rows), key=lambda pair: (-pair[0], pair[1].pk))
    return [row for degree, row in found if degree >= ALIKE][:OFFERED]


def defect_for(person: Person, pk: int) -> Defect:
    """The defect, or :class:`NotFound`. One query, plus one for the person's places."""
    return seen_by(person, Defect.objects.select_related(*_SHOWN), pk=pk)
