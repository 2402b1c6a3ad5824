"""What can be asked, and what is answered, in terms that know neither Django nor a database."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

#: As a filter on an id or a word: those that have none.
NONE = 0
#: The same as a filter on a score, where 0 is one.
NO_SCORE = "-"
#: The longest scale whose histogram fits the columns of a cube's cell.
BINS = 11


@dataclass(frozen=True)
class Measure:
    """Which answers a metric counts, and which score each gives.

    ``kinds`` of question on one ``scale``; or, with ``choices`` (option → score), the single-choice question
    ``question``. Two metrics that count the same answers share a measure.

    >>> Measure("nps", ("nps",), "0-10").ends
    (0, 10)
    >>> Measure("delight", ("single",), "", "expectation", (("below", -1), ("as", 0), ("above", 1))).ends
    (-1, 1)
    """

    code: str
    kinds: tuple[str, ...]
    scale: str
    question: str = ""
    choices: tuple[tuple[str, int], ...] = ()

    @property
    def ends(self) -> tuple[int, int]:
        """The lowest and highest score."""
        if self.choices:
            scores = [score for _option, score in self.choices]
            return min(scores), max(scores)
        low, _dash, high = self.scale.partition("-")
        return int(low), int(high)

    @property
    def fits_a_cube(self) -> bool:
        """Whether its histogram fits the columns of a cell."""
        low, high = self.ends
        return 0 <= high - low < BINS

    def score_of(self, kind: str, scale: str, question: str, choice: str, score: int | None) -> int | None:
        """The score that an answer with these properties gives to this measure; ``None``: it is not counted.

        >>> Measure("nps", ("nps",), "0-10").score_of("nps", "1-10", "q", "", 7) is None
        True
        """
        if kind not in self.kinds:
            return None
        if self.choices:
            return dict(self.choices).get(choice) if question == self.question else None
        return score if scale == self.scale else None


@dataclass(frozen=True)
class CountQuestion:
    """How many answers gave each score, from ``first_day`` to ``last_day`` (both included), for ``metrics``.

    ``by``         names of :data:`premura.engine.facts.DIMENSIONS`.
    ``filters``    such a name → a value, or several (any of them); :data:`NONE` on an id or a word, and
                   :data:`NO_SCORE` on a score, mean «has none».
    ``locations``  what the asking person may see: these and answers without a location; ``None``: everything.
    """

    metrics: tuple[str, ...]
    first_day: date
    last_day: date
    by: tuple[str, ...] = ()
    filters: Mapping[str, object] = field(default_factory=dict)
    locations: frozenset[int] | None = None

    def values(self, name: str) -> tuple[object, ...]:
        """The values asked for ``name``, each once and in order; empty where it is not filtered.

        >>> CountQuestion(("nps",), date(2026, 1, 1), date(2026, 1, 2), filters={"channel": {"qr"}}).values("channel")
        ('qr',)
        """
        value = self.filters.get(name)
        if value is None or value == "":
            return ()
        if isinstance(value, (set, frozenset, list, tuple)):
            return tuple(sorted(set(value), key=str))
        return (value,)


#: Score → answers, from the lowest score on.
Histogram = dict[int, int]
#: (metric, *values of the breakdown) → histogram.
Histograms = dict[tuple[object, ...], Histogram]


@dataclass(frozen=True)
class EngineAnswer:
    """Counts, and how far they can be relied on.

    ``counts``       (metric, *values of ``by``) → score → answers; groups without answers are absent.
    ``source``       ``"cube"``, ``"facts"``, ``"cube and facts"``, ``"cluster"`` or ``"kept"``.
    ``as_of``        every answer that was saved before this instant is counted.
    ``stale_since``  set when the engine that should have answered is away and these are the last good numbers.
    """

    counts: Mapping[tuple[object, ...], Mapping[int, int]]
    source: str
    as_of: datetime
    stale_since: datetime | None = None


def merged(parts: Iterable[Histograms]) -> Histograms:
    """Several counts added up, into the first.

    >>> merged([{("nps",): {9: 1}}, {("nps",): {9: 2, 3: 1}}])
    {('nps',): {3: 1, 9: 3}}
    """
    first, *several = list(parts) or [{}]
    for part in several:
        for key, histogram in part.items():
            into = first.setdefault(key, {})
            for score, n in histogram.items():
                into[score] = into.get(score, 0) + n
    return in_order(first) if several else first


def in_order(found: Histograms) -> Histograms:
    """The same, each histogram from its lowest score on.

    >>> in_order({("nps",): {9: 3, 3: 1}})
    {('nps',): {3: 1, 9: 3}}
    """
    return {key: dict(sorted(histogram.items())) for key, histogram in found.items()}
