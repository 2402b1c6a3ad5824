"""The ids of imported responses say which import they are of: number of the import, then a running number.

So a whole import is one range of the primary key: it can be found, counted and taken back without a row for each
response, and a million of them go into the index one after the other. A UUID of version 8 (RFC 9562) is free to mean
what its maker wants.
"""

from uuid import UUID

_MARKS = (0x8 << 76) | (0x2 << 62)
_LAST = (1 << 62) - 1


def response_id(imported: int, number: int) -> UUID:
    """The id of response ``number`` of import ``imported``.

    >>> response_id(7, 1)
    UUID('00000007-0000-8000-8000-000000000001')
    """
    return UUID(int=(imported << 96) | _MARKS | number)


def ids_of(imported: int) -> tuple[UUID, UUID]:
    """The first and last id that import ``imported`` can have given."""
    return response_id(imported, 0), response_id(imported, _LAST)


def hex_ids(imported: int, first: int, count: int) -> list[str]:
    """The ids of ``count`` responses of one import, from number ``first``, as 32 hexadecimal signs.

    >>> hex_ids(7, 1, 2)
    ['00000007000080008000000000000001', '00000007000080008000000000000002']
    """
    start = response_id(imported, first).int
    head, low = f"{start >> 64:016x}", start & ((1 << 64) - 1)
    return [f"{head}{number:016x}" for number in range(low, low + count)]
