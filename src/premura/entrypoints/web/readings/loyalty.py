"""Loyalty: who comes back and what they are worth, by what they had said before and after a failure."""

from dataclasses import dataclass, replace
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from premura.core.customers.models import Customer
from premura.core.errors import NotFound
from premura.core.staff.roles import Ability
from premura.entrypoints.web.door import StaffRequest, signed_in
from premura.entrypoints.web.figures import Measure, Shown
from premura.entrypoints.web.insights.sentence import Asked
from premura.entrypoints.web.insights.tables import Cell
from premura.entrypoints.web.readings.drawn import Drawing, course_drawing, picture_of, with_pictures
from premura.entrypoints.web.readings.shown import (
    Making,
    address,
    asked_by,
    cells_of,
    estimate_headings,
    file_of,
    page_context,
    scaled,
    wants_file,
)
from premura.entrypoints.web.wording import money
from premura.loop.recover.models import Case
from premura.loop.understand import reads
from premura.loop.understand.counting import Slice, histograms
from premura.loop.understand.courses import course_of
from premura.loop.understand.loyalty import Group, Loyalty, Step, loyalty
from premura.loop.understand.metrics import METRICS, Counts, Figure, Metric, total
from premura.loop.understand.returning import DAYS, returning
from premura.stats.estimate import Estimate

PAGE = 50
#: A year, beside the year before it: seasons weigh the same on both sides
YEAR = "365"
BY = {
    "nps": gettext_lazy("By what they had answered: would they recommend us?"),
    "csat": gettext_lazy("By what they had answered: were they satisfied?"),
    "failure": gettext_lazy("After something had gone wrong"),
}
NAMES = {
    "all": gettext_lazy("all customers"),
    "promoter": gettext_lazy("promoters"),
    "passive": gettext_lazy("passives"),
    "detractor": gettext_lazy("detractors"),
    "satisfied": gettext_lazy("satisfied"),
    "neutral": gettext_lazy("neither satisfied nor dissatisfied"),
    "dissatisfied": gettext_lazy("dissatisfied"),
    "silent": gettext_lazy("had said nothing"),
    "unasked": gettext_lazy("not asked whether they would recommend us"),
    "failure": gettext_lazy("had a case in the time before"),
    "none": gettext_lazy("had none"),
}


@dataclass(frozen=True)
class Line:
    """One group with its figures."""

    name: Any
    retention: Shown
    lost: Shown
    repurchase: Shown
    value: Shown


def _read(request: StaffRequest, asked: Asked) -> Loyalty:
    place, before = asked.filters.get("location"), asked.window.previous
    cases = Case.objects.visible_to(request.user).filter(customer__isnull=False)
    cases = cases.filter(opened_at__date__gte=before.first_day, opened_at__date__lte=before.last_day)
    failed = set(cases.order_by().values_list("customer", flat=True))
    return loyalty(request.user, asked.window, failed=failed, location=place)


@signed_in(Ability.SEE_INSIGHTS)
def loyalty_page(request: StaffRequest) -> HttpResponse:
    asked, least = asked_by(request, YEAR), reads.minimum_n()
    found = _read(request, asked)
    if kind := wants_file(request):
        return file_of([*_cells(found), *_said_cells(request, asked)], "loyalty", asked.window, kind)
    drawings = _drawings(request, asked, found, least)
    if picture := picture_of(request, drawings, "loyalty", asked.window):
        return picture
    sections = [
        (name, [_line(one, found, asked, least) for one in found.groups if one.by == by], _steps(found, by, least))
        for by, name in BY.items()
    ]
    context = page_context(asked, "loyalty", "period", "location") | {
        "found": found,
        "before": asked.window.previous,
        "whole": _line(found.whole, found, asked, least),
        "sections": sections,
        "drawings": with_pictures(drawings, address(asked, "loyalty")),
        "least": least,
        "making": _making(found),
        **_said(request, asked, least),
    }
    return render(request, "readings/loyalty.html", context)


#: What customers say, by the classes of recommending in the order of the page; ``None`` said nothing of it
SAID = [METRICS["stay"], METRICS["referred"], METRICS["spend"]]
CLASSES = {"promoters": "promoter", "passives": "passive", "detractors": "detractor", None: "unasked"}


def _said(request: StaffRequest, asked: Asked, least: int) -> dict[str, Any]:
    """What customers say they will do, and have done, in these days: in all, and by whether they would recommend us."""
    metrics, found = SAID, _counted(request, asked)
    rows = [
        (NAMES["all"], [_figure(metric, total(by.values()), asked, least) for metric, by in _paired(metrics, found)])
    ]
    for key, name in CLASSES.items():
        if any(key in by_class for by_class in found):
            figures = [
                _figure(metric, by.get(key, Counts()), asked, least, key) for metric, by in _paired(metrics, found)
            ]
            rows.append((NAMES[name], figures))
    links = [
        {"metric": metric, "making": address(asked, "insights-making", metric=metric.code),
         "explorer": address(asked, "explorer", metric=metric.code, by="month", by2="band")}
        for metric in metrics
    ]  # fmt: skip
    return {"said": links, "said_rows": rows, "is_said": any(found)}


def _counted(request: StaffRequest, asked: Asked) -> list[dict[Any, Counts]]:
    """Class → counts, for each of what customers say. One question for all of them."""
    where = Slice(location=asked.filters.get("location"))
    found = histograms(request.user, SAID, asked.window, "band", where)
    return [{key: counts for (code, key), counts in found.items() if code == metric.code} for metric in SAID]


