"""After the case: what customers say of how it was put right, and whether equals were treated as equals."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from premura.core.i18n import in_language
from premura.core.ids import id_in
from premura.core.staff.roles import Ability
from premura.entrypoints.web.door import StaffRequest, signed_in
from premura.entrypoints.web.figures import Measure, Shown
from premura.entrypoints.web.recovery.cases import window_of
from premura.entrypoints.web.recovery.forms import places_of
from premura.entrypoints.web.sentence import Choice, Sentence
from premura.loop.listen.definition import definition_from
from premura.loop.listen.models import Survey
from premura.loop.listen.surveys import current_version
from premura.loop.recover.after import SOLVED, After, after_cases, same_problem
from premura.loop.recover.asking import ask_after_cases, start_asking, survey_after_cases, surveys_about_cases
from premura.loop.understand.reads import minimum_n

NAMES = {"yes": gettext_lazy("solved"), "partly": gettext_lazy("solved in part"), "no": gettext_lazy("not solved")}


@dataclass(frozen=True)
class Row:
    """One line of the table: how many felt heard and respected, how many did not, and the share who did."""

    name: Any
    felt: int
    not_felt: int
    share: Shown


@dataclass(frozen=True)
class Compared:
    """A difference as ``{% delta %}`` shows it."""

    difference: Any
    p: float | None
    unit: str = "percent"


def _sentence(request: StaffRequest) -> Sentence:
    places = [(str(place.pk), _("in %(place)s") % {"place": place}) for place in places_of(request.user)]
    return Sentence.from_query(
        _("Cases %(period)s %(place)s"),
        request.GET,
        Choice("period", _("Period"), list(_PERIODS.items()), "365"),
        Choice("place", _("Location"), [("", _("in every place")), *places]),
    )


_PERIODS = {
    "30": gettext_lazy("resolved in the last 30 days"),
    "90": gettext_lazy("resolved in the last 90 days"),
    "365": gettext_lazy("resolved in the last 12 months"),
}


@signed_in(Ability.SEE)
def after(request: StaffRequest) -> HttpResponse:
    sentence = _sentence(request)
    place = id_in(sentence["place"])
    filters = {"location_id": place} if place else {}
    window, least = window_of(sentence["period"]), minimum_n()
    found = after_cases(request.user, window, **filters)
    survey = survey_after_cases()
    context = {
        "sentence": sentence,
        "found": found,
        "rows": _rows(found, least),
        "items": _items(found, survey, least),
        "apology": _apology(found, least),
        "problems": same_problem(request.user, window, **filters),
        "survey": survey,
    }
    return render(request, "recovery/after.html", context)


def _rows(found: After, least: int) -> list[Row]:
    measure = Measure(
        _("felt heard and respected"), "percent", _("Marks of 4 or 5 of 5 on each question about it."), "answers"
    )
    return [
        Row(
            NAMES[solved],
            found.cells[solved, True],
            found.cells[solved, False],
            Shown(measure, found.felt[solved], least),
        )
        for solved in SOLVED
    ]


def _items(found: After, survey: Survey | None, least: int) -> list[Shown]:
    version = current_version(survey) if survey else None
    definition = definition_from(version.definition) if version else None
    items = []
    for code, share in found.items.items():
        question = definition.question(code) if definition else None
        name = in_language(question.text) if question else code
        items.append(Shown(Measure(name, "percent", _("Marks of 4 or 5 of 5."), "answers"), share, least))
    return items


def _apology(found: After, least: int) -> dict[str, Any]:
    definition = _("Customers who felt heard and respected, of those who said.")
    names = (_("With an apology or thanks"), _("Without"))
    shares = (found.apology.with_it, found.apology.without)
    shown = [
        Shown(Measure(name, "percent", definition, "answers"), share, least)
        for name, share in zip(names, shares, strict=True)
    ]
    enough = min(share.n for share in shares) >= least
    comparison = found.apology.comparison
    return {"shown": shown, "compared": Compared(comparison.difference, comparison.p) if enough else None}


@signed_in(Ability.EDIT_RULES)
@require_POST
def choice(request: StaffRequest) -> HttpResponse:
    """Which survey is asked after a case: one there is, the built-in one, or none."""
    chosen = request.POST.get("survey", "")
    if chosen == "built-in":
        start_asking(by=request.user)
    else:
        known = {str(survey.pk) for survey in surveys_about_cases()}
        survey = get_object_or_404(Survey, pk=chosen) if chosen in known else None
        ask_after_cases(survey, by=request.user)
    asked = survey_after_cases()
    if asked:
        messages.success(request, _("From now on customers are asked “%(survey)s” after a case.") % {"survey": asked})
    else:
        messages.success(request, _("From now on nobody is asked after a case."))
    return redirect("rules")
