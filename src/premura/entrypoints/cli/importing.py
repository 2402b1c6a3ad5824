"""``premura import survey|responses|customers|reviews|purchases FILE``: bring what somebody has already."""

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
from premura.importers.bringing import KINDS, Seen, Wish, bring, look_at
from premura.importers.models import ImportedFile
from premura.importers.neutral.values import say_left
from premura.importers.preview import outcome_of, read_as
from premura.importers.responses.keeping import hash_of, rejected_file
from premura.importers.reviews.writing import CASES
from premura.importers.sources import SOURCES, TABLE
from premura.importers.table import Role, TableError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``premura import``; those that describe the file are the same as for ``premura report``."""
    parser.add_argument("what", choices=KINDS, help="what the file holds")
    parser.add_argument("file", metavar="FILE", help="CSV, TSV, XLSX, XLS, ODS, LSS, LSA, QSF or JSON")
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
    parser.add_argument(
        "--system", default="", choices=["", *SOURCES, TABLE], help="which program wrote it, if guessed wrongly"
    )
    parser.add_argument("--cases", default="recent", choices=CASES, help="which negative reviews open a case")
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
    if unfitting := _unfitting(args):
        return _refuse(words("import-no-columns", options=unfitting))
    path = Path(args.file)
    try:
        wish = Wish(
            kind=args.what, system=args.system, declared=declared(args, words), us_name=args.us, source=args.source,
            default_day=args.date, cases=args.cases,
        )  # fmt: skip
        if args.dry_run:
            return _show(_preview(look_at(path, wish), wish, lang), args, words)
        progress = _progress if sys.stderr.isatty() else lambda done, total: None
        imported = bring(path, wish, by=None, lang=lang, progress=progress)
        result = _result(imported, look_at(path, wish) if args.what == "responses" else None, lang)
    except TableError as error:
        return _refuse(error.sentence(lang))
    except NotUnderstood as error:
        return _refuse(str(error))
    _show(result, args, words)
    # Nothing was taken of what stands there: a script must notice
    return 1 if result["rejected_rows"] and not result["accepted"] and not result["already_there"] else 0


def _unfitting(args: argparse.Namespace) -> str:
    """Options that speak of columns, where the file has none."""
    given = [name for name in ("map", "missing", "scale") if getattr(args, name)]
    return ", ".join(f"--{name}" for name in given) if args.what == "survey" else ""


def _refuse(sentence: str) -> int:
    print(f"premura import: {sentence}", file=sys.stderr)
    return 2


def _progress(done: int, total: int) -> None:
    """A bar of forty signs, the share and the counts, on one line."""
    share = done / total if total else 1.0
    filled = "█" * int(40 * share) + "·" * (40 - int(40 * share))
    print(f"\r{filled} {share:4.0%}  {done} / {total}", end="\n" if done >= total else "", file=sys.stderr, flush=True)


def _preview(seen: Seen, wish: Wish, lang: str) -> dict[str, Any]:
    outcome = outcome_of(seen, wish, hash_of(seen.path))
    left = [*seen.left_out, *(outcome.carried.left_out if outcome.carried else ())]
    planned = seen.plan
    read = read_as(seen)
    return {
        "kind": seen.kind,
        "system": seen.found.code,
        "sure": seen.found.sight.sure,
        "rows": outcome.rows,
        "questions": outcome.questions,
        "looked_at": outcome.looked_at,
        "new": max(0, outcome.accepted - outcome.already_there),
        "already_there": outcome.already_there,
        "refused": outcome.rejected,
        "replies_to_add": outcome.replies,
        "first_day": str(outcome.first_day or ""),
        "last_day": str(outcome.last_day or ""),
        "columns": [
            {"column": c.name, "role": read.get(c.name, str(c.role)), "examples": list(c.examples)}
            for c in (planned.columns if planned else ())
        ],
        "questions_to_answer": [question.sentence(lang) for question in seen.questions],
        "not_carried_over": [one.sentence(lang) for one in left],
        "warnings": _notes(seen, lang),
    }


def _notes(seen: Seen | None, lang: str) -> list[dict[str, str]]:
    notes = [
        note for note in (seen.notes if seen else ()) if seen and (seen.kind == "responses" or note.code != "no-date")
    ]
    return [{"code": note.code, "message": note.sentence(lang)} for note in notes]


def _result(imported: ImportedFile, seen: Seen | None, lang: str) -> dict[str, Any]:
    return {
        "import": imported.pk,
        "kind": imported.kind,
        "rows": imported.rows,
        "accepted": imported.accepted,
        "already_there": imported.already_there,
        "rejected": imported.rejected,
        "rejected_rows": imported.refused_rows,
        "rejected_file": str(rejected_file(imported)) if imported.rejected and rejected_file(imported).exists() else "",
        "not_carried_over": [say_left(one, lang) for one in imported.report.get("left_out", ())],
        "warnings": _notes(seen, lang),
    }


def _show(result: dict[str, Any], args: argparse.Namespace, words: Words) -> int:
    lines = [json.dumps(result, ensure_ascii=False, indent=1)] if args.json else _sentences(result, words)
    print(*lines, sep="\n")
    return 0


def _sentences(result: dict[str, Any], words: Words) -> Iterator[str]:
    kind = result["kind"]
    if "columns" in result:
        yield words("import-preview" if kind == "responses" else f"import-preview-{kind}", n=result["rows"])
        if kind != "survey":
            yield words(
                "import-preview-counts", new=result["new"], known=result["already_there"], refused=result["refused"]
            )
        if result["first_day"]:
            yield words("import-preview-days", first=result["first_day"], last=result["last_day"])
        if result["replies_to_add"]:
            yield words("import-preview-replies", count=result["replies_to_add"])
        yield from (f"  {row['column']} → {row['role']}: {', '.join(row['examples'])}" for row in result["columns"])
        yield from (f"? {question}" for question in result["questions_to_answer"])
    else:
        code = "import-read" if kind == "responses" else f"import-read-{kind}"
        yield words(code, n=result["rows"], new=result["accepted"], known=result["already_there"])
        if result["rejected_file"]:
            yield words("import-rejected", count=result["rejected"], name=result["rejected_file"])
    yield from (f"- {sentence}" for sentence in result["not_carried_over"])
    yield from (f"- {row['message']}" for row in result["warnings"])
