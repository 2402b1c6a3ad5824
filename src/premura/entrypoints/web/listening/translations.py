"""A survey's texts to a translator and back: as CSV, XLIFF 1.2 or XLIFF 2.0."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from premura.core.errors import NotFound, PremuraError
from premura.core.languages import language, language_name
from premura.core.staff.roles import Ability
from premura.entrypoints.web.door import StaffRequest, signed_in
from premura.entrypoints.web.listening.drafts import readers_first
from premura.entrypoints.web.listening.surveys import own_survey
from premura.loop.listen.definition import Definition, draft_from
from premura.loop.listen.models import Survey
from premura.loop.listen.surveys import save_draft
from premura.loop.listen.translations import (
    FILE_LIMIT,
    Brought,
    NotTranslationsError,
    bring_translations,
    csv_of,
    texts_of,
    xliff_of,
)

_TYPES = {
    "csv": ("text/csv; charset=utf-8", "csv"),
    "xliff12": ("application/x-xliff+xml", "xlf"),
    "xliff20": ("application/xliff+xml", "xlf"),
}


@dataclass(frozen=True)
class Pair:
    """From one language into another, and how many texts wait for it."""

    source: str
    target: str
    names: tuple[str, str]
    waiting: int

    @classmethod
    def of(cls, definition: Definition, source: str, target: str) -> "Pair":
        waiting = sum(bool(text.get(source)) and not text.get(target) for text in texts_of(definition).values())
        return cls(source, target, (str(language(source).within), str(language(target).within)), waiting)


@signed_in(Ability.EDIT_LISTENING)
def survey_translations(request: StaffRequest, pk: int) -> HttpResponse:
    found = own_survey(request.user, pk)
    definition = draft_from(found.draft)
    if request.GET.get("as"):
        return _file(request, found, definition)
    brought = _bring(request, found, definition) if request.method == "POST" else None
    context: dict[str, Any] = {
        "survey": found,
        "groups": _pairs(definition),
        "left": [(address, _reason(code)) for address, code in brought.left] if brought else [],
    }
    is_refused = request.method == "POST" and brought is None
    return render(request, "listening/translations.html", context, status=422 if is_refused else 200)


def _pairs(definition: Definition) -> list[list[Pair]]:
    """From the reader's own language, or the survey's first, into each of the others; then between these."""
    first, *others = readers_first(definition.languages) or ("",)
    return [
        [Pair.of(definition, first, other) for other in others],
        [Pair.of(definition, one, other) for one in others for other in (first, *others) if one != other],
    ]


def _file(request: StaffRequest, survey: Survey, definition: Definition) -> HttpResponse:
    kind, source, target = (request.GET.get(name, "") for name in ("as", "from", "to"))
    if kind not in _TYPES or not {source, target} <= set(definition.languages) or source == target:
        raise NotFound
    if kind == "csv":
        content = csv_of(definition, source, target)
    else:
        content = xliff_of(definition, source, target, "1.2" if kind == "xliff12" else "2.0")
    content_type, ending = _TYPES[kind]
    headers = {"Content-Disposition": f'attachment; filename="{survey.slug}-{source}-{target}.{ending}"'}
    return HttpResponse(content, content_type=content_type, headers=headers)


def _bring(request: StaffRequest, survey: Survey, definition: Definition) -> Brought | None:
    """Take the file into the draft, against the revision that it was compared with; what went wrong is said."""
    file: Any = request.FILES.get("file")
    if file is None:
        messages.error(request, _("Choose a file first."))
        return None
    try:
        brought = bring_translations(definition, file.read(FILE_LIMIT + 1))
        save_draft(survey, brought.definition, survey.revision, request.user)
    except NotTranslationsError as error:
        messages.error(request, _refusal(error))
        return None
    except PremuraError as error:
        messages.error(request, str(error))
        return None
    text = _("%(count)s texts in %(language)s changed in the draft.")
    messages.success(request, text % {"count": brought.changed, "language": language_name(brought.language)})
    if brought.present < brought.asked:
        text = _(
            "The file has %(present)s of the %(asked)s texts: perhaps it was cut short. "
            "The other texts are as they were."
        )
        messages.warning(request, text % {"present": brought.present, "asked": brought.asked})
    return brought


def _refusal(error: NotTranslationsError) -> str:
    if error.code == "too-large":
        return _("The file is larger than the texts of any survey: nothing was read.")
    if error.code == "language":
        text = _("The survey does not have the language «%(language)s»: add it in the editor first.")
        return text % {"language": str(error)[:20] or "?"}
    return _("This is no file of translations, or it was cut short: bring one that was saved here, as CSV or XLIFF.")


def _reason(code: str) -> str:
    reasons = {
        "unknown": _("the survey has no such text any more"),
        "empty": _("there is no translation"),
        "cut": _("the file ends in the middle of this line, so it was left as it was"),
        "too-long": _("it is longer than a text may be"),
        "changed": _("the original was changed meanwhile: translate it again"),
    }
    return reasons[code]
