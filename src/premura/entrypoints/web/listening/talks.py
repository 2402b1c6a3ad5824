"""Who was there in an interview or a focus group, on the page of its notes."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from premura.core.errors import PremuraError
from premura.core.staff.models import Person
from premura.core.staff.roles import Ability
from premura.entrypoints.web.door import StaffRequest, signed_in
from premura.entrypoints.web.listening.responses import response_page
from premura.loop.listen.reads import response_for
from premura.loop.listen.talks import moderators, note_talk


@signed_in(Ability.ASK)
@require_POST
def response_talk(request: StaffRequest, pk: UUID) -> HttpResponse:
    """What was typed stays on the page when it is refused."""
    found = response_for(request.user, pk)
    typed = {name: request.POST.get(name, "") for name in ("moderator", "participants", "minutes")}
    minutes = typed["minutes"].strip()
    try:
        note_talk(
            found,
            request.user,
            moderator=_moderator(typed["moderator"]),
            participants=typed["participants"],
            minutes=(int(minutes[:6]) if minutes.isascii() and minutes.isdecimal() else 0) if minutes else None,
        )
    except PremuraError as error:
        return response_page(request, found, typed | {"error": str(error)})
    messages.success(request, _("Saved."))
    return redirect("response", pk=pk)


def _moderator(given: str) -> Person | None:
    return next((person for person in moderators() if str(person.pk) == given), None)
