"""The journey: where does it go well or wrong? A map of touchpoints, and one page for each."""

from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from premura.core.company.company import local_date
from premura.core.errors import NotFound
from premura.core.journeys.models import Stage, Touchpoint
from premura.core.staff.models import Person
from premura.core.staff.roles import Ability
from premura.entrypoints.web.door import StaffRequest, signed_in
from premura.entrypoints.web.figures import Measure, Shown
from premura.entrypoints.web.insights.drawings import trend_spec
from premura.entrypoints.web.insights.said import EMOTIONS
from premura.entrypoints.web.insights.wording import change_of, signal_words
from premura.entrypoints.web.sentence import Choice, Sentence
from premura.loop.equip.reads import cards_for
from premura.loop.listen.idea_models import Idea
from premura.loop.listen.idea_reads import ideas_at, in_the_journey
from premura.loop.recover.models import Case
from premura.loop.understand import reads
from premura.loop.understand.comment_emotions import FOUR, felt_by_touchpoint
from premura.loop.understand.counting import NONE
from premura.loop.understand.metrics import METRICS, Counts, Figure
from premura.loop.understand.windows import Window
from premura.stats.estimate import Estimate

PERIODS = [("90", _("in the last 90 days")), ("365", _("in the last 12 months")), ("30", _("in the last 30 days"))]
TREND_DAYS = 364
#: Fewer answers a week jump up and down for no reason: months then
ANSWERS_A_WEEK = 10
COMMENTS = 5
#: Ideas at one step of the lane; all stand on the touchpoint's page
LANE = 3
IDEAS = 10


@dataclass(frozen=True)
class Stop:
    """One touchpoint on the map."""

    touchpoint: Touchpoint
    figure: Figure
    cases: int
    ideas: tuple[Idea, ...] = ()


def _window(days: str) -> Window:
    return Window.ending(local_date(timezone.now()), int(days))


def _linked(figure: Figure, touchpoint: Touchpoint, days: str) -> Figure:
    """The figure with the ways to its rows and its making."""
    asked = urlencode({"metric": figure.metric.code, "period": days, "touchpoint": touchpoint.pk})
    rows, making = (f"{reverse(page)}?{asked}" for page in ("insights-rows", "insights-making"))
    return replace(figure, href=rows, making_href=making)


def _stops(person: Person, days: str) -> list[tuple[Stage, list[Stop]]]:
    """Stages in order with their touchpoints. Five queries, whatever the journey's length."""
    least = reads.minimum_n()
    figures = reads.figures(person, METRICS["csat"], _window(days), "touchpoint", least=least)
    cases: Any = Case.objects.visible_to(person).filter(is_open=True, touchpoint__isnull=False).order_by()
    waiting = dict(cases.values_list("touchpoint").annotate(n=Count("pk")))
    points = Touchpoint.objects.select_related("stage").filter(Q(is_imported=False) | Q(pk__in=figures))
    proposed = in_the_journey()
    nothing = reads.figure_of(METRICS["csat"], Counts(), least)
    stops = [
        Stop(
            point,
            _linked(figures.get(point.pk, nothing), point, days),
            waiting.get(point.pk, 0),
            tuple(proposed.get(point.pk, ())),
        )
        for point in points
    ]
    return [(stage, list(group)) for stage, group in groupby(stops, key=lambda stop: stop.touchpoint.stage)]


@signed_in(Ability.SEE_INSIGHTS)
def journey(request: StaffRequest) -> HttpResponse:
    sentence = Sentence.from_query("%(period)s", request.GET, Choice("period", _("when"), PERIODS))
    stages = _stops(request.user, sentence["period"])
    stops = [stop for _stage, group in stages for stop in group]
    context = {
        "sentence": sentence,
        "stages": stages,
        "measured": sum(stop.figure.is_measured for stop in stops),
        "total": len(stops),
        "definition": METRICS["csat"].definition,
        "emotions": [EMOTIONS[name] for name in FOUR],
        "lane": [(stop.touchpoint, stop.ideas[:LANE], len(stop.ideas)) for stop in stops if stop.ideas],
        "felt": _felt(request.user, sentence["period"], stops),
    }
    return render(request, "journey/journey.html", context)


def _felt(person: Person, days: str, stops: list[Stop]) -> list[tuple[Any, str, list[Shown]]]:
    """(touchpoint, its address, the share of comments with each emotion), those with comments alone. One query."""
    found, least = felt_by_touchpoint(person, _window(days)), reads.minimum_n()
    names: dict[int | None, Any] = {stop.touchpoint.pk: stop.touchpoint for stop in stops} | {
        None: _("the whole experience")
    }
    rows = []
    for pk, name in names.items():
        if pk in found:
            asked = {"touchpoint": pk or NONE, "period": days}
            shares = [_share(emotion, each, least, asked) for emotion, each in found[pk].shares.items()]
            rows.append((name, f"{reverse('comments')}?{urlencode(asked)}", shares))
    return rows


def _share(emotion: str, share: Estimate, least: int, asked: dict[str, Any]) -> Shown:
    address = f"{reverse('comments')}?{urlencode(asked | {'emotion': emotion})}" if share.value else ""
    return Shown(Measure(EMOTIONS[emotion], "percent", counted="comments"), share, least, href=address)


def _trend(person: Person, point: Touchpoint, least: int) -> reads.Trend:
    """The last twelve months, by week where enough people answer every week, else by month. At most two queries."""
    window, metric = Window.ending(local_date(timezone.now()), TREND_DAYS), METRICS["csat"]
    weekly = reads.trend(person, metric, window, "week", least=least, touchpoint=point)
    if sum(row.counts.n for row in weekly.points) >= ANSWERS_A_WEEK * len(weekly.points):
        return weekly
    return reads.trend(person, metric, window, "month", least=least, touchpoint=point)


@signed_in(Ability.SEE_INSIGHTS)
def touchpoint(request: StaffRequest, pk: int) -> HttpResponse:
    """One touchpoint: its standard, figures, trend, words, cards."""
    point = Touchpoint.objects.select_related("stage__journey").filter(pk=pk).first()
    if point is None:
        raise NotFound
    sentence = Sentence.from_query("%(period)s", request.GET, Choice("period", _("when"), PERIODS))
    days, least, person = sentence["period"], reads.minimum_n(), request.user
    window = _window(days)
    trend = _trend(person, point, least)
    cases: Any = Case.objects.visible_to(person).filter(is_open=True, touchpoint=point)
    asked = urlencode({"touchpoint": point.pk, "period": days})
    context = {
        "point": point,
        "sentence": sentence,
        "headlines": [
            (_linked(line.figure, point, days), change_of(line))
            for line in reads.headlines(person, window, least=least, touchpoint=point)
            if line.figure.is_measured or line.metric.code == "csat"
        ],
        "trend": trend,
        "trend_spec": trend_spec(trend) if trend.has_answers else None,
        "signals": signal_words(trend),
        "comments": reads.comments(person, window, touchpoint=point)[:COMMENTS],
        "cards": cards_for(point),
        "ideas": ideas_at(point)[:IDEAS],
        "cases": cases.select_related("owner")[:10],
        "insights_url": f"{reverse('insights')}?metric=csat&{asked}",
        "comments_url": f"{reverse('comments')}?{asked}",
    }
    return render(request, "journey/touchpoint.html", context)
