"""What people feel where they meet us (row S6): shares of comments with each of four emotions, by touchpoint."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from premura.core.staff.models import Person
from premura.loop.understand.counting import Slice, answers_of, visible
from premura.loop.understand.windows import Window
from premura.stats.estimate import Estimate
from premura.stats.scores import top_box

FOUR = ("anger", "fear", "joy", "sadness")


@dataclass(frozen=True)
class Felt:
    """Comments of one touchpoint, and the share of them with each emotion at least as likely as not (or said by a
    person), with Wilson's interval.
    """

    n: int
    shares: Mapping[str, Estimate]


def felt_by_touchpoint(person: Person, window: Window, **filters: Any) -> dict[int | None, Felt]:
    """Touchpoint (``None``: the whole experience) → what its comments feel. A comment may feel several. One query."""
    comments = answers_of(visible(person), window, Slice.of(filters), person=person).order_by()
    counts = {name: Count("pk", filter=Q(reading__felt__contains=f"|{name}|")) for name in FOUR}
    grouped = comments.filter(kind="text", reading__isnull=False).values("touchpoint")
    rows: Any = grouped.annotate(n=Count("pk"), **counts)
    return {row["touchpoint"]: Felt(row["n"], {name: top_box(row[name], row["n"]) for name in FOUR}) for row in rows}
