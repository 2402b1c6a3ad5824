"""What the pages show of cases: lists, one case's story, why it was opened, what one may spend."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from premura.core.channels import Channel
from premura.core.customers.models import Customer
from premura.core.errors import NotFound
from premura.core.i18n import in_language
from premura.core.ids import id_in
from premura.core.journeys.models import Touchpoint
from premura.core.staff.models import Person
from premura.core.staff.scope import seen_by
from premura.loop.listen.definition import SCALES, Definition, definition_from
from premura.loop.listen.open_page import Told
from premura.loop.recover import rules
from premura.loop.recover.authority import authority_on, people_to_ask
from premura.loop.recover.cases import BY_HAND
from premura.loop.recover.heard import OPEN_PAGE, WISH
from premura.loop.recover.mailing import BY_MAIL
from premura.loop.recover.models import (
    Attachment,
    Case,
    CaseQuerySet,
    CaseRule,
    Gesture,
    GestureRequest,
    Mention,
)
from premura.loop.recover.signals import SIGNAL
from premura.loop.recover.signals import WORDS as SIGNAL_WORDS


def case_for(person: Person, pk: int) -> Case:
    """The case with all that its page says of it, or :class:`NotFound`. One query, plus one for the person's places."""
    rows = Case.objects.select_related(
        "customer", "location", "touchpoint", "owner", "opened_by", "place", "response__version", "response__survey"
    )
    return seen_by(person, rows, pk=pk)


def place_of_case(case: Case) -> bytes | None:
    """Where what was told stands in meaning; ``None`` until the worker has read it."""
    found = getattr(case, "place", None)
    return bytes(found.place) if found else None


def request_for(person: Person, pk: int) -> GestureRequest:
    rows = GestureRequest.objects.select_related(
        "case__customer", "case__location", "remedy", "asked_by", "routed_to", "decided_by"
    )
    return seen_by(person, rows, pk=pk)


def gesture_for(person: Person, pk: int) -> Gesture:
    rows = Gesture.objects.select_related("case__customer", "case__location", "remedy", "granted_by", "reverses")
    return seen_by(person, rows, pk=pk)


@dataclass(frozen=True, kw_only=True)
class CaseFilter:
    """Which cases: each field that is set narrows the list."""

    state: str = "open"  # open, unanswered, waiting, resolved, all
    location: int | None = None
    owner: int | None = None
    # The department of who owns it
    team: str = ""
    severity: str = ""
    touchpoint: int | None = None
    customer: int | None = None
    opened_since: datetime | None = None
    search: str = ""


def cases(person: Person, chosen: CaseFilter) -> CaseQuerySet:
    """The cases that ``person`` may see and that fit, newest first."""
    rows: Any = Case.objects.visible_to(person)
    # ``IN`` and not ``=``: a bare column is no condition that SQLite finds in an index
    states = {
        "open": Q(is_open__in=(True,)),
        "unanswered": Q(is_open__in=(True,), first_answered_at=None),
        "waiting": Q(waiting_since__isnull=False),
        "resolved": Q(is_open__in=(False,)),
    }
    rows = rows.filter(states.get(chosen.state, Q()))
    exact = {
        "location_id": chosen.location,
        "owner_id": chosen.owner,
        "owner__department": chosen.team,
        "severity": chosen.severity,
        "touchpoint_id": chosen.touchpoint,
        "customer_id": chosen.customer,
    }
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    if chosen.opened_since:
        rows = rows.filter(opened_at__gte=chosen.opened_since)
    if chosen.search:
        text = chosen.search
        named = Customer.objects.filter(name__icontains=text).order_by().values("pk")
        rows = rows.filter(Q(title__icontains=text) | Q(customer__in=named) | Q(pk=id_in(text)))
    return rows.select_related("customer", "location", "touchpoint", "owner")  # type: ignore[no-any-return]


#: Fewer found cases than that are sorted at once
_FEW = 500
#: A search goes no further: who finds more says more words
MOST_FOUND = 2000


class Listed:
    """Cases as a paginator takes them: counted, then only the page's ids in order, then these rows with their names.

    A sort that carries every column of four tables costs ten times as much. What a search for words finds is looked up
    first: walking 100,000 cases in order until fifty of a few turn up costs ten times as much, too.
    """

    def __init__(self, rows: CaseQuerySet, *, is_search: bool = False) -> None:
        self.rows = rows
        self.is_search, self.is_more = is_search, False
        self.found: int | None = None
        if is_search:
            found = list(rows.order_by().values_list("pk", flat=True)[: _FEW + 1])
            if len(found) <= _FEW:
                self.found, self.rows = len(found), Case.objects.filter(pk__in=found).order_by(*rows.query.order_by)

    def count(self) -> int:
        if self.found is not None:
            return self.found
        if not self.is_search:
            return self.rows.count()
        found = self.rows.order_by()[: MOST_FOUND + 1].count()
        self.is_more = found > MOST_FOUND
        return min(found, MOST_FOUND)

    def __len__(self) -> int:
        return self.count()

    def __getitem__(self, part: slice) -> list[Case]:
        ids = list(self.rows.select_related(None).values_list("pk", flat=True)[part])
        found = Case.objects.select_related("customer", "location", "touchpoint", "owner").in_bulk(ids)
        return [found[pk] for pk in ids]


