"""What a letter that came in says of itself, pure: from whom, about what, automatic or not, its words, its files.

Everything in it was written by somebody outside: headers may be missing, doubled or broken. Nothing here raises.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from email.utils import getaddresses
from html.parser import HTMLParser
from typing import Any

from mailparser_reply import EmailReplyParser

from premura.core.words import on_one_line, without_control

#: Larger letters are not read
LARGEST_MAIL = 20 * 1024 * 1024
MOST_TEXT = 20_000
_MOST_PARTS = 100
#: «[#123-0a1b2c3d4e]» in the subject
_MARK = re.compile(r"\[#(\d{1,17})-([0-9a-f]{10})\]")
#: «replies+c123-0a1b2c3d4e@example.it» among those to whom it went
_TAG = re.compile(r"\+c(\d{1,17})-([0-9a-f]{10})@")
_TO = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To")
#: The address of a case's page, in the letter that is quoted
_PAGE = re.compile(r"/c/([\w-]{20,40})/")
_BULK = frozenset({"bulk", "junk", "list", "auto_reply", "auto-reply"})
_BLOCKS = frozenset({"p", "br", "div", "li", "tr", "h1", "h2", "h3", "blockquote"})
_UNSEEN = frozenset({"style", "script", "head", "title"})


@dataclass(frozen=True, kw_only=True)
class ReadLetter:
    """``marks``: numbers of cases with their codes, from the address and the subject; ``pages``: what is quoted of the
    addresses of their pages; ``files`` are (name, content).
    """

    message_id: str
    address: str
    name: str
    subject: str
    text: str
    about: tuple[str, ...]
    marks: tuple[tuple[int, str], ...]
    pages: tuple[str, ...]
    is_automatic: bool
    is_report: bool
    files: Sequence[tuple[str, bytes]]


def read_letter(raw: bytes) -> ReadLetter:
    """Read a letter as it came over the wire."""
    message = message_from_bytes(raw, policy=policy.default)
    name, address = _sender(message)
    subject = " ".join(_header(message, "Subject").split())[:300]
    marks = [*_TAG.findall(_recipients(message)), *reversed(_MARK.findall(subject))]
    ids = re.findall(r"<[^<>\s]{1,200}>", f"{_header(message, 'References')} {_header(message, 'In-Reply-To')}")
    parts = list(message.walk())[:_MOST_PARTS]
    words = _words(parts)
    return ReadLetter(
        message_id=_message_id(message, raw),
        address=address,
        name=name,
        subject=subject,
        text=_written_now(words),
        about=tuple(dict.fromkeys(ids[-50:])),
        marks=tuple((int(number), code) for number, code in marks[:5]),
        pages=tuple(dict.fromkeys(_PAGE.findall(words)))[:5],
        is_automatic=is_automatic(message),
        is_report=message.get_content_type() == "multipart/report",
        files=_files(parts),
    )


def _header(message: Message, name: str) -> str:
    """The header as text; what cannot be read is as good as absent."""
    try:
        return on_one_line(str(message.get(name, "")))
    except (ValueError, LookupError, IndexError, AttributeError, TypeError):
        return ""


def _recipients(message: Message) -> str:
    """All to whom it went, as one text."""
    return " ".join(_header(message, name) for name in _TO).lower()


def _sender(message: Message) -> tuple[str, str]:
    found = getaddresses([_header(message, "From")])
    name, address = found[0] if found else ("", "")
    address = address.strip().lower()
    is_address = re.fullmatch(r"[^@\s<>,;]{1,64}@[^@\s<>,;]{1,180}", address) is not None
    return " ".join(name.split())[:160], address if is_address else ""


def _message_id(message: Message, raw: bytes) -> str:
    """Its own, or one made of its content: the same letter is known again."""
    found = re.search(r"<[^<>\s]{1,110}>", _header(message, "Message-ID"))
    return found.group() if found else f"<sha256-{hashlib.sha256(raw).hexdigest()}>"


def is_automatic(message: Message) -> bool:
    """Whether a machine wrote it (RFC 3834, and what older programs say instead)."""
    submitted = _header(message, "Auto-Submitted").split(";")[0].strip().lower()
    precedence = _header(message, "Precedence").strip().lower()
    silent = any(_header(message, name) for name in ("X-Autoreply", "X-Autorespond", "List-Id"))
    from_nobody = _header(message, "Return-Path").strip() == "<>"
    # A bounce of an older server carries none of these signs, but its sender has one name everywhere
    from_daemon = _sender(message)[1].startswith("mailer-daemon@")
    return submitted not in ("", "no") or precedence in _BULK or silent or from_nobody or from_daemon


def _words(parts: Sequence[Message]) -> str:
    """All its words, with the letter that is quoted below."""
    plain = next((_decoded(part) for part in parts if _is_words(part, "text/plain")), "")
    if not plain.strip():
        plain = words_of_page(next((_decoded(part) for part in parts if _is_words(part, "text/html")), ""))
    return without_control(plain)[: 5 * MOST_TEXT]


def _written_now(words: str) -> str:
    """Without the letter that is quoted below."""
    answered = EmailReplyParser(languages=["it", "en"]).parse_reply(words) or ""
    return (answered.strip() or words)[:MOST_TEXT]


def _is_words(part: Message, kind: str) -> bool:
    return part.get_content_type() == kind and not part.get_filename()


def _decoded(part: Message) -> str:
    content = part.get_payload(decode=True)
    content = content if isinstance(content, bytes) else b""
    try:
        return content.decode(part.get_content_charset() or "utf-8", "replace")
    except LookupError:  # a character set that nobody knows
        return content.decode("utf-8", "replace")


def _files(parts: Sequence[Message]) -> list[tuple[str, bytes]]:
    found = []
    for part in parts:
        if part.is_multipart():
            continue
        name = part.get_filename() or ""
        is_shown = part.get_content_maintype() == "image"  # a picture between the lines, often without a name
        is_file = bool(name) or is_shown or (isinstance(part, EmailMessage) and part.is_attachment())
        content = part.get_payload(decode=True) if is_file else None
        if isinstance(content, bytes) and content:
            found.append((name, content))
    return found


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.unseen = 0

    def handle_starttag(self, tag: str, _attributes: Any) -> None:
        self.unseen += tag in _UNSEEN
        if tag in _BLOCKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.unseen = max(0, self.unseen - (tag in _UNSEEN))

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            self.words.append(" ".join(data.split()) + " " if data.strip() else "")


def words_of_page(page: str) -> str:
    """The words of a letter that was written as a page.

    >>> words_of_page("<style>p {}</style><p>La macchina <b>non</b> parte.</p><script>x()</script><p>Anna</p>")
    'La macchina non parte.\\nAnna'
    """
    reader = _Words()
    reader.feed(page)
    lines = (" ".join(line.split()) for line in "".join(reader.words).split("\n"))
    return "\n".join(line for line in lines if line)
