"""The page of one case: what happened as one story, what is owed, what comes next, and the forms of what one can do."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from premura.core.channels import Channel
from premura.core.i18n import in_language
from premura.core.mail.models import OutgoingMail, Way
from premura.core.staff.models import Person
from premura.core.staff.roles import Ability
from premura.core.staff.staff import acknowledged_at, people_who_may
from premura.entrypoints.web.recovery import forms
from premura.loop.equip.reads import cards_for, has_helped, uses_of
from premura.loop.listen.definition import definition_from
from premura.loop.listen.kinds import CONTACT
from premura.loop.listen.models import NotAsked
from premura.loop.promise.calls import call_owed, may_call
from premura.loop.promise.models import Commitment
from premura.loop.promise.reads import duties_of
from premura.loop.recover.effort import Effort, effort_of
from premura.loop.recover.mailing import letters_of
from premura.loop.recover.models import (
    Attachment,
    Case,
    CaseSurvey,
    CostRule,
    Direction,
    Gesture,
    GestureRequest,
    Merge,
    Message,
    Mood,
    Pause,
    PlaybookTick,
    Remedy,
)
from premura.loop.recover.playbooks import Step, playbook
from premura.loop.recover.reads import Standing, authority_of, linked, others_of_customer, place_of_case, why_opened
from premura.loop.recover.remedies import TAKES_AMOUNT, cost_of


@dataclass(frozen=True)
class Moment:
    """One line of the story."""

    happened_at: datetime
    icon: str
    sentence: str
    by: Any = ""
    text: str = ""
    is_quote: bool = False
    gesture: Gesture | None = None
    amount: Any = None
    files: Sequence[Attachment] = ()
    # A reply or call of a colleague, that who leads may look at with them
    reply: Message | None = None


@dataclass(frozen=True)
class Offer:
    """One entry of the catalogue on this case: what it costs, and what happens when one chooses it."""

    remedy: Remedy
    cost: Any
    takes_amount: bool
    is_percent: bool
    asks: Person | None
    is_possible: bool


@dataclass
class Forms:
    """The forms of the page; the one that was sent and is wrong takes the place of its empty one."""

    message: Any
    assignment: Any
    gesture: Any
    promise: Any
    resolution: Any
    reopening: Any
    pause: Any
    joining: Any
    call: Any
    opened: str = ""


@dataclass
class CasePage:
    case: Case
    why: list[str]
    story: list[Moment]
    marks: list[tuple[str, str, str]]
    comments: list[tuple[str, str]]
    duties: list[Commitment]
    next_duty: Commitment | None
    standing: Standing
    offers: list[Offer]
    requests: list[GestureRequest]
    cards: list[Any]
    used: dict[int, bool]
    forms: Forms
    effort: Effort
    before: list[Case]
    may_work: bool
    # When the reader acknowledged the limit that holds for them now
    acknowledged_at: datetime | None = None
    spent: Any = None
    people: list[Person] = field(default_factory=list)
    # The call of who leads that waits, and whether the reader may make it
    call: Commitment | None = None
    may_call: bool = False
    may_become_card: bool = False
    # Earlier messages that the page leaves out
    hidden: int = 0
    pause: Pause | None = None
    steps: list[tuple[Step, PlaybookTick | None]] = field(default_factory=list)
    # The cards whose words a reply can begin with
    says: list[Any] = field(default_factory=list)
    moods: list[tuple[str, Any]] = field(default_factory=list)
    # How the customer says that it went: the latest time they were asked
    asked: CaseSurvey | None = None
    # Or why nobody asked them
    not_asked: NotAsked | None = None
    links: list[Case] = field(default_factory=list)
    others: list[Case] = field(default_factory=list)


#: Messages that the page shows at once; the rest is one tap away
MOST_SHOWN = 100


def case_page(case: Case, person: Person, *, sent: dict[str, Any] | None = None, whole: bool = False) -> CasePage:
    """Everything that the page shows; the number of queries does not depend on how much happened.

    ``whole``: the thread from its first message, however long.
    """
    now = timezone.now()
    may_work = person.may(Ability.WORK_CASES)
    duties = duties_of([case])[case.pk]
    standing = authority_of(person, case, now)
    people = people_who_may(Ability.WORK_CASES, case.location) if may_work else []
    gestures = list(case.gestures.select_related("remedy", "granted_by", "reverses", "reversal", "request__asked_by"))
    requests = list(case.gesture_requests.select_related("remedy", "asked_by", "routed_to", "decided_by"))
    thread, hidden = _thread(case, whole)
    pauses = list(case.pauses.select_related("paused_by", "ended_by"))
    letters = letters_of(thread)
    said = [_message(message, letters.get(message.pk)) for message in thread]
    story = [*said, *_pauses(pauses), *_merges(case), *_story(case, gestures, requests, duties)]
    story = sorted(story, key=lambda moment: moment.happened_at)[::-1]
    answers, effort = _answers(case), effort_of(case)
    return CasePage(
        case=case,
        why=why_opened(case),
        story=story,
        marks=[(question, mark, point) for question, mark, point, text in answers if not text],
        comments=[(question, text) for question, _mark, _point, text in answers if text],
        duties=duties,
        next_duty=next((duty for duty in duties if _is_next(duty, case)), None),
        standing=standing,
        offers=_offers(standing) if may_work else [],
        requests=[request for request in requests if request.decided_at is None],
        cards=(cards := cards_for(case.touchpoint, place_of_case(case))),
        says=[card for card in cards if in_language(card.say)],
        used=uses_of(person, f"case:{case.pk}"),
        forms=_forms(case, people, sent or {}),
        effort=effort,
        before=list(cast(Any, Case.objects).visible_to(person).filter(pk__in=effort.earlier)) if effort.earlier else [],
        may_work=may_work,
        acknowledged_at=acknowledged_at(person) if may_work else None,
        spent=sum((gesture.amount for gesture in gestures), 0),
        people=people,
        may_become_card=_may_become_card(case, person),
        call=(call := call_owed(duties)),
        may_call=call is not None and may_work and may_call(person, call),
        hidden=hidden,
        pause=next((pause for pause in pauses if pause.ended_at is None), None),
        steps=_steps(case) if case.is_open else [],
        moods=list(Mood.choices),
        asked=(asked := case.surveys.select_related("invitation__survey", "invitation__response").first()),
        not_asked=None if asked or case.is_open else NotAsked.objects.filter(occasion=f"case:{case.pk}").first(),
        links=linked(case, person),
        others=others_of_customer(case, person) if may_work and case.is_open else [],
    )


def _may_become_card(case: Case, person: Person) -> bool:
    """Solved, and nobody says that a card helped. At most one query."""
    return not case.is_open and person.may(Ability.EDIT_KNOWLEDGE) and not has_helped(f"case:{case.pk}")


def _steps(case: Case) -> list[tuple[Step, PlaybookTick | None]]:
    """The playbook's steps and who has done them. One query."""
    ticks = {tick.step: tick for tick in case.ticks.select_related("done_by")}
    return [(step, ticks.get(step.code)) for step in playbook(case.mood, case.severity)]


