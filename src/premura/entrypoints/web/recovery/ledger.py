"""The ledger on a page and as a file: what was given, where, by whom, and that it adds up."""

from datetime import date, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from premura.core.company.company import company_timezone, local_date
from premura.core.company.models import Location
from premura.core.ids import id_in
from premura.core.staff.models import Person
from premura.core.staff.roles import Ability
from premura.entrypoints.web.door import StaffRequest, signed_in
from premura.entrypoints.web.insights.tables import Cell, as_csv, as_spreadsheet
from premura.entrypoints.web.recovery.cases import PAGE
from premura.entrypoints.web.recovery.forms import places_of
from premura.entrypoints.web.sentence import Choice, Sentence
from premura.loop.recover.ledger import LedgerFilter, ledger, total, totals
from premura.loop.recover.models import Gesture, Remedy


def _sentence(request: StaffRequest) -> Sentence:
    places = [(str(place.pk), _("in %(place)s") % {"place": place}) for place in places_of(request.user)]
    people = [
        (str(p.pk), _("by %(name)s") % {"name": p}) for p in Person.objects.filter(gestures__isnull=False).distinct()
    ]
    remedies = [(str(remedy.pk), str(remedy)) for remedy in Remedy.objects.all()]
    periods = [
        ("year", _("of the last twelve months")),
        ("month", _("of this month")),
        ("last-month", _("of last month")),
        ("all", _("of all time")),
    ]
    return Sentence.from_query(
        _("Gestures %(period)s %(place)s, %(who)s, %(remedy)s"),
        request.GET,
        Choice("period", _("Period"), periods),
        Choice("place", _("Location"), [("", _("in every place")), *places]),
        Choice("who", _("By whom"), [("", _("by everybody")), *people]),
        Choice("remedy", _("Gesture"), [("", _("of every kind")), *remedies]),
    )


def _days(period: str, today: date) -> tuple[date | None, date | None]:
    first = today.replace(day=1)
    before = first - timedelta(days=1)
    return {
        "year": (today - timedelta(days=364), today),
        "month": (first, today),
        "last-month": (before.replace(day=1), before),
    }.get(period, (None, None))


def _rows(request: StaffRequest, sentence: Sentence) -> Any:
    first, last = _days(sentence["period"], local_date(timezone.now()))
    chosen = LedgerFilter(
        first_day=first,
        last_day=last,
        location=id_in(sentence["place"]),
        person=id_in(sentence["who"]),
        remedy=id_in(sentence["remedy"]),
    )
    return ledger(request.user, chosen)


@signed_in(Ability.SEE)
def ledger_page(request: StaffRequest) -> HttpResponse:
    sentence = _sentence(request)
    rows = _rows(request, sentence)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "sentence": sentence,
        "total": total(rows),
        "by_remedy": _named(totals(rows, "remedy"), {r.pk: str(r) for r in Remedy.objects.all()}),
        "by_place": _named(totals(rows, "location"), {p.pk: p.name for p in Location.objects.all()}, _("no location")),
        "by_month": [(row.key.date(), row) for row in reversed(totals(rows, "month"))][:12],
        "query": request.GET.urlencode(),
    }
    return render(request, "recovery/ledger.html", context)


def _named(rows: list[Any], names: dict[Any, str], nothing: str = "") -> list[tuple[str, Any]]:
    """In the order of the names: what was spent is no contest."""
    return sorted((names.get(row.key, nothing), row) for row in rows) if rows else []


@signed_in(Ability.SEE)
def ledger_file(request: StaffRequest, kind: str) -> HttpResponse:
    """The filtered ledger as ``csv`` or ``xlsx``; no cell can compute."""
    writers = {"csv": as_csv, "xlsx": as_spreadsheet}
    if kind not in writers:
        raise Http404
    return writers[kind](_table(_rows(request, _sentence(request))), _("gestures"))


def _table(rows: Any) -> list[list[Cell]]:
    zone = company_timezone()
    heading: list[Cell] = [
        _("Day"),
        _("Case"),
        _("What happened"),
        _("Customer"),
        _("Location"),
        _("Gesture"),
        _("Amount"),
        _("Granted by"),
        _("Asked by"),
        _("Words"),
        _("Row"),
        _("Takes back row"),
    ]
    return [heading, *[_line(row, zone) for row in rows.iterator(chunk_size=500)]]


def _line(row: Gesture, zone: Any) -> list[Cell]:
    case = row.case
    return [
        row.granted_at.astimezone(zone).strftime("%Y-%m-%d %H:%M"),
        case.pk,
        str(case),
        str(case.customer or ""),
        str(case.location or ""),
        str(row.remedy),
        row.amount,
        str(row.granted_by),
        str(row.request.asked_by) if row.request else "",
        row.words,
        row.pk,
        row.reverses_id,
    ]
