"""A published survey, the collector in this process, and a client that speaks ASGI to it."""

import asyncio
import copy
import gzip
import json
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest
from django.utils import timezone

DEFINITION = {
    "title": {"it": "Com'è andato il noleggio?", "en": "How was your rental?"},
    "languages": ["it", "en"],
    "intro": {"it": "Le bastano due minuti.", "en": "It takes two minutes."},
    "thanks": {"it": "Le Sue parole ci servono.", "en": "Your words help us."},
    "questions": [
        {
            "code": "nps",
            "kind": "nps",
            "required": True,
            "text": {
                "it": "Quanto è probabile che ci consigli a un amico o a un collega?",
                "en": "How likely are you to recommend us to a friend or colleague?",
            },
        },
        {
            "code": "pickup",
            "kind": "csat",
            "touchpoint": "pickup",
            "text": {
                "it": "Quanto è soddisfatto del ritiro del mezzo?",
                "en": "How satisfied are you with picking up the vehicle?",
            },
        },
        {
            "code": "staff",
            "kind": "csat",
            "text": {
                "it": "Quanto è soddisfatto della cortesia del personale?",
                "en": "How satisfied are you with the courtesy of our staff?",
            },
        },
        {
            "code": "effort",
            "kind": "ces",
            "text": {
                "it": "«Nolo Prova mi ha reso facile risolvere la mia richiesta»: quanto è d'accordo?",
                "en": "“Nolo Prova made it easy to handle my request”: how much do you agree?",
            },
        },
        {
            "code": "reason",
            "kind": "single",
            "text": {"it": "Perché ha noleggiato?", "en": "Why did you rent?"},
            "options": [
                {"code": "work", "text": {"it": "Per lavoro", "en": "For work"}},
                {"code": "move", "text": {"it": "Per un trasloco", "en": "To move house"}},
                {"code": "leisure", "text": {"it": "Per svago", "en": "For leisure"}},
            ],
        },
        {
            "code": "extras",
            "kind": "multiple",
            "text": {"it": "Che cosa ha usato?", "en": "What did you use?"},
            "options": [
                {"code": "seat", "text": {"it": "Seggiolino", "en": "Child seat"}},
                {"code": "gps", "text": {"it": "Navigatore", "en": "Satnav"}},
                {"code": "chains", "text": {"it": "Catene da neve", "en": "Snow chains"}},
            ],
        },
        {
            "code": "improve",
            "kind": "text",
            "text": {"it": "Che cosa potremmo migliorare?", "en": "What could we do better?"},
            "help": {"it": "Anche una cosa piccola.", "en": "Even something small."},
        },
    ],
}


@pytest.fixture
def definition() -> dict:
    """Seven questions of every kind, as a small rental company would ask them."""
    return copy.deepcopy(DEFINITION)


@pytest.fixture
def publish() -> Callable:
    """``publish(survey, definition)``: its next version."""
    from premura.loop.listen.models import SurveyVersion

    def make(survey, definition: dict):
        return SurveyVersion.objects.create(
            survey=survey, number=survey.versions.count() + 1, definition=definition, published_at=timezone.now()
        )

    return make


@pytest.fixture
def new_survey(company, publish) -> Callable:
    """``new_survey(slug, definition)``: a survey with one published version."""
    from premura.loop.listen.models import Programme, Survey

    def make(slug: str, definition: dict, **fields):
        programme = Programme.objects.create(
            name=f"Dopo {slug}", objective="capire", decision="orari", created_at=timezone.now(), **fields
        )
        survey = Survey.objects.create(programme=programme, slug=slug, draft=definition, created_at=timezone.now())
        publish(survey, definition)
        return survey

    return make


@pytest.fixture
def survey(new_survey, definition):
    return new_survey("noleggio", definition)


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    raw: bytes

    @property
    def text(self) -> str:
        body = gzip.decompress(self.raw) if self.headers.get("content-encoding") == "gzip" else self.raw
        return body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.text)


class Visitor:
    """Speaks ASGI to an application that lives on an event loop in a thread of its own, as under a server."""

    def __init__(self, application) -> None:
        self.application = application
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()

    def run(self, coroutine: Coroutine) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(30)

    def get(self, path: str, **headers: str) -> Answer:
        return self.run(self.ask("GET", path, b"", headers))

    def post_form(self, path: str, fields: list[tuple[str, str]] | dict[str, str], **headers: str) -> Answer:
        headers.setdefault("content_type", "application/x-www-form-urlencoded")
        return self.run(self.ask("POST", path, urlencode(fields).encode(), headers))

    def post_json(self, path: str, data: object, **headers: str) -> Answer:
        body = data if isinstance(data, bytes) else json.dumps(data).encode()
        return self.run(self.ask("POST", path, body, {"content_type": "application/json", **headers}))

    async def ask(
        self, method: str, path: str, body: bytes, headers: dict[str, str], client: str = "192.0.2.1"
    ) -> Answer:
        path, _, query = path.partition("?")
        names = {name.replace("_", "-").encode(): value.encode() for name, value in headers.items()}
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": query.encode(),
            "headers": list(names.items()),
            "client": (client, 40000),
        }
        # In two pieces, as a network delivers it
        pieces = [body[: len(body) // 2], body[len(body) // 2 :]]
        sent: list[dict] = []

        async def receive() -> dict:
            piece = pieces.pop(0)
            return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

        async def send(message: dict) -> None:
            sent.append(message)

        await self.application(scope, receive, send)
        start, *rest = sent
        answered = {name.decode(): value.decode() for name, value in start["headers"]}
        return Answer(start["status"], answered, b"".join(message["body"] for message in rest))

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()


@pytest.fixture
def collecting() -> Callable:
    """``collecting(limit=…, writer=…)``: a visitor of a collector made with these; stopped after the test."""
    from premura.entrypoints.collect.app import Collector

    visitors: list[tuple[Visitor, Collector]] = []

    def make(**parts) -> Visitor:
        collector = Collector(**parts)
        visitor = Visitor(collector)
        visitor.run(collector.start())
        visitors.append((visitor, collector))
        return visitor

    yield make
    for visitor, collector in visitors:
        visitor.run(collector.stop())
        visitor.close()


@pytest.fixture
def visitor(collecting) -> Visitor:
    return collecting()
