"""Fill an empty data folder with the demo company."""

import argparse
import sys

from premura.core.errors import Conflict
from premura.entrypoints.cli.prepare import prepare
from premura.importers.demo.fill import fill_demo


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--language", choices=["it", "en"], default="it", help="language of the people and their notes")


def run(args: argparse.Namespace) -> int:
    prepare()
    try:
        company = fill_demo(language=args.language, report=_show)
    except Conflict:
        print(
            "premura demo: there is a company in this data folder already. Choose an empty one: PREMURA_DATA=folder",
            file=sys.stderr,
        )
        return 2
    print(f"{company.name} is ready. Start it: premura serve. Its first page lets you in without a password.")
    return 0


def _show(done: int, total: int) -> None:
    end = "\n" if done == total else ""
    print(f"\rweek {done} of {total}", end=end, flush=True)
