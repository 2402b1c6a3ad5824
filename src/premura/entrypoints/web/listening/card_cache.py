"""The editor's cards as HTML, kept while nothing in them changes: a press of a button changes one or two of sixty.

Kept in the memory of this process, by everything that a card shows, and thrown away the oldest first.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from threading import Lock
from typing import Any

import msgspec
from django.template.loader import get_template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from premura.entrypoints.web.listening.drafts import Card, placed

#: Ten surveys of sixty questions, some ten thousand characters a card
KEPT = 600
_kept: OrderedDict[tuple[Any, ...], str] = OrderedDict()
_lock = Lock()


def cards_as_html(cards: Iterable[tuple[Card, Sequence[str]]], context: Mapping[str, Any]) -> list[SafeString]:
    """Each card as the editor shows it, with what its choices offer; ``context`` is that of the editor's page."""
    points = tuple((point.code, str(point)) for point in context["touchpoints"])
    around = (get_language(), points)
    html = []
    for key, (card, lists) in enumerate(cards):
        problems = tuple(context["problems"].get(card.question.code, ()))
        kept = context["kept"] if context["kept_card"] == key else ""
        own = {"card": card, "problems": problems, "kept": kept, "touchpoints": context["touchpoints"]}
        made = _remembered((around, msgspec.msgpack.encode(card), problems, kept), own, context["kinds"])
        html.append(SafeString(placed(made, key, lists)))
    return html


def _remembered(key: tuple[Any, ...], own: dict[str, Any], kinds: Any) -> str:
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    chosen = own["card"].question.kind
    helps = {kind: help for _group, members in kinds for kind, _name, help in members}
    own |= {"kind_options": _options(kinds, chosen), "kind_help": helps.get(chosen, "")}
    html = str(get_template("listening/_card.html").render(own))
    with _lock:
        _kept[key] = html
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return html


def _options(kinds: Any, chosen: str) -> SafeString:
    """The kinds to choose from; two dozen of them in every card."""
    option = '<option value="{}"{}>{}</option>'
    groups = (
        (
            group,
            format_html_join("", option, ((k, SafeString(" selected" * (k == chosen)), n) for k, n, _help in members)),
        )
        for group, members in kinds
    )
    return format_html_join("", '<optgroup label="{}">{}</optgroup>', groups)
