"""Scores of whatever kind, counted by what they are alike in: no metric, no cube, one pass over the facts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from premura.engine.answering import NotAsked, Rows, key_value, shape_of
from premura.engine.compiling import FACTS, Dialect, alike_sql, crossed_sql
from premura.engine.definitions import Shape
from premura.engine.facts import DIMENSIONS
from premura.engine.questions import CountQuestion


@dataclass(frozen=True)
class Tally:
    """A question ready to be put. With ``halves`` the two halves of a question are counted against one another."""

    question: CountQuestion
    shape: Shape
    values: dict[str, object]
    halves: tuple[str, str] | None

    @classmethod
    def of(cls, question: CountQuestion, halves: tuple[str, str] | None = None) -> "Tally | None":
        """``None`` where nothing can match: no day, or places of which the person may see none.

        :class:`NotAsked` for a breakdown or a filter that does not exist.
        """
        if unknown := [name for name in (*question.by, *question.filters) if name not in DIMENSIONS]:
            raise NotAsked(", ".join(unknown))
        made = shape_of(question, ())
        if made is None or question.first_day > question.last_day:
            return None
        shape, values = made
        return cls(question, shape, {**values, "first_day": question.first_day, "last_day": question.last_day}, halves)

    def sql(self, dialect: Dialect, source: str = FACTS) -> str:
        """The statement; ``source`` is the SQL that stands for the facts."""
        if self.halves:
            return crossed_sql(self.shape, self.halves, dialect, source)
        return alike_sql(self.shape, dialect, source)

    def told(self, rows: Rows) -> Iterator[tuple[Any, ...]]:
        """The rows as callers know them: the breakdown, then n and the day of the latest answer; with halves the
        breakdown, the two scores and n.
        """
        by, width = self.question.by, len(self.question.by)
        for row in rows:
            keys = [key_value(name, value) for name, value in zip(by, row, strict=False)]
            if self.halves:
                yield (*keys, *map(int, row[width:]))
            else:
                n, latest = row[width:]
                yield (*keys, int(n), date.fromisoformat(latest) if isinstance(latest, str) else latest)
