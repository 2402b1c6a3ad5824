"""Insights: how are our customers, and why? Every figure leads to its rows and to its making."""

from dataclasses import replace
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from premura.core.company.company import local_date
from premura.core.errors import NotFound
from premura.core.staff.roles import Ability
from premura.entrypoints.web.door import StaffRequest, signed_in
from premura.entrypoints.web.insights import tables
from premura.entrypoints.web.insights.drawings import distribution_spec, trend_spec
from premura.entrypoints.web.insights.exploration import WHERE as FILTERS
from premura.entrypoints.web.insights.exploration import filters_in_words
from premura.entrypoints.web.insights.sentence import BREAKDOWNS, Asked, read_sentence
from premura.entrypoints.web.insights.wording import (
    change_of,
    method_source,
    method_words,
    page_of,
    signal_words,
    worked,
)
from premura.loop.listen.models import Perspective, Survey
from premura.loop.recover.covering import cases_covered
from premura.loop.understand import reads
from premura.loop.understand.metrics import BLANK_NOTE, Figure, total
from premura.loop.understand.occasions_covered import Covered, occasions_covered

PAGE = 50
WHERE = ("period", "location", "touchpoint", "channel", "survey", "language", "subject")


def asked_by(request: StaffRequest) -> Asked:
    """What the address asks for, as this person may see it."""
    return read_sentence(request.user, request.GET, local_date(timezone.now()))


def linked(figure: Figure, asked: Asked, by: str = "", key: Any = None) -> Figure:
    """The figure with the ways to its rows and its making."""
    code = figure.metric.code
    if not by:
        rows, making = (asked.url(page, metric=code) for page in ("insights-rows", "insights-making"))
    else:
        rows, making = (asked.url_for_group(page, by, key) for page in ("insights-rows", "insights-making"))
    return replace(figure, href=rows, making_href=making)


@signed_in(Ability.SEE_INSIGHTS)
def insights(request: StaffRequest) -> HttpResponse:
    asked = asked_by(request)
    least = reads.minimum_n()
    lines = reads.headlines(request.user, asked.window, least=least, **asked.filters)
    headlines = [(linked(line.figure, asked), change_of(line), line) for line in lines]
    trend = reads.trend(request.user, asked.metric, asked.window, asked.step, least=least, **asked.filters)
    # Every metric counts the answers of one of the headlines, so they need not be counted again
    inside = next((line.counts for line in lines if line.metric.kinds == asked.metric.kinds), total([]))
    context = {
        "asked": asked,
        "sentence": asked.sentence("metric", *WHERE, "step"),
        "tabs": area_tabs(asked, "insights"),
        "headlines": headlines,
        "rate": reads.response_rate(request.user, asked.window, **asked.filters),
        "trend": trend,
        "trend_spec": trend_spec(trend),
        "signals": signal_words(trend),
        "counts": inside,
        "distribution_spec": distribution_spec(asked.metric, inside),
        "groups": [
            (group, inside.between(group.low, group.high), asked.url("insights-rows", group=group.code))
            for group in asked.metric.groups
        ],
        "by_tabs": [
            (name, asked.url("insights", by=by) + "#breakdown", by == asked.by)
            for by, name in BREAKDOWNS.items()
            if by != "subject" or len(asked.names.subjects) > 1
        ],
        "by": BREAKDOWNS[asked.by],
        "csv_url": asked.url("insights-table"),
        "xlsx_url": asked.url("insights-table", **{"as": "xlsx"}),
        "coverage_url": asked.url("coverage"),
        "table": tables.breakdown(request.user, asked, least),
        "survey": survey_asked(asked),
        "has_any": inside.n > 0
        or any(line.figure.is_measured or line.before.is_measured for _f, _c, line in headlines),
    }
    if not context["has_any"] and not asked.is_filtered:
        context |= answers_elsewhere(request, asked)
    return render(request, "insights/insights.html", context)


def answers_elsewhere(request: StaffRequest, asked: Asked, page: str = "insights") -> dict[str, Any]:
    """Where there are answers although the page has none: of other days, as in a file of old ones, or about others."""
    if days := reads.days_answered(request.user):
        return {"earlier": days, "elsewhere_url": asked.url(page, period="all")}
    if subject := reads.other_subject_answered(request.user):
        return {
            "about": asked.names.subjects[subject],
            "elsewhere_url": asked.url(page, period="all", subject=subject),
        }
    return {}


def survey_asked(asked: Asked) -> Survey | None:
    """The one survey that the page is about; its objective is printed."""
    chosen = asked.filters.get("survey")
    return Survey.objects.select_related("programme").filter(pk=chosen).first() if chosen else None


def area_tabs(asked: Asked, current: str) -> list[tuple[str, str, bool]]:
    pages = (
        ("insights", _("Results")),
        ("explorer", _("Explorer")),
        ("comments", _("Comments")),
        ("coverage", _("Coverage")),
    )
    # What the sentence of another page cannot say does not go along
    left = dict.fromkeys(("metric", "by", "step", *set(asked.parameters) - {*WHERE, "from", "to"}))
    rows = [(name, asked.url(page, **left), page == current) for page, name in pages]
    return [*rows, (_("Other readings"), reverse("readings"), False)]


def in_use(asked: Asked) -> list[str]:
    """The explorer's own filters that narrow what is shown."""
    return [name for name in FILTERS if name in asked.filters and name not in WHERE]


def back_of(request: StaffRequest, asked: Asked) -> tuple[str, str]:
    """Where the way back leads: to the question of the explorer that led here, else to the results."""
    if question := request.GET.get("back", "")[:2_000]:
        return f"{reverse('explorer')}?{question}", _("Explorer")
    return asked.url("insights", group=None), _("Results")


