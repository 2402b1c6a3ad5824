"""How near texts are in meaning, in Italian and English alike: places among texts, packed small, searched in one go."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from premura.text.features import PLACE, Vector, dense, encode
from premura.text.tokens import clauses

Packed = NDArray[np.int8]
#: Steps in one unit of a coordinate: hardly any coordinate of a vector of length one exceeds 0.35, which is 127 steps
STEPS = 360
_BLOCK = 1024
_BATCH = 256


def embed(texts: Iterable[str]) -> Vector:
    """One vector of 512 numbers and length one for each text, the mean of its clauses'; zeros where there is nothing.

    The place that `understand` gives a text is the same. Errors: none.

    >>> near = embed(["Il personale è stato scortese", "The staff were rude", "Parcheggio comodo"])
    >>> near.shape, bool(near[0] @ near[1] > near[0] @ near[2])
    ((3, 512), True)
    """
    waiting, rows = iter(texts), [np.empty((0, PLACE), dtype=np.float32)]
    while batch := list(islice(waiting, _BATCH)):
        split = [clauses(text) for text in batch]
        vectors = encode(part.clean for parts in split for part in parts)
        begin = 0
        for text, parts in zip(batch, split, strict=True):
            own = vectors[begin : begin + len(parts)]
            begin += len(parts)
            place = dense(own, parts, text)[:PLACE] if parts else np.zeros(PLACE, dtype=np.float32)
            rows.append(place[None, :])
    return np.concatenate(rows)


def pack(vectors: Vector) -> Packed:
    """Vectors in an eighth of the room, one byte a number: similarities change by about 0.001.

    >>> pack(np.array([[0.25, -0.5]], dtype=np.float32)).tolist()
    [[90, -127]]
    """
    return np.asarray(np.clip(np.round(vectors * STEPS), -127, 127), dtype=np.int8)


def nearest(
    packed: Packed, query: Vector, most: int, *, least: float = -1.0
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Rows of `packed` nearest to one vector, the nearest first, with their cosine; ties in the order of the rows.

    Args: `packed` rows × numbers, also memory-mapped; at most `most` rows, of a cosine of at least `least`.
    Cost: 100,000 rows in about 15 ms on one core; no more memory than a block of 1,024 rows. Errors: none.

    >>> at, cosine = nearest(pack(np.eye(3, dtype=np.float32) / 4), np.array([0.1, 0.9, 0.0], dtype=np.float32), 2)
    >>> at.tolist()
    [1, 0]
    """
    similar = np.empty(len(packed), dtype=np.float32)
    block = np.empty((min(_BLOCK, len(packed)), packed.shape[1]), dtype=np.float32)
    for begin in range(0, len(packed), _BLOCK):
        rows = packed[begin : begin + _BLOCK]
        # A multiplication of bytes would not use the processor's own: block by block in floats, inside its cache
        np.copyto(block[: len(rows)], rows)
        np.dot(block[: len(rows)], query / STEPS, out=similar[begin : begin + len(rows)])
    near = np.flatnonzero(similar >= least)
    if len(near) > most:
        near = near[np.argpartition(-similar[near], most - 1)[:most]]
    near = near[np.lexsort((near, -similar[near]))]
    return near, similar[near]
