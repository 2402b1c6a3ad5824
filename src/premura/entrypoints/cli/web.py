"""The web server: granian, one worker, because one writer of submissions is what makes them fast and safe
(docs/collect.md).
"""

import argparse
import os
import sys

from premura.entrypoints.cli.port import add_place_arguments, why_not_here


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_place_arguments(parser)


def command(*, port: int, bind: str) -> list[str]:
    """The command line that serves the pages."""
    return [
        *(sys.executable, "-m", "granian", "premura.asgi:application", "--interface", "asgi", "--no-ws"),
        *("--host", bind, "--port", str(port), "--workers", "1", "--log-level", "warning"),
        *("--workers-kill-timeout", "10"),
    ]


def run(args: argparse.Namespace) -> int:
    if reason := why_not_here(args.bind, args.port):
        print(f"premura web: {reason}", file=sys.stderr)
        return 1
    line = command(port=args.port, bind=args.bind)
    os.execv(line[0], line)  # noqa: S606  # our own interpreter, fixed arguments
