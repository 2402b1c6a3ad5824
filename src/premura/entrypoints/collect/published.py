"""The published surveys in memory: read once, looked at again at most once a second, never on the event loop."""

import asyncio
import logging
import time
from collections import OrderedDict
from concurrent.futures import Executor

import msgspec
from django.db import DatabaseError, connection

from premura.core.company.company import review_link, the_company
from premura.core.company.models import Location
from premura.loop.listen.definition import Definition, definition_from
from premura.loop.listen.logic import Course, course_of
from premura.loop.listen.models import Invitation, Submission, SurveyVersion
from premura.loop.listen.submissions import attributes_of, stored_key

logger = logging.getLogger("premura.collect")
FRESH_SECONDS = 1.0
_MOST_SLUGS = 500


class Published(msgspec.Struct, frozen=True):
    """A survey that can be answered now."""

    slug: str
    survey_id: int
    version_id: int
    course: Course
    company: str
    # Whoever asked signs the thanks
    signed_by: str
    # Customers who are unhappy are offered a person to speak to
    is_of_customers: bool
    # Where everybody may say in public what they think, unless their place has a page of its own
    review_url: str = ""

    @property
    def definition(self) -> Definition:
        return self.course.definition


class Closed(msgspec.Struct, frozen=True):
    """A survey whose versions are all withdrawn."""

    slug: str
    company: str


class Missing(msgspec.Struct, frozen=True):
    """No survey at all, or none that was ever published: nobody learns of drafts."""

    company: str


Found = Published | Closed | Missing


class Place(msgspec.Struct, frozen=True):
    """A location of ours as the thanks page shows it."""

    name: str
    phone: str
    review_url: str = ""


def read_published(slug: str, known: Found | None = None) -> Found:
    """Two or three indexed reads. A ``known`` version is not decoded again."""
    company = the_company()
    name = company.name if company else ""
    versions = SurveyVersion.objects.filter(survey__slug=slug, survey__is_imported=False)
    version = (
        versions.filter(withdrawal__isnull=True).select_related("survey__programme__owner").order_by("-number").first()
    )
    if version is None:
        return Closed(slug, name) if versions.exists() else Missing(name)
    owner = version.survey.programme.owner
    return Published(
        slug=slug,
        survey_id=version.survey_id,
        version_id=version.pk,
        course=_course(version, known),
        company=name,
        signed_by=owner.name if owner and owner.is_active else "",
        is_of_customers=version.survey.is_of_customers,
        review_url=review_link(company, None),
    )


def _course(version: SurveyVersion, known: Found | None) -> Course:
    if isinstance(known, Published) and known.version_id == version.pk:
        return known.course
    return course_of(definition_from(version.definition))


def read_earlier(published: Published, version_id: int) -> Published | None:
    """An earlier version of the same survey, for a form that was opened before; ``None`` when it may not be used."""
    versions = SurveyVersion.objects.filter(survey_id=published.survey_id, withdrawal__isnull=True)
    version = versions.filter(pk=version_id).first()
    if version is None:
        return None
    return msgspec.structs.replace(
        published, version_id=version.pk, course=course_of(definition_from(version.definition))
    )


def read_invited(survey_id: int, token: str) -> str:
    """Whether a survey that takes personal links alone takes this one: empty when it is none of its, ``open``,
    ``answered``. Two indexed reads.
    """
    if not token or not Invitation.objects.filter(token=token, survey=survey_id).exists():
        return ""
    key = stored_key(survey_id, key_of_invitation(token))
    return "answered" if Submission.objects.filter(key=key).exists() else "open"


def key_of_invitation(token: str) -> str:
    """The key of whatever comes by this personal link, so that the table itself takes one answer and no more."""
    return f"i~{token}"


def read_customer(survey_id: int, token: str) -> dict[str, str]:
    """What conditions and texts may know about whom the token names; nothing for a token that is not this survey's."""
    invitations = Invitation.objects.filter(token=token, survey=survey_id).select_related("customer__account")
    invitation = invitations.first() if token else None
    return attributes_of(invitation.customer if invitation else None)


def read_place(code: str) -> Place | None:
    location = Location.objects.filter(code=code, is_imported=False, closed_on__isnull=True).first()
    return Place(location.name, location.phone, location.review_url) if location else None


class _Entry:
    __slots__ = ("check", "looked_at", "value")

    def __init__(self) -> None:
        self.value: Found | None = None
        self.looked_at = float("-inf")
        self.check: asyncio.Task[None] | None = None


class Shelf:
    """Finds a published survey by its address; reads happen on ``reader``, one at a time a survey."""

    def __init__(self, reader: Executor) -> None:
        self._reader = reader
        self._entries: OrderedDict[str, _Entry] = OrderedDict()

    async def find(self, slug: str) -> Found:
        """The survey as it was at most a second ago; when the database is away, as it was last seen."""
        entry = self._entries.get(slug)
        if entry is None:
            entry = self._entries[slug] = _Entry()
            if len(self._entries) > _MOST_SLUGS:
                self._entries.popitem(last=False)
        if time.monotonic() - entry.looked_at >= FRESH_SECONDS:
            # Whoever comes while a look is under way waits for the same one
            if entry.check is None:
                entry.check = asyncio.create_task(self._look(slug, entry))
            await asyncio.shield(entry.check)
        assert entry.value is not None
        return entry.value

    async def _look(self, slug: str, entry: _Entry) -> None:
        loop = asyncio.get_running_loop()
        try:
            entry.value = await loop.run_in_executor(self._reader, _read_again, slug, entry.value)
            entry.looked_at = time.monotonic()
        except DatabaseError:
            if entry.value is None:
                raise
            logger.exception("the survey %s could not be read again; the last known one is served", slug)
            entry.looked_at = time.monotonic()
        finally:
            entry.check = None


def _read_again(slug: str, known: Found | None) -> Found:
    """A connection that the database closed meanwhile is opened anew, once."""
    try:
        return read_published(slug, known)
    except DatabaseError:
        connection.close()
        return read_published(slug, known)
