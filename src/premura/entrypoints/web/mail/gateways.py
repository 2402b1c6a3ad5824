"""How text messages leave: one HTTP request that the owner describes, tried out with a button."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from premura.core.errors import NotFound
from premura.core.mail.gateway import GatewayDownError, RefusedError, change_gateway, send_text
from premura.core.mail.models import Gateway, OutgoingMail, Way
from premura.core.mail.receipts import receipt_url, receipts
from premura.core.mail.troubles import what_to_do
from premura.core.staff.roles import Ability
from premura.entrypoints.web.door import StaffRequest, signed_in
from premura.entrypoints.web.mail.forms import GatewayForm, NumberForm


@signed_in(Ability.MANAGE_COMPANY)
def gateway(request: StaffRequest, kind: str) -> HttpResponse:
    row = _row(kind)
    form = GatewayForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        fields = {name: form.cleaned_data[name] for name in GatewayForm.Meta.fields}
        change_gateway(kind, form.said_secret, by=request.user, **fields)
        messages.success(request, _("Saved. Send yourself a test message to see whether it arrives."))
        return redirect("gateway", kind=kind)
    return _page(request, _row(kind), form=form, status=422 if form.errors else 200)


def _row(kind: str) -> Gateway:
    if kind not in (Way.SMS, Way.WHATSAPP):
        raise NotFound
    return Gateway.objects.filter(kind=kind).first() or Gateway(kind=kind)


def _page(request: StaffRequest, row: Gateway, *, status: int = 200, **forms: Any) -> HttpResponse:
    waiting = OutgoingMail.objects.filter(channel=row.kind, sent_at__isnull=True, given_up_at__isnull=True)
    context = {
        "gateway": row,
        "waiting": waiting.count(),
        "receipts": receipts(row.kind, timezone.now()),
        "name": _("Text messages (SMS)") if row.kind == Way.SMS else "WhatsApp",
        "form": GatewayForm(instance=row),
        "number_form": NumberForm(),
        **forms,
    }
    return render(request, "mail/gateway.html", context, status=status)


@signed_in(Ability.MANAGE_COMPANY)
@require_POST
def gateway_test(request: StaffRequest, kind: str) -> HttpResponse:
    """One message to the number that was typed, at once; what the gateway answers is shown."""
    row, form = _row(kind), NumberForm(request.POST)
    if not form.is_valid():
        return _page(request, row, number_form=form, status=422)
    if not row.url:
        form.add_error(None, _("Save the settings first."))
        return _page(request, row, number_form=form, status=422)
    text = _("This is a test message of Premura. It arrived: your gateway works.")
    try:
        reply = send_text(row, form.cleaned_data["number"], text, "test", receipt_url(0))
    except (RefusedError, GatewayDownError) as error:
        said = {"what": what_to_do(str(error)), "error": error}
        messages.error(request, _("The test message did not leave. %(what)s (What was said: %(error)s)") % said)
    else:
        messages.success(request, _("The gateway took the message. It says: %(reply)s") % {"reply": reply.body})
    return redirect("gateway", kind=kind)
