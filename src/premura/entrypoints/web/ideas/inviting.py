"""Whom to invite to the panel, as the staff choose them."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from premura.core.company.models import Location
from premura.core.staff.models import Person
from premura.entrypoints.web.customers.forms import places_of
from premura.loop.understand.reads import segments


class InviteForm(forms.Form):
    """Whom to invite: one customer, a list of addresses, or a segment and a place."""

    customer = forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput)
    segment = forms.ChoiceField(label=_("Segment"), required=False)
    location = forms.ModelChoiceField(
        label=_("Place"), queryset=Location.objects.none(), required=False, empty_label=_("every place")
    )
    addresses = forms.CharField(
        label=_("Or a list of e-mail addresses"),
        required=False,
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=_("One a line, of customers who are written down here. With a list, segment and place do not count."),
    )

    def __init__(self, data: Any = None, *, person: Person) -> None:
        super().__init__(data)
        names = segments(person)
        self.fields["segment"].choices = [("", _("every segment")), *((name, name) for name in names)]  # type: ignore[attr-defined]
        self.fields["location"].queryset = places_of(person)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if not self.errors and not any(found.values()):
            self.add_error(None, _("Choose a segment or a place, or write down addresses."))
        return found

    @property
    def wanted(self) -> dict[str, Any]:
        """As ``invitable`` takes it."""
        found = self.cleaned_data
        return {
            "pk": found["customer"] or 0,
            "segment": found["segment"],
            "location": found["location"].pk if found["location"] else None,
            "addresses": list(dict.fromkeys(re.split(r"[\s,;]+", found["addresses"].strip())))
            if found["addresses"]
            else [],
        }
