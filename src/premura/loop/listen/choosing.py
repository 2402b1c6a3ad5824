"""Which instrument: from what is to be known, of how many people, to questionnaire, interview or focus group.

Pure. The rules are few and each gives its reason; whoever asks decides.
"""

from dataclasses import dataclass
from math import ceil
from typing import Literal

Purpose = Literal["measure", "compare", "understand", "explore"]
Instrument = Literal["questionnaire", "interview", "focus_group"]
PURPOSES: tuple[Purpose, ...] = ("measure", "compare", "understand", "explore")

# Below this a share says little more than the people themselves would, asked one by one
FEW = 15
# A group that talks needs at least this many who can come
GROUP = 6
# After about so many talks little new is heard (Guest, Bunce and Johnson 2006 found twelve)
TALKS = 12
_GROUPS = 2
_A_GROUP = 8
# 95 % of the normal curve, and the margin of a share that is asked for: ten points either way
_Z, _MARGIN = 1.96, 0.10


@dataclass(frozen=True)
class Aim:
    """What is to be known and of whom. ``is_delicate``: people would not say it before others."""

    purpose: Purpose
    population: int
    is_delicate: bool = False
    can_meet: bool = True


@dataclass(frozen=True)
class Advice:
    """``reasons``: codes, the weightiest first. ``people``: how many to hear. ``then``: what goes on from there."""

    instrument: Instrument
    reasons: tuple[str, ...]
    people: int
    then: Instrument


def advise(aim: Aim) -> Advice:
    """The instrument for ``aim``.

    >>> advise(Aim("measure", 1_000)).instrument
    'questionnaire'
    >>> advise(Aim("explore", 200, is_delicate=True)).reasons
    ('delicate', 'explore-alone')
    """
    if aim.purpose in {"measure", "compare"}:
        return _counting(aim)
    return _listening(aim)


def _counting(aim: Aim) -> Advice:
    if aim.population <= FEW:
        return Advice("interview", ("few", "no-share"), max(aim.population, 1), "questionnaire")
    reasons = ("count",) if aim.purpose == "measure" else ("count", "same-questions")
    if aim.is_delicate:
        reasons = (*reasons, "without-a-name")
    # Two things that are compared need that many each
    people = needed(aim.population) * (2 if aim.purpose == "compare" else 1)
    return Advice("questionnaire", reasons, min(people, aim.population), "interview")


def _listening(aim: Aim) -> Advice:
    own = "why" if aim.purpose == "understand" else "explore-alone"
    talks = max(min(TALKS, aim.population), 1)
    if aim.is_delicate:
        return Advice("interview", ("delicate", own), talks, "questionnaire")
    if aim.purpose == "understand":
        return Advice("interview", ("why",), talks, "questionnaire")
    if not aim.can_meet:
        return Advice("interview", ("cannot-meet", own), talks, "questionnaire")
    if aim.population < GROUP:
        return Advice("interview", ("too-few-to-meet", own), talks, "questionnaire")
    return Advice("focus_group", ("ideas", "hear-each-other"), min(_GROUPS * _A_GROUP, aim.population), "questionnaire")


def needed(population: int) -> int:
    """How many answers give a share within ten points either way (95 %), at worst, with the finite population counted.

    n₀ = z²·¼ / e²; n = n₀ / (1 + (n₀ − 1) / N). Cochran (1977), Sampling Techniques, § 4.4.

    >>> needed(1_000_000), needed(100), needed(1)
    (97, 50, 1)
    """
    infinite = _Z**2 * 0.25 / _MARGIN**2
    # Rounded before it is rounded up: what arithmetic leaves in the tenth decimal is no person
    return ceil(round(infinite / (1 + (infinite - 1) / max(population, 1)), 9))
