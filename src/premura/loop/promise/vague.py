"""How often a reply to a customer says a time that is none: *as soon as possible* instead of a day (row S52)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from premura.core.company.company import company_timezone
from premura.core.staff.models import Person
from premura.loop.recover.models import Case, Direction, Message
from premura.loop.recover.vague import current_wording, vague_phrases
from premura.loop.understand.windows import Window
from premura.stats.estimate import Estimate
from premura.stats.scores import top_box

#: The latest replies of the days; each is read anew, so that a better list of phrases counts at once
MOST_READ = 300


@dataclass(frozen=True)
class VagueReplies:
    """``share`` of the replies that were read with a vague time, Wilson; ``found`` are these, with the phrase."""

    share: Estimate
    found: Sequence[tuple[Message, str]]


def vague_replies(person: Person, window: Window, **filters: Any) -> VagueReplies:
    """Of the latest replies in ``window`` on cases that ``person`` may see; ``filters`` are lookups of the case.

    Two queries, plus one the first time the person's places are asked.
    """
    wording = current_wording()
    start, end = window.instants(company_timezone())
    seen: Any = Case.objects.visible_to(person)
    cases = seen.filter(**filters).order_by().values("pk")
    rows = Message.objects.filter(case__in=cases, direction=Direction.OUT, written_at__gte=start, written_at__lt=end)
    replies = list(rows.exclude(text="").select_related("case").order_by("-written_at", "-pk")[:MOST_READ])
    said = [(reply, vague_phrases(reply.text, wording, at=reply.written_at)) for reply in replies]
    found = [(reply, phrases[0]) for reply, phrases in said if phrases]
    return VagueReplies(top_box(len(found), len(replies)), found)
