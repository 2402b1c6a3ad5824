"""Surveys, answers and reviews as plain values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from premura.importers.neutral.errors import say
from premura.importers.table.headers import Header
from premura.importers.table.roles import Role
from premura.importers.table.rows import RawRow, RowSource
from premura.importers.table.sniff import FileFormat


@dataclass(frozen=True)
class LeftOut:
    """Something that was not carried over, or not as it was: a stable code, where, and values for the sentence."""

    code: str
    where: str = ""
    values: Mapping[str, object] = field(default_factory=dict)

    def sentence(self, lang: str) -> str:
        values = {"where": self.where, **self.values}
        if str(values.get("why", "")).startswith("why-"):
            why = say(str(values["why"]), lang, {})
            values["why"] = why[:1].lower() + why[1:]
        return say(self.code, lang, values)

    def as_json(self) -> dict[str, object]:
        """As a report keeps it, so that it can be said in any reader's language later."""
        return {"code": self.code, "where": self.where, "values": dict(self.values)}


def say_left(kept: Mapping[str, Any], lang: str) -> str:
    """The sentence of a ``LeftOut`` that a report has kept."""
    return LeftOut(kept["code"], kept["where"], kept["values"]).sentence(lang)


@dataclass(frozen=True)
class Option:
    """One possible answer, or one row of a grid."""

    code: str
    text: Mapping[str, str]


@dataclass(frozen=True)
class Question:
    """One question of another system.

    ``kind`` is one of ``nps``, ``marks`` (``scale`` says which), ``single``, ``multiple``, ``yes_no``, ``text``,
    ``number``, ``date``, ``ranking``, or one of the grids ``grid_single``, ``grid_marks``, ``grid_text`` and
    ``grid_number`` (``rows`` are its rows). ``foreign`` is what its own system calls it; ``alias`` is another name
    under which its answers come.
    """

    code: str
    kind: str
    foreign: str
    text: Mapping[str, str]
    help: Mapping[str, str] = field(default_factory=dict)
    required: bool = False
    options: tuple[Option, ...] = ()
    rows: tuple[Option, ...] = ()
    scale: str = ""
    alias: str = ""


@dataclass(frozen=True)
class Survey:
    """A whole instrument of another system. ``id`` is its number there."""

    id: str
    title: Mapping[str, str]
    languages: tuple[str, ...]
    questions: tuple[Question, ...]
    intro: Mapping[str, str] = field(default_factory=dict)
    thanks: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Review:
    """A review that stands in public. Times are aware; ``replied_at`` is when the company's reply was last changed."""

    id: str
    stars: int
    text: str
    written_at: datetime
    author: str = ""
    language: str = ""
    place: str = ""
    reply: str = ""
    replied_at: datetime | None = None


@dataclass(frozen=True)
class Group:
    """Columns that are one question: ``columns`` are (column name, what is ticked there)."""

    name: str
    columns: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Shape:
    """How a system writes its answers: which columns are no questions, which belong together, what joins answers.

    ``roles`` is by column name; every other column is a question. ``joined`` separates several answers in one cell.
    ``cells`` of a grid or multiple question are named by ``split`` into (question, row or option).
    """

    roles: Mapping[str, Role]
    groups: tuple[Group, ...] = ()
    joined: str = ""
    split: Callable[[str], tuple[str, str]] | None = None


@dataclass
class Rows(RowSource):
    """Rows that a source has put right: unescaped, turned round, or made from something that was no table.

    ``make`` yields them anew each time, each with the line it stood on.
    """

    make: Callable[[], Iterator[RawRow]] = field(default=lambda: iter(()))

    def __iter__(self) -> Iterator[RawRow]:
        return self.make()


def rows_of(path: Path, make: Callable[[], Iterator[RawRow]]) -> Rows:
    """Rows that come from no text file of their own."""
    return Rows(path, FileFormat("text", "utf-8"), make=make)


@dataclass(frozen=True)
class Brought:
    """What a file holds. ``kind`` is ``survey``, ``responses``, ``reviews`` or ``purchases``.

    Answers come as a table: ``source``, ``header`` and ``shape``. An archive brings both a survey and answers.
    """

    kind: str
    survey: Survey | None = None
    source: RowSource | None = None
    header: Header | None = None
    shape: Shape | None = None
    reviews: tuple[Review, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
