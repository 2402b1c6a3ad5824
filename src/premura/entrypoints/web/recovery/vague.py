"""Which words name no day (row S52): the company's own phrases, what is fine with it, and the built-in list."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from premura.core.errors import PremuraError
from premura.core.staff.roles import Ability
from premura.entrypoints.web.door import StaffRequest, signed_in
from premura.loop.recover.models import VaguePhrase
from premura.loop.recover.vague import add_phrase, current_wording, remove_phrase, switch_family, vague_phrases
from premura.text.vague import FAMILIES

LANGUAGES = {"it": gettext_lazy("Italian"), "en": gettext_lazy("English")}
_LONGEST_TRIED = 2000


@signed_in(Ability.EDIT_RULES)
def vague(request: StaffRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request)
    try:
        row = add_phrase(request.POST.get("kind", ""), request.POST.get("text", ""), by=request.user)
    except PremuraError as error:
        return _page(request, str(error))
    told = _("“%(phrase)s” names no day from now on.") if row.kind == "vague" else _("“%(phrase)s” is no longer noted.")
    messages.success(request, told % {"phrase": row})
    return redirect("vague")


def _page(request: StaffRequest, error: str = "") -> HttpResponse:
    wording, rows = current_wording(), list(VaguePhrase.objects.exclude(kind="off"))
    tried = request.GET.get("try", "")[:_LONGEST_TRIED]
    context = {
        "own": [row for row in rows if row.kind == "vague"],
        "fine": [row for row in rows if row.kind == "fine"],
        "built_in": [
            (name, [(family, family.code not in wording.off) for family in FAMILIES if family.language == code])
            for code, name in LANGUAGES.items()
        ],
        "tried": tried,
        "found": vague_phrases(tried, wording) if tried.strip() else None,
        "error": error,
        "given": request.POST.get("text", ""),
    }
    return render(request, "recovery/vague.html", context, status=422 if error else 200)


@signed_in(Ability.EDIT_RULES)
@require_POST
def vague_removal(request: StaffRequest, pk: int) -> HttpResponse:
    phrase = remove_phrase(pk, by=request.user)
    messages.success(request, _("“%(phrase)s” is taken away again.") % {"phrase": phrase})
    return redirect("vague")


@signed_in(Ability.EDIT_RULES)
@require_POST
def vague_switch(request: StaffRequest, family: str) -> HttpResponse:
    is_on = request.POST.get("on") == "1"
    switch_family(family, on=is_on, by=request.user)
    messages.success(request, _("These phrases count again.") if is_on else _("These phrases no longer count."))
    return redirect("vague")