def _thread(case: Case, whole: bool) -> tuple[list[Message], int]:
    """The latest messages, and how many earlier ones there are. Three queries."""
    found = Message.objects.filter(Q(case=case) | Q(case__merged_into=case))
    rows = found.select_related("person").prefetch_related("attachments").order_by("-written_at", "-id")
    shown = list(rows if whole else rows[: MOST_SHOWN + 1])
    if whole or len(shown) <= MOST_SHOWN:
        return shown, 0
    return shown[:MOST_SHOWN], found.count() - MOST_SHOWN


def _is_next(duty: Commitment, case: Case) -> bool:
    """Whether ``duty`` can be the next step. The worker ends a first answer a moment after it was given."""
    if duty.ended_at is not None or duty.kind in ("approval", "manager_call"):
        return False
    return duty.kind != "first_answer" or case.first_answered_at is None


def _way_back(case: Case) -> str:
    """How whoever answers most likely does: who came by a link or a code reads the answer on their page."""
    return Channel.WEB if case.channel in (Channel.QR, Channel.LINK) else case.channel


def _forms(case: Case, people: list[Person], sent: dict[str, Any]) -> Forms:
    opened = next(iter(sent), "" if not case.is_open else "message" if case.first_answered_at is None else "")
    others = [person for person in people if person.pk != case.owner_id]
    empty: dict[str, Callable[[], Any]] = {
        "message": lambda: forms.MessageForm(case=case, initial={"channel": _way_back(case)}),
        "assignment": lambda: forms.AssignmentForm(people=others),
        "gesture": forms.GestureForm,
        "promise": forms.PromiseForm,
        "resolution": forms.ResolutionForm,
        "reopening": forms.ReopeningForm,
        "pause": forms.PauseForm,
        "joining": forms.JoiningForm,
        "call": forms.CallForm,
    }
    return Forms(**{name: sent.get(name) or make() for name, make in empty.items()}, opened=opened)


