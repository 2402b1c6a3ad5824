"""Who of the panel proposed an idea or is for it is told what became of it, if they wish so."""

from collections.abc import Sequence

from django.db.models import Q
from django.utils import timezone

from premura.core.history.models import Event
from premura.core.mail.mail import queue_letters
from premura.loop.listen.idea_models import SHOWN, IdeaDecision
from premura.loop.listen.panel_letters import PanelLetters
from premura.loop.listen.panel_models import PanelMember


def tell_members(event: Event) -> None:
    """Write to them, once a decision however often it is delivered. Nothing where the status stayed what it was."""
    if event.name == "idea.decided" and event.data.get("before") == event.data.get("status"):
        return
    decision = IdeaDecision.objects.select_related("idea", "into").filter(pk=event.data.get("decision")).first()
    if decision is None:
        return
    # What customers do not see on the board is told to who proposed it, and to nobody else
    about = Q(ideas=decision.idea)
    if decision.status in SHOWN:
        # Who came after it has read it on the board, however late the worker comes
        about |= Q(ballots__idea=decision.idea, ballots__voted_at__lt=decision.decided_at)
    rows = PanelMember.objects.filter(
        about,
        wants_mail=True,
        joined_at__isnull=False,
        left_at__isnull=True,
        customer__forgotten_at__isnull=True,
        customer__opted_out_at__isnull=True,
    )
    members = list(rows.exclude(customer__email="").select_related("customer").distinct())
    if members:
        letters = PanelLetters()
        queue_letters([letters.news(row, decision) for row in members], timezone.now())


def nobody_to_tell(events: Sequence[Event]) -> set[int]:
    """All of ``events`` where no member wishes letters. One query."""
    if PanelMember.objects.filter(wants_mail=True, left_at__isnull=True).exists():
        return set()
    return {event.pk for event in events}
