"""Ids as somebody wrote them: in an address, in a form, in a search."""


def id_in(text: str) -> int | None:
    """The id that ``text`` is; ``None`` where it is none that a row could have.

    >>> id_in("42"), id_in("-1"), id_in("٣"), id_in("9" * 18)
    (42, None, None, None)
    """
    # str.isdigit() says yes to digits that int() refuses
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None
