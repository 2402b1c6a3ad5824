"""A sheet of paper in millimetres: our letters and colours, a QR code, text that shrinks until it fits."""

import unicodedata
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from fontTools.ttLib import TTFont
from fpdf import FPDF
from fpdf.enums import Align, MethodReturnValue

from premura.core.errors import PremuraError
from premura.entrypoints.web.listening.codes import code_of

_FONTS = Path(__file__).parent / "fonts"
FACE = "Figtree"
INK, QUIET, GREEN, LINE = (41, 36, 29), (102, 93, 80), (29, 92, 68), (200, 190, 175)
_POINT = 25.4 / 72
_QUIET_ZONE = 4
_QUOTED = 80
# Letters that Unicode does not take apart into a plain one and a mark
_PLAIN = dict(zip("ŁłĐđĦħı", "LlDdHhi", strict=True))


@cache
def _letters() -> frozenset[int]:
    with TTFont(_FONTS / "figtree-regular.ttf") as font:
        return frozenset(font.getBestCmap())


def printable(text: str) -> str:
    """``text`` in the letters that our font has: «Łódź» loses its accents rather than its letters.

    >>> printable("Perché no? 😀")
    'Perché no?'
    """
    kept = "".join(_nearest(letter) for letter in unicodedata.normalize("NFC", text))
    return "\n".join(" ".join(line.split()) for line in kept.splitlines()).strip()


def _nearest(letter: str) -> str:
    if letter == "\n" or ord(letter) in _letters():
        return letter
    if letter in _PLAIN:
        return _PLAIN[letter]
    pieces = unicodedata.normalize("NFKD", letter)
    plain = "".join(one for one in pieces if ord(one) in _letters() and not unicodedata.combining(one))
    return plain or ("?" if letter.isalpha() else " " if letter.isspace() else "")


def unprintable(texts: Iterable[str]) -> str:
    """The first of these texts whose letters our font lacks, shortened to be quoted; empty when there is none. Emoji do
    not count: paper can do without.
    """
    lacks = (text for text in texts if any("?" in printable(letter) for letter in set(text) - {"?"}))
    found = " ".join(next(lacks, "").split())
    return found if len(found) <= _QUOTED else found[: _QUOTED - 1].rstrip() + "…"


def cannot_print(text: str) -> str:
    return _(
        "Our printing font lacks letters of “%(text)s”: this sheet is not made, because it would show question marks. "
        "Print the survey's own page from the browser, or put the code (PNG, SVG) into a document of yours."
    ) % {"text": text}


class Sheet(FPDF):
    """One document. ``made_at`` makes the same document out of the same content."""

    def __init__(self, *, title: str, language: str, made_at: datetime) -> None:
        super().__init__("portrait", "mm", "A4")
        self.set_auto_page_break(False)
        self.set_margin(0)
        self.add_font(FACE, "", _FONTS / "figtree-regular.ttf")
        self.add_font(FACE, "B", _FONTS / "figtree-bold.ttf")
        self.set_title(printable(title))
        self.set_lang(language)
        self.set_creator("Premura")
        self.set_creation_date(made_at)

    def write_block(
        self,
        text: str,
        box: tuple[float, float, float, float],
        *,
        size: float,
        least: float = 7,
        bold: bool = False,
        colour: tuple[int, int, int] = INK,
        align: str = "L",
        leading: float = 1.22,
    ) -> float:
        """Write ``text`` into ``box`` (x, y, width, greatest height), smaller until it fits; the height it took.

        What does not fit at the ``least`` size (points) ends with an ellipsis. A text whose letters the font lacks is
        refused, rather than a sheet of question marks printed.
        """
        if lacking := unprintable([text]):
            raise PremuraError("cannot-print", cannot_print(lacking))
        x, y, width, height = box
        text = printable(text)
        if not text:
            return 0.0
        self.set_text_color(*colour)
        while True:
            self.set_font(FACE, "B" if bold else "", size)
            step = size * _POINT * leading
            lines = self._lines(text, width, step)
            if len(lines) * step <= height or size <= least:
                break
            size = max(least, size - 0.5)
        most = max(1, int(height / step + 1e-6))
        if len(lines) > most:
            lines = [*lines[: most - 1], lines[most - 1].rstrip()[:-1].rstrip() + "…"]
        for number, line in enumerate(lines):
            self.set_xy(x, y + number * step)
            self.cell(width, step, line, align=Align.coerce(align))
        return len(lines) * step

    def _lines(self, text: str, width: float, step: float) -> list[str]:
        found: Any = self.multi_cell(width, step, text, align=Align.L, dry_run=True, output=MethodReturnValue.LINES)
        return [line.rstrip("\n") for line in found]

    def draw_code(self, link: str, x: float, y: float, side: float) -> None:
        """The QR code of ``link`` with its quiet zone, ``side`` millimetres wide, as black rectangles on white."""
        code = code_of(link)
        rows = [bytes(row) for row in code.matrix_iter(border=_QUIET_ZONE)]
        unit = side / len(rows)
        self.set_fill_color(255, 255, 255)
        self.rect(x, y, side, side, style="F")
        self.set_fill_color(0, 0, 0)
        for number, row in enumerate(rows):
            for start, length in _runs(row):
                # A hair wider than it is: viewers leave no white seams between neighbours
                self.rect(x + start * unit, y + number * unit, length * unit + 0.01, unit + 0.01, style="F")

    def draw_line(self, x1: float, y1: float, x2: float, y2: float, *, dashed: bool = False) -> None:
        self.set_draw_color(*LINE)
        self.set_line_width(0.2)
        if dashed:
            self.set_dash_pattern(1.5, 1.5)
        self.line(x1, y1, x2, y2)
        self.set_dash_pattern()


def _runs(row: bytes) -> Iterable[tuple[int, int]]:
    """Where dark modules begin, and how many stand side by side."""
    start = None
    for place, is_dark in enumerate((*row, 0)):
        if is_dark and start is None:
            start = place
        elif not is_dark and start is not None:
            yield start, place - start
            start = None
