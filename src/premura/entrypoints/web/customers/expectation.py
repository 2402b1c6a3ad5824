"""What the customer expected beside what they found, in words: the last experience, and service quality."""

from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from premura.core.customers.models import Customer
from premura.core.staff.models import Person
from premura.entrypoints.web.readings.quality import DIMENSION_NAMES
from premura.loop.listen.scales import score_in_words
from premura.loop.recover.reads import kind_name
from premura.loop.understand.expectation import ENOUGH, Step, experiences
from premura.loop.understand.own_gaps import OwnDimension, OwnGap, own_gaps

#: Marks of one kind that the page names, the last and as many as make an expectation; those before them count too
SHOWN = 1 + ENOUGH


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
    groups = [steps for steps in experiences(person, customer, last=SHOWN) if steps[-1].verdict]
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


@dataclass(frozen=True)
class GapGroup:
    """One dimension of service quality: its name, what it comes to, and its questions with their sentences."""

    name: str
    sentence: str
    items: tuple[tuple[str, str, OwnGap], ...]


def gaps_of(person: Person, customer: Customer) -> list[GapGroup]:
    """This customer's own gaps, dimension by dimension (row S7)."""
    dimensions, book = own_gaps(person, customer)
    return [
        GapGroup(
            str(DIMENSION_NAMES[one.code]),
            _gap_of_dimension(one),
            tuple((book.text(item.item), _gap_of_item(item), item) for item in one.items),
        )
        for one in dimensions
    ]


def _signed(value: float) -> str:
    return f"+{number_format(value, 1)}" if value > 0 else number_format(value, 1)


def _gap_of_dimension(one: OwnDimension) -> str:
    n = len(one.items)
    words = ngettext(
        "%(gap)s on the scale %(scale)s, one question", "%(gap)s on the scale %(scale)s, mean of %(n)s questions", n
    )
    return words % {"gap": _signed(one.gap), "scale": one.scale.replace("-", "\N{EN DASH}"), "n": n}


def _gap_of_item(one: OwnGap) -> str:
    sign = "+" if one.gap > 0 else ""
    values = {"expected": one.expected, "found": one.found, "gap": f"{sign}{one.gap}"}
    return _("expected %(expected)s, found %(found)s (%(gap)s)") % values
