"""What a survey is, as plain values: its questions, when they are asked, from and to JSON-like data."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

import msgspec

from premura.core.words import without_control
from premura.loop.listen.kinds import ADJUSTABLE, FIXED, OTHER, PARTS, SCALES, WITH_OTHER, Kind, Look

TEXT_LIMIT = 5_000
LINE_LIMIT = 200
# What a survey itself may hold: far more than anybody answers, far less than would hurt the page that shows it
WORDS_LIMIT = 2_000
QUESTIONS_LIMIT = 100
OPTIONS_LIMIT = 40
LIST_LIMIT = 300
CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")

About = Literal["question", "language", "channel", "field", "customer"]
Test = Literal["is", "is_not", "at_least", "at_most", "answered", "unanswered", "several"]
# What needs no value beside it
VALUELESS: frozenset[Test] = frozenset({"answered", "unanswered", "several"})


class Option(msgspec.Struct, frozen=True):
    code: str
    text: dict[str, str]


class Condition(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that must hold. ``name``: a question's code, with ``.part`` for one row of it; a field's name."""

    about: About = "question"
    name: str = ""
    test: Test = "is"
    # With several, one of them is enough for «is» and none may be there for «is not»
    values: tuple[str, ...] = ()


class When(msgspec.Struct, frozen=True, omit_defaults=True):
    """Conditions that must all hold, or of which one is enough; none at all always holds."""

    conditions: tuple[Condition, ...] = ()
    match: Literal["all", "any"] = "all"


class Skip(msgspec.Struct, frozen=True, omit_defaults=True):
    """After this question go on with the question ``to``, or to the end where it is empty."""

    to: str = ""
    when: When = When()


class Ending(msgspec.Struct, frozen=True, omit_defaults=True):
    """Thanks for those of whom ``when`` holds; the first that fits is shown, else the survey's own."""

    code: str
    text: dict[str, str]
    when: When = When()


@lru_cache(maxsize=512)
def scale_of(kind: str, marks: str) -> str:
    """The scale of a kind; ``marks`` where it has none of its own or may have another one."""
    if kind not in SCALES or (kind in ADJUSTABLE and marks):
        return marks
    return "{}-{}".format(*SCALES[kind])


class Question(msgspec.Struct, frozen=True, omit_defaults=True):
    """One question. ``touchpoint`` is the code of the touchpoint it measures, or empty for the whole experience."""

    code: str
    kind: Kind
    text: dict[str, str]
    help: dict[str, str] = {}
    required: bool = False
    touchpoint: str = ""
    options: tuple[Option, ...] = ()
    # The scale of the kinds that have none of their own: "1-7"
    marks: str = ""
    look: Look = ""
    # A matrix's rows: each is answered on the same scale
    rows: tuple[Option, ...] = ()
    # What the two ends of a scale mean, where the kind has no words of its own
    low_text: dict[str, str] = {}
    high_text: dict[str, str] = {}
    has_other: bool = False
    # Of a number, both ends included
    least: float | None = None
    most: float | None = None
    # Of a line of text: "email", "phone", or a mask in which A is a letter, 0 a digit and * either
    pattern: str = ""
    # Which dimension of service quality it belongs to, and whether agreeing speaks against us
    dimension: str = ""
    is_reversed: bool = False
    # Which wording of the field's, where there are several: "2.0" of the effort score
    version: str = ""
    show_if: When = When()
    skips: tuple[Skip, ...] = ()
    starts_page: bool = False
    # Only the options that were chosen in that earlier question are offered
    options_from: str = ""

    @property
    def scale(self) -> str:
        """``"0-10"`` and the like; empty for questions without numbers."""
        return scale_of(self.kind, self.marks)

    @property
    def parts(self) -> tuple[str, ...]:
        """The codes of what is scored one by one under this question; empty for a question of one answer."""
        return tuple(row.code for row in self.rows) if self.kind == "matrix" else PARTS.get(self.kind, ())

    @property
    def choice_codes(self) -> tuple[str, ...]:
        """The codes that may be chosen."""
        own = FIXED.get(self.kind) or tuple(option.code for option in self.options)
        return (*own, OTHER) if self.has_other and self.kind in WITH_OTHER and OTHER not in own else own


class Definition(msgspec.Struct, frozen=True):
    """A whole survey as customers will see it."""

    title: dict[str, str]
    languages: tuple[str, ...]
    questions: tuple[Question, ...] = ()
    intro: dict[str, str] = {}
    thanks: dict[str, str] = {}
    # Names that a link may bring along (``f.name=value``), for conditions and texts
    fields: tuple[str, ...] = ()
    endings: tuple[Ending, ...] = ()
    # Taken only with a personal link, each of which counts once
    by_invitation: bool = False

    def question(self, code: str) -> Question | None:
        return next((question for question in self.questions if question.code == code), None)


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
    """The same as JSON-like data, with lists as a database gives them back."""
    result: dict[str, object] = msgspec.json.decode(msgspec.json.encode(definition))
    return result


def is_same(stored: object, definition: Definition) -> bool:
    """Whether ``stored`` says what ``definition`` says, also when it was written before a question could say more."""
    return stored == definition_to(definition) or draft_from(stored) == definition


def cleaned(definition: Definition) -> Definition:
    """The same without control characters, and without blanks around texts; an empty text is no text. Loses no word."""
    return msgspec.structs.replace(
        definition,
        title=_cleaned(definition.title),
        intro=_cleaned(definition.intro),
        thanks=_cleaned(definition.thanks),
        languages=tuple(dict.fromkeys(without_control(language) for language in definition.languages)),
        questions=tuple(_cleaned_question(question) for question in definition.questions),
        fields=tuple(dict.fromkeys(filter(None, map(without_control, definition.fields)))),
        endings=tuple(
            Ending(without_control(ending.code), _cleaned(ending.text), _cleaned_when(ending.when))
            for ending in definition.endings
        ),
    )


def _cleaned_question(question: Question) -> Question:
    return msgspec.structs.replace(
        question,
        code=without_control(question.code),
        text=_cleaned(question.text),
        help=_cleaned(question.help),
        low_text=_cleaned(question.low_text),
        high_text=_cleaned(question.high_text),
        touchpoint=without_control(question.touchpoint),
        pattern=without_control(question.pattern),
        options=_cleaned_options(question.options),
        rows=_cleaned_options(question.rows),
        show_if=_cleaned_when(question.show_if),
        skips=tuple(Skip(without_control(skip.to), _cleaned_when(skip.when)) for skip in question.skips),
    )


def _cleaned_options(options: tuple[Option, ...]) -> tuple[Option, ...]:
    return tuple(Option(without_control(option.code), _cleaned(option.text)) for option in options)


def _cleaned_when(when: When) -> When:
    conditions = tuple(
        msgspec.structs.replace(
            condition,
            name=without_control(condition.name),
            values=tuple(without_control(value) for value in condition.values),
        )
        for condition in when.conditions
    )
    return When(conditions, when.match)


def _cleaned(texts: Mapping[str, str]) -> dict[str, str]:
    clean = {without_control(language): without_control(text) for language, text in texts.items()}
    return {language: text for language, text in clean.items() if text}
