"""What was sent: the page's form or a program's JSON becomes one :class:`Incoming`, or a reason why not."""

import io
import json
import math
import re
from collections import Counter
from typing import Any, cast
from urllib.parse import parse_qsl

import msgspec
from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http.multipartparser import MultiPartParser, MultiPartParserError

from premura.entrypoints.collect.fields import KEY, LONGEST, Body, Wrong, wrong_fields, wrong_of
from premura.entrypoints.collect.requests import NO_CARRY, Carry, carry_from
from premura.loop.listen.asking import PREFIX, named_in
from premura.loop.listen.unfolding import FIELD

FORM, JSON, MULTIPART = "application/x-www-form-urlencoded", "application/json", "multipart/form-data"
# Names of the form's own fields have no dot; a question may be called anything
TRAP = "homepage"
_FIELDS = 500
_SECONDS = re.compile(r"[0-9]{1,6}")
_BYTE = re.compile(r"\(byte ([0-9]+)\)")


class Incoming(msgspec.Struct, frozen=True, gc=False):
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
    # How long it took to answer, where the sender measured it
    seconds: int | None = None
    # A program is told what it said wrong; a link that was mangled on its way still takes its answers along
    is_program: bool = False


class Fault(msgspec.Struct, frozen=True):
    """Why a body as a whole cannot be read: a stable code, and where or what."""

    code: str
    detail: str = ""


class RefusedError(Exception):
    """The body cannot be read as a filled-in survey; ``code`` says why, ``status`` how to answer, ``fault`` what is
    wrong with it as a whole, ``wrong`` which of its fields, and ``language`` in which words, where the body says so.
    """

    def __init__(
        self, code: str, status: int, fault: Fault | None = None, wrong: tuple[Wrong, ...] = (), language: str = ""
    ) -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.fault = fault
        self.wrong = wrong
        self.language = language


_decoder = msgspec.json.Decoder(Body)


def read_incoming(content_type: str, body: bytes, header: str = "") -> Incoming:
    """Read ``body``; :class:`RefusedError` when it has none of the forms, or is not well formed.

    A form with files is read only where ``header`` is given, with the mark between its parts.
    """
    if content_type == JSON:
        return _from_json(body)
    if content_type == FORM:
        return _from_form(body)
    if content_type == MULTIPART and header:
        pairs, files = read_parts(header, body)
        incoming = _from_pairs(pairs)
        return msgspec.structs.replace(incoming, answers=_with_files(incoming.answers, files))
    raise RefusedError("unsupported-type", 415)


def _with_files(answers: dict[str, object], files: list[tuple[str, str, bytes]]) -> dict[str, object]:
    """The files beside what the form says: a new file takes the place of one that was kept before."""
    whole = dict(answers)
    for field, name, data in files:
        if field.startswith(PREFIX) and data:
            whole[field.removeprefix(PREFIX)] = {"name": name, "data": data}
    return whole


def _from_json(body: bytes) -> Incoming:
    try:
        read = _decoder.decode(body)
    except msgspec.ValidationError as error:
        raise _faults_of(body, error) from error
    # A depth that no survey has ends in RecursionError, bytes that are no text in UnicodeDecodeError (a ValueError)
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        raise RefusedError("malformed", 400, _fault_of(error)) from error
    if (twice := _said_twice(body, read)) is not None:
        raise RefusedError("malformed", 422, Fault("twice", twice[:80]), (), read.language)
    if wrong := wrong_of(read):
        raise refused_for(wrong, read.language)
    carry = (
        carry_from(read.location, read.channel, read.token, {FIELD + name: v for name, v in read.fields.items()})
        if read.location or read.channel or read.token or read.fields
        else NO_CARRY
    )
    return Incoming(
        read.key,
        read.language,
        cast(dict[str, object], read.answers),
        carry,
        read.version,
        seconds=None if read.seconds is None else math.ceil(read.seconds),
        is_program=True,
    )


