"""The collector: an ASGI application for everything under ``/s/``. No session, no cookie, no Django view in the way.

``GET /s/<slug>`` gives the page from memory and writes nothing; ``POST`` answers only after the answers are on disk.
"""

import asyncio
import functools
import logging
import secrets
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import msgspec
from django.db import DatabaseError, connection
from django.utils import translation

from premura.entrypoints.collect import sentences
from premura.entrypoints.collect.incoming import Incoming, RefusedError, read_incoming
from premura.entrypoints.collect.limits import RateLimit
from premura.entrypoints.collect.published import Closed, Missing, Published, Shelf, read_earlier, read_place
from premura.entrypoints.collect.rendering import (
    Filling,
    Page,
    offered_languages,
    render_message,
    render_survey,
    render_thanks,
)
from premura.entrypoints.collect.replies import (
    Refusal,
    Reply,
    kept_reply,
    page_reply,
    problem_reply,
    retry_headers,
    said,
    send_reply,
    wrong_answers,
)
from premura.entrypoints.collect.requests import (
    NO_CARRY,
    GoneError,
    Receive,
    Request,
    Scope,
    Send,
    TooLargeError,
    choose_language,
    read_body,
)
from premura.entrypoints.collect.writer import BusyError, Row, Stored, Writer, new_id
from premura.loop.listen.definition import read_answers
from premura.loop.listen.submissions import stored_answers, stored_key

logger = logging.getLogger("premura.collect")
T = TypeVar("T")
_MOST_PAGES = 100
_RETRY_SECONDS = 5


