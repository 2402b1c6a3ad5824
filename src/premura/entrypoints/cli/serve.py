"""One process tree: web, worker and schedule start together and stop together."""

import argparse
import logging
import os
import signal
import subprocess
import sys
import threading
import time

from django.conf import settings

from premura.entrypoints.cli import web
from premura.entrypoints.cli.port import add_place_arguments, why_not_here
from premura.entrypoints.cli.prepare import prepare

logger = logging.getLogger("premura.serve")
GRACE_SECONDS = 15
# A part that dies is started again, but not for ever: five times in a minute means that something is really wrong
PATIENCE, PATIENCE_SECONDS = 5, 60


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_place_arguments(parser)


class Part:
    """One child process that is kept alive."""

    def __init__(self, name: str, command: list[str]) -> None:
        self.name = name
        self.command = command
        self.starts: list[float] = []
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        self.starts = [*(s for s in self.starts if s > time.monotonic() - PATIENCE_SECONDS), time.monotonic()]
        # A session of its own: Ctrl+C reaches this process alone, which then stops the parts in order
        return subprocess.Popen(self.command, start_new_session=True)  # noqa: S603  # our own commands

    def is_well(self) -> bool:
        """Start again what died; False when it keeps dying."""
        if self.process.poll() is None:
            return True
        logger.error("%s ended with code %s", self.name, self.process.returncode)
        if len(self.starts) >= PATIENCE:
            return False
        self.process = self._start()
        return True

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()

    def wait(self, seconds: float) -> None:
        try:
            self.process.wait(max(seconds, 0.1))
        except subprocess.TimeoutExpired:
            logger.error("%s did not stop in time and is ended", self.name)
            self.process.kill()
            self.process.wait()


def run(args: argparse.Namespace) -> int:
    # The parts read their settings anew: what was said here must hold there, in links and QR codes too
    os.environ |= {"PREMURA_PORT": str(args.port), "PREMURA_BIND": args.bind}
    if reason := why_not_here(args.bind, args.port):
        print(f"premura serve: {reason}", file=sys.stderr)
        return 1
    prepare()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    parts = [
        Part("web", web.command(port=args.port, bind=args.bind)),
        Part("worker", [sys.executable, "-m", "premura", "worker"]),
    ]
    print(f"Premura: http://{args.bind}:{args.port}   (data: {settings.DATA}; Ctrl+C stops)", flush=True)
    code = _watch(parts, stop)
    for part in parts:
        part.stop()
    deadline = time.monotonic() + GRACE_SECONDS
    for part in parts:
        part.wait(deadline - time.monotonic())
    return code


def _watch(parts: list[Part], stop: threading.Event) -> int:
    while not stop.wait(0.5):
        if not all(part.is_well() for part in parts):
            return 1
    return 0
