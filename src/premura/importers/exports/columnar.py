"""Answers for statisticians: SPSS with the questions as labels, and Parquet."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from premura.core.errors import PremuraError
from premura.core.i18n import in_language
from premura.importers.exports.table import answer_rows
from premura.loop.listen.definition import definition_from
from premura.loop.listen.models import Response, SurveyVersion

_FIXED = ("answered", "survey", "place", "channel", "language", "customer", "identifier")


class MissingLibraryError(PremuraError):
    """What this file needs is not installed; says how to install it."""

    status = 501


def _columns(rows: QuerySet[Response]) -> tuple[list[str], list[str], list[list[Any]]]:
    """Names that every statistics program takes, what each says, and the values by row."""
    table = answer_rows(rows)
    heading = next(table)
    questions = heading[len(_FIXED) :]
    texts: dict[str, str] = {}
    versions = SurveyVersion.objects.filter(pk__in=rows.order_by().values("version").distinct())
    for version in versions.order_by("pk"):
        texts |= {q.code: in_language(q.text) for q in definition_from(version.definition).questions}
    labels = [*heading[: len(_FIXED)], *(texts.get(code, code) for code in questions)]
    taken = set(_FIXED)
    names = [*_FIXED, *(f"q_{code}" if code in taken else code for code in questions)]
    return names, labels, list(table)


def _kinds(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[bool]:
    """Whether each column holds whole numbers only."""
    return [
        any(isinstance(row[i], int) for row in rows) and all(isinstance(row[i], int) or row[i] == "" for row in rows)
        for i in range(len(names))
    ]


def parquet_file(rows: QuerySet[Response]) -> bytes:
    """One column a question; marks are integers, everything else text."""
    names, _labels, table = _columns(rows)
    numeric = _kinds(names, table)
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "answers.csv", Path(folder) / "answers.parquet"
        with source.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, quoting=csv.QUOTE_MINIMAL)
            writer.writerow(names)
            writer.writerows([str(cell).encode("utf-8", "replace").decode() for cell in row] for row in table)
        types = {name: "INTEGER" if is_number else "VARCHAR" for name, is_number in zip(names, numeric, strict=True)}
        with duckdb.connect() as connection:
            read = connection.read_csv(str(source), header=True, dtype=types, quotechar='"', escapechar='"', sep=",")
            read.write_parquet(str(target))
        return target.read_bytes()


def spss_file(rows: QuerySet[Response]) -> bytes:
    """A ``.sav`` with the questions as variable labels. :class:`MissingLibraryError` without the extra ``spss``."""
    try:
        import pandas
        import pyreadstat
    except ImportError:
        message = _("Files for SPSS need a library that is not installed here: pip install 'premura[spss]'.")
        raise MissingLibraryError("no-spss", message) from None
    names, labels, table = _columns(rows)
    frame = pandas.DataFrame(table, columns=names)
    for name, is_number in zip(names, _kinds(names, table), strict=True):
        frame[name] = pandas.to_numeric(frame[name], errors="coerce") if is_number else frame[name].astype(str)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "answers.sav"
        pyreadstat.write_sav(frame, str(target), column_labels=[label[:250] for label in labels])
        return target.read_bytes()
