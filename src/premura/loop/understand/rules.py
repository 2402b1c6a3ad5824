"""Judgement of the stage, pure: when listening was not critical enough (row S34)."""

from dataclasses import dataclass
from typing import Literal

Warned = Literal["praise-only", "few-critical", "few-words", "straight", "repeated"]
#: Below this many responses a share says nothing, and nothing is warned of
ENOUGH = 10
PRAISE_ABOVE, CRITICAL_BELOW = 0.9, 5
WORDS_BELOW, STRAIGHT_ABOVE, REPEATED_ABOVE = 4, 0.2, 0.1


@dataclass(frozen=True)
class Listened:
    """One survey in one period: how many responses, with marks, nothing but praise, with a critical mark, with words;
    the median of the words; with all marks alike; with a comment that others wrote too.
    """

    responses: int
    marked: int
    praise: int
    critical: int
    with_words: int
    median_words: int
    straight: int
    repeated: int


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
    return found
