"""A figure as the components of the pages read it: an estimate, what it measures, and from how many it may be read."""

from dataclasses import dataclass
from typing import Any

from premura.stats.estimate import Estimate


@dataclass(frozen=True)
class Measure:
    """What a figure is; unit as in ``wording.number``, ``"gap"`` for differences with two decimals. ``counted`` is what
    its *n* counts.
    """

    name: Any
    unit: str
    definition: Any = ""
    counted: str = "answers"


@dataclass(frozen=True)
class Shown:
    """An estimate for ``{% estimate %}``, with the rows behind it and how it was made."""

    metric: Measure
    estimate: Estimate
    minimum_n: int
    href: str = ""
    making_href: str = ""
    scale: tuple[float, float] | None = None

    @property
    def is_enough(self) -> bool:
        return self.estimate.n >= self.minimum_n
