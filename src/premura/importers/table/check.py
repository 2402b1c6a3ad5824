"""Rejections in a file a person opens in a spreadsheet: which line, which column, what stood there, and why not."""

from __future__ import annotations

import csv
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from premura.importers.table.notes import Rejection, TableError
from premura.importers.table.sentences import say

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")


def harmless(text: str) -> str:
    """``text`` so that no spreadsheet takes it for a formula: an apostrophe before a dangerous first sign.

    >>> harmless("=HYPERLINK(1)"), harmless("bene"), harmless(" @x")
    ("'=HYPERLINK(1)", 'bene', "' @x")
    """
    return "'" + text if text.startswith(_DANGEROUS) or text.lstrip().startswith(_DANGEROUS) else text


class RejectionFile:
    """Writes rejections as they come, so that none is kept in memory and none is lost. Use as a context manager."""

    def __init__(self, path: Path, lang: str) -> None:
        self.path = path
        self.lang = lang
        self.count = 0
        self._stream: IO[str] | None = None
        self._writer: Any = None

    def __enter__(self) -> RejectionFile:
        try:
            # The mark at the head makes spreadsheets read the accents.
            self._stream = self.path.open("w", encoding="utf-8-sig", newline="")
        except OSError as error:
            raise TableError("cannot-write", name=str(self.path), why=error.strerror) from None
        self._writer = csv.writer(self._stream, delimiter=";" if self.lang == "it" else ",")
        self._writer.writerow(
            [say(f"rejected-{name}", self.lang, {}) for name in ("line", "column", "value", "code", "why")]
        )
        return self

    def __call__(self, rejection: Rejection) -> None:
        self.count += 1
        cells = (rejection.column or "", rejection.value, rejection.code, rejection.sentence(self.lang))
        self._writer.writerow([rejection.line, *(harmless(cell) for cell in cells)])

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._stream:
            self._stream.close()
