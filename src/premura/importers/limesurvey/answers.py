"""Answers that LimeSurvey exported: VV files, CSV exports, and the response table of an archive."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from premura.importers.neutral.head import Head, Sight
from premura.importers.neutral.safe import Node
from premura.importers.neutral.values import Brought, Group, Rows, Shape, rows_of
from premura.importers.table.headers import Header, read_header
from premura.importers.table.roles import Role
from premura.importers.table.rows import RawRow, RowSource

# What stands before the questions, by code and as the full-text exports name it
_PREFIX = {
    "id": Role.ID,
    "response id": Role.ID,
    "id risposta": Role.ID,
    "submitdate": Role.DATE,
    "date submitted": Role.DATE,
    "data invio": Role.DATE,
    "data di invio": Role.DATE,
    "startlanguage": Role.LANGUAGE,
    "start language": Role.LANGUAGE,
    "lingua iniziale": Role.LANGUAGE,
    "startdate": Role.IGNORE,
    "date started": Role.IGNORE,
    "data inizio": Role.IGNORE,
    "data di inizio": Role.IGNORE,
    "data dell'ultima azione": Role.IGNORE,
    "seme": Role.IGNORE,
    "access code": Role.IGNORE,
    "codice di accesso": Role.IGNORE,
    "datestamp": Role.IGNORE,
    "date last action": Role.IGNORE,
    "data ultima azione": Role.IGNORE,
    "lastpage": Role.IGNORE,
    "last page": Role.IGNORE,
    "ultima pagina": Role.IGNORE,
    "seed": Role.IGNORE,
    "token": Role.IGNORE,
    "ipaddr": Role.IGNORE,
    "ip address": Role.IGNORE,
    "indirizzo ip": Role.IGNORE,
    "refurl": Role.IGNORE,
    "referrer url": Role.IGNORE,
    "email": Role.EMAIL,
}
_IDS, _SENT = ("id", "response id", "id risposta"), ("submitdate", "date submitted", "data invio", "data di invio")
_BRACKETS = re.compile(r"^(.+?)\s*\[([^\[\]]+)\](?:\[([^\[\]]*)\])?$", re.DOTALL)
# «Question code and question text»: the code, then what is asked
_BOTH = re.compile(r"^([A-Za-z][A-Za-z0-9]*(?:\[[^\[\]]*\])*)\. (.+)$", re.DOTALL)
# Which of a grid's two scales a column is of
_SCALE = re.compile(r"^(.+)[_#]([012])$", re.DOTALL)
_SGQA = re.compile(r"^(\d+X\d+X\d+)(.*)$")
_ESCAPES = (("{quote}", '"'), ("{tab}", "\t"), ("{cr}", "\r"), ("{newline}", "\n"), ("{lbrace}", "{"))
_NO_DATES = "1980-01-01"


def recognise(head: Head) -> Sight | None:
    if head.header is None:
        return None
    if head.header.kind == "limesurvey-vv" or _is_bare_vv(head):
        return Sight(1.0, "responses")
    if head.names & set(_IDS) and head.names & set(_SENT):
        return Sight(0.95, "responses")
    return None


def _is_bare_vv(head: Head) -> bool:
    """A VV file whose first line somebody took away: codes in the first row, TABs between."""
    form = head.source.format if head.source else None
    return bool(form and form.delimiter == "\t" and {"id", "submitdate"} <= head.names)


def read(head: Head) -> Brought:
    assert head.header is not None
    assert head.source is not None
    header = head.header
    is_vv = header.kind == "limesurvey-vv" or _is_bare_vv(head)
    header = _without_last(header) if is_vv else _codes_apart(header)
    split = _counted_from_one(_split_vv if is_vv else _split_brackets, header.names)
    source = _put_right(head.source, header, is_vv)
    return Brought("responses", None, source, header, _shape(header, split))


def _without_last(header: Header) -> Header:
    """The head of a VV file ends with a TAB that its rows do not have."""
    if header.names and header.names[-1].startswith("#"):
        return Header(header.names[:-1], header.labels[:-1], header.kind, header.rows, header.looks_like_data)
    return header


def _codes_apart(header: Header) -> Header:
    """Headings of code and text: the code names the column, the text is what was asked."""
    asked = [n for n, name in enumerate(header.names) if " ".join(name.split()).casefold() not in _PREFIX]
    found = {n: match for n in asked if (match := _BOTH.match(header.names[n]))}
    names = [found[n][1] if n in found else name for n, name in enumerate(header.names)]
    if not found or len(found) < len(asked) or len(set(names)) < len(names):
        return header
    labels = [found[n][2] if n in found else label for n, label in enumerate(header.labels)]
    return Header(tuple(names), tuple(labels), header.kind, header.rows, header.looks_like_data)


Split = Callable[[str], tuple[str, str]]


def _counted_from_one(split: Split, names: Sequence[str]) -> Split:
    """The columns of a grid with two scales end in 0 and 1, in some exports in 1 and 2: always read as #0 and #1."""
    parts = [_SCALE.match(split(name)[1]) for name in names]
    shift = any(part and part[2] == "2" for part in parts) and not any(part and part[2] == "0" for part in parts)
    seconds = {part[1] for part in parts if part and part[2] == ("2" if shift else "1")}

    def by_scale(name: str) -> tuple[str, str]:
        question, sub = split(name)
        part = _SCALE.match(sub)
        if part is None or part[1] not in seconds:
            return question, sub
        return question, f"{part[1]}#{int(part[2]) - shift}"

    return by_scale


