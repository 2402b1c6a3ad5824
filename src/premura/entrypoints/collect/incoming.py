"""What was sent: the page's form or a program's JSON becomes one :class:`Incoming`, or a reason why not."""

import re
from typing import Annotated, cast
from urllib.parse import parse_qsl

import msgspec

from premura.entrypoints.collect.requests import CHANNELS, NO_CARRY, Carry, carry_from
from premura.loop.listen.asking import PREFIX, named_in
from premura.loop.listen.submissions import FIELD

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
KEY = re.compile(r"[-a-zA-Z0-9_.:~]{1,64}")
# Names of the form's own fields have no dot; a question may be called anything
TRAP = "homepage"
_FIELDS = 500

_Integer = Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]
_Plain = str | bool | _Integer | float | None
_Value = _Plain | list[_Plain] | dict[str, _Plain | list[_Plain]]


class Incoming(msgspec.Struct, frozen=True):
    """One filled-in survey, not yet checked against its questions."""

    key: str
    language: str
    answers: dict[str, object]
    carry: Carry
    # Which version the page showed; 0 when the sender does not say
    version: int = 0
    is_trapped: bool = False
    # Which page of a survey in pages was filled in, and whether to go back; ``None`` when it is sent whole
    page: int | None = None
    is_back: bool = False


class RefusedError(Exception):
    """The body cannot be read as a filled-in survey; ``code`` says why, ``status`` how to answer, ``detail`` where."""

    def __init__(self, code: str, status: int, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.detail = detail


class _Body(msgspec.Struct, forbid_unknown_fields=True):
    key: str
    answers: dict[str, _Value]
    language: str = ""
    location: str = ""
    token: str = ""
    channel: str = ""
    fields: dict[str, str] = {}
    version: _Integer = 0


_decoder = msgspec.json.Decoder(_Body)


def read_incoming(content_type: str, body: bytes) -> Incoming:
    """Read ``body``; :class:`RefusedError` when it is neither of the two forms, or not well formed."""
    if content_type == JSON:
        return _from_json(body)
    if content_type == FORM:
        return _from_form(body)
    raise RefusedError("unsupported-type", 415)


def _from_json(body: bytes) -> Incoming:
    try:
        read = _decoder.decode(body)
    except msgspec.ValidationError as error:
        raise RefusedError("malformed", 422, str(error)) from error
    # A depth that no survey has ends in RecursionError, bytes that are no text in UnicodeDecodeError (a ValueError)
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        raise RefusedError("malformed", 400, str(error)) from error
    if read.channel and read.channel not in CHANNELS:
        raise RefusedError("unknown-channel", 422, ", ".join(sorted(CHANNELS)))
    carry = (
        carry_from(read.location, read.channel, read.token, {FIELD + name: v for name, v in read.fields.items()})
        if read.location or read.channel or read.token or read.fields
        else NO_CARRY
    )
    return Incoming(_checked_key(read.key), read.language, cast(dict[str, object], read.answers), carry, read.version)


def _from_form(body: bytes) -> Incoming:
    try:
        pairs = parse_qsl(
            body.decode("ascii", "replace"), keep_blank_values=True, errors="replace", max_num_fields=_FIELDS
        )
    except ValueError as error:
        raise RefusedError("malformed", 400, str(error)) from error
    fields = {name: value for name, value in pairs if not name.startswith(PREFIX)}
    version, page = fields.get("version", ""), fields.get("page", "")
    return Incoming(
        _checked_key(fields.get("key", "")),
        fields.get("lang", ""),
        named_in(pairs),
        carry_from(fields.get("at"), fields.get("via"), fields.get("i"), fields),
        int(version) if re.fullmatch(r"[0-9]{1,15}", version) else 0,
        bool(fields.get(TRAP, "").strip()),
        int(page) if re.fullmatch(r"[0-9]{1,3}", page) else None,
        fields.get("go") == "back",
    )


def _checked_key(key: str) -> str:
    if not KEY.fullmatch(key):
        raise RefusedError("bad-key", 422, "1-64: A-Z a-z 0-9 - _ . : ~")
    return key
