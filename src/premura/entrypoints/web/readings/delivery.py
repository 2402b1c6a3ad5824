"""The company's view of itself beside its customers' view, one quarter at a time."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from premura.core.company.company import local_date
from premura.core.journeys.models import Touchpoint
from premura.core.staff.roles import Ability
from premura.entrypoints.web.charts import interval_chart
from premura.entrypoints.web.door import StaffRequest, signed_in
from premura.entrypoints.web.figures import Measure, Shown
from premura.entrypoints.web.insights.sentence import Names
from premura.entrypoints.web.insights.tables import Cell
from premura.entrypoints.web.readings.drawn import Drawing, course_drawing, picture_of, with_pictures
from premura.entrypoints.web.readings.quarters import code_of, quarter_name, quarter_of, quarters_back
from premura.entrypoints.web.readings.shown import (
    FILES,
    READINGS,
    Making,
    cells_of,
    estimate_headings,
    file_of,
    scaled,
    tabs_of,
    wants_file,
)
from premura.entrypoints.web.sentence import Choice, Sentence
from premura.loop.understand import reads
from premura.loop.understand.courses import course_of
from premura.loop.understand.delivery import DeliveryGap, Quarters, delivery_gap, quarters_of
from premura.loop.understand.gaps import Gap
from premura.loop.understand.questions import QuestionBook, question_book
from premura.loop.understand.windows import Window

#: So many questions are drawn through time; of the others the file tells.
MOST_DRAWN = 4
#: So far back, that eight quarters with enough answers may be found.
YEARS = 3


@signed_in(Ability.SEE_INSIGHTS)
def delivery(request: StaffRequest) -> HttpResponse:
    """The company's view of itself beside its customers' view, one quarter at a time."""
    today, names = local_date(timezone.now()), Names.seen_by(request.user)
    sentence = _delivery_sentence(request, names)
    first, last = quarter_of(sentence["quarter"], today)
    least, place = reads.minimum_n(), sentence["location"]
    window = Window(first, last)
    book, name, question = question_book(), *READINGS["delivery-gap"]
    chosen, turn = int(place) if place else None, book.turned
    found = delivery_gap(request.user, window, least=least, location=chosen, turn=turn)
    course = _through_time(request, found, window, least=least, location=chosen, turn=turn)
    if kind := wants_file(request):
        return file_of(_delivery_cells(found, course, book, first), "delivery-gap", window, kind)
    points = {row.pk: str(row) for row in Touchpoint.objects.filter(pk__in={gap.item.touchpoint for gap in found.gaps})}
    short = {gap.item: points.get(gap.item.touchpoint, book.text(gap.item)) for gap in found.gaps}
    rows = [_delivery_row(gap, book, least) for gap in found.gaps]
    spec = interval_chart([{**row["point"], "name": short[row["item"]]} for row in rows], title=_("gap, in points"))
    words = _("Above zero: we think better of ourselves than our customers do.")
    drawings = [Drawing("main", _("The staff minus customers, in points"), words, spec)] if rows else []
    drawings += _course_drawings(course, book, least)
    if picture := picture_of(request, drawings, "delivery-gap", window):
        return picture
    url = f"?quarter={sentence['quarter']}&location={place}"
    context = {
        "sentence": sentence,
        "tabs": tabs_of(None, "delivery-gap"),
        "title": name,
        "question": question,
        "saved_question": f"page=delivery-gap&quarter={sentence['quarter']}&location={place}",
        "file_urls": [(kind, f"{url}&as={kind}") for kind in FILES],
        "found": found,
        "rows": rows,
        "hidden": [book.text(item) for item in found.hidden],
        "least": least,
        "drawings": with_pictures(drawings, url),
        "making": _delivery_making(found),
    }
    return render(request, "readings/delivery.html", context)


def _delivery_sentence(request: StaffRequest, names: Names) -> Sentence:
    today = local_date(timezone.now())
    places = [(str(pk), name) for pk, name in names.locations.items()]
    choices = [Choice("quarter", _("quarter"), [(code, quarter_name(code)) for code in quarters_back(today)])]
    everywhere = [("", _("all locations")), *places]
    choices.append(Choice("location", _("location"), everywhere))
    return Sentence.from_query("%(quarter)s, %(location)s", request.GET, *choices)


def _through_time(request: StaffRequest, found: DeliveryGap, window: Window, **asked: Any) -> Quarters:
    """Each question quarter by quarter, up to the one shown: those that can be read, the most answered first."""
    told = [gap for gap in found.gaps if gap.is_enough(asked["least"])]
    told.sort(key=lambda gap: -min(gap.first.n, gap.second.n))
    if not told:
        return {}
    earlier = Window(window.first_day.replace(year=window.first_day.year - YEARS), window.first_day - timedelta(days=1))
    before = quarters_of(request.user, {gap.item for gap in told}, earlier, **asked)
    return {gap.item: before.get(gap.item, {}) | {window.first_day: gap} for gap in told}


def _course_drawings(course: Quarters, book: QuestionBook, least: int) -> list[Drawing]:
    """The gap of the most answered questions through time."""
    drawings: list[Drawing] = []
    points, words = Measure(_("gap, in points"), "points"), _("The staff minus customers, quarter by quarter.")
    for item, quarters in course.items():
        found = {day: scaled(gap.difference, 100, min(gap.first.n, gap.second.n)) for day, gap in quarters.items()}
        one = course_of(found, "quarter", least=least)
        if one.is_told and len(drawings) < MOST_DRAWN:
            drawings.append(course_drawing(f"time-{len(drawings) + 1}", book.text(item), one, points, least, words))
    return drawings


def _delivery_row(gap: Gap, book: QuestionBook, least: int) -> dict[str, Any]:
    share, points = Measure(_("favourable"), "percent"), Measure(_("gap, in points"), "points")
    smaller = min(gap.first.n, gap.second.n)
    difference = scaled(gap.difference, 100, smaller)
    ends = {"value": difference.value, "low": difference.low, "high": difference.high}
    point = {"name": book.text(gap.item), **ends, "n": smaller, "few": smaller < least}
    return {
        "item": gap.item,
        "name": book.text(gap.item),
        "ours": Shown(share, gap.second, least),
        "theirs": Shown(share, gap.first, least),
        "gap": Shown(points, difference, least),
        "is_news": gap.p is not None and gap.p < 0.05,
        "point": point,
    }


def _delivery_making(found: DeliveryGap) -> Making:
    counted = [
        (_("items that both answered"), len(found.gaps)),
        (_("items kept back: too few of the staff answered"), len(found.hidden)),
        (_("items that only the staff were asked"), found.staff_only),
        (_("items that only customers were asked"), found.customers_only),
    ]
    return Making(
        _("How many of the staff rate an item favourably minus how many customers do, in points. Favourable is 9–10 of "
          "10, 4–5 of 5, 5–7 of 7."),
        counted,
        _("100 × (favourable ÷ answers of the staff − favourable ÷ answers of customers)"),
        "difference-newcombe",
        "docs/methods/comparing.md",
    )  # fmt: skip


def _delivery_cells(found: DeliveryGap, course: Quarters, book: QuestionBook, quarter: date) -> list[list[Cell]]:
    """Question by question; those that are told through time with all their quarters."""
    heading: list[Cell] = [
        _("question"), _("quarter"), _("favourable, staff"), _("answers, staff"), _("favourable, customers"),
        _("answers, customers"), _("gap, in points"), *estimate_headings(),
    ]  # fmt: skip
    lines = [heading]
    for now in found.gaps:
        for day, gap in sorted(course.get(now.item, {quarter: now}).items(), reverse=True):
            sides: list[Cell] = [gap.second.value, gap.second.n, gap.first.value, gap.first.n]
            ends = cells_of(_delivery_row(gap, book, 0)["gap"].estimate)
            lines.append([book.text(gap.item), code_of(day), *sides, *ends])
    return lines
