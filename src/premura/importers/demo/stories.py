"""Stories that customers of the demo company told, with what they allow; two have a picture, drawn here."""

import io
from datetime import timedelta
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from premura.loop.listen.stories import add_story, withdraw_story
from premura.loop.listen.story_pictures import add_picture

if TYPE_CHECKING:
    from premura.importers.demo.fill import Demo

_SKY, _EARTH, _WALL, _ROOF, _STEEL, _DECK = "#cfe0e6", "#b9a88a", "#ead9bd", "#9a5a44", "#4a5a60", "#c98f4e"
_SIZE = (900, 600)


def add_stories(demo: "Demo") -> None:
    """Told to colleagues on the last days of work; the last one was taken back by its teller."""
    tellers = [customer for customer in demo.customers if customer.language == demo.language]
    for number, row in enumerate(demo.words["stories"]):
        customer, person = tellers[row["customer"]], demo.front_line[number % len(demo.front_line)]
        at = demo.now - timedelta(days=row["days_ago"])
        how = row["how"][demo.language]
        story = add_story(
            customer.name, row["words"][demo.language], uses=row["uses"], how=how, by=person, customer=customer, at=at
        )
        if picture := row.get("picture"):
            shows = row["shows"][demo.language]
            add_picture(story, _drawn(picture), shows=shows, how=how, by=person, at=at + timedelta(hours=1))
        if row.get("is_withdrawn"):
            withdraw_story(story, how, by=None, at=at + timedelta(days=9))


def _drawn(what: str) -> bytes:
    picture = Image.new("RGB", _SIZE, _SKY)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 480, 900, 600), fill=_EARTH)
    {"scaffold": _scaffold, "mixer": _mixer}[what](draw)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def _scaffold(draw: ImageDraw.ImageDraw) -> None:
    draw.rectangle((230, 200, 670, 480), fill=_WALL)
    draw.polygon(((200, 200), (450, 90), (700, 200)), fill=_ROOF)
    for x in (300, 420, 540):
        for y in (240, 350):
            draw.rectangle((x, y, x + 55, y + 75), fill="#7d95a0")
    for x in range(210, 720, 80):
        draw.line((x, 140, x, 480), fill=_STEEL, width=7)
    for y in (225, 335, 445):
        draw.line((200, y, 700, y), fill=_DECK, width=14)
        draw.line((200, y - 45, 700, y - 45), fill=_STEEL, width=4)


def _mixer(draw: ImageDraw.ImageDraw) -> None:
    draw.line((330, 480, 450, 330), fill=_STEEL, width=16)
    draw.line((570, 480, 450, 330), fill=_STEEL, width=16)
    draw.polygon(((330, 250), (520, 190), (620, 300), (560, 400), (380, 400)), fill=_DECK)
    draw.ellipse((305, 190, 415, 320), fill=_ROOF)
    draw.ellipse((330, 215, 390, 295), fill="#3b3b3b")
    for x in (330, 570):
        draw.ellipse((x - 45, 435, x + 45, 525), fill="#3b3b3b")
        draw.ellipse((x - 15, 465, x + 15, 495), fill=_SKY)
