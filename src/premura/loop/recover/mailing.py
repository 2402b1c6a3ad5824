"""A case by mail: what we answer goes out to the customer, and what they answer comes back into its one thread.

A letter is known by the letter of ours that it answers, or by the mark in its subject, which only who got it can know.
"""

import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from premura.core.channels import Channel
from premura.core.company.company import company_language, the_company
from premura.core.customers.customers import add_customer
from premura.core.customers.models import Customer
from premura.core.errors import PremuraError
from premura.core.mail.gateway import gateways
from premura.core.mail.mail import Enclosed, Letter, queue_letters, sender_of, take_report, the_server
from premura.core.mail.models import BadAddress, OutgoingMail, Way
from premura.core.mail.reach import way_to
from premura.core.staff.models import Person
from premura.core.staff.roles import Ability
from premura.loop.recover.attachments import FOLDER, MOST_A_CASE, TYPES, Given, attach, check_for
from premura.loop.recover.cases import open_case, shortened, write_message
from premura.loop.recover.letter_files import hand_on, keep_held, note_refused, sort_files
from premura.loop.recover.letters import LARGEST_MAIL, ReadLetter, read_letter
from premura.loop.recover.models import Attachment, Case, Direction, IncomingMail, Message

BY_MAIL = "by-mail"
_KEY = "case-message:"
_SHOWN = 60
#: A text message of 600 letters holds this much of an answer besides the address of the page
_MOST_IN_TEXT = 400
#: One person writes less; what comes above it waits for somebody to look
MOST_AN_HOUR = 12
#: Files go with a letter up to this size; on the wire they grow by a third, and many mailboxes take 20 MB
MOST_ENCLOSED = 10 * 1024 * 1024
Outcome = IncomingMail.Outcome


def code_of(case_id: int) -> str:
    """What makes the mark of a case more than its number: nobody can write into the thread of another."""
    return salted_hmac("premura.case.mail", str(case_id)).hexdigest()[:10]


def way_of(customer: Customer | None) -> tuple[str, str]:
    """Way and address by which what we answer leaves: a text message to who prefers one, else a letter; both empty
    when there is neither. One query.
    """
    if customer is None:
        return "", ""
    texts = gateways() if customer.phone and customer.preferred_channel in (Way.SMS, Way.WHATSAPP) else {}
    return way_to(email=customer.email, phone=customer.phone, preferred=customer.preferred_channel, texts=texts.keys())


def reply_by_mail(
    case: Case, text: str, *, by: Person, files: Sequence[Given] = (), at: datetime | None = None
) -> Message:
    """Write to the customer: into the thread, and as a letter with its files, or as a text message where they prefer
    one.

    Files that are too large for mailboxes stay on the customer's page, to which either leads.
    """
    customer, (way, address) = case.customer, way_of(case.customer)
    if customer is None or not way:
        raise PremuraError(
            "no-address", _("No e-mail address of this customer is written down. Call, or add it first.")
        )
    is_letter = way == Way.EMAIL
    if is_letter and BadAddress.objects.filter(address=address.lower()).exists():
        raise PremuraError("bad-address", _("Letters to this address come back. Call the customer and correct it."))
    at, found = at or timezone.now(), check_for(case, files)
    with transaction.atomic():
        channel = Channel.EMAIL if is_letter else Channel.LINK
        message = write_message(case, Direction.OUT, text, by=by, channel=channel, at=at)
        rows = attach(message, found)
        enclosed = _enclosed(rows) if is_letter else []
        with translation.override(customer.language):
            foot = _foot(case, by, stays_there=bool(rows) and not enclosed)
            letter = Letter(
                key=f"{_KEY}{message.pk}",
                channel=way,
                address=address,
                subject=f"{shortened(str(case), 120)} [#{case.pk}-{code_of(case.pk)}]",
                text=f"{message.text}\n\n{foot}" if is_letter else _short(case, message.text),
                customer_id=customer.pk,
                signed_by=by.name,
                reply_tag=f"c{case.pk}-{code_of(case.pk)}",
                files=enclosed,
            )
        queue_letters([letter], at)
    return message


