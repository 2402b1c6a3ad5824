"""Read a mailbox over IMAP: every new letter is handed to whoever takes it, and stays in the mailbox, marked as read.

A letter that cannot be taken is flagged there and left unread for a person; it does not stop the others.
"""

import imaplib
import logging
import ssl
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.db import transaction
from django.utils import timezone

from premura.core.errors import PremuraError
from premura.core.history.history import record
from premura.core.mail.models import Mailbox, Security
from premura.core.mail.sealing import seal, unseal
from premura.core.staff.models import Person

logger = logging.getLogger("premura.mail")
TIMEOUT_SECONDS = 20
BATCH = 50


class FetchError(Exception):
    """The mailbox cannot be read; the words say why."""


def the_mailbox() -> Mailbox:
    """The one row, or an empty one that is not saved yet."""
    return Mailbox.objects.filter(pk=1).first() or Mailbox(pk=1)


def change_mailbox(password: str | None, *, by: Person, **fields: Any) -> Mailbox:
    """Keep the settings; ``password`` ``None`` leaves the one that is there."""
    with transaction.atomic():
        mailbox = the_mailbox()
        for name, value in fields.items():
            setattr(mailbox, name, value)
        if password is not None:
            mailbox.password_sealed = seal(password)
        mailbox.down_since, mailbox.error = None, ""
        mailbox.save()
        record("mailbox.changed", by=by, about=mailbox, data={"fields": sorted(fields)})
    return mailbox


def fetch_new(take: Callable[[bytes], object], mailbox: Mailbox, limit: int = BATCH) -> int:
    """Hand every unread letter to ``take``, the oldest first; how many were taken. Never inside a transaction.

    Interrupted between taking and marking, a letter is handed over again: ``take`` must know it. :class:`FetchError`
    when the mailbox cannot be read, which its row then says, too.
    """
    try:
        with _connected(mailbox) as connection:
            taken = _take_all(connection, take, limit)
    except (OSError, imaplib.IMAP4.error) as error:
        reason = f"{type(error).__name__}: {error}"[:500]
        Mailbox.objects.filter(pk=mailbox.pk).update(error=reason)
        Mailbox.objects.filter(pk=mailbox.pk, down_since__isnull=True).update(down_since=timezone.now())
        raise FetchError(reason) from error
    Mailbox.objects.filter(pk=mailbox.pk).update(down_since=None, error="", worked_at=timezone.now())
    return taken


def _connected(mailbox: Mailbox) -> imaplib.IMAP4:
    connection: imaplib.IMAP4
    if mailbox.security == Security.TLS:
        context = ssl.create_default_context()
        connection = imaplib.IMAP4_SSL(mailbox.host, mailbox.port, ssl_context=context, timeout=TIMEOUT_SECONDS)
    else:
        connection = imaplib.IMAP4(mailbox.host, mailbox.port, timeout=TIMEOUT_SECONDS)
    try:
        if mailbox.security == Security.STARTTLS:
            connection.starttls(ssl.create_default_context())
        connection.login(_quoted(mailbox.username), unseal(mailbox.password_sealed))
        status, said = connection.select(_quoted(mailbox.folder))
        if status != "OK":
            raise imaplib.IMAP4.error(_words(said))
    except BaseException:
        with suppress(OSError):  # what refused the certificate has closed the line already; that is what is to be said
            connection.shutdown()
        raise
    return connection


def _quoted(name: str) -> str:
    """A name as the protocol wants it (of a folder: ASCII; others as the server writes them, in modified UTF-7)."""
    kept = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{kept}"'


def _words(said: Any) -> str:
    return " ".join(part.decode("utf-8", "replace") for part in said or [] if isinstance(part, bytes))


def _take_all(connection: imaplib.IMAP4, take: Callable[[bytes], object], limit: int) -> int:
    _status, found = connection.uid("SEARCH", "UNSEEN", "UNFLAGGED")
    numbers = (found[0] or b"").split()[:limit]
    taken = 0
    for number in numbers:
        uid = number.decode("ascii")
        _status, parts = connection.uid("FETCH", uid, "(BODY.PEEK[])")
        raw = next((part[1] for part in parts if isinstance(part, tuple)), None)
        if raw is None:  # somebody else has moved it away
            continue
        try:
            take(raw)
        except PremuraError as error:
            logger.warning("letter %s was not taken: %s", uid, error.code)
            connection.uid("STORE", uid, "+FLAGS", "(\\Flagged)")
        except Exception:  # whatever is wrong with one, the others are read
            logger.exception("letter %s could not be taken", uid)
            connection.uid("STORE", uid, "+FLAGS", "(\\Flagged)")
        else:
            connection.uid("STORE", uid, "+FLAGS", "(\\Seen)")
            taken += 1
    return taken
