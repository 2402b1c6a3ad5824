"""Letters that came in: put one in by hand, see where each went, and take what was held back."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from premura.core.errors import NotFound, PremuraError
from premura.core.staff.roles import Ability
from premura.core.staff.scope import seen_by
from premura.entrypoints.web.door import StaffRequest, signed_in
from premura.entrypoints.web.recovery.forms import LetterForm
from premura.loop.recover.mailing import mail_seen, receive_mail, take_held
from premura.loop.recover.models import Case, IncomingMail


@signed_in(Ability.WORK_CASES)
def mail_in(request: StaffRequest) -> HttpResponse:
    form = LetterForm(request.POST, request.FILES) if request.method == "POST" else LetterForm()
    if form.is_valid():
        try:
            taken = receive_mail(form.cleaned_data["letter"].read())
        except PremuraError as error:
            form.add_error("letter", str(error))
        else:
            return _taken(request, taken)
    context = {"form": form, "letters": mail_seen(request.user), "HELD": IncomingMail.Outcome.HELD}
    return render(request, "recovery/mail.html", context, status=422 if form.errors else 200)


def _taken(request: StaffRequest, taken: IncomingMail) -> HttpResponse:
    """To the case, if the reader may see it."""
    messages.success(request, _("Read: %(outcome)s.") % {"outcome": taken.get_outcome_display()})
    seen: Any = Case.objects.visible_to(request.user)
    if taken.case_id and seen.filter(pk=taken.case_id).exists():
        return redirect("case", pk=taken.case_id)
    return redirect("mail-in")


@signed_in(Ability.WORK_CASES)
@require_POST
def mail_taking(request: StaffRequest, pk: int) -> HttpResponse:
    held = seen_by(request.user, IncomingMail.objects.select_related("case"), pk=pk)
    if held.case is None and not request.user.may(Ability.EDIT_RULES):
        raise NotFound
    case = take_held(held, by=request.user)
    messages.success(request, _("Put into case %(number)s.") % {"number": case.pk})
    return redirect("mail-in")
