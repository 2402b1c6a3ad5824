"""Which questions are asked: shown if, skipped, carried on from earlier answers; which ending, which words.

Pure, and the only code that says so: the public page, the JSON API, the counter and imports read answers through it.

**The rule.** Questions are walked in their order, once. A question is asked when no skip has jumped over it and its
conditions hold for what was answered to the questions asked *before* it. The answer to a question that is not asked
counts as not given, wherever it came from: it is dropped, because people go back and change their minds.
A condition on a question without an answer holds only if it says «unanswered».
"""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from premura.loop.listen.answers import Given, Read, Reader, Reading, figure, is_empty, read_answer, reader_of
from premura.loop.listen.kinds import FILED
from premura.loop.listen.problems import Problem
from premura.loop.listen.questions import Condition, Definition, Ending, Question, When

# «{reason}» or «{reason|what you told us}» in a text: what was answered, else what stands behind the bar
PIPE = re.compile(r"\{(?:(field|customer):)?([a-z][a-z0-9_]{0,39})(?:\|([^{}|]{0,200}))?\}")


class Context(msgspec.Struct, frozen=True):
    """What is known besides the answers: the language, how it came, what the link brought, who the customer is."""

    language: str = ""
    channel: str = ""
    fields: Mapping[str, str] = {}
    customer: Mapping[str, str] = {}


NOTHING = Context()
# So many unknown questions are named and no more: a body of nothing else would cost seconds of sentences
_MOST_UNKNOWN = 20


class Step(msgspec.Struct, frozen=True):
    """One question that is asked, with the options that are offered, and what was answered to it."""

    position: int
    question: Question
    read: Read


class Course(msgspec.Struct, frozen=True):
    """A definition made ready to be walked: built once a version. ``pages``: positions that can be shown together.

    A page ends where the author says so, and before a question that depends on an answer of the same page: that is how
    the survey is served without JavaScript.
    """

    definition: Definition
    questions: dict[str, Question]
    pages: tuple[tuple[int, ...], ...]
    has_logic: bool
    # Whether the page differs from one visit to the next: by channel, by what the link brought, by who it is
    uses_channel: bool
    uses_fields: bool
    uses_customer: bool
    # What reads each question's answer
    readers: tuple[tuple[Question, Reader], ...]
    # Whether it asks for photos, files or signatures, which come another way than words
    has_files: bool = False

    @property
    def has_pages(self) -> bool:
        return len(self.pages) > 1

    def page_of(self, position: int) -> int:
        return next((number for number, page in enumerate(self.pages) if position in page), 0)


def course_of(definition: Definition) -> Course:
    questions = {question.code: question for question in definition.questions}
    has_logic = any(q.show_if.conditions or q.skips or q.options_from for q in definition.questions)
    abouts = {condition.about for when in _whens(definition) for condition in when.conditions}
    pipes = {kind for question in definition.questions for kind, _name, _rest in _pipes(question)}
    return Course(
        definition,
        questions,
        _pages(definition),
        has_logic or bool(pipes),
        uses_channel="channel" in abouts,
        uses_fields=bool(definition.fields),
        uses_customer="customer" in abouts | pipes,
        readers=tuple((question, reader_of(question)) for question in definition.questions),
        has_files=any(question.kind in FILED for question in definition.questions),
    )


def _whens(definition: Definition) -> Iterator[When]:
    for question in definition.questions:
        yield question.show_if
        yield from (skip.when for skip in question.skips)
    yield from (ending.when for ending in definition.endings)


def _pipes(question: Question) -> Iterator[tuple[str, str, str]]:
    """Kind (empty for an answer), name and fallback of everything that is put into the question's texts."""
    for texts in (question.text, question.help):
        for text in texts.values():
            yield from PIPE.findall(text)


def _pages(definition: Definition) -> tuple[tuple[int, ...], ...]:
    pages: list[list[int]] = [[]]
    here: set[str] = set()
    is_fork = False
    for position, question in enumerate(definition.questions):
        if pages[-1] and (question.starts_page or is_fork or here & sources_of(question)):
            pages.append([])
            here.clear()
        pages[-1].append(position)
        here.add(question.code)
        is_fork = bool(question.skips)
    return tuple(tuple(page) for page in pages)