def _shape(header: Header, split: Split) -> Shape:
    roles = {name: _PREFIX[low] for name in header.names if (low := " ".join(name.split()).casefold()) in _PREFIX}
    groups: dict[str, list[tuple[str, str]]] = {}
    for name in header.names:
        if name not in roles:
            question, sub = split(name)
            if sub:
                groups.setdefault(question, []).append((name, sub))
    found = tuple(Group(name, tuple(columns)) for name, columns in groups.items() if len(columns) > 1)
    return Shape(roles, found, split=split)


def _split_vv(name: str) -> tuple[str, str]:
    """``Q1_SQ001`` → (Q1, SQ001); LimeSurvey forbids underscores in question codes."""
    if found := _SGQA.match(name):
        return found[1], found[2]
    question, _, sub = name.partition("_")
    return (question, sub) if question and sub else (name, "")


def _split_brackets(name: str) -> tuple[str, str]:
    """``Q1[SQ001]`` → (Q1, SQ001)."""
    if found := _BRACKETS.match(name):
        return found[1], f"{found[2]}#{found[3]}" if found[3] else found[2]
    if found := _SGQA.match(name):
        return found[1], found[2]
    return name, ""


def _put_right(source: RowSource, header: Header, is_vv: bool) -> Rows:
    width = len(header.names)
    low = [" ".join(name.split()).casefold() for name in header.names]
    sent = next((i for i, name in enumerate(low) if name in _SENT), -1)
    others = [i for i, name in enumerate(low) if name in ("datestamp", "date last action", "data ultima azione")]

    def make() -> Iterator[RawRow]:
        for number, row in enumerate(source):
            if number < header.rows:
                yield row
                continue
            cells = [_unescaped(cell) for cell in row.cells] if is_vv else list(row.cells)
            if is_vv and len(cells) == width + 1 and not cells[-1].strip():
                cells.pop()
            _mend_date(cells, sent, others)
            yield RawRow(row.line, cells, row.broken, row.last)

    return Rows(source.path, source.format, source.wanted_sheet, source.sheet, source.sheets, make=make)


def _mend_date(cells: list[str], sent: int, others: list[int]) -> None:
    """No date where the survey kept none; where somebody did not finish, the day they last did anything."""
    if not 0 <= sent < len(cells):
        return
    if cells[sent].strip().upper() in ("", "NULL", "N") or cells[sent].startswith(_NO_DATES):
        known = (cells[i] for i in others if i < len(cells) and cells[i] and not cells[i].startswith(_NO_DATES))
        cells[sent] = next(known, "")


def _unescaped(cell: str) -> str:
    if "{" not in cell:
        return cell
    if cell == "{question_not_shown}":
        return ""
    for written, meant in _ESCAPES:
        cell = cell.replace(written, meant)
    return cell


def from_archive(path: Path, document: Node) -> tuple[Rows, Header, Shape]:
    """The response table of an archive: one element a column, named with ``_`` before the SGQA code."""
    block = document.first("responses") or next(iter(document.children), Node(""))
    fields = [node.text for node in (block.first("fields") or Node("")).all("fieldname")]
    rows = [{cell.name: cell.text for cell in row.children} for row in (block.first("rows") or Node("")).all("row")]
    fields = fields or list(dict.fromkeys(name for row in rows for name in row))
    names = [field.lstrip("_") if _SGQA.match(field.lstrip("_")) else field for field in fields]
    header = read_header([names])

    def make() -> Iterator[RawRow]:
        yield RawRow(1, names)
        for line, row in enumerate(rows, start=2):
            cells = [row.get(field, row.get(f"_{field}", "")) for field in fields]
            _mend_date(cells, names.index("submitdate") if "submitdate" in names else -1, [])
            yield RawRow(line, cells)

    split = _counted_from_one(_split_sgqa, header.names)
    return rows_of(path, make), Header(header.names, header.labels, header.kind, 1), _shape(header, split)


def _split_sgqa(name: str) -> tuple[str, str]:
    found = _SGQA.match(name)
    return (found[1], found[2]) if found else (name, "")
