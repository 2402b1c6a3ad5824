"""Why we listen, a new survey, a withdrawal."""

from typing import Any

import msgspec
from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from premura.core.i18n import in_language
from premura.core.journeys.models import Touchpoint
from premura.core.staff.models import Person
from premura.core.staff.roles import Ability
from premura.entrypoints.web.listening.bringing import UnreadableError, brought_survey
from premura.entrypoints.web.listening.workbooks import FILE_LIMIT
from premura.loop.listen.drafting import first_draft
from premura.loop.listen.models import Programme
from premura.loop.listen.transfer import SurveyFile, templates

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


class SurveyForm(forms.Form):
    """What a new survey starts from; everything can be changed in the editor."""

    title = forms.CharField(
        label=_("Title"), max_length=120, help_text=_("Customers read it first. For example: How did it go?")
    )
    programme = forms.ModelChoiceField(
        label=_("Programme"), queryset=Programme.objects.all(), empty_label=_("choose the programme")
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages"), choices=settings.LANGUAGES, widget=forms.CheckboxSelectMultiple
    )
    touchpoint = forms.ModelChoiceField(
        label=_("What is it about?"),
        queryset=Touchpoint.objects.filter(is_imported=False),
        required=False,
        empty_label=_("the whole experience"),
        help_text=_("The point of the journey that its scores are counted at."),
    )
    start = forms.ChoiceField(
        label=_("Start with"),
        widget=forms.RadioSelect,
        initial="recommend",
        choices=[
            ("recommend", _("Would they recommend us, and what could we do better? (two questions)")),
            (
                "satisfaction",
                _("How satisfied, was the right solution found, what could we do better? (three questions)"),
            ),
            ("effort", _("Was it easy, and what could we do better? (two questions)")),
            ("empty", _("An empty page")),
        ],
    )
    file = forms.FileField(
        label=_("Or bring a survey from a file"),
        required=False,
        help_text=_(
            "A spreadsheet or JSON file that Premura wrote («The draft as a file» on a survey's page). It counts "
            "instead of the start."
        ),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.json,application/json"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        programmes = list(Programme.objects.all()[:2])
        if len(programmes) == 1:
            self.fields["programme"].initial = programmes[0].pk
        self.fields["languages"].initial = [code for code, _name in settings.LANGUAGES]
        offered = [(f"template:{name}", in_language(one.about)) for name, one in templates().items()]
        start = self.fields["start"]
        start.choices = [*start.choices[:-1], *offered, start.choices[-1]]  # type: ignore[attr-defined]

    def clean_file(self) -> SurveyFile | None:
        upload = self.cleaned_data["file"]
        if upload is None:
            return None
        try:
            return brought_survey(upload.read(FILE_LIMIT + 1)).kept
        except UnreadableError as error:
            raise forms.ValidationError(error.sentences) from error

    def beginning(self) -> SurveyFile:
        """What the survey starts from: the file, a template, or a few usual questions, in the chosen languages."""
        given = self.cleaned_data
        found = given["file"] or templates().get(given["start"].removeprefix("template:"))
        if found is None:
            return SurveyFile(first_draft(tuple(given["languages"]), self.title_texts(), given["start"]))
        definition = found.definition
        languages = definition.languages if given["file"] else tuple(given["languages"])
        title = definition.title | self.title_texts()
        return msgspec.structs.replace(
            found, definition=msgspec.structs.replace(definition, title=title, languages=languages)
        )

    def title_texts(self) -> dict[str, str]:
        """The title in the language of whoever wrote it, if the survey has that language, else in its first."""
        languages = self.cleaned_data["languages"]
        written_in = (get_language() or "it")[:2]
        return {written_in if written_in in languages else languages[0]: self.cleaned_data["title"]}
