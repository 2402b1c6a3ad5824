"""What people write on the pages of recovery."""

from decimal import Decimal
from email import message_from_bytes
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from premura.core.channels import Channel
from premura.core.company.models import Location
from premura.core.customers.models import Customer
from premura.core.journeys.models import Touchpoint
from premura.core.mail.models import Way
from premura.core.staff.models import Person
from premura.entrypoints.web.numbers_typed import DecimalField
from premura.entrypoints.web.progress.forms import FilesField, ManyFiles
from premura.loop.listen.definition import SCALES
from premura.loop.recover.letters import LARGEST_MAIL
from premura.loop.recover.mailing import way_of
from premura.loop.recover.models import Case, CaseRule, CostRule, Direction, Remedy, RemedyKind, Severity, new_key
from premura.loop.recover.rules import words_of

DAILY = [Channel.PHONE, Channel.COUNTER, Channel.EMAIL, Channel.SITE, Channel.DELIVERY, Channel.WEB, Channel.DOCUMENT]
CHANNELS = [(channel.value, channel.label) for channel in DAILY]
# The latest customers whose names a field offers; any other name can be typed
NAMES_OFFERED = 300


def places_of(person: Person) -> Any:
    """The locations in which ``person`` works day by day."""
    places = Location.objects.filter(is_imported=False, closed_on__isnull=True)
    ids = person.location_ids()
    return places if ids is None else places.filter(pk__in=ids)


def touchpoints() -> Any:
    return Touchpoint.objects.filter(is_imported=False).select_related("stage")


