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
from premura.loop.listen.definition import Definition, definition_from
from premura.loop.listen.models import Response, SurveyVersion
from premura.loop.listen.scales import part_in_words

_FIXED = ("answered", "survey", "place", "channel", "language", "customer", "identifier", "seconds")

_LONGEST = 64


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
        texts |= _labels_of(definition_from(version.definition))
    labels = [*heading[: len(_FIXED)], *(texts.get(code, code) for code in questions)]
    names = list(_FIXED)
    for code in questions:
        names.append(_name(code, {name.lower() for name in names}))
    return names, labels, list(table)


def _labels_of(definition: Definition) -> dict[str, str]:
    """Column → what was asked; of a question with rows, each row."""
    labels: dict[str, str] = {}
    for question in definition.questions:
        text = in_language(question.text)
        labels[question.code] = text
        for part in question.parts:
            labels[f"{question.code}.{part}"] = f"{text}: {part_in_words(question, question.kind, part)}"
    return labels


def _name(code: str, taken: set[str]) -> str:
    """A name of at most 64 signs that no other column has, whatever its capitals."""
    stem = f"q_{code}" if code in _FIXED else code
    name, number = stem[:_LONGEST], 2
    while name.lower() in taken:
        name, number = f"{stem[: _LONGEST - 4]}_{number}", number + 1
    return name


def _types(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[str]:
    """What each column holds: whole numbers, figures or words, as a database names them."""
    types = []
    for i in range(len(names)):
        held = {type(row[i]) for row in rows if row[i] != ""}
        types.append("VARCHAR" if not held or str in held else "DOUBLE" if float in held else "BIGINT")
    return types


def parquet_file(rows: QuerySet[Response]) -> bytes:
    """One column a question; marks are whole numbers, figures are numbers, everything else is text."""
    names, _labels, table = _columns(rows)
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "answers.csv", Path(folder) / "answers.parquet"
        with source.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, quoting=csv.QUOTE_MINIMAL)
            writer.writerow(names)
            writer.writerows([str(cell).encode("utf-8", "replace").decode() for cell in row] for row in table)
        types = dict(zip(names, _types(names, table), strict=True))
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
    for name, kind in zip(names, _types(names, table), strict=True):
        is_text = kind == "VARCHAR"
        frame[name] = frame[name].astype(str) if is_text else pandas.to_numeric(frame[name], errors="coerce")
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "answers.sav"
        pyreadstat.write_sav(frame, str(target), column_labels=[label[:250] for label in labels])
        return target.read_bytes()
