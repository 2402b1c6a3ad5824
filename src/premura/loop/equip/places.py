"""Where cards stand in meaning: read once by the worker, compared on the page without any model.

A place is 512 bytes (see ``premura.text.nearness``); the cards of a company are few, and one multiplication compares
them all.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from premura.core.history.models import Event
from premura.core.jobs.jobs import add_job
from premura.loop.equip.models import KnowledgeCard

PLACE_CARDS = "equip.places"
#: A card as near as this speaks of what was told; tried out on the cards of the sector packs
NEAR = 0.35


def handle_card(_event: Event) -> None:
    add_job(PLACE_CARDS, {}, key=PLACE_CARDS)


def do_places(_payload: Mapping[str, object]) -> None:
    """Read the cards that were written or changed since."""
    for card in KnowledgeCard.objects.filter(place=None):
        text = " ".join(str(words) for texts in (card.title, card.problem, card.solution) for words in texts.values())
        # Not what was changed in the meantime: that one is read again
        unread = KnowledgeCard.objects.filter(pk=card.pk, changed_at=card.changed_at)
        unread.update(place=place_of(text))


def place_of(text: str) -> bytes:
    """The place of a text. Loads the models of this machine: for the worker."""
    from premura.text.nearness import embed, pack

    return pack(embed([text])).tobytes()


def nearness(place: bytes, others: Sequence[bytes]) -> list[float]:
    """The cosine between ``place`` and each of ``others``; 0 where one of the two says nothing.

    >>> one, other = bytes([100, 0]), bytes([0, 100])
    >>> nearness(one, [one, other, bytes(2)])
    [1.0, 0.0, 0.0]
    """
    if not others:
        return []
    rows = np.frombuffer(b"".join(others), dtype=np.int8).reshape(len(others), -1).astype(np.float32)
    query = np.frombuffer(place, dtype=np.int8).astype(np.float32)
    lengths = np.linalg.norm(rows, axis=1) * np.linalg.norm(query)
    found = np.divide(rows @ query, lengths, out=np.zeros(len(others), dtype=np.float32), where=lengths > 0)
    return [round(float(one), 4) for one in found]


def near_first(cards: Iterable[KnowledgeCard], place: bytes | None) -> list[KnowledgeCard]:
    """The cards that speak of what stands at ``place``, the nearest first, marked ``is_near``; then the others."""
    known = list(cards)
    placed = [card for card in known if card.place is not None]
    if not place or not placed:
        return known
    found = nearness(place, [bytes(card.place or b"") for card in placed])
    cosines = {card.pk: cosine for card, cosine in zip(placed, found, strict=True)}
    near = sorted((card for card in placed if cosines[card.pk] >= NEAR), key=lambda card: -cosines[card.pk])
    for card in near:
        card.is_near = True
    return near + [card for card in known if card not in near]
