"""Programmes, surveys and their frozen versions, invitations, raw submissions, responses and answers."""

import secrets
import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from premura.core.channels import Channel
from premura.core.company.models import Location
from premura.core.customers.models import Customer, Interaction
from premura.core.i18n import in_language
from premura.core.journeys.models import Touchpoint
from premura.core.staff.models import Person
from premura.core.staff.scope import ScopedQuerySet
from premura.loop.listen import idea_models, panel_models  # noqa: F401  # their tables belong to this stage


class Perspective(models.TextChoices):
    CUSTOMER = "customer", _("customer")
    STAFF = "staff", _("staff")
    OBSERVER = "observer", _("observer")
    PROSPECT = "prospect", _("prospect")


class Moment(models.TextChoices):
    EXPECTATION = "expectation", _("expectation")
    PERCEPTION = "perception", _("perception")


class Subject(models.Model):
    """Whom an answer is about: us, or a named competitor."""

    name = models.CharField(max_length=160, unique=True)
    is_us = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["-is_us", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["is_us"], condition=models.Q(is_us=True), name="only_one_us")
        ]

    def __str__(self) -> str:
        return self.name


class Programme(models.Model):
    """Why we listen: what we want to know, which decision it informs, whose it is. Recurring, without an end date."""

    name = models.CharField(_("name"), max_length=120)
    objective = models.TextField(_("objective"), blank=True)
    decision = models.TextField(_("decision it informs"), blank=True)
    owner = models.ForeignKey(
        Person,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="programmes",
        verbose_name=_("whose it is"),
    )
    cadence_days = models.PositiveSmallIntegerField(_("expected answers at least every (days)"), default=30)
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def missing(self) -> list[str]:
        """The fields still empty that publishing requires (row S3)."""
        values = {"objective": self.objective.strip(), "decision": self.decision.strip(), "owner": self.owner_id}
        return [name for name, value in values.items() if not value]


class Survey(models.Model):
    """An instrument: the draft that people edit, and the address under which its published version is answered."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="surveys")
    slug = models.SlugField(max_length=60, unique=True)
    draft = models.JSONField(default=dict)
    # Counts edits: two people who edit at once are both told
    revision = models.PositiveIntegerField(default=1)
    perspective = models.CharField(max_length=20, choices=Perspective.choices, default=Perspective.CUSTOMER)
    moment = models.CharField(max_length=20, choices=Moment.choices, default=Moment.PERCEPTION)
    # A competitor; without one the survey is about us
    subject = models.ForeignKey(Subject, null=True, blank=True, on_delete=models.PROTECT, related_name="surveys")
    # The touchpoint of the whole survey; a question may name its own
    touchpoint = models.ForeignKey(Touchpoint, null=True, blank=True, on_delete=models.PROTECT, related_name="surveys")
    is_imported = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-created_at"]

    def __str__(self) -> str:
        return in_language(self.draft.get("title")) or self.slug

    @property
    def is_of_customers(self) -> bool:
        """Whether customers answer, and about us."""
        return self.perspective == Perspective.CUSTOMER and self.subject_id is None

    @property
    def with_side(self) -> str:
        """The title, and from which side it is asked where that is not the usual one: the same title is on each side.
        Reads the competitor, where there is one.
        """
        sides = [
            str(Perspective(self.perspective).label) if self.perspective != Perspective.CUSTOMER else "",
            self.subject.name if self.subject else "",
            str(Moment(self.moment).label) if self.moment != Moment.PERCEPTION else "",
        ]
        return " · ".join(filter(None, (str(self), *sides)))


class KeptQuestion(models.Model):
    """A question in the company's own library, under a name of its own, ready to be put into any draft."""

    name = models.CharField(max_length=120, unique=True)
    # The question alone: nothing in it is about other questions
    question = models.JSONField()
    kept_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    kept_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class SurveyVersion(models.Model):
    """A published survey, frozen: what people answered stays what they were asked."""

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    definition = models.JSONField()
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["survey_id", "-number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["survey", "number"], name="version_number_of_survey")]

    def __str__(self) -> str:
        return f"{self.survey_id} v{self.number}"


class Withdrawal(models.Model):
    """A version that must no longer be answered: who decided, when, why."""

    version = models.OneToOneField(SurveyVersion, on_delete=models.PROTECT, related_name="withdrawal")
    withdrawn_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"{self.version_id} {self.withdrawn_at:%Y-%m-%d}"


class ContactLimits(models.Model):
    """One row: how often one customer may be asked, over all programmes. Reminders and thanks do not count."""

    most = models.PositiveSmallIntegerField(_("questions at most"), default=3)
    window_days = models.PositiveSmallIntegerField(_("in any (days)"), default=90)
    days_between = models.PositiveSmallIntegerField(_("days at least between two"), default=14)
    # How a case went: the customer began it, and often was asked something a few days before
    spares_cases = models.BooleanField(_("ask how a case went whatever the limits say"), default=False)

    def __str__(self) -> str:
        return f"{self.most}/{self.window_days}, {self.days_between}"


class Trigger(models.Model):
    """What makes a programme ask by itself, by e-mail."""

    class Kind(models.TextChoices):
        MEETING = "meeting", _("after a meeting")
        CASE = "case", _("after a case is put right")
        SILENCE = "silence", _("after days of silence")
        SCHEDULE = "schedule", _("again and again")
        HAND = "hand", _("by hand")

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="triggers")
    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="triggers", verbose_name=_("what to ask"))
    kind = models.CharField(_("when"), max_length=12, choices=Kind.choices, default=Kind.MEETING)
    touchpoint = models.ForeignKey(
        Touchpoint, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("where we met")
    )
    days = models.PositiveSmallIntegerField(_("days"), default=1)
    remind_after_days = models.PositiveSmallIntegerField(_("remind after (days)"), default=5)
    says_thanks = models.BooleanField(_("thank whoever has answered"), default=False)
    # Nothing that happened before is asked about
    active_from = models.DateTimeField()
    is_on = models.BooleanField(default=True)
    # When somebody pressed the button of a trigger by hand; the worker then asks
    asked_for_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.programme_id} {self.kind}"


