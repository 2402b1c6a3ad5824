"""Which identifiers were seen before, in eight bytes each: millions of rows stay in tens of megabytes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

_RECENT = 1 << 14
Digests = npt.NDArray[np.int64]


class SeenIds:
    """A set of texts, kept as 64-bit digests in a few sorted arrays.

    The digest is the interpreter's own keyed one (SipHash), so nobody can write a file whose identifiers collide. Two
    different texts among n share one with a chance of about n² / 2⁶⁵: one in ten million for two million rows.

    >>> seen = SeenIds()
    >>> seen.is_new("R_1"), seen.is_new("R_2"), seen.is_new("R_1"), len(seen)
    (True, True, False, 2)
    >>> seen.are_new(["R_2", "R_3", "R_3"])
    [False, True, False]
    """

    def __init__(self) -> None:
        self._recent: set[int] = set()
        self._runs: list[Digests] = []

    def __len__(self) -> int:
        return len(self._recent) + sum(len(run) for run in self._runs)

    def is_new(self, text: str) -> bool:
        """Remember ``text``; True the first time."""
        digest = hash(text)
        if digest in self._recent or any(_holds(run, digest) for run in self._runs):
            return False
        self._recent.add(digest)
        if len(self._recent) >= _RECENT:
            self._settle()
        return True

    def are_new(self, texts: Sequence[str]) -> list[bool]:
        """Remember all of ``texts``; for each whether it was met for the first time."""
        self._settle()
        digests = np.fromiter(map(hash, texts), dtype=np.int64, count=len(texts))
        unique, first = np.unique(digests, return_index=True)
        unmet = np.ones(len(unique), dtype=np.bool_)
        for run in self._runs:
            places = np.minimum(np.searchsorted(run, unique), len(run) - 1)
            unmet &= run[places] != unique
        new = np.zeros(len(texts), dtype=np.bool_)
        new[first[unmet]] = True
        self._add(unique[unmet])
        return new.tolist()

    def _settle(self) -> None:
        if self._recent:
            self._add(np.sort(np.fromiter(self._recent, dtype=np.int64, count=len(self._recent))))
            self._recent = set()

    def _add(self, run: Digests) -> None:
        """Runs of similar size become one, so that there are never more than a few."""
        if len(run):
            self._runs.append(run)
        while len(self._runs) > 1 and len(self._runs[-2]) <= 2 * len(self._runs[-1]):
            last = self._runs.pop()
            self._runs[-1] = np.sort(np.concatenate((self._runs[-1], last)), kind="stable")


def _holds(run: Digests, digest: int) -> bool:
    place = int(np.searchsorted(run, digest))
    return place < len(run) and int(run[place]) == digest
