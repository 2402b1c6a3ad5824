"""Promise something: what, who, to whom, and an exact day."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from premura.core.company.models import Location
from premura.core.customers.models import Customer
from premura.core.staff.models import Person
from premura.core.staff.roles import Ability
from premura.core.staff.staff import people_who_may
from premura.entrypoints.web.recovery.forms import NAMES_OFFERED, PromiseForm, places_of
from premura.loop.promise.models import CommitmentKind

BY_HAND = [
    (CommitmentKind.PROMISE, _("a promise to a customer")),
    (CommitmentKind.CALL, _("a call back")),
    (CommitmentKind.TASK, _("something to do among ourselves")),
]


class CommitmentForm(PromiseForm):
    kind = forms.ChoiceField(label=_("What it is"), choices=BY_HAND, initial=CommitmentKind.PROMISE)
    customer = forms.CharField(
        label=_("To whom"),
        max_length=160,
        required=False,
        help_text=_("The name of a customer who is written down."),
        widget=forms.TextInput(attrs={"list": "customer-names", "autocomplete": "off"}),
    )
    owner = forms.ModelChoiceField(label=_("Who does it"), queryset=Person.objects.none())
    location = forms.ModelChoiceField(label=_("Location"), queryset=Location.objects.none(), required=False)

    field_order = ("kind", "what", "customer", "due_on", "due_time", "owner", "location")

    def __init__(self, *args: Any, person: Person, known: Customer | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person, self.known = person, known
        ids = [p.pk for p in people_who_may(Ability.WORK_CASES)]
        self.fields["owner"].queryset = Person.objects.filter(pk__in=ids)  # type: ignore[attr-defined]
        self.fields["owner"].initial = person.pk
        places = places_of(person)
        self.fields["location"].queryset = places  # type: ignore[attr-defined]
        self.fields["location"].required = person.location_ids() is not None
        if places.count() == 1:
            self.fields["location"].initial = places[0]
        if known is not None:
            self.fields["customer"].initial = known.name
            self.fields["location"].initial = known.location_id

    def clean_customer(self) -> Customer | None:
        name = " ".join(str(self.cleaned_data["customer"]).split())
        if not name:
            return None
        if self.known is not None and name == self.known.name:
            return self.known
        found = list(Customer.objects.visible_to(self.person).filter(name__iexact=name, forgotten_at=None)[:2])
        if len(found) == 1:
            return found[0]
        if found:
            raise forms.ValidationError(_("Several customers have this name: promise it on the customer's page."))
        raise forms.ValidationError(
            _("Nobody of this name is written down. Write the customer down first, or leave it empty.")
        )

    @property
    def names(self) -> Any:
        rows: Any = Customer.objects.visible_to(self.person).filter(forgotten_at=None)
        return rows.order_by("-created_at").values_list("name", flat=True)[:NAMES_OFFERED]
