"""The distributed engine: the same definitions, compiled for Spark and put to a Spark Connect server.

The cluster must see the facts' folder under the same path (a shared file system). It is asked with patience: a page
never waits longer than :data:`PATIENCE_SECONDS`, and a cluster that did not answer is left alone for a while.
"""

import atexit
import logging
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TookTooLong
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from premura.engine.compiling import facts_sql
from premura.engine.definitions import Shape
from premura.engine.store import Manifest

logger = logging.getLogger("premura.engine")
PATIENCE_SECONDS = 5.0
PAUSE_SECONDS = 30.0
AT_ONCE = 2
Rows = list[tuple[Any, ...]]


class ClusterAway(Exception):
    """The distributed engine does not answer, or not in time."""


def address_of(url: str) -> tuple[str, int]:
    """Host and port of a Spark Connect address; ``ValueError`` when it is none.

    >>> address_of("sc://10.0.0.7:15002")
    ('10.0.0.7', 15002)
    """
    parts = urlsplit(url)
    if parts.scheme != "sc" or not parts.hostname:
        raise ValueError(f"{url!r} is no Spark Connect address: it looks like sc://host:15002")
    return parts.hostname, parts.port or 15002


class Cluster:
    """One Spark Connect session of this process, opened when first asked and again after a failure."""

    def __init__(self, url: str, patience: float = PATIENCE_SECONDS) -> None:
        self.url, self.patience = url, patience
        self._address = address_of(url)
        self._turn = threading.Semaphore(AT_ONCE)
        self._lock = threading.Lock()
        self._session: Any = None
        self._view = ""
        self._away_until = 0.0

    def counts(
        self,
        shape: Shape,
        values: Mapping[str, object],
        manifest: Manifest,
        paths: Sequence[Path],
        *,
        late: Callable[[Rows], None] | None = None,
    ) -> Rows:
        """The rows of ``counts_by_score``; :class:`ClusterAway` when it takes too long. What comes too late is given
        to ``late``.
        """
        if time.monotonic() < self._away_until:
            raise ClusterAway("it did not answer a moment ago")
        future = self._begin(lambda: self._ask(shape, dict(values), manifest, list(paths)))
        try:
            return future.result(timeout=self.patience)
        except TookTooLong:
            if late is not None:
                future.add_done_callback(lambda done: _hand_on(done, late))
            raise ClusterAway(f"no answer within {self.patience:g} seconds") from None
        except Exception as error:  # whatever the cluster says, the page goes on
            self._forget_session()
            raise ClusterAway(str(error).splitlines()[0][:300] if str(error) else type(error).__name__) from error

    def is_there(self) -> bool:
        """Whether something listens at the address."""
        try:
            socket.create_connection(self._address, timeout=1).close()
        except OSError:
            return False
        return True

    def close(self) -> None:
        """Leave the cluster."""
        with self._lock:
            session, self._session = self._session, None
        if session is not None:
            session.stop()

    def _begin(self, ask: Callable[[], Rows]) -> "Future[Rows]":
        """Ask in the background, in a thread that never keeps the process from ending: the client tries again for
        minutes where a server takes connections and says nothing.
        """
        future: Future[Rows] = Future()

        def work() -> None:
            with self._turn:
                try:
                    future.set_result(ask())
                except BaseException as error:  # as an executor does: the one who waits is told
                    future.set_exception(error)

        threading.Thread(target=work, name="cluster", daemon=True).start()
        return future

    def _forget_session(self) -> None:
        with self._lock:
            self._session, self._view = None, ""
        self._away_until = time.monotonic() + PAUSE_SECONDS

    def _ask(self, shape: Shape, values: dict[str, object], manifest: Manifest, paths: list[Path]) -> Rows:
        if not self.is_there():
            raise ClusterAway(f"nothing listens at {self.url}")
        with self._lock:
            if self._session is None:
                from pyspark.sql.connect.session import SparkSession

                self._session = SparkSession.builder.remote(self.url).create()
                _let_go(self._session.client)
            session = self._session
        frame = session.read.parquet(*(str(path) for path in paths))
        view = f"facts_{threading.get_ident()}"
        frame.createOrReplaceTempView(view)
        sql = facts_sql(shape, "spark", view)
        return [tuple(row) for row in session.sql(sql, args=values).collect()]


def _let_go(client: Any) -> None:
    """Never keep the process from ending. Left alone the client takes its leave of the cluster then, and tells it what
    it has read in threads that are waited for: where the cluster is away, for minutes. The cluster forgets by itself
    what nobody uses any more.
    """
    client.disable_reattachable_execute()
    atexit.unregister(client._on_exit)


def _hand_on(done: "Future[Rows]", late: Callable[[Rows], None]) -> None:
    try:
        late(done.result())
    except Exception:
        logger.exception("what the cluster said too late could not be kept")
