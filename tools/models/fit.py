"""Fitting: logistic heads over pieces and vectors, combined, calibrated on folds they have not seen."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from data import Example
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from premura.text.features import Vocabulary, dense, encode, grams
from premura.text.heads import GROUPS, OUTPUTS, SINGLES, Heads
from premura.text.tokens import Clause, clauses

CACHE = Path(".data/models")
SEED = 20261128
LEAST_COUNT = 2
#: Shares of the three heads: pieces, vectors, GoEmotions
SHARES = {"with": (0.30, 0.40, 0.30), "without": (0.45, 0.55, 0.0)}
C_SPARSE, C_DENSE, C_DISTANT = 12.0, 6.0, 1.0


@dataclass
class Features:
    counts: list[Counter]
    vectors: np.ndarray


def features(examples: Sequence[Example], *, with_pieces: bool = True) -> Features:
    """What the heads see, whole texts; vectors are kept between runs, under the hash of what they were made from."""
    split = [clauses(e.text) or [Clause(0, len(e.text), "")] for e in examples]
    parts = [part.clean for each in split for part in each]
    key = hashlib.sha256("\x00".join(parts).encode()).hexdigest()[:24]
    path = CACHE / f"{key}.npy"
    if path.exists():
        vectors = np.load(path, allow_pickle=False)
    else:
        vectors = np.concatenate([encode(parts[i : i + 512]) for i in range(0, len(parts), 512)])
        CACHE.mkdir(parents=True, exist_ok=True)
        np.save(path, vectors)
    rows, at = [], 0
    for example, each in zip(examples, split, strict=True):
        rows.append(dense(vectors[at : at + len(each)], each, example.text))
        at += len(each)
    counts = []
    for each in split if with_pieces else []:
        total: Counter = Counter()
        for part in each:
            total.update(grams(part.clean))
        counts.append(total)
    return Features(counts, np.stack(rows))


def vocabulary_of(counts: Sequence[Counter]) -> Vocabulary:
    """Pieces that at least so many texts share, and their smoothed idf."""
    seen: Counter = Counter()
    for each in counts:
        seen.update(each.keys())
    pieces = sorted(piece for piece, n in seen.items() if n >= LEAST_COUNT and "\n" not in piece)
    idf = np.asarray([np.log((1 + len(counts)) / (1 + seen[piece])) + 1 for piece in pieces], dtype=np.float32)
    return Vocabulary(pieces, idf)


def matrix(vocabulary: Vocabulary, counts: Sequence[Counter]) -> sparse.csr_matrix:
    columns, values, begins = [], [], [0]
    for each in counts:
        at, weight = vocabulary.rows(each)
        columns.append(at)
        values.append(weight)
        begins.append(begins[-1] + len(at))
    return sparse.csr_matrix(
        (np.concatenate(values), np.concatenate(columns), begins), shape=(len(counts), len(vocabulary.idf))
    )


def fit_outputs(
    X, examples: Sequence[Example], C: float, *, balanced: bool = False
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weights (features × outputs), intercepts, and which outputs could be learnt at all."""
    weights = np.zeros((X.shape[1], len(OUTPUTS)), dtype=np.float32)
    base = np.zeros(len(OUTPUTS), dtype=np.float32)
    learnt = np.zeros(len(OUTPUTS), dtype=bool)
    options = {
        "C": C,
        "max_iter": 400,
        "random_state": SEED,
        "class_weight": "balanced" if balanced else None,
        "tol": 1e-4,
    }
    for group, labels in GROUPS:
        at = [i for i, e in enumerate(examples) if f"{group}:{labels[0]}" in e.known]
        y = np.asarray(
            [max(range(len(labels)), key=lambda k, i=i: examples[i].known[f"{group}:{labels[k]}"]) for i in at]
        )
        columns = [OUTPUTS.index(f"{group}:{label}") for label in labels]
        if len(set(y)) == len(labels):
            model = LogisticRegression(**{**options, "class_weight": "balanced"}).fit(X[at], y)
            weights[:, columns], base[columns], learnt[columns] = model.coef_.T, model.intercept_, True
    for name in SINGLES:
        at = [i for i, e in enumerate(examples) if name in e.known]
        y = np.asarray([examples[i].known[name] for i in at])
        column = OUTPUTS.index(name)
        if 5 <= y.sum() < len(y):
            model = LogisticRegression(**options).fit(X[at], y)
            weights[:, column], base[column], learnt[column] = model.coef_[0], model.intercept_[0], True
        else:
            base[column] = -6.0
    return weights, base, learnt


@dataclass
class Distant:
    weights: np.ndarray
    base: np.ndarray
    learnt: np.ndarray


