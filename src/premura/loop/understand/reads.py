"""Figures for a person: a few queries each, whatever the number of answers, and only what that person may see.

How scores are counted: :mod:`premura.loop.understand.counting`; what breakdowns are called:
:mod:`premura.loop.understand.dimensions`; who was asked and who is silent: :mod:`premura.loop.understand.coverage`.
Their functions are offered here too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast

from django.db.models import (
    Case,
    Count,
    ExpressionWrapper,
    F,
    FloatField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)

from premura.core.company.models import Location
from premura.core.customers.models import Customer
from premura.core.i18n import in_language
from premura.core.journeys.models import Touchpoint
from premura.core.staff.models import Person
from premura.loop.listen.models import Answer, Response, Survey
from premura.loop.understand.counting import BREAKDOWNS as BREAKDOWNS
from premura.loop.understand.counting import (
    LATEST,
    By,
    Key,
    Slice,
    answers_of,
    behind,
    histograms,
    of_metric,
    responses_behind,
    scales_given,
    visible,
)
from premura.loop.understand.counting import NONE as NONE
from premura.loop.understand.counting import count_scores as count_scores
from premura.loop.understand.counting import minimum_n as minimum_n
from premura.loop.understand.coverage import Coverage as Coverage
from premura.loop.understand.coverage import ResponseRate as ResponseRate
from premura.loop.understand.coverage import coverage as coverage
from premura.loop.understand.coverage import reasons_not_asked as reasons_not_asked
from premura.loop.understand.coverage import response_rate as response_rate
from premura.loop.understand.coverage import silent_customers as silent_customers
from premura.loop.understand.coverage import unasked as unasked
from premura.loop.understand.dimensions import labels as labels
from premura.loop.understand.metrics import HEADLINES, METRICS, Counts, Figure, Metric, ends_of
from premura.loop.understand.windows import Window
from premura.stats.control_charts import ControlChart, p_chart, xmr
from premura.stats.effects import BeforeAfter

#: A control chart of fewer points would draw limits from nothing.
POINTS_FOR_LIMITS = 8


def days_answered(person: Person, *, subject: int | None = None) -> Window | None:
    """From the first to the latest answer that ``person`` may see, about us unless ``subject`` says whom; else None."""
    about = {"subject": subject} if subject is not None else {"subject__is_us": True}
    rows = cast(Any, Response.objects).visible_to(person).filter(**about).order_by("answered_on")
    days = rows.values_list("answered_on", flat=True)
    first, last = days.first(), days.last()
    return Window(first, last) if first and last else None


def other_subject_answered(person: Person) -> int | None:
    """The other company that the latest answers are about; ``None`` when there are none about others."""
    rows = cast(Any, Response.objects).visible_to(person).filter(subject__is_us=False)
    found: int | None = rows.order_by("-answered_on").values_list("subject", flat=True).first()
    return found


def counts_between(
    metric_code: str,
    first_day: date,
    last_day: date,
    *,
    touchpoint: Touchpoint | None = None,
    location: Location | None = None,
) -> Counts:
    """The whole company's counts from ``first_day`` to ``last_day``, both included. One query; for checks, not for
    pages.
    """
    where = Slice.of({"touchpoint": touchpoint, "location": location})
    window = Window(first_day, last_day)
    return histograms(None, [METRICS[metric_code]], window, None, where).get((metric_code,), Counts())


def segments(person: Person) -> list[str]:
    """The segments of the customers that ``person`` may see. One query."""
    rows = cast(Any, Customer.objects).visible_to(person).exclude(segment="").order_by("segment")
    return list(rows.values_list("segment", flat=True).distinct())


def figures(
    person: Person, metric: Metric, window: Window, by: By = None, *, least: int | None = None, **filters: Any
) -> dict[Key, Figure]:
    """The figure of every group that has answers. One query, and one for the minimum unless it is given as
    ``least``.
    """
    least = minimum_n() if least is None else least
    scale = filters.get("scale", "")
    counted = count_scores(person, metric, window, by, **filters)
    return {key: figure_of(metric, counts, least, scale) for key, counts in counted.items()}


def figure_of(metric: Metric, counts: Counts, least: int, scale: str = "") -> Figure:
    """What the counts come to; ``scale`` where it is not the metric's own."""
    used = scale or metric.scale
    ends = ends_of(used) if metric.unit == "mean" else None
    return Figure(metric, metric.estimate(counts, scale), least, scale=ends)


