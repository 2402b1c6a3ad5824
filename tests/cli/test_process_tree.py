"""``premura serve``: web, worker and schedule start together, come back when one dies, and stop together."""

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from premura.entrypoints.cli import port as option
from premura.settings import _port

# Everything may be made from nothing, on a machine that has other tests to run
PATIENCE = 120


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(condition, what: str):
    """The first true value of ``condition``; fails after two minutes."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.1)  # between two looks, not instead of one
    pytest.fail(f"waited two minutes for: {what}")


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
    """A running ``premura serve`` and its address. Where the tables are made already, it begins from them."""
    if prepared := os.environ.get("TESTS_PREPARED"):
        shutil.copytree(prepared, tmp_path / "data")
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


def premura(*arguments: str, **settings: str) -> subprocess.CompletedProcess:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PREMURA_")} | settings
    return subprocess.run(
        [sys.executable, "-m", "premura", *arguments], env=environment, capture_output=True, text=True, timeout=PATIENCE
    )


def test_a_port_that_somebody_has_is_refused_in_words(tmp_path):
    """The server would share it, and each of the two get every second request."""
    with socket.socket() as other:
        # As granian binds: ready to share
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        for command in ("serve", "web"):
            found = premura(command, "--port", port, PREMURA_DATA=str(tmp_path / "data"))
            assert found.returncode == 1
            assert f"listens on 127.0.0.1:{port} already" in found.stderr
            assert "--port" in found.stderr


@pytest.mark.parametrize("port", ["0", "65536", "abc", "-1", "80.5", "", "٨٠"])
def test_a_port_that_is_none_is_refused(port):
    with pytest.raises(ImproperlyConfigured, match="1 to 65535"):
        _port(port)
    with pytest.raises(argparse.ArgumentTypeError, match="1 to 65535"):
        option._port(port)


def test_a_port_that_is_none_is_refused_in_words(tmp_path):
    by_setting = premura("serve", PREMURA_DATA=str(tmp_path), PREMURA_PORT="99999")
    by_option = premura("serve", "--port=-1", PREMURA_DATA=str(tmp_path))
    for found in (by_setting, by_option):
        assert found.returncode != 0
        assert "1 to 65535" in found.stderr
        assert "Traceback" not in found.stderr


# Without a key, none can be kept there, whatever the command; with one, each command looks for itself
@pytest.mark.parametrize(
    ("command", "given"),
    [
        ("serve", {}),
        *((command, {"PREMURA_SECRET_KEY": "given"}) for command in ("serve", "doctor", "demo", "prepare")),
    ],
)
def test_a_data_folder_that_cannot_be_is_refused_in_words(tmp_path, command, given):
    (tmp_path / "file").write_text("", encoding="ascii")
    found = premura(command, PREMURA_DATA=str(tmp_path / "file"), **given)
    assert found.returncode == 1
    assert "data folder" in found.stderr + found.stdout
    assert "Traceback" not in found.stderr


def test_a_secret_in_a_file_that_is_not_there_is_said_in_words(tmp_path):
    found = premura("doctor", PREMURA_DATA=str(tmp_path), PREMURA_SECRET_KEY_FILE=str(tmp_path / "none"))
    assert found.returncode == 1
    assert "PREMURA_SECRET_KEY_FILE" in found.stderr
    assert "Traceback" not in found.stderr


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
