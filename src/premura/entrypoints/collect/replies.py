"""HTTP answers: pages, problem details, and the acknowledgement of what was kept."""

import gzip
import hashlib
from collections.abc import Callable

import msgspec
from django.utils import translation
from django.utils.translation import gettext as _

from premura.entrypoints.collect.incoming import Incoming
from premura.entrypoints.collect.problems import PROBLEM_TYPE, AnswerProblem, answer_problems, problem_details
from premura.entrypoints.collect.published import Published
from premura.entrypoints.collect.rendering import Page
from premura.entrypoints.collect.requests import Carry, Request, Send
from premura.entrypoints.collect.writer import Stored
from premura.loop.listen.definition import Problem
from premura.loop.listen.links import wish_token


class Reply(msgspec.Struct, frozen=True, gc=False):
    """One HTTP answer."""

    status: int
    body: bytes
    headers: list[tuple[bytes, bytes]]


class Refusal(msgspec.Struct, frozen=True):
    """Why a submission is not kept: everything that either a page or problem details need."""

    status: int
    code: str
    detail: str
    problems: list[AnswerProblem] = []
    wait_seconds: int = 0


def said(language: str, status: int, code: str, sentence: Callable[[], str], wait_seconds: int = 0) -> Refusal:
    with translation.override(language):
        return Refusal(status, code, sentence(), wait_seconds=wait_seconds)


def wrong_answers(language: str, published: Published, problems: tuple[Problem, ...]) -> Refusal:
    with translation.override(language):
        detail = _("Some answers need another look: nothing was saved yet.")
        return Refusal(422, "invalid-answers", detail, answer_problems(published.definition, problems))


def _headers(language: str, content_type: bytes, body: bytes, *more: tuple[bytes, bytes]) -> list[tuple[bytes, bytes]]:
    return [
        (b"content-type", content_type),
        (b"content-length", str(len(body)).encode()),
        (b"content-language", language.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"x-robots-tag", b"noindex"),
        # A personal link must not travel on to another site
        (b"referrer-policy", b"no-referrer"),
        *more,
    ]


def page_reply(request: Request, page: Page, status: int, language: str, key: str, carry: Carry) -> Reply:
    values = page.values(key, carry)
    is_gzipped = request.accepts_gzip
    body = page.body.gzipped(values) if is_gzipped else page.body.plain(values)
    # «Back» after sending shows this very page again, key included, so that sending it again does not count twice.
    # On the device at the counter the next customer answers: there neither the key nor what was typed may come back.
    caching = b"no-store" if carry.channel == "counter" or status != 200 else b"private, no-cache"
    headers = _headers(
        language,
        b"text/html; charset=utf-8",
        body,
        (b"cache-control", caching),
        (b"vary", b"accept-encoding, accept-language"),
        (b"content-security-policy", _framing(page.policy, carry).encode()),
    )
    if is_gzipped:
        headers.append((b"content-encoding", b"gzip"))
    if status == 405:
        headers.append((b"allow", b"GET, HEAD, POST"))
    return Reply(status, body, headers)


def _framing(policy: str, carry: Carry) -> str:
    """Web sites may show the survey in a frame of theirs: there is no session that could be abused, and a personal link
    is never framed.
    """
    is_widget = carry.channel == "web" and not carry.token
    return policy.replace("frame-ancestors 'self'", "frame-ancestors *") if is_widget else policy


def script_reply(request: Request, script: bytes) -> Reply:
    """The widget, for a page of another site; to whom has it already, only that it is the same."""
    is_gzipped = request.accepts_gzip
    tag = f'"{hashlib.sha256(script).hexdigest()[:20]}"'
    body = gzip.compress(script, 9, mtime=0) if is_gzipped else script
    headers = [
        (b"content-type", b"text/javascript; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"public, max-age=3600"),
        # Weak: the same script, compressed or not
        (b"etag", b"W/" + tag.encode()),
        (b"vary", b"accept-encoding"),
        (b"x-content-type-options", b"nosniff"),
        (b"cross-origin-resource-policy", b"cross-origin"),
        *([(b"content-encoding", b"gzip")] if is_gzipped else []),
    ]
    if tag in request.header(b"if-none-match"):
        return Reply(304, b"", [(name, value) for name, value in headers if not name.startswith(b"content-")])
    return Reply(200, body, headers)


def problem_reply(refusal: Refusal, language: str) -> Reply:
    body = problem_details(refusal.code, refusal.status, refusal.detail, refusal.problems)
    headers = _headers(language, PROBLEM_TYPE.encode(), body, (b"cache-control", b"no-store"), *retry_headers(refusal))
    return Reply(refusal.status, body, headers)


def retry_headers(refusal: Refusal) -> list[tuple[bytes, bytes]]:
    return [(b"retry-after", str(refusal.wait_seconds).encode())] if refusal.wait_seconds else []


class Kept(msgspec.Struct, frozen=True, gc=False):
    """What was kept, which of several endings fits, whether a person to speak to is offered, whether other answers
    had come with the same key, and the word to a program whose other answers with that key were not kept.
    """

    stored: Stored
    ending: str = ""
    may_wish: bool = False
    is_further: bool = False
    other: str = ""


# A body of the form {"id":"…"} has 45 bytes
_KEPT_HEADERS = [
    (b"content-type", b"application/json"),
    (b"content-length", b"45"),
    (b"cache-control", b"no-store"),
]


def kept_reply(request: Request, published: Published, incoming: Incoming, kept: Kept) -> Reply:
    stored, ending = kept.stored, kept.ending
    digits = stored.id
    wish = wish_token(digits) if kept.may_wish else ""
    if request.wants_json:
        name = f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
        status = 201 if stored.is_new else 200
        more = {"ending": ending, "wish": wish, "further": kept.is_further, "other": kept.other}
        if any(more.values()):
            body = msgspec.json.encode({"id": name, **{key: value for key, value in more.items() if value}})
            return Reply(
                status, body, [_KEPT_HEADERS[0], (b"content-length", str(len(body)).encode()), _KEPT_HEADERS[2]]
            )
        return Reply(status, f'{{"id":"{name}"}}'.encode(), _KEPT_HEADERS)
    language = incoming.language if incoming.language in published.definition.languages else ""
    said = ("" if stored.is_new else "&again=1") + ("&more=1" if kept.is_further else "")
    said += (f"&e={ending}" if ending else "") + (f"&p={wish}" if wish else "")
    address = f"/s/{published.slug}/thanks?lang={language}{incoming.carry.query}{said}"
    return Reply(
        303, b"", [(b"location", address.encode()), (b"content-length", b"0"), (b"cache-control", b"no-store")]
    )


async def send_reply(send: Send, reply: Reply, *, with_body: bool) -> None:
    await send({"type": "http.response.start", "status": reply.status, "headers": reply.headers})
    await send({"type": "http.response.body", "body": reply.body if with_body else b""})