def linked(case: Case, person: Person) -> list[Case]:
    """The cases that are linked to it, or merged with it, and that ``person`` may see. One query."""
    rows: Any = Case.objects.visible_to(person)
    near = Q(links__other=case) | Q(linked_from__case=case) | Q(merged_into=case)
    if case.merged_into_id:
        near |= Q(pk=case.merged_into_id)
    return list(rows.filter(near).exclude(pk=case.pk).distinct().order_by("-opened_at")[:20])


def others_of_customer(case: Case, person: Person) -> list[Case]:
    """Other open cases of the same customer: what one may want to merge it with. One query."""
    if case.customer_id is None:
        return []
    rows: Any = Case.objects.visible_to(person).filter(customer=case.customer_id, is_open=True)
    return list(rows.exclude(pk=case.pk).order_by("-opened_at")[:20])


def mentions_of(person: Person) -> list[Mention]:
    """Notes in which a colleague names ``person`` and that they have not seen, the latest first. One query."""
    rows = Mention.objects.filter(person=person, seen_at=None, message__case__in=_seen_cases(person))
    return list(rows.select_related("message__case", "message__person").order_by("-message__written_at")[:20])


def _seen_cases(person: Person) -> Any:
    return Case.objects.visible_to(person).order_by().values("pk")


def see_mentions(case: Case, person: Person, now: datetime | None = None) -> None:
    """Opening a case is seeing what one is named in there. One query, and a second when there is something."""
    rows = Mention.objects.filter(message__case=case, person=person, seen_at=None)
    if rows.exists():
        rows.update(seen_at=now or timezone.now())


def attachment_for(case: Case, pk: int) -> Attachment:
    """A file of a case that one may see already."""
    found = Attachment.objects.filter(message__case=case, pk=pk).first()
    if found is None:
        raise NotFound()
    return found


def waiting_requests(person: Person) -> list[GestureRequest]:
    """Gestures on which ``person`` has to say yes or no. One query."""
    return list(
        GestureRequest.objects.waiting()
        .filter(routed_to=person)
        .select_related("case__customer", "remedy", "asked_by", "commitment")
        .order_by("asked_at")
    )


def why_opened(case: Case) -> list[str]:
    """Why the case was opened, as sentences in the reader's language. One query for the touchpoints' names."""
    definition = _definition(case)
    codes = {reason.get("touchpoint") for reason in case.why} - {None, ""}
    points = {point.code: str(point) for point in Touchpoint.objects.filter(code__in=codes)} if codes else {}
    return [_why(reason, case, definition, points) for reason in case.why] or [_by_hand(case)]


def _definition(case: Case) -> Definition | None:
    return definition_from(case.response.version.definition) if case.response else None


def _why(reason: dict[str, Any], case: Case, definition: Definition | None, points: dict[str, str]) -> str:
    if reason["code"] == BY_HAND:
        return _by_hand(case)
    if reason["code"] == BY_MAIL:
        return _("A letter came by e-mail that belongs to no other case")
    if reason["code"] == OPEN_PAGE:
        return _openly(reason["told"])
    if reason["code"] == WISH:
        return _("Asked to speak to a person after answering")
    if reason["code"] == SIGNAL:
        return str(SIGNAL_WORDS[reason["word"]])
    question = definition.question(reason.get("question", "")) if definition else None
    if reason["kind"] in rules.OTHER_KINDS:
        return _other_why(reason, question, points)
    values = {
        "score": reason["score"],
        "top": SCALES[reason["kind"]][1],
        "question": in_language(question.text) if question else kind_name(reason["kind"]),
        "at_most": reason["at_most"],
        "touchpoint": points.get(reason.get("touchpoint", ""), ""),
    }
    if values["touchpoint"]:
        return (
            _(
                "Gave %(score)s of %(top)s to the question “%(question)s” (%(touchpoint)s): "
                "the rule opens a case from %(at_most)s down"
            )
            % values
        )
    return (
        _("Gave %(score)s of %(top)s to the question “%(question)s”: the rule opens a case from %(at_most)s down")
        % values
    )