def page_of_rows(request: StaffRequest, rows: Any, n: int | None = None) -> Page[Any]:
    """The page asked for; ``n`` is how many rows there are, where that is known without counting them."""
    paginator = Paginator(rows, PAGE)
    if n is not None:
        paginator.count = n
    return paginator.get_page(request.GET.get("page"))


@signed_in(Ability.SEE_INSIGHTS)
def insights_rows(request: StaffRequest) -> HttpResponse:
    """The answers behind a figure."""
    asked = asked_by(request)
    group = request.GET.get("group", "")
    if group and group not in {part.code for part in asked.metric.groups}:
        raise NotFound
    extra = {"group": group, "back": request.GET.get("back", "")[:2_000]}
    asked = replace(asked, extra={name: value for name, value in extra.items() if value})
    counts = reads.count_scores(request.user, asked.metric, asked.window, **asked.filters).get(None, total([]))
    parts = [(pgettext("answers", "all"), asked.url("insights-rows", group=None), not group, counts.n)]
    for part in asked.metric.groups:
        n = counts.between(part.low, part.high)
        parts.append((str(part.name), asked.url("insights-rows", group=part.code), part.code == group, n))
    rows = reads.rows_behind(request.user, asked.metric, asked.window, group=group, **asked.filters)
    # The rows of colleagues are listed nowhere, though they are counted
    is_listed = asked.filters.get("perspective") != Perspective.STAFF
    context = {
        "asked": asked,
        "sentence": asked.sentence("metric", *WHERE, *in_use(asked)),
        "figure": linked(reads.figure_of(asked.metric, counts, reads.minimum_n()), asked),
        "parts": parts,
        "page": page_of_rows(request, rows, next(n for *_words, chosen, n in parts if chosen) if is_listed else None),
        "back": back_of(request, asked),
    }
    return render(request, "insights/rows.html", context)


@signed_in(Ability.SEE_INSIGHTS)
def insights_making(request: StaffRequest) -> HttpResponse:
    """How was this number made?"""
    asked = asked_by(request)
    if question := request.GET.get("back", "")[:2_000]:
        asked = replace(asked, extra={"back": question})
    making = reads.making_of(request.user, asked.metric, asked.window, least=reads.minimum_n(), **asked.filters)
    metric = asked.metric
    context = {
        "asked": asked,
        "sentence": asked.sentence("metric", *WHERE, *in_use(asked)),
        "metric": metric,
        "making": making,
        "figure": replace(linked(making.figure, asked), making_href=""),
        "scores": [(score, making.counts[score], tables.class_of(metric, score)) for score in sorted(making.counts)],
        "blank": BLANK_NOTE,
        "worked": worked(metric, making.counts),
        "method": method_words(making.figure.estimate.method),
        "source": method_source(making.figure.estimate.method),
        "document": page_of(metric),
        "back": back_of(request, asked),
        "about": filters_in_words(asked),
        "is_usual": not {"perspective", "moment", "subject"} & set(asked.filters),
    }
    return render(request, "insights/making.html", context)


@signed_in(Ability.SEE_INSIGHTS)
def insights_table(request: StaffRequest) -> HttpResponse:
    """The table of the page as a file: CSV, or a spreadsheet with ``as=xlsx``."""
    asked = asked_by(request)
    table = tables.breakdown(request.user, asked, reads.minimum_n())
    rows = tables.exported(table, str(asked.metric.name), str(BREAKDOWNS[asked.by]))
    name = f"premura-{asked.metric.code}-{asked.by}-{asked.window.first_day}-{asked.window.last_day}"
    if request.GET.get("as") == "xlsx":
        return tables.as_spreadsheet(rows, name)
    return tables.as_csv(rows, name)


@signed_in(Ability.SEE_INSIGHTS)
def coverage(request: StaffRequest) -> HttpResponse:
    """Who met us, who was asked, who answered; who is silent; what was never measured."""
    asked = asked_by(request)
    location = asked.filters.get("location")
    found = reads.coverage(request.user, asked.window, location=location)
    silent = reads.silent_customers(request.user, timezone.now())
    context = {
        "asked": asked,
        "sentence": asked.sentence("period", "location"),
        "tabs": area_tabs(asked, "coverage"),
        "coverage": found,
        "reasons": reads.reasons_not_asked(request.user, asked.window, location=location),
        "occasions": _occasions(request, asked, location),
        "rows": [row for row in found.touchpoints if row.met or row.scores or not row.touchpoint.is_imported],
        "least": reads.minimum_n(),
        "silent": page_of_rows(request, silent),
        "unasked_url": asked.url("coverage-unasked"),
    }
    return render(request, "insights/coverage.html", context)


def _occasions(request: StaffRequest, asked: Asked, location: int | None) -> list[tuple[Any, Covered]]:
    """Cases put right, silence, what comes again: each with what it is called."""
    names = {
        "case": _("A case was put right"),
        "silence": _("A customer has fallen silent"),
        "schedule": _("It was time to ask again"),
        "hand": _("Somebody asked by hand"),
    }
    cases = cases_covered(request.user, asked.window, location=location)
    others = occasions_covered(request.user, asked.window, timezone.now(), location=location)
    return [(names[row.kind], row) for row in (cases, *others) if row.total]


@signed_in(Ability.SEE_INSIGHTS)
def coverage_unasked(request: StaffRequest) -> HttpResponse:
    """The meetings that nobody asked about (row S2)."""
    asked = asked_by(request)
    rows = reads.unasked(request.user, asked.window, touchpoint=asked.filters.get("touchpoint"))
    context = {
        "asked": asked,
        "sentence": asked.sentence("period", "touchpoint"),
        "page": page_of_rows(request, rows),
        "back": asked.url("coverage", touchpoint=None),
    }
    return render(request, "insights/unasked.html", context)
