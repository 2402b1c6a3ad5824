"""``premura report FILE``: scores with their doubt from an export somebody already has, without any installation.

In comes a table (see ``premura.importers.table``); out goes a summary on the terminal, one self-contained HTML page or
a JSON document. It needs neither settings nor a database, sends nothing anywhere and changes nothing. Exit code 0 when
the report was made, 2 when the file or an option could not be read, with one sentence that says why.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
from pathlib import Path

from premura.entrypoints.cli.report.declarations import NotUnderstood, ask, declared
from premura.entrypoints.cli.report.document import as_document
from premura.entrypoints.cli.report.findings import Findings, find
from premura.entrypoints.cli.report.terminal import as_text
from premura.entrypoints.cli.report.words import Words
from premura.importers.table import RejectionFile, Role, TableError, plan
from premura.samples import sample

MINIMUM_N = 30


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``premura report``."""
    parser.add_argument("file", metavar="FILE", nargs="?", help="CSV, TSV, XLSX, XLS or ODS")
    parser.add_argument("--sample", action="store_true", help="read the invented sample that comes with Premura")
    parser.add_argument("--out", metavar="FILE", help="write report.html or report.json instead of a summary here")
    roles = ", ".join(Role)
    parser.add_argument("--map", action="append", default=[], metavar="COLUMN=ROLE", help=f"what a column is: {roles}")
    missing = "codes for «no answer»: 0,6 in all rated columns, COLUMN=11 in one"
    parser.add_argument("--missing", action="append", default=[], metavar="CODES", help=missing)
    scale = "COLUMN=1-5, or COLUMN=1-5,1-10@2015-06-09 where it changed that day"
    parser.add_argument("--scale", action="append", default=[], metavar="COLUMN=SCALE", help=scale)
    order = parser.add_mutually_exclusive_group()
    order.add_argument("--day-first", dest="day_first", action="store_true", default=None, help="03/04 is 3 April")
    order.add_argument("--month-first", dest="day_first", action="store_false", default=None, help="03/04 is 4 March")
    parser.add_argument("--lang", choices=("it", "en"), help="language of the report")
    parser.add_argument("--title", default="", help="title of the report")
    parser.add_argument("--minimum-n", type=int, default=MINIMUM_N, metavar="N", help="grey below so many answers (30)")
    parser.add_argument(
        "--rejected", metavar="FILE", help="write every value that was not taken, with its reason (CSV)"
    )
    parser.add_argument("--sheet", metavar="NAME", help="which sheet of a spreadsheet")
    parser.add_argument("--encoding", metavar="NAME", help="encoding of a text file, if it is guessed wrongly")
    parser.add_argument("--delimiter", metavar="SIGN", help="delimiter of a text file, if it is guessed wrongly")
    parser.add_argument("--no-questions", action="store_true", help="never ask, even on a terminal")


def run(args: argparse.Namespace) -> int:
    """Make the report; the exit code."""
    lang = args.lang or _language()
    words = Words(lang, args.minimum_n)
    try:
        _check(args, words)
        found = _find(args, words)
        _write(args, found, words)
    except TableError as error:
        return _refuse(error.sentence(lang))
    except NotUnderstood as error:
        return _refuse(str(error))
    return 0


def _refuse(sentence: str) -> int:
    sys.stderr.write(f"premura report: {sentence}\n")
    return 2


def _language() -> str:
    """English where the machine speaks it, else Italian."""
    told = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "en" if told.lower().startswith("en") else "it"


def _check(args: argparse.Namespace, words: Words) -> None:
    if args.sample and not args.file:
        args.file = str(sample())
    if not args.file:
        raise NotUnderstood(words("no-file"))
    if args.minimum_n < 1:
        raise NotUnderstood(words("bad-minimum"))
    if args.out and Path(args.out).suffix.lower() not in (".html", ".htm", ".json"):
        raise NotUnderstood(words("bad-out", name=args.out))
    for target in (args.out, args.rejected):
        if target and Path(target).resolve() == Path(args.file).resolve():
            raise NotUnderstood(words("same-file", name=target))


def _find(args: argparse.Namespace, words: Words) -> Findings:
    said = declared(args, words)
    planned = plan(args.file, said)
    if planned.questions and sys.stdin.isatty() and sys.stdout.isatty() and not args.no_questions:
        said = ask(planned, said, words, input, print)
        planned = plan(args.file, said)
    with contextlib.ExitStack() as stack:
        rejected = stack.enter_context(RejectionFile(Path(args.rejected), words.lang)) if args.rejected else None
        return find(planned, title=args.title, lang=words.lang, minimum=args.minimum_n, on_reject=rejected)


def _write(args: argparse.Namespace, found: Findings, words: Words) -> None:
    if not args.out:
        sys.stdout.write(as_text(found))
    else:
        target = Path(args.out)
        if target.suffix.lower() == ".json":
            text = json.dumps(as_document(found), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
        else:
            # The page draws its charts with a library that is slow to load; the other ways out do without it.
            from premura.entrypoints.cli.report.page import as_page

            text = as_page(found)
        try:
            target.write_text(text, encoding="utf-8")
        except OSError as error:
            raise TableError("cannot-write", name=args.out, why=error.strerror) from None
        sys.stdout.write(words("written-to", name=args.out) + "\n")
    if args.rejected:
        sys.stdout.write(words("rejected-to", count=found.table.rejections, name=args.rejected) + "\n")
