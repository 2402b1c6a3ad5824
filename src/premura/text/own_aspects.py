"""A company's own aspect, from its own words and about twenty examples, without code and without training anew."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from premura.text.features import Vector, encode
from premura.text.logistic import fit_logistic
from premura.text.own_head import ENCODER, packed, unpacked
from premura.text.tokens import Clause, clauses

FEWEST = 5
_PENALTY, _BASE_PENALTY = 0.1, 1e-6
#: What is said in the company's own word is at least this likely
WORD_P = 0.9


@dataclass(frozen=True)
class OwnAspect:
    """A small logistic model over sentence vectors, and words that settle the matter by themselves.

    A word ends where it is written to end; with * at its end it may go on («piscin*» finds «piscine»).
    """

    name: str
    words: tuple[str, ...]
    weights: NDArray[np.float32]
    base: float

    @cached_property
    def _rule(self) -> re.Pattern[str] | None:
        if not self.words:
            return None
        written = [
            r"\s+".join(map(re.escape, word.rstrip("*").split())) + (r"\w*" if word.endswith("*") else "")
            for word in self.words
        ]
        return re.compile(rf"(?<!\w)(?:{'|'.join(written)})(?!\w)", re.IGNORECASE)

    def probabilities(self, parts: Sequence[Clause], vectors: Vector) -> Vector:
        """How likely each clause speaks of this aspect."""
        p = 1 / (1 + np.exp(-(vectors @ self.weights + self.base)))
        if self._rule:
            said = np.asarray([bool(self._rule.search(part.clean)) for part in parts], dtype=bool)
            p = np.where(said, np.maximum(p, WORD_P), p)
        return np.asarray(p, dtype=np.float32)

    def as_json(self) -> dict[str, Any]:
        """Plain values to keep in a database; `own_aspect_from` makes the same aspect of them."""
        weights = packed(self.weights[None, :])
        return {"name": self.name, "words": list(self.words), "weights": weights, "base": self.base, "encoder": ENCODER}


def own_aspect_from(kept: Mapping[str, Any]) -> OwnAspect:
    """What `OwnAspect.as_json` gave.

    Errors: `ValueError` when it is something else or belongs to another encoder: learn it again from its examples.
    """
    if kept["encoder"] != ENCODER or not np.isfinite(float(kept["base"])):
        raise ValueError("This was learnt with another encoder. Learn it again from its examples.")
    named = tuple(str(word) for word in kept["words"])
    return OwnAspect(str(kept["name"]), named, unpacked(kept["weights"], 1)[0], float(kept["base"]))


def learn_aspect(
    name: str, examples: Sequence[str], *, words: Sequence[str] = (), others: Sequence[str] = ()
) -> OwnAspect:
    """Learn an aspect from examples that speak of it and `others` that do not, beside everyday comments.

    An example of several clauses teaches with the one clause that holds one of the words, or else is nearest to the other
    examples; give as `others` some fifty comments of the company's own that speak of something else, and it is told from
    them better. Formula: L2-logistic regression on sentence vectors, both sides weighing the same (`fit_logistic`).
    Errors: `ValueError` for fewer than five examples, or for words of fewer than two letters.

    >>> pool = learn_aspect("pool", ["La piscina era fredda", "Bella piscina", "Acqua della vasca sporca",
    ...     "The pool was closed", "Piscina affollata"], words=["piscina", "pool"])
    >>> bool(pool.probabilities([Clause(0, 6, "Piscina chiusa")], encode(["Piscina chiusa"]))[0] > 0.5)
    True
    """
    told = tuple(dict.fromkeys(word.lower().strip() for word in words if word.strip()))
    short = next((word for word in told if len(word.rstrip("*")) < 2), None)
    if short is not None:
        raise ValueError(f"The word «{short}» is too short: it would be found everywhere. Write it in full.")
    split = [parts for example in examples if (parts := clauses(example))]
    if len(split) < FEWEST:
        raise ValueError(f"{len(split)} examples are too few to learn from. Give at least five, better twenty.")
    empty = OwnAspect(name, told, np.zeros(512, dtype=np.float32), 0.0)
    yes = _telling(split, empty)
    no = _speaking_of_something_else(others, empty)
    X = np.concatenate([yes, no]).astype(np.float64)
    y = np.concatenate([np.ones(len(yes)), np.zeros(len(no))])
    share = np.concatenate([np.full(len(yes), 0.5 / len(yes)), np.full(len(no), 0.5 / len(no))]) * len(y)
    weights, base = fit_logistic(X, y, share=share, penalty=_PENALTY, base_penalty=_BASE_PENALTY)
    # As they will be when they have been kept and read again
    return OwnAspect(name, told, weights.astype(np.float16).astype(np.float32), round(base, 6))


def _telling(split: Sequence[Sequence[Clause]], words_alone: OwnAspect) -> Vector:
    """The vector of the clause of each example that speaks of the matter."""
    flat = [part for parts in split for part in parts]
    vectors = encode(part.clean for part in flat)
    said = words_alone.probabilities(flat, vectors) >= WORD_P
    owner = np.repeat(np.arange(len(split)), [len(parts) for parts in split])
    middle = sum(vectors[owner == at].mean(axis=0) for at in range(len(split))) / len(split)
    fit = vectors @ middle + 2.0 * said
    return vectors[[int(np.flatnonzero(owner == at)[fit[owner == at].argmax()]) for at in range(len(split))]]


def _speaking_of_something_else(others: Sequence[str], words_alone: OwnAspect) -> Vector:
    """Vectors of what the aspect is told from; everyday clauses that hold one of its words are left out."""
    everyday, vectors = _everyday()
    silent = words_alone.probabilities(everyday, vectors) < WORD_P
    own = encode(part.clean for other in others for part in clauses(other))
    return np.concatenate([own, vectors[silent]])


@lru_cache(maxsize=1)
def _everyday() -> tuple[tuple[Clause, ...], Vector]:
    """Clauses of comments on everything, every sixth of the corpus: what an aspect is told from. About a second, once."""
    found: list[Clause] = []
    folder = resources.files("premura.text").joinpath("corpus")
    for path in sorted((each for each in folder.iterdir() if each.name.endswith(".jsonl")), key=lambda path: path.name):
        for line in path.read_text(encoding="utf-8").splitlines()[::6]:
            found += clauses(json.loads(line)["text"])
    return tuple(found), encode(part.clean for part in found)
