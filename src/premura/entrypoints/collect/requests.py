"""One HTTP request as the collector needs it: no framework's request object, nothing parsed that is not used."""

import asyncio
import contextlib
import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from premura.core.limits import caller
from premura.loop.listen.asking import named_in
from premura.loop.listen.unfolding import FIELD

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_MOST_PREFILLED = 60
BODY_LIMIT = 64 * 1024
# What is too large is still read to its end, as far as this and as long as this, so that its sender hears why
_MOST_PASSED_OVER, _PASS_OVER_SECONDS = 100 * 1024 * 1024, 20
SLUG = re.compile(r"[-a-zA-Z0-9_]{1,60}")
_PATH = re.compile(r"/s/([-a-zA-Z0-9_]{1,60})(/thanks|/kiosk|/widget\.js)?/?")
LOCATION = re.compile(r"[-a-zA-Z0-9_]{1,60}")
TOKEN = re.compile(r"[-a-zA-Z0-9_]{1,40}")
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
# Nothing that needs escaping in a page or in an address
VALUE = re.compile(r"[-a-zA-Z0-9_.~]{1,80}")
MOST_FIELDS = 10
NO_FIELDS: tuple[tuple[str, str], ...] = ()
# What a link may say about how it reached the customer; anything else counts as a plain link
CHANNELS = frozenset({"link", "qr", "counter", "phone", "email", "web", "site", "delivery", "document"})


class TooLargeError(Exception):
    """The body is larger than any survey needs."""


class GoneError(Exception):
    """The client went away before its body was whole."""


class Carry(msgspec.Struct, frozen=True):
    """What a link says besides the survey: where, how, and to whom it was given. Checked, so safe in a page."""

    location: str = ""
    channel: str = ""
    token: str = ""
    # What the survey may ask the link to bring along, by name
    fields: tuple[tuple[str, str], ...] = ()

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Name and value of everything there is."""
        known = [("at", self.location), ("via", self.channel), ("i", self.token)]
        return [(name, value) for name, value in known if value] + [(FIELD + name, v) for name, v in self.fields]

    @property
    def query(self) -> str:
        """The same as the end of an address: ``&at=vicenza&via=qr``; empty when there is nothing."""
        return "".join(f"&{name}={value}" for name, value in self.pairs)


NO_CARRY = Carry()


def carry_from(location: object, channel: object, token: object, fields: Mapping[str, object] | None = None) -> Carry:
    """Keep what has the right form; a mangled link still opens the survey."""
    return Carry(
        location if isinstance(location, str) and LOCATION.fullmatch(location) else "",
        channel if isinstance(channel, str) and channel in CHANNELS else "",
        token if isinstance(token, str) and TOKEN.fullmatch(token) else "",
        NO_FIELDS
        if not fields
        else tuple(
            (name.removeprefix(FIELD), value)
            for name, value in (fields or {}).items()
            if name.startswith(FIELD)
            and NAME.fullmatch(name.removeprefix(FIELD))
            and isinstance(value, str)
            and VALUE.fullmatch(value)
        )[:MOST_FIELDS],
    )


class Request:
    """What a request says, read when asked for."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.method: str = scope["method"]
        self.headers: dict[bytes, bytes] = dict(scope["headers"])
        self.content_type = self.header(b"content-type").partition(";")[0].strip().lower()
        match = _PATH.fullmatch(scope["path"])
        self.slug: str = match[1] if match else ""
        # What is asked for beneath the survey: its thanks, its page for a tablet, its script for a web site
        self.part: str = match[2] or "" if match else ""

    def header(self, name: bytes) -> str:
        return self.headers.get(name, b"").decode("latin-1")

    @property
    def query(self) -> dict[str, str]:
        try:
            return dict(parse_qsl(self.scope["query_string"].decode("latin-1"), max_num_fields=20))
        except ValueError:
            return {}

    @property
    def carry(self) -> Carry:
        query = self.query
        return carry_from(query.get("at"), query.get("via"), query.get("i"), query)

    @property
    def prefilled(self) -> dict[str, object]:
        """Answers that the link brings along (``q.nps=9``): a start, which whoever answers can change."""
        if b"q." not in self.scope["query_string"]:
            return {}
        try:
            pairs = parse_qsl(self.scope["query_string"].decode("latin-1"), max_num_fields=_MOST_PREFILLED)
        except ValueError:
            return {}
        return named_in(pairs)

    @property
    def is_large(self) -> bool:
        """Whether it may be more than a form of words: only a survey that asks for files reads such a one."""
        length = self.header(b"content-length")
        return self.content_type == "multipart/form-data" or (length.isdigit() and len(length) > 4)

    @property
    def wants_json(self) -> bool:
        """Programs say so; a browser's form does not."""
        return self.content_type == "application/json" or "application/json" in self.header(b"accept")

    @property
    def accepts_gzip(self) -> bool:
        return "gzip" in self.header(b"accept-encoding")

    @property
    def address(self) -> str:
        client = self.scope.get("client")
        return caller(str(client[0]) if client else "", self.header(b"x-forwarded-for"))

    def languages(self) -> list[str]:
        """The reader's languages, best first: what the address asks for, then the browser's.

        Two letters each: «it-CH» is Italian to us.
        """
        asked = self.query.get("lang", "")
        return (
            [asked, *accepted_languages(self.header(b"accept-language"))]
            if asked
            else accepted_languages(self.header(b"accept-language"))
        )


def accepted_languages(header: str) -> list[str]:
    """Languages of an ``Accept-Language`` header, best first.

    >>> accepted_languages("en-GB;q=0.6, it-IT, *;q=0.1")
    ['it', 'en', '*']
    """
    ranked: list[tuple[float, str]] = []
    for part in header[:500].split(","):
        tag, _, quality = part.strip().partition(";q=")
        try:
            weight = float(quality or 1)
        except ValueError:
            continue
        if tag and weight > 0:
            ranked.append((-weight, tag[:2].lower()))
    return [tag for _weight, tag in sorted(ranked, key=lambda item: item[0])]


def choose_language(wanted: list[str], offered: tuple[str, ...]) -> str:
    """The first wanted language that is offered, else the first offered.

    >>> choose_language(["de", "en"], ("it", "en"))
    'en'
    """
    return next((language for language in wanted if language in offered), offered[0])


async def read_body(request: Request, receive: Receive, limit: int = BODY_LIMIT) -> bytes:
    """The whole body; :class:`TooLargeError` when it is larger than ``limit``, without keeping more than that."""
    length = request.header(b"content-length")
    if length.isdigit() and (len(length) > 9 or int(length) > limit):
        # Whoever waits for a word before sending gets it at once
        if len(length) <= 9 and int(length) <= _MOST_PASSED_OVER and not request.header(b"expect"):
            await _pass_over(receive)
        raise TooLargeError
    message = await receive()
    body = bytearray(message.get("body", b""))
    while message["type"] == "http.request" and message.get("more_body"):
        message = await receive()
        body += message.get("body", b"")
        if len(body) > limit:
            if message.get("more_body"):
                await _pass_over(receive)
            raise TooLargeError
    if message["type"] == "http.disconnect":
        raise GoneError
    if len(body) > limit:
        raise TooLargeError
    return bytes(body)


async def _pass_over(receive: Receive) -> None:
    """Read on and forget what is read: who is still sending takes an early answer for a broken connection."""
    size = 0
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_PASS_OVER_SECONDS):
            while size <= _MOST_PASSED_OVER:
                message = await receive()
                size += len(message.get("body", b""))
                if message["type"] != "http.request" or not message.get("more_body"):
                    return
