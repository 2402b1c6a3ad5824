"""The margin beside a reply: fragments for the form in which it is written."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from premura.core.ids import id_in
from premura.core.staff.roles import Ability
from premura.entrypoints.web.door import StaffRequest, signed_in
from premura.loop.equip.models import KnowledgeCard
from premura.loop.recover.models import Direction
from premura.loop.recover.reads import case_for
from premura.loop.recover.replies import CODES, first_text, notes_for

#: What each note is called where they are counted
NAMES = {
    "name": _("the name is missing"),
    "acknowledge": _("the problem is not named"),
    "apology": _("no apology or thanks"),
    "blame": _("blame"),
    "vague": _("a vague time"),
    "capitals": _("capitals"),
    "exclamation": _("exclamation marks"),
    "forms": _("formal and informal mixed"),
    "question": _("a question left open"),
}


def card_of(request: HttpRequest) -> KnowledgeCard | None:
    """The card that the reply was begun from."""
    pk = id_in(request.POST.get("card", ""))
    return KnowledgeCard.objects.current().filter(pk=pk).first() if pk else None


def suggested(request: HttpRequest) -> list[str]:
    """The notes that were shown until now, which the form carries along."""
    return [code for code in request.POST.getlist("suggested") if code in CODES]


@signed_in(Ability.WORK_CASES)
@require_POST
def margin(request: StaffRequest, pk: int) -> HttpResponse:
    """What the margin notes of the reply as it stands; nothing is kept."""
    case = case_for(request.user, pk)
    is_reply = request.POST.get("direction") == Direction.OUT
    found = notes_for(case, request.POST.get("text", "")) if is_reply else []
    shown = dict.fromkeys([*suggested(request), *(note.code for note in found)])
    return render(request, "recovery/_margin.html", {"notes": found, "shown": shown})


@signed_in(Ability.WORK_CASES)
@require_POST
def beginning(request: StaffRequest, pk: int) -> HttpResponse:
    """The field with a first text from a card; what is written already stays, and the text is put below it."""
    case, card = case_for(request.user, pk), card_of(request)
    written = request.POST.get("text", "").strip()
    begun = first_text(case, card) if card else ""
    text = "\n\n".join(part for part in (written, begun if begun not in written else "") if part)
    return render(request, "recovery/_reply_field.html", {"text": text, "case": case})
