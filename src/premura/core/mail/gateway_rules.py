"""Judgement of text messages, pure: a number as a gateway wants it, a template filled in, which addresses are ours."""

import ipaddress
import json
import re
from collections.abc import Mapping
from enum import StrEnum
from urllib.parse import quote, quote_plus, urlsplit

#: What may stand in a template, each in braces
NAMES = ("to", "text", "id", "secret", "receipt")
_NAME = re.compile(rf"\{{({'|'.join(NAMES)})\}}")
_ANY_NAME = re.compile(r"\{\{\s*[a-zA-Z_]+\s*\}\}|\{\s*[a-zA-Z_]+\s*\}")
_HEADER = re.compile(r"[-!#$%&'*+.^_`|~0-9A-Za-z]+")
#: A long message is paid for in pieces, and nobody reads it
TEXT_LIMIT = 600


class Fate(StrEnum):
    """What became of a message that was sent."""

    DELIVERED = "delivered"
    FAILED = "failed"


_SAID = {"status", "messagestatus", "smsstatus", "state", "dlrstatus", "messagestate", "deliverystatus", "dlr", "stat"}
_WHY = re.compile("err|reason|fault|cause")
_DELIVERED = {"delivered", "delivrd", "read", "seen", "deliveredtohandset"}
_FAILED = {
    "failed",
    "undelivered",
    "undeliv",
    "undeliverable",
    "rejected",
    "rejectd",
    "expired",
    "notdelivered",
    "error",
}


def read_receipt(said: Mapping[str, str]) -> Fate | None:
    """What a gateway's report says in the words that gateways use; ``None`` while it says nothing final.

    >>> read_receipt({"MessageStatus": "delivered"}), read_receipt({"id": "7", "stat": "UNDELIV"})
    (<Fate.DELIVERED: 'delivered'>, <Fate.FAILED: 'failed'>)
    >>> read_receipt({"status": "queued"}), read_receipt({"text": "delivered"})
    (None, None)
    """
    words = {_bare(value) for name, value in said.items() if _bare(name) in _SAID}
    if words & _DELIVERED:
        return Fate.DELIVERED
    return Fate.FAILED if words & _FAILED else None


def reason_in(said: Mapping[str, str]) -> str:
    """What a report says of the state and the fault, and nothing else of it; fit to be kept and shown.

    >>> reason_in({"MessageStatus": "failed", "ErrorCode": "30005", "To": "+390444555001"})
    'MessageStatus: failed, ErrorCode: 30005'
    """
    told = [f"{name}: {value}" for name, value in said.items() if _bare(name) in _SAID or _WHY.search(_bare(name))]
    return "".join(sign for sign in ", ".join(told) if sign.isprintable())[:500]


def _bare(word: str) -> str:
    return re.sub(r"[^a-z]", "", word.lower())


def international(phone: str, prefix: str) -> str:
    """``phone`` with the country's ``prefix`` where it has none; empty when it is no number.

    >>> international("0444 555-001", "+39"), international("0049 30 1234567", "+39"), international("chiama", "+39")
    ('+390444555001', '+49301234567', '')
    """
    kept = re.sub(r"[\s().\-/]", "", phone)
    if kept.startswith("00"):
        kept = "+" + kept[2:]
    if not kept.startswith("+"):
        kept = prefix + kept
    return kept if re.fullmatch(r"\+[1-9]\d{7,14}", kept) else ""


def filled_address(template: str, values: dict[str, str]) -> str:
    """The address with every value quoted: none of them can lead elsewhere.

    >>> filled_address("https://x.it/send?to={to}", {"to": "+39 1&a=b"})
    'https://x.it/send?to=%2B39%201%26a%3Db'
    """
    return _NAME.sub(lambda found: quote(values.get(found[1], ""), safe=""), template)


def filled_body(template: str, values: dict[str, str]) -> str:
    """The body: inside JSON as a JSON string's inside, inside a form as a form's value, else as it is.

    >>> filled_body('{"to": "{to}", "body": "{text}"}', {"to": "+39", "text": 'say "hi"'})
    '{"to": "+39", "body": "say \\\\"hi\\\\""}'
    >>> filled_body("to={to}&text={text}", {"to": "+39", "text": "a & b"})
    'to=%2B39&text=a+%26+b'
    """
    start = template.lstrip()[:1]
    is_form = start not in {"{", "[", "<"}

    def put(found: re.Match[str]) -> str:
        value = values.get(found[1], "")
        if start in {"{", "["}:
            return json.dumps(value, ensure_ascii=False)[1:-1]
        return quote_plus(value) if is_form else value.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")

    return _NAME.sub(put, template)


def unknown_names(template: str) -> list[str]:
    """What looks like a name to be filled in and is none.

    >>> unknown_names('{"to": "{to}", "text": "{message}"}'), unknown_names('{"a": {}, "to": "{to}"}')
    (['{message}'], [])
    """
    return [found for found in _ANY_NAME.findall(template) if not _NAME.fullmatch(found)]


def line_of_fault(template: str) -> int | None:
    """The line from which a body that begins as JSON is none; ``None`` when it can be read, or is no JSON at all.

    >>> line_of_fault('{"to": "{to}",\\n "text": {text}}'), line_of_fault('{"to": "{to}"}'), line_of_fault("to={to}")
    (2, None, None)
    """
    if template.lstrip()[:1] not in {"{", "["}:
        return None
    try:
        json.loads(filled_body(template, dict.fromkeys(NAMES, "x")))
    except json.JSONDecodeError as error:
        return error.lineno
    return None


def read_headers(text: str) -> list[tuple[str, str]]:
    """Lines ``Name: value``; ``ValueError`` with the line that is none.

    >>> read_headers("Authorization: Bearer {secret}\\n\\nX-A: b")
    [('Authorization', 'Bearer {secret}'), ('X-A', 'b')]
    """
    found = []
    for line in filter(None, map(str.strip, text.splitlines())):
        name, colon, value = line.partition(":")
        if not colon or not _HEADER.fullmatch(name) or name.lower() in {"host", "content-length", "connection"}:
            raise ValueError(line)
        found.append((name, value.strip()))
    return found


def is_public(address: str) -> bool:
    """Whether an IP address leads out of this machine and of every private network.

    >>> is_public("8.8.8.8"), is_public("127.0.0.1"), is_public("10.0.0.8"), is_public("::ffff:192.168.1.1")
    (True, False, False, False)
    """
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None)
    found = mapped or found
    return found.is_global and not found.is_multicast


def host_of(url: str) -> str:
    """The host of an address over HTTP; empty of anything else.

    >>> host_of("https://api.example.it/send"), host_of("file:///etc/passwd"), host_of("http://u:p@x.it/")
    ('api.example.it', '', '')
    """
    try:
        parts = urlsplit(url)
        port_is_fine = parts.port is None or 0 < parts.port < 65536
    except ValueError:
        return ""
    is_web = parts.scheme in {"http", "https"} and not parts.username and port_is_fine
    host = parts.hostname if is_web else ""
    return host if host and "{" not in parts.netloc else ""
