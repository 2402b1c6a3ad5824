"""What a company's own people taught the heads: a small shift of their log-odds, plain numbers that can be kept as JSON."""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from premura.text.careful import TIERS, tier_digest
from premura.text.features import PLACE, Vector
from premura.text.heads import OUTPUTS, group_columns

#: Vectors of another encoder would mean something else
ENCODER = "usem3-3"


@dataclass(frozen=True)
class OwnHead:
    """Shifts of some outputs: `weights` (outputs × 512) on a text's place among texts, and `base` (outputs).

    Made by `premura.text.corrections.learn_corrections`, for the heads whose digest is `heads`, and no others.
    """

    outputs: tuple[str, ...]
    weights: NDArray[np.float32]
    base: NDArray[np.float32]
    heads: str

    def adjust(self, p: Vector, places: Vector) -> Vector:
        """Probabilities (texts × all outputs) with the shifts; labels that shut one another out still sum to one.

        >>> head = OwnHead(("sentiment:negative",), np.zeros((1, 512), np.float32), np.ones(1, np.float32), "")
        >>> even = np.full((1, len(OUTPUTS)), 1 / 3, np.float32)
        >>> [round(float(each), 2) for each in head.adjust(even, np.zeros((1, 512), np.float32))[0, :3]]
        [0.58, 0.21, 0.21]
        """
        columns = [OUTPUTS.index(name) for name in self.outputs]
        shift = np.zeros_like(p)
        shift[:, columns] = places @ self.weights.T + self.base
        kept = np.clip(p, 1e-4, 1 - 1e-4)
        odds = np.exp(np.clip(np.log(kept / (1 - kept)) + shift, -30, 30))
        result = np.where(shift == 0, p, odds / (1 + odds)).astype(np.float32)
        for _, group in group_columns():
            if np.any(shift[:, group]):
                part = kept[:, group] * np.exp(np.clip(shift[:, group], -30, 30))
                result[:, group] = part / part.sum(axis=1, keepdims=True)
        return result

    def as_json(self) -> dict[str, Any]:
        """Plain values to keep in a database; numbers in half precision, about 1.4 kB an output."""
        return {
            "outputs": list(self.outputs),
            "weights": packed(self.weights),
            "base": [round(float(each), 4) for each in self.base],
            "heads": self.heads,
        }


def own_head_from(kept: Mapping[str, Any]) -> OwnHead:
    """What `as_json` gave.

    Errors: `ValueError` when it is something else, or belongs to other heads than those that are shipped now: learn anew.
    """
    outputs = tuple(str(name) for name in kept["outputs"])
    if kept["heads"] not in map(tier_digest, TIERS) or not set(outputs) <= set(OUTPUTS):
        raise ValueError("This was learnt for other heads. Learn it again from what people said.")
    weights = unpacked(kept["weights"], len(outputs))
    base = np.asarray([float(each) for each in kept["base"]], dtype=np.float32)
    if len(base) != len(outputs) or not np.all(np.isfinite(base)):
        raise ValueError("What was kept is damaged. Learn it again from what people said.")
    return OwnHead(outputs, weights, base, str(kept["heads"]))


def packed(numbers: NDArray[np.float32]) -> str:
    """Numbers in half precision, as base64 of little-endian bytes: text that JSON can hold, and no pickle."""
    return base64.b64encode(np.ascontiguousarray(numbers, dtype="<f2").tobytes()).decode("ascii")


def unpacked(text: str, rows: int) -> NDArray[np.float32]:
    """What `packed` gave, rows × 512. Errors: `ValueError` for anything that is not that many finite numbers.

    >>> unpacked(packed(np.ones((2, 512), np.float32)), 2).shape
    (2, 512)
    """
    raw = base64.b64decode(text, validate=True)
    if len(raw) != rows * PLACE * 2:
        raise ValueError(f"{len(raw)} bytes were kept, {rows * PLACE * 2} are expected. Learn it again.")
    found = np.frombuffer(raw, dtype="<f2").astype(np.float32).reshape(rows, PLACE)
    if not math.isfinite(float(np.abs(found).sum())):
        raise ValueError("What was kept is damaged. Learn it again.")
    return found
