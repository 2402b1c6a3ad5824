"""The catalogue of metrics: each declared once, a function of mergeable counts, always with interval, *n* and method.

A later stage, a page, the API and an effectiveness check all take a metric from here, so that the same name never
means two numbers. The arithmetic is that of ``premura.stats``; ``docs/methods`` explains it to the reader.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from premura.stats.effects import BeforeAfter, before_after
from premura.stats.estimate import Estimate
from premura.stats.scores import mean, nps, top_box

Unit = Literal["points", "percent", "mean"]
StatsKind = Literal["nps", "share", "mean"]
Text = str | Promise

NPS_SCALE, CSAT_SCALE, CES_SCALE = "0-10", "1-5", "1-7"


class Counts(dict[int, int]):
    """How many answers gave each score. Adds up over parts of the data, whatever the parts.

    >>> Counts({9: 2, 10: 1}) + Counts({10: 4})
    {9: 2, 10: 5}
    """

    def __add__(self, other: Mapping[int, int]) -> "Counts":
        return Counts({score: self.get(score, 0) + other.get(score, 0) for score in sorted({*self, *other})})

    @property
    def n(self) -> int:
        """All answers."""
        return sum(self.values())

    def between(self, low: int, high: int) -> int:
        """Answers from ``low`` to ``high``, both included."""
        return sum(count for score, count in self.items() if low <= score <= high)

    @classmethod
    def read(cls, data: Mapping[str, int]) -> "Counts":
        """From JSON, whose keys are text.

        >>> Counts.read({"5": 3}).n
        3
        """
        return cls({int(score): count for score, count in data.items()})

    def written(self) -> dict[str, int]:
        """As JSON keeps it."""
        return {str(score): count for score, count in sorted(self.items())}


def total(parts: Iterable[Counts]) -> Counts:
    """All ``parts`` added up."""
    result = Counts()
    for part in parts:
        result = result + part
    return result


@dataclass(frozen=True)
class Group:
    """One class of answers, e.g. promoters: the scores from ``low`` to ``high``. ``tone`` is bad, neutral or good."""

    code: str
    name: Text
    low: int
    high: int
    tone: Literal["bad", "neutral", "good"]


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A figure that is asked for by name.

    ``unit`` is how people read it: points, percent, or points of the scale (mean). ``estimate`` answers in the unit of
    ``premura.stats`` (a share is 0…1); ``factor`` turns that into the unit that people read.
    ``scale`` is the only scale counted unless another is asked for; ``choices`` maps the options of a single-choice
    question to scores for metrics that are not asked with numbers; ``direction`` is 1 where more is better.
    """

    code: str
    name: Text
    definition: Text
    denominator: Text
    formula: Text
    unit: Unit
    kinds: tuple[str, ...]
    scale: str
    groups: tuple[Group, ...]
    question: str = ""
    choices: Mapping[str, int] = field(default_factory=dict)
    direction: int = 1

    @property
    def stats_kind(self) -> StatsKind:
        kinds: dict[str, StatsKind] = {"points": "nps", "percent": "share", "mean": "mean"}
        return kinds[self.unit]

    @property
    def factor(self) -> int:
        return 100 if self.unit == "percent" else 1

    @property
    def hits(self) -> tuple[Group, ...]:
        """The classes that count for the figure."""
        return tuple(group for group in self.groups if group.tone == "good")

    def share(self, counts: Counts) -> tuple[int, int]:
        """Hits and all answers."""
        return sum(counts.between(group.low, group.high) for group in self.hits), counts.n

    def classes(self, counts: Counts) -> tuple[int, int, int]:
        """Good, neutral, bad answers (promoters, passives, detractors)."""
        tones = {"good": 0, "neutral": 0, "bad": 0}
        for group in self.groups:
            tones[group.tone] += counts.between(group.low, group.high)
        return tones["good"], tones["neutral"], tones["bad"]

    def estimate(self, counts: Counts, scale: str = "") -> Estimate:
        """The figure of ``counts`` with its interval; without answers an estimate without value."""
        if self.unit == "points":
            return nps(*self.classes(counts))
        if self.unit == "percent":
            return top_box(*self.share(counts))
        return mean(counts, scale=ends_of(scale or self.scale))

    def compare(self, before: Counts, after: Counts, minimum_n: int) -> BeforeAfter:
        """``after`` minus ``before`` with interval and verdict, in the unit of ``estimate``."""
        shapes: dict[str, Callable[[Counts], object]] = {"nps": self.classes, "share": self.share, "mean": dict}
        shape = shapes[self.stats_kind]
        return before_after(
            shape(before),  # type: ignore[arg-type]
            shape(after),  # type: ignore[arg-type]
            kind=self.stats_kind,
            higher_is_better=self.direction > 0,
            minimum_n=minimum_n,
        )