def _faults_of(body: bytes, error: msgspec.ValidationError) -> RefusedError:
    """Read once more, now with patience: whoever wrote the program hears of every field at once."""
    try:
        raw = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, ValueError) as worse:
        return RefusedError("malformed", 422, _fault_of(worse))
    if not isinstance(raw, dict):
        return RefusedError("malformed", 422, Fault("no-object"))
    wrong = wrong_fields(raw)
    if not wrong:
        return RefusedError("malformed", 422, _fault_of(error))
    language = raw.get("language")
    return refused_for(wrong, language if isinstance(language, str) else "")


def _fault_of(error: Exception) -> Fault:
    """What the parser means; its own words are English, and speak of bytes to nobody in particular."""
    if isinstance(error, RecursionError):
        return Fault("too-deep")
    if isinstance(error, UnicodeDecodeError):
        return Fault("no-utf-8")
    said = str(error)
    if "out of range" in said:
        return Fault("out-of-range")
    place = _BYTE.search(said)
    return Fault("no-json", place[1]) if place else Fault("cut-off")


def _said_twice(body: bytes, read: Body) -> str | None:
    """A name that stands twice in one object, of which the parser would keep the last and drop the others in silence.

    As many colons as names, and there is none: the careful reading is for the few that say more.
    """
    optional = (read.language, read.location, read.token, read.channel, read.fields, read.version)
    if body.count(b":") <= 2 + sum(map(bool, optional)) + len(read.answers) + len(read.fields):
        return None
    twice: list[str] = []

    def look(pairs: list[tuple[str, object]]) -> None:
        twice.extend(name for name, times in Counter(name for name, _value in pairs).items() if times > 1)

    json.loads(body, object_pairs_hook=look)
    return twice[0] if twice else None


def refused_for(wrong: tuple[Wrong, ...], language: str) -> RefusedError:
    """The refusal of a body of which these fields are wrong."""
    return RefusedError(wrong[0].code if len(wrong) == 1 else "bad-body", 422, None, wrong, language)


def _from_form(body: bytes) -> Incoming:
    try:
        pairs = parse_qsl(
            body.decode("ascii", "replace"), keep_blank_values=True, errors="replace", max_num_fields=_FIELDS
        )
    except ValueError as error:
        raise RefusedError("malformed", 400, Fault("many-fields", str(_FIELDS))) from error
    return _from_pairs(pairs)


def _from_pairs(pairs: list[tuple[str, str]]) -> Incoming:
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
        _measured(fields.get("seconds")),
    )


def _measured(text: str | None) -> int | None:
    """The seconds that the page's script measured; a form is never refused for them."""
    return int(text) if text and _SECONDS.fullmatch(text) and int(text) <= LONGEST else None


def read_parts(header: str, body: bytes) -> tuple[list[tuple[str, str]], list[tuple[str, str, bytes]]]:
    """Names and values, and of each file field, name and bytes. The body is in memory already, and within its limit."""
    information = {"CONTENT_TYPE": header, "CONTENT_LENGTH": str(len(body))}
    try:
        form, files = MultiPartParser(information, io.BytesIO(body), [_Kept()], "utf-8").parse()
    except (MultiPartParserError, SuspiciousOperation, ValueError) as error:
        raise RefusedError("malformed", 400, Fault("no-parts")) from error
    pairs = [(name, value) for name, values in form.lists() for value in values]
    return pairs, [(field, one.name or "", one.read()) for field, ones in files.lists() for one in ones]


class _Kept(FileUploadHandler):
    """Keeps a file in memory, where it is anyway."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._pieces.append(raw_data)

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._pieces: list[bytes] = []

    def file_complete(self, file_size: int) -> "UploadedFile[Any]":
        return SimpleUploadedFile(self.file_name or "", b"".join(self._pieces))


def _checked_key(key: str) -> str:
    if not KEY.fullmatch(key):
        raise RefusedError("bad-key", 422, None, (Wrong("bad-key", "key"),))
    return key
