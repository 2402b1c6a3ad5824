"""What the reader of a table has to say: a refusal (nothing can be read), a note (read, but look here),
a rejection (this cell or row could not be taken) and a question (only the owner of the file can know).

Each carries a stable code and plain values; the sentence is written in the reader's language when it is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from premura.importers.table.sentences import say


class TableError(Exception):
    """The file cannot be read at all. ``code`` is stable; ``sentence(lang)`` says what happened and what to do."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = values

    def sentence(self, lang: str) -> str:
        return say(self.code, lang, self.values)

    def __str__(self) -> str:
        return self.sentence("en")


@dataclass(frozen=True)
class Note:
    """Something the reader of the figures must know about the file. ``values`` fill the sentence and travel to JSON."""

    code: str
    column: str | None = None
    values: Mapping[str, object] = field(default_factory=dict)

    def sentence(self, lang: str) -> str:
        return say(self.code, lang, {"column": self.column or "", **self.values})


@dataclass(frozen=True)
class Rejection:
    """One cell, or one whole row when ``column`` is None, that was not taken, and why."""

    line: int
    column: str | None
    value: str
    code: str
    values: Mapping[str, object] = field(default_factory=dict)

    def sentence(self, lang: str) -> str:
        return say(self.code, lang, {"column": self.column or "", "value": self.value, **self.values})


@dataclass(frozen=True)
class Choice:
    """One possible answer: what the person types, and the declaration that follows, as on the command line.

    ``option`` is ``map``, ``missing``, ``scale``, ``order`` or ``leave``; ``setting`` holds one declaration a line,
    such as ``Q5=nps``.
    """

    key: str
    option: str
    setting: str
    label_code: str
    values: Mapping[str, object] = field(default_factory=dict)

    def label(self, lang: str) -> str:
        return say(self.label_code, lang, self.values)


@dataclass(frozen=True)
class Question:
    """What the file alone cannot tell. Without an answer the reader goes on safely and says so in a note."""

    code: str
    column: str | None
    choices: tuple[Choice, ...]
    values: Mapping[str, object] = field(default_factory=dict)

    def sentence(self, lang: str) -> str:
        return say(self.code, lang, {"column": self.column or "", **self.values})
