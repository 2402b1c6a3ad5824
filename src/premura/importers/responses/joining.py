"""Columns of a file as the questions of a survey that was brought before: by code, by number, or by their words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from premura.importers.neutral import LeftOut, Shape
from premura.importers.responses.choices import NO, Chosen, Reading, without
from premura.importers.responses.joined import split_joined
from premura.importers.surveys.carrying import fold
from premura.importers.table import ColumnPlan, Plan, Role
from premura.importers.table.dates import parse_moment
from premura.importers.table.numbers import parse_number, parse_rating
from premura.importers.table.profile import is_blank
from premura.loop.listen.definition import Definition, Given, Question, definition_from, read_answers

Key = Mapping[str, Any]
Columns = Mapping[str, ColumnPlan]
Read = Callable[[Sequence[str]], Any]


def join_survey(plan: Plan, shape: Shape, keys: Sequence[Key], draft: object) -> Reading | None:
    """The columns of a file as the questions of a survey that was brought before; ``None`` when they do not fit.

    At least half of the survey's questions must have their columns in the file.
    """
    definition = definition_from(draft)
    places = _places(plan, shape)
    chosen: list[Chosen] = []
    used: set[str] = set()
    for key in keys:
        question = definition.question(key["code"])
        columns = _columns_of(key, places)
        if question is not None and columns:
            read = _reader(question, key, columns, shape.joined)
            cells = tuple(column.index for column in columns.values())
            chosen.append(Chosen(question, read, next(iter(columns.values())).name, cells))
            used |= {column.name for column in columns.values()}
    if not chosen or len(chosen) * 2 < len(keys):
        return None
    # What else stands in the file is of the respondent, unless somebody said what it is
    spare = {c.name for c in plan.columns if not _is_apart(c, shape) and (c.why != "declared" or c.name in shape.roles)}
    dropped = [c.label or c.name for c in plan.columns if c.name in spare - used and c.filled]
    left = [LeftOut("left-columns", "", {"names": ", ".join(dropped)[:300]})] if dropped else []
    left.append(LeftOut("joined-survey", definition.title.get("it") or next(iter(definition.title.values()), ""),
                        {"count": len(chosen), "total": len(definition.questions)}))  # fmt: skip
    plan = _unasked(without(plan, spare | used), used)
    return Reading(plan, tuple(chosen), tuple(left), definition=definition, columns=tuple(used))


def _is_apart(column: ColumnPlan, shape: Shape) -> bool:
    """Whether it is a column of the program's own, and no question."""
    return shape.roles.get(column.name, Role.COMMENT) is not Role.COMMENT


def _unasked(plan: Plan, known: set[str]) -> Plan:
    """The plan without what it asks and says of columns that the survey knows."""
    notes = []
    for note in plan.notes:
        columns = note.values.get("columns")
        if note.code == "undecided-columns" and isinstance(columns, list):
            rest = [name for name in columns if name not in known]
            if rest:
                values = {"columns": rest, "names": ", ".join(rest[:12]), "first": rest[0]}
                notes.append(replace(note, values=values))
        elif note.column not in known:
            notes.append(note)
    questions = tuple(question for question in plan.questions if question.column not in known)
    return replace(plan, notes=tuple(notes), questions=questions)


def _places(plan: Plan, shape: Shape) -> dict[tuple[str, str], ColumnPlan]:
    """(question, row or option) → column, by name and by question text."""
    places: dict[tuple[str, str], ColumnPlan] = {}
    for column in plan.columns:
        if _is_apart(column, shape):
            continue
        if shape.split:
            question, sub = shape.split(column.name)
            places.setdefault((fold(question), fold(sub)), column)
        places.setdefault((fold(column.name), ""), column)
        if column.label:
            places.setdefault((fold(column.label), ""), column)
    return places


def _columns_of(key: Key, places: Mapping[tuple[str, str], ColumnPlan]) -> dict[str, ColumnPlan]:
    """Option, place or row → column; the empty string for a question with one column."""
    for name in map(fold, filter(None, (key["name"], key["alias"], *key.get("texts", ())))):
        if key["row"]:
            rows = [fold(row) for row in (key["row"], *key.get("row_texts", ()))]
            found = next((places[name, row] for row in rows if (name, row) in places), None)
            if found := found or places.get((name + rows[0], "")):
                return {"": found}
            continue
        if found := places.get((name, "")):
            return {"": found}
        if subs := _subs_of(key, name, places):
            return subs
    return {}