@dataclass(frozen=True)
class Headline:
    """A figure beside the same figure of the window of equal length before."""

    metric: Metric
    counts: Counts
    figure: Figure
    before: Figure
    change: BeforeAfter

    @property
    def is_news(self) -> bool:
        """Whether chance alone would hardly do."""
        return self.change.reason == "beyond_chance"

    @property
    def is_comparable(self) -> bool:
        """Whether both windows have enough answers to speak of a change."""
        return self.change.verdict != "not enough data"


def headlines(person: Person, window: Window, *, least: int, **filters: Any) -> list[Headline]:
    """NPS, CSAT, CES, and delight where it is asked, now and in the window before. Two queries."""
    where = Slice.of(filters)
    now, before = _count_headlines(person, window, where), _count_headlines(person, window.previous, where)
    shown = []
    for code in HEADLINES:
        metric = METRICS[code]
        counts, old = now.get(code, Counts()), before.get(code, Counts())
        if metric.choices and not counts.n:
            continue
        change = metric.compare(old, counts, least)
        shown.append(Headline(metric, counts, figure_of(metric, counts, least), figure_of(metric, old, least), change))
    return shown


def _count_headlines(person: Person, window: Window, where: Slice) -> dict[str, Counts]:
    wanted = [METRICS[code] for code in HEADLINES]
    return {code: counts for (code,), counts in histograms(person, wanted, window, None, where).items()}


@dataclass(frozen=True)
class Point:
    """One week (its Monday) or month (its first day) of a trend."""

    day: date
    counts: Counts
    figure: Figure


@dataclass(frozen=True)
class Trend:
    """A metric through time, with the limits of its everyday variation where there are enough points to know them.

    ``charted`` are the positions in ``points`` that the control chart's entries stand for.
    """

    metric: Metric
    step: str
    points: tuple[Point, ...]
    chart: ControlChart | None
    charted: tuple[int, ...]

    @property
    def has_answers(self) -> bool:
        return any(point.counts for point in self.points)


def trend(person: Person, metric: Metric, window: Window, step: str, *, least: int, **filters: Any) -> Trend:
    """The metric by ``step`` (``"week"`` or ``"month"``), periods without answers included. One query."""
    counted = count_scores(person, metric, window, step, **filters)
    return trend_of(metric, step, counted, window, least, filters.get("scale", ""))


def trend_of(
    metric: Metric, step: str, counted: Mapping[date, Counts], window: Window, least: int, scale: str = ""
) -> Trend:
    """The counts of weeks or months as a trend with its control chart."""
    points = tuple(
        Point(day, counts, figure_of(metric, counts, least, scale))
        for day in period_starts(window, step)
        for counts in (counted.get(day, Counts()),)
    )
    charted = tuple(i for i, point in enumerate(points) if point.counts)
    return Trend(metric, step, points, _control_chart(metric, [points[i] for i in charted]), charted)


def period_starts(window: Window, step: str) -> list[date]:
    """The first day of every week or month that ``window`` touches."""
    day = window.first_day
    day = day.replace(day=1) if step == "month" else day - timedelta(days=day.weekday())
    starts = []
    while day <= window.last_day:
        starts.append(day)
        day = (day + timedelta(days=31)).replace(day=1) if step == "month" else day + timedelta(days=7)
    return starts


def _control_chart(metric: Metric, points: list[Point]) -> ControlChart | None:
    if len(points) < POINTS_FOR_LIMITS:
        return None
    if metric.unit == "percent":
        shares = [metric.share(point.counts) for point in points]
        return p_chart([hits for hits, _ in shares], [n for _, n in shares])
    return xmr([cast(float, point.figure.estimate.value) for point in points])


def rows_behind(person: Person, metric: Metric, window: Window, *, group: str = "", **filters: Any) -> QuerySet[Answer]:
    """The answers that a figure counts, the latest first; ``group`` keeps one class, e.g. detractors (row S8)."""
    found = behind(person, metric, window, group, **filters)
    related = ("response__customer", "response__location", "response__survey", "touchpoint")
    return found.select_related(*related).order_by(*LATEST)


