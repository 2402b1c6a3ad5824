"""``premura understand FILE``: what each comment of a file says, one JSON object a line, in order.

It needs neither settings nor a database and sends nothing anywhere. Exit code 0 when every line was read, 2 when the
file or an option could not be, with one sentence that says why.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from premura.text import CAREFUL, QUICK, CarefulMissing, Context, check_tier, understand_all

DEFAULT_ZONE = "Europe/Rome"  # as in premura.settings, which this command does without
#: Some programs end a line at these as well: written as JSON escapes, one object stays one line for all of them
_LINE_ENDS = {ord(sign): f"\\u{ord(sign):04x}" for sign in "\x85\u2028\u2029"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``premura understand``."""
    parser.add_argument(
        "file", metavar="FILE", help="one comment a line, or JSON lines with a «text»; - reads what is piped in"
    )
    parser.add_argument("--now", metavar="ISO8601", help="the moment from which «tomorrow» is reckoned (default: now)")
    parser.add_argument("--lang", choices=("it", "en"), help="language of all comments, if it is known")
    parser.add_argument(
        "--careful", action="store_true", help="read with care (needs premura[careful]): better, slower"
    )
    parser.add_argument("--expect", choices=("it", "en"), help="language of comments too short to tell")


def run(args: argparse.Namespace) -> int:
    try:
        zone = ZoneInfo(DEFAULT_ZONE)
        now = moment(args.now, zone) if args.now else datetime.now(zone)
        raw = sys.stdin.buffer.read() if args.file == "-" else Path(args.file).read_bytes()
    except (ValueError, ZoneInfoNotFoundError):
        return _refuse(f"--now {args.now} is no moment. Write it as 2026-11-28 or 2026-11-28T09:30.")
    except OSError as error:
        return _refuse(f"{args.file} cannot be read: {error.strerror}. Check its name and who may read it.")
    tier = CAREFUL if args.careful else QUICK
    try:
        check_tier(tier)
    except CarefulMissing as error:
        return _refuse(str(error))
    out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="\n", write_through=False)
    for reading in understand_all(
        texts(raw), language=args.lang, context=Context(now=now, expected_language=args.expect), tier=tier
    ):
        out.write(json.dumps(reading.as_json(), ensure_ascii=False).translate(_LINE_ENDS) + "\n")
    out.flush()
    out.detach()
    return 0


def moment(written: str, zone: ZoneInfo) -> datetime:
    """An ISO 8601 date or moment; without a zone of its own it is in the company's."""
    parsed = datetime.fromisoformat(written)
    return parsed.replace(tzinfo=zone) if parsed.tzinfo is None else parsed.astimezone(zone)


def texts(raw: bytes) -> Iterator[str]:
    """One text a line; blank lines are texts too, so that line n of the output answers line n of the input."""
    lines = _decoded(raw).replace("\r\n", "\n").split("\n")
    if lines and not lines[-1]:
        lines.pop()
    return (_text_of(line) for line in lines)


def _decoded(raw: bytes) -> str:
    """UTF-8, or UTF-16 that says so; a line that is neither is taken for what old spreadsheets write (Windows-1252)."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "\n".join(_line(each) for each in raw.removeprefix(b"\xef\xbb\xbf").split(b"\n"))


def _line(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _text_of(line: str) -> str:
    if line.lstrip().startswith("{"):
        try:
            read = json.loads(line)
        except (ValueError, RecursionError):
            return line  # a comment that begins with a brace
        if isinstance(read, dict) and isinstance(read.get("text"), str):
            # A lone surrogate («\ud800») can be written in JSON and in no file
            return str(read["text"]).encode("utf-8", errors="replace").decode("utf-8")
    return line


def _refuse(sentence: str) -> int:
    print(f"premura understand: {sentence}", file=sys.stderr)
    return 2
