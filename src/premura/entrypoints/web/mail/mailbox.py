"""The mailbox to which customers answer: where it is, and a button that reads it now."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from premura.core.mail.fetching import FetchError, change_mailbox, fetch_new, the_mailbox
from premura.core.mail.troubles import what_to_do
from premura.core.staff.roles import Ability
from premura.entrypoints.web.door import StaffRequest, signed_in
from premura.entrypoints.web.mail.forms import MailboxForm
from premura.loop.recover.mailing import receive_mail


@signed_in(Ability.MANAGE_COMPANY)
def mailbox(request: StaffRequest) -> HttpResponse:
    form = MailboxForm(request.POST or None, instance=the_mailbox())
    if request.method == "POST" and form.is_valid():
        fields = {name: form.cleaned_data[name] for name in MailboxForm.Meta.fields}
        change_mailbox(form.said_password, by=request.user, **fields)
        messages.success(request, _("Saved. Read the mailbox now to see whether it works."))
        return redirect("mailbox")
    context = {"mailbox": the_mailbox(), "form": form}
    return render(request, "mail/mailbox.html", context, status=422 if form.errors else 200)


@signed_in(Ability.MANAGE_COMPANY)
@require_POST
def mailbox_fetching(request: StaffRequest) -> HttpResponse:
    """Read it now, and say how many letters were new."""
    row = the_mailbox()
    if not row.host:
        messages.error(request, _("Save the settings first."))
        return redirect("mailbox")
    try:
        count = fetch_new(receive_mail, row)
    except FetchError as error:
        why = {"what": what_to_do(str(error)), "error": error}
        messages.error(request, _("The mailbox cannot be read. %(what)s (%(error)s)") % why)
    else:
        said = ngettext("It works: %(n)s new letter was read.", "It works: %(n)s new letters were read.", count)
        messages.success(request, said % {"n": count})
    return redirect("mailbox")
