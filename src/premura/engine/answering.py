"""From a question to counts: its shape and values, the engine that answers each piece, the rows put together."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from operator import ne
from pathlib import Path
from typing import Any

from premura.engine.compiling import Dialect, cells_sql, facts_sql
from premura.engine.cubes import Piece, is_cubed, level_of, pieces
from premura.engine.definitions import Filter, Shape, identity_of
from premura.engine.facts import DIMENSIONS, type_of
from premura.engine.questions import NO_SCORE, NONE, CountQuestion, Histograms, Measure, in_order, merged
from premura.engine.store import FactStore, Manifest

Rows = Sequence[tuple[Any, ...]]
#: Runs a statement on the transactional database, with named values.
Run = Callable[[str, Mapping[str, object]], Rows]
#: Counts on files: shape, values, the files' list and the paths that matter.
CountFacts = Callable[[Shape, Mapping[str, object], Manifest, Sequence[Path]], Rows]
_SCALE = re.compile(r"-?\d{1,4}-\d{1,4}", re.ASCII)


class NotAsked(ValueError):
    """The question names something that the facts do not have."""


class Uneven(Exception):
    """A histogram of the cube does not add up to its answers: some score lies outside its scale."""


@dataclass(frozen=True)
class Asked:
    """A question ready to be put: its measures, its shape, the values for the placeholders."""

    question: CountQuestion
    measures: Mapping[str, Measure]
    shape: Shape
    values: Mapping[str, object]

    @classmethod
    def of(cls, question: CountQuestion, catalogue: Mapping[str, Measure]) -> "Asked | None":
        """``None`` where nothing can match: the places asked for are none that the person may see.

        :class:`NotAsked` for a metric, a breakdown or a filter that does not exist, or a scale that is none.
        """
        unknown = [name for name in (*question.by, *question.filters) if name not in DIMENSIONS]
        unknown += [code for code in question.metrics if code not in catalogue]
        if unknown or not question.metrics:
            raise NotAsked(", ".join(unknown) or "no metric")
        measures = {code: catalogue[code] for code in question.metrics}
        if scales := question.values("scale"):
            measures = {code: _on_scale(measure, scales) for code, measure in measures.items()}
        made = shape_of(question, tuple(dict.fromkeys(measures.values())))
        return cls(question, measures, *made) if made else None

    def between(self, first_day: date, last_day: date) -> dict[str, object]:
        """The values for the placeholders of a statement about these days."""
        return {**self.values, "first_day": first_day, "last_day": last_day}

    def from_facts(self, rows: Rows) -> Histograms:
        """What the rows of ``counts_by_score`` say of each metric."""
        found: Histograms = {}
        width = len(self.question.by)
        readers = [_reader(name) for name in self.question.by]
        told: dict[tuple[Any, ...], list[tuple[str, int]]] = {}
        for row in rows:
            identity = row[width:-1]
            if identity not in told:
                told[identity] = self._scores_of(identity)
            if scores := told[identity]:
                key = tuple([read(value) for read, value in zip(readers, row, strict=False)])
                for code, score in scores:
                    histogram = found.setdefault((code, *key), {})
                    histogram[score] = histogram.get(score, 0) + int(row[-1])
        return in_order(found)

    def _scores_of(self, identity: tuple[Any, ...]) -> list[tuple[str, int]]:
        """To which metrics answers of this identity belong, and the score they give there."""
        told = dict(zip(identity_of(self.shape.measures), identity, strict=True))
        scores = {
            code: measure.score_of(
                told["kind"],
                # What the kind tells is no column of its own
                told.get("scale", measure.scale),
                told.get("question", measure.question),
                told.get("choice", ""),
                told["score"],
            )
            for code, measure in self.measures.items()
        }
        return [(code, score) for code, score in scores.items() if score is not None]

    def from_cells(self, rows: Rows) -> Histograms:
        """What the rows of ``cells_by_score`` say of each metric; :class:`Uneven` where they do not add up."""
        if not rows:
            return {}
        width = len(self.question.by)
        columns = list(zip(*rows, strict=True))
        measured, totals, bins = columns[width], columns[width + 1], list(zip(*columns[width + 2 :], strict=True))
        if type(totals[0]) is not int:  # what PostgreSQL adds up
            bins = [tuple(map(int, row)) for row in bins]
        if any(map(ne, map(sum, bins), totals)):
            raise Uneven
        named = zip(self.question.by, columns, strict=False)
        keys = list(zip(*(_told(name, column) for name, column in named), strict=True)) or [()] * len(rows)
        found: Histograms = {}
        for code, measure in self.measures.items():
            low, high = measure.ends
            scores, is_all = range(low, high + 1), measured.count(measure.code) == len(rows)
            for key, told, row in zip(keys, measured, bins, strict=True):
                if is_all or told == measure.code:
                    found[(code, *key)] = {score: n for score, n in zip(scores, row, strict=False) if n}
        return found


def _told(name: str, column: tuple[Any, ...]) -> list[Any]:
    """The values of a breakdown in the rows of cells as callers know them: few, each in many rows."""
    read = _reader(name, none=NONE)
    told = {value: read(value) for value in set(column)}
    return [told[value] for value in column]


def shape_of(question: CountQuestion, measures: tuple[Measure, ...]) -> tuple[Shape, dict[str, object]] | None:
    """The shape of a question and the values of its filters; ``None``: none of the places asked for may be seen."""
    seen = _seen_places(question)
    if seen == ():
        return None
    filters, values = _filters(question, seen)
    return Shape(measures, question.by, filters), values


@lru_cache(maxsize=64)
def _reader(name: str, none: object = None) -> Callable[[Any], Any]:
    """What makes of a value of this breakdown what callers know: a day, an id or ``None``, a text. SQLite knows days
    as text.
    """
    kind = type_of(DIMENSIONS[name])
    if kind == "date":
        return lambda value: date.fromisoformat(value) if isinstance(value, str) else value
    if kind == "int":
        return lambda value: None if value is None or value == none else int(value)
    return lambda value: value


def key_value(name: str, value: Any) -> Any:
    """The value of a breakdown as it was before it was written as JSON.

    >>> key_value("month", "2026-03-01")
    datetime.date(2026, 3, 1)
    """
    return _reader(name)(value)


def _on_scale(measure: Measure, scales: tuple[object, ...]) -> Measure:
    """The measure on another scale than its own, to read a question of an unusual one."""
    scale = str(scales[0])
    if len(scales) > 1 or not _SCALE.fullmatch(scale):
        raise NotAsked("scale")
    if measure.choices or measure.scale == scale:
        return measure
    return replace(measure, code=f"{measure.code}@{scale}", scale=scale)


def _seen_places(question: CountQuestion) -> tuple[object, ...] | None:
    """The locations to count, :data:`NONE` among them; ``None``: all; empty: nothing at all."""
    asked = question.values("location")
    if question.locations is None:
        return asked or None
    seen = {NONE, *question.locations}
    return tuple(sorted(seen & set(asked) if asked else seen, key=str))


def _filters(question: CountQuestion, seen: tuple[object, ...] | None) -> tuple[tuple[Filter, ...], dict[str, object]]:
    filters: list[Filter] = []
    values: dict[str, object] = {}
    names = {name for name in question.filters if question.values(name)} - {"scale", "location"}
    for name in sorted(names | ({"location"} if seen else set())):
        wanted = seen if name == "location" and seen else question.values(name)
        none: object = NO_SCORE if type_of(DIMENSIONS[name]) == "small" else NONE
        given = [value for value in wanted if value != none]
        with_none = len(given) < len(wanted)
        # Lists of 5, 6, 7 or 8 values share one statement: the last is said again
        size = 1 << (len(given) - 1).bit_length() if given else 0
        given += given[-1:] * (size - len(given))
        filters.append(Filter(name, size, with_none))
        values |= {f"{name}_{place}": value for place, value in enumerate(given)}
    return tuple(filters), values


def plain_values(values: Mapping[str, object], dialect: Dialect) -> dict[str, object]:
    """The values as the database keeps them: SQLite knows days as text."""
    if dialect != "sqlite":
        return dict(values)
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def count_rows(asked: Asked, run: Run, dialect: Dialect, source: str) -> Histograms:
    """Counted on the transactional database by the same definition; ``source`` is the SQL that stands for the facts."""
    sql = facts_sql(asked.shape, dialect, source)
    values = asked.between(asked.question.first_day, asked.question.last_day)
    return asked.from_facts(run(sql, plain_values(values, dialect)))


@dataclass(frozen=True)
class Engines:
    """What answers: the facts' store and who counts on it, and the database that holds the cells."""

    store: FactStore
    count_facts: CountFacts
    run: Run
    dialect: Dialect
    cells: str
    facts_name: str = "facts"

    def count(self, asked: Asked, manifest: Manifest) -> tuple[Histograms, str]:
        """The counts, and where from: the cube where the question's shape allows, the facts for the rest."""
        question = asked.question
        if is_cubed(question, asked.shape.measures) and not question.values("scale"):
            parts = pieces(question, manifest.last_day)
            try:
                found = merged(self._piece(asked, piece, manifest) for piece in parts)
            except Uneven:
                return self._from_facts(asked, question.first_day, question.last_day, manifest), self.facts_name
            return found, _named({piece.source for piece in parts}, self.facts_name)
        return self._from_facts(asked, question.first_day, question.last_day, manifest), self.facts_name

    def _piece(self, asked: Asked, piece: Piece, manifest: Manifest) -> Histograms:
        if piece.source == "facts":
            return self._from_facts(asked, piece.first_day, piece.last_day, manifest)
        level = level_of(asked.question, weekly=piece.source == "weeks")
        values = {**asked.between(piece.first_day, piece.last_day), "level": level.code}
        sql = cells_sql(asked.shape, self.dialect, self.cells, weekly=level.weekly)
        return asked.from_cells(self.run(sql, plain_values(values, self.dialect)))

    def _from_facts(self, asked: Asked, first_day: date, last_day: date, manifest: Manifest) -> Histograms:
        paths = self.store.paths(manifest, first_day, last_day)
        if not paths:
            return {}
        return asked.from_facts(self.count_facts(asked.shape, asked.between(first_day, last_day), manifest, paths))


def _named(sources: Iterable[str], facts_name: str) -> str:
    kinds = {facts_name if source == "facts" else "cube" for source in sources}
    return " and ".join(sorted(kinds, key=lambda kind: kind != "cube"))