def ends_of(scale: str) -> tuple[int, int]:
    """The ends of a scale.

    >>> ends_of("0-10")
    (0, 10)
    """
    low, _dash, high = scale.partition("-")
    return int(low), int(high)


@dataclass(frozen=True)
class Figure:
    """A metric's estimate as a page shows it: never without interval, *n* and the way to its making.

    ``scale`` are the ends of the scale that a mean lies on.
    """

    metric: Metric
    estimate: Estimate
    minimum_n: int
    href: str = ""
    making_href: str = ""
    scale: tuple[int, int] | None = None

    @property
    def is_enough(self) -> bool:
        """Whether there are enough answers to read the figure in ink; below it is grey."""
        return self.estimate.n >= self.minimum_n

    @property
    def is_measured(self) -> bool:
        return self.estimate.value is not None

    def shown(self, value: float | None) -> float | None:
        """``value`` of the estimate in the unit that people read."""
        return None if value is None else value * self.metric.factor


_NPS_GROUPS = (
    Group("detractors", _("detractors"), 0, 6, "bad"),
    Group("passives", _("passives"), 7, 8, "neutral"),
    Group("promoters", _("promoters"), 9, 10, "good"),
)
_CSAT_GROUPS = (
    Group("dissatisfied", _("dissatisfied"), 1, 2, "bad"),
    Group("neutral", _("neither satisfied nor dissatisfied"), 3, 3, "neutral"),
    Group("satisfied", _("satisfied"), 4, 5, "good"),
)
_CES_GROUPS = (
    Group("hard", _("hard"), 1, 3, "bad"),
    Group("undecided", _("undecided"), 4, 4, "neutral"),
    Group("easy", _("easy"), 5, 7, "good"),
)
_DELIGHT_GROUPS = (
    Group("below", _("below expectations"), -1, -1, "bad"),
    Group("as", _("as expected"), 0, 0, "neutral"),
    Group("above", _("above expectations"), 1, 1, "good"),
)

_STAY_GROUPS = (
    Group("leaving", _("mean to leave"), -1, -1, "bad"),
    Group("undecided", _("undecided"), 0, 0, "neutral"),
    Group("staying", _("mean to stay"), 1, 1, "good"),
)
# Not having told anybody is no blame: most people never do
_REFERRED_GROUPS = (
    Group("told_nobody", _("have recommended us to nobody"), -1, 0, "neutral"),
    Group("recommended", _("have recommended us"), 1, 1, "good"),
)
_SPEND_GROUPS = (
    Group("less", _("spend less than half with us"), -1, -1, "bad"),
    Group("half", _("spend about half with us"), 0, 0, "neutral"),
    Group("most", _("spend more than half with us"), 1, 1, "good"),
)

_BLANK = _("Blank and dismissed questions are not counted.")

