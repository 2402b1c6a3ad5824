"""Small grammars inside a question: the ends of a scale, the pattern of a line of text. Linear in what is read."""

import re
from functools import lru_cache

_SCALE = re.compile(r"(\d{1,4})-(\d{1,4})", re.ASCII)
_EMAIL = re.compile(r"[^\s@<>\"(),;:]{1,64}@[^\s@<>\"(),;:.]{1,63}(?:\.[^\s@<>\"(),;:.]{1,63}){1,8}")
_PHONE = re.compile(r"\+?[0-9][0-9 ()./-]{4,30}", re.ASCII)
NAMED_PATTERNS = ("email", "phone")
_SIGNS = {"A": "[A-Za-z]", "0": "[0-9]", "*": "[A-Za-z0-9]"}


@lru_cache(maxsize=256)
def ends_of(scale: str) -> tuple[int, int] | None:
    """The two ends of a scale; ``None`` where it is none.

    >>> ends_of("0-10"), ends_of("ten")
    ((0, 10), None)
    """
    match = _SCALE.fullmatch(scale)
    return (int(match[1]), int(match[2])) if match and int(match[1]) < int(match[2]) else None


def is_pattern(pattern: str) -> bool:
    """A name that we know, or a mask of at most 40 signs with a letter or digit to fill in."""
    return pattern in NAMED_PATTERNS or (len(pattern) <= 40 and any(sign in pattern for sign in _SIGNS))


@lru_cache(maxsize=256)
def expression_of(pattern: str) -> str:
    """The same as a regular expression that browsers and Python read alike; empty for the named ones.

    >>> expression_of("AA000AA")
    '[A-Za-z][A-Za-z][0-9][0-9][0-9][A-Za-z][A-Za-z]'
    """
    if pattern in NAMED_PATTERNS:
        return ""
    return "".join(_SIGNS.get(sign) or (sign if sign.isalnum() or sign == " " else f"\\{sign}") for sign in pattern)


def fits(pattern: str, text: str) -> bool:
    """Whether ``text`` is written as ``pattern`` asks.

    >>> fits("AA000AA", "AB123CD"), fits("email", "anna@example.it"), fits("phone", "ciao")
    (True, True, False)
    """
    if pattern == "email":
        return bool(_EMAIL.fullmatch(text))
    if pattern == "phone":
        return bool(_PHONE.fullmatch(text))
    return bool(re.fullmatch(expression_of(pattern), text))
