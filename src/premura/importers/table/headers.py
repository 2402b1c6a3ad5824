"""The one, two or three rows at the head of a table, and the name and question text of each column.

Standards met: one row (most programmes); SurveyMonkey's second row of options; Qualtrics' second row of question
texts and third row of JSON; Qualtrics' legacy two rows; LimeSurvey's VV file, whose codes stand in the second row.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from premura.importers.table.numbers import parse_number

_LEGACY_NAME = re.compile(r"^V\d+$")
_MONKEY_WORDS = {"response", "open-ended response", "risposta", "risposta a testo libero", "risposta aperta"}


@dataclass(frozen=True)
class Header:
    """``names`` are unique and never empty; ``labels`` hold the question text where the file gives one.

    ``kind`` is ``single``, ``qualtrics``, ``qualtrics-legacy``, ``surveymonkey`` or ``limesurvey-vv``; ``rows`` counts
    the records of the head; ``looks_like_data`` warns that the file may have no header at all.
    """

    names: tuple[str, ...]
    labels: tuple[str, ...]
    kind: str
    rows: int
    looks_like_data: bool = False


def read_header(first: Sequence[Sequence[str]]) -> Header:
    """The header of the first (up to three) records of a file; ``first`` must hold at least one."""
    one = _tidy(first[0])
    two = _tidy(first[1]) if len(first) > 1 else []
    three = _tidy(first[2]) if len(first) > 2 else []
    if _is_import_ids(three):
        return _header(one, two, "qualtrics", 3)
    if _is_import_ids(two):
        return _header(one, [], "qualtrics", 2)
    if sum(1 for cell in one if _LEGACY_NAME.match(cell)) >= 3 and "responseid" in {c.lower() for c in two}:
        # «V3» says nothing; the second row names the answer columns of the legacy export and carries the questions.
        names = [b if _LEGACY_NAME.match(a) and b else a for a, b in _pairs(one, two)]
        return _header(names, two, "qualtrics-legacy", 2)
    if {"id", "submitdate"} <= {c.lower() for c in two}:
        return _header(two, one, "limesurvey-vv", 2)
    if _is_option_row(one, two):
        return _header(*_with_options(one, two), "surveymonkey", 2)
    return _header(one, [], "single", 1)


def _tidy(cells: Sequence[str]) -> list[str]:
    return [" ".join(cell.replace("\ufeff", "").split()) for cell in cells]


def _pairs(one: list[str], two: list[str]) -> list[tuple[str, str]]:
    width = max(len(one), len(two))
    return list(zip(one + [""] * (width - len(one)), two + [""] * (width - len(two)), strict=True))


def _is_import_ids(row: list[str]) -> bool:
    return bool(row) and sum('"ImportId"' in cell for cell in row) * 2 >= len(row)


def _is_option_row(one: list[str], two: list[str]) -> bool:
    """SurveyMonkey: nothing under the respondent's own columns, options or «Response» under the questions."""
    if not two or two[0] or not one or not one[0]:
        return False
    if any(cell.lower() in _MONKEY_WORDS for cell in two):
        return True
    # Further options stand under columns without a name of their own.
    return any(not a and b for a, b in _pairs(one, two))


def _with_options(one: list[str], two: list[str]) -> tuple[list[str], list[str]]:
    names, question = [], ""
    for name, option in _pairs(one, two):
        question = name or question
        plain = not option or option.lower() in _MONKEY_WORDS
        names.append(question if plain else f"{question} – {option}")
    return names, []


def _header(names: list[str], labels: list[str], kind: str, rows: int) -> Header:
    width = max(len(names), 1)
    padded = (labels + [""] * width)[:width]
    unique = _unique(names)
    # Without labels of its own, a column is asked about by its name.
    shown = tuple("" if label == name else label for name, label in zip(unique, padded, strict=True))
    filled = [name for name in names if name]
    numeric = bool(filled) and all(parse_number(name) is not None for name in filled)
    return Header(unique, shown, kind, rows, numeric)


def _unique(names: list[str]) -> tuple[str, ...]:
    seen: set[str] = set()
    unique: list[str] = []
    for number, name in enumerate(names or [""], start=1):
        candidate = base = name or f"#{number}"
        count = 1
        while candidate in seen:
            count += 1
            candidate = f"{base} ({count})"
        seen.add(candidate)
        unique.append(candidate)
    return tuple(unique)
