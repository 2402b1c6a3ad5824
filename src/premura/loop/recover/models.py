"""Cases and the decisions about them; remedies, gestures and their ledger. Decisions are rows: who and when."""

import secrets
from datetime import UTC, datetime
from decimal import Decimal
from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from premura.core.channels import Channel
from premura.core.company.models import Location
from premura.core.customers.models import Customer
from premura.core.i18n import in_language
from premura.core.journeys.models import Touchpoint
from premura.core.staff.models import Person
from premura.core.staff.scope import ScopedQuerySet
from premura.loop.equip.models import KnowledgeCard
from premura.loop.listen.models import Invitation, Response, Survey
from premura.loop.recover.incoming import IncomingMail as IncomingMail
from premura.loop.recover.reviewing import ReplyReview as ReplyReview


class Severity(models.TextChoices):
    LOW = "low", _("low")
    NORMAL = "normal", _("normal")
    HIGH = "high", _("high")


class CaseRule(models.Model):
    """When a case opens by itself, anywhere or at one touchpoint: at a low mark, a word, a contact too many, silence.

    ``kind`` is the kind of question of a mark, or one of ``rules.OTHER_KINDS``. Each kind uses one of the three bounds.
    """

    code = models.SlugField(max_length=60, unique=True)
    kind = models.CharField(max_length=20)
    at_most = models.SmallIntegerField(default=0)
    # Contacts about one problem, or days of silence
    at_least = models.PositiveSmallIntegerField(null=True, blank=True)
    # With commas between them
    words = models.CharField(max_length=200, blank=True)
    touchpoint = models.ForeignKey(
        Touchpoint, null=True, blank=True, on_delete=models.CASCADE, related_name="case_rules"
    )
    severity = models.CharField(max_length=10, choices=Severity.choices, default=Severity.NORMAL)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return f"{self.kind} {self.words or self.at_least or self.at_most}"


class RuleHold(models.Model):
    """A rule that would open more cases than people can look at waits, switched off, until somebody decides."""

    rule = models.ForeignKey(CaseRule, on_delete=models.CASCADE, related_name="holds")
    would_open = models.PositiveIntegerField()
    held_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    is_released = models.BooleanField(null=True)

    class Meta:
        ordering: ClassVar = ["-held_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["rule"], condition=models.Q(decided_at__isnull=True), name="one_open_hold_a_rule"
            )
        ]

    def __str__(self) -> str:
        return f"{self.rule_id}: {self.would_open}"


class Deadline(models.Model):
    """How many working hours a case of this severity may wait for its first answer and for its solution."""

    severity = models.CharField(max_length=10, choices=Severity.choices, unique=True)
    first_answer_hours = models.DecimalField(
        max_digits=6, decimal_places=2, validators=[MinValueValidator(Decimal("0.25"))]
    )
    solution_hours = models.DecimalField(
        max_digits=6, decimal_places=2, validators=[MinValueValidator(Decimal("0.25"))]
    )

    def __str__(self) -> str:
        return f"{self.severity}: {self.first_answer_hours} h, {self.solution_hours} h"


def new_case_token() -> str:
    return secrets.token_urlsafe(18)


class Mood(models.TextChoices):
    """How the customer seems to feel; it chooses the steps of the playbook (row S43)."""

    ANGRY = "angry", _("angry")
    CONFUSED = "confused", _("confused")
    WORRIED = "worried", _("worried")
    DISAPPOINTED = "disappointed", _("disappointed")
    CALM = "calm", _("calm")


class CaseQuerySet(ScopedQuerySet["Case"]):
    def open(self) -> "CaseQuerySet":
        return self.filter(is_open=True)


#: Nothing is owed in a case, or its clock stands still: after every date, so that one index gives the order
NEVER = datetime(9999, 1, 1, tzinfo=UTC)


