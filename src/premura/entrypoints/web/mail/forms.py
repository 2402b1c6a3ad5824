"""The company's mail server; its password is written, never shown."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from premura.core.mail.models import MailServer
from premura.core.mail.rules import REPORT_LIMIT


class MailServerForm(forms.ModelForm):  # type: ignore[type-arg]
    password = forms.CharField(
        label=_("Password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Empty leaves the one that is kept. It is not shown again."),
    )

    class Meta:
        model = MailServer
        fields = ("host", "port", "security", "username", "sender", "sender_name", "reply_to")
        help_texts = {
            "host": _("As your mail provider calls it: smtp.example.com"),
            "sender": _("Customers see it. Your provider must allow this server to write in its name."),
            "reply_to": _("Somebody should read it. Empty: the sender's address."),
        }

    field_order = ("host", "port", "security", "username", "password", "sender", "sender_name", "reply_to")

    def clean_sender_name(self) -> str:
        return " ".join(str(self.cleaned_data["sender_name"]).split())

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("host") and not cleaned.get("sender"):
            self.add_error("sender", _("Say which address the letters come from."))
        return cleaned

    @property
    def said_password(self) -> str | None:
        """What was typed; ``None`` keeps the password that is there."""
        if not self.cleaned_data["host"] or not self.cleaned_data["username"]:
            return ""
        return self.cleaned_data["password"] or None


class ReportForm(forms.Form):
    report = forms.FileField(label=_("Delivery report (.eml)"))

    def clean_report(self) -> Any:
        file = self.cleaned_data["report"]
        if file.size > REPORT_LIMIT:
            raise forms.ValidationError(_("This file is larger than 2 MB: a delivery report is a short message."))
        return file
