"""Queue a letter, send what waits, mark addresses that do not exist."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from email.utils import formataddr, parseaddr
from pathlib import Path
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone

from premura.core.company.company import the_company
from premura.core.customers.models import Customer
from premura.core.history.history import record
from premura.core.mail.gateway import GatewayDownError, RefusedError, gateways, send_text
from premura.core.mail.models import BadAddress, Gateway, MailServer, OutgoingMail, Security, Way
from premura.core.mail.receipts import receipt_url
from premura.core.mail.rules import GIVE_UP_AFTER, pause_after, read_bounces
from premura.core.mail.sealing import seal, unseal
from premura.core.staff.models import Person

logger = logging.getLogger("premura.mail")
LEASE = timedelta(minutes=10)
BATCH = 100
TIMEOUT_SECONDS = 20
#: Why a reminder did not leave: a reason that is no failure
ANSWERED = "answered"


@dataclass(frozen=True)
class Enclosed:
    """A file that goes with a letter: its name, its type (*image/png*) and where it is below the media folder."""

    name: str
    type: str
    path: str


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What is to be sent, to whom; ``key`` makes sending it twice sending it once."""

    key: str
    address: str
    subject: str
    text: str
    html: str = ""
    customer_id: int | None = None
    unsubscribe_url: str = ""
    # Who wrote it, where a person did; without, it says that a machine wrote it
    signed_by: str = ""
    # Letters and figures that make the address for replies its own, where the company wants that
    reply_tag: str = ""
    files: Sequence[Enclosed] = ()
    # One of ``Way``: a text message has a number for an address, and neither subject nor html
    channel: str = Way.EMAIL


def queue_letters(letters: Iterable[Letter], now: datetime) -> None:
    """Write them down to be sent; part of the caller's transaction. A key that is there already is left alone."""
    rows = [
        OutgoingMail(
            key=letter.key,
            message_id=f"<{uuid4().hex}@{_domain()}>",
            channel=letter.channel,
            address=letter.address,
            customer_id=letter.customer_id,
            subject=" ".join(letter.subject.split())[:300],
            text=letter.text,
            html=letter.html,
            unsubscribe_url=letter.unsubscribe_url,
            signed_by=letter.signed_by[:160],
            reply_tag=letter.reply_tag,
            files=[asdict(file) for file in letter.files],
            created_at=now,
            due_at=now,
        )
        for letter in letters
    ]
    OutgoingMail.objects.bulk_create(rows, ignore_conflicts=True)


def waiting_keys(prefix: str) -> list[str]:
    """The keys, beginning so, of what still waits and is not being sent this moment. One query."""
    return list(_unclaimed(timezone.now()).filter(key__startswith=prefix).values_list("key", flat=True))


def call_off(keys: Sequence[str], reason: str, now: datetime) -> int:
    """What of these still waits is not sent, for ``reason``; returns how many."""
    rows = _unclaimed(now).filter(key__in=keys)
    return int(rows.update(given_up_at=now, claimed_until=None, error=reason)) if keys else 0


def _unclaimed(now: datetime) -> Any:
    return _waiting().filter(Q(claimed_until__isnull=True) | Q(claimed_until__lt=now))


def _domain() -> str:
    return _address_of(the_server()).rpartition("@")[2] or "premura"


def the_server() -> MailServer:
    """The one row, or an empty one that is not saved yet."""
    return MailServer.objects.filter(pk=1).first() or MailServer(pk=1)


def sender_of(server: MailServer, signed_by: str = "") -> str:
    """From whom a letter comes: the company, with who wrote it before its name."""
    known = server.sender_name or parseaddr(server.sender or settings.DEFAULT_FROM_EMAIL)[0]
    if not known and (company := the_company()):
        known = company.name
    return formataddr((", ".join(filter(None, [signed_by, known])), _address_of(server)))


def _address_of(server: MailServer) -> str:
    return parseaddr(server.sender or settings.DEFAULT_FROM_EMAIL)[1]


def replies_to(server: MailServer, tag: str = "") -> str:
    """Where an answer goes; with a ``tag``, to the address of what it is about, where the company has switched that on.

    Empty: to the sender.
    """
    if not tag or not server.tags_replies:
        return server.reply_to
    name, _at, domain = parseaddr(server.reply_to or _address_of(server))[1].rpartition("@")
    return f"{name}+{tag}@{domain}"


def change_server(password: str | None, *, by: Person | None = None, **fields: Any) -> MailServer:
    """Keep the settings; ``password`` ``None`` leaves the one that is there. What was refused is tried anew at once."""
    with transaction.atomic():
        server = the_server()
        for name, value in fields.items():
            setattr(server, name, value)
        if password is not None:
            server.password_sealed = seal(password)
        server.down_since, server.error = None, ""
        server.save()
        record("mail.server_changed", by=by, about=server, data={"fields": sorted(fields)})
        _waiting().filter(channel=Way.EMAIL).update(due_at=timezone.now())
    return server