@dataclass(frozen=True)
class Making:
    """How a number was made: what was counted, from how many people, and what was left out."""

    counts: Counts
    figure: Figure
    responses: int
    weighted: int
    surveys: tuple[tuple[str, int], ...]
    other_scales: tuple[tuple[str, int], ...]

    @property
    def has_repeats(self) -> bool:
        """Whether some people answered more than one of the questions that are counted together."""
        return self.responses < self.counts.n


def making_of(person: Person, metric: Metric, window: Window, *, least: int, **filters: Any) -> Making:
    """Everything that a reader needs to make the number again. Thirteen queries at most, whatever the number of answers
    while the engine is filled.
    """
    where = Slice.of(filters)
    counts = count_scores(person, metric, window, **filters).get(None, Counts())
    per_survey = count_scores(person, metric, window, "survey", **filters)
    names = labels("survey", set(per_survey))
    surveys = ((names.get(pk, str(pk)), found.n) for pk, found in per_survey.items())
    scales = {} if metric.choices else scales_given(person, metric, window, **filters)
    responses, weighted = responses_behind(person, metric, window, **filters) or _responses(
        person, metric, window, where
    )
    return Making(
        counts,
        figure_of(metric, counts, least, where.scale),
        responses,
        weighted,
        tuple(sorted(surveys, key=lambda survey: (-survey[1], survey[0]))),
        tuple(sorted((scale, n) for scale, n in scales.items() if scale != (where.scale or metric.scale))),
    )


def _responses(person: Person, metric: Metric, window: Window, where: Slice) -> tuple[int, int]:
    """The same as :func:`responses_behind`, from the answers themselves. One query."""
    found = answers_of(visible(person), window, where, person=person, only_counted=True)
    sizes = found.filter(of_metric(metric, where.scale)).aggregate(
        responses=Count("response", distinct=True), weighted=Count("pk", filter=Q(response__weight__isnull=False))
    )
    return sizes["responses"], sizes["weighted"]


def _position_on_scale() -> Case:
    """Where a score lies between the worst (0) and the best (1) of its scale, so that different scales can be put in
    order.
    """
    whens = []
    for metric in (METRICS["nps"], METRICS["csat"], METRICS["ces"]):
        low, high = metric.groups[0].low, metric.groups[-1].high
        share = ExpressionWrapper(
            (F("score") - Value(float(low))) / Value(float(high - low)), output_field=FloatField()
        )
        whens.append(When(kind=metric.kinds[0], scale=metric.scale, then=share))
    return Case(*whens, default=None, output_field=FloatField())


def comments(
    person: Person, window: Window, *, search: str = "", order: str = "worst", **filters: Any
) -> QuerySet[Answer]:
    """What people wrote, each with the scores of the same response (``response.answers``, prefetched).

    ``order``: ``"worst"`` by the lowest score given beside the words, then the latest; ``"latest"``. ``lowest`` is
    that score, from 0 (the worst of its scale) to 1, ``None`` where no score was given. Three queries for a page of
    any size.
    """
    where = Slice.of(filters)
    found = answers_of(visible(person), window, where, person=person).filter(kind="text").exclude(text="")
    for word in search.split():
        found = found.filter(text__icontains=word)
    scores = Answer.objects.filter(response=OuterRef("response"), score__isnull=False).order_by()
    lowest = scores.values("response").annotate(lowest=Min(_position_on_scale())).values("lowest")
    found = found.annotate(lowest=Subquery(lowest))
    worst_first = (F("lowest").asc(nulls_last=True),) if order == "worst" else ()
    found = found.order_by(*worst_first, *LATEST)
    related = ("response__customer", "response__location", "response__survey", "touchpoint")
    return found.select_related(*related).prefetch_related("response__answers")


def objective_of(survey: Survey) -> str:
    """Why this survey asks: printed beside its results."""
    return survey.programme.objective


def survey_title(survey: Survey) -> str:
    return in_language(survey.draft.get("title")) or survey.slug