def _other_why(reason: dict[str, Any], question: Any, points: dict[str, str]) -> str:
    values = {
        "word": reason["word"],
        "question": in_language(question.text) if question else "",
        "count": reason["count"],
        "touchpoint": points.get(reason["touchpoint"], reason["touchpoint"]),
    }
    if reason["kind"] == "contacts":
        return _("Contact number %(count)s about one problem (%(touchpoint)s) in sixty days") % values
    if reason["kind"] == "falling":
        return _("The marks fall, question “%(question)s”: %(word)s") % values
    if reason["kind"] in ("late", "near"):
        values["day"] = date_format(timezone.localtime(datetime.fromisoformat(reason["due_at"])), "SHORT_DATE_FORMAT")
        late = _("Promised for %(day)s and late: %(word)s. The customer hears it from us first")
        near = _("Promised for %(day)s, nearly due and not kept yet: %(word)s")
        return (late if reason["kind"] == "late" else near) % values
    if reason["kind"] == "silence":
        return _("Nothing heard from the customer for %(count)s days after the case before was closed") % values
    if question:
        return _("Wrote “%(word)s” in answer to the question “%(question)s”") % values
    return _("Wrote “%(word)s”") % values


def _openly(told: str) -> str:
    if told == Told.COMPLAINT:
        return _("A complaint on the always-open page: each one is a case")
    values = {"told": Told(told).label}
    return _("Told on the always-open page (%(told)s), with the wish for an answer") % values


def _by_hand(case: Case) -> str:
    values = {"name": case.opened_by or _("the system"), "channel": Channel(case.channel).label}
    return _("Written down by %(name)s (%(channel)s)") % values


def kind_name(kind: str) -> str:
    """What a kind of scored question is called on a page."""
    names = {
        "nps": _("would recommend us (NPS)"),
        "csat": _("satisfaction (CSAT)"),
        "ces": _("how easy it was (CES)"),
    }
    return names.get(kind, kind)


def rule_sentence(rule: CaseRule) -> str:
    """What the rule does, said by itself."""
    values = {
        "what": _what(rule),
        "touchpoint": rule.touchpoint,
        "severity": rule.get_severity_display(),
    }
    if rule.touchpoint:
        return _("%(what)s, at “%(touchpoint)s”: a case of %(severity)s severity") % values
    return _("%(what)s, anywhere: a case of %(severity)s severity") % values


def _what(rule: CaseRule) -> str:
    if rule.kind == "words":
        words = _(" or ").join(f"«{word}»" for word in rules.words_of(rule.words))
        return _("%(words)s is mentioned") % {"words": words}
    if rule.kind == "contacts":
        return _("contact number %(n)s about one problem in sixty days") % {"n": rule.at_least}
    if rule.kind == "falling":
        return _("a customer's marks fall %(n)s times in a row") % {"n": rule.at_least}
    days = rule.at_least or 0
    if rule.kind == "late":
        if not days:
            return _("a promise is late")
        return ngettext("a promise is %(n)s day late", "a promise is %(n)s days late", days) % {"n": days}
    if rule.kind == "near":
        if not days:
            return _("a promise is due today and not kept")
        words = ngettext(
            "a promise is due within %(n)s day and not kept", "a promise is due within %(n)s days and not kept", days
        )
        return words % {"n": days}
    if rule.kind == "silence":
        return _("nothing heard for %(n)s days after a case was closed") % {"n": rule.at_least}
    values = {"question": kind_name(rule.kind), "at_most": rule.at_most, "top": SCALES[rule.kind][1]}
    return _("%(question)s at %(at_most)s of %(top)s or less") % values


@dataclass(frozen=True)
class Step:
    """Whom one asks, and up to what amount on this case now; ``None`` is any amount."""

    person: Person
    up_to: Decimal | None


@dataclass(frozen=True)
class Standing:
    """What one may spend without asking, what one has spent, and whom one asks above that."""

    authority: rules.Authority
    steps: list[Step] = field(default_factory=list)

    @property
    def room(self) -> Decimal | None:
        return self.authority.room

    def asks(self, cost: Decimal) -> Person | None:
        """Who would decide on ``cost``: ``None`` when it is done at once or nobody could (see ``is_possible``)."""
        if self.authority.covers(cost):
            return None
        return next((step.person for step in self.steps if step.up_to is None or cost <= step.up_to), None)

    def is_possible(self, cost: Decimal) -> bool:
        return self.authority.covers(cost) or self.asks(cost) is not None


def authority_of(person: Person, case: Case | None = None, now: datetime | None = None) -> Standing:
    """The limit of ``person``, what is spent of it (on ``case`` and this month), and the route above it. Nine queries.

    The route names only people who may spend more than everybody asked before them.
    """
    now = now or timezone.now()
    own = authority_on(case, person, now)
    if case is None:
        return Standing(own)
    people, authorities = people_to_ask(case, now, besides=person)
    steps: list[Step] = []
    reach = own.room
    for authority in rules.in_order_of_asking(authorities):
        if reach is None:
            break
        if authority.room is None or authority.room > reach:
            reach = authority.room
            steps.append(Step(people[authority.person_id], reach))
    return Standing(own, steps)
