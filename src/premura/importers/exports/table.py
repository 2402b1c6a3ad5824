"""Answers as a file for a spreadsheet: one row an answered survey, one column a question; nothing in it can compute."""

import csv
import io
from collections.abc import Iterator
from itertools import islice
from typing import Any
from uuid import UUID

import xlsxwriter
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from premura.core.channels import Channel
from premura.loop.listen.kinds import CONTACT
from premura.loop.listen.models import Answer, Response, Survey
from premura.loop.listen.rules import harmless_cell

EXPORT_ROWS = 50_000
_AT_ONCE = 500


_FIELDS = ("pk", "answered_at", "survey_id", "location__name", "channel", "language", "customer__name")


def answer_rows(rows: QuerySet[Response]) -> Iterator[list[Any]]:
    """The heading, then the rows; plain values in batches, so that memory does not grow with their number."""
    plain = rows.prefetch_related(None).select_related(None)
    asked = Answer.objects.filter(response__in=plain.order_by()).order_by("question", "part")
    # A row of a question that has several is a column of its own
    questions = [_column(*names) for names in asked.values_list("question", "part").distinct()]
    fixed = [_("Answered"), _("Survey"), _("Place"), _("Channel"), _("Language"), _("Customer"), _("Identifier")]
    yield [*fixed, *questions]
    surveys = {survey.pk: str(survey) for survey in Survey.objects.all()}
    channels = {key: str(label) for key, label in Channel.choices}
    zone = timezone.get_current_timezone()
    found = plain.values_list(*_FIELDS).iterator(chunk_size=_AT_ONCE)
    while batch := list(islice(found, _AT_ONCE)):
        answers = _answers([pk for pk, *_rest in batch])
        for pk, answered_at, survey, place, channel, language, customer in batch:
            yield [
                answered_at.astimezone(zone).strftime("%Y-%m-%d %H:%M"),
                surveys.get(survey, ""),
                place or "",
                channels.get(channel, channel),
                language,
                customer or "",
                str(pk),
                *(answers.get((pk, question), "") for question in questions),
            ]


def _answers(responses: list[UUID]) -> dict[tuple[UUID, str], str | int]:
    """(response, column) → the cell: a score, a figure, a day, how to reach them, options' codes, what was written."""
    return {
        (answer.response_id, _column(answer.question, answer.part)): _cell(answer)
        for answer in Answer.objects.filter(response__in=responses).order_by()
    }


def _column(question: str, part: str) -> str:
    return f"{question}.{part}" if part else question


def _cell(answer: Answer) -> str | int:
    if answer.score is not None:
        return answer.score
    if answer.number is not None:
        return f"{answer.number.normalize():f}"
    if answer.given_on is not None:
        return answer.given_on.isoformat()
    contact = [answer.contact[name] for name in CONTACT if answer.contact.get(name)]
    return ": ".join(filter(None, (", ".join(contact or answer.choices), answer.text)))


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
                if isinstance(cell, int):
                    sheet.write_number(number, column, cell)
                else:
                    sheet.write_string(number, column, cell[:32_767], bold if number == 0 else None)
        sheet.set_column(0, 6, 18)
    return buffer.getvalue()