def new_token() -> str:
    return secrets.token_urlsafe(16)


class InvitationQuerySet(ScopedQuerySet["Invitation"]):
    pass


class Invitation(models.Model):
    """We asked this customer. The denominator of the response rate; its token makes the link personal."""

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="invitations")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="invitations")
    interaction = models.ForeignKey(
        Interaction, null=True, blank=True, on_delete=models.SET_NULL, related_name="invitations"
    )
    location = models.ForeignKey(Location, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=20, choices=Channel.choices)
    token = models.CharField(max_length=40, unique=True, default=new_token)
    asked_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="invitations")
    asked_at = models.DateTimeField()
    # What asked by itself, and on which occasion: never twice on the same
    trigger = models.ForeignKey(Trigger, null=True, blank=True, on_delete=models.PROTECT, related_name="invitations")
    occasion = models.CharField(max_length=60, blank=True)
    # When the personal link was first looked at by somebody; unknown where the page's script did not run
    opened_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-asked_at"]
        indexes: ClassVar = [models.Index(fields=["customer", "-asked_at"]), models.Index(fields=["asked_at"])]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["trigger", "customer", "occasion"],
                condition=models.Q(trigger__isnull=False),
                name="invited_once_an_occasion",
            )
        ]

    def __str__(self) -> str:
        return f"{self.survey_id} → {self.customer_id}"


class NotAskedQuerySet(ScopedQuerySet["NotAsked"]):
    pass


class NotAsked(models.Model):
    """This customer was to be asked and was not, for this reason (row S2). Without a trigger: how a case went."""

    class Reason(models.TextChoices):
        OPTED_OUT = "opted_out", _("wishes not to be asked")
        NO_ADDRESS = "no_address", _("has no e-mail address")
        BOUNCED = "bounced", _("the address does not exist")
        TOO_SOON = "too_soon", _("was asked a short while ago")
        TOO_MANY = "too_many", _("was asked often enough in these weeks")

    trigger = models.ForeignKey(Trigger, null=True, blank=True, on_delete=models.PROTECT, related_name="not_asked")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="not_asked")
    interaction = models.ForeignKey(
        Interaction, null=True, blank=True, on_delete=models.CASCADE, related_name="not_asked"
    )
    location = models.ForeignKey(Location, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    occasion = models.CharField(max_length=60)
    reason = models.CharField(max_length=20, choices=Reason.choices)
    decided_at = models.DateTimeField()

    objects = NotAskedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-decided_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["decided_at"])]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["trigger", "customer", "occasion"], name="not_asked_once_an_occasion"),
            models.UniqueConstraint(
                fields=["customer", "occasion"],
                condition=models.Q(trigger__isnull=True),
                name="not_asked_once_without_trigger",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.trigger_id} ↛ {self.customer_id}: {self.reason}"


