"""What this stage says about itself. Cards and their uses name no customer: there is nothing to forget."""

from premura.core.contract import Contract
from premura.loop.equip.cards import install_pack

CONTRACT = Contract(
    stage="equip",
    emits={
        "card.added": "a new knowledge card",
        "card.changed": "a card reads differently; fields",
        "card.retired": "a card is no longer offered",
        "card.read": "somebody has read a card as it stands",
        "card.used": "somebody used a card; about, helped",
    },
    install_pack=install_pack,
)