def _said_cells(request: StaffRequest, asked: Asked) -> list[list[Cell]]:
    """The same for a file: figure by class, in all first."""
    lines: list[list[Cell]] = []
    for metric, by_class in _paired(SAID, _counted(request, asked)):
        groups = [("all", total(by_class.values()))]
        groups += [(name, by_class[key]) for key, name in CLASSES.items() if key in by_class]
        lines += [
            ["nps", str(NAMES[name]), str(metric.name), *cells_of(metric.estimate(counts))]
            for name, counts in groups
            if counts
        ]
    return lines


def _paired(metrics: list[Metric], found: list[dict[Any, Counts]]) -> list[tuple[Metric, dict[Any, Counts]]]:
    return list(zip(metrics, found, strict=True))


def _figure(metric: Metric, counts: Counts, asked: Asked, least: int, band: Any = "") -> Figure:
    narrowed = {"band": "-" if band is None else band} if band != "" else {}
    href = address(asked, "insights-rows", metric=metric.code, **narrowed)
    return replace(reads.figure_of(metric, counts, least), href=href if counts.n else "")


def _drawings(request: StaffRequest, asked: Asked, found: Loyalty, least: int) -> list[Drawing]:
    """Coming back and spending, month by month, each with the limits of its everyday variation."""
    told = returning(request.user, asked.window, found.currency, location=asked.filters.get("location"))
    again = Measure(_("bought again"), "percent", counted="customers")
    value = Measure(_value_measure(found).name, "points", counted="customers")
    courses = [
        ("again", _("Who comes back, month by month"), again,
         course_of(told.again_estimates, "month", least=least, shares=told.again),
         _("Of those who bought in the month, how many bought again within %(days)s days; months whose customers have "
           "not had that time yet are not drawn.") % {"days": DAYS}),
        ("spent", _("Spent by each, month by month"), value, course_of(told.spent, "month", least=least), ""),
    ]  # fmt: skip
    return [
        course_drawing(key, title, course, measure, least, words)
        for key, title, measure, course, words in courses
        if course.is_told
    ]


def _value_measure(found: Loyalty) -> Measure:
    name = _("spent by each, in %(currency)s") % {"currency": found.currency}
    definition = _("What a customer who bought in these days spent in them on average, less what was given back.")
    return Measure(name, "points", definition, counted="customers")


def _line(group: Group, found: Loyalty, asked: Asked, least: int) -> Line:
    href = address(asked, "loyalty-rows", by=group.by, group=group.code)
    back = Measure(
        _("bought again"), "percent", _("Of those who bought in the time before, how many bought again in these days."),
        counted="customers",
    )  # fmt: skip
    gone = Measure(
        _("did not come back"), "percent", _("Of those who bought in the time before, how many bought nothing now."),
        counted="customers",
    )  # fmt: skip
    often = Measure(
        _("bought twice or more"), "percent", _("Of those who bought in these days, how many did on two days or more."),
        counted="customers",
    )  # fmt: skip
    kept = group.retention
    return Line(
        NAMES[group.code],
        Shown(back, kept, least, href=href),
        Shown(gone, _rest_of(kept), least, href=href),
        Shown(often, group.repurchase, least, href=href),
        Shown(_value_measure(found), group.value, least, href=href),
    )


def _rest_of(share: Estimate) -> Estimate:
    """One minus a share, its interval turned round."""
    value, high, low = (None if end is None else 1 - end for end in (share.value, share.low, share.high))
    return Estimate(value, low, high, share.n, share.method)


def _steps(found: Loyalty, by: str, least: int) -> list[tuple[Any, Any, Shown]]:
    name = _("more spent by each, in %(currency)s") % {"currency": found.currency}
    measure = Measure(name, "points", counted="customers")

    def shown(step: Step) -> Shown:
        return Shown(measure, scaled(step.difference, 1, step.smaller), least)

    return [(NAMES[step.upper], NAMES[step.lower], shown(step)) for step in found.steps if step.by == by]


def _making(found: Loyalty) -> Making:
    buyers = found.whole.buyers
    counted: list[tuple[str, Any]] = [
        (_("customers who bought in the time before"), buyers.before),
        (_("customers who bought in these days"), buyers.now),
        (_("purchases left out because they are in another currency"), found.other),
    ]
    return Making(
        _("Whoever bought in the time before is looked for in these days. What they had said is the last answer they "
          "gave before these days began; a failure is a case that was opened in the time before. It shows what goes "
          "together, not what causes what."),
        counted,
        _("bought again = customers who bought in both times ÷ customers who bought in the time before"),
        "wilson",
        "docs/methods/loyalty.md",
    )  # fmt: skip


def _cells(found: Loyalty) -> list[list[Cell]]:
    heading: list[Cell] = [_("by"), _("group"), _("figure"), _("value"), *estimate_headings()]
    lines = [heading]
    for one in found.groups:
        figures = {_("bought again"): one.retention, _("bought twice or more"): one.repurchase}
        figures[str(_value_measure(found).name)] = one.value
        lines += [[one.by, str(NAMES[one.code]), name, *cells_of(estimate)] for name, estimate in figures.items()]
    return lines


@signed_in(Ability.SEE_INSIGHTS)
def loyalty_rows(request: StaffRequest) -> HttpResponse:
    """The customers behind the figures of one group."""
    asked = asked_by(request, YEAR)
    found = _read(request, asked)
    group = found.group(request.GET.get("by") or "all", request.GET.get("group") or "all")
    if group is None:
        raise NotFound
    page = Paginator(group.buyers, PAGE).get_page(request.GET.get("page"))
    people = Customer.objects.in_bulk([one.customer for one in page])
    context = {
        "asked": asked,
        "title": NAMES[group.code],
        "page": page,
        "rows": [(one, people[one.customer], money(one.cents / 100, found.currency)) for one in page],
        "before": asked.window.previous,
        "back": address(asked, "loyalty"),
    }
    return render(request, "readings/loyalty_rows.html", context)
