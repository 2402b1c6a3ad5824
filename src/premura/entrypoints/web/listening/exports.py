"""Answers as a file for a spreadsheet: one row an answered survey, one column a question; nothing in it can compute."""

import csv
import io
from collections.abc import Iterator
from typing import Any

import xlsxwriter
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from premura.loop.listen.models import Answer, Response
from premura.loop.listen.rules import harmless_cell

EXPORT_ROWS = 50_000
_AT_ONCE = 500


def _table(rows: QuerySet[Response]) -> Iterator[list[Any]]:
    """The heading, then the rows; memory does not grow with their number."""
    questions = list(
        Answer.objects.filter(response__in=rows.order_by())
        .order_by("question")
        .values_list("question", flat=True)
        .distinct()
    )
    fixed = [_("Answered"), _("Survey"), _("Place"), _("Channel"), _("Language"), _("Customer"), _("Identifier")]
    yield [*fixed, *questions]
    for response in rows.iterator(chunk_size=_AT_ONCE):
        answers = {answer.question: answer for answer in response.answers.all()}
        yield [
            timezone.localtime(response.answered_at).strftime("%Y-%m-%d %H:%M"),
            str(response.survey),
            response.location.name if response.location else "",
            response.get_channel_display(),
            response.language,
            response.customer.name if response.customer else "",
            str(response.pk),
            *(_cell(answers.get(question)) for question in questions),
        ]


def _cell(answer: Answer | None) -> str | int:
    if answer is None:
        return ""
    if answer.score is not None:
        return answer.score
    return answer.text or ", ".join(answer.choices)


def csv_file(rows: QuerySet[Response]) -> bytes:
    """UTF-8 with a mark at its beginning and semicolons between: what Excel needs for accents and for Italian."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    for row in _table(rows):
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
        for number, row in enumerate(_table(rows)):
            for column, cell in enumerate(row):
                if isinstance(cell, int):
                    sheet.write_number(number, column, cell)
                else:
                    sheet.write_string(number, column, cell[:32_767], bold if number == 0 else None)
        sheet.set_column(0, 6, 18)
    return buffer.getvalue()
