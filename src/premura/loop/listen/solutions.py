"""«Was the solution found, and how»: what a customer said of it, to stand beside what they need (rows S5, S28)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from premura.core.customers.models import Customer
from premura.core.staff.models import Person
from premura.loop.listen.models import Answer, Perspective
from premura.loop.listen.scales import fixed_options

_SHOWN = 10
#: What is said of each; the rest of an answer and of its survey stays in the database
_READ = ("choices", "text", "response__answered_on", "response__survey__draft", "response__survey__slug")


@dataclass(frozen=True)
class SolutionSaid:
    """``found``: yes, partly or no; ``how`` is what they wrote: how they found it, or what is missing."""

    response: UUID
    said_on: date
    survey: str
    found: str
    how: str

    @property
    def words(self) -> str:
        return fixed_options("solution").get(self.found, self.found)

    @property
    def is_missing(self) -> bool:
        """Whether something is left that they need."""
        return self.found in {"no", "partly"}


def solutions_said(person: Person, customer: Customer) -> list[SolutionSaid]:
    """The customer's own answers that ``person`` may see, the latest first. One query."""
    rows = Answer.objects.visible_to(person).filter(
        response__customer=customer, response__perspective=Perspective.CUSTOMER, kind="solution"
    )
    rows = rows.select_related("response__survey").only(*_READ)
    return [
        SolutionSaid(
            answer.response_id,
            answer.response.answered_on,
            str(answer.response.survey),
            str(answer.choices[0]),
            answer.text,
        )
        for answer in rows.order_by("-response__answered_at", "pk")[:_SHOWN]
        if answer.choices
    ]
