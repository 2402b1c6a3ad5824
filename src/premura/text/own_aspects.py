"""A company's own aspect, from its own words and about twenty examples, without code and without training anew."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from premura.text.features import Vector, encode
from premura.text.tokens import Clause, clean


@dataclass(frozen=True)
class OwnAspect:
    """A small logistic model over sentence vectors, and words that settle the matter by themselves."""

    name: str
    words: tuple[str, ...]
    weights: NDArray[np.float32]
    base: float

    def probabilities(self, parts: Sequence[Clause], vectors: Vector) -> Vector:
        """How likely each clause speaks of this aspect."""
        p = 1 / (1 + np.exp(-(vectors @ self.weights + self.base)))
        if self.words:
            rule = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, self.words))})", re.IGNORECASE)
            said = np.asarray([bool(rule.search(part.clean)) for part in parts])
            p = np.where(said, np.maximum(p, 0.9), p)
        return np.asarray(p, dtype=np.float32)


def learn_aspect(
    name: str, examples: Sequence[str], *, words: Sequence[str] = (), others: Sequence[str] = ()
) -> OwnAspect:
    """Learn an aspect from examples that speak of it and `others` that do not (by default, everyday comments).

    L2-logistic regression on sentence vectors, both sides weighing the same, by Newton's method (Hastie, Tibshirani,
    Friedman, *The Elements of Statistical Learning*, 4.4.1). Errors: `ValueError` for fewer than five examples.

    >>> pool = learn_aspect("pool", ["La piscina era fredda", "Bella piscina", "Acqua della vasca sporca",
    ...     "The pool was closed", "Piscina affollata"], words=["piscina", "pool"])
    >>> bool(pool.probabilities([Clause(0, 6, "Piscina chiusa")], encode(["Piscina chiusa"]))[0] > 0.5)
    True
    """
    if len(examples) < 5:
        raise ValueError(f"{len(examples)} examples are too few to learn from. Give at least five, better twenty.")
    yes = encode(clean(example) for example in examples)
    no = encode(clean(other) for other in (others or _EVERYDAY))
    X = np.concatenate([yes, no]).astype(np.float64)
    y = np.concatenate([np.ones(len(yes)), np.zeros(len(no))])
    share = np.concatenate([np.full(len(yes), 0.5 / len(yes)), np.full(len(no), 0.5 / len(no))]) * len(y)
    weights = _logistic(np.column_stack([X, np.ones(len(X))]), y, share)
    return OwnAspect(name, tuple(word.lower() for word in words), weights[:-1].astype(np.float32), float(weights[-1]))


def _logistic(
    X: NDArray[np.float64], y: NDArray[np.float64], share: NDArray[np.float64], penalty: float = 0.1
) -> NDArray[np.float64]:
    weights = np.zeros(X.shape[1])
    ridge = np.full(X.shape[1], penalty)
    ridge[-1] = 1e-6
    for _ in range(30):
        p = 1 / (1 + np.exp(-(X @ weights)))
        gradient = X.T @ (share * (p - y)) + ridge * weights
        curve = (X * (share * p * (1 - p))[:, None]).T @ X + np.diag(ridge)
        step = np.linalg.solve(curve, gradient)
        weights -= step
        if float(np.abs(step).max()) < 1e-6:
            break
    return weights


_EVERYDAY = (
    "Personale gentile e disponibile", "Prezzo troppo alto", "La camera era pulita", "Consegna in ritardo", "Ottima posizione", "Nessuno risponde al telefono",
    "Il prodotto è arrivato rotto", "Torneremo sicuramente", "Fattura sbagliata", "Tutto bene", "Il sito non funziona", "Attesa di un'ora alla cassa",
    "Sono molto soddisfatto", "Parcheggio difficile da trovare", "Cibo ottimo e abbondante", "Mi hanno spiegato tutto con pazienza", "Friendly and helpful staff",
    "Too expensive for what it is", "Delivery took two weeks", "Great location", "Nobody answers the phone", "The room was dirty", "Would recommend", "Average",
    "Letto comodo e camera silenziosa", "Musica troppo alta", "Qualità scarsa", "Clienti maleducati al tavolo accanto", "La garanzia non copre nulla", "Buono",
)  # fmt: skip
