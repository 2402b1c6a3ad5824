"""Answers: a list that says itself as a sentence, each answer with what was asked, and both as a file."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from premura.core.channels import Channel
from premura.core.company.company import local_date
from premura.core.errors import NotFound
from premura.core.history.models import Event
from premura.core.languages import language_name
from premura.core.staff.roles import Ability
from premura.entrypoints.web.customers.forms import places_of
from premura.entrypoints.web.door import StaffRequest, signed_in
from premura.entrypoints.web.listening.exports import EXPORT_ROWS, csv_file, xlsx_file
from premura.entrypoints.web.listening.kept_files import kept_file
from premura.entrypoints.web.listening.programmes import area_tabs
from premura.entrypoints.web.listening.shown import ShownAnswer, chief_score, shown_answers, time_in_words
from premura.entrypoints.web.sentence import Choice, Sentence
from premura.importers.exports.columnar import parquet_file, spss_file
from premura.loop.listen.models import Answer, Quote, Response, Survey, Talk
from premura.loop.listen.quotes import theme_names
from premura.loop.listen.reads import (
    Wanted,
    attachment_for,
    events_of,
    exchanges,
    keyed_in_by,
    response_for,
    responses_for,
)
from premura.loop.listen.talks import is_talk, moderators
from premura.loop.recover.models import Case
from premura.loop.understand.frames import ENCOUNTER_NAMES
from premura.loop.understand.listening_quality import responses_with
from premura.loop.understand.windows import Window

PAGE = 50
PERIODS = ("30", "7", "90", "365", "all")


@signed_in(Ability.SEE_INSIGHTS)
def responses(request: StaffRequest) -> HttpResponse:
    sentence, wanted = _wanted(request)
    page = Paginator(responses_for(request.user, wanted), PAGE).get_page(request.GET.get("page"))
    context = {
        "sentence": sentence,
        "page": page,
        "rows": [(response, chief_score(answers), answers) for response, answers in _rows(page)],
        "text": wanted.text,
        "chosen": [(choice.name, choice.value) for choice in sentence.choices.values()],
        "is_narrowed": bool(request.GET),
        "survey": Survey.objects.select_related("programme").filter(pk=wanted.survey).first()
        if wanted.survey
        else None,
        "tabs": area_tabs("responses") if request.user.may(Ability.ASK) else [],
        "now": timezone.now(),
    }
    return render(request, "listening/responses.html", context)


def _rows(page: Iterable[Response]) -> Iterator[tuple[Response, list[ShownAnswer]]]:
    for response in page:
        yield response, shown_answers(response.answers.all())


def _wanted(request: StaffRequest) -> tuple[Sentence, Wanted]:
    sentence = Sentence.from_query(
        _("Answers to %(survey)s %(location)s, %(channel)s, %(period)s: %(loyalty)s, %(comment)s, %(quality)s"),
        request.GET,
        Choice("survey", _("Survey"), _surveys()),
        Choice("location", _("Place"), _places(request)),
        Choice("channel", _("How it came"), _channels()),
        Choice("period", _("Period"), _periods()),
        Choice("loyalty", _("From whom"), _loyalties()),
        Choice("comment", _("Comment"), [("", _("with or without a comment")), ("1", _("with a comment"))]),
        Choice("quality", _("What is striking"), _signs()),
        keep=["q"],
    )
    today = local_date(timezone.now())
    days = sentence["period"]
    wanted = Wanted(
        survey=int(sentence["survey"]) if sentence["survey"] else None,
        location=int(sentence["location"]) if sentence["location"] else None,
        channel=sentence["channel"],
        first_day=today - timedelta(days=int(days) - 1) if days.isdecimal() else None,
        loyalty=sentence["loyalty"],
        with_comment=bool(sentence["comment"]),
        text=request.GET.get("q", "").strip()[:100].replace("\x00", ""),
    )
    if sign := sentence["quality"]:
        days_of = Window(wanted.first_day or date.min, today)
        where = {"location": wanted.location, "survey": wanted.survey}
        wanted = replace(wanted, only=responses_with(request.user, days_of, sign, **where))
    return sentence, wanted


def _surveys() -> list[tuple[str, str]]:
    rows = Survey.objects.select_related("subject").order_by("-created_at")
    return [("", _("every survey")), *((str(row.pk), f"«{row.with_side}»") for row in rows)]


def _places(request: StaffRequest) -> list[tuple[str, str]]:
    rows = [(str(row.pk), _("at %(place)s") % {"place": row.name}) for row in places_of(request.user)]
    return [("", _("at every place")), *rows, ("0", _("at no place in particular"))]


def _channels() -> list[tuple[str, str]]:
    rows = [(key, _("channel %(channel)s") % {"channel": label}) for key, label in Channel.choices]
    return [("", _("any channel")), *rows]


def _periods() -> list[tuple[str, str]]:
    names = {
        "7": _("in the last 7 days"),
        "30": _("in the last 30 days"),
        "90": _("in the last 90 days"),
        "365": _("in the last 12 months"),
        "all": _("since the beginning"),
    }
    return [(key, names[key]) for key in PERIODS]


def _loyalties() -> list[tuple[str, str]]:
    return [
        ("", _("from everybody")),
        ("promoter", _("from those who would recommend us (promoters, 9–10)")),
        ("passive", _("from those who are indifferent (passives, 7–8)")),
        ("detractor", _("from those who would not recommend us (detractors, 0–6)")),
    ]


def _signs() -> list[tuple[str, str]]:
    return [
        ("", _("striking or not")),
        ("praise", _("nothing but praise")),
        ("critical", _("with a critical point")),
        ("straight", _("with all marks alike")),
        ("repeated", _("with words that another answer has too")),
        ("fast", _("answered too fast to be read")),
        ("wordless", _("without words that say anything")),
    ]


@signed_in(Ability.SEE_INSIGHTS)
def response(request: StaffRequest, pk: UUID) -> HttpResponse:
    return response_page(request, response_for(request.user, pk))


def response_page(request: StaffRequest, found: Response, refused: dict[str, str] | None = None) -> HttpResponse:
    """The page of one answer; ``refused`` is what was typed about a talk and could not be taken, with its ``error``."""
    marked = list(Quote.objects.filter(answer__response=found))
    shown = [
        (exchange, shown_answers(exchange.answers, [exchange.question]), _quotes(marked, exchange.answers))
        for exchange in exchanges(found)
        if exchange.question.kind != "statement"
    ]
    context = {
        "response": found,
        "exchanges": shown,
        "facts": _facts(request, found),
        "events": [(event, _event_words(event)) for event in events_of(found)],
        "cases": Case.objects.visible_to(request.user).filter(response=found),
        "themes": _theme_choices()
        if marked or any(said.text for _q, all_said, _m in shown for said in all_said)
        else [],
        "talk": _talk(request, found, refused),
        "now": timezone.now(),
    }
    return render(request, "listening/response.html", context, status=422 if refused else 200)


def _theme_choices() -> list[str]:
    """The themes in use, then the parts of a service encounter, which are offered from the first quote on."""
    known = theme_names()
    used = {name.casefold() for name in known}
    return [*known, *(str(name) for name in ENCOUNTER_NAMES.values() if str(name).casefold() not in used)]


def _talk(request: StaffRequest, found: Response, refused: dict[str, str] | None) -> dict[str, Any] | None:
    """Who was there, and the form that says it, of notes somebody took; ``None`` of any other answer."""
    if not is_talk(found):
        return None
    noted = Talk.objects.select_related("moderator").filter(response=found).first()
    kept = {
        "moderator": str(noted.moderator_id or "") if noted else "",
        "participants": noted.participants if noted else "",
        "minutes": str(noted.minutes or "") if noted else "",
    }
    people = moderators() if request.user.may(Ability.ASK) else []
    return {"noted": noted, "typed": refused or kept, "people": [(str(one.pk), one.name) for one in people]}


def _quotes(marked: list[Quote], answers: list[Answer]) -> list[Quote]:
    own = {answer.pk for answer in answers}
    return [quote for quote in marked if quote.answer_id in own]


@signed_in(Ability.SEE_INSIGHTS)
def response_file(request: StaffRequest, pk: UUID) -> FileResponse:
    """The photo, file or signature of the answer to ``question``, for those who may see the answer and nobody else."""
    question = request.GET.get("question", "")
    found = attachment_for(request.user, pk, question)
    return kept_file(found.reference, question, is_download=not found.is_picture)


def _facts(request: StaffRequest, found: Response) -> list[tuple[str, Any]]:
    writer = keyed_in_by(found)
    met = found.interaction
    return [
        (_("Place"), found.location or ""),
        (_("How it came"), found.get_channel_display()),
        (_("Written down by"), writer or ""),
        (_("Asked by"), found.invitation.asked_by if found.invitation and found.invitation.asked_by else ""),
        (_("After"), met.touchpoint if met else ""),
        (_("Language"), language_name(found.language)),
        (_("Time to answer"), _("not known") if found.seconds is None else time_in_words(found.seconds)),
        (_("About"), "" if found.subject.is_us else found.subject),
        (_("Comes from"), found.source),
    ]


def _event_words(event: Event) -> tuple[str, str]:
    """Icon and words of one event."""
    words = {
        "response.received": ("inbox", _("The answer arrived")),
        "customer.invited": ("ear", _("We asked")),
        "quote.coded": ("message", _("A quote was marked")),
        "quote.removed": ("message", _("The mark of a quote was removed")),
        "talk.noted": ("users", _("Who was there was written down")),
        "comment.read": ("message", _("The comment was read by itself")),
        "comment.reread": ("message", _("The comment was read again with care, and says more")),
        "case.opened": ("lifebuoy", _("A case was opened")),
    }
    return words.get(event.name, ("circle", event.name))


@signed_in(Ability.SEE_INSIGHTS)
def responses_file(request: StaffRequest) -> HttpResponse:
    """The same answers as a file, ``as=csv``, ``xlsx``, ``sav`` (SPSS) or ``parquet``."""
    kind = request.GET.get("as", "csv")
    if kind not in _FILES:
        raise NotFound
    _sentence, wanted = _wanted(request)
    rows = responses_for(request.user, wanted)
    count = rows.count()
    if count > EXPORT_ROWS:
        text = _("These are %(count)s answers; a file holds at most %(limit)s. Choose a shorter period or one survey.")
        messages.error(request, text % {"count": f"{count:n}", "limit": f"{EXPORT_ROWS:n}"})
        query = request.GET.copy()
        query.pop("as", None)
        return redirect(f"{reverse('responses')}?{query.urlencode()}")
    make, content_type = _FILES[kind]
    name = f"{_('answers')}-{local_date(timezone.now()):%Y-%m-%d}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(make(rows), content_type=content_type, headers=headers)


_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FILES: dict[str, tuple[Callable[[QuerySet[Response]], bytes], str]] = {
    "csv": (csv_file, "text/csv; charset=utf-8"),
    "xlsx": (xlsx_file, _XLSX),
    "sav": (spss_file, "application/x-spss-sav"),
    "parquet": (parquet_file, "application/vnd.apache.parquet"),
}
