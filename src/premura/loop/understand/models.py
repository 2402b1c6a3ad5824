"""Cells of the cube and how far the engine is filled; the views that people keep under a name; comments as read, by the
machine and by people.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from premura.core.i18n import in_language
from premura.core.staff.models import Person
from premura.loop.listen.models import Answer


class Cell(models.Model):
    """Counts that add up: one measure, in one week of one month, at a touchpoint and a location, from a perspective,
    about a subject, at a moment.

    ``level`` says how coarse the cell is (see ``premura.engine.definitions.LEVELS``); a touchpoint or location of −1
    adds up all of them, 0 has none. ``c0`` … ``c10`` count the scores from the lowest of the scale. No foreign keys:
    cells are made from facts, by the hundred thousand, and can always be made again.
    """

    pk = models.CompositePrimaryKey(
        "level", "measure", "location", "touchpoint", "starts_on", "perspective", "subject", "moment"
    )
    level = models.SmallIntegerField()
    measure = models.CharField(max_length=60)
    location = models.BigIntegerField()
    touchpoint = models.BigIntegerField()
    starts_on = models.DateField()
    perspective = models.CharField(max_length=20)
    subject = models.BigIntegerField()
    moment = models.CharField(max_length=20)
    month_on = models.DateField(db_index=True)
    week_on = models.DateField()
    n = models.BigIntegerField()
    total = models.BigIntegerField()
    squares = models.BigIntegerField()
    c0 = models.BigIntegerField()
    c1 = models.BigIntegerField()
    c2 = models.BigIntegerField()
    c3 = models.BigIntegerField()
    c4 = models.BigIntegerField()
    c5 = models.BigIntegerField()
    c6 = models.BigIntegerField()
    c7 = models.BigIntegerField()
    c8 = models.BigIntegerField()
    c9 = models.BigIntegerField()
    c10 = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.measure} {self.starts_on} {self.touchpoint} {self.location}: {self.n}"


class Mark(models.Model):
    """A response that the engine has not seen as it is now. Written by triggers of the database, in the transaction
    that writes the response: see ``premura.loop.understand.marks``.
    """

    response = models.UUIDField(db_index=True)
    month_on = models.DateField()
    is_new = models.BooleanField()
    marked_at = models.DateTimeField()
    # PostgreSQL: the transaction that marked it, so that a response and its answers are marked once
    transaction = models.BigIntegerField(null=True)
    # The round of the exporter that has it in hand
    batch = models.UUIDField(null=True)

    def __str__(self) -> str:
        return f"{self.response} {self.month_on:%Y-%m}"


class PurchaseMark(models.Model):
    """A month of purchases that the files do not know as they are now. Written by triggers, in the transaction that
    changes a purchase or moves a customer.
    """

    month_on = models.DateField()
    is_claimed = models.BooleanField(default=False, db_default=False)
    marked_at = models.DateTimeField()
    # On PostgreSQL: within one transaction a month is marked once
    transaction = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.month_on:%Y-%m}"


class DirtyMonth(models.Model):
    """A month of facts and cells that must be made anew from the answers: until then nobody reads the engine."""

    month_on = models.DateField(unique=True)
    reason = models.CharField(max_length=300)
    marked_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-month_on"]

    def __str__(self) -> str:
        return f"{self.month_on:%Y-%m}: {self.reason}"


class Fill(models.Model):
    """One row: which set of files the cells belong to, and which catalogue of measures they were made by."""

    store = models.CharField(max_length=40)
    catalogue = models.CharField(max_length=64)
    begun_at = models.DateTimeField()
    # When the exporter last had something to do
    exported_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.store


class KeptCounts(models.Model):
    """The last good answer of the distributed engine to one question, shown with its time while that is away."""

    question = models.CharField(max_length=64, primary_key=True)
    counts = models.JSONField()
    counted_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.question} {self.counted_at:%Y-%m-%d %H:%M}"


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, person: Person) -> "SavedViewQuerySet":
        """One's own and those that colleagues share, as long as they have not been deleted."""
        return self.filter(Q(owner=person) | Q(is_shared=True), deleted_at__isnull=True)


