"""One side of an aspect, praise or blame, in words: how many, what it does to the score, and the quotes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from premura.core.staff.models import Person
from premura.entrypoints.web import wording
from premura.entrypoints.web.insights.sentence import Asked
from premura.entrypoints.web.insights.wording import Change
from premura.loop.understand.comment_sides import NEGATIVE, POSITIVE, Quote, Sides
from premura.loop.understand.metrics import Metric
from premura.loop.understand.word_drivers import word_drivers
from premura.stats import Estimate


@dataclass(frozen=True)
class SideShown:
    """``change`` is the difference to the score where there is enough to say one, ``doubt`` its interval and counts."""

    n: int
    felt: str
    change: Change | None
    doubt: str
    quotes: Sequence[Quote]
    href: str


def side_of(row: Sides, polarity: str, asked: Asked, least: int) -> SideShown:
    side = row.praise if polarity == POSITIVE else row.blame
    felt = _felt(side.felt, polarity) if side.felt else ""
    metric = asked.metric
    change = Change(side.effect.effect, side.p, metric.unit, metric.direction > 0) if side.effect else None
    href = asked.url("comments", aspect=row.aspect, polarity=polarity, metric=None, by=None, step=None)
    return SideShown(side.n, felt, change, _doubt(side, metric, least), side.quotes, href)


@dataclass(frozen=True)
class DriverShown:
    """One aspect and side: what a mention of it goes with, in points of the scale, beside all others."""

    words: str
    n: int
    change: Change
    interval: str
    percent: float
    href: str


def drivers_shown(person: Person, asked: Asked, least: int, names: Mapping[str, Any]) -> dict[str, Any]:
    """Which words move the score; nothing where too few say anything."""
    metric = asked.metric
    found = word_drivers(person, asked.window, metric, least, **asked.filters)
    sides = {POSITIVE: _("%s, praised"), NEGATIVE: _("%s, blamed")}
    rows = [
        DriverShown(
            sides[row.polarity] % names.get(row.aspect, row.aspect),
            row.n,
            Change(row.effect, row.p, "gap", metric.direction > 0),
            wording.interval_words(row.effect, "gap"),
            row.percent or 0.0,
            asked.url("comments", aspect=row.aspect, polarity=row.polarity, metric=None, by=None, step=None),
        )
        for row in found.rows
    ]
    return {"drivers": rows, "drivers_n": found.n, "explained": _explained_words(found.explained)}


def _explained_words(explained: Estimate | None) -> str:
    """«43% (30% to 55%)»; nothing where nothing is explained."""
    if explained is None or explained.value is None:
        return ""
    value, interval = wording.number(explained.value, "percent"), wording.interval_words(explained, "percent")
    return f"{value} ({interval})" if interval else value


def _felt(n: int, polarity: str) -> str:
    if polarity == POSITIVE:
        return _("%(n)s of them with joy") % {"n": n}
    return _("%(n)s of them with anger") % {"n": n}


def _doubt(side: Any, metric: Metric, least: int) -> str:
    if not metric.scale:
        return _("this figure is not asked with a scale")
    if side.effect is None:
        n = min(side.scored.n, side.others.n)
        return ngettext(
            "too few to compare: %(n)s response with a score, %(least)s needed",
            "too few to compare: %(n)s responses with a score, %(least)s needed",
            n,
        ) % {"n": n, "least": least}
    told = {
        "interval": wording.interval_words(side.effect.effect, metric.unit),
        "n": side.scored.n,
        "others": side.others.n,
    }
    return _("%(interval)s; %(n)s responses against %(others)s") % told
