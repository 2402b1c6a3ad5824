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

# What stands before the questions, as the exports of Italian, English, German, French and Spanish surveys name it
_WORDS: dict[Role, str] = {
    Role.ID: "id | response id | id risposta | antwort id | id de la réponse | id de respuesta",
    Role.DATE: "submitdate | date submitted | data invio | data di invio | datum abgeschickt | date de soumission"
    " | fecha de envío",
    Role.LANGUAGE: "startlanguage | start language | lingua iniziale | start-sprache | langue de départ"
    " | lenguaje inicial | idioma inicial",
    Role.EMAIL: "email | email address | indirizzo email",
    Role.IGNORE: "startdate | date started | data inizio | data di inizio | datum gestartet | date de lancement"
    " | fecha de inicio | datestamp | date last action | data ultima azione | data dell'ultima azione"
    " | datum letzte aktivität | date de la dernière action | fecha de la última acción | lastpage | last page"
    " | ultima pagina | letzte seite | dernière page | última página | seed | seme | zufallsstartwert"
    " | tête de série | semilla | token | access code | codice di accesso | zugangscode | code d'accès"
    " | código de acceso | ipaddr | ip address | indirizzo ip | ip-adresse | adresse ip | dirección ip | refurl"
    " | referrer url | url di provenienza | weiterleitungs-url | url référente | url de referencia",
}
_PREFIX = {word: role for role, words in _WORDS.items() for word in words.split(" | ")}
_SEEN = ("datestamp", "date last", "data ultima", "data dell'ultima", "datum letzte", "date de la dern", "fecha de la")
_LAST_SEEN = {word for word in _PREFIX if word.startswith(_SEEN)}
_BRACKETS = re.compile(r"^(.+?)\s*\[([^\[\]]+)\](?:\[([^\[\]]*)\])?$", re.DOTALL)
# «Question code and question text»: the code, then what is asked
_BOTH = re.compile(r"^([A-Za-z][A-Za-z0-9]*(?:_\w+)?(?:\[[^\[\]]*\])*)\. (.+)$", re.DOTALL)
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
    own = [_own(name) for name in head.header.names]
    return Sight(0.95, "responses") if Role.ID in own and Role.DATE in own else None


def _own(name: str) -> Role | None:
    """What a column of its own is, by code, by words, by both, or with underscores for the blanks of its words."""
    low = " ".join(name.split()).casefold()
    found = _PREFIX.get(low) or _PREFIX.get(low.replace("_", " "))
    code, dot, _words = low.partition(". ")
    return found or (_PREFIX.get(code) if dot else None)


def _is_last_seen(name: str) -> bool:
    low = " ".join(name.split()).casefold()
    return bool({low, low.replace("_", " "), low.partition(". ")[0]} & _LAST_SEEN)


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
    # A CSV may name its columns as VV files do too
    is_bare = "submitdate" in header.names and not any("[" in name for name in header.names)
    split = _counted_from_one(_split_vv if is_vv or is_bare else _split_brackets, header.names)
    source = _put_right(head.source, header, is_vv)
    return Brought("responses", None, source, header, _shape(header, split))


def _without_last(header: Header) -> Header:
    """The head of a VV file ends with a TAB that its rows do not have."""
    if header.names and header.names[-1].startswith("#"):
        return Header(header.names[:-1], header.labels[:-1], header.kind, header.rows, header.looks_like_data)
    return header


def _codes_apart(header: Header) -> Header:
    """Headings of code and text: the code names the column, the text is what was asked."""
    asked = [n for n, name in enumerate(header.names) if _own(name) is None]
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
    roles = {name: role for name in header.names if (role := _own(name)) is not None}
    groups: dict[str, list[tuple[str, str, str]]] = {}
    for name, label in zip(header.names, header.labels, strict=True):
        if name not in roles:
            question, sub = split(name)
            if sub:
                groups.setdefault(question, []).append((name, sub, label))
    found = tuple(_group(name, columns) for name, columns in groups.items() if len(columns) > 1)
    return Shape(roles, found, split=split)


def _group(code: str, columns: Sequence[tuple[str, str, str]]) -> Group:
    """One question in several columns, in its own words where the file has them beside the codes."""
    said = [_BRACKETS.match(label) for _name, _sub, label in columns]
    if all(said) and len({one[1] for one in said if one}) == 1:
        asked = next(one[1] for one in said if one)
        return Group(asked, tuple((c[0], one[2]) for c, one in zip(columns, said, strict=True) if one))
    return Group(code, tuple((name, sub) for name, sub, _label in columns))


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
    sent = next((i for i, name in enumerate(header.names) if _own(name) is Role.DATE), -1)
    others = [i for i, name in enumerate(header.names) if _is_last_seen(name)]

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
