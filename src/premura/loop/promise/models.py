"""Commitments and how they ended; what customers need and what we propose for it."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from premura.core.company.models import Location
from premura.core.customers.models import Customer
from premura.core.staff.models import Person
from premura.core.staff.scope import ScopedQuerySet
from premura.loop.recover.models import Case, GestureRequest, Pause


class CommitmentKind(models.TextChoices):
    FIRST_ANSWER = "first_answer", _("first answer to a case")
    SOLUTION = "solution", _("solution of a case")
    APPROVAL = "approval", _("decision on a gesture")
    PROMISE = "promise", _("promise to a customer")
    CALL = "call", _("call back")
    MANAGER_CALL = "manager_call", _("call of who leads")
    ACTION = "action", _("corrective action")
    CHECK = "check", _("effectiveness check")
    DEFECT = "defect", _("answer to a colleague")
    CARD = "card", _("review of a knowledge card")
    TASK = "task", _("task")


class CommitmentQuerySet(ScopedQuerySet["Commitment"]):
    def waiting(self) -> "CommitmentQuerySet":
        """Neither ended nor called off."""
        return self.filter(ended_at__isnull=True)

    def running(self) -> "CommitmentQuerySet":
        """Waiting, and its clock does not stand still because we wait for the customer."""
        return self.filter(ended_at__isnull=True, paused_at__isnull=True)


class Commitment(models.Model):
    """Something promised to someone, or owed inside the company, for an exact date."""

    kind = models.CharField(max_length=20, choices=CommitmentKind.choices)
    what = models.CharField(_("what"), max_length=300)
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="commitments", verbose_name=_("who"))
    customer = models.ForeignKey(
        Customer,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="commitments",
        verbose_name=_("to whom"),
    )
    location = models.ForeignKey(Location, null=True, blank=True, on_delete=models.PROTECT, related_name="commitments")
    case = models.ForeignKey(Case, null=True, blank=True, on_delete=models.CASCADE, related_name="commitments")
    request = models.OneToOneField(
        GestureRequest, null=True, blank=True, on_delete=models.CASCADE, related_name="commitment"
    )
    # A later stage's object, as "action:7": links go left only, so later stages are named, not imported
    about = models.CharField(max_length=60, blank=True)
    # The instant until which it is kept; a date without a time is kept until the last second of that day
    due_at = models.DateTimeField(_("by when"))
    is_date_only = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # Since when its clock stands still: a cache of the case's standing pause
    paused_at = models.DateTimeField(null=True, blank=True)
    # Cache of the outcome row: when it ended
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["due_at", "id"]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=models.Q(ended_at__isnull=True), name="commitment_waiting"),
            models.Index(fields=["owner", "due_at"]),
            models.Index(fields=["about"]),
        ]

    def __str__(self) -> str:
        """What is to be done, as a reader says it: duties of a case name the case."""
        sentences = {
            CommitmentKind.FIRST_ANSWER: gettext("Answer: %(what)s"),
            CommitmentKind.SOLUTION: gettext("Put right: %(what)s"),
            CommitmentKind.APPROVAL: gettext("Say yes or no: %(what)s"),
            CommitmentKind.DEFECT: gettext("Answer a colleague: %(what)s"),
            CommitmentKind.MANAGER_CALL: gettext("Call them yourself and apologise: %(what)s"),
        }
        if self.kind == CommitmentKind.CALL and self.made_by_id is None:
            sentences[CommitmentKind.CALL] = gettext("Call, they had to tell us again: %(what)s")
        # The words of a forgotten customer are gone; the duty and its date stay
        what = self.what or gettext("(forgotten)")
        sentence = sentences.get(CommitmentKind(self.kind))
        return sentence % {"what": what} if sentence else what

    @property
    def beside_case(self) -> str:
        """What is to be done, where the case is named already."""
        words = {
            CommitmentKind.FIRST_ANSWER: gettext("First answer"),
            CommitmentKind.SOLUTION: gettext("Solution"),
            CommitmentKind.APPROVAL: gettext("Yes or no to a gesture"),
            CommitmentKind.MANAGER_CALL: gettext("Call of who leads"),
        }
        return words.get(CommitmentKind(self.kind)) or str(self)


class Outcome(models.TextChoices):
    KEPT = "kept", _("kept")
    LATE = "late", _("late")
    BROKEN = "broken", _("broken")
    CALLED_OFF = "called_off", _("called off")


class CommitmentOutcome(models.Model):
    """How a commitment ended: kept in time, kept late, broken, or called off because its reason went away."""

    commitment = models.OneToOneField(Commitment, on_delete=models.CASCADE, related_name="outcome")
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    ended_at = models.DateTimeField()
    ended_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.outcome


class Escalation(models.Model):
    """Somebody who leads was told, before the breach, that a duty is nearly late (row S45)."""

    commitment = models.OneToOneField(Commitment, on_delete=models.CASCADE, related_name="escalation")
    told = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="escalations")
    escalated_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.commitment_id} → {self.told_id}"


class Extension(models.Model):
    """The clock stood still for this pause, and the date moved by as much working time; once a pause."""

    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="extensions")
    pause = models.ForeignKey(Pause, on_delete=models.CASCADE, related_name="+")
    due_before = models.DateTimeField()
    due_after = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["commitment", "pause"], name="one_extension_a_pause"),
            models.CheckConstraint(
                condition=models.Q(due_after__gte=models.F("due_before")), name="a_pause_never_shortens"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commitment_id} → {self.due_after:%Y-%m-%d %H:%M}"


class Forewarning(models.Model):
    """A rule opened a case because this promise was late, or nearly due; once a promise and kind (row S49)."""

    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="forewarnings")
    kind = models.CharField(max_length=10)
    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="forewarning")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["commitment", "kind"], name="one_forewarning_a_promise_and_kind")
        ]

    def __str__(self) -> str:
        return f"{self.commitment_id} {self.kind}"


class NeedState(models.TextChoices):
    OPEN = "open", _("nothing proposed yet")
    PROPOSED = "proposed", _("proposed, not known whether it fits")
    NOT_MET = "not_met", _("not met")
    MET = "met", _("met")


class NeedQuerySet(ScopedQuerySet["Need"]):
    def unmet(self) -> "NeedQuerySet":
        """Those for which there is something left to do."""
        return self.exclude(state=NeedState.MET)


class Need(models.Model):
    """Something that a customer needs or wishes, whether or not we can give it (row S28)."""

    customer = models.ForeignKey(Customer, null=True, blank=True, on_delete=models.SET_NULL, related_name="needs")
    location = models.ForeignKey(Location, null=True, blank=True, on_delete=models.PROTECT, related_name="needs")
    what = models.CharField(_("what they need"), max_length=300)
    noted_at = models.DateTimeField()
    noted_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # Caches of the rows below; rebuilt by needs.rebuild_state()
    state = models.CharField(max_length=10, choices=NeedState.choices, default=NeedState.OPEN)
    state_since = models.DateTimeField()

    objects = NeedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-noted_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["state", "state_since"])]

    def __str__(self) -> str:
        return self.what or gettext("(forgotten)")


class Proposal(models.Model):
    """What we proposed for a need, and when."""

    need = models.ForeignKey(Need, on_delete=models.CASCADE, related_name="proposals")
    what = models.CharField(_("what you propose"), max_length=300)
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["proposed_at", "id"]

    def __str__(self) -> str:
        return self.what


class NeedOutcome(models.Model):
    """Somebody said whether the need was met, by the latest proposal if there was one."""

    need = models.ForeignKey(Need, on_delete=models.CASCADE, related_name="outcomes")
    proposal = models.ForeignKey(Proposal, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    is_met = models.BooleanField()
    note = models.CharField(max_length=300, blank=True)
    settled_at = models.DateTimeField()
    settled_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["settled_at", "id"]

    def __str__(self) -> str:
        return f"{self.need_id}: {self.is_met}"
