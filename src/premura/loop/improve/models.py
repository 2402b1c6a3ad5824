"""Root causes, the cases they explain, and corrective actions."""

from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from premura.core.company.models import Location
from premura.core.i18n import in_language
from premura.core.journeys.models import Touchpoint
from premura.core.staff.models import Person
from premura.core.staff.scope import ScopedQuerySet
from premura.loop.promise.models import Commitment
from premura.loop.recover.models import Case


class RootCause(models.Model):
    """A piece of the system that failed, in a tree from the general to the particular."""

    code = models.SlugField(max_length=60, unique=True)
    name = models.JSONField(default=dict)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    touchpoint = models.ForeignKey(Touchpoint, null=True, blank=True, on_delete=models.SET_NULL, related_name="causes")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return in_language(self.name)


class CaseCauseQuerySet(ScopedQuerySet["CaseCause"]):
    location_path = "case__location"


class CaseCause(models.Model):
    """Why this case happened. A case has one cause at a time; the latest row holds."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="causes")
    cause = models.ForeignKey(RootCause, on_delete=models.PROTECT, related_name="case_causes")
    # The answers to "why?", one a line, from the symptom to the cause
    whys = models.JSONField(default=list, blank=True)
    found_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    found_at = models.DateTimeField()
    # Cleared when a later row takes its place
    is_current = models.BooleanField(default=True)

    objects = CaseCauseQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["found_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(is_current=True), name="one_current_cause_a_case"
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.cause_id}"


class ActionQuerySet(ScopedQuerySet["CorrectiveAction"]):
    pass


class CorrectiveAction(models.Model):
    """A change to the system, with the effect it is expected to have on a metric."""

    cause = models.ForeignKey(RootCause, on_delete=models.PROTECT, related_name="actions")
    title = models.CharField(_("what we change"), max_length=200)
    # Mandatory: what is best for the customer's experience (cross-cutting prescription)
    customer_effect = models.TextField(_("effect on the customer"))
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="actions", verbose_name=_("who"))
    location = models.ForeignKey(
        Location, null=True, blank=True, on_delete=models.PROTECT, related_name="actions", verbose_name=_("location")
    )
    due_on = models.DateField(_("by when"))
    # The expected effect: this metric, at this touchpoint, by at least so much, over windows of so many days
    metric = models.CharField(_("metric"), max_length=40)
    touchpoint = models.ForeignKey(
        Touchpoint,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="actions",
        verbose_name=_("touchpoint"),
    )
    expected_change = models.FloatField(_("expected change"))
    window_days = models.PositiveSmallIntegerField(
        _("days before and after"), default=90, validators=[MinValueValidator(7)]
    )
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    commitment = models.OneToOneField(
        Commitment, null=True, blank=True, on_delete=models.PROTECT, related_name="action"
    )

    objects = ActionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-opened_at"]

    def __str__(self) -> str:
        return self.title


class Completion(models.Model):
    """The change is in place from this day; the after-window begins the day after."""

    action = models.OneToOneField(CorrectiveAction, on_delete=models.CASCADE, related_name="completion")
    completed_on = models.DateField()
    completed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    completed_at = models.DateTimeField()
    note = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"{self.action_id} {self.completed_on}"


class Abandonment(models.Model):
    """The change will not be made: who decided, when, why."""

    action = models.OneToOneField(CorrectiveAction, on_delete=models.CASCADE, related_name="abandonment")
    abandoned_at = models.DateTimeField()
    abandoned_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)

    def __str__(self) -> str:
        return self.reason[:60]


class DefectQuerySet(ScopedQuerySet["Defect"]):
    pass


class Defect(models.Model):
    """Something in our way of working that does not work, as colleagues report it; a named manager answers."""

    what = models.TextField(_("what does not work"))
    touchpoint = models.ForeignKey(Touchpoint, null=True, blank=True, on_delete=models.SET_NULL, related_name="defects")
    location = models.ForeignKey(Location, null=True, blank=True, on_delete=models.PROTECT, related_name="defects")
    # The page on which it was reported: an address of ours
    page = models.CharField(max_length=200, blank=True)
    reported_at = models.DateTimeField()
    answerer = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="defects_to_answer")
    commitment = models.OneToOneField(
        Commitment, null=True, blank=True, on_delete=models.PROTECT, related_name="defect"
    )

    objects = DefectQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-reported_at"]

    def __str__(self) -> str:
        return self.what[:80]

    @property
    def owed_by(self) -> Person:
        """Who answers: whom it was handed over to, if the first one left."""
        return self.commitment.owner if self.commitment is not None else self.answerer


class DefectReport(models.Model):
    """One colleague met the defect; reports add up."""

    defect = models.ForeignKey(Defect, on_delete=models.CASCADE, related_name="reports")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="defect_reports")
    reported_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["reported_at", "id"]

    def __str__(self) -> str:
        return f"{self.defect_id} {self.reported_at:%Y-%m-%d}"


class DefectAnswer(models.Model):
    """What comes of it: who answered, when, and the cause it belongs to."""

    defect = models.OneToOneField(Defect, on_delete=models.CASCADE, related_name="answer")
    text = models.TextField()
    cause = models.ForeignKey(RootCause, null=True, blank=True, on_delete=models.PROTECT, related_name="defects")
    answered_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.text[:60]


class TargetQuerySet(ScopedQuerySet["Target"]):
    pass


class Target(models.Model):
    """What a metric should be from one day to another (row S61). Never changed: a later one takes its place."""

    metric = models.CharField(_("metric"), max_length=40)
    touchpoint = models.ForeignKey(Touchpoint, null=True, blank=True, on_delete=models.PROTECT, related_name="targets")
    location = models.ForeignKey(Location, null=True, blank=True, on_delete=models.PROTECT, related_name="targets")
    # In the unit of Metric.estimate: NPS points, a share 0…1, points of the scale
    value = models.FloatField(_("value"))
    why = models.CharField(_("why"), max_length=300)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("to"))
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # To look at it when it has run out and to set the next one
    commitment = models.OneToOneField(
        Commitment, null=True, blank=True, on_delete=models.PROTECT, related_name="target"
    )

    objects = TargetQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-valid_to", "-set_at"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(valid_to__gt=models.F("valid_from")), name="target_has_days")
        ]

    def __str__(self) -> str:
        return f"{self.metric} {self.value} {self.valid_from}–{self.valid_to}"
