"""Numbers in words: methods, sources, changes and signals, as a shop owner reads them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Protocol

from babel.dates import format_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from premura.entrypoints.web.wording import locale, number
from premura.loop.understand.metrics import Counts, Metric
from premura.loop.understand.reads import Headline
from premura.stats import ControlChart
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

    @property
    def interval(self) -> str:
        """«from −2 to +14», in the points that the change is said in."""
        low, high = self.difference.low, self.difference.high
        if low is None or high is None:
            return ""
        unit, factor = ("points", 100) if self.unit == "percent" else (self.unit, 1)
        ends = {name: number(factor * end, unit, signed=True) for name, end in (("low", low), ("high", high))}
        return _("from %(low)s to %(high)s") % ends


def change_of(line: Headline) -> Change | None:
    """The change against the window before, unless either has too few answers to speak of one."""
    if not line.is_comparable:
        return None
    return Change(line.change.effect, line.change.p, line.metric.unit, line.metric.direction > 0)


def page_of(metric: Metric) -> str:
    """The page of the documentation on this metric."""
    return f"docs/methods/{PAGES.get(metric.code, metric.code)}.md"


def period_name(day: date, step: str) -> str:
    """«9–15 marzo 2026», «marzo 2026», «1º trimestre 2026»."""
    if step == "month":
        return _dated(day, "LLLL y")
    if step == "quarter":
        return _dated(day, "QQQQ y")
    last = day + timedelta(days=6)
    if day.month == last.month:
        return f"{day.day}–{_dated(last, 'd MMMM y')}"
    return f"{_dated(day, 'd MMMM')} – {_dated(last, 'd MMMM y')}"


def full_date(day: date) -> str:
    """«9 marzo 2026»."""
    return _dated(day, "d MMMM y")


def _dated(day: date, pattern: str) -> str:
    return format_date(day, pattern, locale=locale())


@dataclass(frozen=True)
class Run:
    """A signal and those of the same rule and side that follow it without a break: one thing, said once."""

    rule: str
    side: int
    first: int
    last: int


class Trended(Protocol):
    """What has points through time, of a metric or of a reading, with the limits of their everyday variation."""

    @property
    def metric(self) -> Any: ...
    @property
    def step(self) -> str: ...
    @property
    def points(self) -> Sequence[Any]: ...
    @property
    def chart(self) -> ControlChart | None: ...
    @property
    def charted(self) -> Sequence[int]: ...


def signal_runs(trend: Trended) -> list[Run]:
    """The signals of a trend, neighbours put together, the latest first."""
    runs: list[Run] = []
    signals = trend.chart.signals if trend.chart else ()
    for signal in sorted(signals, key=lambda signal: (signal.rule, signal.side, signal.index)):
        last = runs[-1] if runs else None
        if last and (last.rule, last.side, last.last + 1) == (signal.rule, signal.side, signal.index):
            runs[-1] = replace(last, last=signal.index)
        else:
            runs.append(Run(signal.rule, signal.side, signal.index, signal.index))
    return sorted(runs, key=lambda run: -run.last)


def signal_words(trend: Trended) -> list[str]:
    """What fired, when, on which side."""
    return [_run_words(trend, run) for run in signal_runs(trend)]


def _run_words(trend: Trended, run: Run) -> str:
    first, last = (period_name(trend.points[trend.charted[i]].day, trend.step) for i in (run.first, run.last))
    when = first if run.first == run.last else _("from %(first)s to %(last)s") % {"first": first, "last": last}
    above = {
        "beyond_limit": _("%(when)s: above the upper limit"),
        "eight_on_one_side": _("%(when)s: eight or more in a row above the mean"),
        "three_of_four_near_limit": _("%(when)s: close to the upper limit three times out of four"),
        "moving_range_beyond_limit": _("%(when)s: a jump up out of the ordinary"),
    }
    below = {
        "beyond_limit": _("%(when)s: below the lower limit"),
        "eight_on_one_side": _("%(when)s: eight or more in a row below the mean"),
        "three_of_four_near_limit": _("%(when)s: close to the lower limit three times out of four"),
        "moving_range_beyond_limit": _("%(when)s: a jump down out of the ordinary"),
    }
    return (above if run.side > 0 else below)[run.rule] % {"when": when}


def short_signal(rule: str) -> str:
    """The signal as it stands beside its point."""
    return {
        "beyond_limit": _("beyond the limit"),
        "eight_on_one_side": _("eight on one side"),
        "three_of_four_near_limit": _("close to the limit"),
        "moving_range_beyond_limit": _("a jump"),
    }[rule]
