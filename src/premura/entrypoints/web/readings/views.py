"""The index of the other readings, the drivers, and the answers behind a figure of any of them."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from premura.core.errors import NotFound
from premura.core.ids import id_in
from premura.core.staff.roles import Ability
from premura.entrypoints.web import wording
from premura.entrypoints.web.door import StaffRequest, signed_in
from premura.entrypoints.web.figures import Measure, Shown
from premura.entrypoints.web.insights.sentence import Asked
from premura.entrypoints.web.insights.tables import Cell
from premura.entrypoints.web.readings.drawings import Axis, Corners, quadrant_chart
from premura.entrypoints.web.readings.drawn import Drawing, picture_of, with_pictures
from premura.entrypoints.web.readings.shown import (
    READINGS,
    Making,
    address,
    asked_by,
    cells_of,
    drawn_lines,
    estimate_headings,
    file_of,
    page_context,
    refusal_words,
    wants_file,
    where,
)
from premura.loop.listen.models import Moment, Perspective
from premura.loop.understand import reads
from premura.loop.understand.counting import LATEST
from premura.loop.understand.drivers import DriverReading, driver_reading
from premura.loop.understand.gaps import Side, scored
from premura.loop.understand.questions import Item, question_book
from premura.stats import Estimate

PAGE = 50


@signed_in(Ability.SEE_INSIGHTS)
def readings(request: StaffRequest) -> HttpResponse:
    """The readings and the question that each answers."""
    return render(request, "readings/readings.html", {"readings": READINGS.items()})


def quadrant_names() -> dict[str, str]:
    return {
        "concentrate here": _("act here first"),
        "keep up": _("keep it up"),
        "low priority": _("not now"),
        "possible overkill": _("perhaps more than needed"),
    }


@signed_in(Ability.SEE_INSIGHTS)
def drivers(request: StaffRequest) -> HttpResponse:
    """Which rated details move the overall rating, and how well we do at them."""
    asked = asked_by(request)
    reading = driver_reading(request.user, asked.window, **where(asked))
    if kind := wants_file(request):
        return file_of(_driver_cells(reading), "drivers", asked.window, kind)
    least = reads.minimum_n()
    context = page_context(asked, "drivers", "survey", "period", "location") | {
        "reading": reading,
        "drawn": reading.drawn,
        "refusal": refusal_words(reading.refusal) if reading.refusal else "",
        "survey_name": asked.names.surveys.get(reading.survey or 0, ""),
        "least": least,
    }
    if reading.analysis:
        context |= _driver_figures(reading, asked, least)
        if picture := picture_of(request, context["drawings"], "drivers", asked.window):
            return picture
    return render(request, "readings/drivers.html", context)


def _driver_figures(reading: DriverReading, asked: Asked, least: int) -> dict[str, Any]:
    analysis, grid = reading.analysis, reading.grid
    assert analysis is not None
    assert grid is not None
    share = Measure(
        _("weight"), "percent", _("How much of the differences in the overall rating this detail explains.")
    )
    good = Measure(_("favourable"), "percent")
    rows: list[dict[str, Any]] = []
    for driver, detail, place in zip(analysis.drivers, reading.details, grid.items, strict=True):
        href = rows_url(asked, detail.item, survey=reading.survey)
        figures = Shown(share, driver.share, least), Shown(good, detail.performance, least, href=href)
        is_near = _is_near(driver.share, grid.importance_line) or _is_near(detail.performance, grid.performance_line)
        shown = {"share": figures[0], "good": figures[1], "is_near": is_near}
        words = {"quadrant": quadrant_names()[place.quadrant], "code": place.quadrant}
        rows.append({"driver": driver, "detail": detail, **shown, **words})
    rows.sort(key=lambda row: -(row["driver"].share.value or 0))
    title = _("How much it matters and how well we do")
    explained = _(
        "The dashed lines are the two means: something always lies below a mean. What belongs together need not be "
        "cause and effect."
    )
    drawings = [Drawing("main", title, explained, _driver_spec(reading, rows, least))]
    return {
        "rows": rows,
        "explained_interval": wording.interval_words(analysis.explained, "percent"),
        "drawings": with_pictures(drawings, address(asked, "drivers")),
        "making": _driver_making(reading),
    }


def _is_near(estimate: Estimate, line: float | None) -> bool:
    """Whether the interval reaches across a line of the quadrants: it may lie on the other side."""
    if estimate.low is None or estimate.high is None or line is None:
        return True
    return estimate.low < line < estimate.high


def _driver_spec(reading: DriverReading, rows: list[dict[str, Any]], least: int) -> dict[str, Any]:
    assert reading.grid is not None
    names = quadrant_names()
    points = [
        {
            "name": row["detail"].name,
            "x": row["detail"].performance.value,
            "y": row["driver"].share.value,
            "quadrant": row["quadrant"],
            "n": row["detail"].performance.n,
            "few": row["detail"].performance.n < least,
        }
        for row in rows
    ]
    corners = Corners(names["concentrate here"], names["keep up"], names["low priority"], names["possible overkill"])
    x = Axis(_("how well we do (favourable answers)"), "percent", reading.grid.performance_line or 0.0)
    y = Axis(_("how much it matters (share of R²)"), "percent", reading.grid.importance_line or 0.0)
    return quadrant_chart(points, x, y, corners, columns={"quadrant": _("what to do"), "n": _("answers")})


def _driver_making(reading: DriverReading) -> Making:
    analysis = reading.analysis
    assert analysis is not None
    counted = [
        (_("responses with the overall rating"), reading.drawn.of),
        *drawn_lines(reading.drawn),
        (_("of these with every detail, and used"), analysis.n),
        (_("left out because a detail was missing"), analysis.dropped),
        (_("overall rating"), reading.outcome_name),
    ]
    methods = {"lmg": "lmg-bootstrap", "lmg-sampled": "lmg-bootstrap", "relative-weights": "relative-weights-bootstrap"}
    return Making(
        _("How much of the differences between people's overall ratings goes together with each detail. It shows what "
          "belongs together, not what causes what."),
        counted,
        _("R² = sum of the weights; each weight = what the detail adds to R², averaged over all orders"),
        methods[analysis.method],
        "docs/methods/drivers.md",
    )  # fmt: skip


def _driver_cells(reading: DriverReading) -> list[list[Cell]]:
    heading: list[Cell] = [_("detail"), _("weight"), *estimate_headings(), _("sign"), _("favourable"), _("what to do")]
    lines = [heading]
    if reading.analysis and reading.grid:
        for driver, detail, place in zip(reading.analysis.drivers, reading.details, reading.grid.items, strict=True):
            name = quadrant_names()[place.quadrant]
            lines.append([detail.name, *cells_of(driver.share), driver.sign, detail.performance.value, name])
    return lines


def rows_url(asked: Asked, item: Item, **more: Any) -> str:
    """The answers behind a figure; ``more``: survey, side, source, subject."""
    named = {"question": item.question, "row": item.row or None, "scale": item.scale, "kind": item.kind or None}
    named |= {"point": item.touchpoint or None, "survey": item.survey or None} | more
    return address(asked, "reading-rows", **{key: value for key, value in named.items() if value is not None})


def _item_asked(request: StaffRequest) -> Item:
    question, row, scale, kind = (request.GET.get(name, "")[:60] for name in ("question", "row", "scale", "kind"))
    point, survey = (id_in(request.GET.get(name, "")) or 0 for name in ("point", "survey"))
    return Item(question, row, scale, kind, point, survey)


SIDES = {"found": Moment.PERCEPTION, "expected": Moment.EXPECTATION}
SOURCES = (Perspective.CUSTOMER, Perspective.PROSPECT, Perspective.OBSERVER)


@signed_in(Ability.SEE_INSIGHTS)
def reading_rows(request: StaffRequest) -> HttpResponse:
    """The answers behind a figure of a reading; those of the staff are given in confidence and never shown."""
    asked = asked_by(request)
    side, source = request.GET.get("side") or "found", request.GET.get("source") or Perspective.CUSTOMER
    subject = request.GET.get("subject") or ""
    if (
        side not in {*SIDES, "kano"}
        or source not in SOURCES
        or (subject and subject not in map(str, asked.names.subjects))
    ):
        raise NotFound
    item, rows = _item_asked(request), scored(request.user, asked.window, **where(asked))
    rows = rows.filter(question=item.question, scale=item.scale)
    if item.kind and side != "kano":
        rows = rows.filter(kind=item.kind, touchpoint=item.touchpoint or None)
    if side == "kano":
        rows = rows.filter(kind="kano", response__perspective=source, response__subject__is_us=True)
    else:
        rows = rows.filter(Side((source,), int(subject) if subject else None, SIDES[side]).seen())
    if item.row:
        rows = rows.filter(part=item.row)
    related = ("response__customer", "response__location", "response__survey", "touchpoint")
    rows = rows.select_related(*related).order_by(*LATEST)
    context = {
        "asked": asked,
        "title": question_book().text(item),
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "readings/rows.html", context)
