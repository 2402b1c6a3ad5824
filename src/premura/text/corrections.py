"""What people corrected teaches a company's own head, which is used only where it is measurably better.

In: comments that people judged, with what they said. Out: an `OwnHead` of the kinds of judgement that it makes better on
comments it had not seen, and the comparison for each kind. Nothing of the shipped heads changes.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from premura.text.careful import QUICK, tier_digest
from premura.text.features import Vector
from premura.text.heads import ASPECTS, FOUR, OUTPUTS, SENTIMENTS, SHADES, SIGNALS
from premura.text.logistic import fit_shifts
from premura.text.own_head import OwnHead
from premura.text.reading import Context, Reading
from premura.text.tokens import clean
from premura.text.understanding import probabilities_of, understand_all

SENTIMENT, ASPECT, SIGNAL, EMOTION = KINDS = ("sentiment", "aspect", "signal", "emotion")
MIXED = "mixed"
YES, NO = "yes", "no"
#: Fewer judged comments, or fewer corrections of a kind, teach nothing that could be measured
FEWEST_COMMENTS, FEWEST_CORRECTIONS = 40, 10
#: Corrections of one output from which its own shift is learnt
_FEWEST_OF_ONE = 4
_FOLDS = 5
#: Strong: without many corrections the shipped heads stay as they are
_PENALTY, _BASE_PENALTY = 0.5, 10.0
_Z = 1.96
_NAMES: Mapping[str, tuple[str, ...]] = {
    ASPECT: ASPECTS,
    SIGNAL: SIGNALS,
    EMOTION: (*(name for name in FOUR if name != "none"), *SHADES),
}


@dataclass(frozen=True)
class Judged:
    """A comment that a person looked at, and what they said of it.

    `said`: «sentiment» → negative, neutral, positive, mixed; «aspect:price», «signal:urgent», «emotion:anger» → yes or no
    (a polarity counts as yes). What they did not say anything about they left as the machine had it, which counts as well.
    """

    text: str
    said: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Comparison:
    """One kind of judgement, by the shipped heads and by the company's own, on comments the own head had not seen.

    `shipped` and `own` are shares of right judgements among `n`, in `comments` comments of which people corrected
    `corrections` judgements; `difference` with its 95 % interval.
    """

    kind: str
    n: int
    comments: int
    corrections: int
    shipped: float
    own: float
    difference: float
    low: float
    high: float

    @property
    def is_better(self) -> bool:
        """Whether even the low end of the interval is above nothing."""
        return self.low > 0


@dataclass(frozen=True)
class Learnt:
    """`head` is None where nothing is measurably better; `why_not` says so where nothing could be compared at all."""

    head: OwnHead | None
    comparisons: tuple[Comparison, ...] = ()
    why_not: str = ""


def learn_corrections(judged: Iterable[Judged], *, context: Context | None = None, tier: str = QUICK) -> Learnt:
    """Learn from what people said, compare on what was not learnt from, and keep what is measurably better.

    `tier` is the one that will read with what is learnt. Give *all* comments that people looked at, also those they
    found right: with corrections alone nothing could be compared. Every output that was corrected gets a shift of its
    log-odds, logistic in the comment's place among comments
    and shrunk to nothing (`fit_shifts`). Compared by five folds; the same text is never on both sides. Interval:
    adjusted Wald for a paired difference (Agresti and Min, *Statistics in Medicine* 24, 2005: one more won, one more
    lost), with the variance between comments. Cost: every judged comment is read three times. Errors: none; what is said
    of things the heads do not know is left out.

    >>> learn_corrections([Judged("Buono", {"sentiment": "positive"})]).why_not
    'too-few-comments'
    """
    context = context or Context()
    kept = list({each.text: each for each in judged}.values())
    if len(kept) < FEWEST_COMMENTS:
        return Learnt(None, (), "too-few-comments")
    texts = [each.text for each in kept]
    shipped = list(understand_all(texts, context=_plain(context), tier=tier))
    truth = [_truth(each, reading) for each, reading in zip(kept, shipped, strict=True)]
    corrected = _corrections(truth, shipped)
    kinds = [kind for kind in KINDS if len(corrected[kind]) >= FEWEST_CORRECTIONS]
    if not kinds:
        return Learnt(None, (), "too-few-corrections")
    seen = _Seen(*probabilities_of(texts, tier=tier), truth, tier)
    own = _read_unseen(seen, shipped, texts, context, kinds)
    found = tuple(_compare(kind, truth, shipped, own, len(corrected[kind])) for kind in kinds)
    better = {each.kind for each in found if each.is_better}
    return Learnt(_fit(seen, range(len(texts)), better) if better else None, found)


def _plain(context: Context, head: OwnHead | None = None) -> Context:
    return Context(context.now, context.holidays, context.expected_language, (), head)


# What is true of a comment -------------------------------------------------------------------------------------------


def said_by(reading: Reading) -> dict[str, str]:
    """What a reading says of everything that can be judged."""
    aspects = {each.aspect for each in reading.aspects}
    emotions = {each.label for each in reading.emotions if each.p >= 0.5}
    found = {ASPECT: aspects, EMOTION: emotions, SIGNAL: {name for name, each in reading.signals.items() if each.span}}
    answers = {f"{kind}:{name}": YES if name in found[kind] else NO for kind, names in _NAMES.items() for name in names}
    return {SENTIMENT: reading.sentiment.label, **answers}


def _truth(judged: Judged, reading: Reading) -> dict[str, str]:
    """What people said, and what the machine said where they let it stand."""
    truth = said_by(reading)
    for name, value in judged.said.items():
        if name == SENTIMENT and value in {*SENTIMENTS, MIXED}:
            truth[name] = value
        elif name in truth and name != SENTIMENT:
            truth[name] = NO if value == NO else YES
    return truth


def _corrections(truth: Sequence[Mapping[str, str]], shipped: Sequence[Reading]) -> dict[str, list[str]]:
    """Kind → what was corrected, as often as it was."""
    found: dict[str, list[str]] = defaultdict(list)
    for true, reading in zip(truth, shipped, strict=True):
        for name, said in said_by(reading).items():
            if true[name] != said:
                found[name.split(":")[0]].append(name)
    return found


# Learning ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Seen:
    """Shipped probabilities and places of whole texts, and what is true of them."""

    p: Vector
    places: Vector
    truth: Sequence[Mapping[str, str]]
    tier: str

    def labels(self, output: str, at: Sequence[int]) -> NDArray[np.float64]:
        """1, 0 or (where it does not apply) NaN for these texts."""
        kind, name = output.split(":")
        if output == f"{SENTIMENT}:{MIXED}":
            return np.asarray([float(self.truth[i][SENTIMENT] == MIXED) for i in at])
        if kind == SENTIMENT:
            said = [self.truth[i][SENTIMENT] for i in at]
            return np.asarray([np.nan if each == MIXED else float(each == name) for each in said])
        key = f"{EMOTION}:{name}" if kind == "four" else output
        return np.asarray([float(self.truth[i][key] == YES) for i in at])

    def learnable(self, at: Sequence[int], kinds: Collection[str]) -> tuple[list[str], list[str]]:
        """Outputs that people corrected often enough: those of the group of sentiments, and those that stand alone."""
        group = [f"{SENTIMENT}:{label}" for label in SENTIMENTS] if SENTIMENT in kinds else []
        alone = [name for name in OUTPUTS if _kind_of(name) in kinds and name not in group and name != "four:none"]
        often = [
            name
            for name in alone
            if np.sum(self.labels(name, at) != (self.p[list(at), OUTPUTS.index(name)] >= 0.5)) >= _FEWEST_OF_ONE
        ]
        return group, often


def _kind_of(output: str) -> str:
    kind = output.split(":")[0]
    return EMOTION if kind == "four" else kind


def _fit(seen: _Seen, at: Sequence[int], kinds: Collection[str]) -> OwnHead:
    rows = np.asarray(at)
    X = seen.places[rows].astype(np.float64)
    weights, base = [np.zeros((X.shape[1], 0))], [np.zeros(0)]
    learnable = seen.learnable(at, kinds)
    for outputs, is_group in zip(learnable, (True, False), strict=True):
        if outputs:
            Y = np.stack([seen.labels(output, at) for output in outputs], axis=1)
            columns = np.asarray([OUTPUTS.index(output) for output in outputs])
            p = seen.p[rows][:, columns].astype(np.float64)
            p = np.clip(p, 1e-4, 1 - 1e-4)
            known = np.log(p) if is_group else np.log(p / (1 - p))
            found = fit_shifts(X, Y, known, is_group=is_group, penalty=_PENALTY, base_penalty=_BASE_PENALTY)
            weights.append(found[0])
            base.append(found[1])
    halves = np.concatenate(weights, axis=1).T.astype(np.float16).astype(np.float32)
    shifts = np.concatenate(base).round(4).astype(np.float32)
    return OwnHead((*learnable[0], *learnable[1]), halves, shifts, tier_digest(seen.tier))


def _read_unseen(
    seen: _Seen, shipped: Sequence[Reading], texts: Sequence[str], context: Context, kinds: Collection[str]
) -> list[Reading]:
    """Each text read with a head that learnt from the other folds."""
    folds = [int(hashlib.sha256(clean(text).lower().encode()).hexdigest(), 16) % _FOLDS for text in texts]
    result = list(shipped)
    for fold in sorted(set(folds)):
        outside = [i for i, own in enumerate(folds) if own == fold]
        head = _fit(seen, [i for i, own in enumerate(folds) if own != fold], kinds)
        found = understand_all([texts[i] for i in outside], context=_plain(context, head), tier=seen.tier)
        for i, reading in zip(outside, found, strict=True):
            result[i] = reading
    return result


def _compare(
    kind: str, truth: Sequence[Mapping[str, str]], shipped: Sequence[Reading], own: Sequence[Reading], corrections: int
) -> Comparison:
    """Every judgement that either of the two, or a person, says is there."""
    gains, counts, right_before, right_now = [], [], 0, 0
    for true, before, now in zip(truth, map(said_by, shipped), map(said_by, own), strict=True):
        names = [
            n for n in true if n.split(":")[0] == kind and (kind == SENTIMENT or YES in {true[n], before[n], now[n]})
        ]
        first, second = sum(before[n] == true[n] for n in names), sum(now[n] == true[n] for n in names)
        gains.append(second - first)
        counts.append(len(names))
        right_before, right_now = right_before + first, right_now + second
    n = sum(counts)
    gain, count = np.asarray([*gains, 1.0, -1.0]), np.asarray([*counts, 1.0, 1.0])
    middle = float(gain.sum() / count.sum())
    spread = float(np.sqrt(((gain - middle * count) ** 2).sum()) / count.sum())
    return Comparison(
        kind, n, sum(c > 0 for c in counts), corrections, right_before / n, right_now / n, (right_now - right_before) / n,
        middle - _Z * spread, middle + _Z * spread,
    )  # fmt: skip
