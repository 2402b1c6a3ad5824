"""``premura import responses FILE``: bring answers that somebody already has into the running company."""

import argparse
import json
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from premura.core.company.company import the_company
from premura.entrypoints.cli.prepare import prepare
from premura.entrypoints.cli.report.declarations import NotUnderstood, declared
from premura.entrypoints.cli.report.words import Words
from premura.importers.models import ImportedFile
from premura.importers.responses.keeping import rejected_file
from premura.importers.responses.writing import import_responses
from premura.importers.table import Plan, Role, TableError, plan


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``premura import``; those that describe the file are the same as for ``premura report``."""
    parser.add_argument("what", choices=["responses"], help="what the file holds")
    parser.add_argument("file", metavar="FILE", help="CSV, TSV, XLSX, XLS or ODS")
    parser.add_argument(
        "--map", action="append", default=[], metavar="COLUMN=ROLE", help="what a column is: " + ", ".join(Role)
    )
    parser.add_argument(
        "--missing", action="append", default=[], metavar="CODES", help="codes for «no answer»: 0,6 or COLUMN=11"
    )
    parser.add_argument(
        "--scale", action="append", default=[], metavar="COLUMN=SCALE", help="COLUMN=1-5, or COLUMN=1-5,1-10@2015-06-09"
    )
    order = parser.add_mutually_exclusive_group()
    order.add_argument("--day-first", dest="day_first", action="store_true", default=None, help="03/04 is 3 April")
    order.add_argument("--month-first", dest="day_first", action="store_false", default=None, help="03/04 is 4 March")
    parser.add_argument("--us", default="", metavar="NAME", help="what the file calls us in its subject column")
    parser.add_argument("--source", default="", metavar="NAME", help="where the file comes from (default: its name)")
    parser.add_argument("--date", type=date.fromisoformat, metavar="YYYY-MM-DD", help="day of rows that have none")
    parser.add_argument("--sheet", metavar="NAME", help="which sheet of a spreadsheet")
    parser.add_argument("--encoding", metavar="NAME", help="encoding of a text file, if it is guessed wrongly")
    parser.add_argument("--delimiter", metavar="SIGN", help="delimiter of a text file, if it is guessed wrongly")
    parser.add_argument("--lang", choices=("it", "en"), help="language of the sentences")
    parser.add_argument("--dry-run", action="store_true", help="say what would come of the file and change nothing")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")


def run(args: argparse.Namespace) -> int:
    prepare()
    company = the_company()
    if company is None:
        return _refuse(Words(args.lang or "en")("no-company"))
    lang = args.lang or company.language
    words = Words(lang, company.minimum_n)
    try:
        planned = plan(args.file, declared(args, words))
        if args.dry_run:
            return _show(_preview(planned, lang), args, words)
        imported = import_responses(
            Path(args.file), planned, by=None, lang=lang, us_name=args.us, source=args.source, default_day=args.date,
            progress=_progress if sys.stderr.isatty() else lambda done, total: None,
        )  # fmt: skip
    except TableError as error:
        return _refuse(error.sentence(lang))
    except NotUnderstood as error:
        return _refuse(str(error))
    return _show(_result(imported, planned, lang), args, words)


def _refuse(sentence: str) -> int:
    print(f"premura import: {sentence}", file=sys.stderr)
    return 2


def _progress(done: int, total: int) -> None:
    print(f"\r{done} / {total}", end="\n" if done >= total else "", file=sys.stderr, flush=True)


def _preview(planned: Plan, lang: str) -> dict[str, Any]:
    return {
        "rows": planned.rows,
        "columns": [{"column": c.name, "role": str(c.role), "examples": list(c.examples)} for c in planned.columns],
        "warnings": _notes(planned, lang),
    }


def _notes(planned: Plan, lang: str) -> list[dict[str, str]]:
    return [{"code": note.code, "message": note.sentence(lang)} for note in planned.notes]


def _result(imported: ImportedFile, planned: Plan, lang: str) -> dict[str, Any]:
    return {
        "rows": imported.rows,
        "accepted": imported.accepted,
        "already_there": imported.already_there,
        "rejected": imported.rejected,
        "rejected_file": str(rejected_file(imported)) if imported.rejected else "",
        "warnings": _notes(planned, lang),
    }


def _show(result: dict[str, Any], args: argparse.Namespace, words: Words) -> int:
    lines = [json.dumps(result, ensure_ascii=False, indent=1)] if args.json else _sentences(result, words)
    print(*lines, sep="\n")
    return 0


def _sentences(result: dict[str, Any], words: Words) -> Iterator[str]:
    if "columns" in result:
        yield words("import-preview", n=result["rows"])
        yield from (f"  {row['column']} → {row['role']}: {', '.join(row['examples'])}" for row in result["columns"])
    else:
        yield words("import-read", n=result["rows"], new=result["accepted"], known=result["already_there"])
        if result["rejected"]:
            yield words("import-rejected", count=result["rejected"], name=result["rejected_file"])
    yield from (f"- {row['message']}" for row in result["warnings"])
