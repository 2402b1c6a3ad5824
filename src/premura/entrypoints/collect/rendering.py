"""The pages that a customer sees, rendered by Django's template engine alone, without views or middleware."""

import base64
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from django.template import Context as TemplateContext
from django.template import Engine
from django.utils import translation
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from premura.core.i18n import in_language
from premura.core.languages import language as spoken
from premura.entrypoints.collect.incoming import TRAP
from premura.entrypoints.collect.published import Closed, Place, Published
from premura.entrypoints.collect.requests import NO_CARRY, Carry
from premura.entrypoints.collect.shown import Filling, asked_on, kept_fields
from premura.entrypoints.collect.splicing import Spliced
from premura.loop.listen.asking import minutes_of, seconds_of
from premura.loop.listen.definition import TEXT_LIMIT, Context, Definition
from premura.loop.listen.logic import Course, rules_of

_FOLDER = Path(__file__).parent / "templates"
# Marks in the rendered page where each visit's own bytes go; no text of a survey can hold them (see :func:`_pieces`)
CARRY_MARK, VISIT_MARK, SHARED_MARK = "\x01carry\x01", "\x01visit\x01", "\x01shared\x01"
# What leads from an answer to the page where one asks for a person (``listen.links.wish_token``)
_WISH = re.compile(r"[-\w.:]{20,200}", re.ASCII)
_MARKS = re.compile(f"({CARRY_MARK}|{VISIT_MARK}|{SHARED_MARK})")
_BETWEEN_TAGS = re.compile(r">\s*\n\s*<")


@dataclass(frozen=True, slots=True)
class Page:
    """Bytes with gaps for the visit, and which gap is which."""

    body: Spliced
    gaps: tuple[str, ...]
    policy: str

    def values(self, key: str, carry: Carry) -> list[bytes]:
        """What goes into the gaps. Keys and carried codes are checked ASCII: nothing to escape."""
        visit = "".join(
            f'<input type=hidden name={name} value="{value}" autocomplete=off>'
            for name, value in (("key", key), *carry.pairs)
            if value
        )
        # On the way back a browser fills a form in as it was left, even one that it may not keep
        shared = " autocomplete=off" if carry.channel == "counter" else ""
        texts = {CARRY_MARK: carry.query.replace("&", "&amp;"), VISIT_MARK: visit, SHARED_MARK: shared}
        return [texts[gap].encode("ascii") for gap in self.gaps]


def render_kiosk(published: Published, language: str, filling: Filling | None = None) -> Page:
    """The survey on a tablet left to customers: big targets, thanks, and back to the start by itself."""
    return render_survey(published, language, filling, is_kiosk=True)


def render_survey(
    published: Published, language: str, filling: Filling | None = None, *, is_kiosk: bool = False
) -> Page:
    """The survey's page in ``language``; with a ``filling``, as it comes back to be mended or goes on."""
    definition, course = published.definition, published.course
    filling = filling or Filling("", NO_CARRY, {}, context=Context(language))
    by_script = filling.page is None
    with translation.override(language):
        asked, later = asked_on(course, language, filling)
        context = {
            "title": in_language(definition.title, language),
            "intro": in_language(definition.intro, language),
            "company": published.company,
            "slug": published.slug,
            "version": str(published.version_id),
            "questions": asked,
            "later": later,
            "count": len(definition.questions),
            "has_files": course.has_files,
            "pages": _page_words(course, filling.page) if course.has_pages else "",
            "page": "" if not course.has_pages else str(filling.page or 0),
            "is_first": not filling.page,
            "kept": kept_fields(filling.typed, asked) if course.has_pages else (),
            "rules": msgspec.json.encode(rules_of(course, filling.context)).decode()
            if by_script and course.has_logic
            else "",
            "duration": _duration(sum(seconds_of(question) for question in definition.questions)),
            "wrong": sum(bool(question.error) for question in asked),
            "notice": filling.notice,
            "general": _general_problems(definition, filling),
            "limit_in_words": number_format(TEXT_LIMIT, force_grouping=True),
            "trap": TRAP,
            "say": _script_words(),
            "kiosk": _kiosk_words() if is_kiosk else None,
            "thanks": in_language(definition.thanks, language) if is_kiosk else "",
        }
        scripts = (
            () if not by_script else ("logic.js", "page.js") if course.has_pages or course.has_logic else ("page.js",)
        )
        if scripts and any(question.kind == "signature" for question in definition.questions):
            scripts = ("sign.js", *scripts)
        return _page("survey", language, definition.languages, context, (*scripts, "kiosk.js") if is_kiosk else scripts)