def sources_of(question: Question) -> set[str]:
    """The codes of the questions that must be answered before it is known whether and how this one is asked."""
    names = {c.name.partition(".")[0] for c in question.show_if.conditions if c.about == "question"}
    names |= {name for kind, name, _rest in _pipes(question) if not kind}
    return names | ({question.options_from} if question.options_from else set())


# Walking


def steps(course: Course, raw: Mapping[str, object], context: Context = NOTHING) -> Iterator[Step]:
    """The questions that are asked, in their order, given the raw answers; lazily, so that one may stop anywhere."""
    answers: dict[str, tuple[Given, ...]] = {}
    jump: str | None = None
    for position, question in enumerate(course.definition.questions):
        if jump is not None:
            if question.code != jump:
                continue
            jump = None
        if not holds(question.show_if, answers, context):
            continue
        offered = _offered(question, course, answers)
        read = read_answer(offered, raw.get(question.code))
        answers[question.code] = () if isinstance(read, Problem) else read
        yield Step(position, offered, read)
        for skip in question.skips:
            if holds(skip.when, answers, context):
                jump = skip.to
                break


def _offered(question: Question, course: Course, answers: Mapping[str, tuple[Given, ...]]) -> Question:
    """``question`` with the options that were chosen in an earlier one before its own."""
    source = course.questions.get(question.options_from)
    if source is None:
        return question
    chosen = {code for given in answers.get(source.code, ()) for code in given.choices}
    own = {option.code for option in question.options}
    carried = tuple(option for option in source.options if option.code in chosen and option.code not in own)
    return msgspec.structs.replace(question, options=(*carried, *question.options))


def read_answers(
    definition: Definition,
    raw: Mapping[str, object],
    context: Context = NOTHING,
    course: Course | None = None,
) -> Reading:
    """Turn a raw form or JSON object (question code → value) into answers and problems.

    An empty value is no answer; a required question without one, a value outside its scale, an unknown option, a value
    of the wrong type and an unknown question are problems. The answer to a question that is not asked is dropped.
    """
    course = course or course_of(definition)
    answers: list[Given] = []
    unknown = itertools.islice((code for code in raw if code not in course.questions), _MOST_UNKNOWN)
    problems = [Problem("unknown-question", code) for code in unknown]
    # Most surveys have no logic, and the collector reads thousands of answers a second
    asked = _reads(course, raw) if not course.has_logic else _steps_read(course, raw, context)
    for question, read in asked:
        problem = problem_of(question, read)
        if problem is not None:
            problems.append(problem)
        else:
            answers += read  # type: ignore[arg-type]
    if not answers and not problems:
        problems.append(Problem("nothing-answered"))
    return Reading(tuple(answers), tuple(problems))


def _reads(course: Course, raw: Mapping[str, object]) -> Iterator[tuple[Question, Read]]:
    for question, reader in course.readers:
        value = raw.get(question.code)
        yield question, (() if is_empty(value) else reader(value))


def _steps_read(course: Course, raw: Mapping[str, object], context: Context) -> Iterator[tuple[Question, Read]]:
    for step in steps(course, raw, context):
        yield step.question, step.read


def problem_of(question: Question, read: Read) -> Problem | None:
    """What is wrong with the answer to one question that was asked."""
    if isinstance(read, Problem):
        return read
    if not question.required or question.kind == "statement":
        return None
    if not read:
        # Nothing was carried on: there is nothing to choose from
        is_empty = question.options_from and not question.choice_codes
        return None if is_empty else Problem("required", question.code)
    parts = question.parts if question.kind != "emotion" else ()
    return Problem("parts-missing", question.code) if len(read) < len(parts) else None


def read_stored(definition: Definition, stored: Mapping[str, object]) -> Reading:
    """The answers of a submission that was checked when it came in: nothing is required and nothing skipped again."""
    answers: list[Given] = []
    problems: list[Problem] = []
    questions = {question.code: question for question in definition.questions}
    for question in definition.questions:
        if question.options_from and (source := questions.get(question.options_from)) is not None:
            question = msgspec.structs.replace(question, options=(*source.options, *question.options))
        read = read_answer(question, stored.get(question.code))
        if isinstance(read, Problem):
            problems.append(read)
        else:
            answers += read
    return Reading(tuple(answers), tuple(problems))