METRICS: dict[str, Metric] = {
    metric.code: metric
    for metric in (
        Metric(
            code="nps",
            name=_("NPS"),
            definition=_(
                "How many more would recommend us (promoters, 9–10) than would not (detractors, 0–6), "
                "per hundred answers. From −100 to 100."
            ),
            denominator=_("All answers to the question of recommending, passives (7–8) included."),
            formula=_("100 × (promoters − detractors) ÷ answers"),
            unit="points",
            kinds=("nps",),
            scale=NPS_SCALE,
            groups=_NPS_GROUPS,
        ),
        Metric(
            code="csat",
            name=_("CSAT"),
            definition=_("How many are satisfied: the share of answers 4 or 5 out of 5."),
            denominator=_("All answers from 1 to 5 to questions of satisfaction."),
            formula=_("answers 4 or 5 ÷ answers"),
            unit="percent",
            kinds=("csat",),
            scale=CSAT_SCALE,
            groups=_CSAT_GROUPS,
        ),
        Metric(
            code="csat_mean",
            name=_("CSAT, mean"),
            definition=_("The mean of the answers from 1 (very dissatisfied) to 5 (very satisfied)."),
            denominator=_("All answers from 1 to 5 to questions of satisfaction."),
            formula=_("sum of the scores ÷ answers"),
            unit="mean",
            kinds=("csat",),
            scale=CSAT_SCALE,
            groups=_CSAT_GROUPS,
        ),
        Metric(
            code="ces",
            name=_("CES"),
            definition=_("How many found it easy: the share of answers 5, 6 or 7 out of 7."),
            denominator=_("All answers from 1 to 7 to questions of effort, 7 being the easiest."),
            formula=_("answers 5, 6 or 7 ÷ answers"),
            unit="percent",
            kinds=("ces",),
            scale=CES_SCALE,
            groups=_CES_GROUPS,
        ),
        Metric(
            code="ces_mean",
            name=_("CES, mean"),
            definition=_("The mean of the answers from 1 (very hard) to 7 (very easy)."),
            denominator=_("All answers from 1 to 7 to questions of effort, 7 being the easiest."),
            formula=_("sum of the scores ÷ answers"),
            unit="mean",
            kinds=("ces",),
            scale=CES_SCALE,
            groups=_CES_GROUPS,
        ),
        Metric(
            code="delight",
            name=_("Above expectations"),
            definition=_("How many were surprised for the better: the share of answers «above my expectations»."),
            denominator=_("All answers to the question whether expectations were met."),
            formula=_("answers «above» ÷ answers"),
            unit="percent",
            kinds=("single",),
            scale="",
            groups=_DELIGHT_GROUPS,
            question="expectation",
            choices={"below": -1, "as": 0, "above": 1},
        ),
        Metric(
            code="stay",
            name=_("Mean to stay"),
            definition=_("How many mean to be customers still in a year: the share of answers «yes»."),
            denominator=_("All answers yes, perhaps or no to the question whether they mean to stay."),
            formula=_("answers «yes» ÷ answers"),
            unit="percent",
            kinds=("single",),
            scale="",
            groups=_STAY_GROUPS,
            question="stay",
            choices={"no": -1, "perhaps": 0, "yes": 1},
        ),
        Metric(
            code="referred",
            name=_("Have recommended us"),
            definition=_(
                "How many say that they have recommended us to somebody: what they did, not what they would do."
            ),
            denominator=_("All answers yes or no to the question whether they have recommended us."),
            formula=_("answers «yes» ÷ answers"),
            unit="percent",
            kinds=("yesno",),
            scale="",
            groups=_REFERRED_GROUPS,
            question="referred",
            choices={"no": -1, "yes": 1},
        ),
        Metric(
            code="spend",
            name=_("Spend more than half with us"),
            definition=_(
                "Share of spend, as customers say it: how many spend with us more than half of what they spend on "
                "products and services like ours. What they spend with others is known to them alone."
            ),
            denominator=_("All answers more than half, about half or less than half to the question of spend."),
            formula=_("answers «more than half» ÷ answers"),
            unit="percent",
            kinds=("single",),
            scale="",
            groups=_SPEND_GROUPS,
            question="spend",
            choices={"less": -1, "half": 0, "most": 1},
        ),
    )
}
#: The figures that head the page, in this order.
HEADLINES = ("nps", "csat", "ces", "delight")
BLANK_NOTE = _BLANK
