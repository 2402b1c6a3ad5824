"""The collector: an ASGI application for everything under ``/s/``. No session, no cookie, no Django view in the way.

``GET /s/<slug>`` gives the page from memory and writes nothing; ``POST`` answers only after the answers are on disk.
"""

import asyncio
import functools
import logging
import secrets
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import msgspec
from django.db import DatabaseError, connection
from django.utils import translation

from premura.core.languages import CODES
from premura.core.limits import RateLimit
from premura.entrypoints.collect import sentences
from premura.entrypoints.collect.fields import spoken, unasked
from premura.entrypoints.collect.incoming import Incoming, RefusedError, read_incoming, refused_for
from premura.entrypoints.collect.problems import answer_problems, field_problems
from premura.entrypoints.collect.published import (
    Closed,
    Found,
    Missing,
    Published,
    Shelf,
    key_of_invitation,
    read_customer,
    read_earlier,
    read_invited,
    read_place,
)
from premura.entrypoints.collect.rendering import (
    Page,
    render_kiosk,
    render_message,
    render_survey,
    render_thanks,
)
from premura.entrypoints.collect.replies import (
    Kept,
    Refusal,
    Reply,
    kept_reply,
    page_reply,
    problem_reply,
    retry_headers,
    said,
    script_reply,
    send_reply,
    wrong_answers,
)
from premura.entrypoints.collect.requests import (
    BODY_LIMIT,
    NO_CARRY,
    Carry,
    GoneError,
    Receive,
    Request,
    Scope,
    Send,
    TooLargeError,
    choose_language,
    read_body,
)
from premura.entrypoints.collect.shown import Filling, turned
from premura.entrypoints.collect.widget import widget_script
from premura.entrypoints.collect.writer import BusyError, Row, Writer, new_id
from premura.loop.listen.definition import Context, Given, read_answers, stored_answers
from premura.loop.listen.logic import NOTHING, ending_of
from premura.loop.listen.rules import is_unhappy
from premura.loop.listen.submissions import stored_key
from premura.loop.listen.unfolding import FIELD
from premura.loop.listen.uploads import FILES_LIMIT, with_files_kept, without_bytes

logger = logging.getLogger("premura.collect")
T = TypeVar("T")
_MOST_PAGES = 100
_RETRY_SECONDS = 5
_MOST_UPLOADS = 6
_UPLOAD_SECONDS = 120


def _is_unhappy(published: Published, incoming: Incoming, answers: Iterable[Given]) -> bool:
    """Whether a person is offered to speak to; at the counter one stands there already."""
    if not published.is_of_customers or incoming.carry.channel == "counter":
        return False
    questions = published.course.questions
    return any(is_unhappy(questions[one.code].kind, one.score, one.choices) for one in answers)