def _short(case: Case, text: str) -> str:
    """The beginning of our answer, and always whole the address of the page on which they read it and answer."""
    company = the_company()
    foot = _("Read and answer: %(page)s") % {"page": f"{settings.ADDRESS}/c/{case.token}/"}
    head = f"{company.name}: {text}" if company else text
    return f"{shortened(head, _MOST_IN_TEXT)}\n{foot}"


def _enclosed(rows: Sequence[Attachment]) -> list[Enclosed]:
    """Files go with the letter, unless they are together more than mailboxes take."""
    if sum(row.size for row in rows) > MOST_ENCLOSED:
        return []
    return [Enclosed(row.name, TYPES[row.kind], f"{FOLDER}/{row.stored_as}") for row in rows]


def _foot(case: Case, by: Person, *, stays_there: bool) -> str:
    page = f"{settings.ADDRESS}/c/{case.token}/"
    way = _("Answer this letter, or write on the page of your case: %(page)s") % {"page": page}
    files = [_("The files that belong to it are on that page.")] if stays_there else []
    return "\n".join([by.name, *_keeper(case, by), "", way, *files])


def _keeper(case: Case, by: Person) -> list[str]:
    """Who looks after the customer signs with their name, also under what a colleague writes (row S50)."""
    keeper = case.customer.keeper if case.customer else None
    if keeper is None or keeper == by or not keeper.is_active:
        return []
    return [_("%(name)s looks after you") % {"name": keeper.name}]


def letters_of(messages: Sequence[Message]) -> dict[int, OutgoingMail]:
    """The letter or text message as which each went out, by message. One query, none without letters."""
    sent = (Channel.EMAIL, Channel.LINK)
    keys = [f"{_KEY}{one.pk}" for one in messages if one.direction == Direction.OUT and one.channel in sent]
    rows = OutgoingMail.objects.filter(key__in=keys) if keys else []
    return {int(row.key.removeprefix(_KEY)): row for row in rows}


def receive_mail(raw: bytes, *, at: datetime | None = None) -> IncomingMail:
    """Take a letter that came in: into the thread of its case, or as a new case; the same letter once.

    What a machine wrote is a note and nobody waits for an answer; our own letters, delivery reports and more than
    ``MOST_AN_HOUR`` from one address are kept on the list with the reason. Raises ``mail-too-large`` alone.
    """
    if len(raw) > LARGEST_MAIL:
        raise PremuraError("mail-too-large", _("This letter is larger than %(mb)s MB.") % {"mb": LARGEST_MAIL >> 20})
    at = at or timezone.now()
    letter = read_letter(raw)
    known = IncomingMail.objects.filter(message_id=letter.message_id).first()
    if known is not None:
        return known
    try:
        with company_language(), transaction.atomic():
            # The row first: two deliveries of one letter at the same moment write once
            row = IncomingMail.objects.create(
                message_id=letter.message_id, address=letter.address, subject=letter.subject, received_at=at
            )
            _take(row, letter, raw)
    except IntegrityError:
        return IncomingMail.objects.get(message_id=letter.message_id)
    return row


def _take(row: IncomingMail, letter: ReadLetter, raw: bytes) -> None:
    case = case_of(letter)
    if _is_ours(letter):
        row.outcome = Outcome.OURS
    elif letter.is_report:
        take_report(raw, row.received_at)
        row.outcome = Outcome.REPORT
    elif letter.is_automatic or not letter.address:
        row.outcome = Outcome.AUTOMATIC
        if case is not None:
            words = _("An automatic answer came: %(text)s") % {"text": shortened(letter.text or letter.subject, 500)}
            write_message(case, Direction.NOTE, words, by=None, channel=Channel.EMAIL, at=row.received_at)
    elif _is_too_much(row):
        row.outcome, row.text, row.files = Outcome.HELD, letter.text, keep_held(row.address, letter.files)
    else:
        row.outcome = Outcome.THREAD if case else Outcome.OPENED
        case = _write(case, letter, row.received_at)
    row.case = case
    row.save(update_fields=["outcome", "text", "files", "case"])


