"""Phrases as one writes them: the notation of the rules for dates and vague time.

It is that of regular expressions, with two things shorter: a space stands for any white space, and «(a|b)» keeps
nothing. What is to be kept has a name: «(?P<day>…)».
"""

from __future__ import annotations

import re
from functools import lru_cache

_BRACKET = re.compile(r"(?<!\\)\((?!\?)")


@lru_cache(maxsize=1024)
def phrase(pattern: str) -> re.Pattern[str]:
    r"""The phrase as a regular expression.

    >>> bool(phrase("(by|before) next week").fullmatch("by  next\nweek"))
    True
    """
    return re.compile(_BRACKET.sub("(?:", pattern).replace(" ", r"\s+"))


@lru_cache(maxsize=1024)
def whole_words(*rows: str) -> re.Pattern[str]:
    """Any of the rows, from the beginning of a word to the end of one.

    >>> [match.group() for match in whole_words("al più presto", "presto|subito").finditer("subito, al più presto")]
    ['subito', 'al più presto']
    """
    return phrase(rf"(?<!\w)({'|'.join(rows)})(?!\w)")
