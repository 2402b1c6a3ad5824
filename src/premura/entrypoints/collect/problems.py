"""What went wrong, in the reader's words: sentences for the page, problem details (RFC 9457) for programs."""

from http import HTTPStatus

import msgspec

from premura.entrypoints.collect import sentences
from premura.entrypoints.collect.fields import Wrong
from premura.loop.listen.definition import Definition, Problem
from premura.loop.listen.sentences import answer_sentence

PROBLEM_TYPE = "application/problem+json"


class AnswerProblem(msgspec.Struct, frozen=True, omit_defaults=True):
    code: str
    question: str
    message: str
    # The field of the body, where it is none of the questions
    field: str = ""


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
    return [
        AnswerProblem(problem.code, problem.where, answer_sentence(definition.question(problem.where), problem))
        for problem in problems
    ]


def field_problems(wrong: tuple[Wrong, ...]) -> list[AnswerProblem]:
    return [AnswerProblem(one.code, one.question, sentences.field_sentence(one), one.field) for one in wrong]
