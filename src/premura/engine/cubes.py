"""Cells from facts, and how a window of days is cut into what the cube answers and what the facts must."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal

from premura.engine.compiling import FACTS, cube_sql
from premura.engine.definitions import CUBE_COLUMNS, CUBE_DIMENSIONS, CUBE_KEYS, CUBE_SUMS, LEVELS, Level, disjoint
from premura.engine.embedded import Embedded, files_sql
from premura.engine.questions import CountQuestion, Measure
from premura.engine.store import among, month_end, month_of

#: From this many days on whole months are read instead of their weeks, where the cube is finely divided.
LONG_DAYS = 183


def cells_of(
    paths: Sequence[Path], measures: Iterable[Measure], duck: Embedded, keys: Sequence[int] | None = None
) -> list[tuple[Any, ...]]:
    """The cells of these files, or of the responses ``keys`` in them, as rows of :data:`CUBE_COLUMNS`, days as text;
    without measures that fit no cell.
    """
    rows: list[tuple[Any, ...]] = []
    if not paths:
        return rows
    # Days as text, which every database reads; sums as plain integers, for Python makes those of 128 bits one by one
    kinds = {**dict.fromkeys(CUBE_SUMS, "::BIGINT"), **dict.fromkeys(("starts_on", "month_on", "week_on"), "::VARCHAR")}
    columns = ", ".join(f"{name}{kinds.get(name, '')}" for name in CUBE_COLUMNS)
    # In the order of the key, which fills a table fastest
    order = ", ".join(CUBE_KEYS)
    source = files_sql(paths) if keys is None else f"(SELECT * FROM {files_sql(paths)} WHERE {among(keys)})"
    for group in disjoint(measure for measure in measures if measure.fits_a_cube):
        sql = cube_sql(group, "duckdb").replace(f"FROM {FACTS} AS", f"FROM {source} AS", 1)
        rows += duck.rows(f"SELECT {columns} FROM ({sql}) ORDER BY {order}")
    return rows


@dataclass(frozen=True)
class Piece:
    """Some days of a window, and where they are answered from."""

    source: Literal["months", "weeks", "facts"]
    first_day: date
    last_day: date


def is_cubed(question: CountQuestion, measures: Iterable[Measure]) -> bool:
    """Whether the cube knows everything that the question is about."""
    names = {*question.by, *(name for name in question.filters if question.values(name))}
    return names <= set(CUBE_DIMENSIONS) and all(measure.fits_a_cube for measure in measures)


def level_of(question: CountQuestion, *, weekly: bool) -> Level:
    """The coarsest level that tells apart what the question tells apart."""
    names = {*question.by, *(name for name in question.filters if question.values(name))}
    if question.locations is not None:
        names.add("location")
    wanted = (weekly, "touchpoint" in names, "location" in names)
    return next(level for level in LEVELS if (level.weekly, level.by_touchpoint, level.by_location) == wanted)


def pieces(question: CountQuestion, last_known: date | None) -> list[Piece]:
    """The window in as few pieces as possible: cells where whole weeks or months lie in it, facts at its edges.

    ``last_known`` is the day of the latest answer: a window that reaches up to it has no edge at its end.

    >>> asked = CountQuestion(("nps",), date(2026, 1, 30), date(2026, 3, 31), ("month",))
    >>> [(piece.source, piece.first_day.day, piece.last_day.day) for piece in pieces(asked, None)]
    [('facts', 30, 31), ('weeks', 1, 31)]
    """
    first, last = question.first_day, question.last_day
    if last_known is None or last >= last_known:
        last = max(last, month_end(month_of(last)))
    inner_first, inner_last = _next_start(first), _last_end(last)
    if inner_first > inner_last:
        return [Piece("facts", question.first_day, question.last_day)]
    found = []
    if first < inner_first:
        found.append(Piece("facts", first, inner_first - timedelta(days=1)))
    found += _cells(question, inner_first, inner_last)
    if inner_last < last:
        found.append(Piece("facts", inner_last + timedelta(days=1), question.last_day))
    return found


def _cells(question: CountQuestion, first: date, last: date) -> list[Piece]:
    whole_first = first if first.day == 1 else month_end(first) + timedelta(days=1)
    whole_last = last if last == month_end(last) else month_of(last) - timedelta(days=1)
    level = level_of(question, weekly=False)
    fine = level.by_touchpoint or level.by_location
    if "week" in (*question.by, *question.filters) or not fine or (whole_last - whole_first).days < LONG_DAYS:
        return [Piece("weeks", first, last)]
    found = [Piece("weeks", first, whole_first - timedelta(days=1))] if first < whole_first else []
    found.append(Piece("months", whole_first, whole_last))
    if whole_last < last:
        found.append(Piece("weeks", whole_last + timedelta(days=1), last))
    return found


def _next_start(day: date) -> date:
    """The first Monday or first of a month that is not before ``day``."""
    monday = day + timedelta(days=-day.weekday() % 7)
    return day if day.day == 1 else min(monday, month_end(day) + timedelta(days=1))


def _last_end(day: date) -> date:
    """The latest Sunday or end of a month that is not after ``day``."""
    sunday = day - timedelta(days=(day.weekday() + 1) % 7)
    return day if day == month_end(day) else max(sunday, month_of(day) - timedelta(days=1))
