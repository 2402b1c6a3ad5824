"""The story of one customer: everything that happened between them and us, newest first, from every stage."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from premura.core.customers.models import Customer, Interaction
from premura.core.i18n import in_language
from premura.core.mail.models import OutgoingMail, Way
from premura.core.staff.models import Person
from premura.loop.listen.models import Answer, Response
from premura.loop.promise.models import Commitment
from premura.loop.recover.models import Case, Gesture

LIMIT = 60
#: Lines that stand on the page before somebody asks for all
SHORT = 25
FEW_MARKS = 4
#: Kinds of question that people call by their letters
NAMED = frozenset({"nps", "csat", "ces"})


@dataclass(frozen=True)
class Moment:
    """One line of the story."""

    happened_at: datetime
    icon: str
    sentence: str
    detail: str = ""
    url: str = ""


class Said(NamedTuple):
    """What the page reads of one answer."""

    kind: str
    scale: str
    score: int | None
    text: str


@dataclass(frozen=True)
class Heard:
    """What the page reads of one response, as plain values: rows of the model cost more than the page says."""

    pk: Any
    answered_at: datetime
    said: Sequence[Said]


@dataclass(frozen=True)
class Story:
    moments: list[Moment]
    is_cut: bool
    cases: list[Case]
    waiting: list[Commitment]
    responses: list[Heard]
    gestures: list[Gesture]
    letters: list[OutgoingMail]
    is_silent: bool
    met_at: datetime | None

    @property
    def open_cases(self) -> list[Case]:
        return [case for case in self.cases if case.is_open]

    @property
    def last_response(self) -> Heard | None:
        return self.responses[0] if self.responses else None


def story_of(customer: Customer, person: Person, *, silent_before: datetime, is_whole: bool = True) -> Story:
    """What ``person`` may see of ``customer``'s story: eight queries, whatever its length."""
    # One more than is shown says that there is more
    most = LIMIT if is_whole else SHORT + 1
    responses = _responses_of(customer, person, most)
    cases = list(Case.objects.visible_to(person).filter(customer=customer).only(*_OF_CASE)[:LIMIT])
    commitments = _commitments_of(customer, person)
    gestures = _gestures_of(customer, person)
    letters = list(OutgoingMail.objects.filter(customer=customer).only(*_OF_LETTER).order_by("-created_at")[:most])
    met = customer.interactions.all().visible_to(person)
    interactions = list(met.select_related("touchpoint", "location").only(*_OF_MEETING)[:most])
    lines: list[_Line] = [
        *((row.happened_at, partial(_meeting, row)) for row in interactions),
        *((row.answered_at, partial(_answer, row)) for row in responses),
        *_cases(cases),
        *((row.granted_at, partial(_gesture, row)) for row in gestures),
        *((row.created_at, partial(_letter, row)) for row in letters if row.subject),
        *((row.ended_at, partial(_commitment, row)) for row in commitments if hasattr(row, "outcome") and row.ended_at),
    ]
    heard = responses[0].answered_at if responses else None
    return Story(
        moments=_latest(lines, 2 * LIMIT if is_whole else SHORT),
        is_cut=not is_whole and len(lines) > SHORT,
        cases=cases,
        # Soonest first
        waiting=[commitment for commitment in reversed(commitments) if commitment.ended_at is None],
        responses=responses,
        gestures=gestures,
        letters=letters,
        met_at=interactions[0].happened_at if interactions else None,
        is_silent=bool(interactions) and (heard is None or heard < silent_before),
    )


#: When something happened, and what says it: words are made only for what is shown
_Line = tuple[datetime, Callable[[datetime], Moment]]

_OF_CASE = ("title", "severity", "is_open", "opened_at", "resolved_at", "waiting_since", "customer")
_OF_LETTER = ("subject", "channel", "created_at", "bounced_at", "given_up_at", "sent_at", "delivered_at", "customer")
_OF_MEETING = ("happened_at", "channel", "note", "customer", "touchpoint__name", "location__name")
_OF_PROMISE = (
    "what",
    "due_at",
    "is_date_only",
    "ended_at",
    "paused_at",
    "kind",
    "made_by",
    "customer",
    "owner__name",
    "outcome__outcome",
)


def _latest(lines: list[_Line], most: int) -> list[Moment]:
    newest = sorted(lines, key=lambda line: line[0], reverse=True)[:most]
    return [say(happened_at) for happened_at, say in newest]