def _offers(standing: Standing) -> list[Offer]:
    offers = []
    for remedy in Remedy.objects.filter(is_active=True):
        takes_amount = remedy.cost_rule in TAKES_AMOUNT
        cost = None if takes_amount else cost_of(remedy)
        offers.append(
            Offer(
                remedy=remedy,
                cost=cost,
                takes_amount=takes_amount,
                is_percent=remedy.cost_rule == CostRule.PERCENT,
                asks=None if cost is None else standing.asks(cost),
                is_possible=cost is None or standing.is_possible(cost),
            )
        )
    return offers


def _answers(case: Case) -> list[tuple[str, str, str, str]]:
    """Question, mark, touchpoint and text of every answer of the response that opened the case. One query."""
    if case.response is None:
        return []
    definition = definition_from(case.response.version.definition)
    rows = []
    for answer in case.response.answers.select_related("touchpoint"):
        question = definition.question(answer.question)
        asked = in_language(question.text) if question else answer.question
        options = {option.code: in_language(option.text) for option in question.options} if question else {}
        mark = ", ".join(options.get(code, code) for code in answer.choices)
        if answer.score is not None:
            mark = _("%(score)s of %(top)s") % {"score": answer.score, "top": answer.scale.split("-")[-1]}
        reach = " · ".join(answer.contact[name] for name in CONTACT if answer.contact.get(name))
        rows.append((asked, mark, str(answer.touchpoint or ""), answer.text or reach))
    return rows


def _story(
    case: Case, gestures: list[Gesture], requests: list[GestureRequest], duties: list[Commitment]
) -> Iterator[Moment]:
    yield Moment(case.opened_at, "flag", _("The case was opened"), case.opened_by or "")
    yield from _assignments(case)
    yield from _resolutions(case)
    for gesture in gestures:
        yield _gesture(gesture)
    yield from _requests(requests)
    yield from _promises(duties)


def _message(message: Message, letter: OutgoingMail | None) -> Moment:
    sentences = {
        Direction.IN: ("inbox", _("The customer told us")),
        Direction.OUT: ("send", _("We told the customer")),
        Direction.NOTE: ("edit", _("Note")),
    }
    icon, sentence = sentences[Direction(message.direction)]
    channel = message.get_channel_display() if message.channel and message.direction != Direction.NOTE else ""
    if letter is not None:
        channel = f"{letter.get_channel_display()}, {_fate(letter)}"
    sentence = f"{sentence} ({channel})" if channel else sentence
    is_quote = message.direction == Direction.IN
    files = list(message.attachments.all())
    by = message.person or ""
    reply = message if message.direction == Direction.OUT and message.person_id and message.text else None
    return Moment(message.written_at, icon, sentence, by, message.text, is_quote, files=files, reply=reply)


