"""The one, two or three rows at the head of a table, and the name and question text of each column.

Standards met: one row (most programmes); SurveyMonkey's second row of options; Qualtrics' second row of question
texts and third row of JSON; Qualtrics' legacy two rows; LimeSurvey's VV file, whose codes stand in the second row; and
two rows of names of any other origin (captions over codes, groups over names, the same row twice), known by what stands
under them: where the third row has numbers and days, the second has words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from premura.importers.table.dates import parse_moment
from premura.importers.table.numbers import parse_number
from premura.importers.table.profile import is_blank

_LEGACY_NAME = re.compile(r"^V\d+$")
_DAY = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\b")
_MONKEY_WORDS = {"response", "open-ended response", "risposta", "risposta a testo libero", "risposta aperta"}


@dataclass(frozen=True)
class Header:
    """``names`` are unique and never empty; ``labels`` hold the question text where the file gives one.

    ``kind`` is ``single``, ``qualtrics``, ``qualtrics-legacy``, ``surveymonkey``, ``limesurvey-vv`` or ``two-rows``;
    ``rows`` counts the records of the head; ``looks_like_data`` warns that the file may have no header at all.
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
    if _is_second_head(one, two, three):
        return _header(*_with_second(one, two), "two-rows", 2)
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


def _is_second_head(one: list[str], two: list[str], three: list[str]) -> bool:
    """Whether the second row names columns too: no cell of the two rows is an answer, and the third row has answers.

    A row of words alone may be an answer, so at least two columns must have a number or a day under a word; a row that
    repeats the first is a head whatever comes.
    """
    if not any(one) or any(_is_value(cell) for cell in one):
        return False
    if [cell.lower() for cell in two] == [cell.lower() for cell in one]:
        return True
    if any(_is_value(cell) or (cell and is_blank(cell)) for cell in two):
        return False
    named = all(b for a, b in _pairs(one, two) if a)
    return named and sum(1 for word, value in zip(two, three, strict=False) if word and _is_value(value)) >= 2


def _is_value(cell: str) -> bool:
    """Whether it is a number or a day, also one that the calendar does not have."""
    known = parse_number(cell) is not None or parse_moment(cell) is not None
    return bool(cell) and (known or bool(_DAY.match(cell)))


def _with_second(one: list[str], two: list[str]) -> tuple[list[str], list[str]]:
    """The first row names and the second explains; where the first has gaps it names groups, and the second columns."""
    pairs = _pairs(one, two)
    if all(a for a, b in pairs if b):
        return [a for a, _b in pairs], [b for _a, b in pairs]
    labels, group = [], ""
    for caption, name in pairs:
        group = caption or group
        labels.append(f"{group} – {name}" if group and name else name)
    return [name or caption for caption, name in pairs], labels


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
