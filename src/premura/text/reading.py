"""What `understand` gives back: one `Reading` a text, made of small records that know where in the text they stand."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from premura.text.dates import italian_holidays
from premura.text.own_aspects import OwnAspect
from premura.text.own_head import OwnHead
from premura.text.personal import Personal
from premura.text.promises import Promise

Span = tuple[int, int]


@dataclass(frozen=True)
class Context:
    """What is known beside the text.

    `now` is the moment dates are reckoned from, in the company's time zone; `holidays` gives the holidays of a year;
    `expected_language` decides texts too short to tell; `own_aspects` are a company's own (`premura.text.own_aspects`);
    `own_head` is what its people taught the heads (`premura.text.corrections`).
    """

    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    holidays: Callable[[int], Collection[date]] = italian_holidays
    expected_language: str | None = None
    own_aspects: tuple[OwnAspect, ...] = ()
    own_head: OwnHead | None = None


@dataclass(frozen=True)
class Sentiment:
    """`score` runs from -1 (blame) to 1 (praise); `p` is the probability of `label`."""

    label: str
    score: float
    p: float


@dataclass(frozen=True)
class Emotion:
    """An emotion, its probability, and the clause that shows it most."""

    label: str
    p: float
    span: Span


@dataclass(frozen=True)
class Aspect:
    """What is spoken of, and how (negative, neutral, positive)."""

    aspect: str
    polarity: str
    span: Span
    p: float


@dataclass(frozen=True)
class Signal:
    """Something that wants an answer: given where `p` is at least 0.5; `span` is None where it is not."""

    p: float
    span: Span | None


@dataclass(frozen=True)
class Reading:
    """Everything understood of one text; `as_json` is what `premura understand` prints."""

    text: str
    language: str
    sentiment: Sentiment
    emotions: tuple[Emotion, ...]
    aspects: tuple[Aspect, ...]
    signals: Mapping[str, Signal]
    promises: tuple[Promise, ...]
    keyphrases: tuple[str, ...]
    pii: tuple[Personal, ...]
    uncertain: bool
    #: Which tier read it: «quick» or «careful»
    tier: str = "quick"
    #: Where the text lies among texts (`premura.text.nearness`): 512 numbers of length one, or none at all
    vector: NDArray[np.float32] | None = field(default=None, compare=False, repr=False)

    def as_json(self) -> dict[str, Any]:
        """The reading as plain values; every span [start, end) counts characters of `text`. The vector is left out, and
        `tier` where it is the quick one.
        """
        plain = asdict(replace(self, vector=None))
        del plain["vector"]
        if self.tier == "quick":
            del plain["tier"]
        return plain
