"""The thread of the worker that keeps the engine fresh, whatever else the worker has to do."""

import logging
import threading

from django.db import close_old_connections, connection

from premura.loop.understand.export import Exporter

logger = logging.getLogger("premura.worker")
#: Between two looks when nothing was new.
PAUSE_SECONDS = 0.5


class Freshness(threading.Thread):
    """Exports until it is told to stop. What goes wrong is logged and tried again."""

    def __init__(self, stop: threading.Event) -> None:
        super().__init__(name="freshness", daemon=True)
        self._stop_asked = stop

    def run(self) -> None:
        exporter = Exporter()
        while not self._stop_asked.is_set():
            if not export_once(exporter):
                self._stop_asked.wait(PAUSE_SECONDS)
        exporter.close()
        connection.close()


def export_once(exporter: Exporter) -> int:
    """One round; 0 also when it failed, which the next round makes good."""
    try:
        close_old_connections()
        return exporter.round()
    except Exception:  # the database may be away for a moment, the disk full for a while
        logger.exception("a round of the exporter failed; trying again")
        threading.Event().wait(2)
        return 0
