"""A survey as customers see it, before it is published: question template and style of the public page."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from premura.core.company.company import the_company
from premura.core.i18n import in_language
from premura.loop.listen.definition import CHOICES, TEXT_LIMIT, Definition, Question
from premura.loop.listen.models import Survey
from premura.loop.listen.scales import ends, score_labels


@dataclass(frozen=True)
class ShownChoice:
    value: str
    label: str
    meaning: str = ""
    is_chosen: bool = False


@dataclass(frozen=True)
class ShownQuestion:
    """One question with the names that ``collect/question.html`` reads."""

    code: str
    kind: str
    name: str
    text: str
    help: str
    is_required: bool
    choices: tuple[ShownChoice, ...]
    ends: tuple[str, str]
    typed: str = ""
    error: str = ""
    seconds: str = ""
    is_first_error: bool = False


def shown_question(question: Question, language: str, typed: object = None, error: str = "") -> ShownQuestion:
    """``question`` in ``language``, with what was typed and what is wrong with it."""
    chosen = {str(value) for value in (typed if isinstance(typed, list) else [typed]) if value is not None}
    return ShownQuestion(
        code=question.code,
        kind=question.kind,
        name=f"q.{question.code}",
        text=in_language(question.text, language) or _("A question without words"),
        help=in_language(question.help, language),
        is_required=question.required,
        choices=_choices(question, language, chosen),
        ends=ends(question.kind),
        typed=typed if isinstance(typed, str) and question.kind == "text" else "",
        error=error,
    )


def _choices(question: Question, language: str, chosen: set[str]) -> tuple[ShownChoice, ...]:
    if question.kind in CHOICES:
        return tuple(
            ShownChoice(option.code, in_language(option.text, language) or "…", is_chosen=option.code in chosen)
            for option in question.options
        )
    labels = score_labels(question.kind)
    meanings = dict(zip((labels[0][0], labels[-1][0]), ends(question.kind), strict=True)) if labels else {}
    return tuple(ShownChoice(str(n), label, meanings.get(n, ""), str(n) in chosen) for n, label in labels)


def preview_context(survey: Survey, definition: Definition, language: str) -> dict[str, Any]:
    """What the bare preview page shows, in ``language``."""
    company = the_company()
    owner = survey.programme.owner
    return {
        "language": language,
        "company": company.name if company else "",
        "title": in_language(definition.title, language),
        "intro": in_language(definition.intro, language),
        "thanks": in_language(definition.thanks, language),
        "signed_by": owner.name if owner else "",
        "questions": [shown_question(question, language) for question in definition.questions],
        "limit": str(TEXT_LIMIT),
        "limit_in_words": f"{TEXT_LIMIT:n}",
    }
