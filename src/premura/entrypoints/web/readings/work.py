"""What colleagues say about their work, one quarter at a time: whether they recommend it, and what is in the way."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from premura.core.company.company import local_date
from premura.core.staff.roles import Ability
from premura.entrypoints.web.door import StaffRequest, signed_in
from premura.entrypoints.web.figures import Measure, Shown
from premura.entrypoints.web.insights.sentence import Names
from premura.entrypoints.web.insights.tables import Cell
from premura.entrypoints.web.readings.options import options_in_words
from premura.entrypoints.web.readings.quarters import quarter_name, quarter_of, quarters_back
from premura.entrypoints.web.readings.shown import (
    FILES,
    READINGS,
    Making,
    cells_of,
    estimate_headings,
    file_of,
    tabs_of,
    wants_file,
)
from premura.entrypoints.web.sentence import Choice, Sentence
from premura.loop.understand import reads
from premura.loop.understand.at_work import Asked, AtWork, Score, at_work
from premura.loop.understand.questions import Item
from premura.loop.understand.windows import Window


@signed_in(Ability.SEE_INSIGHTS)
def work(request: StaffRequest) -> HttpResponse:
    today, names = local_date(timezone.now()), Names.seen_by(request.user)
    sentence = _sentence(request, names)
    window, place, least = Window(*quarter_of(sentence["quarter"], today)), sentence["location"], reads.minimum_n()
    found = at_work(request.user, window, least=least, location=int(place) if place else None)
    if kind := wants_file(request):
        return file_of(_cells(found, names), "work", window, kind)
    name, question = READINGS["work"]
    context = {
        "sentence": sentence,
        "tabs": tabs_of(None, "work"),
        "title": name,
        "question": question,
        "file_urls": [(kind, f"?quarter={sentence['quarter']}&location={place}&as={kind}") for kind in FILES],
        "found": found,
        "loyalty": [_score(score, found, names, least) for score in found.loyalty],
        "others": [_score(score, found, names, least) for score in found.others],
        "choices": [
            {
                "name": _name(found, one.asked),
                "options": [
                    (_option(found, one.asked, code), Shown(_named_it(), share, least)) for code, share in one.options
                ],
            }
            for one in found.choices
        ],
        "hidden": [_name(found, asked) for asked in found.hidden],
        "least": least,
        "making": _making(found),
    }
    return render(request, "readings/work.html", context)


def _sentence(request: StaffRequest, names: Names) -> Sentence:
    today = local_date(timezone.now())
    places = [("", _("all locations")), *((str(pk), name) for pk, name in names.locations.items())]
    quarters = [(code, quarter_name(code)) for code in quarters_back(today)]
    choices = (Choice("quarter", _("quarter"), quarters), Choice("location", _("location"), places))
    return Sentence.from_query("%(quarter)s, %(location)s", request.GET, *choices)


def _name(found: AtWork, asked: Asked) -> str:
    return found.book.text(Item(asked.question, asked.part, asked.scale, asked.kind, survey=asked.survey))


def _option(found: AtWork, asked: Asked, code: str) -> str:
    return options_in_words(found.book, asked.survey, asked.question).get(code, code)


def _named_it() -> Measure:
    return Measure(_("named it"), "percent")


def _score(score: Score, found: AtWork, names: Names, least: int) -> dict[str, Any]:
    measure = (
        Measure(_("eNPS"), "points", _("Who would recommend working here, 9–10, minus who would not, 0–6."))
        if score.asked.is_loyalty
        else Measure(_("favourable"), "percent")
    )
    places = [
        (names.locations.get(place.location or 0, _("no location")), Shown(measure, place.figure, least))
        for place in score.places
    ]
    return {"name": _name(found, score.asked), "shown": Shown(measure, score.figure, least), "places": places}


def _making(found: AtWork) -> Making:
    return Making(
        _("Questions that only colleagues are asked. The eNPS is the share of those who would recommend working here "
          "(9–10 of 10) minus the share of those who would not (0–6); of other scales the share of favourable answers; "
          "of a choice the share of those who named it. Scales of different length are never put together."),
        [
            (_("questions shown"), len(found.loyalty) + len(found.choices) + len(found.others)),
            (_("questions kept back"), len(found.hidden)),
        ],
        _("100 × (promoters − detractors) ÷ answers; favourable ÷ answers; named ÷ answers"),
        "wilson",
        "docs/methods/intervals.md",
    )  # fmt: skip


def _cells(found: AtWork, names: Names) -> list[list[Cell]]:
    lines: list[list[Cell]] = [[_("question"), _("option"), _("location"), _("value"), *estimate_headings()]]
    for score in (*found.loyalty, *found.others):
        lines.append([_name(found, score.asked), "", "", *cells_of(score.figure)])
        for place in score.places:
            where = names.locations.get(place.location or 0, _("no location"))
            lines.append([_name(found, score.asked), "", where, *cells_of(place.figure)])
    for one in found.choices:
        lines += [
            [_name(found, one.asked), _option(found, one.asked, code), "", *cells_of(share)]
            for code, share in one.options
        ]
    return lines
