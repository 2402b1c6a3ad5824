"""The last experience beside what the customer expected, in words."""

from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from premura.core.customers.models import Customer
from premura.core.staff.models import Person
from premura.loop.listen.scales import score_in_words
from premura.loop.recover.reads import kind_name
from premura.loop.understand.expectation import Step, experiences


@dataclass(frozen=True)
class Lived:
    """One kind of question, perhaps at one touchpoint: the last mark, and those before, the latest first."""

    title: str
    steps: tuple[tuple[Step, str], ...]

    @property
    def last(self) -> tuple[Step, str]:
        return self.steps[0]


def lived_of(person: Person, customer: Customer) -> list[Lived]:
    """What the page says of each; only where some mark has one to be compared with."""
    groups = [steps for steps in experiences(person, customer) if steps[-1].verdict]
    return [Lived(_title(steps[0]), tuple((step, _sentence(step)) for step in reversed(steps))) for steps in groups]


def _title(step: Step) -> str:
    return f"{kind_name(step.kind)}, {step.touchpoint}" if step.touchpoint else kind_name(step.kind)


def _sentence(step: Step) -> str:
    mark = score_in_words(step.kind, step.score)
    if step.delta is None:
        return _("%(mark)s: the first mark, nothing to compare it with") % {"mark": mark}
    verdicts = {"below": _("below expectation"), "as": _("as expected"), "above": _("above expectation")}
    delta = number_format(step.delta, 1)
    values = {"mark": mark, "verdict": verdicts[step.verdict], "delta": f"+{delta}" if step.delta > 0 else delta}
    return _("%(mark)s: %(verdict)s (%(delta)s), ") % values + _expected(step)


def _expected(step: Step) -> str:
    value = number_format(step.expected.value or 0.0, 1)
    if step.is_stated:
        return _("they had said they expected %(value)s") % {"value": value}
    n = step.expected.n
    words = ngettext(
        "expected %(value)s, from %(n)s earlier mark", "expected %(value)s, mean of %(n)s earlier marks", n
    )
    said = words % {"value": value, "n": n}
    low, high = step.expected.low, step.expected.high
    if low is None or high is None:
        return said
    return said + " " + _("(from %(low)s to %(high)s)") % {"low": number_format(low, 1), "high": number_format(high, 1)}
