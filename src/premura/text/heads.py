"""The trained heads: weights as plain arrays, probabilities out. Made by `make models`, see `docs/model-card.md`.

Each output is a logistic model over TF-IDF, another over the dense vector, and for emotions and sentiment a third that
learned from GoEmotions; their probabilities are averaged, and calibrated on comments none of them had seen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import IO

import numpy as np
from numpy.typing import NDArray

from premura.text.features import Vector, Vocabulary

SENTIMENTS = ("negative", "neutral", "positive")
FOUR = ("anger", "fear", "joy", "sadness", "none")
#: Other emotions, and the one of the four each is a shade of: an emotion is never surer than what it is a shade of
SHADES: Mapping[str, str | None] = {
    "surprise": None, "disgust": "anger", "disappointment": "sadness", "gratitude": "joy", "trust": "joy",
}  # fmt: skip
ASPECTS = (
    "staff", "waiting", "cleanliness", "price", "product", "delivery", "billing", "web_phone", "premises", "location",
    "complaints", "information", "other_customers", "amenities", "wifi",
)  # fmt: skip
SIGNALS = ("contact", "leaving", "urgent", "safety", "legal", "praise_for_person")
#: Outputs that shut one another out, as (name of the group, its labels)
GROUPS = (("sentiment", SENTIMENTS), ("four", FOUR))
#: Outputs that stand alone, «group:label»
SINGLES = (
    "sentiment:mixed",
    *(f"emotion:{name}" for name in SHADES),
    *(f"aspect:{name}" for name in ASPECTS),
    *(f"signal:{name}" for name in SIGNALS),
)
OUTPUTS = (*(f"{group}:{label}" for group, labels in GROUPS for label in labels), *SINGLES)


@dataclass(frozen=True)
class Heads:
    """Weights of every output, in the order of `OUTPUTS`.

    `sparse` (pieces × outputs) and `dense` (524 × outputs) with their intercepts; `distant` is the GoEmotions head, for
    the outputs where `trust` is not 0; `slope` and `shift` calibrate log-odds.
    """

    vocabulary: Vocabulary
    sparse: NDArray[np.float32]
    sparse_base: Vector
    dense: NDArray[np.float32]
    dense_base: Vector
    distant: NDArray[np.float32]
    distant_base: Vector
    shares: NDArray[np.float32]  # 3 × outputs: how much each head counts
    slope: Vector
    shift: Vector
    rule: Vector  # log-odds that a rule adds to a signal
    shown: Vector  # from which probability an aspect is named

    def probabilities(self, pieces: Sequence[tuple[NDArray[np.int64], Vector]], vectors: Vector) -> Vector:
        """Probabilities (texts × outputs) from the pieces (`Vocabulary.rows`) and the dense vectors of the texts."""
        return calibrate(self.mixture(pieces, vectors), self.slope, self.shift)

    def mixture(self, pieces: Sequence[tuple[NDArray[np.int64], Vector]], vectors: Vector) -> Vector:
        """The average of what the heads say, not calibrated yet."""
        near = np.empty((len(pieces), len(OUTPUTS)), dtype=np.float32)
        for at, (rows, weights) in enumerate(pieces):
            near[at] = weights @ self.sparse[rows] + self.sparse_base if len(rows) else self.sparse_base
        heads = (near, vectors @ self.dense + self.dense_base, vectors @ self.distant + self.distant_base)
        return np.asarray(sum(share * squash(head) for share, head in zip(self.shares, heads, strict=True)))


def squash(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scores to probabilities: softmax within a group, logistic for the others."""
    result = np.asarray(1 / (1 + np.exp(-np.clip(scores, -30, 30))), dtype=np.float32)
    for _, columns in group_columns():
        part = np.exp(scores[:, columns] - scores[:, columns].max(axis=1, keepdims=True))
        result[:, columns] = part / part.sum(axis=1, keepdims=True)
    return result


def calibrate(p: NDArray[np.float32], slope: Vector, shift: Vector) -> Vector:
    """Probabilities that mean what they say: log-odds × slope + shift, and groups that sum to one again."""
    p = np.clip(p, 1e-4, 1 - 1e-4)
    result = np.asarray(1 / (1 + np.exp(-(np.log(p / (1 - p)) * slope + shift))), dtype=np.float32)
    for _, columns in group_columns():
        logs = np.log(p[:, columns]) * slope[columns] + shift[columns]
        part = np.exp(logs - logs.max(axis=1, keepdims=True))
        result[:, columns] = part / part.sum(axis=1, keepdims=True)
    return result


@lru_cache(maxsize=1)
def group_columns() -> tuple[tuple[str, list[int]], ...]:
    """Name and columns of each group of outputs that shut one another out."""
    return tuple((group, [OUTPUTS.index(f"{group}:{label}") for label in labels]) for group, labels in GROUPS)


def read_heads(file: IO[bytes]) -> Heads:
    """Heads from a file of plain arrays; a file that holds anything else is refused (`ValueError`)."""
    with np.load(file, allow_pickle=False) as stored:
        if tuple(str(name) for name in stored["outputs"]) != OUTPUTS:
            raise ValueError("The heads were trained for other outputs. Train them again: make models")
        pieces = stored["pieces"].tobytes().decode("utf-8").split("\n")
        floats = {name: stored[name].astype(np.float32) for name in stored.files if name not in {"pieces", "outputs"}}
    return Heads(
        vocabulary=Vocabulary(pieces, floats["idf"]),
        sparse=floats["sparse"] * floats["sparse_scale"],
        **{name: floats[name] for name in ("sparse_base", "dense", "dense_base", "distant", "distant_base")},
        **{name: floats[name] for name in ("shares", "slope", "shift", "rule", "shown")},
    )  # fmt: skip


@lru_cache(maxsize=1)
def heads_digest() -> str:
    """Which heads are shipped: the beginning of the SHA-256 of their file."""
    content = resources.files("premura.text").joinpath("models/heads.npz").read_bytes()
    return hashlib.sha256(content).hexdigest()[:12]


@lru_cache(maxsize=1)
def the_heads() -> Heads:
    """The heads that are shipped."""
    with resources.files("premura.text").joinpath("models/heads.npz").open("rb") as file:
        return read_heads(file)
