"""Numbers as people write them: decimal comma or point, thousands separators, «4/5», «5 stelle», «★★★»."""

from __future__ import annotations

import re

_PLAIN = re.compile(r"^[+-]?\d+(?:\.\d+)?$")
_SPACES = str.maketrans("", "", " \u00a0\u202f'’_")
_OUT_OF = re.compile(r"^(\d+(?:[.,]\d+)?)\s*(?:/|su|out of)\s*(?:5|7|10)$", re.IGNORECASE)
_STARS_WORD = re.compile(r"^(\d+(?:[.,]\d+)?)\s*(?:stars?|stell[ae]|punt[io]|points?)$", re.IGNORECASE)
_LABELLED = re.compile(r"^(\d{1,2})\s*[-–—:=.)]\s*[^\W\d_].*$", re.DOTALL)
# SurveyMonkey names the ends of a recommendation before their number
_NAMED = re.compile(
    r"^(?:not at all likely|extremely likely|per niente probabile|estremamente probabile|molto probabile)"
    r"\s*[-–—]\s*(\d{1,2})$",
    re.IGNORECASE,
)
_ENGLISH = {"one": 1.0, "two": 2.0, "three": 3.0, "four": 4.0, "five": 5.0}
_YES = frozenset({"1", "1.0", "yes", "y", "true", "sì", "si", "si'", "s", "vero", "x"})
_NO = frozenset({"0", "0.0", "no", "n", "false", "falso"})


def parse_number(text: str) -> float | None:
    """The number written in ``text``, or None.

    A single comma or point is the decimal sign; when both occur the last one is; the same sign occurring twice or
    more groups thousands. Spaces, thin spaces and apostrophes group thousands.

    >>> parse_number("1.234,5"), parse_number("1,234.5"), parse_number("0,28"), parse_number("1'234"), parse_number("x")
    (1234.5, 1234.5, 0.28, 1234.0, None)
    """
    text = text.strip()
    if _PLAIN.match(text):
        return float(text)
    compact = text.translate(_SPACES).replace("−", "-")
    commas, points = compact.count(","), compact.count(".")
    if commas and points:
        decimal, group = (",", ".") if compact.rfind(",") > compact.rfind(".") else (".", ",")
        if compact.count(decimal) > 1:
            return None
        compact = compact.replace(group, "").replace(decimal, ".")
    elif commas > 1 or points > 1:
        if not re.fullmatch(r"[+-]?\d{1,3}(?:[.,]\d{3})+", compact):
            return None
        compact = compact.replace(",", "").replace(".", "")
    else:
        compact = compact.replace(",", ".")
    return float(compact) if _PLAIN.match(compact) else None


def parse_rating(text: str) -> float | None:
    """The mark in ``text``: a number, «8/10», «4 stelle», «5 - Molto soddisfatto», «★★★☆☆», «FIVE»; else None.

    >>> [parse_rating(t) for t in ("4,5", "8/10", "5 - Ottimo", "★★★☆☆", "FIVE", "2 camere", "ottimo")]
    [4.5, 8.0, 5.0, 3.0, 5.0, None, None]
    """
    number = parse_number(text)
    if number is not None:
        return number
    text = text.strip()
    if text and set(text) <= {"★", "☆"}:
        return float(text.count("★"))
    for pattern in (_OUT_OF, _STARS_WORD, _LABELLED, _NAMED):
        found = pattern.match(text)
        if found:
            return parse_number(found.group(1))
    return _ENGLISH.get(text.lower())


def parse_yes_no(text: str) -> bool | None:
    """True, False or None for yes and no in Italian, English and 1/0.

    >>> parse_yes_no("Sì"), parse_yes_no("0"), parse_yes_no("forse")
    (True, False, None)
    """
    folded = text.strip().lower()
    if folded in _YES:
        return True
    return False if folded in _NO else None


def plain(value: float) -> str:
    """A number without a needless decimal: ``4`` and ``4.5``.

    >>> plain(4.0), plain(4.5)
    ('4', '4.5')
    """
    return str(int(value)) if value == int(value) else repr(value)
