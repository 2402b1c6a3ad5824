"""Answers drawn at random, where a reading needs them one by one and there are more than a page can wait for.

The id of a response begins with the time, or with the number of the import that brought it, but its last digits are
random, or a running number of the file: those that end in some of all possible endings are a draw that has nothing to
do with when or how they came, and it is the same whenever the page is looked at again. Where the answers of one person
must stay together customers are drawn instead, by a number made of their id; people without a name have one response
each.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, ExpressionWrapper, F, QuerySet, TextField, Value
from django.db.models.functions import Cast, Coalesce, Right

from premura.core.customers.models import Customer
from premura.loop.listen.models import Response

_LOTS = 1 << 32
# Knuth's multiplicative hashing: neighbours among the ids fall far apart
_SPREAD = 2_654_435_761
#: The id of a response as its database keeps it: to tell responses apart nobody needs more.
RESPONSE = Cast("response", TextField())


@dataclass(frozen=True)
class Drawn:
    """``read`` answers of ``of``."""

    read: int
    of: int

    @property
    def is_all(self) -> bool:
        return self.read >= self.of


NOTHING_DRAWN = Drawn(0, 0)


def share_of(n: int, most: int) -> float:
    """Which part of ``n`` to draw, so that about ``most`` are read.

    >>> share_of(10, 20), share_of(200, 20)
    (1.0, 0.1)
    """
    return min(1.0, most / n) if n else 1.0


def responses_drawn(rows: QuerySet[Any], share: float) -> QuerySet[Any]:
    """The answers of responses drawn at random; all where ``share`` is 1."""
    if share >= 1:
        return rows
    digits = _digits(share)
    # Asked of the responses, which are fewer than their answers, and by their ids alone
    ids = Response.objects.alias(ending=Right(Cast("pk", TextField()), digits))
    return rows.filter(response__in=ids.filter(ending__in=endings(share, digits)).order_by().values("pk"))


def _digits(share: float) -> int:
    return 2 if share >= 1 / 16 else 3


def is_drawn(share: float) -> str:
    """The condition that leaves the draw: a key is the end of the id as a number.

    >>> is_drawn(1 / 2048)
    '(response & 4095) IN (0, 1597)'
    """
    if share >= 1:
        return "true"
    digits = _digits(share)
    return f"(response & {16**digits - 1}) IN ({', '.join(str(int(ending, 16)) for ending in endings(share, digits))})"


def people_in_facts(share: float) -> str:
    """The condition that leaves the answers of the same people as :func:`people_drawn`.

    >>> people_in_facts(1)
    'true'
    """
    if share >= 1:
        return "true"
    drawn = f"customer * {_SPREAD} % {_LOTS} < {int(share * _LOTS)}"
    return f"CASE WHEN customer IS NULL THEN {is_drawn(share)} ELSE {drawn} END"


def endings(share: float, digits: int) -> list[str]:
    """That share of all endings of so many hexadecimal digits, one at least, spread over all of them.

    >>> endings(1 / 64, 2)
    ['00', 'e9', '59', 'b2']
    """
    every = sorted(range(16**digits), key=lambda number: number * _SPREAD % _LOTS)
    return [f"{number:0{digits}x}" for number in every[: max(1, round(share * len(every)))]]


def people_drawn(rows: QuerySet[Any], share: float) -> Iterator[QuerySet[Any]]:
    """The same answers of whole people, in one or two parts that have no person in common."""
    if share >= 1:
        yield rows
        return
    # Nobody's answers are many: looked for by the index of customers they would be read one by one
    of_nobody = rows.alias(person=Coalesce("response__customer_id", Value(0))).filter(person=0)
    yield responses_drawn(of_nobody, share)
    # A large number, or PostgreSQL would be spared a comparison with more than an integer holds, and draw everybody
    lot = ExpressionWrapper(Cast(F("pk"), BigIntegerField()) * _SPREAD % _LOTS, output_field=BigIntegerField())
    chosen = Customer.objects.annotate(lot=lot).filter(lot__lt=int(share * _LOTS))
    yield rows.filter(response__customer__in=chosen.order_by().values("pk"))
