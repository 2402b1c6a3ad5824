"""Many answers at once: their months are made anew as wholes, and no mark is written for each of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date

from django.db import connection

from premura.loop.understand.export import mark_dirty
from premura.loop.understand.marks import pause_marking, resume_marking


@contextmanager
def whole_months(reason: str) -> Iterator[set[date]]:
    """Within, what is inserted is not marked; the days that the caller adds have their months made anew.

    Runs inside the caller's transaction, which also brings the answers: nobody sees the one without the other, and if
    it fails the marking is as it was. Pays where a month gets thousands of answers, which the exporter would make anew
    anyway: see ``export.BATCH``.
    """
    days: set[date] = set()
    with connection.cursor() as cursor:
        pause_marking(cursor)
    yield days
    mark_dirty(_months(days), reason)
    with connection.cursor() as cursor:
        resume_marking(cursor)


def _months(days: Iterable[date]) -> set[date]:
    return {day.replace(day=1) for day in days}
