"""What a gateway reports about a text message afterwards: delivered, or not.

Every message has an address of its own for that, ``{receipt}`` in the gateway's settings. It is signed, and whoever has
it can say nothing but what became of that one message.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db.models import Count, F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse

from premura.core.errors import NotFound
from premura.core.mail.gateway_rules import Fate, read_receipt, reason_in
from premura.core.mail.models import OutgoingMail

_SALT = "premura.receipt"
_RECENT = timedelta(days=30)


def receipt_url(mail_id: int) -> str:
    """The whole address at which a gateway reports about one message; 0 is a test message, of which nothing is kept."""
    return f"{settings.ADDRESS}{reverse('gateway-receipt', args=[signing.dumps(mail_id, salt=_SALT)])}"


def take_receipt(token: str, said: Mapping[str, str], now: datetime) -> Fate | None:
    """Keep what the gateway says; ``None`` while it says nothing final.

    :class:`NotFound` for an address that we did not make. Delivered is the last word: a failure that comes after it, or
    the same report twice, changes nothing.
    """
    try:
        pk = signing.loads(token, salt=_SALT)
    except signing.BadSignature as error:
        raise NotFound from error
    fate = read_receipt(said)
    # It may come before we wrote down that the message is sent
    rows = OutgoingMail.objects.filter(pk=pk, delivered_at__isnull=True)
    if fate == Fate.DELIVERED:
        # What arrived has left: where the gateway's answer to us was lost on the way, it does not go out twice
        rows.update(delivered_at=now, sent_at=Coalesce(F("sent_at"), now), bounced_at=None, error="")
    elif fate == Fate.FAILED:
        rows.filter(bounced_at__isnull=True).update(bounced_at=now, error=reason_in(said))
    return fate


@dataclass(frozen=True)
class Receipts:
    """What became of the text messages of the last thirty days."""

    sent: int
    delivered: int
    failed: int

    @property
    def silent(self) -> int:
        """Sent, and nothing was heard since."""
        return self.sent - self.delivered - self.failed


def receipts(kind: str, now: datetime) -> Receipts:
    """One query."""
    rows = OutgoingMail.objects.filter(channel=kind, sent_at__isnull=False, created_at__gte=now - _RECENT)
    return Receipts(
        **rows.aggregate(
            sent=Count("pk"),
            delivered=Count("pk", filter=Q(delivered_at__isnull=False)),
            failed=Count("pk", filter=Q(delivered_at__isnull=True, bounced_at__isnull=False)),
        )
    )