class Reminder(models.Model):
    """Who had not answered was reminded, once. It counts towards no limit."""

    invitation = models.OneToOneField(Invitation, on_delete=models.CASCADE, related_name="reminder")
    reminded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.invitation_id}"


class Submission(models.Model):
    """What came in, as it came in: one row, written before it is acknowledged, which the worker unfolds."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(SurveyVersion, on_delete=models.PROTECT, related_name="submissions")
    # The client's own id of this submission: the same key twice counts once
    key = models.CharField(max_length=80, unique=True)
    received_at = models.DateTimeField()
    language = models.CharField(max_length=5)
    channel = models.CharField(max_length=20)
    location_code = models.CharField(max_length=60, blank=True)
    token = models.CharField(max_length=40, blank=True)
    # Who keyed it in for the customer, when staff did
    person_id = models.BigIntegerField(null=True, blank=True)
    answers = models.JSONField()
    # From opening the page to sending it, by the sender's own watch; nothing where nobody measured
    seconds = models.PositiveIntegerField(null=True, blank=True)
    unfolded_at = models.DateTimeField(null=True, blank=True)
    # One that fails to unfold steps aside until ``retry_at`` and does not stop the line
    failures = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["received_at"], condition=models.Q(unfolded_at__isnull=True), name="submission_waiting"
            )
        ]

    def __str__(self) -> str:
        return f"{self.id}"


class ResponseQuerySet(ScopedQuerySet["Response"]):
    pass


class Response(models.Model):
    """One answered survey: from a perspective, about a subject, at a moment."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Where an index below begins with the column, one of its own would only be written, never read
    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="responses", db_index=False)
    version = models.ForeignKey(SurveyVersion, on_delete=models.PROTECT, related_name="responses")
    perspective = models.CharField(max_length=20, choices=Perspective.choices, default=Perspective.CUSTOMER)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="responses")
    moment = models.CharField(max_length=20, choices=Moment.choices, default=Moment.PERCEPTION)
    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.SET_NULL, related_name="responses", db_index=False
    )
    invitation = models.OneToOneField(
        Invitation, null=True, blank=True, on_delete=models.SET_NULL, related_name="response"
    )
    interaction = models.ForeignKey(
        Interaction, null=True, blank=True, on_delete=models.SET_NULL, related_name="responses"
    )
    location = models.ForeignKey(
        Location, null=True, blank=True, on_delete=models.PROTECT, related_name="responses", db_index=False
    )
    channel = models.CharField(max_length=20, choices=Channel.choices)
    language = models.CharField(max_length=5)
    answered_at = models.DateTimeField()
    # Local calendar of the company, so that every engine groups by the same day and week (Monday)
    answered_on = models.DateField()
    week_on = models.DateField()
    # How long it took to answer; nothing where nobody measured, which is never taken for fast
    seconds = models.PositiveIntegerField(null=True, blank=True)
    # Only survey files of statisticians have one
    weight = models.FloatField(null=True, blank=True)
    # Source and id there: the same row of the same file never counts twice
    source = models.CharField(max_length=80, blank=True)
    external_id = models.CharField(max_length=120, blank=True)
    # What the link brought along, by name: a machine, an order; never words of the customer
    fields = models.JSONField(default=dict, blank=True)

    objects = ResponseQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-answered_at"]
        indexes: ClassVar = [
            models.Index(fields=["answered_on"]),
            models.Index(fields=["survey", "-answered_at"]),
            models.Index(fields=["customer", "-answered_at"]),
            models.Index(fields=["location", "-answered_at"]),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source", "external_id"],
                condition=~models.Q(external_id=""),
                name="one_response_an_external_id",
            )
        ]

    def __str__(self) -> str:
        return f"{self.id}"


class AnswerQuerySet(ScopedQuerySet["Answer"]):
    location_path = "response__location"


