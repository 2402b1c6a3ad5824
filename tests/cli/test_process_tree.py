"""``premura serve``: web, worker and schedule start together, come back when one dies, and stop together."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

PATIENCE = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(condition, what: str):
    """The first true value of ``condition``; fails after a minute."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.1)  # between two looks, not instead of one
    pytest.fail(f"waited a minute for: {what}")


def children(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(number) for number in text.split()]


def is_alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False


@pytest.fixture
def tree(tmp_path):
    """A running ``premura serve`` and its address."""
    port = free_port()
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PREMURA_")}
    environment |= {"PREMURA_DATA": str(tmp_path / "data"), "PREMURA_PORT": str(port)}
    log = (tmp_path / "log").open("w+")
    process = subprocess.Popen([sys.executable, "-m", "premura", "serve"], env=environment, stdout=log, stderr=log)
    yield process, f"http://127.0.0.1:{port}", environment
    if process.poll() is None:
        process.kill()
    log.seek(0)
    print(log.read())


def health(address: str) -> dict | None:
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=5) as answer:
            return json.load(answer)
    except OSError:
        return None


def test_starts_heals_and_stops(tree):
    process, address, environment = tree
    assert until(lambda: health(address), "a healthy start") == {"database": True, "worker": True}
    web, worker = until(lambda: (pids := children(process.pid)) and len(pids) == 2 and pids, "two parts")
    grandchildren = children(web)

    with urllib.request.urlopen(f"{address}/", timeout=10) as page:
        assert page.url.endswith("/welcome/")
        assert "Premura" in page.read().decode()

    os.kill(worker, signal.SIGKILL)
    until(lambda: worker not in children(process.pid) and len(children(process.pid)) == 2, "a new worker")
    assert until(lambda: health(address), "health after the worker died")

    found = subprocess.run([sys.executable, "-m", "premura", "doctor"], env=environment, capture_output=True, text=True)
    assert found.returncode == 0, found.stdout

    parts = [web, *grandchildren, *children(process.pid)]
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    until(lambda: not any(is_alive(pid) for pid in parts), "no process left behind")


def test_the_doctor_says_what_is_wrong_and_fails(tmp_path):
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PREMURA_")}
    environment["PREMURA_DATA"] = str(tmp_path)
    found = subprocess.run([sys.executable, "-m", "premura", "doctor"], env=environment, capture_output=True, text=True)
    assert found.returncode == 1
    assert "WRONG schema" in found.stdout
    assert "premura prepare" in found.stdout


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [("PREMURA_TYPO", "1", "PREMURA_TYPO is not a setting"), ("PREMURA_DATABASE", "mysql://x", "postgres://")],
)
def test_a_setting_that_does_not_exist_is_refused_in_words(tmp_path, name, value, words):
    environment = {**os.environ, "PREMURA_DATA": str(tmp_path), name: value}
    found = subprocess.run([sys.executable, "-m", "premura", "doctor"], env=environment, capture_output=True, text=True)
    assert found.returncode != 0
    assert words in found.stderr
    assert "Traceback" not in found.stderr
