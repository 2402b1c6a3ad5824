"""What the pages show of mail, each read with its number of queries."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from premura.core.mail.mail import the_server
from premura.core.mail.models import BadAddress, Gateway, Mailbox, MailServer, OutgoingMail

_SHOWN = 50
_RECENT = timedelta(days=30)


@dataclass(frozen=True)
class MailState:
    """How mail is doing: the server, what waits, what went out and what was given up in the last thirty days."""

    server: MailServer
    waiting: int
    sent: int
    given_up: list[OutgoingMail]
    bad: list[BadAddress]

    @property
    def is_down(self) -> bool:
        return self.server.down_since is not None


def waiting_count() -> int:
    return OutgoingMail.objects.filter(sent_at__isnull=True, given_up_at__isnull=True).count()


def bad_address_of(address: str) -> BadAddress | None:
    """The mark on this address, if it has one. One query, none without an address."""
    return BadAddress.objects.filter(address=address.lower()).first() if address else None


def mail_state(now: datetime) -> MailState:
    """Five queries."""
    recent = OutgoingMail.objects.filter(created_at__gte=now - _RECENT)
    return MailState(
        server=the_server(),
        waiting=waiting_count(),
        sent=recent.filter(sent_at__isnull=False).count(),
        given_up=list(recent.filter(given_up_at__isnull=False).exclude(error="")[:_SHOWN]),
        bad=list(BadAddress.objects.all()[:_SHOWN]),
    )


@dataclass(frozen=True)
class Stopped:
    """A way of writing or reading that cannot be used: ``kind`` is «mail», «mailbox», or that of a gateway."""

    kind: str
    since: datetime


def stopped() -> list[Stopped]:
    """What does not work now, for whoever can mend it. Three queries."""
    since = MailServer.objects.filter(down_since__isnull=False).values_list("down_since", flat=True)
    read = Mailbox.objects.filter(is_on=True, down_since__isnull=False).values_list("down_since", flat=True)
    texts = Gateway.objects.filter(is_on=True, down_since__isnull=False).values_list("kind", "down_since")
    found = [("mail", when) for when in since] + [("mailbox", when) for when in read] + list(texts)
    return [Stopped(kind, when) for kind, when in found if when]
