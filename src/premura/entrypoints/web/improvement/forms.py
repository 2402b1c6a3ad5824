"""Name a cause, explain a case, plan an action, say that it is in place."""

from datetime import date
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from premura.core.company.models import Location
from premura.core.journeys.models import Touchpoint
from premura.core.staff.models import Person
from premura.entrypoints.web.numbers_typed import DecimalField
from premura.entrypoints.web.recovery.forms import places_of
from premura.loop.improve.causes import WHY_LENGTH, WHYS
from premura.loop.improve.models import RootCause
from premura.loop.understand.metrics import METRICS

WINDOWS = [(30, _("30 days")), (60, _("60 days")), (90, _("90 days")), (180, _("180 days"))]


def day_field(label: Any, **options: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **options)


class CauseForm(forms.Form):
    name = forms.CharField(
        label=_("What in our way of working lets this happen?"),
        max_length=120,
        help_text=_("Not who: what. “The delivery round is prepared in the morning”, not “the driver is late”."),
    )
    parent = forms.ModelChoiceField(
        label=_("Part of a more general cause"), queryset=RootCause.objects.all(), required=False
    )
    touchpoint = forms.ModelChoiceField(
        label=_("Where customers notice it"),
        queryset=Touchpoint.objects.filter(is_imported=False).select_related("stage"),
        required=False,
    )


class TargetForm(forms.Form):
    metric = forms.ChoiceField(
        label=_("Which figure"), choices=[(metric.code, metric.name) for metric in METRICS.values()]
    )
    value = DecimalField(
        label=_("What it should be"),
        max_digits=6,
        decimal_places=2,
        help_text=_("NPS points, percent, or points of the scale for a mean. 75 means 75%."),
    )
    valid_from = day_field(_("From"))
    valid_to = day_field(_("To"), help_text=_("When it has run out, the next one is proposed to you."))
    touchpoint = forms.ModelChoiceField(
        label=_("At which touchpoint"),
        queryset=Touchpoint.objects.filter(is_imported=False).select_related("stage"),
        required=False,
        empty_label=_("the whole experience"),
    )
    location = forms.ModelChoiceField(
        label=_("Where"), queryset=Location.objects.none(), required=False, empty_label=_("everywhere")
    )
    why = forms.CharField(label=_("Why this value"), max_length=300)

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ModelChoiceField[Location]", self.fields["location"]).queryset = places_of(person)


class DefectForm(forms.Form):
    what = forms.CharField(
        label=_("What does not work, and what does it do to customers?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The system, not a person. “At half past five nobody can reach the workshop by phone.”"),
    )
    touchpoint = forms.ModelChoiceField(
        label=_("Where customers notice it"),
        queryset=Touchpoint.objects.filter(is_imported=False).select_related("stage"),
        required=False,
        empty_label=_("no place in particular"),
    )
    location = forms.ModelChoiceField(
        label=_("Where"), queryset=Location.objects.none(), required=False, empty_label=_("everywhere")
    )
    page = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)

    def __init__(self, *args: Any, places: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ModelChoiceField[Location]", self.fields["location"]).queryset = places


class DefectAnswerForm(forms.Form):
    text = forms.CharField(
        label=_("What will be done, or why nothing will"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    cause = forms.ModelChoiceField(
        label=_("The cause it belongs to"),
        queryset=RootCause.objects.all(),
        required=False,
        empty_label=_("none of those known"),
    )


class CaseCauseForm(forms.Form):
    """One of the known causes, or the name of a new one; and the answers to *why?*."""

    cause = forms.ModelChoiceField(
        label=_("Cause"), queryset=RootCause.objects.all(), required=False, empty_label=_("choose, or write a new one")
    )
    new_cause = forms.CharField(label=_("A new cause"), max_length=120, required=False)

    def __init__(self, *args: Any, whys: list[str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = whys or []
        for number in range(WHYS):
            field = forms.CharField(label=_("Why?"), max_length=WHY_LENGTH, required=False)
            field.initial = known[number] if number < len(known) else ""
            self.fields[f"why_{number + 1}"] = field

    def clean(self) -> dict[str, Any]:
        data = cast(dict[str, Any], super().clean())
        if not data.get("cause") and not (data.get("new_cause") or "").strip():
            self.add_error("cause", _("Choose a cause, or write a new one."))
        return data

    @property
    def why_fields(self) -> list[forms.BoundField]:
        return [self[f"why_{number + 1}"] for number in range(WHYS)]

    @property
    def whys(self) -> list[str]:
        return [self.cleaned_data.get(f"why_{number + 1}", "") for number in range(WHYS)]


class ActionForm(forms.Form):
    cause = forms.ModelChoiceField(label=_("Cause"), queryset=RootCause.objects.all())
    title = forms.CharField(label=_("What we change"), max_length=200)
    customer_effect = forms.CharField(
        label=_("What the customer will notice"),
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What is best for the customer comes first: say it in their words."),
    )
    owner = forms.ModelChoiceField(label=_("Who sees to it"), queryset=Person.objects.filter(is_active=True))
    due_on = day_field(_("By when"), help_text=_("An exact day: it becomes a promise inside the company."))
    metric = forms.ChoiceField(
        label=_("Which figure should move"), choices=[(metric.code, metric.name) for metric in METRICS.values()]
    )
    expected_change = DecimalField(
        label=_("By how much"),
        max_digits=6,
        decimal_places=2,
        help_text=_(
            "In points: NPS points, percentage points, or points of the scale for a mean. 10 means from 60% to 70%."
        ),
    )
    touchpoint = forms.ModelChoiceField(
        label=_("At which touchpoint"),
        queryset=Touchpoint.objects.filter(is_imported=False).select_related("stage"),
        required=False,
        empty_label=_("the whole experience"),
    )
    location = forms.ModelChoiceField(
        label=_("Where"), queryset=Location.objects.none(), required=False, empty_label=_("everywhere")
    )
    window_days = forms.TypedChoiceField(
        label=_("Compare so many days before and after"), choices=WINDOWS, coerce=int, initial=90
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = Location.objects.filter(closed_on__isnull=True, is_imported=False)
        ids = person.location_ids()
        if ids is not None:
            places = places.filter(pk__in=ids)
        where = cast(forms.ModelChoiceField, self.fields["location"])  # type: ignore[type-arg]
        where.queryset = places
        # Who sees only some places changes things there, and could not see a change made everywhere else
        where.required = ids is not None

    @property
    def change(self) -> float:
        """The expected change in the unit of ``Metric.estimate``."""
        data = self.cleaned_data
        return float(data["expected_change"]) / METRICS[data["metric"]].factor


class CompletionForm(forms.Form):
    completed_on = day_field(_("In place since"))
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["completed_on"].initial = today
        self.fields["completed_on"].widget.attrs["max"] = today.isoformat()

    def clean_completed_on(self) -> date:
        day: date = self.cleaned_data["completed_on"]
        if day > self.today:
            raise forms.ValidationError(_("This day has not come yet: say so once the change is in place."))
        return day


class AbandonmentForm(forms.Form):
    reason = forms.CharField(label=_("Why it will not be made"), max_length=300)
