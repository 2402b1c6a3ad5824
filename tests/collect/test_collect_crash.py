"""The promise of the collector: what was acknowledged is there, exactly once, whatever happens to the process."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CUSTOMERS, CRASHES, EACH = 8, 4, 60
SETUP = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", interactive=False, verbosity=0)
from django.utils import timezone
from premura.core.company.models import Company
from premura.loop.listen.models import Programme, Survey, SurveyVersion
Company.objects.create(pk=1, name="Nolo Prova", sector="rental")
programme = Programme.objects.create(name="Misura", created_at=timezone.now())
survey = Survey.objects.create(programme=programme, slug="misura", draft=DEFINITION, created_at=timezone.now())
SurveyVersion.objects.create(survey=survey, number=1, definition=DEFINITION, published_at=timezone.now())
"""
COUNT = """
import django; django.setup()
import json
from premura.loop.listen.models import Submission
print(json.dumps(list(Submission.objects.values_list("key", "id", "answers")), default=str))
"""


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Server:
    """Granian as the product starts it, in a process group of its own that can be killed like a power cut."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment
        self.port = free_port()
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "granian", "premura.asgi:application", "--interface", "asgi", "--no-ws"]
        options = ["--workers", "1", "--port", str(self.port), "--log-level", "critical"]
        self.process = subprocess.Popen([*command, *options], env=self.environment, start_new_session=True, cwd=ROOT)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                assert self.process.poll() is None
                threading.Event().wait(0.05)
        raise AssertionError("the server does not start")

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Tab(threading.Thread):
    """A tab that came to the keys of others: sends its own answers with each, twice, until both are acknowledged."""

    def __init__(self, number: int, port: int) -> None:
        super().__init__(daemon=True)
        self.number = number
        self.port = port
        self.acknowledged: list[tuple[str, str]] = []

    def run(self) -> None:
        for turn in range(EACH):
            ids: list[str] = []
            while len(ids) < 2:
                try:
                    ids.append(self.send(f"k{turn}", turn))
                except (OSError, http.client.HTTPException):
                    threading.Event().wait(0.02)
            self.acknowledged.append((ids[0], ids[1]))

    def send(self, key: str, turn: int) -> str:
        headers = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
        headers["x-forwarded-for"] = f"10.1.{self.number}.{turn}"
        return kept_at(self.port, f"key={key}&q.nps=5&q.comment={key}+{self.number}", headers)


class Customer(threading.Thread):
    """Answers with keys of their own, one after the other; repeats each until it is acknowledged."""

    def __init__(self, number: int, port: int) -> None:
        super().__init__(daemon=True)
        self.number = number
        self.port = port
        self.acknowledged: dict[str, str] = {}
        self.repeated = 0

    def run(self) -> None:
        for turn in range(EACH):
            key = f"c{self.number}-{turn}"
            while key not in self.acknowledged:
                try:
                    self.acknowledged[key] = self.send(key, turn)
                except (OSError, http.client.HTTPException):
                    self.repeated += 1
                    threading.Event().wait(0.02)

    def send(self, key: str, turn: int) -> str:
        body = json.dumps({"key": key, "answers": {"nps": turn % 11, "comment": key}})
        # A proxy in front names the customer: the limit is per address
        headers = {"content-type": "application/json", "x-forwarded-for": f"10.0.{self.number}.{turn}"}
        return kept_at(self.port, body, headers)


@pytest.fixture
def environment(tmp_path):
    """A data folder of its own, on PostgreSQL a database of its own; made from a prepared one if there is one."""
    prepared = os.environ.get("TESTS_PREPARED")
    values = {**os.environ, "PREMURA_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "premura.settings"}
    values["PYTHONPATH"] = str(ROOT / "src")
    (tmp_path / "static").mkdir()
    url = values.get("PREMURA_DATABASE")
    if url is None:
        if prepared:
            shutil.copy(Path(prepared) / "premura.sqlite3", tmp_path)
        yield values
        return
    import psycopg

    name = f"crash_{os.getpid()}"
    with psycopg.connect(url, autocommit=True) as connection:
        base, _, made = url.rpartition("/")
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {made if prepared else 'template1'}")
        values["PREMURA_DATABASE"] = f"{base}/{name}"
        yield values
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def kept_at(port: int, body: str, headers: dict[str, str]) -> str:
    """The id under which the server at this port keeps what is sent; :class:`OSError` where it does not."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("POST", "/s/misura", body, headers)
    answer = connection.getresponse()
    data = answer.read()
    connection.close()
    if answer.status not in (200, 201):
        raise OSError(f"{answer.status} {data[:200]!r}")
    return str(json.loads(data)["id"])


def run_python(code: str, environment: dict[str, str]) -> str:
    result = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, cwd=ROOT)
    assert result.returncode == 0, result.stderr
    return result.stdout


DEFINITION = {
    "title": {"it": "Misura"},
    "languages": ["it"],
    "questions": [
        {"code": "nps", "kind": "nps", "text": {"it": "Ci consiglierebbe?"}},
        {"code": "comment", "kind": "text", "text": {"it": "Perché?"}},
    ],
}


def test_every_acknowledged_answer_survives_kills_exactly_once(environment):
    run_python(f"DEFINITION = {DEFINITION!r}\n{SETUP}", environment)
    server = Server(environment)
    try:
        customers = [Customer(number, server.port) for number in range(CUSTOMERS)]
        for customer in customers:
            customer.start()
        total = CUSTOMERS * EACH
        for crash in range(1, CRASHES + 1):
            # In the middle of the work, each time a little later
            while sum(len(customer.acknowledged) for customer in customers) < total * crash // (CRASHES + 1):
                threading.Event().wait(0.005)
            server.kill()
            server.start()
        for customer in customers:
            customer.join(120)
            assert not customer.is_alive()
    finally:
        server.kill()
    rows = json.loads(run_python(COUNT, environment))
    stored = {key.partition(":")[2]: (row_id, answers) for key, row_id, answers in rows}
    acknowledged = {key: row_id for customer in customers for key, row_id in customer.acknowledged.items()}
    assert sum(customer.repeated for customer in customers) > 0
    assert len(rows) == len(stored) == total
    assert {key: row_id for key, (row_id, _answers) in stored.items()} == acknowledged
    assert all(answers["comment"] == key for key, (_id, answers) in stored.items())


def test_different_answers_of_one_key_are_each_there_once_over_two_processes_and_kills(environment):
    run_python(f"DEFINITION = {DEFINITION!r}\n{SETUP}", environment)
    servers = [Server(environment), Server(environment)]
    try:
        tabs = [Tab(number, servers[number % 2].port) for number in range(4)]
        for tab in tabs:
            tab.start()
        for crash in range(1, CRASHES + 1):
            while sum(len(tab.acknowledged) for tab in tabs) < len(tabs) * EACH * crash // (CRASHES + 1):
                threading.Event().wait(0.005)
            servers[crash % 2].kill()
            servers[crash % 2].start()
        for tab in tabs:
            tab.join(120)
            assert not tab.is_alive()
    finally:
        for server in servers:
            server.kill()
    rows = json.loads(run_python(COUNT, environment))
    stored = {answers["comment"]: row_id for _key, row_id, answers in rows}
    assert len(rows) == len(stored) == len(tabs) * EACH
    for tab in tabs:
        assert [(stored[f"k{turn} {tab.number}"],) * 2 for turn in range(EACH)] == tab.acknowledged
