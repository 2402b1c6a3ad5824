"""What is wrong: with a survey that somebody wants to publish, or with an answer. Codes here, words elsewhere."""

from collections.abc import Iterable, Mapping

import msgspec

from premura.loop.listen.kinds import ADJUSTABLE, CHOICES, DIMENSIONS, OTHER, WITH_OTHER
from premura.loop.listen.marks import ends_of, is_pattern
from premura.loop.listen.questions import (
    CODE,
    LIST_LIMIT,
    OPTIONS_LIMIT,
    QUESTIONS_LIMIT,
    WORDS_LIMIT,
    Definition,
    Option,
    Question,
)


class Problem(msgspec.Struct, frozen=True):
    """Something wrong: a stable code, where (a question's code, or empty), and details for the sentence."""

    code: str
    where: str = ""
    detail: str = ""


def publishing_problems(definition: Definition) -> list[Problem]:
    """Everything that keeps a survey from being published, but its logic; an empty list means nothing does."""
    problems: list[Problem] = []
    if not definition.languages:
        problems.append(Problem("no-language"))
    if not any(question.kind != "statement" for question in definition.questions):
        problems.append(Problem("no-question"))
    if len(definition.questions) > QUESTIONS_LIMIT:
        problems.append(Problem("too-many-questions", "", str(QUESTIONS_LIMIT)))
    problems += _missing_texts("title", definition.title, definition.languages)
    for where, texts in (("intro", definition.intro), ("thanks", definition.thanks)):
        problems += _half_translated(where, [texts], definition.languages, "missing-text")
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
    yield from _half_translated(question.code, [question.help], languages, "missing-help")
    if question.kind in ADJUSTABLE:
        yield from _half_translated(question.code, [question.low_text, question.high_text], languages, "missing-ends")
    for texts in (question.text, question.help, question.low_text, question.high_text):
        yield from _long_texts(question.code, texts)
    if question.dimension and question.dimension not in DIMENSIONS:
        yield Problem("bad-dimension", question.code)
    if question.kind == "ces" and question.is_reversed:
        yield Problem("reversed-effort", question.code)
    if question.kind in CHOICES:
        yield from _list_problems(question, question.options, languages, _NAMES["option"])
    if question.kind == "matrix":
        yield from _list_problems(question, question.rows, languages, _NAMES["row"])
    yield from _range_problems(question)


_NAMES = {
    "option": ("too-few-options", "too-many-options", "duplicate-option", "bad-option", "missing-option"),
    "row": ("too-few-rows", "too-many-rows", "duplicate-row", "bad-row", "missing-row"),
}


def _list_problems(
    question: Question, options: tuple[Option, ...], languages: tuple[str, ...], names: tuple[str, ...]
) -> Iterable[Problem]:
    """Of the options of a choice, or of the rows of a matrix."""
    few, many, duplicate, bad, missing = names
    is_matrix = question.kind == "matrix"
    most = LIST_LIMIT if question.kind == "list" else OPTIONS_LIMIT
    if len(options) > most:
        yield Problem(many, question.code, str(most))
    least = 0 if question.options_from else 1 if is_matrix else 2
    if len(options) + (question.has_other and question.kind in WITH_OTHER) < least:
        yield Problem(few, question.code, str(len(options)))
    codes = [option.code for option in options]
    if len(set(codes)) < len(codes):
        yield Problem(duplicate, question.code)
    # A row's code is part of a name in the form
    if "" in codes or any("." in code or len(code) > 60 for code in codes):
        yield Problem(bad, question.code)
    if question.has_other and not is_matrix and OTHER in codes:
        yield Problem("other-twice", question.code)
    for language in languages:
        if any(not option.text.get(language, "").strip() for option in options):
            yield Problem(missing, question.code, language)
    for option in options:
        yield from _long_texts(question.code, option.text)


def _range_problems(question: Question) -> Iterable[Problem]:
    if question.kind in ADJUSTABLE and question.marks:
        ends = ends_of(question.marks)
        longest = 1_000 if question.kind == "slider" else 10
        if ends is None or not 0 < ends[1] - ends[0] <= longest:
            yield Problem("bad-scale", question.code)
    if question.least is not None and question.most is not None and question.least > question.most:
        yield Problem("bad-range", question.code)
    if question.pattern and not is_pattern(question.pattern):
        yield Problem("bad-pattern", question.code)


def _missing_texts(where: str, text: Mapping[str, str], languages: tuple[str, ...]) -> Iterable[Problem]:
    for language in languages:
        if not text.get(language, "").strip():
            yield Problem("missing-text", where, language)


def _half_translated(
    where: str, texts: list[dict[str, str]], languages: tuple[str, ...], code: str
) -> Iterable[Problem]:
    """What need not be said, but is said in one language only: who reads another would get it in the first."""
    said = [{one for one in languages if text.get(one, "").strip()} for text in texts]
    lacking = {one for there in said if there for one in {*languages} - there}
    yield from (Problem(code, where, one) for one in languages if one in lacking)


def _long_texts(where: str, text: Mapping[str, str]) -> Iterable[Problem]:
    for language, words in text.items():
        if len(words) > WORDS_LIMIT:
            yield Problem("words-too-long", where, language)
