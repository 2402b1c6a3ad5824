"""The breakdown of a metric as a table: on the page, and as a file whose cells can do no harm."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.http import HttpResponse
from django.utils.translation import gettext as _

from premura.core.staff.models import Person
from premura.entrypoints.web.insights.sentence import Asked
from premura.entrypoints.web.insights.wording import period_name
from premura.loop.listen.rules import harmless_cell
from premura.loop.understand import reads
from premura.loop.understand.dimensions import PERIODIC, none_of
from premura.loop.understand.metrics import Counts, Figure, Group, Metric

Cell = str | int | float | Decimal | None
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Row:
    """One line of the table: what it is about, its figure, how its answers share out."""

    key: Any
    name: str
    figure: Figure
    shares: tuple[tuple[Group, float, int], ...]


def breakdown(person: Person, asked: Asked, least: int) -> list[Row]:
    """Every group with answers; periods the latest first, others by what they are worth, those too few to say last."""
    counted = reads.count_scores(person, asked.metric, asked.window, asked.by, **asked.filters)
    names = reads.labels(asked.by, set(counted))
    rows = [_row(asked, key, counts, names, least) for key, counts in counted.items() if counts.n]
    if asked.by in PERIODIC:
        return sorted(rows, key=lambda row: row.key, reverse=True)
    return sorted(rows, key=lambda row: (not row.figure.is_enough, row.figure.estimate.value or 0, row.name))


def _row(asked: Asked, key: Any, counts: Counts, names: dict[Any, str], least: int) -> Row:
    metric = asked.metric
    figure = reads.figure_of(metric, counts, least)
    rows, making = (asked.url_for_group(page, asked.by, key) for page in ("insights-rows", "insights-making"))
    sizes = [(group, counts.between(group.low, group.high)) for group in metric.groups]
    shares = tuple((group, 100 * n / counts.n, n) for group, n in sizes if n)
    return Row(key, name_of(asked.by, key, names), replace(figure, href=rows, making_href=making), shares)


def name_of(by: str, key: Any, names: dict[Any, str]) -> str:
    """What a group is called; nothing is a name too."""
    if key is None:
        return none_of(by)
    if by in PERIODIC:
        return period_name(key, by)
    return names.get(key, str(key))


def class_of(metric: Metric, score: int) -> Group | None:
    return next((group for group in metric.groups if group.low <= score <= group.high), None)


def exported(rows: Sequence[Row], metric: str, by: str) -> list[list[Cell]]:
    """Heading and rows as values, full precision, in the unit that people read."""
    heading: list[Cell] = [by, metric, _("from"), _("to"), _("answers"), _("enough to read"), _("method")]
    lines: list[list[Cell]] = [heading]
    for row in rows:
        figure, estimate = row.figure, row.figure.estimate
        values = [figure.shown(value) for value in (estimate.value, estimate.low, estimate.high)]
        enough = _("yes") if figure.is_enough else _("no")
        lines.append([row.name, *values, estimate.n, enough, estimate.method])
    return lines


def as_csv(rows: Iterable[Sequence[Cell]], name: str, delimiter: str = ",") -> HttpResponse:
    """With a byte order mark, so that every spreadsheet reads the accents, and no cell that one takes for a formula."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    writer.writerows([harmless_cell(cell) for cell in row] for row in rows)
    response = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def as_spreadsheet(rows: Sequence[Sequence[Cell]], name: str) -> HttpResponse:
    """Text stays text: nothing is read as a formula or an address."""
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write(number, column, cell, None if number else bold)
        sheet.set_column(0, 0, 32)
        sheet.freeze_panes(1, 1)
    response = HttpResponse(file.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response
