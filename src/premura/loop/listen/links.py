"""The public addresses of a survey, as links, posters and messages show them."""

from urllib.parse import urlencode, urlsplit

from django.conf import settings

from premura.loop.listen.models import Survey


def public_path(survey: Survey, *, location: str = "", channel: str = "", token: str = "") -> str:
    """The address on this server: ``location`` is the code of a place, ``channel`` how it reaches the customer."""
    said = {"at": location, "via": channel, "i": token}
    query = urlencode({name: value for name, value in said.items() if value})
    return f"/s/{survey.slug}{'?' if query else ''}{query}"


def public_link(survey: Survey, *, location: str = "", channel: str = "", token: str = "") -> str:
    """The whole address, as a telephone needs it."""
    return f"{settings.ADDRESS}{public_path(survey, location=location, channel=channel, token=token)}"


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
