"""Replies and calls looked at together (row S70 a, c): by who leads, agreed with who wrote them, and a plan if need be.

A conversation between two people and no measure: the two of them see it, nothing adds it up, nobody is ranked by it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from premura.core.company.company import local_date
from premura.core.errors import Conflict, NotFound, PremuraError
from premura.core.history.history import record
from premura.core.staff.models import Person
from premura.core.staff.roles import Ability
from premura.core.staff.scope import require
from premura.loop.recover.models import Case, Direction, Message
from premura.loop.recover.reviewing import Criterion, Found, ReplyReview

LONGEST = 2000


@dataclass(frozen=True, kw_only=True)
class Looked:
    """What was found: ``marks`` has a ``Found`` for each ``Criterion``; ``next_time`` and ``again_on`` are the plan."""

    marks: Mapping[str, str]
    good: str
    next_time: str = ""
    again_on: date | None = None

    @property
    def is_low(self) -> bool:
        return Found.NO in self.marks.values()


def reply_for(case: Case, pk: int, by: Person) -> Message:
    """A reply or call of a colleague in the case that ``by`` may look at, or :class:`NotFound`. One query."""
    rows = Message.objects.filter(case=case, direction=Direction.OUT, person__isnull=False).exclude(person=by)
    found = rows.exclude(text="").select_related("person").filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def review_reply(message: Message, looked: Looked, *, by: Person, at: datetime | None = None) -> ReplyReview:
    """Write down what was found in a colleague's reply. What is good comes first, and a low result needs a plan.

    Errors: ``text-needed``, ``plan-needed``, ``day-past``; ``already-reviewed`` (:class:`Conflict`).
    """
    require(by, Ability.EDIT_RULES)
    at = at or timezone.now()
    good, next_time = looked.good.strip()[:LONGEST], looked.next_time.strip()[:LONGEST]
    if not good:
        raise PremuraError("text-needed", _("Say first what was good: it is what they will do again."))
    if looked.is_low and not (next_time and looked.again_on):
        words = _("Where something is missing, say what to try next time and when you look at it again together.")
        raise PremuraError("plan-needed", words)
    if looked.again_on and looked.again_on < local_date(at):
        raise PremuraError("day-past", _("This day is past: choose one to come."))
    if message.person is None or message.person == by:
        raise NotFound
    with transaction.atomic():
        row, is_new = ReplyReview.objects.get_or_create(
            message=message,
            reviewed_by=by,
            defaults={
                "person": message.person,
                "reviewed_at": at,
                "marks": {one.value: Found(looked.marks[one]).value for one in Criterion},
                "good": good,
                "next_time": next_time,
                "again_on": looked.again_on if next_time else None,
            },
        )
        if not is_new:
            raise Conflict("already-reviewed", _("You have looked at this reply already. Nothing was changed."))
        _record("reply.reviewed", row, by, at)
    return row


def answer_review(
    review: ReplyReview, *, by: Person, is_agreed: bool, words: str = "", at: datetime | None = None
) -> ReplyReview:
    """What the person says of it, once: they agree, or see it differently and say how."""
    if by.pk != review.person_id:
        raise NotFound
    words = words.strip()[:LONGEST]
    if not is_agreed and not words:
        raise PremuraError("text-needed", _("Say how you see it: it stands beside what your colleague wrote."))
    at = at or timezone.now()
    _once(review, "answered_at", "review.answered", by, at, is_agreed=is_agreed, answer=words)
    return review


def close_plan(review: ReplyReview, *, by: Person, words: str, at: datetime | None = None) -> ReplyReview:
    """Both have looked at it again: what came of what was tried. For who wrote the review, once."""
    if by.pk != review.reviewed_by_id or review.again_on is None:
        raise NotFound
    words = words.strip()[:LONGEST]
    if not words:
        raise PremuraError("text-needed", _("Say in a few words what came of it."))
    _once(review, "closed_at", "review.closed", by, at or timezone.now(), outcome=words)
    return review


def _once(review: ReplyReview, column: str, event: str, by: Person, at: datetime, **values: object) -> None:
    """Claimed by a conditional update: what was said first stays."""
    with transaction.atomic():
        rows = ReplyReview.objects.filter(pk=review.pk, **{f"{column}__isnull": True})
        if not rows.update(**{column: at}, **values):
            raise Conflict("already-said", _("This has been written down already. Nothing was changed."))
        review.refresh_from_db()
        _record(event, review, by, at)


def _record(name: str, review: ReplyReview, by: Person, at: datetime) -> None:
    case = review.message.case
    record(name, by=by, about=review, location=case.location, at=at, data={"case": case.pk})


def reviews_of(person: Person) -> QuerySet[ReplyReview]:
    """Those of what ``person`` wrote and those that they wrote themselves, the latest first. One query."""
    rows = ReplyReview.objects.filter(Q(person=person) | Q(reviewed_by=person))
    return rows.select_related("person", "reviewed_by", "message__case")


def review_for(person: Person, pk: int) -> ReplyReview:
    """The review, for the two people whose it is, or :class:`NotFound`. One query."""
    found = reviews_of(person).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def reviews_waiting(person: Person, today: date) -> list[ReplyReview]:
    """What ``person`` has to say something of: reviews of theirs, and plans whose day has come. One query."""
    unanswered = Q(person=person, answered_at=None)
    due = Q(reviewed_by=person, again_on__lte=today, closed_at=None)
    return list(reviews_of(person).filter(unanswered | due).order_by("reviewed_at"))


def forget_reviews(cases: list[int]) -> None:
    """Words about what a forgotten customer was told may quote it: they go, the dates stay."""
    ReplyReview.objects.filter(message__case__in=cases).update(good="", next_time="", answer="", outcome="")
