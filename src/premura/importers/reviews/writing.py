"""Write public reviews; brought again they are found by their id, and a reply that came since is added."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from premura.core.channels import Channel
from premura.core.company.company import company_timezone, the_company
from premura.core.company.models import Location
from premura.core.history.history import record
from premura.core.staff.models import Person
from premura.core.words import without_control
from premura.importers.models import ImportedFile, MadeRow, PublicReview, State
from premura.importers.neutral import Brought, LeftOut, Review
from premura.importers.responses.careful import held_answers
from premura.importers.responses.ids import response_id
from premura.importers.responses.keeping import hash_of, keep_file
from premura.loop.listen.definition import TEXT_LIMIT, Definition, Question, definition_to
from premura.loop.listen.models import Answer, Programme, Response, Survey, SurveyVersion
from premura.loop.listen.surveys import us

# A review older than this opens no case unless somebody asks for it: its writer has long stopped waiting
FRESH = timedelta(days=180)
NEGATIVE = 2
PROGRAMME = {"it": "Recensioni pubbliche", "en": "Public reviews"}
CASES = ("recent", "all", "none")
# What people call a site whose files we know; what they write down themselves they call so too
SITES = {"google-reviews": "Google"}
_STARS = Question("stars", "csat", {"it": "Stelle", "en": "Stars"})
_TEXT = Question("text", "text", {"it": "Recensione", "en": "Review"})


@dataclass(frozen=True)
class Replies:
    """How often and how soon the company answers in public. ``hours``: the median, ``None`` when none was answered."""

    reviews: int
    replied: int
    hours: float | None


def replies_of(reviews: Iterable[tuple[datetime, datetime | None]]) -> Replies:
    """(written, replied) of each review → how many were answered, and the median hours until then.

    A reply that was edited later counts from its last change, because the source says no other time.

    >>> from datetime import UTC, datetime as d
    >>> replies_of([(d(2026, 3, 1, 8, tzinfo=UTC), d(2026, 3, 1, 20, tzinfo=UTC)), (d(2026, 3, 2, tzinfo=UTC), None)])
    Replies(reviews=2, replied=1, hours=12.0)
    """
    rows = list(reviews)
    hours = [(replied - written).total_seconds() / 3600 for written, replied in rows if replied and replied >= written]
    replied = sum(1 for _written, at in rows if at)
    return Replies(len(rows), replied, round(median(hours), 1) if hours else None)


def import_reviews(
    path: Path,
    brought: Brought,
    system: str,
    *,
    by: Person | None,
    cases: str = "recent",
    imported: ImportedFile | None = None,
    now: datetime | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> ImportedFile:
    """Write the reviews of ``brought`` in one transaction. ``cases`` says which negative ones open a case."""
    now = now or timezone.now()
    sha256 = hash_of(path)
    keep_file(path, sha256)
    brought = replace(brought, reviews=tuple(map(_fit, brought.reviews)))
    with transaction.atomic():
        imported = imported or ImportedFile(name=path.name[:200], imported_at=now, imported_by=by)
        imported.sha256, imported.system, imported.source, imported.kind = sha256, system, system, "reviews"
        imported.save()
        version = site_version(system, by, imported)
        changed = _changed(imported.source, brought.reviews)
        new, replied, old = _write(imported, version, brought.reviews, cases, now)
        progress(len(brought.reviews), len(brought.reviews))
        left = [*brought.left_out, *([LeftOut("old-reviews", "", {"count": old, "days": FRESH.days})] if old else [])]
        left += [LeftOut("changed-review", own[:60]) for own in changed]
        replies = replies_of((review.written_at, review.replied_at) for review in brought.reviews)
        imported.rows, imported.accepted = len(brought.reviews) + refused(brought), new
        imported.done = imported.total = imported.rows
        imported.already_there, imported.rejected = len(brought.reviews) - new, refused(brought)
        imported.report = {
            **imported.report,
            "left_out": [one.as_json() for one in left],
            "survey": version.survey_id,
            "replies": {"reviews": replies.reviews, "replied": replies.replied, "hours": replies.hours},
            "new_replies": replied,
            **_days(brought.reviews),
        }
        imported.state = State.DONE
        imported.save()
        data = {"accepted": new, "already_there": imported.already_there, **_days(brought.reviews)}
        record("reviews.imported", by=by, about=imported, data=data)
    return imported


def _fit(review: Review) -> Review:
    """Its words without signs that could turn round what stands beside them."""
    return replace(
        review,
        text=without_control(review.text),
        author=without_control(review.author),
        place=without_control(review.place),
        reply=without_control(review.reply),
    )


def refused(brought: Brought) -> int:
    """How many reviews of a file are not taken."""
    single = sum(one.code in ("left-review", "left-review-line") for one in brought.left_out)
    return single + sum(int(str(one.values["count"])) for one in brought.left_out if one.code == "left-review-rows")


def _days(reviews: Iterable[Review]) -> dict[str, str]:
    days = sorted(review.written_at.astimezone(company_timezone()).date().isoformat() for review in reviews)
    return {"first_day": days[0] if days else "", "last_day": days[-1] if days else ""}


def site_version(system: str, by: Person | None, imported: ImportedFile | None = None) -> SurveyVersion:
    """The survey that stands for a review site: stars and words. What is new is noted as made by ``imported``."""
    company, now = the_company(), timezone.now()
    name = PROGRAMME[company.language if company else "it"]
    programme, is_new = Programme.objects.get_or_create(name=name, defaults={"created_at": now, "cadence_days": 0})
    title = SITES.get(system, system)
    definition = definition_to(
        Definition(title={"it": title, "en": title}, languages=("it", "en"), questions=(_STARS, _TEXT))
    )
    fresh = {"programme": programme, "draft": definition, "is_imported": True, "created_at": now}
    survey, is_new_survey = Survey.objects.get_or_create(
        slug=f"reviews-{slugify(system) or 'file'}"[:60], defaults=fresh
    )
    version, is_new_version = SurveyVersion.objects.get_or_create(
        survey=survey, number=1, defaults={"definition": definition, "published_at": now, "published_by": by}
    )
    for kind, row, new in (
        ("programme", programme, is_new), ("survey", survey, is_new_survey), ("version", version, is_new_version)
    ):  # fmt: skip
        if new and imported:
            MadeRow.objects.create(file=imported, kind=kind, object_id=row.pk)
    return version


def _write(
    imported: ImportedFile, version: SurveyVersion, reviews: Iterable[Review], cases: str, now: datetime
) -> tuple[int, int, int]:
    """How many are new, how many replies are new, and how many negative ones are too old to open a case."""
    here = {
        own: (pk, (reply, replied))
        for own, pk, reply, replied in Response.objects.filter(source=imported.source)
        .order_by()
        .values_list("external_id", "pk", "public_review__reply", "public_review__replied_at")
    }
    places = _places(reviews)
    new = replied = old = 0
    for review in reviews:
        if review.id in here:
            pk, known = here[review.id]
            if (review.reply or review.replied_at) and (review.reply, review.replied_at) != known:
                PublicReview.objects.filter(response=pk).update(reply=review.reply, replied_at=review.replied_at)
                replied += 1
            continue
        new += 1
        response = write_review(
            version, review, imported.source, places.get(review.place), response_id(imported.pk, new)
        )
        here[review.id] = (response.pk, (review.reply, review.replied_at))
        if opens_case(review, cases, now):
            receive(response, now)
        elif cases == "recent" and _is_negative(review):
            old += 1
    return new, replied, old


def _changed(source: str, reviews: Iterable[Review]) -> list[str]:
    """The reviews that came before and were rewritten since: their first words stay."""
    here = dict(Response.objects.filter(source=source).order_by().values_list("external_id", "pk"))
    known = [review for review in reviews if review.id in here]
    held = held_answers([here[review.id] for review in known])
    changed = []
    for review in known:
        before = held.get(here[review.id], {})
        said = (before["stars"].score if "stars" in before else None, before["text"].text if "text" in before else "")
        if said != (review.stars, review.text[:TEXT_LIMIT]):
            changed.append(review.id)
    return changed


def _places(reviews: Iterable[Review]) -> dict[str, Location]:
    """The site's number or name of a place → ours, where somebody gave ours that code or name."""
    wanted = {review.place for review in reviews if review.place}
    if not wanted:
        return {}
    places = list(Location.objects.filter(is_imported=False))
    named = {place.name.casefold(): place for place in places}
    coded = {place.code: place for place in places}
    return {text: found for text in wanted if (found := coded.get(text) or named.get(text.casefold()))}


