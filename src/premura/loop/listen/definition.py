"""What a survey is, as plain values: its questions, what is wrong with it, and how a raw form becomes answers.

Pure: used by the public page, the staff page, the API and the importers alike, so that they can never disagree.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Literal

import msgspec

# A rating has the scale it was given on; only files that people bring have it
Kind = Literal["nps", "csat", "ces", "rating", "single", "multiple", "text"]
SCALES: dict[str, tuple[int, int]] = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7)}
CHOICES = frozenset({"single", "multiple"})
# The kinds that a survey of ours can ask
ASKABLE: tuple[Kind, ...] = ("nps", "csat", "ces", "single", "multiple", "text")
TEXT_LIMIT = 5_000
# What a survey itself may hold: far more than anybody answers, far less than would hurt the page that shows it
WORDS_LIMIT = 2_000
QUESTIONS_LIMIT = 100
OPTIONS_LIMIT = 40
CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
_WHOLE = re.compile(r"-?\d{1,4}", re.ASCII)
# Control characters say nothing to a reader and can hurt one; line breaks and tabs stay
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class Option(msgspec.Struct, frozen=True):
    code: str
    text: dict[str, str]


class Question(msgspec.Struct, frozen=True):
    """One question. ``touchpoint`` is the code of the touchpoint it measures, or empty for the whole experience."""

    code: str
    kind: Kind
    text: dict[str, str]
    help: dict[str, str] = {}
    required: bool = False
    touchpoint: str = ""
    options: tuple[Option, ...] = ()
    marks: str = ""

    @property
    def scale(self) -> str:
        """``"0-10"`` and the like; empty for questions without numbers."""
        return "{}-{}".format(*SCALES[self.kind]) if self.kind in SCALES else self.marks


class Definition(msgspec.Struct, frozen=True):
    """A whole survey as customers will see it."""

    title: dict[str, str]
    languages: tuple[str, ...]
    questions: tuple[Question, ...] = ()
    intro: dict[str, str] = {}
    thanks: dict[str, str] = {}

    def question(self, code: str) -> Question | None:
        return next((question for question in self.questions if question.code == code), None)


class Problem(msgspec.Struct, frozen=True):
    """Something wrong: a stable code, where (a question's code, or empty), and details for the sentence."""

    code: str
    where: str = ""
    detail: str = ""


class Given(msgspec.Struct, frozen=True):
    """One answer that was given: a score, or codes of options, or text."""

    code: str
    score: int | None = None
    choices: tuple[str, ...] = ()
    text: str = ""


class Reading(msgspec.Struct, frozen=True):
    """What a raw form says: the answers that can be used and the problems with the others."""

    answers: tuple[Given, ...]
    problems: tuple[Problem, ...]


def definition_from(data: object) -> Definition:
    """Build a definition from JSON-like data; ``msgspec.ValidationError`` where the shape is wrong."""
    return msgspec.convert(data, Definition)


def draft_from(data: object) -> Definition:
    """Like :func:`definition_from`, but a draft of a wrong shape is an empty draft: the editor must always open."""
    try:
        return definition_from(data)
    except msgspec.ValidationError:
        return Definition(title={}, languages=())


def definition_to(definition: Definition) -> dict[str, object]:
    """The same as JSON-like data, with lists as a database gives them back: equal drafts compare equal."""
    result: dict[str, object] = msgspec.json.decode(msgspec.json.encode(definition))
    return result


def cleaned(definition: Definition) -> Definition:
    """The same without control characters, and without blanks around texts; an empty text is no text. Loses no word."""
    return msgspec.structs.replace(
        definition,
        title=_cleaned(definition.title),
        intro=_cleaned(definition.intro),
        thanks=_cleaned(definition.thanks),
        languages=tuple(dict.fromkeys(_without_control(language) for language in definition.languages)),
        questions=tuple(_cleaned_question(question) for question in definition.questions),
    )


def _cleaned_question(question: Question) -> Question:
    return msgspec.structs.replace(
        question,
        code=_without_control(question.code),
        text=_cleaned(question.text),
        help=_cleaned(question.help),
        touchpoint=_without_control(question.touchpoint),
        options=tuple(Option(_without_control(option.code), _cleaned(option.text)) for option in question.options),
    )


def _cleaned(texts: Mapping[str, str]) -> dict[str, str]:
    clean = {_without_control(language): _without_control(text) for language, text in texts.items()}
    return {language: text for language, text in clean.items() if text}


def _without_control(text: str) -> str:
    return _CONTROL.sub("", text.replace("\r\n", "\n")).strip()


def publishing_problems(definition: Definition) -> list[Problem]:
    """Everything that keeps a survey from being published; an empty list means nothing does."""
    problems: list[Problem] = []
    if not definition.languages:
        problems.append(Problem("no-language"))
    if not definition.questions:
        problems.append(Problem("no-question"))
    if len(definition.questions) > QUESTIONS_LIMIT:
        problems.append(Problem("too-many-questions", "", str(QUESTIONS_LIMIT)))
    problems += _missing_texts("title", definition.title, definition.languages)
    for where, texts in (("title", definition.title), ("intro", definition.intro), ("thanks", definition.thanks)):
        problems += _long_texts(where, texts)
    codes = [question.code for question in definition.questions]
    problems += [Problem("duplicate-code", code) for code in sorted({code for code in codes if codes.count(code) > 1})]
    for question in definition.questions:
        problems += _question_problems(question, definition.languages)
    return problems


def _question_problems(question: Question, languages: tuple[str, ...]) -> Iterable[Problem]:
    if not CODE.fullmatch(question.code):
        yield Problem("bad-code", question.code)
    yield from _missing_texts(question.code, question.text, languages)
    yield from _long_texts(question.code, question.text)
    yield from _long_texts(question.code, question.help)
    if question.kind not in CHOICES:
        return
    if len(question.options) > OPTIONS_LIMIT:
        yield Problem("too-many-options", question.code, str(OPTIONS_LIMIT))
    if len(question.options) < 2:
        yield Problem("too-few-options", question.code, str(len(question.options)))
    codes = [option.code for option in question.options]
    if len(set(codes)) < len(codes):
        yield Problem("duplicate-option", question.code)
    if "" in codes:
        yield Problem("bad-option", question.code)
    for language in languages:
        if any(not option.text.get(language, "").strip() for option in question.options):
            yield Problem("missing-option", question.code, language)
    for option in question.options:
        yield from _long_texts(question.code, option.text)


def _missing_texts(where: str, text: Mapping[str, str], languages: tuple[str, ...]) -> Iterable[Problem]:
    for language in languages:
        if not text.get(language, "").strip():
            yield Problem("missing-text", where, language)


def _long_texts(where: str, text: Mapping[str, str]) -> Iterable[Problem]:
    for language, words in text.items():
        if len(words) > WORDS_LIMIT:
            yield Problem("words-too-long", where, language)


def read_answers(definition: Definition, raw: Mapping[str, object]) -> Reading:
    """Turn a raw form or JSON object (question code → value or list of values) into answers and problems.

    An empty value is no answer; a required question without one, a value outside its scale, an unknown option, a value
    of the wrong type and an unknown question are problems. Nothing is guessed and nothing is cut in silence.
    """
    answers: list[Given] = []
    problems = [Problem("unknown-question", code) for code in raw if definition.question(code) is None]
    for question in definition.questions:
        result = _read_answer(question, raw.get(question.code))
        if isinstance(result, Problem):
            problems.append(result)
        elif result is not None:
            answers.append(result)
        elif question.required:
            problems.append(Problem("required", question.code))
    if not answers and not problems:
        problems.append(Problem("nothing-answered"))
    return Reading(tuple(answers), tuple(problems))


def _read_answer(question: Question, value: object) -> Given | Problem | None:
    if value is None or value in ("", [], ()):
        return None
    if question.scale:
        return _read_score(question, value)
    if question.kind in CHOICES:
        return _read_choices(question, value)
    return _read_text(question, value)


@lru_cache(maxsize=64)
def _ends(scale: str) -> tuple[int, int]:
    """``"0-10"`` → (0, 10)."""
    low, high = scale.split("-")
    return int(low), int(high)


def _read_score(question: Question, value: object) -> Given | Problem:
    if isinstance(value, str) and _WHOLE.fullmatch(value.strip()):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        return Problem("not-a-number", question.code)
    low, high = _ends(question.scale)
    if not low <= value <= high:
        return Problem("out-of-range", question.code, f"{low}-{high}")
    return Given(question.code, score=value)


def _read_choices(question: Question, value: object) -> Given | Problem | None:
    values: list[Any] = list(value) if isinstance(value, list | tuple) else [value]
    values = [item for item in values if item != ""]
    known = {option.code for option in question.options}
    if any(not isinstance(item, str) or item not in known for item in values):
        return Problem("unknown-option", question.code)
    if question.kind == "single" and len(values) > 1:
        return Problem("one-option-only", question.code)
    return Given(question.code, choices=tuple(dict.fromkeys(values))) if values else None


def _read_text(question: Question, value: object) -> Given | Problem | None:
    if not isinstance(value, str):
        return Problem("not-a-text", question.code)
    text = _CONTROL.sub("", value.replace("\r\n", "\n")).strip()
    if len(text) > TEXT_LIMIT:
        return Problem("text-too-long", question.code, str(TEXT_LIMIT))
    return Given(question.code, text=text) if text else None
