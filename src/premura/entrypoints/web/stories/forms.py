"""A story as it is written down, and what its teller allows."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from premura.core.company.models import Location
from premura.core.staff.models import Person
from premura.entrypoints.web.customers.forms import places_of
from premura.loop.listen.stories import TEXT_LIMIT


class ConsentForm(forms.Form):
    uses = forms.MultipleChoiceField(
        label=_("What the teller allows"),
        choices=[
            ("site", _("show it on our web site")),
            ("print", _("print it")),
            ("training", _("tell it to our own people")),
        ],
        widget=forms.CheckboxSelectMultiple,
    )
    how = forms.CharField(
        label=_("How and when they said so"), max_length=200, help_text=_("“By e-mail on 12 March”, “signed sheet”")
    )


class PictureForm(forms.Form):
    picture = forms.FileField(
        label=_("Picture"),
        help_text=_("JPEG, PNG or WebP, up to 12 MB. It is kept without its place, its day and its camera."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    shows = forms.CharField(
        label=_("What it shows"), max_length=200, help_text=_("For those who cannot see it: “Ada beside her mixer”.")
    )
    how = forms.CharField(
        label=_("How and when they said yes to this picture"),
        max_length=200,
        help_text=_("Also of whoever else can be recognised in it."),
    )


class StoryForm(ConsentForm):
    teller = forms.CharField(
        label=_("Who tells it, as they want to be named"),
        max_length=120,
        help_text=_("A name, initials, or “a builder from Padova”."),
    )
    words = forms.CharField(
        label=_("The story in their words"), max_length=TEXT_LIMIT, widget=forms.Textarea(attrs={"rows": 8})
    )
    location = forms.ModelChoiceField(label=_("Place"), queryset=Location.objects.none(), required=False)
    field_order = ("teller", "words", "location", "uses", "how")

    def __init__(self, data: Any = None, *, person: Person, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["location"].queryset = places_of(person)  # type: ignore[attr-defined]
        self.fields["location"].required = person.location_ids() is not None
