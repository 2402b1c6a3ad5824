"""How a raw form becomes answers, kind by kind; nothing is guessed and nothing is cut in silence.

Pure: used by the public page, the staff page, the API and the importers alike, so that they can never disagree.
"""

import math
import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import msgspec

from premura.core.words import without_control
from premura.loop.listen.kinds import CHOICES, CONTACT, FILED, FIXED, OTHER, PARTED, SCORED
from premura.loop.listen.marks import ends_of, fits
from premura.loop.listen.problems import Problem
from premura.loop.listen.questions import LINE_LIMIT, TEXT_LIMIT, Definition, Question

_WHOLE = re.compile(r"-?\d{1,4}", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d{1,12}(?:[.,]\d{1,4})?", re.ASCII)
NUMBER_LIMIT = 10**12
# What stands beside the choices: «other» in words, or how the solution was found
WORDS = "text"
# Where a file lies: the digest of its content, and what it is
FILE_REFERENCE = re.compile(r"[0-9a-f]{64}\.(?:jpg|png|pdf)")
_YES = frozenset({"yes", "true", "on", "1"})


class Given(msgspec.Struct, frozen=True, gc=False):
    """One answer that was given: a score, or codes of options, or text, or a number, a day, how to reach somebody,
    or a file.

    ``part`` is the row that was scored where a question asks several things.
    """

    code: str
    score: int | None = None
    choices: tuple[str, ...] = ()
    text: str = ""
    part: str = ""
    number: float | int | None = None
    day: str = ""
    contact: dict[str, str] = {}
    # The address of a photo, a file or a drawn signature
    file: str = ""
    # What the file was called, or the name that was typed as a signature
    name: str = ""


class Reading(msgspec.Struct, frozen=True, gc=False):
    """What a raw form says: the answers that can be used and the problems with the others."""

    answers: tuple[Given, ...]
    problems: tuple[Problem, ...]


Read = tuple[Given, ...] | Problem
Reader = Callable[[object], Read]


def read_answer(question: Question, value: object) -> Read:
    """What ``value`` says to ``question``: nothing where it is empty, an answer, several of its parts, or a problem."""
    return () if is_empty(value) else reader_of(question)(value)


def is_empty(value: object) -> bool:
    """Whether ``value`` is no answer; a zero and a plain «no» are one."""
    return value is None or (not value and isinstance(value, str | list | tuple | dict))


def reader_of(question: Question) -> Reader:
    """What reads a value that is not empty: made once where thousands answer the same question."""
    if question.kind in SCORED:
        return partial(_read_score, question.code, ends_of(question.scale) or (0, 0))
    return partial(_READERS[question.kind], question)


def stored_answers(answers: tuple[Given, ...]) -> dict[str, object]:
    """Question code → what :func:`read_answer` reads back to the same answers, as JSON can hold it."""
    stored: dict[str, object] = {}
    for given in answers:
        if given.part:
            parts = stored.setdefault(given.code, {})
            assert isinstance(parts, dict)
            parts[given.part] = given.score
        else:
            stored[given.code] = _stored(given)
    return stored


def _stored(given: Given) -> object:
    if given.score is not None:
        return given.score
    if given.choices:
        return {"choices": list(given.choices), WORDS: given.text} if given.text else list(given.choices)
    if given.number is not None:
        return given.number
    if given.file or given.name:
        return {key: value for key, value in (("file", given.file), ("name", given.name)) if value}
    return given.day or given.contact or given.text


def without_words(definition: Definition, stored: Mapping[str, object]) -> dict[str, object]:
    """``stored`` without anything that tells who it was: what was written, and how to reach them."""
    questions = {question.code: question for question in definition.questions}
    kept: dict[str, object] = {}
    for code, value in stored.items():
        question = questions.get(code)
        if question is None or question.kind in {"text", "line", "contact", *FILED}:
            continue  # also what a link brought along, which may name a person
        kept[code] = value.get("choices", []) if isinstance(value, dict) and WORDS in value else value
    return kept


# One reader a kind


def _read_score(code: str, ends: tuple[int, int], value: object) -> Read:
    score = _score(code, ends, value)
    return score if isinstance(score, Problem) else (Given(code, score),)


def _score(code: str, ends: tuple[int, int], value: object) -> int | Problem:
    if isinstance(value, str) and _WHOLE.fullmatch(value.strip()):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        return Problem("not-a-number", code)
    low, high = ends
    if not low <= value <= high:
        return Problem("out-of-range", code, f"{low}-{high}")
    return value


def _read_parts(question: Question, value: object) -> Read:
    """``{part: score}``; what is empty was not answered."""
    if not isinstance(value, dict):
        return Problem("not-parts", question.code)
    known, ends = question.parts, ends_of(question.scale) or (0, 0)
    if any(part not in known for part in value):
        return Problem("unknown-part", question.code)
    given: list[Given] = []
    for part in known:
        if value.get(part) in (None, "", []):
            continue
        score = _score(question.code, ends, value[part])
        if isinstance(score, Problem):
            return score
        given.append(Given(question.code, part=part, score=score))
    return tuple(given)


def _read_choices(question: Question, value: object) -> Read:
    """A code, a list of codes, or ``{"choices": […], "text": "…"}``."""
    words = ""
    if isinstance(value, dict):
        if value.keys() - {"", "choices", WORDS}:
            return Problem("unknown-part", question.code)
        said = _words(question, value.get(WORDS), LINE_LIMIT if question.kind in CHOICES else TEXT_LIMIT)
        if isinstance(said, Problem):
            return said
        words, value = said, value.get("choices") or value.get("") or []
    values: list[Any] = list(value) if isinstance(value, list | tuple) else [value]
    if question.kind == "yesno":
        values = ["yes" if item is True else "no" if item is False else item for item in values]
    values = [item for item in values if item != ""]
    known = question.choice_codes if values else ()
    for item in values:
        if not isinstance(item, str) or item not in known:
            return Problem("unknown-option", question.code)
    return _chosen(question, tuple(dict.fromkeys(values)), words)


def _chosen(question: Question, codes: tuple[str, ...], words: str) -> Read:
    if question.kind != "multiple" and len(codes) > 1:
        return Problem("one-option-only", question.code)
    # Words beside «other» say «other», also when its box was not ticked; beside another choice they were left behind
    if words and question.kind in CHOICES:
        if OTHER not in question.choice_codes:
            return Problem("unknown-part", question.code)
        if question.kind == "multiple" or not codes:
            codes = tuple(dict.fromkeys((*codes, OTHER)))
        elif OTHER not in codes:
            words = ""
    if words and not codes:
        return Problem("choose-too", question.code)
    return (Given(question.code, choices=codes, text=words),) if codes else ()


def _read_ranking(question: Question, value: object) -> Read:
    """Codes, the best first, or ``{code: place}``; who ranks only some ranks those."""
    if isinstance(value, dict):
        placed: dict[int, str] = {}
        for code, place in value.items():
            if place in (None, ""):
                continue
            number = int(place) if isinstance(place, str) and _WHOLE.fullmatch(place.strip()) else place
            if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= len(question.options):
                return Problem("bad-place", question.code)
            if number in placed:
                return Problem("same-place", question.code, str(number))
            placed[number] = code
        value = [placed[number] for number in sorted(placed)]
    if not isinstance(value, list | tuple):
        return Problem("unknown-option", question.code)
    if any(not isinstance(code, str) or code not in question.choice_codes for code in value):
        return Problem("unknown-option", question.code)
    if len(set(value)) < len(value):
        return Problem("same-place", question.code, "")
    return (Given(question.code, choices=tuple(value)),) if value else ()


def _read_number(question: Question, value: object) -> Read:
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        value = float(value.strip().replace(",", "."))
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return Problem("not-a-figure", question.code)
    low = question.least if question.least is not None else -NUMBER_LIMIT
    high = question.most if question.most is not None else NUMBER_LIMIT
    if not low <= value <= high:
        return Problem("number-out-of-range", question.code, f"{figure(low)}…{figure(high)}")
    number = round(float(value), 4)
    return (Given(question.code, number=int(number) if number.is_integer() else number),)


def figure(number: float) -> str:
    """Without the ``.0`` of a whole number.

    >>> figure(3.0), figure(2.5)
    ('3', '2.5')
    """
    return str(int(number)) if float(number).is_integer() else str(Decimal(str(number)))


def _read_day(question: Question, value: object) -> Read:
    try:
        day = date.fromisoformat(value.strip()) if isinstance(value, str) and len(value) <= 20 else None
    except ValueError:
        day = None
    if day is None or not 1900 <= day.year <= 2200:
        return Problem("not-a-day", question.code)
    return (Given(question.code, day=day.isoformat()),)


def _read_text(question: Question, value: object) -> Read:
    words = _words(question, value, LINE_LIMIT if question.kind == "line" else TEXT_LIMIT)
    if isinstance(words, Problem):
        return words
    if not words:
        return ()
    if question.kind == "line":
        words = " ".join(words.split())
        if question.pattern and not fits(question.pattern, words):
            return Problem("wrong-pattern", question.code, question.pattern)
    return (Given(question.code, text=words),)


def _words(question: Question, value: object, limit: int) -> str | Problem:
    if value is None:
        return ""
    if not isinstance(value, str):
        return Problem("not-a-text", question.code)
    if len(value) > 2 * limit:  # megabytes are not even cleaned
        return Problem("text-too-long", question.code, str(limit))
    words = without_control(value)
    return words if len(words) <= limit else Problem("text-too-long", question.code, str(limit))


def _read_contact(question: Question, value: object) -> Read:
    """``{"name", "email", "phone", "consent"}``; without consent nothing is kept, and that is said."""
    if not isinstance(value, dict):
        return Problem("not-parts", question.code)
    if value.keys() - {*CONTACT, "consent"}:
        return Problem("unknown-part", question.code)
    given: dict[str, str] = {}
    for name in CONTACT:
        words = _words(question, value.get(name), LINE_LIMIT)
        if isinstance(words, Problem):
            return words
        if words:
            given[name] = " ".join(words.split())
    if not given:
        return ()
    for name in ("email", "phone"):
        if name in given and not fits(name, given[name]):
            return Problem(f"bad-{name}", question.code)
    if "email" not in given and "phone" not in given:
        return Problem("no-way", question.code)
    consent = value.get("consent")
    if consent is not True and not (isinstance(consent, str) and consent.lower() in _YES):
        return Problem("no-consent", question.code)
    return (Given(question.code, contact={**given, "consent": "yes"}),)


def _read_file(question: Question, value: object) -> Read:
    """``{"file": address, "name": …}``, after its bytes were kept; of a signature the name alone is enough."""
    if not isinstance(value, dict):
        return Problem("not-a-file", question.code)
    if value.keys() - {"file", "name", ""}:
        return Problem("not-a-file", question.code)
    name, file = _words(question, value.get("name"), LINE_LIMIT), value.get("file") or ""
    if isinstance(name, Problem):
        return name
    if not isinstance(file, str) or (file and not FILE_REFERENCE.fullmatch(file)):
        return Problem("not-a-file", question.code)
    name = " ".join(name.split())
    is_signed = question.kind == "signature" and name
    return (Given(question.code, file=file, name=name),) if file or is_signed else ()


_READERS: dict[str, Callable[[Question, object], Read]] = {
    "statement": lambda _question, _value: (),
    **dict.fromkeys(PARTED, _read_parts),
    **dict.fromkeys(CHOICES | FIXED.keys(), _read_choices),
    "ranking": _read_ranking,
    "number": _read_number,
    "date": _read_day,
    "line": _read_text,
    "text": _read_text,
    "contact": _read_contact,
    **dict.fromkeys(FILED, _read_file),
}
