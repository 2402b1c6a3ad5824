"""The drawings of the readings: each with its words, its signals where it goes through time, and as a picture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from premura.core.company.company import local_date
from premura.entrypoints.web.charts import Spec
from premura.entrypoints.web.door import StaffRequest
from premura.entrypoints.web.figures import Measure, Shown
from premura.entrypoints.web.insights.drawings import trend_spec
from premura.entrypoints.web.insights.pictures import KINDS, as_picture
from premura.entrypoints.web.insights.wording import full_date, signal_words
from premura.loop.understand.courses import Course
from premura.loop.understand.windows import Window
from premura.stats import ControlChart
from premura.stats.estimate import Estimate


@dataclass(frozen=True)
class Drawing:
    """``key`` names it in the address of its picture. ``has_limits`` is ``None`` where nothing goes through time."""

    key: str
    title: str
    words: str
    spec: Spec
    signals: tuple[str, ...] = ()
    has_limits: bool | None = None
    picture_urls: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class _Point:
    day: date
    figure: Shown


@dataclass(frozen=True)
class _Drawn:
    """A course as the drawing of a trend reads it."""

    metric: Measure
    step: str
    points: tuple[_Point, ...]
    chart: ControlChart | None
    charted: tuple[int, ...]


def course_drawing(key: str, title: Any, course: Course, measure: Measure, least: int, words: Any = "") -> Drawing:
    """What was found period by period; a period with too few answers keeps its place and has no mark."""
    charted = set(course.charted)
    points = tuple(
        _Point(one.day, Shown(measure, one.estimate if i in charted else _unread(one.estimate), least))
        for i, one in enumerate(course.moments)
    )
    drawn = _Drawn(measure, course.step, points, course.chart, course.charted)
    limits = _("Limits of the everyday variation appear with eight periods with enough answers.")
    if course.chart:
        limits = _("Between the dashed lines is everyday variation; what is marked is not.")
    said = " ".join(str(part) for part in (words, limits) if part)
    return Drawing(key, str(title), said, trend_spec(drawn), tuple(signal_words(drawn)), course.chart is not None)


def _unread(estimate: Estimate) -> Estimate:
    return Estimate(None, None, None, estimate.n, estimate.method)


def with_pictures(drawings: Sequence[Drawing], address: str) -> list[Drawing]:
    """The drawings with the addresses of their pictures; ``address`` is the page's with its question."""
    joined = f"{address}{'&' if '?' in address else '?'}"
    return [
        Drawing(
            one.key, one.title, one.words, one.spec, one.signals, one.has_limits,
            tuple((kind.upper(), f"{joined}as={kind}&drawing={one.key}") for kind in KINDS),
        )
        for one in drawings
    ]  # fmt: skip


def picture_of(request: StaffRequest, drawings: Sequence[Drawing], page: str, window: Window) -> HttpResponse | None:
    """The drawing that the address asks for as a picture; ``None`` where it asks for none, or there is none to draw."""
    kind = request.GET.get("as", "")
    wanted = request.GET.get("drawing") or "main"
    drawing = next((one for one in drawings if one.key == wanted), None)
    if kind not in KINDS or drawing is None:
        return None
    days = {"first": full_date(window.first_day), "last": full_date(window.last_day)}
    lines = [_("from %(first)s to %(last)s") % days]
    lines[0] += " · " + _("drawn on %(day)s") % {"day": full_date(local_date(timezone.now()))}
    lines += [words for words in (drawing.words, *drawing.signals[:3]) if words]
    name = f"premura-{page}-{drawing.key}-{window.first_day}-{window.last_day}"
    return as_picture(drawing.spec, kind, name, title=drawing.title, lines=lines)


def shares_of(estimates: Mapping[date, Estimate]) -> dict[date, tuple[int, int]]:
    """Hits and answers of estimates that are shares."""
    return {day: (round((one.value or 0.0) * one.n), round(one.n)) for day, one in estimates.items()}
