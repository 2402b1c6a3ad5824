"""Answers as a file for a spreadsheet: one row an answered survey, one column a question; nothing in it can compute.

What was chosen stands there in words, as the survey said them.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any
from uuid import UUID

import xlsxwriter
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from premura.core.channels import Channel
from premura.loop.listen.definition import draft_from
from premura.loop.listen.kinds import CONTACT
from premura.loop.listen.models import Answer, Response, Survey, SurveyVersion
from premura.loop.listen.rules import harmless_cell
from premura.loop.listen.scales import option_texts

EXPORT_ROWS = 50_000
_AT_ONCE = 500


_FIELDS = (
    "pk", "answered_at", "survey_id", "version_id", "location__name", "channel", "language", "customer__name",
    "seconds",
)  # fmt: skip
Cell = str | int | float
# (version, question) → option → its words
Words = Mapping[tuple[int | None, str], Mapping[str, str]]


def answer_rows(rows: QuerySet[Response]) -> Iterator[list[Any]]:
    """The heading, then the rows; plain values in batches, so that memory does not grow with their number."""
    plain = rows.prefetch_related(None).select_related(None)
    words = _option_words(plain)
    asked = Answer.objects.filter(response__in=plain.order_by()).order_by("question", "part")
    # A row of a question that has several is a column of its own
    questions = [_column(*names) for names in asked.values_list("question", "part").distinct()]
    yield [*_fixed(), *questions]
    surveys = {survey.pk: str(survey) for survey in Survey.objects.all()}
    channels = {key: str(label) for key, label in Channel.choices}
    zone = timezone.get_current_timezone()
    found = plain.values_list(*_FIELDS).iterator(chunk_size=_AT_ONCE)
    while batch := list(islice(found, _AT_ONCE)):
        answers = _answers({pk: version for pk, _at, _survey, version, *_rest in batch}, words)
        for pk, answered_at, survey, _version, place, channel, language, customer, seconds in batch:
            yield [
                answered_at.astimezone(zone).strftime("%Y-%m-%d %H:%M"),
                surveys.get(survey, ""),
                place or "",
                channels.get(channel, channel),
                language,
                customer or "",
                str(pk),
                "" if seconds is None else seconds,
                *(answers.get((pk, question), "") for question in questions),
            ]


def _fixed() -> list[str]:
    """The columns that every answer has."""
    return [
        _("Answered"), _("Survey"), _("Place"), _("Channel"), _("Language"), _("Customer"), _("Identifier"),
        _("Duration in seconds"),
    ]  # fmt: skip


def _option_words(rows: QuerySet[Response]) -> dict[tuple[int | None, str], dict[str, str]]:
    """What the options of every question were called, by version, because a code may mean another thing in each."""
    versions = SurveyVersion.objects.filter(pk__in=rows.order_by().values("version").distinct())
    return {
        (version.pk, question.code): option_texts(question)
        for version in versions
        for question in draft_from(version.definition).questions
        if question.choice_codes
    }


def _answers(versions: Mapping[UUID, int | None], words: Words) -> dict[tuple[UUID, str], Cell]:
    """(response, column) → the cell: a score, a figure, a day, how to reach them, options, what was written."""
    found = Answer.objects.filter(response__in=list(versions)).order_by().select_related("attachment")
    return {
        (answer.response_id, _column(answer.question, answer.part)): _cell(
            answer, words.get((versions[answer.response_id], answer.question), {})
        )
        for answer in found
    }


def _column(question: str, part: str) -> str:
    return f"{question}.{part}" if part else question


def _cell(answer: Answer, words: Mapping[str, str]) -> Cell:
    if answer.score is not None:
        return answer.score
    if answer.number is not None:
        return int(answer.number) if answer.number == int(answer.number) else float(answer.number)
    if answer.given_on is not None:
        return answer.given_on.isoformat()
    if (attachment := getattr(answer, "attachment", None)) is not None:
        return ": ".join(filter(None, (attachment.name, attachment.reference)))
    contact = [answer.contact[name] for name in CONTACT if answer.contact.get(name)]
    chosen = [words.get(code, code) for code in answer.choices]
    return ": ".join(filter(None, ((", " if contact else "; ").join(contact or chosen), answer.text)))


def csv_file(rows: QuerySet[Response]) -> bytes:
    """UTF-8 with a mark at its beginning and semicolons between: what Excel needs for accents and for Italian."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    for row in answer_rows(rows):
        writer.writerow([harmless_cell(cell) for cell in row])
    return text.getvalue().encode("utf-8-sig", "replace")


def xlsx_file(rows: QuerySet[Response]) -> bytes:
    """The same as a workbook; text stays text, whatever it begins with."""
    buffer = io.BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(buffer, options) as book:
        sheet = book.add_worksheet(_("Answers"))
        sheet.freeze_panes(1, 0)
        bold = book.add_format({"bold": True})
        for number, row in enumerate(answer_rows(rows)):
            for column, cell in enumerate(row):
                if isinstance(cell, int | float):
                    sheet.write_number(number, column, cell)
                else:
                    sheet.write_string(number, column, cell[:32_767], bold if number == 0 else None)
        sheet.set_column(0, 7, 18)
    return buffer.getvalue()
