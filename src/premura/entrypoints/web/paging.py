"""Pages of a list that may be very long: nobody counts to the end of what nobody turns to."""

from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator

#: So many rows are counted and can be turned to; of more it is said that there are more.
MOST_COUNTED = 10_000


class LongPaginator(Paginator):  # type: ignore[type-arg]  # Django's own takes no parameter when it runs
    """As Django's, but it counts no further than :data:`MOST_COUNTED`; ``is_more`` when there are more rows.

    The rows can be sliced, and count up to a limit with ``count_to(most)``.
    """

    @cached_property
    def _counted(self) -> int:
        rows: Any = self.object_list
        counted: int = rows.count_to(MOST_COUNTED + 1)
        return counted

    @cached_property
    def count(self) -> int:
        return min(self._counted, MOST_COUNTED)

    @property
    def is_more(self) -> bool:
        return self._counted > MOST_COUNTED


def long_page(rows: Any, size: int, number: Any) -> "Page[Any]":
    """The page ``number`` of a list that may be very long."""
    return LongPaginator(rows, size).get_page(number)