class SavedView(models.Model):
    """What somebody asked the explorer, under a name: the question is kept, never what was seen."""

    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="saved_views")
    name = models.CharField(_("name"), max_length=80)
    # The parameters of the address: whoever opens the view reads them through their own door
    parameters = models.JSONField()
    is_shared = models.BooleanField(_("shared with colleagues"), default=False)
    created_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["owner", "name"], condition=Q(deleted_at__isnull=True), name="one_saved_view_a_name"
            )
        ]

    def __str__(self) -> str:
        return self.name


class CommentReading(models.Model):
    """What was understood of the words of one answer. It holds no words: spans count characters of the answer's text,
    and everything can be made again from that.
    """

    answer = models.OneToOneField(Answer, on_delete=models.CASCADE, related_name="reading")
    language = models.CharField(max_length=12)
    sentiment = models.CharField(max_length=12)
    # From -1 (blame) to 1 (praise); ``p`` is the probability of the label
    score = models.FloatField()
    p = models.FloatField()
    is_uncertain = models.BooleanField()
    # [{label, p, span}]; {name: {p, span}} with the signals that are at least as likely as not
    emotions = models.JSONField(default=list)
    signals = models.JSONField(default=dict)
    # "|anger|joy|": those that are at least as likely as not, to be counted and searched by the database
    felt = models.CharField(max_length=120, blank=True)
    has_personal_data = models.BooleanField()
    model_version = models.CharField(max_length=12, db_index=True)
    # "quick" or "careful": which tier read it
    tier = models.CharField(max_length=12, default="quick")
    read_at = models.DateTimeField()
    # The customer's words are gone: nothing points into them any more
    is_forgotten = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["sentiment"], name="reading_sentiment"),
            models.Index(fields=["language"], name="reading_language"),
        ]

    def __str__(self) -> str:
        return f"{self.answer_id}: {self.sentiment} ({self.p:.2f})"


class CommentAspect(models.Model):
    """One thing that a comment speaks of, how, and where in its text."""

    reading = models.ForeignKey(CommentReading, on_delete=models.CASCADE, related_name="aspects")
    aspect = models.CharField(max_length=60)
    polarity = models.CharField(max_length=12)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    p = models.FloatField()

    class Meta:
        ordering: ClassVar = ["start", "pk"]
        indexes: ClassVar = [models.Index(fields=["aspect", "polarity", "reading"], name="aspect_polarity")]

    def __str__(self) -> str:
        return f"{self.aspect}: {self.polarity}"


class CommentVector(models.Model):
    """Where a comment lies among comments, its personal data masked: 512 numbers of a byte each. The words cannot be
    read back from it, and it goes with them.
    """

    answer = models.OneToOneField(Answer, on_delete=models.CASCADE, related_name="vector")
    packed = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.answer_id}"


class Judgement(models.Model):
    """What a person said of one thing that a comment says: its sentiment, how it speaks of an aspect, an emotion, a
    signal. It belongs to the answer, so that it holds whichever model reads the words after it.

    ``label`` names the aspect, emotion or signal (none for the sentiment); ``value`` and ``machine`` are words of
    :data:`premura.loop.understand.judgements.VALUES`, the second what the model said by itself. The last one about a
    thing counts; those before it keep ``replaced_at``.
    """

    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="judgements")
    kind = models.CharField(max_length=12)
    label = models.CharField(max_length=60, blank=True)
    value = models.CharField(max_length=12)
    machine = models.CharField(max_length=12)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    judged_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["judged_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["answer", "kind", "label"], condition=Q(replaced_at__isnull=True), name="one_judgement_counts"
            )
        ]

    def __str__(self) -> str:
        return f"{self.answer_id} {self.kind} {self.label}: {self.value}"