def _page_words(course: Course, page: int | None) -> str:
    return _("Page %(number)s of at most %(count)s") % {"number": (page or 0) + 1, "count": len(course.pages)}


def render_thanks(
    found: Published | Closed,
    language: str,
    carry: Carry,
    place: Place | None,
    *,
    again: bool,
    further: bool = False,
    ending: str = "",
    wish: str = "",
) -> Page:
    """What a customer sees after sending, also when the survey was closed a moment later."""
    published = found if isinstance(found, Published) else None
    texts = published.definition.thanks if published else {}
    if published:
        texts = next((one.text for one in published.definition.endings if one.code == ending), texts)
    context = {
        "thanks": in_language(texts, language),
        "signed_by": published.signed_by if published else "",
        "slug": found.slug,
        "company": found.company,
        "place": place,
        # Nobody calls back a colleague or an observer, nor whoever answered about a competitor
        "is_of_customers": published is None or published.is_of_customers,
        "again": again,
        "further": further,
        "review": _review(published, carry, place),
        "is_counter": carry.channel == "counter",
        "wish": wish if _WISH.fullmatch(wish) else "",
        "is_framed": carry.channel == "web",
    }
    with translation.override(language):
        return _page("thanks", language, (language,), context)


def _review(published: Published | None, carry: Carry, place: Place | None) -> str:
    """Where everybody may say in public what they think: nothing here knows what was answered. From a device of ours
    nobody would believe it.
    """
    if published is None or carry.channel == "counter":
        return ""
    return (place.review_url if place else "") or published.review_url


def render_message(kind: str, language: str, company: str = "") -> Page:
    """A page that explains why there is no survey here: ``kind`` is a key of :func:`_messages`."""
    with translation.override(language):
        title, text, more = _messages()[kind]
        return _page(
            "message",
            language,
            (language,),
            {"title": title, "text": text, "more": more, "company": company} | {"leads_on": kind in _LEAD_ON},
        )


# Who cannot answer here is led to the page that is always open
_LEAD_ON = frozenset({"by-invitation", "answered", "closed"})


def _messages() -> dict[str, tuple[str, str, str]]:
    """Title, what happened, what to do now."""
    return {
        "missing": (
            _("There is no survey here"),
            _("The address may have been cut off or mistyped, or the survey may have been moved."),
            _(
                "Please try the link or the QR code again, or ask whoever gave it to you. "
                "We would still like to hear from you."
            ),
        ),
        "closed": (
            _("This survey is closed"),
            _("Thank you for coming: the answers have been collected and this survey takes no more."),
            _("If you want to tell us something, please speak to any of us: it counts just as much."),
        ),
        "by-invitation": (
            _("This survey is answered by invitation"),
            _("It takes a personal link, and this one is none of its: it may have been cut off or mistyped."),
            _("Please open the link in our letter as it is."),
        ),
        "answered": (
            _("We have your answer already"),
            _("With this personal link an answer was sent, and it counts once. Thank you."),
            _("Has something changed since then? We would like to hear it."),
        ),
        "too-large": (
            _("That is more than we can take at once"),
            _("What was sent is larger than this survey allows, so nothing was saved."),
            _("Please go back, shorten your longest answer and send again."),
        ),
        "unreadable": (
            _("We could not read what was sent"),
            _("Nothing was saved. It did not come from this survey's page, or it was changed on the way."),
            _("Please open the survey's link again and answer there."),
        ),
        "method": (
            _("This page cannot do that"),
            _("A survey can be opened and answered, nothing else."),
            _("Please open the survey's link again."),
        ),
        "busy": (
            _("We cannot take your file just now"),
            _("Several files are arriving at this moment, so nothing was saved."),
            _("Please go back, wait a minute and send again."),
        ),
        "unavailable": (
            _("We cannot show the survey right now"),
            _("Something on our side does not answer at the moment. It is not your fault."),
            _("Please try again in a minute. We would still like to hear from you."),
        ),
    }


