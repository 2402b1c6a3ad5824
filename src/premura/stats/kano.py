"""Kano's method: does a feature delight, is it wanted more or less, or is it a must?

In: answers to the functional ("if it is there") and the dysfunctional question ("if it is missing"). Out: one letter
per respondent, and per feature the coefficients better and worse. Standard: Kano et al. 1984, evaluation table after
Berger et al., Center for Quality of Management Journal 2 (1993) 3-36.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias, cast

import numpy as np

from premura.stats.estimate import Estimate, StatsError, around
from premura.stats.inputs import array, weight
from premura.stats.scores import top_box

Letter: TypeAlias = Literal["A", "O", "M", "I", "R", "Q"]

#: Rows: functional, columns: dysfunctional answer; 1 I like it, 2 I expect it, 3 indifferent, 4 I can live with it,
#: 5 I dislike it.
TABLE: tuple[str, ...] = (
    "QAAAO",
    "RIIIM",
    "RIIIM",
    "RIIIM",
    "RRRRQ",
)
#: On equal counts the letter that stands first wins: a must that is overlooked costs most.
PRIORITY: tuple[Letter, ...] = ("M", "O", "A", "I", "R", "Q")
#: Above this share of Q the questions were probably not understood.
QUESTIONABLE_FROM = 0.05


@dataclass(frozen=True, slots=True)
class KanoSummary:
    """One feature.

    `better` (0…1) says how much having it raises satisfaction, `worse` (-1…0) how much lacking it lowers it; both
    without a value when nobody answered A, O, M or I. `mode` is the most frequent letter, `tied` whether the tie rule
    had to decide. `questionable` is true above 5 % of Q answers, whose share is `questionable_share`. `n` counts all
    letters.
    """

    better: Estimate
    worse: Estimate
    mode: Letter | None
    tied: bool
    questionable: bool
    questionable_share: Estimate
    n: int | float


def kano(functional: Any, dysfunctional: Any) -> tuple[Letter | None, ...]:
    """One letter per respondent from the 25-cell table; `None` where one of the two answers is missing (NaN).

    Both arguments are flat, of equal length, with answers 1 like, 2 expect, 3 indifferent, 4 tolerate, 5 dislike.
    A attractive, O one-dimensional, M must-be, I indifferent, R reverse, Q questionable (the answers contradict).
    Errors: `StatsError` with `wrong_shape`, `outside_scale`, `not_a_number`, `not_finite`.

    >>> kano([1, 1, 2, 1], [5, 3, 5, 1])
    ('O', 'A', 'M', 'Q')
    """
    f = array(functional, "functional answers", dimensions=1)
    d = array(dysfunctional, "dysfunctional answers", dimensions=1)
    if len(f) != len(d):
        raise StatsError("wrong_shape", f"There are {len(f)} functional but {len(d)} dysfunctional answers.")
    both = np.concatenate([f, d])
    known = both[~np.isnan(both)]
    if not np.isin(known, (1, 2, 3, 4, 5)).all():
        raise StatsError("outside_scale", "Kano answers are whole numbers from 1 (like) to 5 (dislike).")
    return tuple(_letter(a, b) for a, b in zip(f.tolist(), d.tolist(), strict=True))


def kano_summary(counts: Mapping[str, float], *, confidence: float = 0.95) -> KanoSummary:
    """Coefficients and category of one feature from the counts of its letters; letters may be left out.

    What is counted under `None` (`kano` gives it where an answer is missing) is left out.

    Formula: better = (A + O) / (A + O + M + I), worse = -(O + M) / (A + O + M + I); R and Q are not in the denominator.
    Intervals: Wilson (mirrored for worse), with n = A + O + M + I. Mode: the most frequent of the six letters; on equal
    counts M before O before A before I before R before Q. Published tables often give shares instead of counts: numbers
    that are not whole are taken as such, and give coefficients without interval (method `shares-no-interval`).

    Source: Berger et al. 1993 (coefficients, tie rule). Errors: `StatsError` with `unknown_letter`, and those of
    weights.

    >>> s = kano_summary({"A": 70, "O": 323, "M": 493, "I": 95, "R": 3, "Q": 15})
    >>> round(s.better.value, 4), round(s.worse.value, 4), s.mode
    (0.4006, -0.8318, 'M')
    >>> s = kano_summary({"A": 7, "O": 32.3, "M": 49.3, "I": 9.5})
    >>> round(s.better.value, 4), s.better.low
    (0.4006, None)
    """
    if not isinstance(counts, Mapping):
        raise StatsError("wrong_shape", "The counts must map each letter to its number.")
    # What `kano` gives where an answer is missing, when its letters are counted as they are
    unknown = set(counts) - {*PRIORITY, None}
    if unknown:
        raise StatsError("unknown_letter", f"{sorted(map(str, unknown))} are no Kano letters; they are A O M I R Q.")
    number = {letter: weight(counts.get(letter, 0), f"count of {letter}") for letter in PRIORITY}
    n, told = math.fsum(number.values()), number["A"] + number["O"] + number["M"] + number["I"]
    top = max(number.values())
    leaders = [letter for letter in PRIORITY if number[letter] == top and n]
    questionable = _share(number["Q"], n, number, confidence)
    return KanoSummary(
        _share(number["A"] + number["O"], told, number, confidence),
        _mirrored(_share(number["O"] + number["M"], told, number, confidence)),
        leaders[0] if leaders else None,
        len(leaders) > 1,
        questionable.value is not None and questionable.value > QUESTIONABLE_FROM,
        questionable,
        int(n) if n.is_integer() else n,
    )


def _share(hits: float, total: float, number: Mapping[Letter, float], confidence: float) -> Estimate:
    """A share of counted answers with its interval; of published shares the value alone."""
    if all(value.is_integer() for value in number.values()):
        return top_box(int(hits), int(total), confidence=confidence)
    return Estimate(hits / total if total else None, None, None, total, "shares-no-interval")


def _letter(functional: float, dysfunctional: float) -> Letter | None:
    if functional != functional or dysfunctional != dysfunctional:  # NaN
        return None
    return cast("Letter", TABLE[int(functional) - 1][int(dysfunctional) - 1])


def _mirrored(share: Estimate) -> Estimate:
    if share.value is None:
        return share
    # 0.0 - x, so that a share of zero does not become a minus zero on the page.
    if share.low is None or share.high is None:
        return replace(share, value=0.0 - share.value)
    return around(0.0 - share.value, 0.0 - share.high, 0.0 - share.low, share.n, share.method)
