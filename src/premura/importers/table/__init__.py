"""Tables that people bring: CSV, TSV, semicolons, XLSX, XLS, ODS → typed rows, with a preview and a list of refusals.

In comes a file of any of these kinds; out go a ``Plan`` (what was found, what must be asked, what must be known) and a
``Table`` of ``TableRow`` read lazily in bounded memory. Nothing here knows Django or a database. Formats: RFC 4180 as
people really write it, Qualtrics, SurveyMonkey, LimeSurvey VV, Google Forms, Typeform.

Codes of notes: older-encoding, mixed-encoding, header-rows, two-header-rows, header-looks-like-data, more-sheets,
merged-rows, merged-columns, ambiguous-dates, contradicting-dates, serial-dates, not-a-date, not-marks, no-date,
mixed-scale, mixed-scale-undated, unclear-scale, scale-guessed, zero-set-aside, zero-in-scale, zero-to-ten, unnamed-
zero-to-ten, undecided-columns.
Codes of rejections: out-of-scale, not-a-number, not-whole, not-yes-no, unreadable-date, bad-weight, duplicate-id,
too-many-cells, unclosed-quote, broken-row. Reasons for setting aside: scale-unknown, scale-needs-date,
zero-set-aside, unclear-scale.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from premura.importers.table.check import RejectionFile, harmless
from premura.importers.table.notes import Choice, Note, Question, Rejection, TableError
from premura.importers.table.plan import ColumnPlan, Declared, Plan, plan
from premura.importers.table.reading import Ledger, Score, Table, TableRow
from premura.importers.table.roles import Role, is_about_people
from premura.importers.table.scales import Scale, ScaleRule, parse_scale_rule

__all__ = [
    "Choice",
    "ColumnPlan",
    "Declared",
    "Ledger",
    "Note",
    "Plan",
    "Question",
    "Rejection",
    "RejectionFile",
    "Role",
    "Scale",
    "ScaleRule",
    "Score",
    "Table",
    "TableError",
    "TableRow",
    "harmless",
    "is_about_people",
    "parse_scale_rule",
    "plan",
    "read_table",
]


def read_table(
    path: Path | str,
    *,
    mapping: Mapping[str, Role] | None = None,
    missing: tuple[str, ...] = (),
    missing_in: Mapping[str, tuple[str, ...]] | None = None,
    scales: Mapping[str, ScaleRule] | None = None,
    day_first: bool | None = None,
    sheet: str | None = None,
    on_reject: Callable[[Rejection], None] | None = None,
) -> Table:
    """Plan and open a table in one step; iterate the result for its rows. Raises ``TableError``."""
    declared = Declared(mapping or {}, missing, missing_in or {}, scales or {}, day_first, sheet=sheet)
    return Table(plan(path, declared), on_reject)
