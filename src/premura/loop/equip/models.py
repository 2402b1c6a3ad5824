"""Knowledge cards, who has read them and whether they helped; bulletins and who has read them."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from premura.core.company.models import Location
from premura.core.i18n import in_language
from premura.core.journeys.models import Touchpoint
from premura.core.staff.models import Person
from premura.core.staff.scope import ScopedQuerySet


class CardQuerySet(models.QuerySet["KnowledgeCard"]):
    def current(self) -> "CardQuerySet":
        """Not retired."""
        return self.filter(retired_at__isnull=True)


class KnowledgeCard(models.Model):
    """A common problem and its solution: what to do, what to say."""

    code = models.SlugField(max_length=60, unique=True)
    title = models.JSONField(_("title"), default=dict)
    problem = models.JSONField(_("problem"), default=dict)
    solution = models.JSONField(_("what to do"), default=dict)
    say = models.JSONField(_("what to say"), default=dict)
    touchpoint = models.ForeignKey(
        Touchpoint, null=True, blank=True, on_delete=models.SET_NULL, related_name="cards", verbose_name=_("touchpoint")
    )
    review_on = models.DateField(_("review by"))
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    retired_at = models.DateTimeField(null=True, blank=True)
    # Where it stands in meaning (see places); empty until the worker has read it as it is
    place = models.BinaryField(null=True)

    # Set by places.near_first()
    is_near = False

    objects = CardQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return in_language(self.title)


class CardReading(models.Model):
    """This person has read this card as it stood then."""

    card = models.ForeignKey(KnowledgeCard, on_delete=models.CASCADE, related_name="readings")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="card_readings")
    read_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["card", "person"], name="one_reading_a_person")]

    def __str__(self) -> str:
        return f"{self.card_id} {self.person_id}"


class CardUse(models.Model):
    """Somebody used the card for something, and says whether it helped. ``about`` names the object, e.g.
    ``case:12``.
    """

    card = models.ForeignKey(KnowledgeCard, on_delete=models.CASCADE, related_name="uses")
    person = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="card_uses")
    about = models.CharField(max_length=60)
    helped = models.BooleanField()
    used_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["card", "person", "about"], name="one_use_a_person_and_object")
        ]

    def __str__(self) -> str:
        return f"{self.card_id} {self.about}"


class Bulletin(models.Model):
    """What everybody must know (row S70 e): news of one place, or of all. Never changed, so that read means read."""

    title = models.CharField(_("title"), max_length=160)
    text = models.TextField(_("what everybody must know"), max_length=5000)
    # Empty: for every place
    location = models.ForeignKey(
        Location, null=True, blank=True, on_delete=models.CASCADE, related_name="bulletins", verbose_name=_("location")
    )
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet["Bulletin"].as_manager()

    class Meta:
        ordering: ClassVar = ["-published_at", "-id"]

    def __str__(self) -> str:
        return self.title


class BulletinReading(models.Model):
    """This person says that they have read it; the first time counts."""

    bulletin = models.ForeignKey(Bulletin, on_delete=models.CASCADE, related_name="readings")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="bulletin_readings")
    read_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["read_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["bulletin", "person"], name="one_reading_a_bulletin_and_person")
        ]

    def __str__(self) -> str:
        return f"{self.bulletin_id} {self.person_id}"
