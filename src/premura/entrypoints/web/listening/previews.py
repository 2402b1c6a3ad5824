"""A survey as customers see it, before it is published: question template and style of the public page."""

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from premura.core.company.company import the_company
from premura.core.i18n import in_language
from premura.loop.listen.asking import Asked, ask
from premura.loop.listen.definition import TEXT_LIMIT, Definition, Question
from premura.loop.listen.models import Survey


def shown_question(question: Question, language: str, typed: object = None, error: str = "") -> Asked:
    """``question`` in ``language``, with what was typed and what is wrong with it; a draft may still lack its words."""
    shown = ask(question, language, typed=typed, error=error)
    return shown if shown.text else replace(shown, text=_("A question without words"))


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
        "limit_in_words": f"{TEXT_LIMIT:n}",
    }