def _connection(server: MailServer) -> Any:
    if not server.host:
        return get_connection()  # what the environment says, else files in the data folder
    return get_connection(
        "django.core.mail.backends.smtp.EmailBackend",
        host=server.host,
        port=server.port,
        username=server.username,
        password=unseal(server.password_sealed),
        use_tls=server.security == Security.STARTTLS,
        use_ssl=server.security == Security.TLS,
        timeout=TIMEOUT_SECONDS,
    )


def _waiting() -> Any:
    return OutgoingMail.objects.filter(sent_at__isnull=True, given_up_at__isnull=True)


def _free(now: datetime) -> Q:
    return Q(due_at__lte=now) & (Q(claimed_until__isnull=True) | Q(claimed_until__lt=now))


def send_waiting(limit: int = BATCH) -> int:
    """Send what is due, letters over one connection and text messages each by its gateway; how many were tried."""
    return send_letters(limit) + send_texts(limit)


def send_letters(limit: int = BATCH) -> int:
    """Send the letters that are due over one connection; returns how many were tried.

    Never inside a transaction: the network waits. A letter is claimed before it is sent: one that was interrupted in
    between goes out again with the same ``Message-ID`` after the lease.
    """
    now = timezone.now()
    ids = _due(now, limit, Way.EMAIL)
    if not ids:
        return 0
    server = the_server()
    connection = _connection(server)
    tried = 0
    try:
        connection.open()
        for pk in ids:
            if (mail := _claimed(pk, now)) is not None:
                tried += 1
                _send(mail, server, connection)
    except (OSError, SMTPException) as error:
        _postpone_all(server, error)
        return 0
    finally:
        _close(connection)
    MailServer.objects.filter(pk=1).update(down_since=None, error="", worked_at=timezone.now())
    return tried


def _due(now: datetime, limit: int, way: str) -> list[int]:
    rows = _waiting().filter(_free(now), channel=way).order_by("due_at", "id")
    return list(rows.values_list("pk", flat=True)[:limit])


def _claimed(pk: int, now: datetime) -> OutgoingMail | None:
    """The row, if nobody else has it."""
    claim = _waiting().filter(_free(now), pk=pk)
    if not claim.update(claimed_until=now + LEASE, attempts=F("attempts") + 1):
        return None
    return OutgoingMail.objects.select_related("customer").get(pk=pk)


def send_texts(limit: int = BATCH) -> int:
    """Send the text messages that are due; returns how many were tried. Where no gateway is set up they wait."""
    total = 0
    for kind, gateway in gateways().items():
        now, tried = timezone.now(), 0
        try:
            for pk in _due(now, limit, kind):
                if (mail := _claimed(pk, now)) is not None:
                    tried += 1
                    _send_text(mail, gateway)
        except GatewayDownError as error:
            _postpone_texts(gateway, str(error))
        else:
            if tried:
                Gateway.objects.filter(pk=gateway.pk).update(down_since=None, error="", worked_at=timezone.now())
            total += tried
    return total


def _send_text(mail: OutgoingMail, gateway: Gateway) -> None:
    if mail.unsubscribe_url and mail.customer is not None and mail.customer.opted_out_at is not None:
        _give_up(mail, "opted out")
        return
    try:
        send_text(gateway, mail.address, mail.text, mail.message_id.strip("<>").partition("@")[0], receipt_url(mail.pk))
    except RefusedError as error:
        _give_up(mail, str(error))
    else:
        _mark_sent(mail)


def _postpone_texts(gateway: Gateway, reason: str) -> None:
    """The gateway is away or refuses us: its messages wait a minute, and those that waited for days are given up."""
    now = timezone.now()
    logger.warning("the gateway for %s cannot be used, trying again in a minute: %s", gateway.kind, reason)
    rows = _waiting().filter(channel=gateway.kind, due_at__lte=now)
    rows.filter(created_at__lt=now - GIVE_UP_AFTER).update(given_up_at=now, claimed_until=None, error=reason[:500])
    rows.update(due_at=now + pause_after(1), claimed_until=None, error=reason[:500])
    Gateway.objects.filter(pk=gateway.pk).update(error=reason[:500])
    Gateway.objects.filter(pk=gateway.pk, down_since__isnull=True).update(down_since=now)


def _close(connection: Any) -> None:
    try:
        connection.close()
    except (OSError, SMTPException):
        logger.info("the mail server hung up first")


