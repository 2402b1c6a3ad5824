"""A survey's sheets as one CSV file, and back: each sheet begins with its name in brackets, on a line of its own.

Pure. What could be computed by a spreadsheet gets an apostrophe on its way out and loses it on its way in. Comes back
as Excel, LibreOffice or an editor saved it: with commas, semicolons or tabs, in UTF-8, UTF-16 or the old Western page.
"""

import csv
import io
from collections.abc import Mapping

from premura.loop.listen.rules import harmless_cell
from premura.loop.listen.sheets import SHEETS, Rows
from premura.loop.listen.transfer import NotASurveyError

_FIRST = f"[{SHEETS[0]}]"
_SEPARATORS = ";,\t"
# Longer than any text of a survey: a quotation mark that never closes has swallowed the rest
LONGEST_CELL = 100_000


def sheets_to_csv(sheets: Mapping[str, Rows]) -> bytes:
    """UTF-8 with a mark at its beginning and semicolons between: what Excel needs for accents and for Italian.

    >>> sheets_to_csv({"survey": [["what", "value"], ["title", "=1+1"]]}).decode("utf-8-sig").splitlines()
    ['[survey]', 'what;value', "title;'=1+1", '']
    """
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    for name, rows in sheets.items():
        writer.writerow([f"[{name}]"])
        writer.writerows([_out(cell) for cell in row] for row in rows)
        writer.writerow([])
    return text.getvalue().encode("utf-8-sig", "replace")


def is_csv(data: bytes) -> bool:
    """Whether ``data`` begins as such a file does; JSON never does."""
    return _decoded(data[:32]).lstrip(' "\r\n').startswith(_FIRST)


def sheets_from_csv(data: bytes) -> dict[str, Rows]:
    """The sheets by name. :class:`NotASurveyError` where the file is no table, or has a part that no survey has."""
    text = _decoded(data)
    found: dict[str, Rows] = {}
    rows: Rows = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text)):
            if any(len(cell) > LONGEST_CELL for cell in row):
                raise NotASurveyError("malformed")
            name = row[0].strip() if row else ""
            if name.startswith("["):
                rows = found.setdefault(_sheet(name), [])
            elif any(cell.strip() for cell in row):
                rows.append([_in(cell) for cell in row])
    except csv.Error as error:
        raise NotASurveyError("malformed") from error
    return {name: found.get(name, []) for name in SHEETS}


def _sheet(name: str) -> str:
    if name.strip("[]") not in SHEETS:
        raise NotASurveyError("part", name[:80])
    return name.strip("[]")


def _separator(text: str) -> str:
    """What follows the first heading's first word; a file that was cut short there has one column."""
    _before, _word, after = text.partition("what")
    following = after.lstrip('"')[:1]
    return following if following and following in _SEPARATORS else ";"


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _out(cell: str) -> str:
    return f"'{cell}" if _is_risky(cell) else cell


def _in(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _is_risky(cell) else cell


def _is_risky(cell: str) -> bool:
    """Whether it begins a formula, behind any number of apostrophes: so what goes out comes in the same."""
    bare = cell.lstrip("'")
    return harmless_cell(bare) != bare
