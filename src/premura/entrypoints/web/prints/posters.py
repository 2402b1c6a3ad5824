"""Poster, table tent and cards: a headline, the code, the address to type, what answering takes. Print-ready PDF."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from premura.entrypoints.web.prints.sheet import GREEN, INK, QUIET, Sheet
from premura.loop.listen.asking import minutes_of


@dataclass(frozen=True)
class Invite:
    """What every print says. ``link`` carries place and channel; ``address`` is what people type."""

    company: str
    title: str
    intro: str
    promise: str
    place: str
    link: str
    address: str
    language: str


def takes(seconds: int) -> str:
    """What answering asks of the customer, in the language that is active."""
    minutes = minutes_of(seconds)
    if minutes == 1:
        return _("It takes about a minute. No account, nothing to install; anonymous unless you say who you are.")
    return _(
        "It takes about %(minutes)s minutes. No account, nothing to install; anonymous unless you say who you are."
    ) % {"minutes": minutes}


def render_poster(invite: Invite, made_at: datetime) -> bytes:
    """One A4 page, to be hung up."""
    sheet = _sheet(invite, made_at)
    sheet.add_page()
    _panel(sheet, invite, (0, 0, 210, 297))
    return bytes(sheet.output())


def render_tent(invite: Invite, made_at: datetime) -> bytes:
    """A table tent: A4 folded along two lines into a prism whose two faces say the same, with a foot to glue."""
    sheet = _sheet(invite, made_at)
    sheet.add_page()
    face, foot = 128.5, 40
    with sheet.rotation(180, 105, face / 2):
        _panel(sheet, invite, (0, 0, 210, face))
    _panel(sheet, invite, (0, face, 210, face))
    for y in (face, 2 * face):
        sheet.draw_line(0, y, 210, y, dashed=True)
    with translation.override(invite.language):
        glue = _("Fold along the dashed lines; glue this strip under the other side.")
    sheet.write_block(glue, (20, 2 * face + foot / 2 - 4, 170, 8), size=9, colour=QUIET, align="C")
    return bytes(sheet.output())


def render_cards(invite: Invite, made_at: datetime) -> bytes:
    """Ten cards of 85 by 55 mm on an A4 page, for the receipt, the parcel, the machine."""
    sheet = _sheet(invite, made_at)
    sheet.add_page()
    width, height, left, top = 85, 55, 20, 11
    for number in range(10):
        x, y = left + number % 2 * width, top + number // 2 * height
        _card(sheet, invite, x, y)
    for column in range(3):
        sheet.draw_line(left + column * width, 0, left + column * width, 297, dashed=True)
    for row in range(6):
        sheet.draw_line(0, top + row * height, 210, top + row * height, dashed=True)
    return bytes(sheet.output())


# What can be chosen → how it is made
PRINTS: dict[str, Callable[[Invite, datetime], bytes]] = {
    "poster": render_poster,
    "tent": render_tent,
    "cards": render_cards,
}


def _sheet(invite: Invite, made_at: datetime) -> Sheet:
    return Sheet(title=f"{invite.company} · {invite.title}", language=invite.language, made_at=made_at)


def _panel(sheet: Sheet, invite: Invite, box: tuple[float, float, float, float]) -> None:
    """One face: company above, headline, code, address, what it takes. Tall ones stand, wide ones lie."""
    x, y, width, height = box
    if height > width:
        _standing(sheet, invite, x + 22, y, width - 44)
    else:
        _lying(sheet, invite, x + 16, y + 14, width - 32, height - 28)


def _standing(sheet: Sheet, invite: Invite, x: float, y: float, width: float) -> None:
    sheet.set_fill_color(*GREEN)
    sheet.rect(x - 22, y, width + 44, 6, style="F")
    sheet.write_block(invite.company, (x, y + 22, width, 9), size=16, bold=True, colour=GREEN, align="C")
    took = sheet.write_block(invite.title, (x, y + 40, width, 50), size=40, least=20, bold=True, align="C", leading=1.1)
    below = y + 40 + took + 6
    below += sheet.write_block(invite.intro, (x, below, width, 26), size=15, least=10, colour=INK, align="C")
    room = y + 234 - below
    side = min(138.0, room)
    sheet.draw_code(invite.link, x + (width - side) / 2, below + (room - side) / 2, side)
    sheet.write_block(_scan(invite), (x, y + 238, width, 8), size=15, bold=True, align="C")
    sheet.write_block(invite.address, (x, y + 247, width, 7), size=12, least=7, colour=GREEN, align="C")
    sheet.write_block(invite.promise, (x, y + 258, width, 12), size=11, least=8, colour=QUIET, align="C")
    sheet.write_block(invite.place, (x, y + 280, width, 6), size=9, colour=QUIET, align="C")


def _lying(sheet: Sheet, invite: Invite, x: float, y: float, width: float, height: float) -> None:
    side = min(height, 92.0)
    words = width - side - 10
    sheet.draw_code(invite.link, x + width - side, y + (height - side) / 2, side)
    sheet.write_block(invite.company, (x, y, words, 7), size=12, bold=True, colour=GREEN)
    took = sheet.write_block(invite.title, (x, y + 11, words, 38), size=26, least=14, bold=True, leading=1.12)
    below = y + 11 + took + 4
    sheet.write_block(invite.intro, (x, below, words, y + height - 31 - below), size=11.5, least=8)
    sheet.write_block(_scan(invite), (x, y + height - 28, words, 10), size=11, least=9, bold=True)
    sheet.write_block(invite.address, (x, y + height - 17, words, 6), size=10, least=6, colour=GREEN)
    sheet.write_block(invite.promise, (x, y + height - 10, words, 10), size=8.5, least=7, colour=QUIET)


def _card(sheet: Sheet, invite: Invite, x: float, y: float) -> None:
    sheet.draw_code(invite.link, x + 48, y + 9, 33)
    sheet.write_block(invite.company, (x + 6, y + 7, 41, 5), size=8, bold=True, colour=GREEN)
    sheet.write_block(invite.title, (x + 6, y + 14, 41, 18), size=13, least=8, bold=True, leading=1.12)
    sheet.write_block(_scan(invite), (x + 6, y + 34, 41, 7), size=7.5, bold=True)
    sheet.write_block(invite.address, (x + 6, y + 43, 73, 4), size=7, least=5, colour=GREEN)
    sheet.write_block(invite.promise, (x + 6, y + 47, 73, 4), size=6, least=5, colour=QUIET)


def _scan(invite: Invite) -> str:
    with translation.override(invite.language):
        return _("Point your phone's camera at the code")
