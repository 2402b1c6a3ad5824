"""Comments with what was understood of them: narrowed by what was said, and shown to whom may read it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from premura.core.staff.models import Person
from premura.core.staff.roles import Ability, may
from premura.loop.listen.models import Answer
from premura.loop.understand import reads
from premura.loop.understand.models import CommentReading
from premura.loop.understand.windows import Window

UNCERTAIN = "uncertain"


@dataclass(frozen=True)
class Said:
    """What a comment must say to be shown; an empty word asks for nothing.

    ``sentiment`` is a label or :data:`UNCERTAIN`; ``polarity`` counts with ``aspect`` only.
    """

    sentiment: str = ""
    aspect: str = ""
    polarity: str = ""
    signal: str = ""

    def narrow(self, found: QuerySet[Answer]) -> QuerySet[Answer]:
        if self.sentiment == UNCERTAIN:
            found = found.filter(reading__is_uncertain=True)
        elif self.sentiment:
            found = found.filter(reading__sentiment=self.sentiment)
        if self.aspect:
            of_aspect = CommentReading.objects.filter(aspects__aspect=self.aspect)
            if self.polarity:
                of_aspect = CommentReading.objects.filter(aspects__aspect=self.aspect, aspects__polarity=self.polarity)
            found = found.filter(reading__in=of_aspect)
        if self.signal:
            found = found.filter(reading__signals__has_key=self.signal)
        return found


def may_read_personal_data(person: Person) -> bool:
    """Telephone numbers, addresses and names in a text are for those who may call the customer back."""
    return may(person.role, Ability.WORK_CASES)


def comments_understood(
    person: Person, window: Window, said: Said, *, search: str = "", order: str = "worst", **filters: Any
) -> QuerySet[Answer]:
    """:func:`premura.loop.understand.reads.comments`, narrowed by what they say, each with its ``reading``.

    Who may not read personal data cannot search for it either: such texts, and those not read yet, are left out of
    their search. One query more for a page of any size.
    """
    found = said.narrow(reads.comments(person, window, search=search, order=order, **filters))
    if search and not may_read_personal_data(person):
        found = found.filter(reading__has_personal_data=False)
    return found.select_related("reading").prefetch_related("reading__aspects")


def words_for(person: Person, answer: Answer) -> str:
    """The words of a comment as this person may read them: personal data masked, found again if nothing read it yet."""
    reading: CommentReading | None = getattr(answer, "reading", None)
    if may_read_personal_data(person) or (reading and not reading.has_personal_data):
        return answer.text
    from premura.text import find_personal, mask

    return mask(answer.text, find_personal(answer.text))


def judged(answer: Answer) -> Mapping[str, Any] | None:
    """What was understood, the surest first; ``None`` while the comment waits to be read. No query."""
    reading: CommentReading | None = getattr(answer, "reading", None)
    if reading is None:
        return None
    return {
        "sentiment": reading.sentiment,
        "p": reading.p,
        "is_uncertain": reading.is_uncertain,
        "aspects": sorted(
            ((each.aspect, each.polarity, each.p) for each in reading.aspects.all()), key=lambda a: -a[2]
        ),
        "emotions": sorted(((each["label"], each["p"]) for each in reading.emotions), key=lambda e: -e[1]),
        "signals": sorted(((name, each["p"]) for name, each in reading.signals.items()), key=lambda s: -s[1]),
    }
