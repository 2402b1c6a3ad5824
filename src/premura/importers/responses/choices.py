"""Columns that are neither marks nor words: one of a few answers, or several ticked ones.

Which answers there are is known only when the whole column has been seen, so it is looked at once before writing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from premura.importers.neutral import LeftOut, Shape
from premura.importers.responses.joined import is_of_numbers, sign_of, split_joined, tokens_of
from premura.importers.surveys.carrying import fold
from premura.importers.table import ColumnPlan, Plan, Role
from premura.importers.table.numbers import parse_number
from premura.importers.table.plan import body
from premura.importers.table.profile import is_blank
from premura.loop.listen.definition import NUMBER_LIMIT, OPTIONS_LIMIT, Definition, Option, Question

_LOOKED_AT = 200_000
MOST_VALUES = 400
_YES = frozenset(
    {"y", "yes", "sì", "si", "1", "x", "true", "vero", "selected", "checked", "selezionato", "ja", "oui", "sí"}
)
NO = frozenset({"n", "no", "0", "false", "falso", "not selected", "unchecked", "non selezionato", "nein", "non"})


@dataclass
class Chosen:
    """One question read straight from the cells of a row. ``read`` gives option codes, words, a mark, a figure, a day
    or ``None``.

    A value that is no answer raises ``ValueError`` with what stood there. ``places`` are the cells that it looks at.
    """

    question: Question
    read: Callable[[Sequence[str]], Any]
    column: str
    places: tuple[int, ...]


@dataclass(frozen=True)
class Reading:
    """How the rest of a table is read: the plan without the columns that are read here, and what is to be said."""

    plan: Plan
    chosen: tuple[Chosen, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    joined: int | None = None
    definition: Definition | None = None
    columns: tuple[str, ...] = field(default=())


def without(plan: Plan, names: set[str]) -> Plan:
    """The plan in which these columns are not read as marks or words."""
    columns = tuple(replace(c, role=Role.IGNORE, rule=None) if c.name in names else c for c in plan.columns)
    return replace(plan, columns=columns)


def read_choices(plan: Plan, shape: Shape, *, is_known: bool) -> Reading:
    """What is to be read from the cells: what somebody declared a choice and, in a file of a known system, the rest."""
    declared = {column.name for column in plan.with_role(Role.CHOICE, Role.NUMBER)}
    grouped = {name for group in shape.groups for name, _ in group.columns}
    wanted = [c for c in plan.columns if c.name in declared or (is_known and _is_open(c, shape, grouped))]
    words = [c for c in plan.with_role(Role.COMMENT) if is_known and c not in wanted and _is_taken_for_words(c, shape)]
    if not wanted and not words:
        return Reading(plan)
    seen = _seen(plan, (*wanted, *words))
    # What was taken for words by its name may be several answers in one cell, or figures
    wanted += [c for c in words if is_figures(seen[c.name]) or _is_joined(seen[c.name], shape)]
    chosen: list[Chosen] = []
    left: list[LeftOut] = []
    done: set[str] = set()
    for group in shape.groups:
        columns = [(c, what) for c in wanted for name, what in group.columns if name == c.name]
        ticks = _ticks(columns, seen)
        if len(ticks) > 1:
            chosen.append(_ticked(group.name, ticks, seen))
            done |= {column.name for column, _ in ticks}
    alone = (Role.IGNORE, Role.CHOICE, Role.NUMBER)
    for column in wanted:
        if column.name not in done and (column.name not in grouped or column.role in alone):
            if one := _one(column, seen[column.name], shape, column.name in declared, left):
                chosen.append(one)
            done.add(column.name)
    taken = done | declared
    return Reading(without(plan, taken), tuple(chosen), tuple(left), columns=tuple(done))


def _is_open(column: ColumnPlan, shape: Shape, grouped: set[str]) -> bool:
    """A question of the file that the table reader has not taken, or one column of several that are one question."""
    if column.name in shape.roles or not column.filled:
        return False
    return column.name in grouped or (column.role is Role.IGNORE and column.why != "declared")


def _is_taken_for_words(column: ColumnPlan, shape: Shape) -> bool:
    """By its name or by its program; not by somebody who said so."""
    return bool(column.filled) and (column.why != "declared" or column.name in shape.roles)


def _seen(plan: Plan, wanted: Sequence[ColumnPlan]) -> dict[str, Counter[str]]:
    seen: dict[str, Counter[str]] = {column.name: Counter() for column in wanted}
    places = [(column.index, seen[column.name]) for column in wanted]
    for number, row in enumerate(body(plan.source, plan.header)):
        if number >= _LOOKED_AT:
            break
        width = len(row.cells)
        for index, counts in places:
            cell = row.cells[index].strip() if index < width else ""
            if cell and (cell in counts or len(counts) < MOST_VALUES) and not is_blank(cell):
                counts[cell] += 1
    return seen


def _ticks(columns: Sequence[tuple[ColumnPlan, str]], seen: Mapping[str, Counter[str]]) -> list[tuple[ColumnPlan, str]]:
    """The columns of a group that are ticked or not; one more may hold the words beside «Other». Else none are."""
    ticks = [(c, what) for c, what in columns if _is_tick(seen[c.name], what)]
    rest = [c for c, what in columns if (c, what) not in ticks]
    if not rest:
        return ticks
    numbered = [(c, what) for c, what in columns if _place(seen[c.name])]
    if len({_place(seen[c.name]) for c, _what in numbered}) == len(numbered) > len(ticks):
        # Each option with its own number: «1» in the first column, «2» in the second
        ticks, rest = numbered, [c for c, what in columns if (c, what) not in numbered]
    words = len(rest) == 1 and not any(parse_number(value) is not None for value in seen[rest[0].name])
    return ticks if words or not rest else []


def _place(values: Counter[str]) -> str:
    """The number of an option, where its column says nothing else."""
    only = next(iter(values)) if len(values) == 1 else ""
    return only if only.isascii() and only.isdigit() and len(only) < 4 else ""


def _is_tick(values: Counter[str], option: str) -> bool:
    said = {fold(value) for value in values}
    return said <= (_YES | NO | {fold(option)})


def _ticked(name: str, columns: Sequence[tuple[ColumnPlan, str]], seen: Mapping[str, Counter[str]]) -> Chosen:
    options = tuple(Option(f"o{n}", {"it": what, "en": what}) for n, (_c, what) in enumerate(columns, start=1))
    places = [(c.index, option.code, {fold(what), _place(seen[c.name])} - {"", "0"})
              for (c, what), option in zip(columns, options, strict=True)]  # fmt: skip

    def read(cells: Sequence[str]) -> list[str] | None:
        width = len(cells)
        ticked = [code for i, code, words in places if i < width and _is_yes(cells[i], words)]
        return ticked or None

    question = Question("", "multiple", {"it": name, "en": name}, options=options)
    return Chosen(question, read, columns[0][0].name, tuple(c.index for c, _what in columns))


def _is_yes(cell: str, words: set[str]) -> bool:
    said = fold(cell)
    return bool(said) and (said in _YES or said in words)


def _one(column: ColumnPlan, values: Counter[str], shape: Shape, declared: bool, left: list[LeftOut]) -> Chosen | None:
    if not values:
        return None
    label = column.label or column.name
    text = {"it": label, "en": label}
    total = sum(values.values())
    sign = sign_of(values, shape.joined)
    if column.role is Role.NUMBER:
        return _figures(column, text)
    if is_figures(values) and not (sign and is_of_numbers(values, sign)):
        return _figures(column, text)
    if sign and len(values) < MOST_VALUES and (tokens := tokens_of(values, sign)):
        left.append(LeftOut("joined-commas", label[:80], {"sign": sign.strip() or sign}))
        return _choice(column, text, tokens, sign)
    is_few = len(values) <= OPTIONS_LIMIT and (declared or (total >= 2 * len(values) and _mean_length(values) <= 80))
    if is_few and len(values) > 1:
        return _choice(column, text, list(values), "")
    if all(parse_number(value) is not None for value in values):
        return _figures(column, text)
    index = column.index
    return Chosen(Question("", "text", text), lambda cells: cells[index].strip() if index < len(cells) else None,
                  column.name, (index,))  # fmt: skip


def is_figures(values: Counter[str]) -> bool:
    """Whether a column holds figures and no few codes: all are numbers, and some are no whole ones or they are many."""
    numbers = [parse_number(value) for value in values]
    if not numbers or any(number is None or abs(number) >= NUMBER_LIMIT for number in numbers):
        return False
    return len(numbers) > OPTIONS_LIMIT or any(number != int(number) for number in numbers if number is not None)


def _figures(column: ColumnPlan, text: Mapping[str, str]) -> Chosen:
    index, missing = column.index, column.missing

    def read(cells: Sequence[str]) -> Decimal | None:
        cell = cells[index].strip() if index < len(cells) else ""
        if not cell or is_blank(cell) or cell.lower() in missing:
            return None
        number = parse_number(cell)
        if number is None or abs(number) >= NUMBER_LIMIT:
            raise ValueError(cell)
        return round(Decimal(str(number)), 4)

    return Chosen(Question("", "number", dict(text)), read, column.name, (index,))


def _is_joined(values: Counter[str], shape: Shape) -> bool:
    sign = sign_of(values, shape.joined)
    return bool(sign) and len(values) < MOST_VALUES and bool(tokens_of(values, sign, again=3))


def _mean_length(values: Counter[str]) -> float:
    return sum(len(value) * count for value, count in values.items()) / max(1, sum(values.values()))


def _shown(said: str) -> dict[str, str]:
    """An answer in our languages; LimeSurvey writes a code where somebody chose «Other»."""
    return {"it": "Altro", "en": "Other"} if said == "-oth-" else {"it": said, "en": said}


def _choice(column: ColumnPlan, text: Mapping[str, str], words: Sequence[str], sign: str) -> Chosen:
    options = tuple(Option(f"o{n}", _shown(said)) for n, said in enumerate(sorted(words), start=1))
    codes = {fold(said): option.code for said, option in zip(sorted(words), options, strict=True)}
    index, missing = column.index, column.missing

    def read(cells: Sequence[str]) -> list[str] | None:
        cell = cells[index].strip() if index < len(cells) else ""
        if not cell or is_blank(cell) or cell.lower() in missing:
            return None
        said = split_joined(cell, sign, words) if sign else [cell]
        if any(fold(one) not in codes for one in said):
            raise ValueError(cell)
        return list(dict.fromkeys(codes[fold(one)] for one in said))

    kind = "multiple" if sign else "single"
    question = Question("", kind, dict(text), options=options)  # type: ignore[arg-type]
    return Chosen(question, read, column.name, (index,))
