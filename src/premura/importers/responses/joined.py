"""Several answers in one cell: what joins them, which answers there are, and where a comma is part of an answer."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from premura.loop.listen.definition import OPTIONS_LIMIT


def sign_of(values: Counter[str], sign: str) -> str:
    """What joins the answers of this column: its program's sign, or the semicolon of some of its exports."""
    if sign == ", " and any(";" in value for value in values) and not any("; " in value for value in values):
        return ";"
    return sign


def tokens_of(values: Counter[str], sign: str, again: float = 1.5) -> list[str]:
    """The answers that are joined in the cells of one column, if they are few and come ``again`` so often; else none.

    >>> tokens_of(Counter({"Gru": 3, "Gru, Furgone, piccolo": 5, "Furgone, piccolo": 4}), ", ")
    ['Gru', 'Furgone, piccolo']
    """
    if not any(sign.strip() in value for value in values):
        return []
    rows = [(_pieces(value, sign), count) for value, count in values.items()]
    rows = _with_their_tails(rows, sign)
    counts: Counter[str] = Counter()
    for pieces, count in rows:
        for piece in pieces:
            counts[piece] += count
    # Of several answers there are fewer than of their combinations: otherwise one answer has the sign in it
    is_joined = 2 <= len(counts) <= min(OPTIONS_LIMIT, max(2, len(values))) and any(len(p) > 1 for p, _c in rows)
    return list(counts) if is_joined and sum(counts.values()) >= again * len(counts) else []


def is_of_numbers(values: Counter[str], sign: str) -> bool:
    """Whether «1,2» is the answers 1 and 2: then each of them stands alone somewhere too, and in «0,5» they do not.

    >>> is_of_numbers(Counter(["1", "2", "1,2"]), ","), is_of_numbers(Counter(["0,5", "1,5", "1"]), ",")
    (True, False)
    """
    cells = [_pieces(value, sign) for value in values]
    alone = {pieces[0] for pieces in cells if len(pieces) == 1}
    return any(len(pieces) > 1 for pieces in cells) and all(alone.issuperset(pieces) for pieces in cells)


Rows = list[tuple[list[str], int]]


def _with_their_tails(rows: Rows, sign: str) -> Rows:
    """«Furgone, piccolo» is one answer where the two always come together and the second begins in lower case."""
    if sign.strip() != ",":
        return rows
    before: dict[str, set[str]] = {}
    after: dict[str, set[str]] = {}
    seen: Counter[str] = Counter()
    for pieces, count in rows:
        for one, two in pairwise(["", *pieces, ""]):
            before.setdefault(two, set()).add(one)
            after.setdefault(one, set()).add(two)
            seen[two] += count
    tails = {two: next(iter(ones)) for two, ones in before.items()
             if two[:1].islower() and len(ones) == 1 and "" not in ones and seen[two] > 2
             and after[next(iter(ones))] == {two}}  # fmt: skip
    if not tails:
        return rows
    return _with_their_tails([(_merged(pieces, tails), count) for pieces, count in rows], sign)


def _merged(pieces: Sequence[str], tails: dict[str, str]) -> list[str]:
    merged: list[str] = []
    for number, piece in enumerate(pieces):
        if piece in tails and number and pieces[number - 1] == tails[piece]:
            merged[-1] = f"{merged[-1]}, {piece}"
        else:
            merged.append(piece)
    return merged


def _pieces(cell: str, sign: str) -> list[str]:
    """Cut at the sign: a comma with a blank after it is none where the sign has no blank, and the other way round."""
    cut = {",": r",(?!\s)", ", ": r",\s"}.get(sign, re.escape(sign.strip() or sign))
    return [piece.strip() for piece in re.split(cut, cell) if piece.strip()]


def split_joined(cell: str, sign: str, options: Sequence[str] = ()) -> list[str]:
    """The answers in a cell. Where the options are known, the longest that fits is taken first.

    >>> split_joined("Rapido, sì, certo, Altro", ", ", ["sì, certo", "Rapido", "Altro"])
    ['Rapido', 'sì, certo', 'Altro']
    """
    if not options:
        return _pieces(cell, sign)
    bare = sign.strip() or sign
    known = sorted(options, key=len, reverse=True)
    found: list[str] = []
    rest = cell.strip().removeprefix(bare).strip()
    while rest:
        match = next((o for o in known if rest.casefold().startswith(o.casefold())
                      and (rest[len(o):].lstrip().startswith(bare) or not rest[len(o):].strip())), None)  # fmt: skip
        piece = match or rest.split(bare, 1)[0]
        if piece.strip():
            found.append(piece.strip())
        rest = rest[len(piece) :].strip().removeprefix(bare).strip()
    return found
