"""Which questions a page shows, with what was typed; what it keeps for the other pages of the survey."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from premura.entrypoints.collect.problems import AnswerProblem
from premura.entrypoints.collect.requests import Carry
from premura.loop.listen.answers import Given
from premura.loop.listen.asking import PREFIX, Asked, ask
from premura.loop.listen.definition import Context, Problem, Question
from premura.loop.listen.logic import NOTHING, Course, problem_of, steps, with_all_options
from premura.loop.listen.piping import filled, marked

_NOTHING_TYPED: dict[str, object] = {}


@dataclass(frozen=True, slots=True)
class Filling:
    """A form that comes back: what was typed, what is wrong with it, what else there is to say."""

    key: str
    carry: Carry
    typed: Mapping[str, object]
    problems: list[AnswerProblem] = field(default_factory=list)
    notice: str = ""
    context: Context = NOTHING
    # The page that is shown of a survey that is served page by page; ``None`` where a script shows the questions
    page: int | None = None


def asked_on(course: Course, language: str, filling: Filling) -> tuple[list[Asked], list[Asked]]:
    """The questions that are shown, and those that a script may show later. The language must be active.

    Without pages everything is shown. With pages: the questions of one page that are asked now; where a script shows
    them, all others come along.
    """
    if not course.has_pages and not course.has_logic:
        return [
            _asked(course, number, q, {}, language, filling) for number, q in enumerate(course.definition.questions)
        ], []
    page = filling.page or 0
    answers: dict[str, tuple[Given, ...]] = {}
    here: list[Asked] = []
    for step in steps(course, filling.typed, filling.context):
        if course.page_of(step.position) == page:
            here.append(_asked(course, step.position, step.question, answers, language, filling))
        answers[step.question.code] = () if isinstance(step.read, Problem) else step.read
    if filling.page is not None:
        return here, []
    shown = {one.code for one in here}
    return here, [
        _asked(course, position, with_all_options(question, course), answers, language, filling)
        for position, question in enumerate(course.definition.questions)
        if question.code not in shown
    ]


def _asked(
    course: Course,
    position: int,
    question: Question,
    answers: Mapping[str, tuple[Given, ...]],
    language: str,
    filling: Filling,
) -> Asked:
    code = question.code
    error = next((problem.message for problem in filling.problems if problem.question == code), "")
    first = next((problem.question for problem in filling.problems), None)
    asked = ask(question, language, position + 1, filling.typed.get(code), error, is_first=code == first)
    if "{" not in asked.text + asked.help:
        return asked
    fill = marked if filling.page is None else filled
    return replace(
        asked,
        text=fill(asked.text, course, answers, filling.context),
        help=fill(asked.help, course, answers, filling.context),
    )


@dataclass(frozen=True, slots=True)
class Turn:
    """Which page comes next, or the same one with what is wrong on it."""

    page: int
    problems: tuple[Problem, ...] = ()


def turned(course: Course, typed: Mapping[str, object], context: Context, page: int, *, is_back: bool) -> Turn | None:
    """Where a survey in pages goes on after ``page``; ``None`` at its end. Empty pages are passed."""
    asked = [(course.page_of(step.position), step) for step in steps(course, typed, context)]
    if is_back:
        return Turn(max((number for number, _step in asked if number < page), default=0))
    wrong = [
        (number, problem)
        for number, step in asked
        if number <= page and (problem := problem_of(step.question, step.read))
    ]
    if wrong:
        first = wrong[0][0]
        return Turn(first, tuple(problem for number, problem in wrong if number == first))
    following = min((number for number, _step in asked if number > page), default=None)
    return None if following is None else Turn(following)


def kept_fields(typed: Mapping[str, object], shown: list[Asked]) -> list[tuple[str, str]]:
    """The form's names and values of the questions that are on other pages."""
    here = {asked.code for asked in shown}
    return [pair for code, value in typed.items() if code not in here for pair in _fields(PREFIX + code, value)]


def _fields(name: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for part, inner in value.items():
            yield from _fields(f"{name}.{part}" if part else name, inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _fields(name, inner)
    elif value not in (None, ""):
        yield name, str(value)