class Case(models.Model):
    """Something went wrong, or might have; someone owns it; it explains why it was opened."""

    customer = models.ForeignKey(Customer, null=True, blank=True, on_delete=models.SET_NULL, related_name="cases")
    response = models.OneToOneField(Response, null=True, blank=True, on_delete=models.SET_NULL, related_name="case")
    location = models.ForeignKey(Location, null=True, blank=True, on_delete=models.PROTECT, related_name="cases")
    touchpoint = models.ForeignKey(Touchpoint, null=True, blank=True, on_delete=models.PROTECT, related_name="cases")
    channel = models.CharField(max_length=20, choices=Channel.choices)
    title = models.CharField(_("what happened"), max_length=200)
    # Codes and values from which reads.why_opened() makes the sentence in the reader's language
    why = models.JSONField(default=list)
    severity = models.CharField(_("severity"), max_length=10, choices=Severity.choices, default=Severity.NORMAL)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    token = models.CharField(max_length=40, unique=True, default=new_case_token)
    # Caches of the decision rows below; rebuilt by cases.rebuild_state()
    is_open = models.BooleanField(default=True)
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="cases")
    first_answered_at = models.DateTimeField(null=True, blank=True)
    # Since when the customer waits for a word of ours; empty when the last word was ours
    waiting_since = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    # The first deadline that runs: a cache that the stage keeps which owes it (promise.urgency)
    next_due_at = models.DateTimeField(default=NEVER)
    # Read from what the customer wrote, or said by a colleague, which stays
    mood = models.CharField(max_length=15, choices=Mood.choices, blank=True)
    mood_set_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # The case that this one is dealt with in; see Merge
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged")

    objects = CaseQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-opened_at"]
        indexes: ClassVar = [
            # Each ends in the place: who sees one place only reads the index alone, and pages deep into it
            models.Index(fields=["is_open", "-opened_at", "location"], name="case_open_newest"),
            models.Index(fields=["opened_at", "location"], name="case_newest"),
            models.Index(fields=["is_open", "next_due_at", "opened_at", "location"], name="case_open_urgent"),
            models.Index(fields=["next_due_at", "opened_at", "location"], name="case_urgent"),
            models.Index(fields=["resolved_at"]),
            # Counting what a filter finds reads this index and no row: rows are wide
            models.Index(
                fields=["is_open", "location", "severity", "touchpoint", "owner", "opened_at", "first_answered_at"],
                name="case_filters",
            ),
            models.Index(fields=["owner", "is_open"]),
            models.Index(fields=["location", "is_open"]),
            models.Index(
                fields=["waiting_since", "location"],
                condition=models.Q(waiting_since__isnull=False),
                name="case_customer_waits",
            ),
        ]

    def __str__(self) -> str:
        # The words of a forgotten customer's case are gone; its number stays
        return self.title or gettext("Case %(number)s") % {"number": self.pk}


class CasePlace(models.Model):
    """Where what the customer told stands in meaning (see ``equip.places``): finds the cards that speak of it."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="place")
    place = models.BinaryField()

    def __str__(self) -> str:
        return str(self.case_id)


class PlaybookTick(models.Model):
    """A step of the playbook that is done on a case."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="ticks")
    step = models.SlugField(max_length=40)
    done_at = models.DateTimeField()
    done_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "step"], name="one_tick_a_step")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.step}"


class CaseLink(models.Model):
    """Two cases that belong together: the second ``follows`` from the first, or is ``related`` to it."""

    class Kind(models.TextChoices):
        FOLLOWS = "follows", _("follows from")
        RELATED = "related", _("related to")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="links")
    other = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="linked_from")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.RELATED)
    linked_at = models.DateTimeField()
    linked_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "other"], name="one_link_of_two_cases"),
            models.CheckConstraint(condition=~models.Q(case=models.F("other")), name="a_case_links_to_another"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind} {self.other_id}"


class Merge(models.Model):
    """From then on a case is dealt with in another one; taken apart again when ``undone_at`` is set."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="merges")
    into = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    merged_at = models.DateTimeField()
    merged_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["merged_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(undone_at__isnull=True), name="one_standing_merge_a_case"
            ),
            models.CheckConstraint(condition=~models.Q(case=models.F("into")), name="a_case_merges_into_another"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} → {self.into_id}"


class Pause(models.Model):
    """We wait for the customer: the solution clock stands still, from ``paused_at`` until ``ended_at``."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="pauses")
    waiting_for = models.CharField(max_length=200)
    paused_at = models.DateTimeField()
    paused_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    # Empty where the customer ended it by writing
    ended_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["paused_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(ended_at__isnull=True), name="one_standing_pause_a_case"
            )
        ]

    def __str__(self) -> str:
        return self.waiting_for


