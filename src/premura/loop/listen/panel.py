"""The panel: customers invited to the board of ideas, who join, speak under a name of their choice, and leave (S15).

An invitation is a question like any other: who wishes none gets none, and it counts towards how often we may ask.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from premura.core.customers.models import Customer
from premura.core.errors import Conflict, PremuraError
from premura.core.history.history import Happened, record, record_each
from premura.core.mail.mail import queue_letters
from premura.core.mail.models import BadAddress
from premura.core.staff.models import Person
from premura.core.words import on_one_line
from premura.loop.listen.frequency import Decision, Occasion
from premura.loop.listen.idea_models import Idea, IdeaComment, IdeaStatus
from premura.loop.listen.occasions import against
from premura.loop.listen.panel_letters import PanelLetters
from premura.loop.listen.panel_models import Board, PanelAsking, PanelMember
from premura.loop.listen.triggers import decide_together

MOST_AT_ONCE = 500
NAME_LIMIT = 60
#: Who left comes back by their own link, and is not pressed
LEFT = "left"
_NO_WORDS = "—"


@dataclass(frozen=True, slots=True)
class Invited:
    """``asked``: customers. ``skipped``: customer → one of ``NotAsked.Reason``, or ``left``. ``members``: how many were
    on the panel already.
    """

    asked: list[int]
    skipped: dict[int, str]
    members: int


def the_board() -> Board:
    return Board.objects.filter(pk=1).first() or Board(pk=1)


def change_board(*, is_panel_only: bool, by: Person, at: datetime | None = None) -> bool:
    """For whom the board is open from now on. Nothing on it changes. False when that was so already."""
    with transaction.atomic():
        board = the_board()
        if board.is_panel_only == is_panel_only:
            return False
        board.is_panel_only = is_panel_only
        board.save()
        record("board.changed", by=by, about=board, at=at, data={"is_panel_only": is_panel_only})
    return True


def invite_to_panel(customers: Iterable[Customer], *, by: Person, at: datetime | None = None) -> Invited:
    """Write to each, under the company's limits; who is not asked is written down with the reason."""
    at, wanted = at or timezone.now(), _wanted(customers)
    with transaction.atomic():
        # In the order of their numbers: two who invite the same people at once wait for each other
        rows = Customer.objects.select_for_update(of=("self",)).filter(pk__in=wanted).order_by("pk")
        found = {row.pk: row for row in rows}
        known = _known(found)
        decisions = _decisions(found.values(), known, at)
        asked = [found[row.occasion.customer] for row in decisions if row.is_asked]
        members = [_invited(customer, known.get(customer.pk), at) for customer in asked]
        _write_down(decisions, found, members, by, at)
        letters = PanelLetters()
        queue_letters([letters.invitation(row) for row in members], at)
    return _outcome(decisions, len(found))


def look_ahead(customers: Iterable[Customer], *, at: datetime | None = None) -> Invited:
    """What :func:`invite_to_panel` would do now, customer by customer. Four queries, nothing written."""
    found = {row.pk: row for row in customers}
    _wanted(found.values())
    return _outcome(_decisions(found.values(), _known(found), at or timezone.now()), len(found))


def _wanted(customers: Iterable[Customer]) -> set[int]:
    wanted = {customer.pk for customer in customers}
    if len(wanted) > MOST_AT_ONCE:
        raise PremuraError(
            "too-many-at-once",
            _("These are %(found)s customers, and at most %(n)s are invited at once: narrow the choice.")
            % {"found": len(wanted), "n": MOST_AT_ONCE},
        )
    return wanted


def _known(customers: Iterable[int]) -> dict[int, PanelMember]:
    return {row.customer_id or 0: row for row in PanelMember.objects.filter(customer__in=list(customers))}


def _outcome(decisions: list[Decision], wanted: int) -> Invited:
    asked = [row.occasion.customer for row in decisions if row.is_asked]
    skipped = {row.occasion.customer: row.reason for row in decisions if not row.is_asked}
    return Invited(asked, skipped, wanted - len(decisions))


def _decisions(customers: Iterable[Customer], known: dict[int, PanelMember], at: datetime) -> list[Decision]:
    """Of all who are not on the panel; who is needs no invitation, and who is forgotten is nobody any more."""
    bad = set(BadAddress.objects.values_list("address", flat=True))
    found = [
        Occasion(row.pk, "panel", at, row.location_id, None, _against(row, known.get(row.pk), bad))
        for row in customers
        if row.forgotten_at is None and not (row.pk in known and known[row.pk].is_on)
    ]
    return decide_together(found, at)


def _against(customer: Customer, member: PanelMember | None, bad: set[str]) -> str:
    if member is not None and member.left_at:
        return LEFT
    # The link is of use in a letter: no text message is sent for it
    return against((customer.email, "", "", customer.opted_out_at), bad, frozenset())


