"""What a program's JSON says beside its answers, field by field: every fault is named, and nothing is dropped.

A link is another matter: a mangled one still opens the survey, see ``carry_from``.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Any

import msgspec

from premura.entrypoints.collect.requests import CHANNELS, LOCATION, MOST_FIELDS, NAME, TOKEN, VALUE
from premura.loop.listen.questions import Definition

KEY = re.compile(r"[-a-zA-Z0-9_.:~]{1,64}")
LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8}){0,3}")
# A page that was open for longer than a week was not read for so long
LONGEST = 7 * 24 * 3600
_MOST_TOLD = 20

_Integer = Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]
_Seconds = Annotated[float, msgspec.Meta(ge=0, le=LONGEST)]
_Plain = str | bool | _Integer | float | None
_Value = _Plain | list[_Plain] | dict[str, _Plain | list[_Plain]]


class Body(msgspec.Struct, forbid_unknown_fields=True):
    """The JSON of a program; the names are those that docs/collect.md promises."""

    key: str
    answers: dict[str, _Value]
    language: str = ""
    location: str = ""
    token: str = ""
    channel: str = ""
    fields: dict[str, str] = {}
    version: _Integer = 0
    seconds: _Seconds | None = None


class Wrong(msgspec.Struct, frozen=True):
    """One field that cannot be used: a stable code, its name, and what the sentence needs besides."""

    code: str
    field: str
    detail: str = ""
    # The question, where it is one of the answers
    question: str = ""


_KINDS = {field.name: field.type for field in msgspec.structs.fields(Body)}
_NEEDED = ("key", "answers")
_FORMS = {"key": KEY, "language": LANGUAGE, "location": LOCATION, "token": TOKEN}


def wrong_fields(raw: Mapping[str, Any]) -> tuple[Wrong, ...]:
    """All that is wrong with a body that could not be used as it is, in the order of the fields' own list."""
    found = [Wrong("missing-field", name) for name in _NEEDED if name not in raw]
    for name, kind in _KINDS.items():
        if name == "answers" and isinstance(raw.get(name), dict):
            found += [
                Wrong("bad-answers", name, question=code) for code, one in raw[name].items() if not _is(one, _Value)
            ]
        elif name in raw and not _is(raw[name], kind):
            found.append(Wrong(f"bad-{name}", name))
        elif name in raw:
            found += wrong_form(name, raw[name])
    found += [Wrong("unknown-field", name[:80]) for name in raw if name not in _KINDS]
    return tuple(found[:_MOST_TOLD])


def _is(value: object, kind: Any) -> bool:
    try:
        msgspec.convert(value, kind)
    except (msgspec.ValidationError, RecursionError):
        return False
    return True


def wrong_form(name: str, value: Any) -> list[Wrong]:
    """What is wrong with a field of the right type; an empty one was left out, but a key is always needed."""
    form = _FORMS.get(name)
    if form is not None and (value or name == "key") and not form.fullmatch(value):
        return [Wrong(f"bad-{name}", name)]
    if name == "channel" and value and value not in CHANNELS:
        return [Wrong("unknown-channel", name, ", ".join(sorted(CHANNELS)))]
    if name == "fields":
        bad = [one for one, said in value.items() if not NAME.fullmatch(one) or not VALUE.fullmatch(said)]
        found = [Wrong("bad-fields", f"fields.{one[:80]}") for one in bad]
        return found if len(value) <= MOST_FIELDS else [Wrong("too-many-fields", name, str(MOST_FIELDS)), *found]
    return []


def wrong_of(read: Body) -> tuple[Wrong, ...]:
    """What is wrong with a body whose types are right: the quick way, for what has hardly ever a fault."""
    found = [] if KEY.fullmatch(read.key) else wrong_form("key", read.key)
    for name in ("language", "location", "token", "channel", "fields"):
        value = getattr(read, name)
        if value:
            found += wrong_form(name, value)
    return tuple(found[:_MOST_TOLD])


def spoken(language: str, offered: tuple[str, ...]) -> str:
    """The offered language that ``language`` means; empty where it means none.

    >>> spoken("it-CH", ("it", "en")), spoken("EN", ("it", "en")), spoken("de", ("it", "en"))
    ('it', 'en', '')
    """
    known = {one.lower(): one for one in offered}
    whole = language.lower()
    return known.get(whole) or known.get(whole.partition("-")[0], "")


def unasked(definition: Definition, language: str, fields: tuple[tuple[str, str], ...]) -> tuple[Wrong, ...]:
    """What this survey has no use for: a language that it is not offered in, fields that it does not ask for."""
    found = []
    if language and not spoken(language, definition.languages):
        found.append(Wrong("unknown-language", "language", ", ".join(definition.languages)))
    known = ", ".join(definition.fields)
    found += [
        Wrong("unasked-field", f"fields.{name}", known) for name, _value in fields if name not in definition.fields
    ]
    return tuple(found)
