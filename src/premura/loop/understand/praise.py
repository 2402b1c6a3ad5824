"""Praise that names a person reaches that person (row S43): on their *Today*, and nobody else's."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db.models import Q

from premura.core.history.history import record
from premura.core.staff.models import Person
from premura.loop.listen.models import Answer, Perspective
from premura.loop.understand.models import CommentReading, Praise

SIGNAL = "praise_for_person"
#: So long it stands on the person's *Today*.
SHOWN_FOR = timedelta(days=14)
#: «Sig.ra Anna» is Anna; a name of three letters stands in too many words.
_LEAST_LETTERS = 3


def find(answers: Iterable[Answer], readings: Iterable[CommentReading], *, at: datetime) -> None:
    """Tell the colleagues whom these comments praise by name. Part of the caller's transaction where it has one."""
    texts = {answer.pk: answer for answer in answers}
    # Who blames somebody by name is no praise, whatever the signal says
    praising = [reading for reading in readings if SIGNAL in reading.signals and reading.sentiment != "negative"]
    if not praising:
        return
    people = list(Person.objects.filter(is_active=True).prefetch_related("locations"))
    for reading in praising:
        answer = texts[reading.answer_id]
        if answer.response.perspective == Perspective.STAFF:
            continue  # said in confidence
        start, end = reading.signals[SIGNAL]["span"] or (0, len(answer.text))
        person = person_named(answer.text[start:end], _of_the_place(people, answer))
        if person is None:
            continue
        _praise, is_new = Praise.objects.get_or_create(answer=answer, person=person, defaults={"found_at": at})
        if is_new:
            place, data = answer.response.location, {"person": person.pk}
            record("comment.praised", by=None, about=answer, location=place, at=at, data=data)


def _of_the_place(people: Sequence[Person], answer: Answer) -> list[Person]:
    """Those who work where it was said, else everybody."""
    place = answer.response.location
    return [person for person in people if place is not None and place in person.locations.all()] or list(people)


def person_named(words: str, people: Iterable[Person]) -> Person | None:
    """The one colleague whose first name stands in the words, written as a name; of two with that name, the one whose
    family name stands there too; else nobody.
    """
    named = [person for person in people if _stands(person.name.split()[:1], words)]
    if len(named) > 1:
        named = [person for person in named if _stands(person.name.split()[1:], words)]
    return named[0] if len(named) == 1 else None


def _stands(names: Sequence[str], words: str) -> bool:
    """Whether all of these names stand in the words, with their capital or all in capitals."""
    if not names or any(len(name) < _LEAST_LETTERS for name in names):
        return False
    patterns = (rf"(?<!\w)(?:{re.escape(name)}|{re.escape(name.upper())})(?!\w)" for name in names)
    return all(re.search(pattern, words) for pattern in patterns)


def praise_of(person: Person, now: datetime) -> list[Praise]:
    """What customers have said of this person by name in the last fortnight; erased words are gone. One query."""
    rows = Praise.objects.filter(person=person, found_at__gt=now - SHOWN_FOR)
    rows = rows.exclude(Q(answer__text="") | Q(answer__response__perspective=Perspective.STAFF))
    return list(rows.select_related("answer__response"))
