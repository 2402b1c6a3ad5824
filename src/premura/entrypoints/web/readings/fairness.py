"""Was it fair, and were we on their side: what customers say after a case, by kind of remedy."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from premura.core.staff.roles import Ability
from premura.entrypoints.web.door import StaffRequest, signed_in
from premura.entrypoints.web.figures import Measure, Shown
from premura.entrypoints.web.insights.tables import Cell
from premura.entrypoints.web.readings.shown import (
    Making,
    asked_by,
    cells_of,
    estimate_headings,
    file_of,
    page_context,
    wants_file,
    where,
)
from premura.loop.recover.fairness import NOTHING, Fairness, Item, fairness
from premura.loop.recover.models import RemedyKind
from premura.loop.understand import reads

_NAMES = {
    "fair_outcome": gettext_lazy("What they got is fair"),
    "fair_procedure": gettext_lazy("How it was decided is fair"),
    "fair_treatment": gettext_lazy("How they were treated is fair"),
    "on_my_side": gettext_lazy("The company was on their side"),
}


@signed_in(Ability.SEE_INSIGHTS)
def fairness_page(request: StaffRequest) -> HttpResponse:
    asked, least = asked_by(request), reads.minimum_n()
    found = fairness(request.user, asked.window, location=where(asked).get("location"))
    if kind := wants_file(request):
        return file_of(_cells(found), "fairness", asked.window, kind)
    items = [_name(item, found) for item in found.items]
    context = page_context(asked, "fairness", "period", "location") | {
        "found": found,
        "least": least,
        "whole": [_shown(item, share, found, least) for item, share in zip(found.items, found.whole, strict=True)],
        "items": items,
        "rows": [
            {
                "name": _kind(kind),
                "cases": cases,
                "shares": [
                    (name, _shown(item, share, found, least))
                    for name, item, share in zip(items, found.items, shares, strict=True)
                ],
            }
            for kind, cases, shares in found.by_kind
        ],
        "making": _making(found),
    }
    return render(request, "readings/fairness.html", context)


def _name(item: Item, found: Fairness) -> str:
    """The scale is said where the same question was asked on two."""
    name = str(_NAMES[item.question])
    is_twice = sum(other.question == item.question for other in found.items) > 1
    return f"{name} ({item.scale})" if is_twice else name


def _shown(item: Item, share: Any, found: Fairness, least: int) -> Shown:
    return Shown(Measure(_name(item, found), "percent", _("Favourable marks."), "answers"), share, least)


def _kind(kind: str) -> str:
    return _("nothing") if kind == NOTHING else str(RemedyKind(kind).label)


def _making(found: Fairness) -> Making:
    return Making(
        _("Answers of customers after a case to the built-in questions about outcome, procedure, treatment and «on my "
          "side». Favourable is 4–5 of 5. A case with two kinds of remedy stands under both; a remedy that was taken "
          "back was not given. What somebody keyed in who worked on the case is left out."),
        [(_("cases spoken of"), found.cases)],
        _("favourable ÷ answers"),
        "wilson",
        "docs/methods/intervals.md",
    )  # fmt: skip


def _cells(found: Fairness) -> list[list[Cell]]:
    lines: list[list[Cell]] = [[_("what was given"), _("question"), _("value"), *estimate_headings()]]
    groups = [(_("all cases"), found.whole), *((_kind(kind), shares) for kind, _cases, shares in found.by_kind)]
    for name, shares in groups:
        for item, share in zip(found.items, shares, strict=True):
            lines.append([name, _name(item, found), *cells_of(share)])
    return lines