def fit_distant(examples: Sequence[Example]) -> Distant:
    found = features(examples, with_pieces=False)
    return Distant(*fit_outputs(found.vectors, examples, C_DISTANT))


def shares_of(learnt: np.ndarray) -> np.ndarray:
    return np.asarray([SHARES["with" if each else "without"] for each in learnt], dtype=np.float32).T


def fit_heads(examples: Sequence[Example], found: Features, distant: Distant) -> Heads:
    """All heads on these examples, not yet calibrated."""
    vocabulary = vocabulary_of(found.counts)
    near, near_base, _ = fit_outputs(matrix(vocabulary, found.counts), examples, C_SPARSE)
    far, far_base, _ = fit_outputs(found.vectors, examples, C_DENSE)
    ones, zeros = np.ones(len(OUTPUTS), dtype=np.float32), np.zeros(len(OUTPUTS), dtype=np.float32)
    return Heads(
        vocabulary,
        near,
        near_base,
        far,
        far_base,
        distant.weights,
        distant.base,
        shares_of(distant.learnt),
        ones,
        zeros,
    )


def folds_of(examples: Sequence[Example], count: int) -> np.ndarray:
    """A fold for each example; a group is never torn apart."""
    return np.asarray([int(hashlib.sha256(f"{SEED}{e.group}".encode()).hexdigest(), 16) % count for e in examples])


def unseen(examples: Sequence[Example], found: Features, distant: Distant, count: int = 5) -> np.ndarray:
    """Uncalibrated probabilities of each example, from heads that have not seen its fold."""
    folds = folds_of(examples, count)
    result = np.zeros((len(examples), len(OUTPUTS)), dtype=np.float32)
    for fold in range(count):
        ins, outs = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        heads = fit_heads([examples[i] for i in ins], _some(found, ins), distant)
        result[outs] = heads.probabilities([found.counts[i] for i in outs], found.vectors[outs])
    return result


def _some(found: Features, at: np.ndarray) -> Features:
    return Features([found.counts[i] for i in at], found.vectors[at])


def calibration(examples: Sequence[Example], p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Slope and shift of the log-odds of each output (Platt); one slope for a group, as temperature scaling does."""
    slope, shift = np.ones(len(OUTPUTS), dtype=np.float32), np.zeros(len(OUTPUTS), dtype=np.float32)
    p = np.clip(p, 1e-4, 1 - 1e-4)
    for group, labels in GROUPS:
        columns = [OUTPUTS.index(f"{group}:{label}") for label in labels]
        at = [i for i, e in enumerate(examples) if f"{group}:{labels[0]}" in e.known]
        truth = np.asarray([[examples[i].known[f"{group}:{label}"] for label in labels] for i in at])
        slope[columns] = min(np.arange(0.5, 4.01, 0.05), key=lambda s: _log_loss(p[at][:, columns], truth, s))
    for name in SINGLES:
        column = OUTPUTS.index(name)
        at = [i for i, e in enumerate(examples) if name in e.known]
        y = np.asarray([examples[i].known[name] for i in at])
        if y.sum() >= 10:
            logit = np.log(p[at, column] / (1 - p[at, column]))[:, None]
            model = LogisticRegression(C=10.0).fit(logit, y)
            slope[column], shift[column] = max(0.3, model.coef_[0, 0]), model.intercept_[0]
    return slope, shift


def _log_loss(p: np.ndarray, truth: np.ndarray, slope: float) -> float:
    powered = p**slope
    return float(-np.log((powered / powered.sum(axis=1, keepdims=True))[truth.astype(bool)]).mean())


def save(heads: Heads, path: Path) -> None:
    """Plain arrays, small: weights of pieces in eight bits with a scale for each output, the others in sixteen."""
    scale = np.abs(heads.sparse).max(axis=0) / 127
    scale[scale == 0] = 1
    pieces = sorted(heads.vocabulary.index, key=heads.vocabulary.index.__getitem__)
    halves = {name: getattr(heads, name).astype(np.float16) for name in ("dense", "distant")}
    singles = {
        name: getattr(heads, name).astype(np.float32)
        for name in ("sparse_base", "dense_base", "distant_base", "shares", "slope", "shift")
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        path, outputs=np.asarray(OUTPUTS), pieces=np.frombuffer("\n".join(pieces).encode("utf-8"), dtype=np.uint8),
        idf=heads.vocabulary.idf.astype(np.float16), sparse=np.round(heads.sparse / scale).astype(np.int8),
        sparse_scale=scale.astype(np.float32), **halves, **singles,
    )  # fmt: skip