def _script_words() -> dict[str, str]:
    """What the page's script says."""
    return {
        "position": _("%(number)s of %(count)s"),
        "minute": _("about a minute"),
        "less": _("less than a minute"),
        "minutes": _("about %(minutes)s minutes"),
        "counter": _("%(count)s of %(limit)s characters"),
        "required": _("Please answer this question: it is required."),
        "send": _("Send my answers"),
        "search": _("Search the list"),
        "empty": _("There is no answer yet: please answer at least one question."),
        "draw": _("Draw your signature here"),
        "clear": _("Clear the drawing"),
        "sending": _("Sending…"),
        "waiting": _(
            "Your answers have not been sent yet: there is no connection. They are kept on this device "
            "and we keep trying; you can also press Send again."
        ),
        "held": _(
            "Your answers have not been sent yet: there is no connection. A file cannot be kept on this device: leave "
            "this page open and we keep trying; you can also take the file out and press Send again."
        ),
        "heavy": _(
            "The file is too large: at most 12 MB each, and about 20 MB together. Nothing has been sent; everything "
            "you said is still here. Choose a smaller one, or none, and press Send again."
        ),
        "open": _(
            "Your answers have not been sent yet: there is no connection. This browser can keep nothing: leave this "
            "page open and we keep trying."
        ),
        "before": _("The answers you gave before have now been sent."),
        "refused": _(
            "Not accepted, and kept on this device: %(count)s. For our staff: open %(address)s here, and they come "
            "back one at a time to be put right and sent."
        ),
        "returned": _(
            "Answers given before on this device were not accepted: %(reason)s They are back in the form: please look "
            "through them and press Send."
        ),
    }


def _kiosk_words() -> dict[str, str]:
    return {
        "kiosk": "yes",
        "still": _("Are you still there? In a moment this starts again, for the next customer."),
        "queued": _("Waiting for a connection: %(count)s. They leave by themselves as soon as it is back."),
        "nofile": _(
            "There is no connection just now: your answers are kept and will be sent, but not the file. If it matters, "
            "please show it to one of us."
        ),
        "mustwait": _(
            "There is no connection just now, and this survey cannot be sent without the file. Everything you said is "
            "still here: please try again in a moment, or call one of us."
        ),
        "full": _("This device can keep no more answers without a connection. Please call one of us."),
    }


def _general_problems(definition: Definition, filling: Filling) -> list[str]:
    """What is wrong with no question of this survey in particular."""
    return [problem.message for problem in filling.problems if definition.question(problem.question) is None]


def _duration(seconds: int) -> str:
    minutes = minutes_of(seconds)
    if minutes == 1:
        return _("about a minute") if seconds > 30 else _("less than a minute")
    return _("about %(minutes)s minutes") % {"minutes": minutes}


def _page(
    template: str, language: str, languages: tuple[str, ...], context: dict[str, Any], scripts: tuple[str, ...] = ()
) -> Page:
    style, script = asset("page.css"), "\n".join(asset(name) for name in scripts)
    shell = {
        "language": language,
        "direction": spoken(language).direction,
        "others": [(code, spoken(code).own) for code in languages if code != language],
        "style": style,
        "script": script,
        "carry_mark": CARRY_MARK,
        "visit_mark": VISIT_MARK,
        "shared_mark": SHARED_MARK,
    }
    html = _engine().get_template(f"collect/{template}.html").render(TemplateContext({**shell, **context}))
    # A line between two tags is a node more for the browser, and shows nothing
    pieces, gaps = _pieces(_BETWEEN_TAGS.sub("><", html))
    return Page(Spliced(pieces), gaps, _policy(style, script))


def _pieces(html: str) -> tuple[list[bytes], tuple[str, ...]]:
    """Cut at the marks. A survey's text that imitates a mark would only get a gap of harmless, checked bytes."""
    parts = _MARKS.split(html)
    # A lone surrogate cannot be sent; everything else can
    return [part.encode("utf-8", "replace") for part in parts[::2]], tuple(parts[1::2])


@cache
def _engine() -> Engine:
    return Engine(dirs=[str(_FOLDER)], builtins=["django.templatetags.i18n"])


@cache
def asset(name: str) -> str:
    """A style sheet or script without its indentation and the comments that stand on lines of their own."""
    text = (_FOLDER / "collect" / name).read_text(encoding="utf-8")
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith(("//", "/*")))


@cache
def _policy(style: str, script: str) -> str:
    """Only this very style and this very script; nothing from anywhere else."""
    scripts = f"script-src {_hash(script)}; connect-src 'self'; " if script else ""
    return (
        f"default-src 'none'; {scripts}style-src {_hash(style)}; img-src data:; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
