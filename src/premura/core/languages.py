"""The languages in which customers are asked and written to, said once; staff pages speak ``settings.LANGUAGES``.

What customers read around a survey's own words has a catalogue in each of them (``tools/messages.py``).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, override, pgettext_lazy

Text = str | Promise


@dataclass(frozen=True)
class Language:
    """``own``: as those who speak it call it; ``name``: as the reader does, ``within`` a sentence where it differs."""

    code: str
    own: str
    name: Text
    within: Text
    direction: Literal["ltr", "rtl"] = "ltr"


SURVEY_LANGUAGES = (
    Language("it", "Italiano", gettext_lazy("Italian"), pgettext_lazy("the text in", "Italian")),
    Language("en", "English", gettext_lazy("English"), pgettext_lazy("the text in", "English")),
    Language("de", "Deutsch", gettext_lazy("German"), pgettext_lazy("the text in", "German")),
    Language("fr", "Français", gettext_lazy("French"), pgettext_lazy("the text in", "French")),
    Language("es", "Español", gettext_lazy("Spanish"), pgettext_lazy("the text in", "Spanish")),
)
CODES = tuple(one.code for one in SURVEY_LANGUAGES)
#: Code and name, for a field to choose from
CHOICES = [(one.code, one.name) for one in SURVEY_LANGUAGES]
_BY_CODE = {one.code: one for one in SURVEY_LANGUAGES}


def language(code: str) -> Language:
    """The language; one that nobody is asked in is called by its code."""
    return _BY_CODE.get(code) or Language(code, code, code, code)


def language_name(code: str) -> str:
    """A language's name as the reader calls it; the code where there is none."""
    return str(language(code).name)


def language_said(words: str) -> str:
    """The language that a cell of a file means, by code or by any of its names; empty where it means none of ours.

    >>> language_said("de-AT"), language_said("Tedesco"), language_said("English"), language_said("Klingon")
    ('de', 'de', 'en', '')
    """
    said = words.strip().casefold()
    return _names().get(said) or _names().get(said.replace("_", "-").partition("-")[0], "")


@cache
def _names() -> Mapping[str, str]:
    found = {name: one.code for one in SURVEY_LANGUAGES for name in (one.code, one.own.casefold())}
    for reader in ("it", "en"):
        with override(reader):
            found |= {str(one.name).casefold(): one.code for one in SURVEY_LANGUAGES}
    return found
