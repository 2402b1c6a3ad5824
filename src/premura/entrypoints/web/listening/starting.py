"""A new survey: what it starts from, who answers, about whom and when."""

from dataclasses import dataclass
from typing import Any

import msgspec
from django import forms
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from premura.core.i18n import in_language
from premura.core.journeys.models import Touchpoint
from premura.core.languages import CHOICES
from premura.entrypoints.web.listening.bringing import UnreadableError, brought_survey
from premura.entrypoints.web.listening.workbooks import FILE_LIMIT
from premura.loop.listen.definition import Definition, definition_from, draft_from
from premura.loop.listen.models import Programme, Subject, Survey
from premura.loop.listen.surveys import current_version
from premura.loop.listen.transfer import SurveyFile, templates

EMPTY, LIKE = "empty", "like"
#: The built-in templates as they are offered; the first group stands open
GROUPS: tuple[tuple[str | Promise, tuple[str, ...]], ...] = (
    (_("Most begin with one of these"), ("nps", "csat", "ces")),
    (_("One thing in depth"), ("service_quality", "kano", "reasons", "loyalty")),
    (_("A complaint, and what came after it"), ("complaint", "after_case", "fairness", "on_my_side")),
    (_("For your colleagues"), ("staff_pulse",)),
    (
        _("For whoever watches or leads a conversation"),
        ("mystery_call", "mystery_visit", "interview", "focus_group"),
    ),
)

_PERSPECTIVES = [
    ("customer", _("customers")),
    ("staff", _("colleagues: what we think of ourselves, or of our work")),
    ("observer", _("somebody who watches: a mystery visit, an interview")),
    ("prospect", _("people who are not our customers yet")),
]
_MOMENTS = [
    ("perception", _("afterwards: what they found")),
    ("expectation", _("beforehand: what they expect")),
]


@dataclass(frozen=True)
class Group:
    title: str
    options: list[Any]
    is_open: bool


class SideForm(forms.Form):
    """Who answers, about whom and when: of a draft that was never published."""

    perspective = forms.ChoiceField(label=_("Who answers?"), choices=_PERSPECTIVES)
    subject = forms.ModelChoiceField(
        label=_("About whom?"), queryset=Subject.objects.filter(is_us=False), required=False, empty_label=_("about us")
    )
    moment = forms.ChoiceField(label=_("When?"), choices=_MOMENTS)

    @classmethod
    def of(cls, survey: Survey) -> "SideForm":
        return cls(
            initial={"perspective": survey.perspective, "subject": survey.subject_id, "moment": survey.moment},
            prefix="side",
        )

    def is_unusual(self) -> bool:
        """Whether it says anything but: customers, about us, afterwards."""
        return self.initial != {"perspective": "customer", "subject": None, "moment": "perception"}