# Conditions


def holds(when: When, answers: Mapping[str, tuple[Given, ...]], context: Context) -> bool:
    """Whether the conditions hold; none at all always do."""
    if not when.conditions:
        return True
    found = (_holds(condition, _said(condition, answers, context)) for condition in when.conditions)
    return all(found) if when.match == "all" else any(found)


def _said(condition: Condition, answers: Mapping[str, tuple[Given, ...]], context: Context) -> Sequence[str]:
    if condition.about == "question":
        code, _, part = condition.name.partition(".")
        return [
            value for given in answers.get(code, ()) if not part or given.part == part for value in values_of(given)
        ]
    if condition.about == "field":
        value = context.fields.get(condition.name, "")
    elif condition.about == "customer":
        value = context.customer.get(condition.name, "")
    else:
        value = context.language if condition.about == "language" else context.channel
    return (value,) if value else ()


def values_of(given: Given) -> Sequence[str]:
    """What one answer says, as conditions compare it."""
    if given.score is not None:
        return (str(given.score),)
    if given.choices:
        return given.choices
    if given.number is not None:
        return (figure(given.number),)
    words = given.day or given.text or ("yes" if given.contact or given.file or given.name else "")
    return (words,) if words else ()


def _holds(condition: Condition, said: Sequence[str]) -> bool:
    if condition.test == "answered":
        return bool(said)
    if condition.test == "unanswered":
        return not said
    if condition.test == "several":
        return len(set(said)) > 1
    if not said:
        return False
    if condition.test == "is":
        return any(value in condition.values for value in said)
    if condition.test == "is_not":
        return not any(value in condition.values for value in said)
    bound = condition.values[0] if condition.values else ""
    return any(_compares(value, bound, at_least=condition.test == "at_least") for value in said)


def _compares(value: str, bound: str, *, at_least: bool) -> bool:
    """Numbers as numbers, days as days (their order is that of their signs); anything else is not compared."""
    one, other = number_of(value), number_of(bound)
    if one is not None and other is not None:
        return one >= other if at_least else one <= other
    if one is None and other is None and value[4:5] == "-" == bound[4:5]:
        return value >= bound if at_least else value <= bound
    return False


def number_of(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


# Endings and words


def ending_of(definition: Definition, answers: Sequence[Given], context: Context) -> Ending | None:
    """The first ending that fits what was answered; ``None`` for the survey's own thanks."""
    by_code: dict[str, tuple[Given, ...]] = {}
    for given in answers:
        by_code[given.code] = (*by_code.get(given.code, ()), given)
    return next((ending for ending in definition.endings if holds(ending.when, by_code, context)), None)


def with_all_options(question: Question, course: Course) -> Question:
    """``question`` with every option that could be carried on to it: what a page that decides by itself shows."""
    source = course.questions.get(question.options_from)
    if source is None:
        return question
    own = {option.code for option in question.options}
    carried = tuple(option for option in source.options if option.code not in own)
    return msgspec.structs.replace(question, options=(*carried, *question.options))


def rules_of(course: Course, context: Context) -> dict[str, object]:
    """The same rules for a page that walks by itself (``logic.js``): plain lists, as JSON can hold them."""
    rules: dict[str, object] = {}
    for question in course.definition.questions:
        rule: dict[str, object] = {"kind": question.kind}
        if question.show_if.conditions:
            rule["if"] = _plain(question.show_if)
        if question.skips:
            rule["skips"] = [[skip.to, _plain(skip.when)] for skip in question.skips]
        if question.options_from:
            own = [option.code for option in question.options]
            rule["from"] = [question.options_from, own]
        rules[question.code] = rule
    known = {"language": context.language, "channel": context.channel}
    return {"questions": rules, "known": known, "field": dict(context.fields), "customer": dict(context.customer)}


def _plain(when: When) -> list[object]:
    return [when.match, [[c.about, c.name, c.test, list(c.values)] for c in when.conditions]]