def _fate(letter: OutgoingMail) -> str:
    is_text = letter.channel != Way.EMAIL
    if letter.delivered_at:
        return _("delivered")
    if letter.bounced_at and is_text:
        return _("not delivered, says the provider")
    if letter.bounced_at:
        return _("came back: nobody has this address")
    if letter.given_up_at:
        return _("could not be sent")
    if not letter.sent_at:
        return _("waits to be sent")
    return _("sent, no receipt") if is_text else _("sent")


def _assignments(case: Case) -> Iterator[Moment]:
    for row in case.assignments.select_related("person", "assigned_by"):
        sentence = _("Now with %(name)s") % {"name": row.person}
        yield Moment(row.assigned_at, "user", sentence, row.assigned_by or "", row.reason)


def _pauses(pauses: list[Pause]) -> Iterator[Moment]:
    for row in pauses:
        sentence = _("We wait for the customer: %(what)s") % {"what": row.waiting_for}
        yield Moment(row.paused_at, "pause", sentence, row.paused_by)
        if row.ended_at:
            yield Moment(row.ended_at, "play", _("The clock runs again"), row.ended_by or "")


def _merges(case: Case) -> Iterator[Moment]:
    """This case into another, and others into this one. One query."""
    rows = Merge.objects.filter(Q(case=case) | Q(into=case)).select_related("case", "into", "merged_by", "undone_by")
    for row in rows:
        values = {"number": row.into_id if row.case_id == case.pk else row.case_id, "case": row.case}
        into_other = _("Dealt with in case %(number)s from now on") % values
        sentence = into_other if row.case_id == case.pk else _("Case %(number)s is dealt with here: %(case)s") % values
        yield Moment(row.merged_at, "copy", sentence, row.merged_by)
        if row.undone_at:
            yield Moment(row.undone_at, "copy", _("The two cases are apart again"), row.undone_by or "")


def _resolutions(case: Case) -> Iterator[Moment]:
    for row in case.resolutions.select_related("resolved_by", "reopening__reopened_by"):
        words = (
            _("with an apology or thanks")
            if row.apologised
            else _("without an apology: %(why)s") % {"why": row.no_apology_reason}
        )
        sentence = _("Put right, %(apology)s") % {"apology": words}
        yield Moment(row.resolved_at, "circle-check", sentence, row.resolved_by, row.text)
        reopening = getattr(row, "reopening", None)
        if reopening is not None:
            yield Moment(reopening.reopened_at, "refresh", _("Reopened"), reopening.reopened_by or "", reopening.reason)


def _gesture(row: Gesture) -> Moment:
    name = {"gesture": row.remedy}
    sentence = (_("Taken back: %(gesture)s") if row.reverses_id else _("We gave: %(gesture)s")) % name
    if row.request and row.request.asked_by_id != row.granted_by_id:
        sentence = _("%(sentence)s (asked by %(name)s)") % {"sentence": sentence, "name": row.request.asked_by}
    return Moment(row.granted_at, "gift", sentence, row.granted_by, row.words, gesture=row, amount=row.amount or None)


def _requests(requests: list[GestureRequest]) -> Iterator[Moment]:
    for row in requests:
        values = {"gesture": row.remedy, "name": row.routed_to}
        sentence = _("Asked %(name)s for: %(gesture)s") % values
        yield Moment(row.asked_at, "hand", sentence, row.asked_by, row.words, amount=row.amount)
        if row.decided_at and row.is_granted is False:
            yield Moment(row.decided_at, "x", _("Not granted: %(gesture)s") % values, row.decided_by or "", row.reason)


def _promises(duties: list[Commitment]) -> Iterator[Moment]:
    for row in duties:
        if row.made_by_id is None:
            continue  # deadlines stand beside the story, not in it
        yield Moment(row.made_at, "calendar", _("Promised: %(what)s") % {"what": row.what}, row.owner)
        if row.ended_at:
            sentence = _("Promise %(outcome)s: %(what)s") % {
                "outcome": row.outcome.get_outcome_display(),
                "what": row.what,
            }
            yield Moment(row.ended_at, "calendar", sentence, "", row.outcome.note)
