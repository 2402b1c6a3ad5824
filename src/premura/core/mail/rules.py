"""Judgement of mail, pure: when to try again, and what a delivery report says (RFC 3464)."""

from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import Message

PAUSES = [timedelta(minutes=m) for m in (1, 5, 15, 60, 180)]
#: A letter about a visit is worth nothing after so long
GIVE_UP_AFTER = timedelta(days=3)
REPORT_LIMIT = 2_000_000


def pause_after(attempts: int) -> timedelta:
    """How long a letter waits after so many attempts.

    >>> pause_after(1), pause_after(99)
    (datetime.timedelta(seconds=60), datetime.timedelta(seconds=10800))
    """
    return PAUSES[min(max(attempts, 1), len(PAUSES)) - 1]


@dataclass(frozen=True, slots=True)
class Bounce:
    """One recipient of one of our letters: ``is_permanent`` when the address does not exist (status 5.x.x)."""

    message_id: str
    address: str
    status: str
    detail: str

    @property
    def is_permanent(self) -> bool:
        return self.status.startswith("5")


def read_bounces(report: bytes) -> list[Bounce]:
    """The failed deliveries that ``report`` tells of; empty for any other message.

    Only a report that carries the ``Message-ID`` of the returned letter counts, so that nobody can mark an address by
    writing to us that it is dead.
    """
    if len(report) > REPORT_LIMIT:
        return []
    message = message_from_bytes(report, policy=policy.default)
    if message.get_content_type() != "multipart/report":
        return []
    parts: list[Message] = list(message.walk())
    message_id = _returned_id(parts)
    if not message_id:
        return []
    blocks = [block for part in parts if part.get_content_type() == "message/delivery-status" for block in _of(part)]
    return [bounce for block in blocks if (bounce := _bounce(block, message_id))]


def _of(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [block for block in payload if isinstance(block, Message)] if isinstance(payload, list) else []


def _bounce(block: Message, message_id: str) -> Bounce | None:
    if str(block.get("Action", "")).strip().lower() != "failed":
        return None
    address = str(block.get("Original-Recipient") or block.get("Final-Recipient") or "").partition(";")[2].strip()
    detail = " ".join(str(block.get("Diagnostic-Code", "")).split())[:300]
    return Bounce(message_id, address.lower(), str(block.get("Status", "")).strip()[:12], detail) if address else None


def _returned_id(parts: list[Message]) -> str:
    for part in parts:
        kind = part.get_content_type()
        if kind == "message/rfc822":
            for inner in _of(part):
                return str(inner.get("Message-ID", "")).strip()
        if kind == "text/rfc822-headers":
            raw = part.get_payload(decode=True)
            headers = message_from_bytes(raw if isinstance(raw, bytes) else b"", policy=policy.default)
            return str(headers.get("Message-ID", "")).strip()
    return ""
