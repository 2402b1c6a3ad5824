"""What the readings count: scores of every kind, by what they are alike in, whatever the number of answers."""

from collections.abc import Sequence
from typing import Any

from premura.core.staff.models import Person
from premura.engine.questions import NONE, CountQuestion
from premura.engine.tallies import Tally
from premura.loop.listen.models import Moment
from premura.loop.listen.subjects import us
from premura.loop.understand.engine_counts import tallied
from premura.loop.understand.windows import Window

#: The columns that say which item an answer is about; a part that is a half of a pair is no row.
ITEM = ("question", "part", "scale", "kind", "touchpoint")
#: Halves of a question that do not say what people found.
ASIDE = ("expectation", "functional", "dysfunctional")


def tally(
    person: Person,
    window: Window,
    by: Sequence[str],
    *,
    location: int | None = None,
    survey: int | None = None,
    halves: tuple[str, str] | None = None,
    **filters: Any,
) -> list[tuple[Any, ...]]:
    """Scores given in ``window`` that ``person`` may see, by ``by``: (\\*values, n, day of the latest). ``location`` 0
    is no location; a filter is one value or several, an empty list is none at all.

    With ``halves`` both halves of a question in one response: (\\*values, score of the first, of the second, n). At
    most two queries, plus one the first time the person's locations are asked.
    """
    if location is not None:
        filters["location"] = location or NONE
    if survey is not None:
        filters["survey"] = survey
    if any(wanted in ((), [], set()) for wanted in filters.values()):
        return []
    seen = person.location_ids()
    question = CountQuestion(
        (), window.first_day, window.last_day, tuple(by), filters, None if seen is None else frozenset(seen)
    )
    asked = Tally.of(question, halves)
    return tallied(asked) if asked else []


def is_perceived(part: str) -> bool:
    """Whether, of a survey about what people found, an answer with this ``part`` says what they found."""
    return part not in ASIDE


def about_us() -> dict[str, Any]:
    """The filters of what customers say of us having found it. One query."""
    return {"perspective": "customer", "subject": us(), "moment": Moment.PERCEPTION.value}
