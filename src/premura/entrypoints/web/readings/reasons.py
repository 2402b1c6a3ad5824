"""Reasons for buying, or any other choice: counted with their doubt, by segment and against the days before."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from premura.core.staff.roles import Ability
from premura.entrypoints.web.charts import interval_chart
from premura.entrypoints.web.door import StaffRequest, signed_in
from premura.entrypoints.web.figures import Measure, Shown
from premura.entrypoints.web.insights.sentence import Asked
from premura.entrypoints.web.insights.tables import Cell
from premura.entrypoints.web.readings.options import options_in_words
from premura.entrypoints.web.readings.shown import (
    FILES,
    Making,
    address,
    asked_by,
    cells_of,
    estimate_headings,
    file_of,
    page_context,
    wants_file,
    where,
)
from premura.entrypoints.web.sentence import Choice, Sentence
from premura.loop.listen.models import Answer
from premura.loop.understand import reads
from premura.loop.understand.questions import Item, QuestionBook, question_book
from premura.loop.understand.reasons import Question, Reason, Reasons, choices_asked, own_words, reasons_for

#: More columns could not be read beside one another
SEGMENTS = 5


@dataclass(frozen=True)
class _Change:
    """A difference as ``{% delta %}`` shows it."""

    difference: Any
    p: float | None
    unit: str = "percent"


@signed_in(Ability.SEE_INSIGHTS)
def reasons(request: StaffRequest) -> HttpResponse:
    asked, least, book = asked_by(request), reads.minimum_n(), question_book()
    place = where(asked).get("location")
    questions = choices_asked(request.user, asked.window, **where(asked))
    wanted = request.GET.get("question", "")
    question = next((one for one in questions if one.key == wanted), questions[0] if questions else None)
    context = page_context(asked, "reasons", "period", "location") | {"least": least}
    if question is None:
        return render(request, "readings/reasons.html", context)
    found = reasons_for(request.user, asked.window, question, location=place)
    names = options_in_words(book, question.survey, question.code)
    if kind := wants_file(request):
        return file_of(_cells(found, names), "reasons", asked.window, kind)
    context |= {
        "sentence": _with_question(context["sentence"], questions, question, book, asked),
        "file_urls": [(kind, address(asked, "reasons", question=question.key, **{"as": kind})) for kind in FILES],
        "asks": _text(book, question),
        "is_ranking": question.kind == "ranking",
        "rows": [_row(reason, found, names, least) for reason in found.reasons],
        "segments": [name or _("no segment") for name, _n in found.segments[:SEGMENTS]],
        "more_segments": max(0, len(found.segments) - SEGMENTS),
        "before_is_enough": found.before_n >= least,
        "said": _words(own_words(request.user, asked.window, question, location=place), question, book, names),
        "spec": _chart(found, names, least),
        "making": _making(found, asked),
    }
    return render(request, "readings/reasons.html", context)


def _text(book: QuestionBook, question: Question) -> str:
    return book.text(Item(question.code, "", "", question.kind, survey=question.survey))


def _named(book: QuestionBook, question: Question, asked: Asked, *, is_alone: bool) -> str:
    """The question, and its survey where there are several questions and the survey is not called like it."""
    text, survey = _text(book, question), asked.names.surveys.get(question.survey, "")
    return text if is_alone or survey in {"", text} else f"{text} ({survey})"


def _with_question(
    sentence: Sentence, questions: list[Question], chosen: Question, book: QuestionBook, asked: Asked
) -> Sentence:
    """The sentence with the question to choose before everything else."""
    options = [(one.key, _named(book, one, asked, is_alone=len(questions) == 1)) for one in questions]
    choices = {"question": Choice("question", _("question"), options, chosen.key), **sentence.choices}
    kept = [(name, value) for name, value in sentence.kept if name != "question"]
    return Sentence("%(question)s " + sentence.text, choices, kept)


def _row(reason: Reason, found: Reasons, names: Mapping[str, str], least: int) -> dict[str, Any]:
    measure = Measure(_("named it"), "percent")
    enough = min(found.before_n, reason.share.n) >= least
    return {
        "name": names.get(reason.code, reason.code),
        "share": Shown(measure, reason.share, least),
        "change": _Change(reason.change.difference, reason.change.p) if enough else None,
        "segments": [
            (name or _("no segment"), Shown(measure, share, least))
            for (name, _n), share in zip(found.segments[:SEGMENTS], reason.by_segment, strict=False)
        ],
    }


def _words(answers: list[Answer], question: Question, book: QuestionBook, names: Mapping[str, str]) -> list[Any]:
    """Each text with what it answers, the latest first."""
    said = []
    for answer in answers:
        is_own = answer.question == question.code
        text = book.text(Item(answer.question, "", "", answer.kind, survey=question.survey))
        about = ", ".join(names.get(code, code) for code in answer.choices) if is_own else text
        said.append({"text": answer.text, "about": about, "response": answer.response})
    return said


def _chart(found: Reasons, names: Mapping[str, str], least: int) -> dict[str, Any]:
    rows = [
        {
            "name": names.get(reason.code, reason.code),
            "value": reason.share.value,
            "low": reason.share.low,
            "high": reason.share.high,
            "n": reason.share.n,
            "few": reason.share.n < least,
        }
        for reason in found.reasons
    ]
    return interval_chart(rows, unit="percent", title=_("named it"))


def _making(found: Reasons, asked: Asked) -> Making:
    return Making(
        _("Of those who answered this question, how many named each option. One answer may name several, so the shares "
          "need not add up to a hundred; of a ranking only the first place counts. Who did not answer counts nowhere."),
        [
            (_("answers"), found.question.n),
            (_("answers in the days before"), found.before_n),
            (_("days"), asked.window.days),
        ],
        _("named ÷ answers; the change is the share now minus the share in as many days before"),
        "wilson",
        "docs/methods/intervals.md",
    )  # fmt: skip


def _cells(found: Reasons, names: Mapping[str, str]) -> list[list[Cell]]:
    segments = [name or _("no segment") for name, _n in found.segments]
    heading: list[Cell] = [_("option"), _("named it"), *estimate_headings(), _("in the days before")]
    lines = [[*heading, *segments]]
    for reason in found.reasons:
        shares = [share.value for share in reason.by_segment]
        lines.append([names.get(reason.code, reason.code), *cells_of(reason.share), reason.before.value, *shares])
    return lines
