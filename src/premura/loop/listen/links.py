"""The public addresses of a survey, as links, posters and messages show them."""

import hashlib
import hmac
import time
from base64 import urlsafe_b64encode
from datetime import timedelta
from functools import lru_cache
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from django.conf import settings
from django.core import signing

from premura.loop.listen.models import Survey


class QuickSigner(signing.TimestampSigner):
    """Django's signer, byte for byte, for where thousands are signed a second: it derives its key once, not each time,
    and writes down the second once a second.

    >>> QuickSigner(key="k", salt="s").signature("x") == signing.TimestampSigner(key="k", salt="s").signature("x")
    True
    """

    _second, _written = -1, ""

    def signature(self, value: str | bytes, key: str | bytes | None = None) -> str:
        code = _keyed(str(self.salt) + "signer", key or self.key, self.algorithm).copy()
        code.update(value if isinstance(value, bytes) else value.encode())
        return urlsafe_b64encode(code.digest()).rstrip(b"=").decode()

    def timestamp(self) -> str:
        second = int(time.time())
        if second != self._second:
            self._second, self._written = second, signing.b62_encode(second)
        return self._written


@lru_cache(maxsize=8)
def _keyed(salt: str, key: str | bytes, algorithm: str) -> hmac.HMAC:
    """As ``django.utils.crypto.salted_hmac`` begins; what is signed is added to a copy."""
    derived = hashlib.new(algorithm, salt.encode() + (key if isinstance(key, bytes) else key.encode())).digest()
    return hmac.new(derived, digestmod=algorithm)


_WISH = QuickSigner(sep=".", salt="premura.wish")


def public_path(survey: Survey, *, location: str = "", channel: str = "", token: str = "") -> str:
    """The address on this server: ``location`` is the code of a place, ``channel`` how it reaches the customer."""
    said = {"at": location, "via": channel, "i": token}
    query = urlencode({name: value for name, value in said.items() if value})
    return f"/s/{survey.slug}{'?' if query else ''}{query}"


def public_link(survey: Survey, *, location: str = "", channel: str = "", token: str = "") -> str:
    """The whole address, as a telephone needs it."""
    return f"{settings.ADDRESS}{public_path(survey, location=location, channel=channel, token=token)}"


def wish_token(response_id: str) -> str:
    """What leads from an answer to the page on which one asks for a person. Signed; it says nothing and does nothing
    else.
    """
    return _WISH.sign(response_id.replace("-", ""))


def wish_link(response_id: str) -> str:
    """The whole address of that page."""
    return f"{settings.ADDRESS}/t/person/{wish_token(response_id)}/"


def response_of_wish(token: str) -> UUID | None:
    """Which answer the token belongs to, for a week; ``None`` of a forged or an old one."""
    try:
        return UUID(_WISH.unsign(token, max_age=timedelta(days=7)))
    except (signing.BadSignature, ValueError):
        return None


def kiosk_link(survey: Survey, *, location: str = "", language: str = "") -> str:
    """The address for a tablet left to customers."""
    query = urlencode({name: value for name, value in {"at": location, "lang": language}.items() if value})
    return f"{settings.ADDRESS}/s/{survey.slug}/kiosk{'?' if query else ''}{query}"


def snippet(survey: Survey, *, location: str = "") -> str:
    """The line that a web site holds to ask there."""
    place = f' data-at="{location}"' if location else ""
    return f'<script async src="{settings.ADDRESS}/s/{survey.slug}/widget.js"{place} data-show="button"></script>'


def reaches_only_this_machine() -> bool:
    """Whether links lead back to whoever opens them, because the public address was never set."""
    return urlsplit(settings.ADDRESS).hostname in {"127.0.0.1", "localhost", "::1", None}