class CaseForm(forms.Form):
    """A complaint at the counter or on the phone: four answers, under a minute."""

    title = forms.CharField(
        label=_("What happened"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "autofocus": True}),
        help_text=_("In the customer's words, as far as you can."),
    )
    customer = forms.CharField(
        label=_("Customer"),
        max_length=160,
        required=False,
        help_text=_("A name that is not known yet is written down as a new customer."),
        widget=forms.TextInput(attrs={"list": "customer-names", "autocomplete": "off"}),
    )
    touchpoint = forms.ModelChoiceField(
        label=_("Where it went wrong"),
        queryset=Touchpoint.objects.none(),
        required=False,
        empty_label=_("not clear yet"),
    )
    channel = forms.ChoiceField(label=_("How we heard of it"), choices=CHANNELS)
    location = forms.ModelChoiceField(label=_("Location"), queryset=Location.objects.none(), required=False)
    severity = forms.ChoiceField(label=_("How serious it is"), choices=Severity.choices, initial=Severity.NORMAL)

    def __init__(self, *args: Any, person: Person, known: Customer | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person, self.known = person, known
        places = places_of(person)
        self.fields["touchpoint"].queryset = touchpoints()  # type: ignore[attr-defined]
        self.fields["location"].queryset = places  # type: ignore[attr-defined]
        # Who sees only some places must not open a case they could then not see
        self.fields["location"].required = person.location_ids() is not None
        if known is not None:
            self.fields["customer"].initial = known.name
            self.fields["location"].initial = known.location_id
        if places.count() == 1:
            self.fields["location"].initial = places[0]

    def clean_customer(self) -> Customer | str:
        """The customer of that name; a new name stays a text, and becomes a customer when the case is opened."""
        name = " ".join(str(self.cleaned_data["customer"]).split())
        if self.known is not None and name == self.known.name:
            return self.known
        found = (
            list(Customer.objects.visible_to(self.person).filter(name__iexact=name, forgotten_at=None)[:2])
            if name
            else []
        )
        if len(found) > 1:
            raise forms.ValidationError(_("Several customers have this name: open the case from the customer's page."))
        return found[0] if found else name

    @property
    def names(self) -> Any:
        rows: Any = Customer.objects.visible_to(self.person).filter(forgotten_at=None)
        return rows.order_by("-created_at").values_list("name", flat=True)[:NAMES_OFFERED]


class MessageForm(forms.Form):
    direction = forms.ChoiceField(
        label=_("What it is"),
        choices=[
            (Direction.OUT, _("I told the customer")),
            (Direction.IN, _("The customer told us")),
            (Direction.NOTE, _("A note for colleagues")),
        ],
        initial=Direction.OUT,
        widget=forms.RadioSelect,
    )
    channel = forms.ChoiceField(
        label=_("How"),
        choices=CHANNELS,
        required=False,
        help_text=_(
            "What you write by e-mail or on the web site stands on the customer’s page word by word; of a call or a "
            "visit only that there was one. Notes are never shown to them: write @ and a name to call a colleague."
        ),
    )
    text = forms.CharField(
        label=_("What was said"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("First name what went wrong for the customer, then the solution, then the day by which."),
    )
    attachments = FilesField(
        label=_("Pictures or PDF"),
        required=False,
        widget=ManyFiles(attrs={"accept": "image/jpeg,image/png,image/webp,application/pdf"}),
        help_text=_("At most three, 12 MB each. With an answer by e-mail the customer finds them on their page."),
    )
    send = forms.BooleanField(label=_("Send it to the customer by e-mail now"), required=False)

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        way, address = way_of(case.customer)
        if not way:
            del self.fields["send"]
        elif way == Way.EMAIL:
            self.fields["send"].help_text = _("To %(address)s. What they answer comes back here.") % {
                "address": address
            }
        else:
            self.fields["send"].label = _("Send it to the customer now as they prefer: %(way)s") % {
                "way": Way(way).label
            }
            self.fields["send"].help_text = _(
                "To %(address)s, with the address of their page, on which they read it whole and answer."
            ) % {"address": address}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("send") and cleaned.get("direction") != Direction.OUT:
            self.add_error("send", _("Only what you tell the customer is sent to them: choose “I told the customer”."))
        return cleaned


class LetterForm(forms.Form):
    letter = forms.FileField(
        label=_("Letter (.eml)"),
        help_text=_("In your mail program: save the message as a file, or drag it onto the desktop."),
        widget=forms.ClearableFileInput(attrs={"accept": ".eml,message/rfc822"}),
    )

    def clean_letter(self) -> Any:
        file = self.cleaned_data["letter"]
        if file.size > LARGEST_MAIL:
            raise forms.ValidationError(_("This letter is larger than %(mb)s MB.") % {"mb": LARGEST_MAIL >> 20})
        if not message_from_bytes(file.read()).get("From"):
            raise forms.ValidationError(
                _("This file is no letter: nobody stands in it as its sender. It was not read.")
            )
        file.seek(0)
        return file


class CallForm(forms.Form):
    said = forms.CharField(
        label=_("What was said"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "Your apology, what they answered, what you agreed. It stands in the case with your name and the hour."
        ),
    )


class AssignmentForm(forms.Form):
    person = forms.ModelChoiceField(label=_("To whom"), queryset=Person.objects.none())
    reason = forms.CharField(
        label=_("Why"), max_length=200, required=False, help_text=_("So that the customer need not explain again.")
    )

    def __init__(self, *args: Any, people: list[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].empty_label = _("choose a colleague")  # type: ignore[attr-defined]
        self.fields["person"].queryset = Person.objects.filter(pk__in=[p.pk for p in people])  # type: ignore[attr-defined]


class GestureForm(forms.Form):
    remedy = forms.ModelChoiceField(label=_("Gesture"), queryset=Remedy.objects.filter(is_active=True))
    amount = DecimalField(
        label=_("Amount"),
        required=False,
        min_value=Decimal("0.01"),
        max_digits=10,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    words = forms.CharField(
        label=_("With which words"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    channel = forms.ChoiceField(label=_("How"), choices=CHANNELS, required=False)
    key = forms.CharField(max_length=60, widget=forms.HiddenInput, initial=new_key)


class PromiseForm(forms.Form):
    """A promise has a day; «as soon as possible» cannot be typed here."""

    what = forms.CharField(label=_("What you promise"), max_length=300)
    due_on = forms.DateField(label=_("By which day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    due_time = forms.TimeField(
        label=_("By what time"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("Without a time the promise holds until the end of the day."),
    )


class ResolutionForm(forms.Form):
    text = forms.CharField(label=_("How it was put right"), max_length=5000, widget=forms.Textarea(attrs={"rows": 3}))
    apologised = forms.BooleanField(label=_("I apologised or thanked the customer"), required=False)
    no_apology_reason = forms.CharField(label=_("If not: why there was no need to"), max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # The message's form stands on the same page and has a text too: labels must find their own field
        super().__init__(*args, **{"auto_id": "id_resolution_%s", **kwargs})


class ReopeningForm(forms.Form):
    reason = forms.CharField(label=_("Why it is not right yet"), max_length=300)


class PauseForm(forms.Form):
    waiting_for = forms.CharField(
        label=_("What you need from the customer"),
        max_length=200,
        help_text=_("Ask them for it first. The solution clock stands still until they write."),
    )


class JoiningForm(forms.Form):
    other = forms.IntegerField(
        label=_("Number of the other case"),
        min_value=1,
        max_value=10**12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "list": "other-cases"}),
    )
    how = forms.ChoiceField(
        label=_("How"),
        choices=[
            ("merge", _("It is the same thing: deal with this one in the other")),
            ("link", _("They belong together, each on its own")),
        ],
        initial="merge",
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "id_joining_%s", **kwargs})


class RefusalForm(forms.Form):
    reason = forms.CharField(label=_("Why not"), max_length=300)


class RemedyForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=RemedyKind.choices)
    cost_rule = forms.ChoiceField(label=_("What it costs"), choices=CostRule.choices)
    cost = DecimalField(
        label=_("Cost, or percentage"),
        min_value=0,
        max_digits=10,
        decimal_places=2,
        initial=0,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        help_text=_("The cost of a fixed one in the company's currency; the percentage of one that costs a share."),
    )
    is_active = forms.BooleanField(label=_("Offered on cases"), required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = {f"name_{code}": _name_field(code, label) for code, label in settings.LANGUAGES}
        self.fields = {**names, **self.fields}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("cost_rule") == CostRule.PERCENT and (cleaned.get("cost") or 0) > 100:
            self.add_error("cost", _("A share is at most 100 per cent."))
        return cleaned

    @property
    def fields_of_remedy(self) -> dict[str, Any]:
        """The columns of a remedy."""
        given = dict(self.cleaned_data)
        names = {code: given.pop(f"name_{code}").strip() for code, _label in settings.LANGUAGES}
        return {**given, "name": {code: name for code, name in names.items() if name}}


def _name_field(code: str, label: Any) -> forms.CharField:
    return forms.CharField(
        label=format_lazy("{name} ({language})", name=_("Name"), language=label), max_length=80, required=code == "it"
    )


KINDS = [
    ("nps", _("would recommend us (NPS)")),
    ("csat", _("satisfaction (CSAT)")),
    ("ces", _("how easy it was (CES)")),
]


class RuleForm(forms.Form):
    """Where a rule looks and how serious it is; what it is about is said by the forms below."""

    kind = ""
    touchpoint = forms.ModelChoiceField(
        label=_("Where"), queryset=Touchpoint.objects.none(), required=False, empty_label=_("anywhere")
    )
    severity = forms.ChoiceField(label=_("How serious it is"), choices=Severity.choices, initial=Severity.NORMAL)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["touchpoint"].queryset = touchpoints()  # type: ignore[attr-defined]

    @property
    def fields_of_rule(self) -> dict[str, Any]:
        """The columns of a rule."""
        return {"kind": self.kind, **self.cleaned_data}

    @classmethod
    def initial_of(cls, rule: CaseRule | None) -> dict[str, Any]:
        if rule is None:
            return {}
        names = ("kind", "at_most", "at_least", "words", "severity")
        return {"touchpoint": rule.touchpoint_id, **{name: getattr(rule, name) for name in names}}


class MarkRuleForm(RuleForm):
    kind = forms.ChoiceField(label=_("Which mark"), choices=KINDS)  # type: ignore[assignment]
    at_most = forms.IntegerField(label=_("Opens a case from … down"), min_value=0, max_value=10)
    field_order = ("kind", "at_most")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        low, high = SCALES.get(cleaned.get("kind", ""), (0, 10))
        at_most = cleaned.get("at_most")
        if at_most is not None and not low <= at_most < high:
            self.add_error("at_most", _("Choose a mark of the scale, below its top."))
        return cleaned

    @property
    def fields_of_rule(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class WordsRuleForm(RuleForm):
    kind = "words"
    words = forms.CharField(
        label=_("Words"),
        max_length=200,
        help_text=_("With commas between them. A star stands for any ending: rimbors* finds rimborso and rimborsare."),
    )
    field_order = ("words",)

    def clean_words(self) -> str:
        words = words_of(self.cleaned_data["words"])
        if not words or min(len(word.rstrip("*")) for word in words) < 3:
            raise forms.ValidationError(_("Write words of at least three letters: shorter ones stand in every text."))
        return ", ".join(words)


class ContactsRuleForm(RuleForm):
    kind = "contacts"
    at_least = forms.IntegerField(
        label=_("From which contact on"),
        min_value=2,
        max_value=20,
        initial=3,
        help_text=_("Meetings of one customer at the touchpoint within sixty days; one case a problem."),
    )
    field_order = ("at_least",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["touchpoint"].required = True
        self.fields["touchpoint"].empty_label = None  # type: ignore[attr-defined]


class SilenceRuleForm(RuleForm):
    kind = "silence"
    at_least = forms.IntegerField(
        label=_("After how many days"),
        min_value=7,
        max_value=365,
        initial=60,
        help_text=_("Days since a case was closed in which nothing was heard: no answer, no visit, no message."),
    )
    field_order = ("at_least",)


class FallingRuleForm(RuleForm):
    kind = "falling"
    at_least = forms.IntegerField(
        label=_("How often in a row"),
        min_value=2,
        max_value=6,
        initial=2,
        help_text=_(
            "Marks of one customer to one kind of question at one touchpoint: twice means 9, then 8, then 6. "
            "Not while a case of theirs is open."
        ),
    )
    field_order = ("at_least",)


class PromiseRuleForm(RuleForm):
    """Promises have no touchpoint."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["touchpoint"]


class LateRuleForm(PromiseRuleForm):
    kind = "late"
    at_least = forms.IntegerField(
        label=_("Days after the day that was promised"),
        min_value=0,
        max_value=60,
        initial=0,
        help_text=_("Promises and calls to customers that are not kept. Not those of a case that is open."),
    )
    field_order = ("at_least",)


class NearRuleForm(PromiseRuleForm):
    kind = "near"
    at_least = forms.IntegerField(
        label=_("Days before the day that was promised"),
        min_value=1,
        max_value=30,
        initial=1,
        help_text=_("Only promises of which at least half of the time is gone by then."),
    )
    field_order = ("at_least",)


RULE_FORMS: dict[str, type[RuleForm]] = {
    "mark": MarkRuleForm,
    "words": WordsRuleForm,
    "contacts": ContactsRuleForm,
    "silence": SilenceRuleForm,
    "falling": FallingRuleForm,
    "late": LateRuleForm,
    "near": NearRuleForm,
}


class DeadlineForm(forms.Form):
    first_answer_hours = DecimalField(
        label=_("First answer within (working hours)"),
        min_value=Decimal("0.25"),
        max_digits=6,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    solution_hours = DecimalField(
        label=_("Put right within (working hours)"),
        min_value=Decimal("0.25"),
        max_digits=6,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        first, solution = cleaned.get("first_answer_hours"), cleaned.get("solution_hours")
        if first and solution and solution < first:
            self.add_error("solution_hours", _("A case cannot be put right before it is answered."))
        return cleaned


class CardForm(forms.Form):
    """The four texts of a card in each language, and where it helps."""

    TEXTS = (
        ("title", _("Title"), 120, 1),
        ("problem", _("The problem"), 1000, 2),
        ("solution", _("What to do"), 4000, 4),
        ("say", _("What to say"), 1000, 2),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, language in settings.LANGUAGES:
            for name, label, length, rows in self.TEXTS:
                self.fields[f"{name}_{code}"] = _text_field(name, label, language, length, rows, code == "it")
        self.fields["touchpoint"] = forms.ModelChoiceField(
            label=_("Where it helps"), queryset=touchpoints(), required=False, empty_label=_("anywhere")
        )

    @property
    def fields_of_card(self) -> dict[str, Any]:
        """The columns of a card."""
        given = self.cleaned_data
        texts = {
            name: {code: text for code, _language in settings.LANGUAGES if (text := given[f"{name}_{code}"].strip())}
            for name, *_rest in self.TEXTS
        }
        return {**texts, "touchpoint": given["touchpoint"]}

    @classmethod
    def initial_of(cls, card: Any) -> dict[str, Any]:
        texts = {
            f"{name}_{code}": getattr(card, name).get(code, "")
            for name, *_rest in cls.TEXTS
            for code, _language in settings.LANGUAGES
        }
        return {**texts, "touchpoint": card.touchpoint_id}


def _text_field(name: str, label: Any, language: Any, length: int, rows: int, is_main: bool) -> forms.CharField:
    widget = forms.TextInput() if rows == 1 else forms.Textarea(attrs={"rows": rows})
    return forms.CharField(
        label=format_lazy("{name} ({language})", name=label, language=language),
        max_length=length,
        required=is_main and name in ("title", "solution"),
        widget=widget,
    )


def today_iso() -> str:
    """The earliest day that can be promised, for the date field."""
    return timezone.localdate().isoformat()
