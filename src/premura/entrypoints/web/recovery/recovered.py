"""Who was won back, and who was not (row S47)."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from premura.core.ids import id_in
from premura.core.staff.roles import Ability
from premura.entrypoints.web.door import StaffRequest, signed_in
from premura.entrypoints.web.figures import Measure, Shown
from premura.entrypoints.web.recovery.cases import PAGE, points_of, window_of
from premura.entrypoints.web.recovery.forms import places_of
from premura.entrypoints.web.sentence import Choice, Sentence
from premura.loop.recover.recovered import recovery
from premura.loop.understand.reads import minimum_n


def _sentence(request: StaffRequest) -> Sentence:
    places = [(str(place.pk), _("in %(place)s") % {"place": place}) for place in places_of(request.user)]
    periods = [
        ("30", _("resolved in the last 30 days")),
        ("90", _("resolved in the last 90 days")),
        ("365", _("resolved in the last 12 months")),
    ]
    return Sentence.from_query(
        _("Cases %(period)s %(place)s, %(point)s; %(which)s"),
        request.GET,
        Choice("period", _("Period"), periods, "365"),
        Choice("place", _("Location"), [("", _("in every place")), *places]),
        Choice("point", _("Touchpoint"), [("", _("at every touchpoint")), *points_of()]),
        Choice(
            "which",
            _("Which"),
            [
                ("not_recovered", _("those not won back")),
                ("unheard", _("those not heard since")),
                ("recovered", _("those won back")),
            ],
        ),
    )


@signed_in(Ability.SEE)
def recovered(request: StaffRequest) -> HttpResponse:
    sentence = _sentence(request)
    chosen = {"location_id": id_in(sentence["place"]), "touchpoint_id": id_in(sentence["point"])}
    filters = {name: value for name, value in chosen.items() if value}
    found = recovery(request.user, window_of(sentence["period"]), **filters)
    definition = _("Customers whose next answer lies in a higher class than the one that opened the case.")
    measure = Measure(_("Won back"), "percent", definition, counted="cases")
    rows: Any = getattr(found, sentence["which"])
    context = {
        "sentence": sentence,
        "figure": Shown(measure, found.rate, minimum_n()),
        "found": found,
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "which": sentence["which"],
        "is_empty": not (found.recovered or found.not_recovered or found.unheard),
    }
    return render(request, "recovery/recovered.html", context)