class Assignment(models.Model):
    """Whose the case is from then on; every hand-over costs the customer effort, so each is kept."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="assignments")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="assignments")
    assigned_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    assigned_at = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["assigned_at", "id"]

    def __str__(self) -> str:
        return f"{self.case_id} → {self.person_id}"


class Direction(models.TextChoices):
    IN = "in", _("from the customer")
    OUT = "out", _("to the customer")
    NOTE = "note", _("internal note")


class Message(models.Model):
    """One piece of the case's one thread, whatever the channel."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="messages")
    direction = models.CharField(max_length=10, choices=Direction.choices)
    channel = models.CharField(max_length=20, choices=Channel.choices, blank=True)
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    written_at = models.DateTimeField()
    # A note that says why what the customer wrote needs no answer
    ends_waiting = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["written_at", "id"]
        indexes: ClassVar = [models.Index(fields=["case", "written_at"])]

    def __str__(self) -> str:
        return self.text[:60]


def new_file_name() -> str:
    return secrets.token_hex(16)


class Attachment(models.Model):
    """A file of a message: one of a few kinds known by their content, under a name of ours."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    # What the sender called it, made harmless; never used as a path
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=10)
    size = models.PositiveIntegerField()
    stored_as = models.CharField(max_length=40, unique=True, default=new_file_name)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.name


class Mention(models.Model):
    """A colleague named in a note: sees it at the top of the cases until they have opened this one."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="mentions")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="mentions")
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["message", "person"], name="one_mention_a_message_and_person")
        ]

    def __str__(self) -> str:
        return f"{self.message_id} → {self.person_id}"


class RemedyKind(models.TextChoices):
    APOLOGY = "apology", _("apology")
    CALL = "call", _("call")
    REFUND = "refund", _("refund")
    DISCOUNT = "discount", _("discount")
    REPLACEMENT = "replacement", _("replacement")
    WITHDRAWAL = "withdrawal", _("withdrawal")
    GIFT = "gift", _("gift")
    WAIVED_FEE = "waived_fee", _("waived fee")


class CostRule(models.TextChoices):
    NONE = "none", _("costs nothing")
    FIXED = "fixed", _("fixed cost")
    AMOUNT = "amount", _("the amount given")
    PERCENT = "percent", _("a percentage of the amount")


class Remedy(models.Model):
    """One entry of the catalogue of what we can do to put something right."""

    code = models.SlugField(max_length=60, unique=True)
    kind = models.CharField(max_length=20, choices=RemedyKind.choices)
    name = models.JSONField(default=dict)
    cost_rule = models.CharField(max_length=10, choices=CostRule.choices)
    cost = models.DecimalField(max_digits=10, decimal_places=2, default=Decimal(0))
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["position", "id"]

    def __str__(self) -> str:
        return in_language(self.name)


class GestureRequestQuerySet(ScopedQuerySet["GestureRequest"]):
    location_path = "case__location"

    def waiting(self) -> "GestureRequestQuerySet":
        """Not decided yet."""
        return self.filter(decided_at__isnull=True)


def new_key() -> str:
    return secrets.token_urlsafe(18)