class Collector:
    """The application. :meth:`start` and :meth:`stop` stand at the two ends of the server's life."""

    def __init__(self, *, limit: RateLimit | None = None, writer: Writer | None = None) -> None:
        self.limit = limit or RateLimit()
        self.writer = writer or Writer()
        # One thread, one connection: reading is rare and must never take connections from elsewhere
        self._reader = ThreadPoolExecutor(1, "survey-reader")
        self._shelf = Shelf(self._reader)
        self._pages: OrderedDict[object, Page] = OrderedDict()

    async def start(self) -> None:
        self.writer.start()

    async def stop(self) -> None:
        await self.writer.stop()
        await self._read(lambda: connection.close())  # the connection of that thread
        self._reader.shutdown()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        try:
            reply = await self._answer(request, receive)
        except GoneError:
            return
        except TooLargeError:
            reply = await self._message(request, "too-large", 413)
        except DatabaseError:
            logger.exception("%s %s", request.method, scope["path"])
            reply = await self._message(request, "unavailable", 503)
        await send_reply(send, reply, with_body=request.method != "HEAD")

    def _answer(self, request: Request, receive: Receive) -> Awaitable[Reply]:
        if request.method in ("GET", "HEAD"):
            return self._thanks(request) if request.wants_thanks else self._survey(request)
        if request.method == "POST" and not request.wants_thanks:
            return self._submission(request, receive)
        return self._message(request, "method", 405)

    # What is shown

    async def _survey(self, request: Request) -> Reply:
        published = await self._shelf.find(request.slug)
        if not isinstance(published, Published):
            return await self._none(request, published)
        language = choose_language(request.languages(), published.definition.languages)
        page = await self._page((published.version_id, language, published.company), render_survey, published, language)
        return page_reply(request, page, 200, language, secrets.token_urlsafe(12), request.carry)

    async def _thanks(self, request: Request) -> Reply:
        found = await self._shelf.find(request.slug)
        if isinstance(found, Missing):
            return await self._none(request, found)
        offered = found.definition.languages if isinstance(found, Published) else offered_languages()
        language = choose_language(request.languages(), offered)
        carry, again = request.carry, request.query.get("again") == "1"
        place = await self._read(read_place, carry.location) if carry.location else None
        render = functools.partial(render_thanks, again=again)
        page = await self._read(render, found, language, carry, place)
        return page_reply(request, page, 200, language, "", carry)

    async def _none(self, request: Request, found: Closed | Missing) -> Reply:
        """No such survey, or one that is closed."""
        if isinstance(found, Missing):
            return await self._message(request, "missing", 404, company=found.company)
        return await self._message(request, "closed", 410, company=found.company)

    async def _message(self, request: Request, kind: str, status: int, *, company: str = "") -> Reply:
        """A page that says what is wrong; problem details for programs."""
        language = choose_language(request.languages(), offered_languages())
        if request.wants_json:
            with translation.override(language):
                return problem_reply(Refusal(status, kind, sentences.KINDS[kind]()), language)
        page = await self._page((kind, language, company), render_message, kind, language, company)
        return page_reply(request, page, status, language, "", NO_CARRY)

    async def _page(self, name: object, render: Callable[..., Page], *values: object) -> Page:
        """The page of that name from memory, or rendered now, away from the event loop."""
        page = self._pages.get(name)
        if page is None:
            page = self._pages[name] = await self._read(render, *values)
            while len(self._pages) > _MOST_PAGES:
                self._pages.popitem(last=False)
        return page

    async def _read(self, function: Callable[..., T], *values: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._reader, function, *values)

    # What is received

    async def _submission(self, request: Request, receive: Receive) -> Reply:
        body = await read_body(request, receive)
        published = await self._shelf.find(request.slug)
        if not isinstance(published, Published):
            return await self._none(request, published)
        try:
            incoming = read_incoming(request.content_type, body)
        except RefusedError as error:
            return await self._unreadable(request, published, error)
        # The version that the sender saw: answers stay answers to what was asked; ``None`` when it was withdrawn
        meant: Published | None = published
        if incoming.version not in (0, published.version_id):
            meant = await self._read(read_earlier, published, incoming.version)
        outcome = await self._keep(request, meant or published, incoming, was_withdrawn=meant is None)
        if isinstance(outcome, Refusal):
            return await self._refused(request, meant or published, incoming, outcome)
        return kept_reply(request, published, incoming, outcome)

    async def _keep(
        self, request: Request, published: Published, incoming: Incoming, *, was_withdrawn: bool
    ) -> Stored | Refusal:
        """Check and write; returns after the answers are on disk."""
        language = self._language(request, published, incoming)
        wait = self.limit.wait_seconds(request.address, request.slug, time.monotonic())
        if wait:
            return said(language, 429, "too-many", sentences.too_many, wait)
        if was_withdrawn:
            return said(language, 409, "version-withdrawn", sentences.changed)
        if incoming.is_trapped:
            return said(language, 422, "trap", sentences.trap)
        reading = read_answers(published.definition, incoming.answers)
        if reading.problems:
            return wrong_answers(language, published, reading.problems)
        row = Row(
            id=new_id(),
            version_id=published.version_id,
            key=stored_key(published.survey_id, incoming.key),
            language=language[:5],
            channel=incoming.carry.channel or "link",
            location_code=incoming.carry.location,
            token=incoming.carry.token,
            answers=stored_answers(reading.answers),
        )
        try:
            return await self.writer.submit(row)
        except (BusyError, DatabaseError):
            return said(language, 503, "busy", sentences.busy, _RETRY_SECONDS)

    def _language(self, request: Request, published: Published, incoming: Incoming) -> str:
        offered = published.definition.languages
        return incoming.language if incoming.language in offered else choose_language(request.languages(), offered)

    async def _refused(self, request: Request, published: Published, incoming: Incoming, refusal: Refusal) -> Reply:
        """The same form with what was typed and what to do about it; problem details for programs."""
        language = self._language(request, published, incoming)
        if request.wants_json:
            return problem_reply(refusal, language)
        notice = "" if refusal.problems else refusal.detail
        filling = Filling(incoming.key, incoming.carry, incoming.answers, refusal.problems, notice)
        page = await self._read(render_survey, published, language, filling)
        reply = page_reply(request, page, refusal.status, language, incoming.key, incoming.carry)
        return msgspec.structs.replace(reply, headers=[*reply.headers, *retry_headers(refusal)])

    async def _unreadable(self, request: Request, published: Published, error: RefusedError) -> Reply:
        """A body that is no filled-in survey at all."""
        if not request.wants_json and error.status != 415:
            return await self._message(request, "unreadable", error.status, company=published.company)
        language = choose_language(request.languages(), published.definition.languages)
        with translation.override(language):
            detail = sentences.BODIES[error.code]()
        detail = f"{detail} ({error.detail})" if error.detail else detail
        return problem_reply(Refusal(error.status, error.code, detail), language)
