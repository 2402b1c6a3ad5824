"""How the customer of a case seems to feel, read by the worker from their words; done steps of the playbook."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from premura.core.history.history import record
from premura.core.history.models import Event
from premura.core.jobs.jobs import add_job
from premura.core.staff.models import Person
from premura.loop.equip.places import place_of
from premura.loop.recover.models import Case, CasePlace, Direction, Mood, PlaybookTick
from premura.loop.recover.playbooks import mood_of

READ_MOOD = "recover.mood"
#: The latest words say how they feel now
_MESSAGES = 3


def handle_words(event: Event) -> None:
    """Queue the reading: it may wait for the models to be loaded, and nothing waits for it."""
    if event.name == "case.opened" or event.data.get("direction") == Direction.IN:
        add_job(READ_MOOD, {"case": int(event.subject_id)}, key=f"mood:{event.subject_id}")


def do_mood(payload: Mapping[str, Any]) -> None:
    """Read the mood, and what it is about, anew from the customer's latest words.

    What a colleague has said of the mood stays.
    """
    case = Case.objects.filter(pk=payload["case"]).exclude(title="").first()
    if case is None:
        return
    latest = case.messages.filter(direction=Direction.IN).order_by("-written_at", "-id")
    found = list(latest.values_list("text", "written_at")[:_MESSAGES])
    words = "\n".join(text for text, _written_at in reversed(found))
    if not words.strip():
        return
    CasePlace.objects.update_or_create(case=case, defaults={"place": place_of(f"{case.title}\n{words}")})
    if case.mood_set_by_id is None:
        _keep_reading(case, read_mood(words), at=found[0][1])


def _keep_reading(case: Case, mood: str, *, at: datetime) -> None:
    """They feel so since they wrote it, whenever it is read."""
    with transaction.atomic():
        # Not what a colleague has said in the meantime, and no event when nothing changed
        if Case.objects.filter(pk=case.pk, mood_set_by=None).exclude(mood=mood).update(mood=mood):
            data = {"mood": mood}
            record(
                "case.mood_read",
                by=None,
                about=case,
                customer=case.customer,
                location=case.location,
                at=at,
                data=data,
            )


def read_mood(words: str) -> str:
    """The mood of a text by the language models of this machine; nothing leaves it."""
    # The models are loaded by who reads: the worker, and not every process that knows a case
    from premura.text.understanding import understand

    reading = understand(words)
    return mood_of(words, [(emotion.label, emotion.p) for emotion in reading.emotions])


def set_mood(case: Case, mood: str, *, by: Person, at: datetime | None = None) -> Case:
    """Who has spoken to them knows better than a model."""
    with transaction.atomic():
        case.mood, case.mood_set_by = Mood(mood).value, by
        case.save(update_fields=["mood", "mood_set_by"])
        record(
            "case.mood_set",
            by=by,
            about=case,
            customer=case.customer,
            location=case.location,
            at=at,
            data={"mood": mood},
        )
    return case


def tick_step(case: Case, step: str, *, by: Person, is_done: bool = True, at: datetime | None = None) -> bool:
    """A step is done, or not yet after all. True when that is news."""
    at = at or timezone.now()
    with transaction.atomic():
        if is_done:
            _tick, is_news = PlaybookTick.objects.get_or_create(
                case=case, step=step, defaults={"done_at": at, "done_by": by}
            )
        else:
            is_news = bool(case.ticks.filter(step=step).delete()[0])
        if is_news:
            data = {"step": step, "done": is_done}
            record(
                "case.step_ticked", by=by, about=case, customer=case.customer, location=case.location, at=at, data=data
            )
    return is_news
