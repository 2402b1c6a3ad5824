"""Text messages by one of the services that apprise knows (``premura[apprise]``): one address says which and how.

``clicksend://user:{secret}@{to}`` instead of an HTTP request: everything but the text stands in the address.
"""

import importlib.util
import logging
import re
from collections.abc import Callable
from typing import Any

_STATUS = re.compile(r"error=(\d{3})")
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]{1,20})://\S+", re.IGNORECASE)
#: What writes into the machine's own log instead of to a person
_LOCAL = frozenset({"syslog", "rsyslog"})
_SECONDS = 15


class NoSuchServiceError(ValueError):
    """The address is none that apprise can use here."""


def is_installed() -> bool:
    return importlib.util.find_spec("apprise") is not None


def is_service(url: str) -> bool:
    """Whether the address names a service rather than an HTTP request.

    >>> is_service("clicksend://me:{secret}@{to}"), is_service("https://x.it/{to}"), is_service("{to}")
    (True, False, False)
    """
    found = _SCHEME.fullmatch(url.strip())
    return found is not None and found[1].lower() not in {"http", "https", "file", "ftp"}


def service_at(url: str) -> Any:
    """The service of a filled-in address; :class:`NoSuchServiceError` where there is none that leaves this machine."""
    if not is_installed():
        raise NoSuchServiceError("apprise is not installed: pip install premura[apprise]")
    import apprise

    # No plug-ins of a folder, no files attached: what stands in the address is all there is
    asset = apprise.AppriseAsset(plugin_paths=[], storage_mode=apprise.PersistentStoreMode.MEMORY)
    service = apprise.Apprise.instantiate(url, asset=asset, suppress_exceptions=True)
    if service is None:
        raise NoSuchServiceError("apprise knows no such service, or the address is not whole")
    is_local = all(re.sub(r"\{schema\}", "", one).find("{") < 0 for one in service.templates)
    if is_local or url.partition("://")[0].lower() in _LOCAL:
        raise NoSuchServiceError("this service does not leave the machine")
    service.socket_connect_timeout = service.socket_read_timeout = _SECONDS
    return service


def send_by_service(url: str, text: str, judge: Callable[[str, int], object]) -> tuple[int, str]:
    """Send; status of HTTP (200 when it was taken, 0 when nothing answered) and what was said about it.

    ``judge`` refuses a host of ours: it is asked about services that stand where the address says.
    """
    import apprise

    service = service_at(url)
    if any("{host}" in one for one in service.templates):
        judge(str(service.host), service.port or (443 if service.secure else 80))
    with apprise.LogCapture(level=logging.WARNING, fmt="%(message)s") as said:
        is_taken = service.notify(body=text, title="", notify_type=apprise.NotifyType.INFO)
        words = " ".join(said.getvalue().split())[:400]
    if is_taken:
        return 200, words or "sent"
    found = _STATUS.search(words)
    return (int(found[1]) if found else 0), words or "not sent, without a reason"
