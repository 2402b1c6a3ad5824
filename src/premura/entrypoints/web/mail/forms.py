"""Mail server, mailbox and gateways; their passwords and keys are written, never shown."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from premura.core.mail.apprise_way import NoSuchServiceError, is_service, service_at
from premura.core.mail.gateway_rules import (
    NAMES,
    filled_address,
    host_of,
    line_of_fault,
    read_headers,
    unknown_names,
)
from premura.core.mail.models import Gateway, Mailbox, MailServer, Security
from premura.core.mail.rules import REPORT_LIMIT
from premura.core.mail.troubles import what_to_do


def _password() -> forms.CharField:
    return forms.CharField(
        label=_("Password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Empty leaves the one that is kept. It is not shown again."),
    )


class MailServerForm(forms.ModelForm):  # type: ignore[type-arg]
    password = _password()

    class Meta:
        model = MailServer
        fields = ("host", "port", "security", "username", "sender", "sender_name", "reply_to", "tags_replies")
        help_texts = {
            "host": _("As your mail provider calls it: smtp.example.com"),
            "sender": _("Customers see it. Your provider must allow this server to write in its name."),
            "sender_name": _("Empty: the company's name."),
            "reply_to": _("Somebody should read it. Empty: the sender's address."),
            "tags_replies": _(
                "Answers go to an address like care+c7-0a1b@example.com and find their case even where the subject was "
                "changed. Only if your provider delivers such addresses to the same mailbox: try it with a letter."
            ),
        }

    field_order = (
        "host", "port", "security", "username", "password", "sender", "sender_name", "reply_to", "tags_replies",
    )  # fmt: skip

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


class MailboxForm(forms.ModelForm):  # type: ignore[type-arg]
    password = _password()

    class Meta:
        model = Mailbox
        fields = ("is_on", "host", "port", "security", "username", "folder")
        labels = {"security": _("Encryption (TLS from the start, usually port 993; STARTTLS, usually 143)")}
        help_texts = {"host": _("As your mail provider calls it: imap.example.com")}

    field_order = ("host", "port", "security", "username", "password", "folder", "is_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["security"].choices = [  # type: ignore[attr-defined]
            (Security.TLS, _("TLS from the start")),
            (Security.STARTTLS, "STARTTLS"),
            (Security.NONE, Security.NONE.label),
        ]

    def clean_folder(self) -> str:
        folder = str(self.cleaned_data["folder"]).strip()
        if not folder.isascii() or not folder.isprintable():
            raise forms.ValidationError(_("Plain letters only: INBOX, or the name that the server gives the folder."))
        return folder

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("is_on") and not cleaned.get("host"):
            self.add_error("host", _("Say which server the mailbox is on."))
        return cleaned

    @property
    def said_password(self) -> str | None:
        return self.cleaned_data["password"] or None


class GatewayForm(forms.ModelForm):  # type: ignore[type-arg]
    secret = forms.CharField(
        label=_("Secret key"),
        required=False,
        strip=True,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Written as {secret} in the address, the headers or the body. Empty leaves the one that is kept."),
    )

    class Meta:
        model = Gateway
        fields = ("is_on", "url", "method", "headers", "body", "prefix", "allows_private")
        help_texts = {
            "url": _("As your provider describes it, with {to} and {text} where they belong, if they belong there."),
            "headers": _("One a line: Authorization: Bearer {secret}"),
            "body": _(
                "JSON or a form, with {to}, {text} and, if the provider wants them, {id} and {receipt}; made safe."
            ),
            "prefix": _("+39 for Italy"),
        }
        widgets = {
            "headers": forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
            "body": forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
            "url": forms.TextInput(attrs={"spellcheck": "false", "inputmode": "url"}),
        }

    field_order = ("url", "method", "headers", "body", "secret", "prefix", "allows_private", "is_on")

    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"]).strip()
        if is_service(url):
            try:
                service_at(filled_address(url, {"to": "+390444555001", "text": "x", "id": "1", "secret": "secret"}))
            except NoSuchServiceError as error:
                raise forms.ValidationError(
                    _("No service can be used at this address. %(what)s"), params={"what": what_to_do(str(error))}
                ) from error
            return url
        if url and (not host_of(url) or any(sign.isspace() for sign in url)):
            raise forms.ValidationError(_("This is no address that begins with https:// or http:// and a name."))
        return url

    def clean_body(self) -> str:
        text = str(self.cleaned_data["body"])
        if unknown := unknown_names(text):
            raise forms.ValidationError(
                _("%(name)s is not known and would be sent as it stands. Known are: %(known)s."),
                params={"name": unknown[0], "known": ", ".join(f"{{{name}}}" for name in NAMES)},
            )
        if (line := line_of_fault(text)) is not None:
            raise forms.ValidationError(
                _(
                    "As JSON this cannot be read, from line %(line)s on: perhaps a comma is missing, or a name such as "
                    "{text} stands without quotation marks."
                ),
                params={"line": line},
            )
        return text

    def clean_prefix(self) -> str:
        prefix = str(self.cleaned_data["prefix"]).replace(" ", "")
        if not re.fullmatch(r"\+[1-9]\d{0,3}", prefix):
            raise forms.ValidationError(_("A prefix is a + and one to four digits."))
        return prefix

    def clean_headers(self) -> str:
        text = str(self.cleaned_data["headers"])
        try:
            read_headers(text)
        except ValueError as error:
            raise forms.ValidationError(_("This is no header: %(line)s"), params={"line": str(error)[:60]}) from error
        return text

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        is_by_service = is_service(cleaned.get("url", ""))
        said = f"{cleaned.get('url', '')} {cleaned.get('body', '') if cleaned.get('method') == 'POST' else ''}"
        for name in ("{to}", "{text}"):
            if cleaned.get("is_on") and name not in said and not (is_by_service and name == "{text}"):
                where = "body" if cleaned.get("method") == "POST" and not is_by_service else "url"
                self.add_error(where, _("%(name)s stands nowhere: the message would miss it.") % {"name": name})
        if (
            cleaned.get("is_on")
            and "{secret}" in f"{said} {cleaned.get('headers', '')}"
            and not (cleaned.get("secret") or self.instance.secret_sealed)
        ):
            self.add_error("secret", _("{secret} is used, and no key is kept: type it."))
        if cleaned.get("is_on") and not cleaned.get("url") and "url" not in self.errors:
            self.add_error("url", _("Without an address nothing can leave."))
        return cleaned

    @property
    def said_secret(self) -> str | None:
        """What was typed; ``None`` keeps the one that is there."""
        return self.cleaned_data["secret"] or None


class NumberForm(forms.Form):
    number = forms.CharField(label=_("Number for the test"), max_length=40)


class ReportForm(forms.Form):
    report = forms.FileField(label=_("Delivery report (.eml)"))

    def clean_report(self) -> Any:
        file = self.cleaned_data["report"]
        if file.size > REPORT_LIMIT:
            raise forms.ValidationError(_("This file is larger than 2 MB: a delivery report is a short message."))
        return file
