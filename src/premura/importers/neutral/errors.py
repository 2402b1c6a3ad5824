"""Refusals of the sources, said in the reader's language like those of the table reader."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.resources import files

from premura.importers.table.notes import TableError
from premura.importers.table.sentences import SENTENCES, Writer

_OWN: Mapping[str, Mapping[str, str]] = tomllib.loads(
    files("premura.importers.neutral").joinpath("sentences.toml").read_text(encoding="utf-8")
)


def say(code: str, lang: str, values: Mapping[str, object]) -> str:
    """The sentence of ``code``, from the sources' own sentences or the table reader's.

    >>> say("xml-entities", "en", {"name": "a.lss"})[:54]
    '“a.lss” declares XML entities or a document type, and '
    """
    sentence = _OWN[code][lang] if code in _OWN else SENTENCES[code][lang]
    said = Writer(lang).vformat(sentence, (), dict(values))
    return said[:1].upper() + said[1:]


class SourceError(TableError):
    """A file of a known system that cannot be read. ``code`` is stable; ``sentence(lang)`` says what to do."""

    def sentence(self, lang: str) -> str:
        return say(self.code, lang, self.values)
