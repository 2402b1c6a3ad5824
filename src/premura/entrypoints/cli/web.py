"""The web server: granian, one worker, because one writer of submissions is what makes them fast and safe
(docs/collect.md).
"""

import argparse
import os
import sys

from django.conf import settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=settings.PORT)
    parser.add_argument("--bind", default=settings.BIND)


def command(*, port: int, bind: str) -> list[str]:
    """The command line that serves the pages."""
    return [
        *(sys.executable, "-m", "granian", "premura.asgi:application", "--interface", "asgi", "--no-ws"),
        *("--host", bind, "--port", str(port), "--workers", "1", "--log-level", "warning"),
        *("--workers-kill-timeout", "10"),
    ]


def run(args: argparse.Namespace) -> int:
    line = command(port=args.port, bind=args.bind)
    os.execv(line[0], line)  # noqa: S606  # our own interpreter, fixed arguments
