"""The explorer: one figure, by what one likes, against another time; sentence, chart, table and file say the same."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from premura.core.company.company import local_date
from premura.core.errors import NotFound
from premura.core.staff.roles import Ability
from premura.entrypoints.web.door import StaffRequest, signed_in
from premura.entrypoints.web.insights import tables
from premura.entrypoints.web.insights.exploration import (
    ALWAYS,
    SORTS,
    WHERE,
    Explored,
    correction_words,
    exported,
    read_exploration,
    said,
)
from premura.entrypoints.web.insights.explorer_charts import drawing_of
from premura.entrypoints.web.insights.pictures import KINDS, as_picture
from premura.entrypoints.web.insights.sentence import Asked, read_sentence
from premura.entrypoints.web.insights.views import answers_elsewhere, area_tabs, page_of_rows, survey_asked
from premura.entrypoints.web.insights.wording import full_date
from premura.entrypoints.web.sentence import Sentence
from premura.loop.understand import reads
from premura.loop.understand.saved_views import views_of

FILES = ("csv", "xlsx", *KINDS)


def explored_by(request: StaffRequest, least: int) -> Explored:
    """What the address asks the explorer, answered for this person."""
    asked = read_sentence(request.user, request.GET, local_date(timezone.now()), with_segments=True)
    sort = request.GET.get("sort", "")
    sort = sort if sort.removeprefix("-") in SORTS else ""
    asked = replace(asked, extra={"sort": sort} if sort else {})
    return read_exploration(request.user, asked, least, sort)


@signed_in(Ability.SEE_INSIGHTS)
def explorer(request: StaffRequest) -> HttpResponse:
    least = reads.minimum_n()
    explored = explored_by(request, least)
    asked = explored.asked
    context: dict[str, Any] = {
        "asked": asked,
        "explored": explored,
        "sentence": sentence_of(asked),
        "more": more_filters(asked),
        "tabs": area_tabs(asked, "explorer"),
        "page": page_of_rows(request, explored.rows),
        "headings": headings(explored),
        "drawing": drawing_of(explored, least),
        "title": said(asked),
        "correction": correction_words(explored.found),
        "files": [(kind.upper(), asked.url("explorer-file", **{"as": kind})) for kind in FILES],
        "views": views_of(request.user),
        "question": urlencode(asked.parameters),
        "survey": survey_asked(asked),
        "clear_url": asked.url("explorer", **dict.fromkeys(asked.filters)),
    }
    if not explored.rows and not asked.is_filtered:
        context |= answers_elsewhere(request, asked, page="explorer")
    return render(request, "insights/explorer.html", context)


@signed_in(Ability.SEE_INSIGHTS)
def explorer_file(request: StaffRequest) -> HttpResponse:
    """The same data as a file: all lines of the table, or the chart as it is drawn."""
    kind = request.GET.get("as", "csv")
    if kind not in FILES:
        raise NotFound
    least = reads.minimum_n()
    explored = explored_by(request, least)
    asked = explored.asked
    name = f"premura-{asked.metric.code}-{'-'.join(asked.bys)}-{asked.window.first_day}-{asked.window.last_day}"
    if kind == "xlsx":
        return tables.as_spreadsheet(exported(explored), name)
    if kind == "csv":
        return tables.as_csv(exported(explored), name)
    drawing = drawing_of(explored, least)
    if drawing is None:
        raise NotFound("nothing-to-draw", _("Nobody answered this, so there is nothing to draw. Change the filters."))
    lines = [said(asked), _("%(n)s answers; drawn on %(day)s") % _drawn(explored), drawing.words]
    return as_picture(drawing.spec, kind, name, title=str(asked.metric.name), lines=lines)


def _drawn(explored: Explored) -> dict[str, Any]:
    return {"n": explored.found.n, "day": full_date(local_date(timezone.now()))}


def sentence_of(asked: Asked) -> Sentence:
    """The figure, its breakdowns, the times, and the filters that are always there or in use."""
    used = [name for name in WHERE if (name in ALWAYS or name in asked.filters) and asked.has_choice(name)]
    text = _("%(metric)s by %(by)s and %(by2)s, %(period)s, %(against)s")
    text = ", ".join([text, *(f"%({name})s" for name in used)])
    return asked.sentence("metric", "by", "by2", "period", "against", *used, text=text)


def more_filters(asked: Asked) -> Sentence | None:
    """The filters that are not in use, each with its own words."""
    unused = [name for name in WHERE if name not in ALWAYS and name not in asked.filters and asked.has_choice(name)]
    return asked.sentence(*unused) if unused else None


def headings(explored: Explored) -> list[tuple[str, str, str]]:
    """The columns of the table: words, the address that sorts by it, how it is sorted now."""
    asked = explored.asked
    columns = [("name", " · ".join(explored.titles).capitalize()), ("value", str(asked.metric.name))]
    columns.append(("n", pgettext("column", "Answers")))
    if asked.versus:
        columns.append(("change", pgettext("column", "Change")))
    result = []
    for name, words in columns:
        wanted = f"-{name}" if explored.sort == name else name
        state = {name: "ascending", f"-{name}": "descending"}.get(explored.sort, "")
        result.append((words, asked.url("explorer", sort=wanted) + "#table", state))
    return result
