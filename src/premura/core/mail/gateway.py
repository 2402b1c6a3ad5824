"""Text messages by any gateway that takes one HTTP request a message; the same queue as the letters.

The request goes to the address that was looked up and judged, by the name that was asked for: a name that leads into
this machine or a private network is refused, unless the owner said that it may, and no redirection is followed.
"""

import http.client
import socket
import ssl
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.utils import timezone

from premura.core.history.history import record
from premura.core.mail.apprise_way import is_service, send_by_service
from premura.core.mail.gateway_rules import (
    TEXT_LIMIT,
    filled_address,
    filled_body,
    host_of,
    international,
    is_public,
    read_headers,
)
from premura.core.mail.models import Gateway, OutgoingMail
from premura.core.mail.sealing import seal, unseal
from premura.core.staff.models import Person

TIMEOUT_SECONDS = 15
_ANSWER_LIMIT = 2_000


class GatewayDownError(Exception):
    """The gateway cannot be reached, or refuses us: it is no message's fault."""


class RefusedError(Exception):
    """The gateway does not take this message."""


@dataclass(frozen=True)
class Reply:
    status: int
    body: str


def gateways() -> dict[str, Gateway]:
    """The ways by which text messages leave, by kind: those that are set up and on. One query."""
    return {row.kind: row for row in Gateway.objects.filter(is_on=True).exclude(url="")}


def change_gateway(kind: str, secret: str | None, *, by: Person, **fields: Any) -> Gateway:
    """Keep the settings; ``secret`` ``None`` leaves the one that is there. What waits is tried anew at once."""
    with transaction.atomic():
        gateway = Gateway.objects.filter(kind=kind).first() or Gateway(kind=kind)
        for name, value in fields.items():
            setattr(gateway, name, value)
        if secret is not None:
            gateway.secret_sealed = seal(secret)
        gateway.down_since, gateway.error = None, ""
        gateway.save()
        record("gateway.changed", by=by, about=gateway, data={"kind": kind, "fields": sorted(fields)})
        waiting = OutgoingMail.objects.filter(channel=kind, sent_at__isnull=True, given_up_at__isnull=True)
        waiting.update(due_at=timezone.now())
    return gateway


def send_text(gateway: Gateway, to: str, text: str, message_id: str, receipt: str = "") -> Reply:
    """One request. :class:`RefusedError` when it is this message's fault, :class:`GatewayDownError` when it is not."""
    number = international(to, gateway.prefix)
    if not number:
        raise RefusedError("no such number")
    secret = unseal(gateway.secret_sealed)
    values = {"to": number, "text": text[:TEXT_LIMIT], "id": message_id, "secret": secret, "receipt": receipt}
    url = filled_address(gateway.url, values)
    if is_service(gateway.url):
        return _judge_reply(_by_service(gateway, url, values["text"], secret), secret)
    body = filled_body(gateway.body, values) if gateway.method == "POST" else ""
    headers = {
        name: _one_line(value.replace("{receipt}", receipt).replace("{secret}", secret))
        for name, value in read_headers(gateway.headers)
    }
    if body and not any(name.lower() == "content-type" for name in headers):
        is_json = gateway.body.lstrip()[:1] in {"{", "["}
        headers["Content-Type"] = "application/json" if is_json else "application/x-www-form-urlencoded"
    try:
        reply = _request(gateway, url, body.encode(), headers)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise GatewayDownError(without_secret(f"{type(error).__name__}: {error}", secret)) from None
    return _judge_reply(reply, secret)


def _by_service(gateway: Gateway, url: str, text: str, secret: str) -> Reply:
    """By apprise. A service of the owner's own is judged as any host is, though it looks the name up again itself."""
    try:
        status, said = send_by_service(
            url, text, lambda host, port: _judged(host, port, allows_private=gateway.allows_private)
        )
    except (OSError, ValueError) as error:
        raise GatewayDownError(without_secret(f"{type(error).__name__}: {error}", secret)) from None
    return Reply(status, said)


def _judge_reply(reply: Reply, secret: str) -> Reply:
    said = without_secret(f"{reply.status} {' '.join(reply.body.split())}"[:400], secret)
    if reply.status in (400, 404, 406, 410, 413, 422):
        raise RefusedError(said)
    if not 200 <= reply.status < 300:
        raise GatewayDownError(said)
    return Reply(reply.status, said)


def _one_line(value: str) -> str:
    return value.replace("\r", "").replace("\n", "")


def without_secret(text: str, secret: str) -> str:
    """What a gateway answers may repeat the key; nobody reads it on a page."""
    return text.replace(secret, "•••") if secret else text


def _request(gateway: Gateway, url: str, body: bytes, headers: dict[str, str]) -> Reply:
    host, parts = host_of(url), urlsplit(url)
    if not host:
        raise ValueError("not an address over HTTP")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = _judged(host, port, allows_private=gateway.allows_private)
    connection = _Pinned(host, port, address, is_secure=parts.scheme == "https")
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        sent = {"User-Agent": "Premura", "Accept": "*/*", **headers}
        connection.request(gateway.method, path, body if gateway.method == "POST" else None, sent)
        answer = connection.getresponse()
        return Reply(answer.status, answer.read(_ANSWER_LIMIT).decode("utf-8", "replace"))
    finally:
        connection.close()


def _judged(host: str, port: int, *, allows_private: bool) -> str:
    """The address behind the name, looked up once: what is judged is what is called."""
    found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    allowed = [address for address in found if allows_private or is_public(address)]
    if not allowed or len(allowed) != len(found):
        raise ValueError("the name leads into this machine or a private network")
    return allowed[0]


class _Pinned(http.client.HTTPConnection):
    """A connection to one address under the name that was asked for."""

    def __init__(self, host: str, port: int, address: str, *, is_secure: bool) -> None:
        super().__init__(host, port, timeout=TIMEOUT_SECONDS)
        self._address, self._is_secure = address, is_secure

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self.port), self.timeout)
        if not self._is_secure:
            self.sock = plain
            return
        try:
            self.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise
