"""The story of one customer: everything that happened between them and us, newest first, from every stage."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import gettext as _

from premura.core.customers.models import Customer
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
#: What the page reads of an answer
MARKS = ("response", "question", "kind", "scale", "score", "text")


@dataclass(frozen=True)
class Moment:
    """One line of the story."""

    happened_at: datetime
    icon: str
    sentence: str
    detail: str = ""
    url: str = ""


@dataclass(frozen=True)
class Story:
    moments: list[Moment]
    is_cut: bool
    cases: list[Case]
    waiting: list[Commitment]
    responses: list[Response]
    gestures: list[Gesture]
    letters: list[OutgoingMail]
    is_silent: bool
    met_at: datetime | None

    @property
    def open_cases(self) -> list[Case]:
        return [case for case in self.cases if case.is_open]

    @property
    def last_response(self) -> Response | None:
        return self.responses[0] if self.responses else None


def story_of(customer: Customer, person: Person, *, silent_before: datetime, is_whole: bool = True) -> Story:
    """What ``person`` may see of ``customer``'s story: eight queries, whatever its length."""
    # One more than is shown says that there is more
    most = LIMIT if is_whole else SHORT + 1
    responses = list(
        Response.objects.visible_to(person)
        .filter(customer=customer)
        .select_related("survey", "location")
        .prefetch_related(Prefetch("answers", Answer.objects.exclude(score=None, text="").only(*MARKS)))[:most]
    )
    cases = list(Case.objects.visible_to(person).filter(customer=customer).select_related("owner", "location")[:LIMIT])
    commitments = list(
        Commitment.objects.visible_to(person)
        .filter(customer=customer)
        .select_related("owner", "outcome")
        .order_by("-due_at")[:LIMIT]
    )
    gestures = _gestures_of(customer, person)
    sent = OutgoingMail.objects.filter(customer=customer).defer("text", "html", "files")
    letters = list(sent.order_by("-created_at")[:most])
    interactions = list(_interactions(customer, person, most))
    moments = [
        *interactions,
        *_answers(responses),
        *_cases(cases),
        *_gestures(gestures),
        *_letters(letters),
        *_commitments(commitments),
    ]
    heard = responses[0].answered_at if responses else None
    return Story(
        moments=sorted(moments, key=lambda moment: moment.happened_at, reverse=True)[
            : 2 * LIMIT if is_whole else SHORT
        ],
        is_cut=not is_whole and len(moments) > SHORT,
        cases=cases,
        # Soonest first
        waiting=[commitment for commitment in reversed(commitments) if commitment.ended_at is None],
        responses=responses,
        gestures=gestures,
        letters=letters,
        met_at=interactions[0].happened_at if interactions else None,
        is_silent=bool(interactions) and (heard is None or heard < silent_before),
    )


def _interactions(customer: Customer, person: Person, most: int) -> Iterator[Moment]:
    rows = customer.interactions.all().visible_to(person).select_related("touchpoint", "location", "person")
    for row in rows[:most]:
        where = f"{row.location} · " if row.location else ""
        yield Moment(
            row.happened_at,
            "map",
            str(row.touchpoint),
            f"{where}{row.get_channel_display()}" + (f" · {row.note}" if row.note else ""),
        )


def _answers(responses: list[Response]) -> Iterator[Moment]:
    for response in responses:
        yield Moment(
            response.answered_at,
            "message",
            _("Answered: %(marks)s") % {"marks": marks_in_words(response)},
            next((answer.text for answer in response.answers.all() if answer.text), ""),
            reverse("response", args=[response.pk]),
        )


def marks_in_words(response: Response) -> str:
    """The first few of them; an instrument of forty questions does not fill the page."""
    found = marks(response)
    return ", ".join(found[:FEW_MARKS]) + (", …" if len(found) > FEW_MARKS else "") or _("words only")


def marks(response: Response) -> list[str]:
    """The scores of a response as people say them: «NPS 9 of 10»."""
    result = []
    for answer in response.answers.all():
        if answer.score is not None:
            top = answer.scale.split("-")[-1] if answer.scale else ""
            result.append(
                _("%(kind)s %(score)s of %(top)s") % {"kind": answer.kind.upper(), "score": answer.score, "top": top}
            )
    return result


def _cases(cases: list[Case]) -> Iterator[Moment]:
    for case in cases:
        url = reverse("case", args=[case.pk])
        yield Moment(case.opened_at, "lifebuoy", _("A case was opened: %(title)s") % {"title": case.title}, "", url)
        if case.resolved_at:
            yield Moment(
                case.resolved_at, "check", _("The case was put right: %(title)s") % {"title": case.title}, "", url
            )


def _gestures_of(customer: Customer, person: Person) -> list[Gesture]:
    rows: Any = Gesture.objects.filter(case__customer=customer, case__in=Case.objects.visible_to(person))
    return list(rows.select_related("remedy", "granted_by")[:LIMIT])


def _letters(letters: list[OutgoingMail]) -> Iterator[Moment]:
    for row in letters:
        if row.subject:
            sentence = _("Letter: %(subject)s") if row.channel == Way.EMAIL else _("Text message: %(subject)s")
            yield Moment(row.created_at, "mail", sentence % {"subject": row.subject}, _fate(row))


def _fate(letter: OutgoingMail) -> str:
    if letter.bounced_at:
        return _("It came back: nobody has this address.")
    if letter.given_up_at:
        return _("It could not be sent.")
    return "" if letter.sent_at else _("It waits to be sent.")


def _gestures(gestures: list[Gesture]) -> Iterator[Moment]:
    for row in gestures:
        name = in_language(row.remedy.name)
        sentence = _("Taken back: %(gesture)s") if row.reverses_id else _("We gave: %(gesture)s")
        yield Moment(
            row.granted_at, "gift", sentence % {"gesture": name}, row.words, reverse("case", args=[row.case_id])
        )


def _commitments(commitments: list[Commitment]) -> Iterator[Moment]:
    for row in commitments:
        outcome = getattr(row, "outcome", None)
        if outcome is not None and row.ended_at:
            yield Moment(
                row.ended_at,
                "calendar",
                f"{row.what}: {outcome.get_outcome_display()}",
                str(row.owner),
                reverse("promise", args=[row.pk]),
            )
