"""A survey as a workbook (XLSX): written, and read in a process of its own, because the file comes from outside."""

import io
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import xlsxwriter
from django.utils.translation import gettext as _

from premura.importers.table.notes import TableError
from premura.importers.table.rows import RowSource
from premura.importers.table.sniff import FileFormat
from premura.loop.listen.kinds import ASKABLE
from premura.loop.listen.sheet_reading import ReadSheets, survey_from_sheets
from premura.loop.listen.sheets import SHEETS, Rows, sheets_of
from premura.loop.listen.transfer import NotASurveyError, SurveyFile

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# A workbook is a zip archive; the other file of a survey, JSON, never begins like one
MAGIC = b"PK\x03\x04"
FILE_LIMIT = 2_000_000
ROWS_LIMIT = 20_000
CELL_LIMIT = 32_767
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def workbook_of(kept: SurveyFile, state: str = "") -> bytes:
    """Every cell is text: nothing is computed, and «1-5» does not become a day when somebody types it.

    :class:`NotASurveyError` with ``too-long`` where a text is longer than a cell can hold.
    """
    sheets = sheets_of(kept, state)
    if any(len(cell) > CELL_LIMIT for rows in sheets.values() for row in rows for cell in row):
        raise NotASurveyError("too-long")
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, _OPTIONS) as book:
        bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@", "text_wrap": True})
        for name, rows in {**sheets, "guide": _guide()}.items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            for column, words in enumerate(rows[0]):
                sheet.set_column(column, column, 44 if "." in words or name == "guide" else 14, text)
            for number, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if cell:
                        sheet.write_string(number, column, cell, text if number else bold)
    return buffer.getvalue()


def read_workbook(data: bytes) -> ReadSheets:
    """:class:`NotASurveyError` for what is no workbook of a survey; rows that cannot be read are listed in it."""
    if len(data) > FILE_LIMIT:
        raise NotASurveyError("too-large")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "survey.xlsx"
        path.write_bytes(data)
        return survey_from_sheets({name: _rows(path, name) for name in SHEETS})


def _rows(path: Path, sheet: str) -> Rows:
    source = RowSource(path, FileFormat("spreadsheet"), wanted_sheet=sheet)
    try:
        rows = [row.cells for row in islice(source, ROWS_LIMIT + 1)]
    except TableError as error:
        # A survey without conditions needs no sheet for them
        if error.code == "no-such-sheet" and sheet not in SHEETS[:2]:
            return []
        raise NotASurveyError("sheet" if error.code == "no-such-sheet" else "malformed", sheet) from error
    if len(rows) > ROWS_LIMIT:
        raise NotASurveyError("too-large")
    return rows


def _guide() -> Rows:
    """What each column means, in the language of whoever saves the file; it is not read back."""
    return [
        [_("Where"), _("What stands there")],
        ["survey", _("Title, introduction, thanks; the languages, one a row; who answers and when.")],
        ["questions", _("One question a row, in the order in which they are asked.")],
        ["questions: code", _("The question's own name. Leave it as it is: answers of every version meet under it.")],
        ["questions: kind", _("How it is answered, one of: %(kinds)s.") % {"kinds": ", ".join(ASKABLE)}],
        ["questions: required …", _("«yes» or empty. So are has_other, is_reversed and starts_page.")],
        [
            "questions: text.it …",
            _("The words in each language. A new language is a new column and a row in «survey»."),
        ],
        ["questions: marks", _("Another scale, like 1-7, for agreement, tables and sliders.")],
        ["options", _("One option of a choice, or one row of a table («list» says which), a row.")],
        ["conditions", _("When a question is asked («show»), what comes after it («skip»), which thanks are shown.")],
        ["conditions: value.1 …", _("The answers that are waited for, one a column.")],
        ["#", _("A column of your own whose name begins with # is passed over.")],
    ]
