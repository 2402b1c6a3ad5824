"""Aspects of the company's own: name it, tick comments that speak of it, see what it would find, keep it."""

import re
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from premura.core.company.company import local_date
from premura.core.errors import PremuraError
from premura.core.ids import id_in
from premura.core.staff.roles import Ability
from premura.entrypoints.web.door import StaffRequest, signed_in
from premura.entrypoints.web.insights.comment_pages import asked_with_segments
from premura.entrypoints.web.insights.views import area_tabs
from premura.loop.understand.comment_reads import words_for
from premura.loop.understand.company_aspects import (
    FEWEST,
    MOST,
    candidates,
    current_aspects,
    end_aspect,
    keep_aspect,
    learn_from,
    preview,
)


@signed_in(Ability.EDIT_RULES)
def company_aspects(request: StaffRequest) -> HttpResponse:
    """The list and one form; what was typed and ticked stays, whatever is asked of it."""
    given = request.POST
    words = [word for word in re.split(r"[,;\n]", given.get("words", "")[:1_000]) if word.strip()]
    chosen = [pk for text in given.getlist("example")[:200] if (pk := id_in(text)) is not None]
    found: dict[str, Any] = {}
    try:
        if given.get("do") == "keep":
            name = {"it": given.get("name_it", ""), "en": given.get("name_en", "")}
            aspect = keep_aspect(name, words, chosen, by=request.user)
            told = _("Comments are read for «%(name)s» from now on; those already there follow in the background.")
            messages.success(request, told % {"name": aspect})
            return redirect("company-aspects")
        if given.get("do") == "preview":
            learnt, _kept = learn_from(request.user, words, chosen)
            rows, of = preview(request.user, learnt, local_date(timezone.now()))
            found = {"found": [(row, words_for(request.user, row)) for row in rows[:20]], "n": len(rows), "of": of}
    except PremuraError as error:
        messages.error(request, str(error))
    return render(request, "insights/company_aspects.html", _context(request, words, chosen) | found)


def _context(request: StaffRequest, words: list[str], chosen: list[int]) -> dict[str, Any]:
    shown = candidates(request.user, words, chosen, local_date(timezone.now()))
    return {
        "aspects": current_aspects(),
        "tabs": area_tabs(asked_with_segments(request), "comments"),
        **{name: request.POST.get(name, "") for name in ("name_it", "name_en", "words")},
        "of": None,
        "candidates": [(row, words_for(request.user, row), row.pk in chosen) for row in shown],
        "has_words": bool(words),
        "fewest": FEWEST,
        "most": MOST,
    }


@require_POST
@signed_in(Ability.EDIT_RULES)
def company_aspect_end(request: StaffRequest, pk: int) -> HttpResponse:
    """Comments are read for it no longer."""
    aspect = end_aspect(pk, by=request.user)
    messages.success(request, _("Comments are no longer read for «%(name)s».") % {"name": aspect})
    return redirect("company-aspects")
