"""Judgement of the stage, pure: when listening was not critical enough (row S34), when a theme rises (row S25)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

from premura.stats.compare import benjamini_hochberg, compare_shares
from premura.stats.estimate import Estimate

Warned = Literal["praise-only", "few-critical", "few-words", "straight", "repeated", "fast"]
#: Below this many responses a share says nothing, and nothing is warned of
ENOUGH = 10
PRAISE_ABOVE, CRITICAL_BELOW = 0.9, 5
WORDS_BELOW, STRAIGHT_ABOVE, REPEATED_ABOVE, FAST_ABOVE = 4, 0.2, 0.1, 0.1
#: Nobody reads a question and answers it in less
SECONDS_AN_ANSWER = 1
#: So many times must be known before their median says what is usual; less than this part of it is too fast
TIMES_FROM, FAST_PART = 30, 3


@dataclass(frozen=True)
class Listened:
    """One survey in one period: how many responses, with marks, nothing but praise, with a critical mark, with words;
    the median of the words; with all marks alike; with a comment that others wrote too; of how many the time to answer
    is known, its median in seconds (nothing where none is), and how many were too fast to have read.
    """

    responses: int
    marked: int
    praise: int
    critical: int
    with_words: int
    median_words: int
    straight: int
    repeated: int
    timed: int = 0
    median_seconds: float | None = None
    fast: int = 0

    @property
    def wordless(self) -> int:
        """How many hold no words, or none that say anything."""
        return self.responses - self.with_words


def is_fast(seconds: int | None, answers: int, usual: float | None) -> bool:
    """Whether ``answers`` answers in ``seconds`` are too fast to have been read: less than one second each, or less
    than a third of what is ``usual`` for the survey. What nobody measured is not fast.

    >>> is_fast(3, 4, None), is_fast(19, 4, 60.0), is_fast(20, 4, 60.0), is_fast(None, 4, 60.0)
    (True, True, False, False)
    """
    if seconds is None:
        return False
    return seconds < SECONDS_AN_ANSWER * answers or (usual is not None and FAST_PART * seconds < usual)


def usual_seconds(known: Sequence[int]) -> float | None:
    """The median of the times that are ``known``; nothing while they are too few.

    >>> usual_seconds([40] * 15 + [80] * 15), usual_seconds([40] * 29)
    (60.0, None)
    """
    return float(median(known)) if len(known) >= TIMES_FROM else None


def warnings_of(counts: Listened) -> list[Warned]:
    """What is striking about what was heard.

    >>> warnings_of(Listened(40, 40, 38, 0, 30, 2, 0, 0))
    ['praise-only', 'few-words']
    >>> warnings_of(Listened(9, 9, 9, 0, 0, 0, 0, 0))
    []
    """
    n = counts.responses
    if n < ENOUGH:
        return []
    found: list[Warned] = []
    if counts.marked and counts.praise > PRAISE_ABOVE * counts.marked and counts.critical < CRITICAL_BELOW:
        found.append("praise-only")
    if counts.with_words and counts.median_words < WORDS_BELOW:
        found.append("few-words")
    if counts.straight > STRAIGHT_ABOVE * n:
        found.append("straight")
    if counts.repeated > REPEATED_ABOVE * n:
        found.append("repeated")
    if counts.timed >= ENOUGH and counts.fast > FAST_ABOVE * counts.timed:
        found.append("fast")
    return found


#: Fewer comments than this are no news, however rare they were
NEWS_FROM = 5
SURE_ENOUGH = 0.05


@dataclass(frozen=True)
class Rise:
    """A theme in ``comments`` of so many, against ``comments_before`` of so many: the base rate. ``difference`` is of
    the two shares (0…1); ``p`` is corrected for all themes that were looked at.
    """

    comments: int
    of: int
    comments_before: int
    of_before: int
    difference: Estimate
    p: float


def rising(new: Mapping[int, int], of: int, before: Mapping[int, int], of_before: int, least: int) -> dict[int, Rise]:
    """Which themes came up in a larger share of the comments than before, beyond chance (Benjamini and Hochberg over
    all themes; interval of the difference above nothing). With fewer than ``least`` comments on a side none.

    >>> found = rising({1: 12, 2: 6}, 100, {1: 20, 2: 60}, 1000, 30)
    >>> list(found), found[1].comments, found[1].p < 0.001
    ([1], 12, True)
    >>> rising({1: 4}, 100, {}, 1000, 30), rising({1: 12}, 100, {1: 0}, 29, 30)
    ({}, {})
    """
    if min(of, of_before) < least:
        return {}
    themes = sorted({*new, *before})
    compared = [compare_shares(new.get(theme, 0), of, before.get(theme, 0), of_before) for theme in themes]
    corrected = benjamini_hochberg(each.p or 0.0 for each in compared) if compared else ()
    return {
        theme: Rise(new[theme], of, before.get(theme, 0), of_before, each.difference, p)
        for theme, each, p in zip(themes, compared, corrected, strict=True)
        if new.get(theme, 0) >= NEWS_FROM and (each.difference.low or 0) > 0 and p <= SURE_ENOUGH
    }
