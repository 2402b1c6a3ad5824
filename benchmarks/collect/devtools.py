"""Chromium by its DevTools protocol alone, through a pipe: nothing stands in the page that the page does not bring.

A driver of browsers (Playwright, say) puts a world of its own into every page and, when it first asks for something, a
script of 300 kB: on a phone that takes as long as the page, and comes just when the first frame is due.
"""

import json
import os
import select
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

ARGUMENTS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
PATIENCE = 20


class Browser:
    """A browser that is told what to do and whose events are kept until somebody asks for them."""

    def __init__(self, told: int, tells: int) -> None:
        self._told, self._tells = told, tells
        self._number = 0
        self._begun = b""
        self._answers: dict[int, dict[str, Any]] = {}
        self._listeners: list[Callable[[dict[str, Any]], None]] = []

    def send(self, method: str, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self._told, json.dumps(message).encode() + b"\0")
        number = self._number
        self.wait(lambda: number in self._answers)
        answer = self._answers.pop(number)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']['message']}")
        return answer["result"]

    def wait(self, is_so: Callable[[], object]) -> None:
        """Hears what the browser says until that is so."""
        deadline = time.monotonic() + PATIENCE
        while not is_so():
            if not select.select([self._tells], [], [], max(0, deadline - time.monotonic()))[0]:
                raise TimeoutError("the browser says nothing")
            self._hear()

    def listen(self, listener: Callable[[dict[str, Any]], None]) -> None:
        self._listeners.append(listener)

    def forget(self, listener: Callable[[dict[str, Any]], None]) -> None:
        self._listeners.remove(listener)

    def _hear(self) -> None:
        *whole, self._begun = (self._begun + os.read(self._tells, 1 << 20)).split(b"\0")
        for text in whole:
            message = json.loads(text)
            if "id" in message:
                self._answers[message["id"]] = message
            for listener in list(self._listeners):
                listener(message)


@contextmanager
def launched(program: str = "/usr/bin/chromium") -> Iterator[Browser]:
    """A browser with an empty profile. It reads from its descriptor 3 and writes to 4."""
    hears, told = os.pipe()
    tells, says = os.pipe()
    with tempfile.TemporaryDirectory(prefix="premura-browser-", ignore_cleanup_errors=True) as profile:
        command = [program, *ARGUMENTS, "--remote-debugging-pipe", f"--user-data-dir={profile}", "about:blank"]
        process = subprocess.Popen(
            ["sh", "-c", f'exec "$@" 3<&{hears} 4>&{says}', "sh", *command],
            pass_fds=(hears, says),
            stderr=subprocess.DEVNULL,
        )
        os.close(hears)
        os.close(says)
        try:
            yield Browser(told, tells)
        finally:
            os.close(told)
            process.terminate()
            process.wait()
            os.close(tells)