def case_of(letter: ReadLetter) -> Case | None:
    """The case that the letter is about, however many letters are between; ``None``: a new one. At most three queries.

    By our letter that it answers, else the case's own address or the mark in the subject, else the address of the
    case's page in what it quotes.
    """
    # A forgotten customer's case is closed for good: it has no words
    cases = Case.objects.exclude(title="").select_related("customer")
    if letter.about and (found := cases.filter(messages__in=_answered(letter.about)).first()):
        return found
    known = [number for number, code in letter.marks if hmac.compare_digest(code, code_of(number))]
    if known and (found := cases.filter(pk=known[0]).first()):
        return found
    return cases.filter(token__in=letter.pages).first() if letter.pages else None


def _answered(about: Sequence[str]) -> list[int]:
    """The message of ours, the latest, that went out under one of these ids."""
    letters = OutgoingMail.objects.filter(message_id__in=about, key__startswith=_KEY).order_by("-created_at")
    return [int(key.removeprefix(_KEY)) for key in letters.values_list("key", flat=True)[:1]]


def _is_ours(letter: ReadLetter) -> bool:
    server = the_server()
    ours = {parseaddr(sender_of(server))[1].lower(), server.reply_to.lower()} - {""}
    name, _at, domain = letter.address.rpartition("@")
    plain = f"{name.partition('+')[0]}@{domain}"
    return bool({letter.address, plain} & ours) or OutgoingMail.objects.filter(message_id=letter.message_id).exists()


def _is_too_much(row: IncomingMail) -> bool:
    lately = IncomingMail.objects.filter(
        address=row.address,
        received_at__gt=row.received_at - timedelta(hours=1),
        outcome__in=(Outcome.THREAD, Outcome.OPENED),
    )
    return lately.count() >= MOST_AN_HOUR


def _write(case: Case | None, letter: ReadLetter, at: datetime) -> Case:
    text = letter.text or letter.subject or _("(a letter without words)")
    if case is None:
        customer = _customer(letter, at)
        case = open_case(
            letter.subject or shortened(text),
            by=None,
            why=[{"code": BY_MAIL, "kind": BY_MAIL}],
            channel=Channel.EMAIL,
            customer=customer,
            location=customer.location,
            at=at,
        )
    message = write_message(case, Direction.IN, text, by=None, channel=Channel.EMAIL, at=at)
    kept, refused = sort_files(letter.files, room=_room(case))
    attach(message, kept)
    note_refused(case, refused, at)
    return case


def _room(case: Case) -> int:
    return max(0, MOST_A_CASE - Attachment.objects.filter(message__case=case).count())


def _customer(letter: ReadLetter, at: datetime) -> Customer:
    """Who has this address; a new one where nobody has, or where several have and nobody could say which."""
    found = list(Customer.objects.remembered().filter(email__iexact=letter.address)[:2])
    if len(found) == 1:
        return found[0]
    return add_customer(by=None, name=letter.name or letter.address, email=letter.address, at=at)


def mail_seen(person: Person) -> list[IncomingMail]:
    """The latest letters that ``person`` may see; those without a case only who leads. One query."""
    rows: Any = IncomingMail.objects.visible_to(person)
    if not person.may(Ability.EDIT_RULES):
        rows = rows.filter(case__isnull=False)
    return list(rows.select_related("case")[:_SHOWN])


def take_held(mail: IncomingMail, *, by: Person, at: datetime | None = None) -> Case:
    """Somebody has looked at a letter that was held back: with its files it goes into its case, or opens one."""
    at = at or timezone.now()
    with transaction.atomic():
        waiting = IncomingMail.objects.filter(pk=mail.pk, outcome=Outcome.HELD)
        if not waiting.update(outcome=Outcome.THREAD if mail.case_id else Outcome.OPENED, text="", files=[]):
            raise PremuraError("already-taken", _("This letter has been taken already. Nothing was changed."))
        letter = ReadLetter(
            message_id=mail.message_id, address=mail.address, name="", subject=mail.subject, text=mail.text,
            about=(), marks=(), pages=(), is_automatic=False, is_report=False, files=(),
        )  # fmt: skip
        case = _write(mail.case, letter, at)
        hand_on(mail.files, case, room=_room(case), at=at)
        IncomingMail.objects.filter(pk=mail.pk).update(case=case)
    return case