def _is_negative(review: Review) -> bool:
    return review.stars <= NEGATIVE and not review.reply


def opens_case(review: Review, cases: str, now: datetime) -> bool:
    return _is_negative(review) and (cases == "all" or (cases == "recent" and now - review.written_at <= FRESH))


def receive(response: Response, now: datetime) -> None:
    """Received today: the deadlines of its case begin when we came to know of it."""
    data = {"survey": response.survey_id, "version": response.version_id}
    record("response.received", by=None, about=response, location=response.location, at=now, data=data)


def write_review(version: SurveyVersion, review: Review, source: str, place: Location | None, pk: UUID) -> Response:
    """One review as a response of its site's survey, in the caller's transaction."""
    review = _fit(review)
    day = review.written_at.astimezone(company_timezone()).date()
    response = Response.objects.create(
        id=pk,
        survey=version.survey,
        version=version,
        subject=us(),
        location=place,
        channel=Channel.REVIEW,
        language=review.language[:5],
        answered_at=review.written_at,
        answered_on=day,
        week_on=day - timedelta(days=day.weekday()),
        source=source,
        external_id=review.id,
    )
    stars = Answer(response=response, question="stars", kind="csat", scale="1-5", score=review.stars)
    words = [Answer(response=response, question="text", kind="text", text=review.text[:TEXT_LIMIT])]
    Answer.objects.bulk_create([stars, *(words if review.text else [])])
    PublicReview.objects.create(
        response=response,
        site=SITES.get(source, source)[:40],
        author=review.author,
        reply=review.reply,
        replied_at=review.replied_at,
    )
    return response