class Praise(models.Model):
    """A comment praises a colleague by name: they are told, and nobody is counted or ranked by it."""

    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="praise")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="praise")
    found_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-found_at", "-pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["answer", "person"], name="praised_once_a_comment")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.answer_id}"


class SampledComment(models.Model):
    """A comment that people are asked to judge in a month; ``is_blind`` of those drawn without looking."""

    answer = models.OneToOneField(Answer, on_delete=models.CASCADE, related_name="sampled")
    month_on = models.DateField(db_index=True)
    is_blind = models.BooleanField()
    chosen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.month_on:%Y-%m}: {self.answer_id}"


class Theme(models.Model):
    """Something that many comments speak of and nobody had named: words that say it, and what people made of it.

    ``words`` are lower case, as people write them; a comment speaks of the theme when it says one. ``label`` is made of
    them; ``name`` is a person's. What is merged is counted and shown with ``merged_into``, which itself never is.
    """

    words = models.JSONField()
    label = models.CharField(max_length=120)
    name = models.CharField(_("name"), max_length=80, blank=True)
    is_pinned = models.BooleanField(default=False)
    is_hidden = models.BooleanField(default=False)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged")
    found_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(merged_into=models.F("pk")), name="theme_not_into_itself")
        ]

    def __str__(self) -> str:
        return self.name or self.label


class ThemeMention(models.Model):
    """A comment speaks of a theme, and where in its text it first does; ``end`` 0 when the words are gone."""

    theme = models.ForeignKey(Theme, on_delete=models.CASCADE, related_name="mentions")
    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="themes")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["theme", "answer"], name="one_mention_a_theme")]

    def __str__(self) -> str:
        return f"{self.theme_id}: {self.answer_id}"


class ThemeRise(models.Model):
    """A theme came up more often than before, beyond chance: what the counts of the whole company were that night."""

    theme = models.ForeignKey(Theme, on_delete=models.CASCADE, related_name="rises")
    found_at = models.DateTimeField(db_index=True)
    comments = models.PositiveIntegerField()
    of = models.PositiveIntegerField()
    comments_before = models.PositiveIntegerField()
    of_before = models.PositiveIntegerField()
    p = models.FloatField()

    def __str__(self) -> str:
        return f"{self.theme_id} {self.found_at:%Y-%m-%d}"


def digest_of(kept: Mapping[str, Any]) -> str:
    """What tells things learnt apart: the beginning of the digest of their plain values."""
    return sha256(repr(sorted(kept.items())).encode()).hexdigest()[:12]


class CompanyAspect(models.Model):
    """Something of the company's own that comments are read for, beside the aspects that every company has.

    ``learnt`` is what :meth:`premura.text.OwnAspect.as_json` gives, from ``words`` and ``examples`` (ids of answers).
    Comments keep it under :attr:`code`.
    """

    name = models.JSONField()
    words = models.JSONField(default=list)
    examples = models.JSONField(default=list)
    learnt = models.JSONField()
    digest = models.CharField(max_length=12)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return in_language(self.name)

    @property
    def code(self) -> str:
        return f"own-{self.pk}"


class TaughtHead(models.Model):
    """What people's corrections taught, one row a night in which they changed.

    ``head`` is what :meth:`premura.text.OwnHead.as_json` gives, empty where nothing was measurably better;
    ``comparisons`` how that was found.
    """

    learnt_at = models.DateTimeField(db_index=True)
    judgements = models.PositiveIntegerField()
    comments = models.PositiveIntegerField()
    head = models.JSONField(default=dict)
    digest = models.CharField(max_length=12, blank=True)
    comparisons = models.JSONField(default=list)
    why_not = models.CharField(max_length=30, blank=True)
    # The tier that it was learnt beside, and reads with
    tier = models.CharField(max_length=12, default="quick")

    class Meta:
        ordering: ClassVar = ["-learnt_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.learnt_at:%Y-%m-%d}: {self.digest or self.why_not}"
