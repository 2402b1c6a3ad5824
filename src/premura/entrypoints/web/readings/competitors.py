"""Us and the others: the relative index, attribute by attribute, and the register of competitors."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from premura.core.errors import Conflict
from premura.core.staff.roles import Ability
from premura.core.staff.scope import require
from premura.entrypoints.web.door import StaffRequest, signed_in
from premura.entrypoints.web.figures import Measure, Shown
from premura.entrypoints.web.insights.sentence import Asked
from premura.entrypoints.web.insights.tables import Cell
from premura.entrypoints.web.readings.drawn import Drawing, course_drawing, picture_of, with_pictures
from premura.entrypoints.web.readings.quarters import code_of, quarter_name
from premura.entrypoints.web.readings.shown import (
    Making,
    address,
    asked_by,
    cells_of,
    change_cells,
    change_headings,
    change_of,
    compared_lines,
    estimate_headings,
    file_of,
    page_context,
    scaled,
    wants_file,
)
from premura.entrypoints.web.readings.views import rows_url
from premura.entrypoints.web.wording import reading
from premura.loop.listen.models import Perspective, Subject
from premura.loop.listen.subjects import add_competitor, rename_competitor
from premura.loop.understand import reads
from premura.loop.understand.changes import Moved, moved
from premura.loop.understand.competitors import Compared, Point, competitor_index
from premura.loop.understand.competitors import competitors as register
from premura.loop.understand.courses import course_of
from premura.loop.understand.metrics import ends_of
from premura.loop.understand.questions import QuestionBook, question_book
from premura.stats.estimate import Estimate

#: Competitor, source and item → how the index has moved
Changes = Mapping[tuple[Any, ...], Moved]
#: So many attributes of a competitor are drawn; of the others the table tells.
MOST_DRAWN = 4


class CompetitorForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name of the competitor"), max_length=160)


@signed_in(Ability.SEE_INSIGHTS)
def competitors(request: StaffRequest) -> HttpResponse:
    """Attribute by attribute: our score, theirs, the index; and the register of competitors."""
    form = CompetitorForm(request.POST or None)
    if request.method == "POST":
        require(request.user, Ability.EDIT_RULES)
        if form.is_valid() and _added(request, form):
            return redirect("competitors")
    return _competitors_page(request, form)


def _added(request: StaffRequest, form: CompetitorForm) -> bool:
    try:
        made = add_competitor(form.cleaned_data["name"], by=request.user)
    except Conflict as error:
        form.add_error("name", str(error))
        return False
    messages.success(request, _("“%(name)s” is in the register.") % {"name": made})
    return True


@signed_in(Ability.EDIT_RULES)
@require_POST
def competitor_name(request: StaffRequest, pk: int) -> HttpResponse:
    subject, form = get_object_or_404(Subject, pk=pk, is_us=False), CompetitorForm(request.POST)
    if not form.is_valid():
        return _competitors_page(request, CompetitorForm(), (pk, form))
    try:
        rename_competitor(subject, form.cleaned_data["name"], by=request.user)
    except Conflict as error:
        form.add_error("name", str(error))
        return _competitors_page(request, CompetitorForm(), (pk, form))
    messages.success(request, _("Saved."))
    return redirect("competitors")


def _competitors_page(
    request: StaffRequest, form: CompetitorForm, wrong: tuple[int, CompetitorForm] | None = None
) -> HttpResponse:
    asked, least = asked_by(request), reads.minimum_n()
    book, known, place = question_book(), register(), asked.filters.get("location")
    found = competitor_index(request.user, asked.window, location=place, turn=book.turned)
    changes: Changes = {}
    if asked.versus:
        before = competitor_index(request.user, asked.versus, location=place, turn=book.turned)
        changes = moved(_indices(found), _indices(before), least=least)
    if kind := wants_file(request):
        return file_of(_competitor_cells(found, changes, book, known, asked), "competitors", asked.window, kind)
    drawings = _competitor_drawings(found, book, least)
    if picture := picture_of(request, [one for each in drawings.values() for one in each], "competitors", asked.window):
        return picture
    sections = []
    for subject in known:
        mine = [_competitor_row(row, changes, book, asked, least) for row in found if row.competitor == subject.pk]
        renaming = wrong[1] if wrong and wrong[0] == subject.pk else None
        one = renaming or CompetitorForm(initial={"name": subject.name}, auto_id=f"id_{subject.pk}_%s")
        drawn = with_pictures(drawings.get(subject.pk, []), address(asked, "competitors"))
        sections.append((subject, mine, one, renaming is not None, drawn))
    context = page_context(asked, "competitors", "period", "against", "location") | {
        "sections": sections,
        "form": form,
        "least": least,
        "has_any": bool(found),
        "making": _competitor_making(found, changes, asked),
    }
    return render(request, "readings/competitors.html", context, status=422 if form.errors or wrong else 200)


def _indices(found: list[Compared]) -> dict[tuple[Any, ...], Estimate]:
    """The index of each attribute, with the answers of the smaller side."""
    return {_key(row): scaled(row.gap.ratio, 100, min(row.gap.first.n, row.gap.second.n)) for row in found}


def _key(row: Compared) -> tuple[Any, ...]:
    return row.competitor, row.source, row.item


def _competitor_row(row: Compared, changes: Changes, book: QuestionBook, asked: Asked, least: int) -> dict[str, Any]:
    level, index = Measure(_("mean"), "mean"), Measure(_("relative index"), "points")
    gap, ends = row.gap, ends_of(row.item.scale)
    smaller = min(gap.first.n, gap.second.n)
    hrefs = [rows_url(asked, row.item, source=row.source, subject=subject) for subject in (row.competitor, None)]
    points = [
        {"value": ratio.value, "low": ratio.low, "high": ratio.high}
        for ratio in (scaled(point.gap.ratio, 100) for point in row.points if point.gap.is_enough(least))
    ]
    return {
        "row": row,
        "name": book.text(row.item),
        "source": Perspective(row.source).label,
        "ours": Shown(level, gap.second, least, href=hrefs[1], scale=ends),
        "theirs": Shown(level, gap.first, least, href=hrefs[0], scale=ends),
        "index": Shown(index, scaled(gap.ratio, 100, smaller), least),
        "change": change_of(changes.get(_key(row)), "points"),
        "is_news": gap.p is not None and gap.p < 0.05 and smaller >= least,
        "is_better": (gap.difference.value or 0) > 0,
        "points": points,
        "quarters": [_quarter_words(point, least) for point in row.points],
    }


def _competitor_drawings(found: list[Compared], book: QuestionBook, least: int) -> dict[int, list[Drawing]]:
    """Competitor → the index of the most answered attributes through time."""
    drawings: dict[int, list[Drawing]] = {}
    measure = Measure(_("relative index"), "points")
    for row in sorted(found, key=lambda row: -min(row.gap.first.n, row.gap.second.n)):
        points = {
            point.day: scaled(point.gap.ratio, 100, min(point.gap.first.n, point.gap.second.n)) for point in row.points
        }
        course, drawn = course_of(points, "quarter", least=least), drawings.setdefault(row.competitor, [])
        if course.is_told and len(drawn) < MOST_DRAWN:
            title = f"{book.text(row.item)} · {Perspective(row.source).label}"
            words = _("The relative index: 100 is equal, above 100 we are better.")
            key = f"{row.competitor}-{len(drawn) + 1}"
            drawn.append(course_drawing(key, title, course, measure, least, words))
    return drawings


def _quarter_words(point: Point, least: int) -> str:
    """«1° trimestre 2026: indice relativo 92 (da 85 a 99, 40 risposte)»."""
    smaller = min(point.gap.first.n, point.gap.second.n)
    index = Shown(Measure(_("relative index"), "points"), scaled(point.gap.ratio, 100, smaller), least)
    return f"{quarter_name(code_of(point.day))}: {reading(index)}"


def _competitor_making(found: list[Compared], changes: Changes, asked: Asked) -> Making:
    counted = [
        (_("attributes compared"), len(found)),
        (_("answers about us"), sum(row.gap.second.n for row in found)),
        (_("answers about the others"), sum(row.gap.first.n for row in found)),
        *compared_lines(asked, len(changes)),
    ]
    return Making(
        _("Our mean divided by theirs, on the same question, the same scale and from the same kind of source. 100 "
          "means equal, above 100 that we are better."),
        counted,
        _("index = 100 × our mean ÷ their mean"),
        "mover-ratio",
        "docs/methods/combining.md",
    )  # fmt: skip


def _competitor_cells(
    found: list[Compared], changes: Changes, book: QuestionBook, known: list[Subject], asked: Asked
) -> list[list[Cell]]:
    names = {subject.pk: subject.name for subject in known}
    heading: list[Cell] = [
        _("competitor"), _("question"), _("source"), _("quarter"), _("our mean"), _("our answers"), _("their mean"),
        _("their answers"), _("relative index"), *estimate_headings(), _("latest answer"), *change_headings(asked),
    ]  # fmt: skip
    lines = [heading]
    for row in found:
        whole = [("", row.gap), *((code_of(p.day), p.gap) for p in row.points)]
        for quarter, gap in whole:
            values: list[Cell] = [gap.second.value, gap.second.n, gap.first.value, gap.first.n]
            who: list[Cell] = [names[row.competitor], book.text(row.item), row.source, quarter]
            change = change_cells(asked, None if quarter else changes.get(_key(row)))
            lines.append([*who, *values, *cells_of(gap.ratio, 100), row.heard_on.isoformat(), *change])
    return lines
