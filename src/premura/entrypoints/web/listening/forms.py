"""Why we listen."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from premura.core.staff.models import Person
from premura.core.staff.roles import Ability
from premura.loop.listen.models import Programme

_LINES = forms.Textarea(attrs={"rows": 2})


class ProgrammeForm(forms.ModelForm):  # type: ignore[type-arg]
    """May be saved incomplete; what is missing is said where publishing needs it."""

    class Meta:
        model = Programme
        fields = ("name", "objective", "decision", "owner", "cadence_days")
        labels = {
            "objective": _("What do you want to know?"),
            "decision": _("What will you decide with the answers?"),
            "owner": _("Whose programme is it?"),
            "cadence_days": _("Days without an answer before it counts as silent"),
        }
        help_texts = {
            "name": _("For example: After delivery."),
            "objective": _(
                "One sentence that an answer can settle. Good: «Do customers find the machine clean and working on the "
                "first try?» Not yet: «Know whether customers are happy.»"
            ),
            "decision": _(
                "If no answer could change what you do, do not ask. Good: «Whether we add a second check before a "
                "machine leaves.»"
            ),
            "owner": _("Somebody who reads the answers and can act on them. Customers see this name under the thanks."),
            "cadence_days": _("Listening never ends: after this many days without an answer the programme is marked."),
        }
        widgets = {"objective": _LINES, "decision": _LINES}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        able = [person.pk for person in Person.objects.filter(is_active=True) if person.may(Ability.SEE_INSIGHTS)]
        self.fields["owner"].queryset = Person.objects.filter(pk__in=able)  # type: ignore[attr-defined]
        self.fields["cadence_days"].min_value = 1  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        return " ".join(str(self.cleaned_data["name"]).split())

    def clean_cadence_days(self) -> int:
        days = int(self.cleaned_data["cadence_days"])
        if not 1 <= days <= 3650:
            raise forms.ValidationError(_("Write a number of days from 1 to 3650."))
        return days
