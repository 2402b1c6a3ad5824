"""Numbers in words: methods, sources, changes and signals, as a shop owner reads them."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from babel.dates import format_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from premura.entrypoints.web.wording import locale
from premura.loop.understand.metrics import Counts, Metric
from premura.loop.understand.reads import Headline, Trend
from premura.stats.control_charts import Signal
from premura.stats.estimate import Estimate

#: method code of ``premura.stats`` → how the interval was made, in words, and where that is written
METHODS: dict[str, tuple[Any, str]] = {
    "adjusted-wald": (
        gettext_lazy(
            "Adjusted Wald: three more answers are added in thought, spread over the classes, so that a few people who "
            "agree are not taken for certainty."
        ),
        "J. Sauro, J. R. Lewis, Quantifying the User Experience, 2016",
    ),
    "wilson": (
        gettext_lazy("Wilson: the shares that would make what was counted not surprising; true with few answers too."),
        "E. B. Wilson, Journal of the American Statistical Association 22 (1927)",
    ),
    "t": (
        gettext_lazy("Student's t: from how far the answers lie apart and how many they are."),
        "Student, Biometrika 6 (1908)",
    ),
    "scale-bound": (
        gettext_lazy(
            "All answers are the same, so their spread is unknown: the interval is the most that people who have not "
            "answered could move the mean."
        ),
        "docs/methods",
    ),
}
#: metric code → page of the documentation
PAGES = {"nps": "nps", "csat": "csat", "csat_mean": "csat", "ces": "ces", "ces_mean": "ces", "delight": "csat"}


def method_words(method: str) -> Any:
    return METHODS[method][0] if method in METHODS else ""


def method_source(method: str) -> str:
    return METHODS[method][1] if method in METHODS else ""


def worked(metric: Metric, counts: Counts) -> str:
    """The formula with the numbers put in."""
    if not counts.n:
        return ""
    good, _neutral, bad = metric.classes(counts)
    if metric.unit == "points":
        return f"100 × ({good} − {bad}) ÷ {counts.n}"
    if metric.unit == "percent":
        return f"{metric.share(counts)[0]} ÷ {counts.n}"
    return f"{sum(score * n for score, n in counts.items())} ÷ {counts.n}"


@dataclass(frozen=True)
class Change:
    """A change as the ``delta`` component reads it; ``None`` of it is shown where there is too little to compare."""

    difference: Estimate
    p: float | None
    unit: str
    higher_is_better: bool


def change_of(line: Headline) -> Change | None:
    """The change against the window before, unless either has too few answers to speak of one."""
    if not line.is_comparable:
        return None
    return Change(line.change.effect, line.change.p, line.metric.unit, line.metric.direction > 0)


def page_of(metric: Metric) -> str:
    """The page of the documentation on this metric."""
    return f"docs/methods/{PAGES.get(metric.code, metric.code)}.md"


def period_name(day: date, step: str) -> str:
    """«9–15 marzo 2026», «marzo 2026»."""
    if step == "month":
        return _dated(day, "LLLL y")
    last = day + timedelta(days=6)
    if day.month == last.month:
        return f"{day.day}–{_dated(last, 'd MMMM y')}"
    return f"{_dated(day, 'd MMMM')} – {_dated(last, 'd MMMM y')}"


def _dated(day: date, pattern: str) -> str:
    return format_date(day, pattern, locale=locale())


def signal_words(trend: Trend, signal: Signal) -> str:
    """What fired, when, on which side."""
    day = trend.points[trend.charted[signal.index]].day
    when = period_name(day, trend.step)
    above = signal.side > 0
    if signal.rule == "beyond_limit":
        text = _("%(when)s: above the upper limit") if above else _("%(when)s: below the lower limit")
    elif signal.rule == "eight_on_one_side":
        text = _("%(when)s: eighth in a row above the mean") if above else _("%(when)s: eighth in a row below the mean")
    elif signal.rule == "three_of_four_near_limit":
        text = (
            _("%(when)s: three of four close to the upper limit")
            if above
            else _("%(when)s: three of four close to the lower limit")
        )
    else:
        text = _("%(when)s: a jump up out of the ordinary") if above else _("%(when)s: a jump down out of the ordinary")
    return text % {"when": when}


def short_signal(signal: Signal) -> str:
    """The signal as it stands beside its point."""
    return str(
        {
            "beyond_limit": _("beyond the limit"),
            "eight_on_one_side": _("eight on one side"),
            "three_of_four_near_limit": _("close to the limit"),
            "moving_range_beyond_limit": _("a jump"),
        }[signal.rule]
    )
