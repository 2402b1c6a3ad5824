"""How good the readings are: figures on comments that were never trained on, with bootstrap intervals.

What is measured is the whole way, `understand_all` from text to reading, not the heads alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from data import Example

from premura.text import Reading
from premura.text.heads import ASPECTS, FOUR, SENTIMENTS, SHADES, SIGNALS

_DRAWS = 300
Judged = list[tuple[Example, Reading]]


@dataclass(frozen=True)
class Figure:
    """A score between 0 and 1, its 95 % interval from redrawing groups of comments, and how many it rests on."""

    name: str
    value: float
    low: float
    high: float
    n: int


def truth_of(example: Example, group: str, labels: Sequence[str]) -> str | None:
    """The label of a group that is known to be true, or None."""
    return next((label for label in labels if example.known.get(f"{group}:{label}")), None)


def polarity(judged: Judged) -> tuple[float, int]:
    """Accuracy of praise against blame among comments that are one of the two."""
    pairs = [(truth_of(e, "sentiment", SENTIMENTS), r.sentiment.score) for e, r in judged]
    right = [(t == "positive") == (score > 0) for t, score in pairs if t in {"positive", "negative"}]
    return (float(np.mean(right)) if right else np.nan), len(right)


def three_classes(judged: Judged) -> tuple[float, int]:
    pairs = [(t, r.sentiment.label) for e, r in judged if (t := truth_of(e, "sentiment", SENTIMENTS))]
    return macro_f1(pairs, SENTIMENTS), len(pairs)


def four_of(reading: Reading) -> str:
    """The strongest emotion as one of the four, by the stated map; «none» where there is none."""
    for emotion in reading.emotions:
        name = emotion.label if emotion.label in FOUR else SHADES.get(emotion.label)
        if name:
            return name
    return "none"


def four_emotions(judged: Judged) -> tuple[float, int]:
    pairs = [(t, four_of(r)) for e, r in judged if (t := truth_of(e, "four", FOUR)) and t != "none"]
    return macro_f1(pairs, FOUR[:-1]), len(pairs)


def macro_f1(pairs: Sequence[tuple[str, str]], labels: Sequence[str]) -> float:
    return float(np.mean([f1(sum(t == p == label for t, p in pairs), sum(p == label for _, p in pairs),
                             sum(t == label for t, _ in pairs)) for label in labels]))  # fmt: skip


def f1(both: int, said: int, true: int) -> float:
    return 2 * both / (said + true) if said + true else 0.0


def aspects(judged: Judged, names: Sequence[str] = ASPECTS) -> tuple[float, int]:
    """Micro-F1 over aspects that are known to be there or not."""
    both = said = true = n = 0
    for example, reading in judged:
        found = {a.aspect for a in reading.aspects}
        known = {name: example.known[f"aspect:{name}"] for name in names if f"aspect:{name}" in example.known}
        both += sum(known[name] and name in found for name in known)
        said += sum(name in found for name in known)
        true += sum(known.values())
        n += bool(known)
    return f1(both, said, true), n


def signal(name: str) -> Callable[[Judged], tuple[float, int]]:
    def measure(judged: Judged) -> tuple[float, int]:
        pairs = [
            (e.known[f"signal:{name}"], r.signals[name].p >= 0.5) for e, r in judged if f"signal:{name}" in e.known
        ]
        return f1(sum(t and p for t, p in pairs), sum(p for _, p in pairs), sum(t for t, _ in pairs)), sum(
            t for t, _ in pairs
        )

    return measure


MEASURES: dict[str, Callable[[Judged], tuple[float, int]]] = {
    "polarity, accuracy": polarity,
    "three-class sentiment, macro-F1": three_classes,
    "four emotions, macro-F1": four_emotions,
    "aspects, micro-F1": aspects,
    **{f"signal {name}, F1": signal(name) for name in SIGNALS},
}


def figures(judged: Judged, names: Iterable[str] = MEASURES) -> list[Figure]:
    """The measures of these names with their intervals; comments of one group are drawn together."""
    groups: dict[str, Judged] = {}
    for pair in judged:
        groups.setdefault(pair[0].group, []).append(pair)
    drawn = sorted(groups)
    random = np.random.default_rng(1)
    draws = [
        [p for k in random.integers(0, len(drawn), len(drawn)) for p in groups[drawn[k]]]
        for _ in range(_DRAWS if len(drawn) else 0)
    ]
    result = []
    for name in names:
        value, n = MEASURES[name](judged)
        if n:
            low, high = np.nanquantile([MEASURES[name](draw)[0] for draw in draws], [0.025, 0.975])
            result.append(Figure(name, value, float(low), float(high), n))
    return result


def reliability(pairs: Sequence[tuple[float, int]], bins: int = 10) -> list[tuple[float, float, int]]:
    """(mean probability said, share that was true, n) for each tenth."""
    result = []
    for k in range(bins):
        inside = [(p, t) for p, t in pairs if k / bins <= p < (k + 1) / bins or (k == bins - 1 and p == 1)]
        if inside:
            result.append((float(np.mean([p for p, _ in inside])), float(np.mean([t for _, t in inside])), len(inside)))
    return result


def said_and_true(judged: Judged) -> dict[str, list[tuple[float, int]]]:
    """For the reliability diagram: what was said with which probability, and whether it was so."""
    found: dict[str, list[tuple[float, int]]] = {"sentiment": [], "aspects": [], "signals": []}
    for example, reading in judged:
        truth = truth_of(example, "sentiment", SENTIMENTS)
        if truth and reading.sentiment.label in SENTIMENTS:
            found["sentiment"].append((reading.sentiment.p, int(truth == reading.sentiment.label)))
        for aspect in reading.aspects:
            if f"aspect:{aspect.aspect}" in example.known:
                found["aspects"].append((aspect.p, example.known[f"aspect:{aspect.aspect}"]))
        for name, each in reading.signals.items():
            if f"signal:{name}" in example.known:
                found["signals"].append((each.p, example.known[f"signal:{name}"]))
    return found
