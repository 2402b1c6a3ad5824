"""A list that says itself as a sentence whose parts can be changed in place.

«Casi *aperti* a *Vicenza*, *i più urgenti* prima»:

    sentence = Sentence.from_query(
        _("%(state)s cases in %(place)s, %(order)s first"),
        request.GET,
        Choice("state", _("State"), [("open", _("Open")), ("all", _("All"))]),
        Choice("place", _("Place"), [("", _("every place")), ("vicenza", "Vicenza")]),
    )
    sentence["state"]   the chosen key: always one of the options, the first where the address says something else

``{% sentence_filter sentence %}`` prints it as a form that is sent by GET: the address of the list can be shared.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

PLACE = re.compile(r"%\((\w+)\)s")
#: Never at the beginning of a line
CLINGING = ",.;:!?)"


@dataclass(frozen=True)
class Choice:
    """One editable part: name in the address, label for screen readers, (key, words) options, the chosen key."""

    name: str
    label: Any
    options: Sequence[tuple[str, Any]]
    value: str = ""

    @property
    def words(self) -> str:
        return next((str(text) for key, text in self.options if key == self.value), "")


@dataclass(frozen=True)
class Sentence:
    text: str
    choices: Mapping[str, Choice]
    kept: Sequence[tuple[str, str]] = ()

    @classmethod
    def from_query(cls, text: Any, query: Mapping[str, str], *choices: Choice, keep: Sequence[str] = ()) -> "Sentence":
        """Read the choices from the address; ``keep`` names parameters that go along unseen (a search, a view)."""
        read = {}
        for choice in choices:
            keys = [key for key, _ in choice.options]
            wanted = query.get(choice.name, choice.value)
            read[choice.name] = replace(choice, value=wanted if wanted in keys else next(iter(keys), ""))
        return cls(str(text), read, [(name, query[name]) for name in keep if query.get(name)])

    def __getitem__(self, name: str) -> str:
        return self.choices[name].value

    def __str__(self) -> str:
        """The sentence in words, for the page's title and for saved views."""
        return self.text % {name: choice.words for name, choice in self.choices.items()}

    @property
    def parts(self) -> list[tuple[str, Choice | None]]:
        """Text and choices in the order of the language: (text, None), or a choice with the comma that clings to it."""
        pieces = PLACE.split(self.text)
        parts: list[tuple[str, Choice | None]] = [(pieces[0], None)] if pieces[0] else []
        for name, text in zip(pieces[1::2], pieces[2::2], strict=True):
            rest = text.lstrip(CLINGING)
            parts.append((text[: len(text) - len(rest)], self.choices[name]))
            if rest:
                parts.append((rest, None))
        return parts
