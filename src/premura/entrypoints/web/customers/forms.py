"""Write down a customer, and that they met us."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from premura.core.channels import PREFERRED, Channel
from premura.core.company.models import Location
from premura.core.customers.models import Customer
from premura.core.journeys.models import Touchpoint
from premura.core.languages import CHOICES
from premura.core.staff.models import Person

DAILY_CHANNELS = [Channel.COUNTER, Channel.PHONE, Channel.EMAIL, Channel.WEB, Channel.SITE, Channel.DELIVERY]


def places_of(person: Person) -> Any:
    """The locations in which ``person`` works day by day."""
    places = Location.objects.filter(is_imported=False, closed_on__isnull=True)
    ids = person.location_ids()
    return places if ids is None else places.filter(pk__in=ids)


class CustomerForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Customer
        fields = ("name", "email", "phone", "language", "location", "keeper", "segment", "preferred_channel", "notes")
        labels = {"preferred_channel": _("How they like to be reached")}
        help_texts = {
            "language": _("The language of the questions and letters they get."),
            "segment": _("The group you put them in, such as companies or private people: results can be read by it."),
            "notes": _("What a colleague should know before they meet this customer. Customers may ask to read it."),
        }
        widgets = {"notes": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = places_of(person)
        self.fields["location"].queryset = places  # type: ignore[attr-defined]
        # Who sees only some places must not write down a customer they could then not see
        self.fields["location"].required = person.location_ids() is not None
        self.fields["keeper"].queryset = Person.objects.filter(is_active=True)  # type: ignore[attr-defined]
        self.fields["language"] = forms.ChoiceField(
            label=self.fields["language"].label,
            choices=CHOICES,
            help_text=self.fields["language"].help_text,
        )
        texts = [(value, label) for value, label in PREFERRED if value in ("sms", "whatsapp")]
        daily = [(channel.value, channel.label) for channel in DAILY_CHANNELS]
        channels = [("", _("no preference")), *daily, *texts]
        self.fields["preferred_channel"].choices = channels  # type: ignore[attr-defined]
        if places.count() == 1:
            self.fields["location"].initial = places[0]

    def clean_segment(self) -> str:
        return " ".join(str(self.cleaned_data["segment"]).split())

    def clean_name(self) -> str:
        name = " ".join(str(self.cleaned_data["name"]).split())
        if not name:
            raise forms.ValidationError(_("Write the customer's name, or what you call them."))
        return name


class InteractionForm(forms.Form):
    touchpoint = forms.ModelChoiceField(
        label=_("Where you met"),
        queryset=Touchpoint.objects.filter(is_imported=False),
        empty_label=_("choose a touchpoint"),
    )
    channel = forms.ChoiceField(label=_("How"), choices=[(c.value, c.label) for c in DAILY_CHANNELS])
    location = forms.ModelChoiceField(label=_("Location"), queryset=Location.objects.none(), required=False)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = places_of(person)
        self.fields["location"].queryset = places  # type: ignore[attr-defined]
        self.fields["location"].required = person.location_ids() is not None
        if len(places) == 1:
            self.fields["location"].initial = places[0]


class NeedForm(forms.Form):
    what = forms.CharField(
        label=_("What they need"),
        max_length=300,
        help_text=_("In their own words where you can. Also what we do not offer: it shows what is missing."),
    )
