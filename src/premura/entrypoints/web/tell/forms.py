"""What one can tell us on the always-open page."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from premura.entrypoints.web.tell.public import PublicForm
from premura.loop.listen.definition import TEXT_LIMIT
from premura.loop.listen.open_page import Told
from premura.loop.recover.heard import CALL, HERE, WRITE


def told_choices() -> list[tuple[str, Any]]:
    return [
        (Told.PRAISE, gettext_lazy("Something was done well")),
        (Told.COMPLAINT, gettext_lazy("Something went wrong")),
        (Told.SUGGESTION, gettext_lazy("You could do something better")),
        (Told.BARRIER, gettext_lazy("Something keeps me from reaching you, or from telling you what I think")),
    ]


class ContactForm(PublicForm):
    """Where we may answer; left empty, nobody learns who it was."""

    name = forms.CharField(
        label=gettext_lazy("What we may call you"),
        required=False,
        max_length=160,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("Your e-mail address"),
        required=False,
        max_length=200,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    phone = forms.RegexField(
        r"^\+?[0-9 ()./-]{5,30}$",
        label=gettext_lazy("Your phone number"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
        error_messages={"invalid": gettext_lazy("A phone number has at least five digits.")},
    )

    @property
    def contact(self) -> dict[str, str]:
        found = {name: self.cleaned_data.get(name, "") for name in ("name", "email", "phone")}
        return {name: value for name, value in found.items() if value}

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        if found.get("name") and not found.get("email") and not found.get("phone") and not self.errors:
            self.add_error("email", _("With a name we still cannot reach you: add an address or a number."))
        return found


class TellForm(ContactForm):
    told = forms.ChoiceField(label=gettext_lazy("What is it about?"), choices=told_choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label=gettext_lazy("Tell us in your own words"),
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    wants_answer = forms.BooleanField(
        label=gettext_lazy("I would like an answer"),
        required=False,
        help_text=gettext_lazy(
            "You get the address of a page where you read it, and can write back without saying who you are. "
            "Whoever tells us of a problem always gets one."
        ),
    )
    field_order = ("told", "text", "wants_answer", "name", "email", "phone")

    @property
    def first(self) -> list[Any]:
        return [self["told"], self["text"], self["wants_answer"]]

    @property
    def who(self) -> list[Any]:
        return [self["name"], self["email"], self["phone"]]


class PersonForm(ContactForm):
    """How one would like to be answered; of a customer whom we know nothing is asked that we know."""

    way = forms.ChoiceField(
        label=gettext_lazy("How may we answer you?"),
        choices=[
            (CALL, gettext_lazy("Call me")),
            (WRITE, gettext_lazy("Write me an e-mail")),
            (HERE, gettext_lazy("Only on a page of my own: I would rather not say who I am")),
        ],
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=gettext_lazy("Is there anything to add?"),
        required=False,
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    field_order = ("way", "name", "phone", "email", "text")

    def __init__(self, data: Any = None, *, knows_phone: bool, knows_email: bool) -> None:
        super().__init__(data)
        self.known = {CALL: knows_phone, WRITE: knows_email}
        if knows_phone or knows_email:
            del self.fields["name"]
        if knows_phone:
            del self.fields["phone"]
        if knows_email:
            del self.fields["email"]

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        way = found.get("way", "")
        if way == CALL and not self.known[CALL] and not found.get("phone") and "phone" not in self.errors:
            self.add_error("phone", _("We need a number to call you."))
        if way == WRITE and not self.known[WRITE] and not found.get("email") and "email" not in self.errors:
            self.add_error("email", _("We need an address to write to you."))
        return found
