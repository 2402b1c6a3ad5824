"""Invite a colleague, change them, set what a role or a person may spend."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from premura.core.company.models import Location
from premura.core.staff.models import AuthorityLimit, Person
from premura.core.staff.roles import Role


class PersonForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Person
        fields = ("name", "email", "role", "department", "phone", "language", "locations")
        help_texts = {
            "role": _(
                "Front line: ask, customers, cases, promises. Manager: also surveys, rules, causes. "
                "Owner: everything. Viewer: looks, changes nothing."
            ),
            "locations": _("Sees only what belongs to these places. None ticked: all of them."),
            "email": _("They sign in with it."),
        }
        widgets = {"locations": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["locations"].queryset = Location.objects.filter(is_imported=False)  # type: ignore[attr-defined]
        self.fields["locations"].required = False

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).lower()
        if Person.objects.filter(email=email).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("Somebody already signs in with this e-mail."))
        return email


class LimitForm(forms.Form):
    """An empty field is no limit; 0 is nothing without asking."""

    per_case = forms.DecimalField(
        label=_("For one case"), min_value=Decimal(0), max_digits=10, decimal_places=2, required=False
    )
    per_month = forms.DecimalField(
        label=_("In a month"), min_value=Decimal(0), max_digits=10, decimal_places=2, required=False
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        case, month = data.get("per_case"), data.get("per_month")
        if case is not None and month is not None and case > month:
            self.add_error(
                "per_month", _("A month's limit below the limit of one case would stop the first case already.")
            )
        return data


def limit_rows() -> list[tuple[str, Any, AuthorityLimit | None]]:
    """Each role that may spend, with its limit."""
    limits = {limit.role: limit for limit in AuthorityLimit.objects.filter(person__isnull=True)}
    return [(role.value, role.label, limits.get(role.value)) for role in Role if role != Role.VIEWER]
