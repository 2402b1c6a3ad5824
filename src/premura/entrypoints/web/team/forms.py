"""Invite a colleague, change them, set what a role or a person may spend."""

from datetime import time
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from premura.core.company.models import Location
from premura.core.journeys.models import Touchpoint
from premura.core.staff.models import AuthorityLimit, Person
from premura.core.staff.roles import Role
from premura.entrypoints.web.company.forms import read_stretches
from premura.entrypoints.web.numbers_typed import DecimalField
from premura.loop.recover.reviewing import Criterion, Found
from premura.loop.recover.reviews import LONGEST, Looked


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


class RotaForm(forms.Form):
    """When somebody is on duty, one line a weekday, and what they know well."""

    def __init__(self, *args: Any, somebody: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        written: dict[int, list[str]] = {}
        for shift in somebody.shifts.all():
            written.setdefault(shift.weekday, []).append(f"{shift.begins:%H:%M}-{shift.ends:%H:%M}")
        for day, name in WEEKDAYS.items():
            self.fields[f"day_{day}"] = forms.CharField(
                label=name.capitalize(), required=False, initial=", ".join(written.get(day, [])), max_length=80
            )
        self.fields["touchpoints"] = forms.ModelMultipleChoiceField(
            label=_("Knows well"),
            queryset=Touchpoint.objects.filter(is_imported=False),
            required=False,
            widget=forms.CheckboxSelectMultiple,
            initial=[point.pk for point in somebody.touchpoints.all()],
            help_text=_("Cases that went wrong there come to them before others."),
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.shifts: list[tuple[int, time, time]] = []
        for day in WEEKDAYS:
            try:
                self.shifts += [(day, *stretch) for stretch in read_stretches(data.get(f"day_{day}", ""))]
            except ValueError:
                self.add_error(f"day_{day}", _("Write stretches of time in order, such as 8:30-12:30, 14:00-18:00."))
        return data


class LimitForm(forms.Form):
    """An empty field is no limit; 0 is nothing without asking."""

    per_case = DecimalField(
        label=_("For one case"), min_value=Decimal(0), max_digits=10, decimal_places=2, required=False, localize=False
    )
    per_month = DecimalField(
        label=_("In a month"), min_value=Decimal(0), max_digits=10, decimal_places=2, required=False, localize=False
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


class BulletinForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=160)
    text = forms.CharField(
        label=_("What everybody must know"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("It cannot be changed afterwards: what somebody read is what stands there."),
    )
    location = forms.ModelChoiceField(
        label=_("For whom"), queryset=Location.objects.none(), required=False, empty_label=_("everybody")
    )

    def __init__(self, *args: Any, places: Any, is_everywhere: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["location"]
        field.queryset, field.required = places, not is_everywhere
        if not is_everywhere:
            field.empty_label = None


class ReviewForm(forms.Form):
    """A colleague's reply, looked at: what is good first, then the five things, then a plan if something is missing."""

    good = forms.CharField(
        label=_("What was good"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("In words that you would say to their face. It is what they will do again."),
    )
    next_time = forms.CharField(
        label=_("What to try next time"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "One thing, that they can do. Is it the person, or our method? A method you mend under Improvement."
        ),
    )
    again_on = forms.DateField(
        label=_("When you look at it again together"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in Criterion:
            self.fields[one.value] = forms.ChoiceField(label=one.label, choices=Found.choices, widget=forms.RadioSelect)
        self.order_fields(["good", *Criterion.values])

    @property
    def looked(self) -> Looked:
        given = self.cleaned_data
        return Looked(
            marks={one.value: given[one.value] for one in Criterion},
            good=given["good"],
            next_time=given["next_time"],
            again_on=given["again_on"],
        )
