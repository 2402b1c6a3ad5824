"""Write down a public review, or our reply to one."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from premura.core.company.models import Location
from premura.core.staff.models import Person
from premura.entrypoints.web.customers.forms import places_of
from premura.importers.neutral import Review
from premura.loop.listen.definition import TEXT_LIMIT

STARS = [("", "–"), *((number, f"{number} {'★' * number}") for number in (5, 4, 3, 2, 1))]


def moment_field(label: Any, **options: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, widget=widget, **options)


def _not_to_come(moment: datetime | None) -> datetime | None:
    if moment and moment > timezone.now():
        raise forms.ValidationError(
            gettext("This lies in the future: write the day and the time as the site says them.")
        )
    return moment


class ReplyForm(forms.Form):
    reply = forms.CharField(label=_("Our reply"), max_length=TEXT_LIMIT, widget=forms.Textarea(attrs={"rows": 4}))
    replied_at = moment_field(_("When it was published"))

    def clean_replied_at(self) -> datetime | None:
        return _not_to_come(self.cleaned_data["replied_at"])


class ReviewForm(forms.Form):
    site = forms.CharField(
        label=_("Where it stands"), max_length=40, help_text=_("The name of the site, such as Google or Tripadvisor.")
    )
    stars = forms.TypedChoiceField(label=_("Stars"), choices=STARS, coerce=int)
    text = forms.CharField(
        label=_("What it says"), max_length=TEXT_LIMIT, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    written_at = moment_field(_("When it was written"), help_text=_("The site says at least the day."))
    author = forms.CharField(label=_("Who signed it"), max_length=160, required=False)
    location = forms.ModelChoiceField(label=_("Place"), queryset=Location.objects.none(), required=False)
    reply = forms.CharField(
        label=_("Our reply"), max_length=TEXT_LIMIT, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    replied_at = moment_field(_("When we replied"), required=False)

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["location"].queryset = places_of(person)  # type: ignore[attr-defined]
        # Who sees only some places must not write down a review they could then not see
        self.fields["location"].required = person.location_ids() is not None

    def clean_written_at(self) -> datetime | None:
        return _not_to_come(self.cleaned_data["written_at"])

    def clean_replied_at(self) -> datetime | None:
        return _not_to_come(self.cleaned_data["replied_at"])

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        reply, at, written = (said.get(name) for name in ("reply", "replied_at", "written_at"))
        if reply and not at and "replied_at" not in self.errors:
            self.add_error("replied_at", gettext("Write when the reply was published: it says how long it took."))
        if at and written and at < written:
            self.add_error("replied_at", gettext("The reply cannot be older than the review."))
        if at and not reply:
            self.add_error("reply", gettext("Write what the reply says, or leave out its time."))
        return said

    def review(self) -> Review:
        said = self.cleaned_data
        place = said["location"]
        return Review(
            "", said["stars"], said["text"].strip(), said["written_at"], author=said["author"].strip(),
            place=place.name if place else "", reply=said["reply"].strip(), replied_at=said["replied_at"],
        )  # fmt: skip