def _responses_of(customer: Customer, person: Person, most: int) -> list[Heard]:
    seen = Response.objects.visible_to(person).filter(customer=customer)
    rows = list(seen.order_by("-answered_at").values_list("pk", "answered_at")[:most])
    answers = Answer.objects.filter(response__in=[pk for pk, _when in rows]).exclude(score=None, text="")
    said: dict[Any, list[Said]] = defaultdict(list)
    for response, kind, scale, score, text in answers.order_by("pk").values_list(
        "response", "kind", "scale", "score", "text"
    ):
        said[response].append(Said(kind, scale, score, text))
    return [Heard(pk, answered_at, said[pk]) for pk, answered_at in rows]


def _commitments_of(customer: Customer, person: Person) -> list[Commitment]:
    rows = Commitment.objects.visible_to(person).filter(customer=customer).select_related("owner", "outcome")
    return list(rows.only(*_OF_PROMISE).order_by("-due_at")[:LIMIT])


def _gestures_of(customer: Customer, person: Person) -> list[Gesture]:
    rows: Any = Gesture.objects.filter(case__customer=customer, case__in=Case.objects.visible_to(person))
    # All of them: the page says what they come to
    return list(rows.select_related("remedy"))


def _meeting(row: Interaction, happened_at: datetime) -> Moment:
    where = f"{row.location} · " if row.location else ""
    detail = f"{where}{row.get_channel_display()}" + (f" · {row.note}" if row.note else "")
    return Moment(happened_at, "map", str(row.touchpoint), detail)


def _answer(response: Heard, happened_at: datetime) -> Moment:
    sentence = _("Answered: %(marks)s") % {"marks": marks_in_words(response)}
    said = next((answer.text for answer in response.said if answer.text), "")
    return Moment(happened_at, "message", sentence, said, reverse("response", args=[response.pk]))


def marks_in_words(response: Heard) -> str:
    """The marks that have a name, the first few of them, and how many others: an instrument of forty questions does
    not fill the page.
    """
    scored = [answer for answer in response.said if answer.score is not None]
    named = [_mark(answer) for answer in scored if answer.kind in NAMED]
    told, others = named[:FEW_MARKS], len(scored) - len(named[:FEW_MARKS])
    if others:
        words = (
            ngettext("%(n)s more mark", "%(n)s more marks", others)
            if told
            else ngettext("%(n)s mark", "%(n)s marks", others)
        )
        told.append(words % {"n": others})
    return ", ".join(told) or _("words only")


def _mark(answer: Said) -> str:
    """One mark as people say it: «NPS 9 of 10»."""
    top = answer.scale.split("-")[-1] if answer.scale else ""
    return _("%(kind)s %(score)s of %(top)s") % {"kind": answer.kind.upper(), "score": answer.score, "top": top}


def _cases(cases: list[Case]) -> Iterator[_Line]:
    for case in cases:
        yield case.opened_at, partial(_opened, case)
        if case.resolved_at:
            yield case.resolved_at, partial(_put_right, case)


def _opened(case: Case, happened_at: datetime) -> Moment:
    sentence = _("A case was opened: %(title)s") % {"title": case.title}
    return Moment(happened_at, "lifebuoy", sentence, "", reverse("case", args=[case.pk]))


def _put_right(case: Case, happened_at: datetime) -> Moment:
    sentence = _("The case was put right: %(title)s") % {"title": case.title}
    return Moment(happened_at, "check", sentence, "", reverse("case", args=[case.pk]))


def _letter(row: OutgoingMail, happened_at: datetime) -> Moment:
    sentence = _("Letter: %(subject)s") if row.channel == Way.EMAIL else _("Text message: %(subject)s")
    return Moment(happened_at, "mail", sentence % {"subject": row.subject}, _fate(row))


def _fate(letter: OutgoingMail) -> str:
    if letter.delivered_at:
        return _("It was delivered.")
    if letter.bounced_at and letter.channel != Way.EMAIL:
        return _("The provider says that it was not delivered.")
    if letter.bounced_at:
        return _("It came back: nobody has this address.")
    if letter.given_up_at:
        return _("It could not be sent.")
    if not letter.sent_at:
        return _("It waits to be sent.")
    return "" if letter.channel == Way.EMAIL else _("It was sent; the provider sent no receipt.")


def _gesture(row: Gesture, happened_at: datetime) -> Moment:
    sentence = _("Taken back: %(gesture)s") if row.reverses_id else _("We gave: %(gesture)s")
    words = sentence % {"gesture": in_language(row.remedy.name)}
    return Moment(happened_at, "gift", words, row.words, reverse("case", args=[row.case_id]))


def _commitment(row: Commitment, happened_at: datetime) -> Moment:
    sentence = f"{row.what}: {row.outcome.get_outcome_display()}"
    return Moment(happened_at, "calendar", sentence, str(row.owner), reverse("promise", args=[row.pk]))
