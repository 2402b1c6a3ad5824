"""The thread of the worker that asks and delivers: a slow mail server must keep nothing else waiting."""

import logging
import threading

from django.db import close_old_connections, connection
from django.utils import timezone

from premura.core.mail.fetching import FetchError, fetch_new, the_mailbox
from premura.core.mail.mail import send_waiting
from premura.entrypoints.cli.schedule import ASKING, ASKS_EVERY, FETCHES_EVERY, FETCHING, has_come
from premura.loop.listen.triggers import ask_all, ask_pressed, call_off_reminders, remind_all
from premura.loop.recover.mailing import receive_mail

logger = logging.getLogger("premura.worker")
#: Between two looks when nothing was to be sent.
PAUSE_SECONDS = 2.0


class Postman(threading.Thread):
    """Asks and delivers until it is told to stop. What goes wrong is logged and tried again."""

    def __init__(self, stop: threading.Event) -> None:
        super().__init__(name="postman", daemon=True)
        self._stop_asked = stop

    def run(self) -> None:
        while not self._stop_asked.is_set():
            if not deliver_once():
                self._stop_asked.wait(PAUSE_SECONDS)
        connection.close()


def deliver_once() -> int:
    """One round; returns how many letters were tried, 0 also when it failed, which the next round makes good."""
    try:
        close_old_connections()
        now = timezone.now()
        if has_come(ASKING, ASKS_EVERY, now):
            ask_all(now)
            remind_all(now)
        else:
            ask_pressed(now)
        if has_come(FETCHING, FETCHES_EVERY, now):
            _fetch()
        call_off_reminders(now)
        return send_waiting()
    except Exception:  # the database may be away for a moment
        logger.exception("a round of the postman failed; trying again")
        return 0


def _fetch() -> None:
    """What customers and mail servers write to us: into its case, or onto the list with the reason."""
    mailbox = the_mailbox()
    if not (mailbox.is_on and mailbox.host):
        return
    try:
        fetch_new(receive_mail, mailbox)
    except FetchError as error:
        logger.warning("the mailbox cannot be read, trying again in a minute: %s", error)