def _invited(customer: Customer, member: PanelMember | None, at: datetime) -> PanelMember:
    if member is None:
        return PanelMember.objects.create(customer=customer, invited_at=at)
    member.customer, member.invited_at, member.withdrawn_at = customer, at, None
    member.serial += 1
    member.save(update_fields=["invited_at", "withdrawn_at", "serial"])
    return member


def _write_down(
    decisions: list[Decision], found: dict[int, Customer], members: list[PanelMember], by: Person, at: datetime
) -> None:
    PanelAsking.objects.bulk_create(
        PanelAsking(customer_id=row.occasion.customer, reason=row.reason, asked_at=at, asked_by=by) for row in decisions
    )
    record_each("panel.invited", [_happened(row, by, at) for row in members])
    skipped = [
        Happened(
            about=found[row.occasion.customer],
            at=at,
            by=by,
            customer_id=row.occasion.customer,
            location_id=row.occasion.location,
            data={"reason": row.reason},
        )
        for row in decisions
        if not row.is_asked
    ]
    record_each("panel.not-invited", skipped)


def _happened(member: PanelMember, by: Person | None, at: datetime) -> Happened:
    location = member.customer.location_id if member.customer else None
    return Happened(about=member, at=at, by=by, customer_id=member.customer_id, location_id=location, data={})


def join_panel(member: PanelMember, shown_name: str, *, wants_mail: bool, at: datetime | None = None) -> PanelMember:
    """The customer is on the panel, or comes back to it, or changes under which name and whether we write to them."""
    at = at or timezone.now()
    with transaction.atomic():
        row = PanelMember.objects.select_for_update(of=("self",)).select_related("customer__location").get(pk=member.pk)
        is_new = row.joined_at is None or row.left_at is not None
        row.shown_name, row.wants_mail = on_one_line(shown_name)[:NAME_LIMIT], wants_mail
        if row.withdrawn_at:
            raise Conflict("link-withdrawn", _("We took this invitation back."))
        row.joined_at, row.left_at = row.joined_at or at, None
        row.save(update_fields=["shown_name", "wants_mail", "joined_at", "left_at"])
        record_each("panel.joined" if is_new else "panel.changed", [_happened(row, None, at)])
    return row


def stop_letters(member: PanelMember, *, at: datetime | None = None) -> bool:
    """No more letters of what became of ideas; the member stays. False when that was so already."""
    with transaction.atomic():
        if not PanelMember.objects.filter(pk=member.pk, wants_mail=True).update(wants_mail=False):
            return False
        record_each("panel.changed", [_happened(member, None, at or timezone.now())])
    return True


def leave_panel(member: PanelMember, *, by: Person | None = None, at: datetime | None = None) -> bool:
    """The member leaves, or who is invited says no; what they said stays, under the name they gave. False when they
    had left already.
    """
    at = at or timezone.now()
    with transaction.atomic():
        rows = PanelMember.objects.filter(pk=member.pk, left_at__isnull=True)
        if not rows.update(left_at=at, wants_mail=False):
            return False
        record_each("panel.left", [_happened(member, by, at)])
    return True


def withdraw_invitation(member: PanelMember, *, by: Person, at: datetime | None = None) -> None:
    """Nobody joins by this invitation any more. Who has answered it is not uninvited: they leave, or stay."""
    at = at or timezone.now()
    with transaction.atomic():
        rows = PanelMember.objects.filter(pk=member.pk, joined_at=None, left_at=None, withdrawn_at=None)
        if not rows.update(withdrawn_at=at):
            raise Conflict("answered", _("This invitation is answered, or withdrawn already. Nothing has changed."))
        record_each("panel.withdrawn", [_happened(member, by, at)])


def renew_link(member: PanelMember, *, by: Person, at: datetime | None = None) -> None:
    """Send who has joined a new link, because they ask for it or another has theirs: the old ones open nothing more."""
    at = at or timezone.now()
    with transaction.atomic():
        row = PanelMember.objects.select_for_update(of=("self",)).select_related("customer__location").get(pk=member.pk)
        if row.customer is None or not row.customer.email or row.joined_at is None or row.left_at:
            raise PremuraError("no-way", _("A new link goes by e-mail to who has joined and has not left."))
        row.serial += 1
        row.save(update_fields=["serial"])
        record_each("panel.link-renewed", [_happened(row, by, at)])
        queue_letters([PanelLetters().new_link(row)], at)


def forget_member(customer: Customer) -> None:
    """Words and names go, as everywhere; rows and votes stay as counts. An idea without words is on no board."""
    for member in PanelMember.objects.filter(customer=customer):
        IdeaComment.objects.filter(member=member).delete()
        ideas = Idea.objects.filter(member=member)
        ideas.exclude(status=IdeaStatus.MERGED).update(status=IdeaStatus.HIDDEN)
        ideas.update(title=_NO_WORDS, text="", member=None)
        member.left_at = member.left_at or timezone.now()
        member.customer, member.shown_name, member.wants_mail = None, "", False
        member.save()
