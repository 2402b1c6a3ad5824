"""How long a public review waits for our reply: a figure declared once, with interval, *n* and definition (row S11).

A review that still waits counts for as long as it has waited until now (Kaplan-Meier, see
``docs/methods/durations.md``): leaving it out would make us look faster than we are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from premura.core.staff.models import Person
from premura.importers.models import PublicReview
from premura.loop.listen.models import Response
from premura.stats.durations import survival
from premura.stats.estimate import Estimate
from premura.stats.scores import top_box


@dataclass(frozen=True)
class ReviewMetric:
    """A figure of public reviews as pages and files ask for it: code, name, definition, unit and what is counted."""

    code: str
    name: str | Promise
    definition: str | Promise
    unit: str
    counted: str = "reviews"


REPLY_TIME = ReviewMetric(
    "review-reply-time",
    _("Time until our reply"),
    _("Half of the public reviews were answered within this time; one that still waits counts for as long as it has."),
    "hours",
)
REPLIED = ReviewMetric(
    "review-replied",
    _("Reviews with a reply"),
    _("Public reviews with a reply of ours, of all in these days."),
    "percent",
)
METRICS = {metric.code: metric for metric in (REPLY_TIME, REPLIED)}
MOST = 20_000
Waited = tuple[datetime, datetime | None, bool]


@dataclass(frozen=True)
class ReplyTimes:
    """``median`` in hours; ``p90`` unknown while too many wait; ``untimed`` replies whose time nobody wrote down."""

    median: Estimate
    p90: float | None
    replied: Estimate
    waiting: int
    untimed: int


def reply_times(reviews: Iterable[Waited], now: datetime) -> ReplyTimes:
    """(written, replied at, has a reply) of each review → the figures.

    A reply without a time counts as a reply and in no waiting time. A reply that was edited later counts from its last
    change, because the sites say no other time.

    >>> from datetime import UTC, datetime as d
    >>> written, replied, now = (d(2026, *day, tzinfo=UTC) for day in ((3, 1), (3, 2), (4, 1)))
    >>> times = reply_times([(written, replied, True)] * 3, now)
    >>> times.median.value, times.median.n, times.replied.value
    (24.0, 3, 1.0)
    """
    rows: Sequence[Waited] = list(reviews)
    timed = [(written, at) for written, at, has_reply in rows if at or not has_reply]
    hours = [max(0.0, ((at or now) - written) / timedelta(hours=1)) for written, at in timed]
    curve = survival(hours, [at is not None for _written, at in timed])
    answered = sum(1 for _written, at, has_reply in rows if at or has_reply)
    return ReplyTimes(
        curve.median, curve.quantile(0.9), top_box(answered, len(rows)), len(rows) - answered, len(rows) - len(timed)
    )


def reviews_for(person: Person) -> QuerySet[PublicReview]:
    """The public reviews that ``person`` may see, the newest first."""
    visible = Response.objects.visible_to(person).order_by()
    rows = PublicReview.objects.filter(response__in=visible.values("pk"))
    return rows.select_related("response__location").order_by("-response__answered_at", "-pk")


def reply_times_for(reviews: QuerySet[PublicReview], now: datetime) -> ReplyTimes:
    """The figures of the latest 20,000 of ``reviews``. One query."""
    rows = reviews.values_list("response__answered_at", "replied_at", "reply")[:MOST]
    return reply_times(((written, at, bool(reply)) for written, at, reply in rows), now)