def _subs_of(key: Key, name: str, places: Mapping[tuple[str, str], ColumnPlan]) -> dict[str, ColumnPlan]:
    """A column for each option, by its code or its words; of a ranking by places a column for each place."""
    if key.get("by_place"):
        numbers = [str(n) for n in range(1, len(key["subs"]) + 1)]
        return {number: places[name, number] for number in numbers if (name, number) in places}
    found = {sub: places[name, fold(sub)] for sub in key["subs"] if (name, fold(sub)) in places}
    ours = {code: sub for sub, code in key["subs"].items()}
    by_words = {ours[code]: places[name, words] for words, code in key["options"].items()
                if (name, words) in places and code in ours}  # fmt: skip
    # «Other» is a code too: it alone says nothing of the others
    return by_words | found


def _reader(question: Question, key: Key, columns: Columns, sign: str) -> Read:
    if "" not in columns:
        if question.kind == "multiple":
            ticks = [(column.index, key["subs"][sub]) for sub, column in columns.items()]
            return lambda cells: [c for i, c in ticks if i < len(cells) and _is_ticked(cells[i])] or None
        if question.kind == "ranking":
            return _places_reader(key, columns) if key.get("by_place") else _ranks_reader(key, columns)
    column = columns[""] if "" in columns else next(iter(columns.values()))
    index, missing = column.index, column.missing
    one = Definition(title={}, languages=(), questions=(question,))

    def read(cells: Sequence[str]) -> Any:
        cell = cells[index].strip() if index < len(cells) else ""
        if not cell or is_blank(cell) or cell.lower() in missing:
            return None
        reading = read_answers(one, {question.code: _raw(question, key, cell, column, sign)})
        if reading.problems or not reading.answers:
            raise ValueError(cell)
        return _value_of(reading.answers[0])

    return read


def _raw(question: Question, key: Key, cell: str, column: ColumnPlan, sign: str) -> Any:
    """A cell as our own form would send it."""
    if options := key["options"]:
        said = split_joined(cell, sign, list(options)) if question.kind in ("multiple", "ranking") and sign else [cell]
        return [options.get(fold(word), word) for word in said]
    if question.scale and (mark := parse_rating(cell)) is not None and mark == int(mark):
        return int(mark)
    if question.kind == "number" and (number := parse_number(cell)) is not None:
        return number
    if question.kind == "date" and (moment := parse_moment(cell, day_first=column.day_first, serial=True)):
        return moment.day.isoformat()
    return cell


def _value_of(given: Given) -> Any:
    if given.score is not None:
        return given.score
    if given.number is not None:
        return Decimal(str(given.number))
    return date.fromisoformat(given.day) if given.day else list(given.choices) or given.text


def _places_reader(key: Key, columns: Columns) -> Read:
    """One column a place, in which stands what was put there."""
    ordered = [columns[place].index for place in sorted(columns, key=int)]
    options = key["options"]

    def read(cells: Sequence[str]) -> list[str] | None:
        said = [cells[i].strip() for i in ordered if i < len(cells) and not is_blank(cells[i])]
        codes = [options.get(fold(word), "") for word in said]
        if "" in codes or len(set(codes)) < len(codes):
            raise ValueError(", ".join(said))
        return codes or None

    return read


def _ranks_reader(key: Key, columns: Columns) -> Read:
    """One column an option, in which stands its place."""
    ranked = [(column.index, key["subs"][sub]) for sub, column in columns.items()]

    def read(cells: Sequence[str]) -> list[str] | None:
        said = [(cells[i].strip(), code) for i, code in ranked if i < len(cells) and not is_blank(cells[i])]
        placed = [(parse_number(place), code) for place, code in said]
        places = [place for place, _code in placed]
        if None in places or len(set(places)) < len(places):
            raise ValueError(", ".join(place for place, _code in said))
        return [code for _place, code in sorted(placed, key=lambda pair: pair[0] or 0)] or None

    return read


def _is_ticked(cell: str) -> bool:
    said = fold(cell)
    return bool(said) and said not in NO and not is_blank(said)