class SurveyForm(forms.Form):
    """What a new survey starts from. The questions can be changed at any time, who answers, about whom and when until
    the first publication.
    """

    start = forms.ChoiceField(label=_("Start with"), widget=forms.RadioSelect, initial="template:nps")
    title = forms.CharField(
        label=_("Title"),
        max_length=120,
        required=False,
        help_text=_("Customers read it first. Left empty, it is the one of what you start with."),
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages"),
        choices=CHOICES,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Everything has to be written in each of them. Choose only those that your customers need."),
    )
    programme = forms.ModelChoiceField(
        label=_("Programme"), queryset=Programme.objects.all(), empty_label=_("choose the programme")
    )
    touchpoint = forms.ModelChoiceField(
        label=_("What is it about?"),
        queryset=Touchpoint.objects.filter(is_imported=False),
        required=False,
        empty_label=_("the whole experience"),
        help_text=_("The point of the journey that its scores are counted at."),
    )
    perspective = forms.ChoiceField(
        label=_("Who answers?"),
        required=False,
        choices=[
            ("", _("whom the start is meant for, usually customers")),
            *_PERSPECTIVES,
        ],
    )
    subject = forms.ModelChoiceField(
        label=_("About whom?"), queryset=Subject.objects.filter(is_us=False), required=False, empty_label=_("about us")
    )
    moment = forms.ChoiceField(
        label=_("When?"),
        required=False,
        choices=[
            ("", _("as the start says, usually afterwards")),
            *_MOMENTS,
        ],
    )
    file = forms.FileField(
        label=_("Or bring a survey from a file"),
        required=False,
        help_text=_(
            "A spreadsheet, CSV or JSON file that Premura wrote («The draft as a file» on a survey's page). It counts "
            "instead of the start."
        ),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.json,application/json"}),
    )

    def __init__(self, *args: Any, like: Survey | None = None, **kwargs: Any) -> None:
        """``like``: another survey whose questions may be asked again, from another side."""
        super().__init__(*args, **kwargs)
        self.like = like
        programmes = list(Programme.objects.all()[:2])
        if len(programmes) == 1:
            self.fields["programme"].initial = programmes[0].pk
        self.fields["languages"].initial = [code for code, _name in settings.LANGUAGES]
        self.fields["start"].choices = [  # type: ignore[attr-defined]
            *([(LIKE, _("The questions of «%(survey)s»") % {"survey": like})] if like else []),
            *((f"template:{name}", in_language(one.about)) for name, one in templates().items()),
            (EMPTY, _("An empty page")),
        ]
        if like is not None:
            self._as_in(like)

    def _as_in(self, like: Survey) -> None:
        usual = {"start": LIKE, "programme": like.programme_id, "touchpoint": like.touchpoint_id}
        languages = list(draft_from(like.draft).languages)
        for name, value in {**usual, "languages": languages, "perspective": like.perspective}.items():
            self.initial.setdefault(name, value)

    def starts(self) -> list[Group]:
        """The ways to start, a few at a time: those that most begin with, and the others folded up."""
        widgets = {widget.data["value"]: widget for widget in self["start"]}
        chosen = self["start"].value()
        grouped = [(title, [f"template:{name}" for name in names]) for title, names in GROUPS]
        grouped[0] = (grouped[0][0], [*([LIKE] if self.like else []), *grouped[0][1], EMPTY])
        return [
            Group(str(title), [widgets[value] for value in values], place == 0 or chosen in values)
            for place, (title, values) in enumerate(grouped)
        ]

    def sides(self) -> list[forms.BoundField]:
        """Who answers, about whom, when; without a competitor in the register nobody is asked about one."""
        names = ["perspective", "subject", "moment"]
        if not Subject.objects.filter(is_us=False).exists():
            names.remove("subject")
        return [self[name] for name in names]

    def has_side(self) -> bool:
        return self.like is not None or any(self[name].value() for name in ("perspective", "subject", "moment"))

    def clean_file(self) -> SurveyFile | None:
        upload = self.cleaned_data["file"]
        if upload is None:
            return None
        try:
            return brought_survey(upload.read(FILE_LIMIT + 1)).kept
        except UnreadableError as error:
            raise forms.ValidationError(error.sentences) from error

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if not self.errors and not given["title"] and not any(self.beginning().definition.title.values()):
            self.add_error("title", _("Give it a title: it is what customers read first."))
        return given

    def beginning(self) -> SurveyFile:
        """What the survey starts from: the file, another survey, a template or nothing; in the chosen languages, and
        from the side that was chosen.
        """
        given = self.cleaned_data
        found = given["file"] or self._started(given["start"])
        definition = found.definition
        languages = (definition.languages if given["file"] else ()) or tuple(given["languages"])
        definition = msgspec.structs.replace(
            definition, title=definition.title | self._title(languages), languages=languages
        )
        sides = {name: given[name] for name in ("perspective", "moment") if given[name]}
        return msgspec.structs.replace(found, definition=definition, **sides)

    def _started(self, start: str) -> SurveyFile:
        if start == LIKE and self.like is not None:
            current = current_version(self.like)
            definition = definition_from(current.definition) if current else draft_from(self.like.draft)
            like = self.like
            return SurveyFile(definition, perspective=like.perspective, moment=like.moment)  # type: ignore[arg-type]
        return templates().get(start.removeprefix("template:")) or SurveyFile(Definition({}, ()))

    def _title(self, languages: tuple[str, ...]) -> dict[str, str]:
        """The title in the language of whoever wrote it, if the survey has that language, else in its first."""
        written_in = (get_language() or "it")[:2]
        title = self.cleaned_data["title"]
        return {written_in if written_in in languages else languages[0]: title} if title else {}
