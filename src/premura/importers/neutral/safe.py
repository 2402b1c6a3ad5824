"""XML, JSON and archives from outside: read within limits, without entities, without touching any other file."""

from __future__ import annotations

import io
import json
import re
import zipfile
from html import unescape
from pathlib import Path
from typing import Any
from xml.parsers import expat

from premura.importers.neutral.errors import SourceError

MOST_BYTES = 64 << 20
MOST_NODES = 2_000_000
# Blocks, fields and the columns of the widest survey; a file of nothing but new names costs memory for each
MOST_NAMES = 50_000
DEEPEST = 60
MOST_MEMBERS = 200
MOST_UNPACKED = 256 << 20
_TAG = re.compile(r"<[^>]*>")
_SCRIPT = re.compile(r"(?is)<(script|style)\b.*?(?:</\1\s*>|$)")
_BREAK = re.compile(r"(?i)<br\s*/?>|</p>|</div>|</li>")


_NONE: list[Any] = []


class Node:
    """One XML element: its local name, its text and its children."""

    __slots__ = ("children", "name", "text")

    def __init__(self, name: str) -> None:
        self.name = name
        self.text = ""
        # Most elements are cells without any: a list for each would be as much again
        self.children: list[Node] = _NONE

    def first(self, name: str) -> Node | None:
        return next((child for child in self.children if child.name == name), None)

    def all(self, name: str) -> list[Node]:
        return [child for child in self.children if child.name == name]


def bytes_of(path: Path) -> bytes:
    """The whole file, if it is not larger than anything that people have."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise SourceError("too-large", name=path.name, most=MOST_BYTES >> 20)
        return path.read_bytes()
    except OSError as error:
        raise SourceError("cannot-open", name=path.name, why=error.strerror) from None


def xml_of(content: bytes, name: str) -> Node:
    """The tree of ``content``; document types and entities are refused before anything of them is read."""
    parser = expat.ParserCreate()
    root = Node("")
    stack, count = [root], 0
    words: list[list[str]] = [[]]
    names: dict[str, str] = {}

    def refuse(*_: Any) -> int:
        raise SourceError("xml-entities", name=name)

    def start(tag: str, _attributes: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if len(stack) > DEEPEST:
            raise SourceError("too-deep", name=name)
        local = tag.rpartition(":")[2]
        node = Node(names.setdefault(local, local))
        if count > MOST_NODES or len(names) > MOST_NAMES:
            raise SourceError("too-many-parts", name=name)
        if stack[-1].children is _NONE:
            stack[-1].children = []
        stack[-1].children.append(node)
        stack.append(node)
        words.append([])

    def end(_tag: str) -> None:
        stack.pop().text = "".join(words.pop())

    def characters(text: str) -> None:
        words[-1].append(text)

    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = characters
    parser.buffer_text = True
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise SourceError("broken-xml", name=name, line=error.lineno) from None
    except (ValueError, LookupError):
        raise SourceError("broken-xml", name=name, line=1) from None
    return root.children[0]


def json_of(content: bytes, name: str) -> Any:
    """The value of ``content``; a file cut short is said to be so."""
    try:
        return json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise SourceError("not-utf8", name=name) from None
    except json.JSONDecodeError as error:
        raise SourceError("broken-json", name=name, line=error.lineno) from None
    except (RecursionError, ValueError):
        raise SourceError("too-deep", name=name) from None


def members_of(path: Path) -> dict[str, bytes]:
    """The files of an archive by name: few, small, lying flat; no archive within an archive."""
    try:
        with zipfile.ZipFile(io.BytesIO(bytes_of(path))) as archive:
            entries = archive.infolist()
            _refuse_archive(entries, path.name)
            return {entry.filename: _unpacked(archive, entry, path.name) for entry in entries if not entry.is_dir()}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OSError):
        raise SourceError("broken-archive", name=path.name) from None
    except Exception as error:
        if isinstance(error, SourceError):
            raise
        # zlib, bz2 and lzma each have an error of their own
        raise SourceError("broken-archive", name=path.name) from None


def _refuse_archive(entries: list[zipfile.ZipInfo], name: str) -> None:
    if len(entries) > MOST_MEMBERS or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise SourceError("archive-too-large", name=name)
    for entry in entries:
        parts = entry.filename.replace("\\", "/").split("/")
        if ".." in parts or entry.filename.startswith(("/", "\\")) or ":" in parts[0]:
            raise SourceError("archive-path", name=name, member=entry.filename[:80])


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> bytes:
    with archive.open(entry) as member:
        content = member.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise SourceError("archive-too-large", name=name)
    if content.startswith(b"PK\x03\x04"):
        raise SourceError("archive-in-archive", name=name, member=entry.filename[:80])
    return content


def plain(markup: object) -> str:
    """The words of a piece of HTML, on one line a paragraph; what is no text is none.

    >>> plain("<p>How likely&nbsp;are you<br/>to <b>come back</b>?</p>")
    'How likely are you\\nto come back?'
    """
    if not isinstance(markup, str | int | float):
        return ""
    text = _SCRIPT.sub(" ", str(markup))
    text = unescape(_TAG.sub("", _BREAK.sub("\n", text)))
    lines = (" ".join(line.split()) for line in text.replace("\r", "\n").split("\n"))
    return "\n".join(line for line in lines if line)


def language(code: object) -> str:
    """``de-informal`` → ``de``, ``IT`` → ``it``, ``pt-BR`` → ``pt``.

    >>> language("de-informal"), language("EN-GB"), language(None)
    ('de', 'en', '')
    """
    return str(code or "").replace("_", "-").partition("-")[0].strip().lower()[:5]
