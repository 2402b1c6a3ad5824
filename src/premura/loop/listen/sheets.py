"""A survey as the sheets of a workbook, and back: one row a question, an option, a condition.

Pure: rows of text in, rows of text out; who writes and reads the file is elsewhere. What goes out comes in the same.
A row that cannot be read is listed with its sheet, its number and why; nothing of a file that has one is taken.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from premura.loop.listen.questions import Condition, Definition, Option, Question, When
from premura.loop.listen.transfer import VERSION, SurveyFile
from premura.loop.listen.translations import texts_of

Rows = list[list[str]]
SHEETS = ("survey", "questions", "options", "conditions", "endings")
FORMAT = "premura-survey"
# A question's columns, in their order; those with a star stand once for every language: «text.it»
COLUMNS = (
    "code",
    "kind",
    "required",
    "text.*",
    "help.*",
    "touchpoint",
    "marks",
    "look",
    "low.*",
    "high.*",
    "has_other",
    "least",
    "most",
    "pattern",
    "dimension",
    "is_reversed",
    "version",
    "starts_page",
    "options_from",
)
FLAGS = frozenset({"required", "has_other", "is_reversed", "starts_page"})
NUMBERS = frozenset({"least", "most"})
# Column → the question's attribute
TEXTS = {"text": "text", "help": "help", "low": "low_text", "high": "high_text"}
CONDITION_COLUMNS = ("place", "code", "skip", "to", "match", "about", "name", "test")


@dataclass(frozen=True)
class Unread:
    """A row that could not be read: the sheet, its number as the spreadsheet counts, a code, and what stood there."""

    sheet: str
    row: int
    code: str
    detail: str = ""


def sheets_of(kept: SurveyFile, state: str = "") -> dict[str, Rows]:
    """The sheets by name, each with its heading. ``state``: which draft, and which of its revisions."""
    definition = kept.definition
    languages = _languages(definition)
    return {
        "survey": _survey(kept, languages, state),
        "questions": _questions(definition, languages),
        "options": _options(definition, languages),
        "conditions": _conditions(definition),
        "endings": [
            ["code", *(f"text.{code}" for code in languages)],
            *([ending.code, *_words(ending.text, languages)] for ending in definition.endings),
        ],
    }


def _languages(definition: Definition) -> list[str]:
    """The survey's own first, then those that only wait in the draft."""
    written = (language for texts in texts_of(definition).values() for language in texts)
    return list(dict.fromkeys([*definition.languages, *written]))


def _words(texts: Mapping[str, str], languages: Sequence[str]) -> list[str]:
    return [texts.get(language, "") for language in languages]


def _survey(kept: SurveyFile, languages: Sequence[str], state: str) -> Rows:
    definition = kept.definition
    facts = [("format", FORMAT), ("version", str(VERSION)), ("perspective", kept.perspective), ("moment", kept.moment)]
    facts += [("state", state)] if state else []
    facts += [("language", language) for language in definition.languages]
    facts += [("field", field) for field in definition.fields]
    facts += [("by_invitation", "yes")] if definition.by_invitation else []
    texts = [("title", definition.title), ("intro", definition.intro), ("thanks", definition.thanks)]
    return [
        ["what", "value", *(f"text.{code}" for code in languages)],
        *([what, value] for what, value in facts),
        *([what, "", *_words(words, languages)] for what, words in texts),
    ]


def _questions(definition: Definition, languages: Sequence[str]) -> Rows:
    heading: list[str] = []
    for column in COLUMNS:
        stem = column.removesuffix(".*")
        heading += [f"{stem}.{language}" for language in languages] if stem != column else [column]
    return [heading, *(_question(question, languages) for question in definition.questions)]


def _question(question: Question, languages: Sequence[str]) -> list[str]:
    cells: list[str] = []
    for column in COLUMNS:
        stem = column.removesuffix(".*")
        if stem != column:
            cells += _words(getattr(question, TEXTS[stem]), languages)
            continue
        value = getattr(question, column)
        cells.append(
            ("yes" if value else "")
            if column in FLAGS
            else ("" if value is None else repr(value))
            if column in NUMBERS
            else value
        )
    return cells


def _options(definition: Definition, languages: Sequence[str]) -> Rows:
    def rows(question: Question, which: str, ones: Iterable[Option]) -> Iterator[list[str]]:
        return ([question.code, which, one.code, *_words(one.text, languages)] for one in ones)

    found: Rows = [["question", "list", "code", *(f"text.{code}" for code in languages)]]
    for question in definition.questions:
        found += rows(question, "option", question.options)
        found += rows(question, "row", question.rows)
    return found


def _conditions(definition: Definition) -> Rows:
    rows: Rows = []
    for question in definition.questions:
        rows += _when("show", question.code, "", "", question.show_if)
        for number, skip in enumerate(question.skips, 1):
            rows += _when("skip", question.code, str(number), skip.to, skip.when)
    for ending in definition.endings:
        rows += _when("ending", ending.code, "", "", ending.when)
    longest = max([3, *(len(row) - len(CONDITION_COLUMNS) for row in rows)])
    return [[*CONDITION_COLUMNS, *(f"value.{number}" for number in range(1, longest + 1))], *rows]


def _when(place: str, code: str, skip: str, to: str, when: When) -> Iterator[list[str]]:
    start = [place, code, skip, to, when.match]
    for condition in when.conditions:
        yield [*start, *_condition(condition)]
    # A skip that always holds, and what «one is enough» was said of before there was a condition
    if not when.conditions and (skip or when.match == "any"):
        yield [*start, "", "", ""]


def _condition(condition: Condition) -> list[str]:
    return [condition.about, condition.name, condition.test, *condition.values]
