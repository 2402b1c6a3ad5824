"""Look at a file before anything is taken from it: its format, what each column is for, what only its owner knows."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from itertools import islice
from pathlib import Path

from premura.importers.table.codes import ask_codes
from premura.importers.table.dates import parse_moment
from premura.importers.table.headers import Header, read_header
from premura.importers.table.notes import Choice, Note, Question, TableError
from premura.importers.table.numbers import parse_rating
from premura.importers.table.profile import ColumnProfile, canonical_codes, is_blank, is_missing, profile_rows
from premura.importers.table.roles import SCALED, Guess, Role, guess_roles, main_date, names_a_date, names_marks
from premura.importers.table.rows import Batch, RawRow, RowSource, batches
from premura.importers.table.scale_plan import ScalePlan, plan_scales
from premura.importers.table.scales import ScaleRule, ScaleWatch
from premura.importers.table.sniff import sniff

# Of a column with so few different values each is kept: marks with their codes, answers to choose from
FEW_VALUES = 40


@dataclass(frozen=True)
class Declared:
    """What the owner of the file has said. Column names may hold ``*`` and ``?``, so that ``Q7*`` names a battery.

    ``missing`` are codes for «no answer» in every rated column (``overall``, ``csat``, ``ces``, ``rating``): never in
    an NPS or a yes/no column, where 0 is an answer. ``missing_in`` are codes of single columns of any role.
    """

    mapping: Mapping[str, Role] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    missing_in: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    scales: Mapping[str, ScaleRule] = field(default_factory=dict)
    day_first: bool | None = None
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    # What a source that knows its own files has made of the head
    header: Header | None = None


@dataclass(frozen=True)
class ColumnPlan:
    """One column as it will be read. ``rule`` is None for a rated column whose scale could not be told."""

    index: int
    name: str
    label: str
    role: Role
    confidence: float
    why: str
    filled: int
    examples: tuple[str, ...]
    missing: frozenset[str] = frozenset()
    rule: ScaleRule | None = None
    day_first: bool = True
    serial: bool = False
    # Every different value with its count, the commonest first, where they are few
    few: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Plan:
    """How a file will be read. ``rows`` counts the records under the header that hold anything."""

    source: RowSource
    header: Header
    columns: tuple[ColumnPlan, ...]
    rows: int
    date_column: str | None
    questions: tuple[Question, ...]
    notes: tuple[Note, ...]

    def with_role(self, *roles: Role) -> tuple[ColumnPlan, ...]:
        """The columns that have one of ``roles``, in the order of the file."""
        return tuple(column for column in self.columns if column.role in roles)


def plan(path: Path | str, declared: Declared | None = None, source: RowSource | None = None) -> Plan:
    """Look through the whole file once (twice where a change of scale is suspected) and say how it will be read.

    ``source`` yields the rows instead where the file is not a plain table, or its cells must be put right. Raises
    ``TableError`` where there is no table to read or a declaration names no column.
    """
    declared = declared or Declared()
    path = Path(path)
    if source is None:
        form = sniff(path, encoding=declared.encoding, delimiter=declared.delimiter)
        source = RowSource(path, form, declared.sheet)
    header = declared.header or _header(source)
    declared = _resolved(declared, header)
    notes = _format_notes(source, header)
    profiles, rows = profile_rows(body_batches(source, header), header.names, header.labels)
    if not rows:
        raise TableError("header-only", name=path.name)
    guesses = guess_roles(profiles, declared.mapping)
    questions: list[Question] = []
    columns = [_column(i, p, guesses[p.name], declared, notes, questions) for i, p in enumerate(profiles)]
    dated = main_date(profiles, guesses)
    columns = _with_scales(source, header, profiles, columns, dated, declared, notes, questions)
    _note_dates(profiles, guesses, dated, notes)
    _note_undecided(profiles, columns, notes, questions)
    ask_codes(columns, questions)
    # A column without a name and without a value is only a delimiter too many.
    named = tuple(column for column in columns if column.filled or not column.name.startswith("#"))
    return Plan(source, header, named, rows, dated, tuple(questions), tuple(notes))


def _header(source: RowSource) -> Header:
    first = [row.cells for row in islice((r for r in source if any(c.strip() for c in r.cells)), 3)]
    if not first:
        raise TableError("empty-file", name=source.path.name)
    return read_header(first)


def body(source: RowSource, header: Header) -> Iterator[RawRow]:
    """The records under the header."""
    filled = (row for row in source if row.broken or any(map(str.strip, row.cells)))
    return islice(filled, header.rows, None)


def body_batches(source: Iterable[RawRow], header: Header) -> Iterator[Batch]:
    """The records under the header, many at a time."""
    to_pass = header.rows
    for batch in batches(source):
        batch = batch.filled()
        if to_pass:
            batch, to_pass = batch.after(to_pass)
        if batch.cells or batch.odd:
            yield batch


def _resolved(declared: Declared, header: Header) -> Declared:
    """Declarations with real column names: exact, in other letters, by question text, or by a pattern."""

    def columns(wanted: str) -> list[str]:
        if wanted in header.names:
            return [wanted]
        low = wanted.strip().lower()
        found = [n for n, label in zip(header.names, header.labels, strict=True) if low in (n.lower(), label.lower())]
        found = found or [n for n in header.names if fnmatchcase(n.lower(), low)]
        if not found:
            near = difflib.get_close_matches(wanted, header.names, n=3, cutoff=0.5) or header.names[:8]
            raise TableError("no-such-column", column=wanted, near=", ".join(near))
        return found

    return replace(
        declared,
        mapping={name: Role(role) for wanted, role in declared.mapping.items() for name in columns(wanted)},
        missing_in={name: codes for wanted, codes in declared.missing_in.items() for name in columns(wanted)},
        scales={name: rule for wanted, rule in declared.scales.items() for name in columns(wanted)},
    )


def _format_notes(source: RowSource, header: Header) -> list[Note]:
    notes = []
    form = source.format
    if form.odd_bytes:
        notes.append(Note("mixed-encoding", None, {"count": form.odd_bytes}))
    elif form.encoding in ("cp1252", "latin-1"):
        notes.append(Note("older-encoding", None, {"encoding": form.encoding}))
    if header.kind == "two-rows":
        second = [label or name for name, label in zip(header.names, header.labels, strict=True)]
        shown = {"first": ", ".join(header.names[:4]), "second": ", ".join(second[:4])}
        notes.append(Note("two-header-rows", None, shown))
    elif header.kind != "single":
        notes.append(Note("header-rows", None, {"rows": header.rows, "kind": header.kind}))
    if header.looks_like_data:
        notes.append(Note("header-looks-like-data", None, {"names": ", ".join(header.names[:4])}))
    if len(source.sheets) > 1:
        notes.append(Note("more-sheets", None, {"sheet": source.sheet, "count": len(source.sheets)}))
    for code, where, many in (("merged-rows", "down", "downs"), ("merged-columns", "across", "acrosses")):
        if count := source.merged.get(many):
            notes.append(Note(code, None, {"count": count, "cells": ", ".join(source.merged[where])}))
    return notes


def _column(
    index: int, profile: ColumnProfile, guess: Guess, declared: Declared, notes: list[Note], questions: list[Question]
) -> ColumnPlan:
    codes = set(declared.missing_in.get(profile.name, ()))
    if guess.role in SCALED:
        codes |= set(declared.missing)
    elif guess.role is Role.NPS:
        # A code for all columns never takes a mark of a recommendation: 0 and 6 are answers there
        codes |= {code for code in declared.missing if (mark := parse_rating(code)) is None or not 0 <= mark <= 10}
    day_first = True
    if guess.role is Role.DATE:
        day_first = _day_first(profile, declared.day_first, notes, questions)
    return ColumnPlan(
        index,
        profile.name,
        profile.label,
        guess.role,
        guess.confidence,
        guess.why,
        profile.filled,
        tuple(profile.examples),
        frozenset(canonical_codes(codes)),
        day_first=day_first,
        serial=guess.role is Role.DATE,
        few=tuple(profile.values.most_common()) if len(profile.values) <= FEW_VALUES and not profile.overflowed else (),
    )


def _day_first(profile: ColumnProfile, said: bool | None, notes: list[Note], questions: list[Question]) -> bool:
    """Whether the day comes first in this column; asked, and noted, where the dates do not tell."""
    order, verdict = profile.order, profile.order.verdict
    if said is not None:
        return said
    if verdict in ("day", "month", "none"):
        return verdict != "month"
    likely = order.likely_day_first()
    values = {"count": order.either, "example": (order.samples or [""])[0], "day_first": likely}
    if verdict == "both":
        notes.append(
            Note("contradicting-dates", profile.name, {**values, "days": order.day_first, "months": order.month_first})
        )
    elif order.dotted and not order.am_pm:
        return True  # 03.04.2026 with full stops is written day first wherever it is written
    else:
        notes.append(Note("ambiguous-dates", profile.name, values))
    choices = (
        Choice("1", "order", "day-first", "choice-day-first", _read_both_ways(values["example"], True)),
        Choice("2", "order", "month-first", "choice-month-first", _read_both_ways(values["example"], False)),
    )
    questions.append(Question("ask-date-order", profile.name, choices, values))
    return likely


def _read_both_ways(example: object, day_first: bool) -> dict[str, object]:
    moment = parse_moment(str(example), day_first=day_first)
    return {"day": moment.day if moment else ""}


def _with_scales(
    source: RowSource,
    header: Header,
    profiles: Sequence[ColumnProfile],
    columns: list[ColumnPlan],
    dated: str | None,
    declared: Declared,
    notes: list[Note],
    questions: list[Question],
) -> list[ColumnPlan]:
    numbers = {c.name: p.numbers(c.missing) for c, p in zip(columns, profiles, strict=True) if c.role in SCALED}
    scales = ScalePlan(numbers, {c.name: c.role for c in columns}, declared.scales)
    suspects = [column for column in columns if column.name in scales.suspects]
    when = next((column for column in columns if column.name == dated), None)
    if suspects:
        watches = {column.name: ScaleWatch() for column in suspects}
        _watch(source, header, suspects, when, watches)
        scales.watched = watches
    rules = plan_scales(scales, notes, questions)
    return [replace(column, rule=rules.get(column.name)) for column in columns]


def _watch(
    source: RowSource,
    header: Header,
    suspects: Sequence[ColumnPlan],
    when: ColumnPlan | None,
    watches: Mapping[str, ScaleWatch],
) -> None:
    """A second pass over the few columns that may hold two scales: which values stand at which days."""
    for row in body(source, header):
        if row.broken:
            continue
        day = None
        if when and when.index < len(row.cells) and not is_blank(row.cells[when.index]):
            moment = parse_moment(row.cells[when.index], day_first=when.day_first, serial=True)
            day = moment.day if moment else None
        for column in suspects:
            if column.index < len(row.cells) and not is_missing(row.cells[column.index], set(column.missing)):
                value = parse_rating(row.cells[column.index])
                if value is not None:
                    watches[column.name].see(value, day)


def _note_dates(
    profiles: Sequence[ColumnProfile], guesses: Mapping[str, Guess], dated: str | None, notes: list[Note]
) -> None:
    for profile in profiles:
        if guesses[profile.name].role is Role.DATE and profile.share("serial") >= 0.95 and profile.examples:
            moment = parse_moment(profile.examples[0], serial=True)
            values = {"example": profile.examples[0], "day": moment.day if moment else ""}
            notes.append(Note("serial-dates", profile.name, values))
        elif profile.filled and guesses[profile.name].role is Role.IGNORE and names_a_date(profile):
            example = profile.examples[0] if profile.examples else ""
            notes.append(Note("not-a-date", profile.name, {"example": example}))
        elif profile.filled and guesses[profile.name].why == "contents" and (role := names_marks(profile)):
            notes.append(Note("not-marks", profile.name, {"example": _no_number(profile), "role": str(role)}))
    if dated is None:
        notes.append(Note("no-date"))


def _no_number(profile: ColumnProfile) -> str:
    return next((text for text in (*profile.examples, *profile.values) if parse_rating(text) is None), "…")


def _note_undecided(
    profiles: Sequence[ColumnProfile], columns: Sequence[ColumnPlan], notes: list[Note], questions: list[Question]
) -> None:
    """Columns of whole numbers that may be marks, but whose name does not say so; and 0–10 marks that may be an NPS."""
    undecided = []
    for profile, column in zip(profiles, columns, strict=True):
        if column.why == "declared" or profile.overflowed:
            continue
        if column.role is Role.IGNORE and column.why == "contents" and _is_zero_to_ten(profile):
            _ask_nps(column, "unnamed-zero-to-ten", notes, questions)
        elif column.role is Role.IGNORE and column.why == "contents" and _may_be_marks(profile):
            undecided.append(column.name)
        elif column.role in SCALED and column.rule and not column.rule.declared and str(column.rule) == "0-10":
            _ask_nps(column, "zero-to-ten", notes, questions)
    if undecided:
        shown = ", ".join(undecided[:12]) + ("…" if len(undecided) > 12 else "")
        notes.append(Note("undecided-columns", None, {"columns": undecided, "names": shown, "first": undecided[0]}))


def _may_be_marks(profile: ColumnProfile) -> bool:
    numbers = profile.numbers()
    return (
        profile.share("numeric") >= 0.95
        and set(numbers) >= {2.0, 3.0, 4.0, 5.0}
        and min(numbers) >= 0
        and max(numbers) <= 11
        and all(value == int(value) for value in numbers)
    )


def _is_zero_to_ten(profile: ColumnProfile) -> bool:
    """Whole numbers from 0 to 10, of which at least six are there; 11 and 99 are commonly codes for «no answer»."""
    numbers = {value for value in profile.numbers() if value != 99}
    return (
        profile.share("numeric") >= 0.95
        and numbers >= {0.0, 10.0}
        and len(numbers) >= 6
        and all(value == int(value) and 0 <= value <= 11 for value in numbers)
    )


def _ask_nps(column: ColumnPlan, code: str, notes: list[Note], questions: list[Question]) -> None:
    notes.append(Note(code, column.name))
    choices = (
        Choice("1", "map", f"{column.name}=nps", "choice-nps"),
        Choice("2", "map", f"{column.name}=overall", "choice-overall"),
        Choice("3", "map", f"{column.name}=rating", "choice-rating"),
        Choice("4", "map", f"{column.name}=ignore", "choice-ignore"),
    )
    questions.append(Question("ask-zero-to-ten", column.name, choices))
