"""A survey as customers see it, before it is published: question template and style of the public page."""

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from premura.core.company.company import the_company
from premura.core.i18n import in_language
from premura.loop.listen.asking import Asked, ask
from premura.loop.listen.definition import TEXT_LIMIT, Definition, Question
from premura.loop.listen.logic import course_of, with_all_options
from premura.loop.listen.models import Survey
from premura.loop.listen.piping import unfilled


def shown_question(question: Question, language: str, typed: object = None, error: str = "") -> Asked:
    """``question`` in ``language``, with what was typed and what is wrong with it; a draft may still lack its words."""
    shown = ask(question, language, typed=typed, error=error)
    return shown if shown.text else replace(shown, text=_("A question without words"))


def preview_context(survey: Survey, definition: Definition, language: str) -> dict[str, Any]:
    """What the bare preview page shows, in ``language``."""
    company = the_company()
    owner = survey.programme.owner
    course = course_of(definition)
    shown = [shown_question(with_all_options(question, course), language) for question in definition.questions]
    return {
        "language": language,
        "company": company.name if company else "",
        "title": in_language(definition.title, language),
        "intro": unfilled(in_language(definition.intro, language)),
        "thanks": unfilled(in_language(definition.thanks, language)),
        "signed_by": owner.name if owner else "",
        "questions": [replace(one, text=unfilled(one.text), help=unfilled(one.help)) for one in shown],
        "limit_in_words": f"{TEXT_LIMIT:n}",
    }
