"""Answers drawn at random, where a reading needs them one by one and there are more than a page can wait for.

Ids of responses are random numbers: those below a limit are a random draw, found by their index without looking at the
others, and the same whenever the page is looked at again. Where the answers of one person must stay together customers
are drawn instead, by a number made of their id; people without a name have one response each.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import BigIntegerField, F, QuerySet, TextField, Value
from django.db.models.functions import Cast

from premura.core.customers.models import Customer

_IDS, _LOTS = 1 << 128, 1 << 32
# Knuth's multiplicative hashing: neighbours among the ids fall far apart
_SPREAD = 2_654_435_761


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
    return rows if share >= 1 else rows.filter(response__lt=UUID(int=int(share * _IDS)))


def people_drawn(rows: QuerySet[Any], share: float) -> Iterator[QuerySet[Any]]:
    """The same answers of whole people, in one or two parts that have no person in common."""
    if share >= 1:
        yield rows
        return
    yield responses_drawn(rows.filter(response__customer=None), share)
    lot = Cast(F("pk"), BigIntegerField()) * Value(_SPREAD) % Value(_LOTS)
    chosen = Customer.objects.annotate(lot=lot).filter(lot__lt=int(share * _LOTS))
    yield rows.filter(response__customer__in=chosen.order_by().values("pk"))


#: The id of a response as its database keeps it: to tell responses apart nobody needs more.
RESPONSE = Cast("response", TextField())
