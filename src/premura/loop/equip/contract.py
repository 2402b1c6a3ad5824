"""What this stage says about itself. Cards, their uses and bulletins name no customer: there is nothing to forget."""

from premura.core.contract import Contract
from premura.loop.equip.cards import install_pack
from premura.loop.equip.places import PLACE_CARDS, do_places, handle_card

CONTRACT = Contract(
    stage="equip",
    emits={
        "card.added": "a new knowledge card",
        "card.changed": "a card reads differently; fields",
        "card.reviewed": "a card was looked at and is still right",
        "card.retired": "a card is no longer offered",
        "card.read": "somebody has read a card as it stands",
        "card.used": "somebody used a card; about, helped",
        "bulletin.published": "everybody of its place, or of all, is to read it",
        "bulletin.withdrawn": "nobody is asked to read it any more",
        "bulletin.read": "somebody says that they have read it",
    },
    wants={"card.added": handle_card, "card.changed": handle_card},
    jobs={PLACE_CARDS: do_places},
    install_pack=install_pack,
)