class Collector:
    """The application. :meth:`start` and :meth:`stop` stand at the two ends of the server's life."""

    def __init__(self, *, limit: RateLimit | None = None, writer: Writer | None = None) -> None:
        self.limit = limit or RateLimit()
        self.writer = writer or Writer()
        # One thread, one connection: reading is rare and must never take connections from elsewhere
        self._reader = ThreadPoolExecutor(1, "survey-reader")
        self._shelf = Shelf(self._reader)
        # One picture at a time is unpacked, and a few forms with files are read at once: memory has an end
        self._decoder = ThreadPoolExecutor(1, "survey-files")
        self._uploads = asyncio.Semaphore(_MOST_UPLOADS)
        self._pages: OrderedDict[object, Page] = OrderedDict()

    async def start(self) -> None:
        self.writer.start()

    async def stop(self) -> None:
        await self.writer.stop()
        await self._read(lambda: connection.close())  # the connection of that thread
        self._reader.shutdown()
        self._decoder.shutdown()

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
            shown = {"/thanks": self._thanks, "/kiosk": self._kiosk, "/widget.js": self._widget}
            return shown.get(request.part, self._survey)(request)
        if request.method == "POST" and not request.part:
            return self._submission(request, receive)
        return self._message(request, "method", 405)

    # What is shown

    async def _survey(self, request: Request) -> Reply:
        published = await self._shelf.find(request.slug)
        if not isinstance(published, Published):
            return await self._none(request, published)
        if (refused := await self._uninvited(request, published, request.carry.token)) is not None:
            return refused
        language = choose_language(request.languages(), published.definition.languages)
        key, carry, prefilled = secrets.token_urlsafe(12), request.carry, request.prefilled
        course = published.course
        if prefilled or (course.has_logic and (course.uses_channel or course.uses_fields or course.uses_customer)):
            context = await self._context(published, language, carry)
            known = {code: value for code, value in prefilled.items() if code in course.questions}
            page = await self._read(render_survey, published, language, Filling(key, carry, known, context=context))
        else:
            name = (published.version_id, language, published.company)
            page = await self._page(name, render_survey, published, language)
        return page_reply(request, page, 200, language, key, carry)

    async def _kiosk(self, request: Request) -> Reply:
        """The survey on a tablet that customers use one after the other."""
        published = await self._shelf.find(request.slug)
        if not isinstance(published, Published):
            return await self._none(request, published)
        if (refused := await self._uninvited(request, published, "")) is not None:
            return refused
        language = choose_language(request.languages(), published.definition.languages)
        carry = msgspec.structs.replace(request.carry, channel=request.carry.channel or "site", token="")
        context = await self._context(published, language, carry)
        page = await self._read(render_kiosk, published, language, Filling("", carry, {}, context=context))
        return page_reply(request, page, 200, language, secrets.token_urlsafe(12), carry)

    async def _widget(self, request: Request) -> Reply:
        """The script that a web site loads to ask there."""
        published = await self._shelf.find(request.slug)
        if not isinstance(published, Published):
            return await self._none(request, published)
        return script_reply(request, widget_script(published.definition.languages))

    async def _context(self, published: Published, language: str, carry: Carry) -> Context:
        """What the survey's logic may know of this visit; the customer is looked up only where it asks for them."""
        course = published.course
        if not course.has_logic and not course.definition.endings:
            return NOTHING
        asks = course.uses_customer and carry.token
        customer = await self._read(read_customer, published.survey_id, carry.token) if asks else {}
        fields = {name: value for name, value in carry.fields if name in course.definition.fields}
        return Context(language, carry.channel or "link", fields, customer)

    async def _thanks(self, request: Request) -> Reply:
        found = await self._shelf.find(request.slug)
        if isinstance(found, Missing):
            return await self._none(request, found)
        offered = found.definition.languages if isinstance(found, Published) else CODES
        language = choose_language(request.languages(), offered)
        carry, again = request.carry, request.query.get("again") == "1"
        place = await self._read(read_place, carry.location) if carry.location else None
        query = request.query
        render = functools.partial(
            render_thanks,
            again=again,
            further=query.get("more") == "1",
            ending=query.get("e", "")[:40],
            wish=query.get("p", "")[:200],
        )
        page = await self._read(render, found, language, carry, place)
        return page_reply(request, page, 200, language, "", carry)

    async def _none(self, request: Request, found: Closed | Missing) -> Reply:
        """No such survey, or one that is closed."""
        if isinstance(found, Missing):
            return await self._message(request, "missing", 404, company=found.company)
        return await self._message(request, "closed", 410, company=found.company)

    async def _uninvited(
        self, request: Request, published: Published, token: str, *, is_sending: bool = False
    ) -> Reply | None:
        """Why a survey that is answered by invitation does not take this link; ``None`` when it does.

        What is sent once more is acknowledged again and not refused.
        """
        if not published.definition.by_invitation:
            return None
        state = await self._read(read_invited, published.survey_id, token)
        if state == "open" or (state and is_sending):
            return None
        kind, status = ("answered", 410) if state else ("by-invitation", 403)
        return await self._message(request, kind, status, company=published.company)

    async def _message(self, request: Request, kind: str, status: int, *, company: str = "") -> Reply:
        """A page that says what is wrong; problem details for programs."""
        language = choose_language(request.languages(), CODES)
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
        if request.is_large:
            return await self._large(request, receive)
        body = await read_body(request, receive)
        return await self._read_as_form(request, await self._shelf.find(request.slug), body)

    async def _large(self, request: Request, receive: Receive) -> Reply:
        """What only a survey that asks for files may be sent; a few at a time, each within its time."""
        published = await self._shelf.find(request.slug)
        if not isinstance(published, Published) or not published.course.has_files:
            body = await read_body(request, receive)
            return await self._read_as_form(request, published, body)
        if self._uploads.locked():
            return await self._message(request, "busy", 503, company=published.company)
        async with self._uploads:
            try:
                async with asyncio.timeout(_UPLOAD_SECONDS):
                    body = await read_body(request, receive, BODY_LIMIT + FILES_LIMIT * 4 // 3)
            except TimeoutError as error:
                raise GoneError from error
            return await self._read_as_form(request, published, body, request.header(b"content-type"))

    async def _read_as_form(self, request: Request, published: Found, body: bytes, header: str = "") -> Reply:
        if not isinstance(published, Published):
            return await self._none(request, published)
        try:
            if header:  # megabytes are taken apart away from the event loop
                loop = asyncio.get_running_loop()
                incoming = await loop.run_in_executor(self._decoder, read_incoming, request.content_type, body, header)
            else:
                incoming = read_incoming(request.content_type, body)
        except RefusedError as error:
            return await self._unreadable(request, published, error)
        return await self._received(request, published, incoming)

    async def _received(self, request: Request, published: Published, incoming: Incoming) -> Reply:
        # The version that the sender saw: answers stay answers to what was asked; ``None`` when it was withdrawn
        meant: Published | None = published
        if incoming.version not in (0, published.version_id):
            meant = await self._read(read_earlier, published, incoming.version)
        answered = meant or published
        if incoming.is_program and meant is not None:
            if wrong := unasked(answered.definition, incoming.language, incoming.carry.fields):
                return await self._unreadable(request, answered, refused_for(wrong, incoming.language))
            if incoming.language not in (
                "",
                *answered.definition.languages,
            ):  # «it-CH» means the Italian that is offered
                language = spoken(incoming.language, answered.definition.languages)
                incoming = msgspec.structs.replace(incoming, language=language)
        token = incoming.carry.token
        if (uninvited := await self._uninvited(request, published, token, is_sending=True)) is not None:
            return uninvited
        context = await self._context(answered, self._language(request, answered, incoming), incoming.carry)
        if answered.course.has_files:
            incoming, refusal = await self._with_files(request, answered, incoming)
            if refusal is not None:
                return await self._refused(request, answered, incoming, refusal, context)
        if incoming.page is not None and answered.course.has_pages and meant is not None:
            turned = await self._turn(request, answered, incoming, context)
            if turned is not None:
                return turned
        outcome = await self._keep(request, answered, incoming, context, was_withdrawn=meant is None)
        if isinstance(outcome, Refusal):
            if outcome.code == "answered":
                return await self._message(request, "answered", outcome.status, company=published.company)
            return await self._refused(request, answered, incoming, outcome, context)
        return kept_reply(request, published, incoming, outcome)

    async def _with_files(
        self, request: Request, published: Published, incoming: Incoming
    ) -> tuple[Incoming, Refusal | None]:
        """Files on disk and their addresses among the answers, whatever else is wrong; or why not."""
        language = self._language(request, published, incoming)
        if not any(isinstance(v, dict) and ("data" in v or "file" in v) for v in incoming.answers.values()):
            return incoming, None
        bare = msgspec.structs.replace(incoming, answers=without_bytes(incoming.answers))
        if wait := self.limit.wait_seconds(request.address, request.slug, time.monotonic()):
            return bare, said(language, 429, "too-many", sentences.too_many, wait)
        if incoming.is_trapped:
            return bare, said(language, 422, "trap", sentences.trap)
        loop = asyncio.get_running_loop()
        try:
            answers, problems = await loop.run_in_executor(
                self._decoder, with_files_kept, published.definition, incoming.answers
            )
        except OSError:
            logger.exception("a file could not be written")
            return bare, said(language, 503, "busy", sentences.busy, _RETRY_SECONDS)
        kept = msgspec.structs.replace(incoming, answers=answers)
        return kept, wrong_answers(language, published, problems) if problems else None

    async def _turn(self, request: Request, published: Published, incoming: Incoming, context: Context) -> Reply | None:
        """The page before or after the one that was filled in; ``None`` when the survey is at its end."""
        language = self._language(request, published, incoming)
        if self.limit.wait_seconds(request.address, request.slug, time.monotonic()):
            return None  # said where it is kept
        assert incoming.page is not None
        turn = turned(published.course, incoming.answers, context, incoming.page, is_back=incoming.is_back)
        if turn is None:
            return None
        with translation.override(language):
            problems = answer_problems(published.definition, turn.problems)
        filling = Filling(incoming.key, incoming.carry, incoming.answers, problems, context=context, page=turn.page)
        page = await self._read(render_survey, published, language, filling)
        return page_reply(request, page, 422 if problems else 200, language, incoming.key, incoming.carry)

    async def _keep(
        self, request: Request, published: Published, incoming: Incoming, context: Context, *, was_withdrawn: bool
    ) -> Kept | Refusal:
        """Check and write; returns after the answers are on disk."""
        language = self._language(request, published, incoming)
        wait = self.limit.wait_seconds(request.address, request.slug, time.monotonic())
        if wait:
            return said(language, 429, "too-many", sentences.too_many, wait)
        if was_withdrawn:
            return said(language, 409, "version-withdrawn", sentences.changed)
        if incoming.is_trapped:
            return said(language, 422, "trap", sentences.trap)
        course = published.course
        reading = read_answers(course.definition, incoming.answers, context, course)
        if reading.problems:
            return wrong_answers(language, published, reading.problems)
        ending = ending_of(course.definition, reading.answers, context) if course.definition.endings else None
        answers = stored_answers(reading.answers)
        if course.uses_fields:
            answers |= {FIELD + name: v for name, v in incoming.carry.fields if name in course.definition.fields}
        carry = incoming.carry
        key = key_of_invitation(carry.token) if course.definition.by_invitation else incoming.key
        row = Row(
            new_id(),
            published.version_id,
            stored_key(published.survey_id, key),
            language[:5],
            carry.channel or "link",
            carry.location,
            carry.token,
            answers,
            incoming.seconds,
        )
        try:
            stored, is_further = await self.writer.submit(row), False
            if stored.is_other:
                if course.definition.by_invitation:
                    return said(language, 410, "answered", sentences.answered)
                if incoming.is_program:
                    with translation.override(language):
                        return Kept(stored, other=sentences.key_reused())
                # Nobody who presses «send» is told thanks for what was not kept
                stored = await self.writer.submit(row.further())
                is_further = stored.is_new
        except (BusyError, DatabaseError):
            return said(language, 503, "busy", sentences.busy, _RETRY_SECONDS)
        may_wish = _is_unhappy(published, incoming, reading.answers)
        return Kept(stored, ending.code if ending else "", may_wish, is_further)

    def _language(self, request: Request, published: Published, incoming: Incoming) -> str:
        offered = published.definition.languages
        return incoming.language if incoming.language in offered else choose_language(request.languages(), offered)

    async def _refused(
        self, request: Request, published: Published, incoming: Incoming, refusal: Refusal, context: Context
    ) -> Reply:
        """The same form with what was typed and what to do about it; problem details for programs."""
        language = self._language(request, published, incoming)
        if request.wants_json:
            return problem_reply(refusal, language)
        notice = "" if refusal.problems else refusal.detail
        filling = Filling(
            incoming.key, incoming.carry, incoming.answers, refusal.problems, notice, context, incoming.page
        )
        page = await self._read(render_survey, published, language, filling)
        reply = page_reply(request, page, refusal.status, language, incoming.key, incoming.carry)
        return msgspec.structs.replace(reply, headers=[*reply.headers, *retry_headers(refusal)])

    async def _unreadable(self, request: Request, published: Published, error: RefusedError) -> Reply:
        """A body that is no filled-in survey at all."""
        if not request.wants_json and error.status != 415:
            return await self._message(request, "unreadable", error.status, company=published.company)
        offered = published.definition.languages
        language = spoken(error.language, offered) or choose_language(request.languages(), offered)
        with translation.override(language):
            problems = field_problems(error.wrong)
            if problems:
                detail = " ".join([*(problem.message for problem in problems), sentences.bad_body()])
            else:
                detail = sentences.BODIES[error.code]()
                if error.fault is not None:
                    detail = f"{detail} {sentences.fault_sentence(error.fault)}"
        return problem_reply(Refusal(error.status, error.code, detail, problems), language)
