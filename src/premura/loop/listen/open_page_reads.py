"""What the staff reads of the always-open page."""

from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils import timezone

from premura.core.company.models import Location
from premura.core.staff.models import Person
from premura.loop.listen.models import Answer, Response
from premura.loop.listen.open_page import ABOUT, SLUG, Told


def told_by(
    person: Person, *, told: str = "", location: Location | None = None, days: int | None = None
) -> QuerySet[Response]:
    """What ``person`` may read, the newest first, with its answers. Two queries a page besides the count."""
    rows: QuerySet[Response] = Response.objects.visible_to(person).filter(survey__slug=SLUG)
    if told:
        rows = rows.filter(Exists(Answer.objects.filter(response=OuterRef("pk"), question=ABOUT, choices=[told])))
    if location is not None:
        rows = rows.filter(location=location)
    if days:
        rows = rows.filter(answered_at__gte=timezone.now() - timedelta(days=days))
    return rows.select_related("location").prefetch_related("answers").order_by("-answered_at", "pk")


def counts_of_told(person: Person, *, since: datetime) -> dict[Told, int]:
    """How many of each kind came since then. One query."""
    rows = Answer.objects.visible_to(person).filter(
        question=ABOUT, response__survey__slug=SLUG, response__answered_at__gte=since
    )
    counted = rows.order_by().values_list("choices").annotate(Count("pk"))
    found = {choices[0]: count for choices, count in counted}
    return {told: found.get(told.value, 0) for told in Told}
