"""The company's mail server, what could not be delivered, and the way out for customers."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from premura.core.customers.customers import opt_out
from premura.core.mail.mail import Letter, change_server, clear_address, queue_letters, send_waiting, take_report
from premura.core.mail.models import BadAddress, OutgoingMail
from premura.core.mail.reads import mail_state
from premura.core.mail.troubles import what_to_do
from premura.core.mail.unsubscribing import customer_of
from premura.core.staff.roles import Ability
from premura.entrypoints.web.door import StaffRequest, open_to_all, signed_in
from premura.entrypoints.web.mail.forms import MailServerForm, ReportForm


@signed_in(Ability.MANAGE_COMPANY)
def mail(request: StaffRequest) -> HttpResponse:
    state = mail_state(timezone.now())
    form = MailServerForm(request.POST or None, instance=state.server)
    if request.method == "POST" and form.is_valid():
        fields = {name: form.cleaned_data[name] for name in MailServerForm.Meta.fields}
        change_server(form.said_password, by=request.user, **fields)
        messages.success(request, _("Saved. Send yourself a test message to see whether it arrives."))
        return redirect("mail")
    return _page(request, form=form, status=422 if form.errors else 200)


def _page(request: StaffRequest, *, status: int = 200, **forms: Any) -> HttpResponse:
    state = mail_state(timezone.now())
    context = {"state": state, "form": MailServerForm(instance=state.server), "report_form": ReportForm(), **forms}
    return render(request, "mail/mail.html", context, status=status)


@signed_in(Ability.MANAGE_COMPANY)
@require_POST
def mail_test(request: StaffRequest) -> HttpResponse:
    """A letter to whoever pressed the button, sent at once; what the server says is shown."""
    key = f"test:{uuid.uuid4().hex}"
    text = _("This is a test message of Premura. It arrived: your mail server works.")
    queue_letters([Letter(key=key, address=request.user.email, subject=_("Test message"), text=text)], timezone.now())
    send_waiting()
    sent = OutgoingMail.objects.get(key=key)
    if sent.sent_at:
        messages.success(request, _("The server took the message to %(address)s.") % {"address": sent.address})
    else:
        said = {"what": what_to_do(sent.error), "error": sent.error or "–"}
        messages.error(request, _("The message is waiting. %(what)s (%(error)s)") % said)
    return redirect("mail")


@signed_in(Ability.MANAGE_COMPANY)
@require_POST
def mail_reports(request: StaffRequest) -> HttpResponse:
    form = ReportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, report_form=form, status=422)
    if take_report(form.cleaned_data["report"].read(), timezone.now()):
        messages.success(request, _("Read. An address that does not exist is marked below."))
    else:
        messages.error(
            request, _("This is no delivery report about a letter that was sent from here. Nothing changed.")
        )
    return redirect("mail")


@signed_in(Ability.MANAGE_COMPANY)
@require_POST
def mail_clearing(request: StaffRequest, pk: int) -> HttpResponse:
    """The address works after all: it is written to again from now on."""
    bad = get_object_or_404(BadAddress, pk=pk)
    clear_address(bad.address, by=request.user)
    messages.success(request, _("%(address)s is written to again.") % {"address": bad.address})
    return redirect("mail")


@open_to_all
@csrf_exempt  # the address itself is the key, and a mail program has no cookie (RFC 8058)
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Looking changes nothing; only the button, or the mail program's one click, ends the asking."""
    customer = customer_of(token)
    if request.method == "POST" and customer.opted_out_at is None:
        opt_out(customer, by=None)
        customer.opted_out_at = timezone.now()
    with translation.override(customer.language):
        context = {"is_out": customer.opted_out_at is not None, "LANGUAGE_CODE": customer.language}
        return render(request, "mail/unsubscribe.html", context)