class Answer(models.Model):
    """One answered question. What was left blank has no row."""

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="answers", db_index=False)
    question = models.CharField(max_length=60)
    # Which half or row of a question that asks several things at once: "expectation" and "perception" of a pair,
    # "functional" and "dysfunctional" of a Kano pair, the code of a matrix's row; empty for all other questions
    part = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=20)
    touchpoint = models.ForeignKey(Touchpoint, null=True, blank=True, on_delete=models.PROTECT, related_name="answers")
    # "0-10", "1-5": scores of different scales are never averaged together
    scale = models.CharField(max_length=12, blank=True)
    score = models.SmallIntegerField(null=True, blank=True)
    choices = models.JSONField(default=list, blank=True)
    text = models.TextField(blank=True)
    # A figure, a day, and how to reach somebody who agreed to it: none of them is a comment
    number = models.DecimalField(max_digits=17, decimal_places=4, null=True, blank=True)
    given_on = models.DateField(null=True, blank=True)
    contact = models.JSONField(default=dict, blank=True)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["id"]
        # Counting starts from the responses of a period and reads their answers from this index alone
        indexes: ClassVar = [
            models.Index(fields=["response", "kind", "scale", "score", "touchpoint"]),
            # Comments are few among the answers, and looked for by themselves
            models.Index(fields=["id"], condition=models.Q(kind="text") & ~models.Q(text=""), name="answer_with_words"),
            models.Index(fields=["id"], condition=~models.Q(kind="text") & ~models.Q(text=""), name="answer_besides"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["response", "question", "part"], name="one_answer_a_question_part")
        ]

    def __str__(self) -> str:
        said = self.score if self.score is not None else self.number if self.number is not None else self.given_on
        return f"{self.question}: {said if said is not None else self.text or self.choices}"


class Attachment(models.Model):
    """The photo, the file or the drawn signature of an answer; ``reference`` is where it lies (``uploads.path_of``)."""

    answer = models.OneToOneField(Answer, on_delete=models.CASCADE, related_name="attachment")
    reference = models.CharField(max_length=70, db_index=True)
    name = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.name or self.reference

    @property
    def is_picture(self) -> bool:
        return not self.reference.endswith(".pdf")


class Talk(models.Model):
    """Who was there in an interview or a focus group whose notes are an answer: who led it, who took part."""

    response = models.OneToOneField(Response, on_delete=models.CASCADE, related_name="talk")
    moderator = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    # One a line, a short mark first: «P1: builder, hires every week»
    participants = models.TextField(blank=True)
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    noted_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    noted_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.response_id}"

    @property
    def people(self) -> list[tuple[str, str]]:
        """Mark and words of each participant; without a colon the words are the mark."""
        lines = (line.partition(":") for line in self.participants.splitlines() if line.strip())
        return [(mark.strip(), words.strip()) for mark, _colon, words in lines]


class QuoteQuerySet(ScopedQuerySet["Quote"]):
    location_path = "answer__response__location"


class Quote(models.Model):
    """Words out of an answer, as they were said, under a theme: who marked them, when."""

    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="quotes")
    text = models.CharField(max_length=1000)
    theme = models.CharField(max_length=80, db_index=True)
    # Who of several said it, without a name: «P3», «the older man»
    speaker = models.CharField(max_length=60, blank=True)
    coded_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    coded_at = models.DateTimeField()

    objects = QuoteQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["theme", "-coded_at", "-id"]

    def __str__(self) -> str:
        return f"{self.theme}: {self.text[:60]}"


class StoryQuerySet(ScopedQuerySet["Story"]):
    pass


class Story(models.Model):
    """What a customer lived with us, in their own words, to be shown where they allow it and as long as they do."""

    customer = models.ForeignKey(Customer, null=True, blank=True, on_delete=models.SET_NULL, related_name="stories")
    location = models.ForeignKey(Location, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # What the teller wants to be called in public: a name, initials, «a builder from Padova»
    teller = models.CharField(_("who tells it, as they want to be named"), max_length=120)
    words = models.TextField(_("the story in their words"))
    told_at = models.DateTimeField()
    written_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    # Caches of the latest consent; a withdrawal empties the words
    for_site = models.BooleanField(_("web site"), default=False)
    for_print = models.BooleanField(_("print"), default=False)
    for_training = models.BooleanField(_("training of our people"), default=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = StoryQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-told_at", "-id"]

    def __str__(self) -> str:
        return self.teller


class StoryConsent(models.Model):
    """What the teller allows from then on, and how they said so; nothing at all is a withdrawal."""

    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="consents")
    uses = models.JSONField(default=list)
    how = models.CharField(max_length=200)
    given_at = models.DateTimeField()
    # Empty where the teller did it themselves
    written_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["given_at", "id"]

    def __str__(self) -> str:
        return f"{self.story_id}: {', '.join(self.uses)}"


class StoryPicture(models.Model):
    """A picture that belongs to a story: allowed for what the story is allowed for, and gone with it."""

    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="pictures")
    # Where it lies, see ``uploads.path_of``: made anew, without the place, the day and the camera
    reference = models.CharField(max_length=70, db_index=True)
    shows = models.CharField(_("what it shows"), max_length=200)
    how = models.CharField(max_length=200)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.shows
