"""Who met us, who was asked, who answered, who is silent. No answer is not a good answer (rows S1 and S2)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Prefetch, Q, QuerySet, Subquery

from premura.core.company.company import company_timezone, the_company
from premura.core.customers.models import Customer, Interaction
from premura.core.journeys.models import Element, Touchpoint
from premura.core.staff.models import Person
from premura.loop.listen.models import Answer, Invitation, NotAsked, Response
from premura.loop.understand.engine_counts import USUAL, rows_of_facts, seen_in_facts
from premura.loop.understand.windows import Window
from premura.stats.estimate import Estimate
from premura.stats.scores import top_box

MET_WITHIN = timedelta(days=365)


@dataclass(frozen=True)
class ResponseRate:
    """Answered of asked, and the answers that nobody was asked for by name (open links have no denominator)."""

    asked: int
    answered: int
    open_answers: int

    @property
    def estimate(self) -> Estimate:
        return top_box(self.answered, self.asked)


def response_rate(person: Person, window: Window, **filters: Any) -> ResponseRate:
    """Of the invitations sent in ``window`` how many were answered, until now. Two queries and one for the time zone.

    A touchpoint is that of the interaction asked about, else that of the survey; a question is no filter here.
    """
    wanted = {name: getattr(value, "pk", value) for name, value in filters.items() if value not in (None, "")}
    start, end = window.instants(company_timezone())
    invitations = Invitation.objects.visible_to(person).filter(asked_at__gte=start, asked_at__lt=end)
    invitations = invitations.filter(
        **_renamed(wanted, {"survey": "survey", "location": "location", "channel": "channel"})
    )
    if "touchpoint" in wanted:
        point = wanted["touchpoint"] or None
        of_survey = Q(survey__touchpoint=point) if point else Q(survey__touchpoint__isnull=True)
        met = Q(interaction__touchpoint=point) if point else Q(pk__in=[])
        invitations = invitations.filter(met | Q(interaction__isnull=True) & of_survey)
    counted = invitations.aggregate(asked=Count("pk"), answered=Count("response"))
    return ResponseRate(counted["asked"], counted["answered"], _open_answers(person, window, wanted))


def _open_answers(person: Person, window: Window, wanted: Mapping[str, Any]) -> int:
    responses = Response.objects.visible_to(person).filter(
        invitation__isnull=True,
        answered_on__gte=window.first_day,
        answered_on__lte=window.last_day,
        perspective=wanted.get("perspective", "customer"),
        moment=wanted.get("moment", "perception"),
        subject__is_us=True,
    )
    names = ("survey", "location", "channel", "language")
    responses = responses.filter(**_renamed(wanted, {name: name for name in names}))
    if "touchpoint" in wanted:
        responses = responses.filter(
            Exists(Answer.objects.filter(response=OuterRef("pk"), touchpoint=wanted["touchpoint"] or None))
        )
    return responses.count()


def _renamed(wanted: Mapping[str, Any], paths: Mapping[str, str]) -> dict[str, Any]:
    """``wanted`` under the names of the database; 0 asks for rows without one."""
    return {path: wanted[name] or None for name, path in paths.items() if name in wanted}


@dataclass(frozen=True)
class TouchpointCoverage:
    """Of the interactions at one touchpoint: asked, answered; and for those not asked, why (row S2)."""

    touchpoint: Touchpoint
    met: int = 0
    asked: int = 0
    answered: int = 0
    opted_out: int = 0
    no_address: int = 0
    skipped: int = 0
    scores: int = 0
    last_measured: date | None = None

    @property
    def unasked(self) -> int:
        return self.met - self.asked

    @property
    def unexplained(self) -> int:
        """Not asked, and there is no reason why not."""
        return self.unasked - self.opted_out - self.no_address - self.skipped

    @property
    def asked_share(self) -> Estimate:
        return top_box(self.asked, self.met)

    @property
    def answered_share(self) -> Estimate:
        return top_box(self.answered, self.asked)


@dataclass(frozen=True)
class ElementCoverage:
    """One of the seven elements of an experience: how often it was measured, and when last (row S23)."""

    element: str
    name: Any
    scores: int
    last_measured: date | None

    @property
    def is_never_measured(self) -> bool:
        return self.last_measured is None


@dataclass(frozen=True)
class Coverage:
    touchpoints: tuple[TouchpointCoverage, ...]
    elements: tuple[ElementCoverage, ...]
    totals: Mapping[str, int] = field(default_factory=dict)

    @property
    def asked_share(self) -> Estimate:
        return top_box(self.totals["asked"], self.totals["met"])

    @property
    def answered_share(self) -> Estimate:
        return top_box(self.totals["answered"], self.totals["asked"])


def coverage(person: Person, window: Window, *, location: int | None = None) -> Coverage:
    """Interactions in ``window`` and what became of them, by touchpoint; elements never measured.

    An interaction is asked when there is an invitation about it, answered when a response came to it. At most six
    queries and one for the time zone.
    """
    met = _interactions(person, window, location)
    measured = _measured(person, window, location)
    points = Touchpoint.objects.select_related("stage").filter(Q(is_imported=False) | Q(pk__in=[*met, *measured]))
    rows = tuple(TouchpointCoverage(point, **met.get(point.pk, {}), **measured.get(point.pk, {})) for point in points)
    names = ("met", "asked", "answered", "opted_out", "no_address", "skipped", "unexplained")
    totals = {name: sum(getattr(row, name) for row in rows) for name in names}
    return Coverage(rows, _elements(rows), totals)


def _interactions(person: Person, window: Window, location: int | None) -> dict[int, dict[str, Any]]:
    start, end = window.instants(company_timezone())
    met = Interaction.objects.visible_to(person).filter(happened_at__gte=start, happened_at__lt=end)
    if location is not None:
        met = met.filter(location=location or None)
    asked = Exists(Invitation.objects.filter(interaction=OuterRef("pk")))
    answered = Exists(Response.objects.filter(interaction=OuterRef("pk")))
    out = Q(customer__opted_out_at__isnull=False)
    silent_address = Q(customer__email="", customer__phone="")
    # Decided by a trigger; what the customer's own row says today is said by it
    decided = NotAsked.objects.filter(interaction=OuterRef("pk"))
    skipped = Exists(decided.exclude(reason__in=["opted_out", "no_address"]))
    decided_met = met.annotate(was_asked=asked, was_answered=answered, was_skipped=skipped)
    counted = decided_met.order_by().values("touchpoint")
    rows = counted.annotate(
        met=Count("pk"),
        asked=Count("pk", filter=Q(was_asked=True)),
        answered=Count("pk", filter=Q(was_asked=True, was_answered=True)),
        opted_out=Count("pk", filter=Q(was_asked=False) & out),
        no_address=Count("pk", filter=Q(was_asked=False) & ~out & silent_address),
        skipped=Count("pk", filter=Q(was_asked=False, was_skipped=True) & ~out & ~silent_address),
    )
    return _by_touchpoint(rows)


def unasked(person: Person, window: Window, *, touchpoint: int | None = None) -> QuerySet[Interaction]:
    """Interactions nobody asked about, the latest first, with their customer (row S2)."""
    start, end = window.instants(company_timezone())
    met = Interaction.objects.visible_to(person).filter(happened_at__gte=start, happened_at__lt=end)
    met = met.filter(~Exists(Invitation.objects.filter(interaction=OuterRef("pk"))))
    if touchpoint is not None:
        met = met.filter(touchpoint=touchpoint)
    met = met.prefetch_related(Prefetch("not_asked", NotAsked.objects.order_by("-decided_at")))
    return met.select_related("customer", "touchpoint", "location").order_by("-happened_at", "pk")


def reasons_not_asked(person: Person, window: Window, *, location: int | None = None) -> list[tuple[str, int]]:
    """Of what triggers decided in ``window``: why customers were not asked, each reason with how often. One query."""
    start, end = window.instants(company_timezone())
    rows = NotAsked.objects.visible_to(person).filter(decided_at__gte=start, decided_at__lt=end)
    if location is not None:
        rows = rows.filter(location=location)
    counted = rows.order_by().values_list("reason").annotate(times=Count("pk")).order_by("-times", "reason")
    return [(str(NotAsked.Reason(reason).label), times) for reason, times in counted]


def _by_touchpoint(rows: Iterable[Mapping[str, Any]]) -> dict[int, dict[str, Any]]:
    return {row["touchpoint"]: {name: row[name] for name in row if name != "touchpoint"} for row in rows}


def _measured(person: Person, window: Window, location: int | None) -> dict[int, dict[str, Any]]:
    """Touchpoint → how many scores in ``window``, and the last day that has any: from the engine where it is filled."""
    sql = f"""SELECT touchpoint, count(*) FILTER (WHERE answered_on BETWEEN $first AND $last), max(answered_on)
        FROM facts AS answers WHERE touchpoint IS NOT NULL AND score IS NOT NULL AND {USUAL}
            AND {seen_in_facts(person, location)} GROUP BY touchpoint"""  # noqa: S608 -- numbers of our own
    rows = rows_of_facts(sql, {"first": window.first_day, "last": window.last_day})
    if rows is None:
        return _measured_by_rows(person, window, location)
    return {point: {"scores": n, "last_measured": last} for point, n, last in rows}


def _measured_by_rows(person: Person, window: Window, location: int | None) -> dict[int, dict[str, Any]]:
    answers = Answer.objects.visible_to(person).filter(
        touchpoint__isnull=False,
        score__isnull=False,
        response__perspective="customer",
        response__moment="perception",
        response__subject__is_us=True,
    )
    if location is not None:
        answers = answers.filter(response__location=location or None)
    inside = Q(response__answered_on__gte=window.first_day, response__answered_on__lte=window.last_day)
    rows = (
        answers.order_by()
        .values("touchpoint")
        .annotate(scores=Count("pk", filter=inside), last_measured=Max("response__answered_on"))
    )
    return _by_touchpoint(rows)


def _elements(rows: tuple[TouchpointCoverage, ...]) -> tuple[ElementCoverage, ...]:
    result = []
    for value, name in Element.choices:
        own = [row for row in rows if row.touchpoint.element == value]
        days = [row.last_measured for row in own if row.last_measured]
        result.append(ElementCoverage(value, name, sum(row.scores for row in own), max(days, default=None)))
    return tuple(result)


def silent_customers(person: Person, now: datetime) -> QuerySet[Customer]:
    """Customers who met us in the last year and have not answered anything for the company's days of silence.

    They are silent, not satisfied. Each carries ``last_met_at`` and ``last_answered_at``; those who met us last come
    first.
    """
    company = the_company()
    since = now - timedelta(days=company.silent_after_days if company else 90)
    met = Interaction.objects.filter(customer=OuterRef("pk"), happened_at__gte=now - MET_WITHIN, happened_at__lte=now)
    answered = Response.objects.filter(customer=OuterRef("pk"), answered_at__gte=since, answered_at__lte=now)
    found = Customer.objects.visible_to(person).filter(Exists(met), ~Exists(answered), forgotten_at__isnull=True)
    last_met = Interaction.objects.filter(customer=OuterRef("pk"), happened_at__lte=now).order_by("-happened_at")
    last_answer = Response.objects.filter(customer=OuterRef("pk")).order_by("-answered_at")
    silent: QuerySet[Any] = found.annotate(
        last_met_at=Subquery(last_met.values("happened_at")[:1]),
        last_answered_at=Subquery(last_answer.values("answered_at")[:1]),
    )
    return silent.select_related("location").order_by("-last_met_at", "pk")
