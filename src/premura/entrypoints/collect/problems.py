"""What went wrong, in the reader's words: sentences for the page, problem details (RFC 9457) for programs."""

from http import HTTPStatus

import msgspec
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from premura.loop.listen.definition import SCALES, TEXT_LIMIT, Definition, Problem

PROBLEM_TYPE = "application/problem+json"


class AnswerProblem(msgspec.Struct, frozen=True):
    code: str
    question: str
    message: str


class ProblemDetails(msgspec.Struct, frozen=True):
    """RFC 9457, with our stable ``code`` and, for answers, one entry a question in ``problems``."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    problems: list[AnswerProblem] = []


def problem_details(code: str, status: int, detail: str, problems: list[AnswerProblem] | None = None) -> bytes:
    title = HTTPStatus(status).phrase
    return msgspec.json.encode(
        ProblemDetails(f"urn:premura:problem:{code}", title, status, code, detail, problems or [])
    )


def answer_problems(definition: Definition, problems: tuple[Problem, ...]) -> list[AnswerProblem]:
    return [AnswerProblem(problem.code, problem.where, _sentence(definition, problem)) for problem in problems]


def _sentence(definition: Definition, problem: Problem) -> str:
    """What to do about one answer; in the language that is active."""
    question = definition.question(problem.where)
    low, high = SCALES.get(question.kind, (0, 0)) if question else (0, 0)
    sentences = {
        "required": _("Please answer this question: it is required."),
        "not-a-number": _("Please choose one of the numbers from %(low)s to %(high)s.") % {"low": low, "high": high},
        "out-of-range": _("Please choose one of the numbers from %(low)s to %(high)s.") % {"low": low, "high": high},
        "unknown-option": _("Please choose among the answers shown here."),
        "one-option-only": _("Please choose one answer only."),
        "not-a-text": _("Please answer in words."),
        "text-too-long": _("This is longer than %(limit)s characters: please shorten it a little.")
        % {"limit": number_format(TEXT_LIMIT, force_grouping=True)},
        "unknown-question": _("This survey has no such question."),
        "nothing-answered": _("There is no answer yet: please answer at least one question."),
    }
    return sentences[problem.code]
