"""The form of *set up my company*: one page, seven fields, no question that can wait."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from premura.core.company.pack import load_packs
from premura.core.i18n import in_language
from premura.core.staff.models import Person
from premura.loop.founding import Founding


class SetupForm(forms.Form):
    company = forms.CharField(label=_("Name of your company"), max_length=120)
    sector = forms.ChoiceField(
        label=_("What you do"),
        widget=forms.RadioSelect,
        help_text=_(
            "Gives you a journey, a first survey, remedies and deadlines to start from. If none fits, choose the "
            "nearest: everything can be changed."
        ),
    )
    locations = forms.CharField(
        label=_("Your places"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One a line, as your customers call them. Leave empty if there is only one."),
    )
    person = forms.CharField(
        label=_("Your name"), max_length=120, help_text=_("Customers see it under your thanks and replies.")
    )
    email = forms.EmailField(label=_("Your e-mail"), help_text=_("You sign in with it. It stays on this machine."))
    password = forms.CharField(
        label=_("Password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=True),
        help_text=_("At least 10 characters; a short sentence is easy to remember."),
    )
    language = forms.ChoiceField(label=_("Language"), choices=[("it", "Italiano"), ("en", "English")])

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].initial = language
        packs = sorted(load_packs(), key=lambda pack: in_language(pack.name, language))
        self.fields["sector"].choices = [(pack.code, in_language(pack.name, language)) for pack in packs]  # type: ignore[attr-defined]
        self.fields["email"].widget.attrs["autocomplete"] = "email"
        self.fields["person"].widget.attrs["autocomplete"] = "name"

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        return email

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if password := data.get("password"):
            try:
                validate_password(password, Person(email=data.get("email", ""), name=data.get("person", "")))
            except forms.ValidationError as error:
                self.add_error("password", error)
        return data

    def founding(self) -> Founding:
        data = self.cleaned_data
        return Founding(
            company=data["company"].strip(),
            sector=data["sector"],
            language=data["language"],
            person=data["person"].strip(),
            email=data["email"],
            password=data["password"],
            locations=tuple(data["locations"].splitlines()) or (data["company"].strip(),),
        )