class GestureRequest(models.Model):
    """A gesture above the asker's limit: goes to the first person whose limit covers it, and is decided once."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="gesture_requests")
    remedy = models.ForeignKey(Remedy, on_delete=models.PROTECT, related_name="+")
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    words = models.TextField(blank=True)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    routed_to = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="gesture_requests")
    # Claimed by a conditional update: two approvals at the same moment grant once
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    is_granted = models.BooleanField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    # One form asks once, however often it is sent
    key = models.CharField(max_length=60, unique=True, default=new_key)

    objects = GestureRequestQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-asked_at"]

    def __str__(self) -> str:
        return f"{self.case_id} {self.amount}"


class GestureQuerySet(ScopedQuerySet["Gesture"]):
    location_path = "case__location"

    def with_spender(self) -> "GestureQuerySet":
        """Adds ``spender``: whose authority a row counts against; a reversal gives back to whom it was charged."""
        return self.annotate(spender=Coalesce("reverses__granted_by", "granted_by"))


class Gesture(models.Model):
    """One row of the ledger: what was given, what it cost. Append-only; a reversal is a row with the amount negated."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="gestures")
    remedy = models.ForeignKey(Remedy, on_delete=models.PROTECT, related_name="gestures")
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    words = models.TextField(blank=True)
    channel = models.CharField(max_length=20, choices=Channel.choices, blank=True)
    # Whose authority covered it; of a reversal: who took it back
    granted_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="gestures")
    granted_at = models.DateTimeField()
    request = models.OneToOneField(
        GestureRequest, null=True, blank=True, on_delete=models.PROTECT, related_name="gesture"
    )
    reverses = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="reversal")
    # One form counts once, however often it is sent
    key = models.CharField(max_length=60, unique=True)

    objects = GestureQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-granted_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(amount__gte=0) | models.Q(reverses__isnull=False), name="only_reversals_are_negative"
            )
        ]

    def __str__(self) -> str:
        return f"{self.remedy_id} {self.amount}"


class Resolution(models.Model):
    """The case is put right: how, by whom; with the apology given, or the reason why none was (row S40)."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="resolutions")
    resolved_at = models.DateTimeField()
    resolved_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("how it was put right"))
    apologised = models.BooleanField(default=False)
    no_apology_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["resolved_at", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(apologised=True) | ~models.Q(no_apology_reason=""), name="apology_or_reason_why_not"
            )
        ]

    def __str__(self) -> str:
        return self.text[:60]


class Reopening(models.Model):
    """It was not right after all."""

    resolution = models.OneToOneField(Resolution, on_delete=models.CASCADE, related_name="reopening")
    reopened_at = models.DateTimeField()
    reopened_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)

    def __str__(self) -> str:
        return self.reason[:60]


class RepeatAlert(models.Model):
    """The customer had to tell us of one problem for the third time (row S48)."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="repeat_alert")
    contacts = models.PositiveSmallIntegerField()
    alerted_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.case_id}: {self.contacts}"


class AfterCase(models.Model):
    """Which survey a customer is asked after a case; the latest row holds, one without a survey asks nobody."""

    survey = models.ForeignKey(Survey, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["-set_at", "-id"]

    def __str__(self) -> str:
        return str(self.survey or "")


class CaseSurvey(models.Model):
    """The customer was asked how a case went, once a resolution."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="surveys")
    resolution = models.OneToOneField(Resolution, on_delete=models.CASCADE, related_name="survey")
    invitation = models.OneToOneField(Invitation, on_delete=models.CASCADE, related_name="case_survey")
    asked_at = models.DateTimeField()
    # Somebody who worked on the case keyed the answer in: kept, and counted nowhere
    is_own = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["-asked_at"]

    def __str__(self) -> str:
        return f"{self.case_id} {self.invitation_id}"


class MarginCount(models.Model):
    """How often a note of the margin was shown and taken, per template (a card, or none); never per person."""

    card = models.ForeignKey(KnowledgeCard, null=True, blank=True, on_delete=models.CASCADE, related_name="margins")
    note = models.SlugField(max_length=20)
    suggested = models.PositiveIntegerField(default=0)
    taken = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["-suggested", "note"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["card", "note"], name="one_count_a_card_and_note"),
            models.UniqueConstraint(
                fields=["note"], condition=models.Q(card__isnull=True), name="one_count_a_note_without_card"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.card_id} {self.note}: {self.taken}/{self.suggested}"


class VaguePhrase(models.Model):
    """What the company says differently of vague times (row S52): words of its own, or a built-in family switched off.

    ``text`` is in lower case with plain apostrophes, or the code of a family (:data:`premura.text.vague.FAMILIES`).
    """

    class Kind(models.TextChoices):
        VAGUE = "vague", _("names no day")
        FINE = "fine", _("is fine with us")
        OFF = "off", _("switched off")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    text = models.CharField(max_length=80)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["text"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["text"], condition=~models.Q(kind="off"), name="one_word_a_phrase"),
            models.UniqueConstraint(fields=["text"], condition=models.Q(kind="off"), name="one_switch_a_family"),
        ]

    def __str__(self) -> str:
        return self.text
