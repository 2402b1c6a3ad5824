"""Public reviews that somebody types in, and the reply that the company gave to one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from premura.core.company.models import Location
from premura.core.errors import Conflict
from premura.core.history.history import record
from premura.core.staff.models import Person
from premura.importers.models import PublicReview
from premura.importers.neutral import Review
from premura.importers.reviews.columns import key_of
from premura.importers.reviews.writing import opens_case, receive, site_version, write_review
from premura.loop.listen.models import Response


def add_review(site: str, review: Review, *, location: Location | None, by: Person, now: datetime) -> PublicReview:
    """Write down a review of ``site``; a recent negative one without a reply opens a case by the usual rules.

    Raises ``Conflict`` where the same review of that site is here already.
    """
    site = " ".join(site.split())[:40]
    identity = f"{key_of(review)}-1"
    with transaction.atomic():
        if Response.objects.filter(source=site, external_id=identity).exists():
            raise Conflict("review-is-here", _("This review is here already: same site, day, writer, stars and words."))
        version = site_version(site, by)
        known = replace(review, id=identity)
        response = write_review(version, known, site, location, uuid4())
        written = response.public_review
        record("review.written_down", by=by, about=response, location=location, at=now, data={"site": site})
        if opens_case(known, "recent", now):
            receive(response, now)
    return written


def note_reply(review: PublicReview, reply: str, replied_at: datetime, *, by: Person, now: datetime) -> PublicReview:
    """Write down what the company answered in public, and when. The same again changes nothing."""
    with transaction.atomic():
        row = PublicReview.objects.select_for_update(of=("self",)).select_related("response").get(pk=review.pk)
        if (row.reply, row.replied_at) == (reply, replied_at):
            return row
        if replied_at < row.response.answered_at:
            raise Conflict("reply-before-review", _("The reply cannot be older than the review."))
        row.reply, row.replied_at = reply, replied_at
        row.save(update_fields=["reply", "replied_at"])
        place = row.response.location
        record("review.replied", by=by, about=row.response, location=place, at=now, data={"at": replied_at.isoformat()})
    return row
