"""Every sentence of the table reader, in Italian and English: what happened, why, and what to do now.

The sentences stand in ``sentences.toml``; numbers and days take the form of the language. No Django: they are also said
where there is no installation.
"""

from __future__ import annotations

import string
import tomllib
from collections.abc import Mapping
from datetime import date
from importlib.resources import files
from typing import Any

LANGUAGES = ("it", "en")
_MONTHS: Mapping[str, tuple[str, ...]] = {
    "it": (
        "gennaio",
        "febbraio",
        "marzo",
        "aprile",
        "maggio",
        "giugno",
        "luglio",
        "agosto",
        "settembre",
        "ottobre",
        "novembre",
        "dicembre",
    ),
    "en": (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
}

SENTENCES: Mapping[str, Mapping[str, str]] = tomllib.loads(
    files("premura.importers.table").joinpath("sentences.toml").read_text(encoding="utf-8")
)


class Writer(string.Formatter):
    """Fills a sentence: ``{n:riga|righe}`` is the number with its word, ``{n:=riga|righe}`` the word alone."""

    def __init__(self, lang: str) -> None:
        self.lang = lang

    def format_field(self, value: Any, format_spec: str) -> str:
        shown = written(value, self.lang)
        if "|" not in format_spec:
            return shown
        one, many = format_spec.removeprefix("=").split("|", 1)
        word = one if value == 1 else many
        return word if format_spec.startswith("=") else f"{shown} {word}"


def written(value: object, lang: str) -> str:
    """A value in the form of the language: 2.264 and 4,5 in Italian, 2,264 and 4.5 in English; days in words.

    >>> written(2264, "it"), written(4.5, "it"), written(date(2015, 6, 9), "en")
    ('2.264', '4,5', '9 June 2015')
    """
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int):
        grouped = f"{value:,}"
        return grouped.replace(",", ".") if lang == "it" else grouped
    if isinstance(value, float):
        return f"{value:g}".replace(".", ",") if lang == "it" else f"{value:g}"
    if isinstance(value, date):
        month = _MONTHS[lang][value.month - 1]
        day = "1º" if lang == "it" and value.day == 1 else str(value.day)
        return f"{day} {month} {value.year}"
    return str(value)


def say(code: str, lang: str, values: Mapping[str, object]) -> str:
    """The sentence of ``code`` in ``lang`` (``it`` or ``en``), filled with ``values``.

    >>> say("header-only", "en", {"name": "a.csv"}).partition(". ")[0]
    '“a.csv” has only a header: there are no rows under it'
    """
    filled = dict(values)
    if "day_first" in filled:
        filled["order"] = SENTENCES["day" if filled["day_first"] else "month"][lang]
    since = filled.get("since")
    filled["iso"] = since.isoformat() if isinstance(since, date) else ""
    sentence = Writer(lang).vformat(SENTENCES[code][lang], (), filled)
    # A sentence may begin with a word that came in as a value.
    return sentence[:1].upper() + sentence[1:] if sentence.endswith(".") else sentence
