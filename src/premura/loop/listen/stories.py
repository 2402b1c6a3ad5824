"""Stories of customers: told in their words, shown only where they allow it, taken back by them at any time."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from premura.core.company.models import Location
from premura.core.customers.models import Customer
from premura.core.errors import Conflict, NotFound, PremuraError
from premura.core.history.history import record
from premura.core.staff.models import Person
from premura.core.staff.scope import seen_by
from premura.core.words import on_one_line, without_control
from premura.loop.listen.models import Story, StoryConsent
from premura.loop.listen.story_pictures import drop_pictures

#: What a story can be used for, and the column that says so
USES = {"site": "for_site", "print": "for_print", "training": "for_training"}
TEXT_LIMIT = 4_000
_OWN = signing.Signer(sep=".", salt="premura.story")


def add_story(
    teller: str,
    words: str,
    *,
    uses: Iterable[str],
    how: str,
    by: Person,
    customer: Customer | None = None,
    location: Location | None = None,
    at: datetime | None = None,
) -> Story:
    """Write down a story with what its teller allows, and ``how`` they said so: without consent there is no story."""
    at = at or timezone.now()
    teller, words = on_one_line(teller), without_control(words)
    if not teller or not words:
        raise PremuraError("text-needed", _("Write something first."))
    with transaction.atomic():
        story = Story.objects.create(
            teller=teller[:120],
            words=words[:TEXT_LIMIT],
            customer=customer,
            location=location or (customer.location if customer else None),
            told_at=at,
            written_by=by,
        )
        record("story.added", by=by, about=story, customer=customer, location=story.location, at=at)
        allow(story, uses, how, by=by, at=at)
    return story


def allow(story: Story, uses: Iterable[str], how: str, *, by: Person | None, at: datetime | None = None) -> None:
    """From now on the teller allows these uses and no others; at least one, else see :func:`withdraw_story`."""
    at, how = at or timezone.now(), on_one_line(how)
    allowed = [use for use in USES if use in set(uses)]
    if not allowed or not how:
        raise PremuraError("consent-needed", _("Say what the teller allows, and how and when they said so."))
    with transaction.atomic():
        row = Story.objects.select_for_update(of=("self",)).get(pk=story.pk)
        if row.withdrawn_at is not None:
            raise Conflict("withdrawn", _("This story was taken back: ask for it anew."))
        StoryConsent.objects.create(story=row, uses=allowed, how=how[:200], given_at=at, written_by=by)
        for use, column in USES.items():
            setattr(row, column, use in allowed)
        row.save(update_fields=list(USES.values()))
        _record("story.allowed", row, by, at, {"uses": allowed})


def withdraw_story(story: Story, how: str, *, by: Person | None, at: datetime | None = None) -> bool:
    """The teller takes it back: words, name and pictures go at once, row and dates stay. False if done before."""
    at = at or timezone.now()
    with transaction.atomic():
        row = Story.objects.select_for_update(of=("self",)).get(pk=story.pk)
        if row.withdrawn_at is not None:
            return False
        StoryConsent.objects.create(story=row, uses=[], how=how[:200], given_at=at, written_by=by)
        row.teller, row.words, row.withdrawn_at = "", "", at
        row.for_site = row.for_print = row.for_training = False
        row.save()
        drop_pictures(row)
        _record("story.withdrawn", row, by, at, {})
    return True


def _record(name: str, story: Story, by: Person | None, at: datetime, data: dict[str, object]) -> None:
    record(name, by=by, about=story, customer=story.customer, location=story.location, at=at, data=data)


def forget_stories(customer: Customer) -> None:
    """Take back every story of the customer."""
    for story in Story.objects.filter(customer=customer):
        withdraw_story(story, "—", by=None)
    StoryConsent.objects.filter(story__customer=customer).update(how="")
    Story.objects.filter(customer=customer).update(customer=None)


def own_address(story: Story) -> str:
    """Where its teller reads it, sees what it may be used for, and takes it back; signed, without an account."""
    return f"{settings.ADDRESS}/stories/{_OWN.sign(str(story.pk))}/"


def story_of_token(token: str) -> Story:
    try:
        pk = int(_OWN.unsign(token))
    except (signing.BadSignature, ValueError) as error:
        raise NotFound from error
    story = Story.objects.filter(pk=pk).first()
    if story is None:
        raise NotFound
    return story


def stories_for(person: Person, use: str = "", *, withdrawn: bool = False) -> QuerySet[Story]:
    """The stories that ``person`` may see and that may be used for ``use``; or those taken back. Three queries."""
    rows: QuerySet[Story] = Story.objects.visible_to(person).filter(withdrawn_at__isnull=not withdrawn)
    if use in USES and not withdrawn:
        rows = rows.filter(**{USES[use]: True})
    return rows.select_related("location", "customer", "written_by").prefetch_related("consents", "pictures")


def story_for(person: Person, pk: int) -> Story:
    return seen_by(person, Story.objects.select_related("location", "customer", "written_by"), pk=pk)