def _send(mail: OutgoingMail, server: MailServer, connection: Any) -> None:
    """One letter: what is wrong with it alone concerns it alone; any other failure is the server's and is raised."""
    if (bad := BadAddress.objects.filter(address=mail.address.lower()).first()) is not None:
        _give_up(mail, bad.reason)
        return
    if mail.unsubscribe_url and mail.customer is not None and mail.customer.opted_out_at is not None:
        _give_up(mail, "opted out")
        return
    try:
        connection.send_messages([_message(mail, server, connection)])
    except SMTPRecipientsRefused as error:
        code, words = next(iter(error.recipients.values()))
        _refused(mail, code, words)
    except SMTPDataError as error:
        _refused(mail, error.smtp_code, error.smtp_error, is_address=False)
    else:
        _mark_sent(mail)


def _message(mail: OutgoingMail, server: MailServer, connection: Any) -> EmailMultiAlternatives:
    headers = {"Message-ID": mail.message_id}
    if not mail.signed_by:
        headers["Auto-Submitted"] = "auto-generated"
    if mail.unsubscribe_url:
        headers |= {
            "List-Unsubscribe": f"<{mail.unsubscribe_url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
    message = EmailMultiAlternatives(
        mail.subject,
        mail.text,
        sender_of(server, mail.signed_by),
        [mail.address],
        headers=headers,
        reply_to=list(filter(None, [replies_to(server, mail.reply_tag)])),
        connection=connection,
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    for file in mail.files:
        path = Path(settings.MEDIA_ROOT) / file["path"]
        if path.is_file():
            message.attach(file["name"], path.read_bytes(), file["type"])
    return message


def _refused(mail: OutgoingMail, code: int, words: bytes | str, *, is_address: bool = True) -> None:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    reason = f"{code} {' '.join(text.split())}"[:500]
    if code >= 500:
        if is_address:
            mark_address(mail.address, reason, timezone.now())
        _give_up(mail, reason)
    else:
        _postpone(mail, reason)


def _mark_sent(mail: OutgoingMail) -> None:
    """It left. A report that it never arrived may have come first, while the server was still talking to us: its reason
    stays.
    """
    why = Case(When(bounced_at__isnull=False, then=F("error")), default=Value(""))
    OutgoingMail.objects.filter(pk=mail.pk).update(sent_at=timezone.now(), claimed_until=None, error=why)


def _give_up(mail: OutgoingMail, reason: str) -> None:
    OutgoingMail.objects.filter(pk=mail.pk).update(given_up_at=timezone.now(), claimed_until=None, error=reason[:500])


def _postpone(mail: OutgoingMail, reason: str) -> None:
    now = timezone.now()
    if now - mail.created_at > GIVE_UP_AFTER:
        _give_up(mail, reason)
        return
    due = now + pause_after(mail.attempts)
    OutgoingMail.objects.filter(pk=mail.pk).update(due_at=due, claimed_until=None, error=reason[:500])


def _postpone_all(server: MailServer, error: Exception) -> None:
    """The server is away or refuses us: everything waits a minute, nothing is lost, and the manager sees why."""
    now = timezone.now()
    reason = f"{type(error).__name__}: {error}"[:500]
    logger.warning("the mail server cannot be used, trying again in a minute: %s", reason)
    rows = _waiting().filter(channel=Way.EMAIL, due_at__lte=now)
    rows.update(due_at=now + pause_after(1), claimed_until=None, error=reason)
    MailServer.objects.get_or_create(pk=1)
    MailServer.objects.filter(pk=1).update(error=reason)
    MailServer.objects.filter(pk=1, down_since__isnull=True).update(down_since=now)


def mark_address(address: str, reason: str, now: datetime) -> None:
    BadAddress.objects.get_or_create(address=address.lower(), defaults={"marked_at": now, "reason": reason[:500]})


def clear_address(address: str, *, by: Person | None = None) -> None:
    """The address may be written to again."""
    with transaction.atomic():
        for bad in BadAddress.objects.filter(address=address.lower()):
            record("mail.address_cleared", by=by, about=bad)
            bad.delete()


def take_report(report: bytes, now: datetime) -> int:
    """Mark the addresses of a delivery report on letters of ours; returns how many letters it was about."""
    count = 0
    for bounce in read_bounces(report):
        mail = OutgoingMail.objects.filter(message_id=bounce.message_id, address__iexact=bounce.address).first()
        if mail is None:
            continue
        count += 1
        if bounce.is_permanent:
            with transaction.atomic():
                OutgoingMail.objects.filter(pk=mail.pk).update(bounced_at=now, error=bounce.detail or bounce.status)
                mark_address(mail.address, f"{bounce.status} {bounce.detail}", now)
    return count


def forget(customer: Customer) -> None:
    """Empty the letters to ``customer``; that something was sent stays, what and where to does not."""
    if customer.email:
        clear_address(customer.email)
    OutgoingMail.objects.filter(customer=customer, sent_at__isnull=True, given_up_at__isnull=True).update(
        given_up_at=timezone.now()
    )
    OutgoingMail.objects.filter(customer=customer).update(
        address="", subject="", text="", html="", unsubscribe_url="", error="", reply_tag="", files=[]
    )
