"""What kind of file this is: spreadsheet or text, in which encoding, with which delimiter and line ends.

Nothing is believed because of the file's name; the bytes decide. The whole text is decoded once, in blocks, so that a
stray byte on line two million is found before the figures are made, not after.
"""

from __future__ import annotations

import codecs
import csv
import re
import zipfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from premura.importers.table.notes import TableError

BLOCK = 1 << 20
_HEAD = 1 << 16
_DELIMITERS = ",;\t|"
_HANDLER = "premura-cp1252"
_NOT_TABLES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"\x1f\x8b", "gzip"),
    (b"7z\xbc\xaf", "7-Zip"),
    (b"Rar!", "RAR"),
    (b"PAR1", "Parquet"),
    (b"SQLite format 3", "SQLite"),
    (b"{\\rtf", "RTF"),
    (b"\x7fELF", "ELF"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# What a cp1252 reader leaves undefined; their presence means the text is something older still.
_UNDEFINED_CP1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_BOMS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    """Codec error handler: bytes that are not UTF-8 are read as cp1252, or as the replacement sign."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error(_HANDLER, _as_cp1252)


@dataclass(frozen=True)
class FileFormat:
    """How the bytes become rows. ``kind`` is ``text`` or ``spreadsheet``; the other fields speak of text.

    ``errors`` is the codec's error handler; ``odd_bytes`` counts the bytes it will have to mend; ``hint_lines`` is 1
    where the first line is a spreadsheet's ``sep=;``.
    """

    kind: str
    encoding: str = ""
    errors: str = "strict"
    odd_bytes: int = 0
    delimiter: str = ","
    line_end: str = "\n"
    hint_lines: int = 0


def sniff(path: Path, *, encoding: str | None = None, delimiter: str | None = None) -> FileFormat:
    """Find out how to read ``path``; raises ``TableError`` for what is no table."""
    head = _head(path)
    if head.startswith((_OLE, b"PK")):
        return _container(path, head)
    for magic, name in _NOT_TABLES:
        if head.startswith(magic):
            raise TableError("not-a-table", name=path.name, kind=name)
    encoding, errors, odd = (encoding, "replace", 0) if encoding else _encoding(path, head)
    text = _decoded_head(head, encoding, errors, path)
    if re.match(r"\s*<(?:!doctype|html|\?xml|table)", text, re.IGNORECASE):
        raise TableError("not-a-table", name=path.name, kind="HTML/XML")
    if re.match(r"\s*[\[{]\s*[\"{\[]", text):
        raise TableError("not-a-table", name=path.name, kind="JSON")
    if not text.strip():
        raise TableError("empty-file", name=path.name)
    line_end = _line_end(text)
    hint = re.match(r"(?i)\"?sep=(.)\"?[ \t]*(?:\r\n|\r|\n)", text)
    chosen = delimiter or (hint.group(1) if hint else _delimiter(text[hint.end() :] if hint else text, line_end))
    return FileFormat("text", encoding, errors, odd, chosen, line_end, 1 if hint else 0)


def _head(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise TableError("is-a-folder", name=str(path))
        with path.open("rb") as source:
            head = source.read(_HEAD)
    except FileNotFoundError:
        raise TableError("no-such-file", name=str(path)) from None
    except (OSError, ValueError) as error:
        raise TableError("cannot-open", name=str(path), why=getattr(error, "strerror", None) or error) from None
    if not head:
        raise TableError("empty-file", name=path.name)
    return head


def _container(path: Path, head: bytes) -> FileFormat:
    if head.startswith(_OLE):
        return FileFormat("spreadsheet")
    try:
        with zipfile.ZipFile(path) as archive:
            names = {member.filename for member in archive.infolist()}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise TableError("damaged-spreadsheet", name=path.name) from None
    if names & {"xl/workbook.xml", "xl/workbook.bin"} or {"content.xml", "mimetype"} <= names:
        return FileFormat("spreadsheet")
    raise TableError("not-a-table", name=path.name, kind="ZIP")


def _encoding(path: Path, head: bytes) -> tuple[str, str, int]:
    for bom, name in _BOMS:
        if head.startswith(bom):
            if name == "utf-8-sig":
                _, errors, odd = _utf8_or_older(path, "utf-8-sig")
                return "utf-8-sig", errors, odd
            return name, "replace", 0
    if b"\0" in head:
        return _wide_without_bom(path, head), "replace", 0
    controls = sum(head.count(bytes([code])) for code in range(32) if code not in (9, 10, 12, 13, 27))
    if controls > len(head) // 50:
        raise TableError("not-text", name=path.name)
    return _utf8_or_older(path, "utf-8")


def _wide_without_bom(path: Path, head: bytes) -> str:
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = max(1, len(head) // 2)
    if odd > 0.3 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.3 * half and odd < 0.05 * half:
        return "utf-16-be"
    raise TableError("not-text", name=path.name)


def _utf8_or_older(path: Path, name: str) -> tuple[str, str, int]:
    """UTF-8 where all of it is; cp1252 or latin-1 where none of it is; UTF-8 with mended bytes where it is both."""
    good = bad = 0
    undefined = False
    decoder = codecs.getincrementaldecoder("utf-8")()
    clean = True
    with path.open("rb") as source:
        while clean and (block := source.read(BLOCK)):
            try:
                decoder.decode(block)
            except UnicodeDecodeError:
                clean = False
        if clean:
            return name, "strict" if not decoder.getstate()[0] else _HANDLER, len(decoder.getstate()[0])
        source.seek(0)
        rest = b""
        while block := source.read(BLOCK):
            *lines, rest = re.split(rb"[\r\n]+", rest[-BLOCK:] + block)
            for line in [*lines]:
                more_good, more_bad = _count_line(line)
                good, bad = good + more_good, bad + more_bad
            undefined = undefined or bool(_UNDEFINED_CP1252.search(block))
        more_good, more_bad = _count_line(rest)
        good, bad = good + more_good, bad + more_bad
    if good or name == "utf-8-sig":
        return name, _HANDLER, bad
    return ("latin-1" if undefined else "cp1252"), "strict", 0


def _count_line(line: bytes) -> tuple[int, int]:
    """Characters beyond ASCII that are good UTF-8, and bytes that are not."""
    if line.isascii():
        return 0, 0
    text = line.decode("utf-8", "surrogateescape")
    bad = sum(1 for sign in text if "\udc80" <= sign <= "\udcff")
    good = sum(1 for sign in text if sign > "\x7f") - bad
    return good, bad


def _decoded_head(head: bytes, encoding: str, errors: str, path: Path) -> str:
    try:
        text = codecs.getincrementaldecoder(encoding)(errors if errors != "strict" else "replace").decode(head)
    except (LookupError, UnicodeError) as error:
        raise TableError("cannot-open", name=path.name, why=error) from None
    if "\0" in text:
        raise TableError("not-text", name=path.name)
    return text.removeprefix("\ufeff")


def _line_end(text: str) -> str:
    windows = text.count("\r\n")
    if windows:
        return "\r\n"
    return "\r" if text.count("\r") > text.count("\n") else "\n"


def _delimiter(text: str, line_end: str) -> str:
    """The sign that cuts the first rows into the same number of cells, more than one, most often."""
    lines = re.split(r"(?<=\r\n)|(?<=\r)(?!\n)|(?<=\n)", text)
    lines = lines[:-1] if len(lines) > 1 and len(text) >= _HEAD // 4 else lines
    best, best_score = ",", 0.0
    for candidate in _DELIMITERS:
        if candidate not in text:
            continue
        score = _evenness(lines[:300], candidate)
        if score > best_score:
            best, best_score = candidate, score
    return best


def _evenness(lines: list[str], delimiter: str) -> float:
    widths: Counter[int] = Counter()
    header_width, is_open = 0, False
    try:
        for row in csv.reader(lines, delimiter=delimiter):
            if any(cell.strip() for cell in row):
                header_width, is_open = (header_width, is_open) if header_width else (len(row), not row[-1].strip())
                widths[len(row)] += 1
    except csv.Error:
        return 0.0
    total = sum(widths.values())
    if header_width < 2 or not total:
        return 0.0
    # The header is the surest witness: it is rarely longer or shorter than the rows, and never holds free text.
    # Where it ends in a delimiter, the rows may do without.
    as_wide = widths[header_width] + (widths[header_width - 1] if is_open else 0)
    return as_wide / total + 0.25 * min(header_width, 40) / 40
