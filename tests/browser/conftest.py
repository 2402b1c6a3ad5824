"""A real ``premura serve`` with a folder of its own, and a real Chromium that puts up with nothing.

A console error, an error of a page or a request to another host fails the test that saw it.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect, sync_playwright

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
PATIENCE = 90
expect.set_options(timeout=15_000)


@dataclass(frozen=True)
class Installation:
    """A running Premura: its address and how to give it commands."""

    address: str
    environment: dict[str, str]


def environment_of(data: Path, port: int) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PREMURA_", "DJANGO_"))}
    # A second reading of a thousand comments would take a core from the stories
    return kept | {"PREMURA_DATA": str(data), "PREMURA_PORT": str(port), "PREMURA_CAREFUL": "0"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_well(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "premura", *words]


@contextmanager
def serving(data: Path) -> Iterator[Installation]:
    """``premura serve`` on ``data``; what it printed is shown when a test fails."""
    port = free_port()
    environment, address = environment_of(data, port), f"http://127.0.0.1:{port}"
    with (data / "serve.log").open("w+") as log:
        process = subprocess.Popen(command("serve"), env=environment, stdout=log, stderr=log)
        try:
            deadline = time.monotonic() + PATIENCE
            while not is_well(address):
                if process.poll() is not None or time.monotonic() > deadline:
                    pytest.fail("premura serve did not become well:\n" + (data / "serve.log").read_text())
                time.sleep(0.1)  # between two looks, not instead of one
            yield Installation(address, environment)
        finally:
            process.terminate()
            process.wait(30)


@pytest.fixture(scope="module")
def fresh(tmp_path_factory) -> Iterator[Installation]:
    """An installation on its first minute, one for each file of tests."""
    data = tmp_path_factory.mktemp("fresh")
    if prepared := os.environ.get("TESTS_PREPARED"):
        shutil.copytree(prepared, data, dirs_exist_ok=True)
    with serving(data) as running:
        yield running


@pytest.fixture(scope="session")
def demo(demo_folder, tmp_path_factory) -> Iterator[Installation]:
    """The demo company, one for all: tests read it, or add to it without counting everything."""
    data = shutil.copytree(demo_folder, tmp_path_factory.mktemp("demo"), dirs_exist_ok=True)
    with serving(data) as running:
        yield running


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Watch:
    """What went wrong in the browsers of one test. ``allowed``: what a test expects, as patterns."""

    problems: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext, address: str) -> None:
        own = urlsplit(address).netloc

        def console(message: ConsoleMessage) -> None:
            if message.type == "error":
                self.problems.append(f"console on {message.location.get('url', '')}: {message.text}")

        def request(asked: Request) -> None:
            parts = urlsplit(asked.url)
            if parts.scheme not in {"data", "blob", "about"} and parts.netloc != own:
                self.problems.append(f"request to another host: {asked.url}")

        context.on("console", console)
        context.on("request", request)
        context.on("weberror", lambda error: self.problems.append(f"error of a page: {error.error}"))

    @property
    def unexpected(self) -> list[str]:
        return [text for text in self.problems if not any(re.search(pattern, text) for pattern in self.allowed)]


@pytest.fixture
def watch() -> Iterator[Watch]:
    watching = Watch()
    yield watching
    assert watching.unexpected == []


@pytest.fixture
def visit(chromium, watch) -> Iterator[Callable[..., Page]]:
    """``visit(installation, …)``: a page in a browser of its own; options as of Playwright's ``new_context``."""
    contexts = []

    def begin(installation: Installation, **options: Any) -> Page:
        given = {"locale": "it-IT", "viewport": DESK, "base_url": installation.address, **options}
        context = chromium.new_context(**given)
        contexts.append(context)
        watch.over(context, installation.address)
        return context.new_page()

    yield begin
    for context in contexts:
        context.close()
