"""Where the web server listens: a port that is a number, and that nobody has yet."""

import argparse
import errno
import socket

from django.conf import settings


def add_place_arguments(parser: argparse.ArgumentParser) -> None:
    """``--port`` and ``--bind``, by default as the settings say."""
    parser.add_argument("--port", type=_port, default=settings.PORT)
    parser.add_argument("--bind", default=settings.BIND)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65535")
    return int(text)


def why_not_here(bind: str, port: int) -> str:
    """Why nothing can listen at ``bind``:``port``, in a sentence that says what to do; empty when it can.

    Asked before the server starts, because the server shares its port with any other that asks for it: two of them
    would each get every second request.
    """
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            # Connections of a server that has just stopped are no hindrance
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((bind, port))
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return (
                f"Something listens on {bind}:{port} already, perhaps Premura itself: open http://{bind}:{port}. "
                "Stop it, or choose another port: make run PORT=8080, or premura serve --port 8080."
            )
        if error.errno == errno.EACCES:
            return f"This person may not listen on port {port}. Choose one above 1023: premura serve --port 8080."
        return f"Nothing can listen on {bind}:{port}: {error.strerror or error}. Correct PREMURA_BIND or --bind."
    return ""
