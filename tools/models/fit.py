"""Fitting: logistic heads over pieces and vectors, combined, calibrated on folds they have not seen."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from data import PLAIN_SOURCES, Example
from evaluate import f1
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from premura.text.features import Vocabulary, dense, encode, grams
from premura.text.heads import ASPECTS, GROUPS, OUTPUTS, SINGLES, Heads, calibrate
from premura.text.personal import find_personal
from premura.text.tokens import Clause, clauses
from premura.text.understanding import agreed_on, all_rules

CACHE = Path(".data/models")
SEED = 20261128
LEAST_COUNT = 2
#: Shares of the three heads: pieces, vectors, GoEmotions
SHARES = {"group": (0.20, 0.50, 0.30), "with": (0.30, 0.40, 0.30), "without": (0.45, 0.55, 0.0)}
C_SPARSE, C_DENSE, C_DENSE_GROUP, C_DISTANT = 12.0, 6.0, 1.0, 1.0
#: So many comments of GoEmotions also stand among our own when sentiment and the four emotions are learnt from vectors,
#: weighing together so much of what ours weigh: alone, ours say too little of how people write elsewhere
BORROWED = 6_000
BORROWED_WEIGHT = 0.7
#: For aspects the difficult comments count half, and say little against what only places to stay have
DIFFICULT_WEIGHT = {"aspect:amenities": 0.1, "aspect:wifi": 0.1}
DIFFICULT_ASPECT = 0.5
#: How many times a plain comment counts when it is chosen from which probability an aspect is named, where that usually is,
#: and how much F1 a step of one away from there must bring
PLAIN_COUNTS, USUAL, FARTHER = 3, 0.3, 0.2


#: What these say is turned by a negation or told by what somebody did: the quick heads only learn wrong words from it (polarity on five
#: folds 0.815 with them, 0.822 without); e5's heads learn it
NO_QUICK_SENTIMENT = frozenset({"it_clear", "en_clear"})


@dataclass
class Features:
    """What the heads see of each text, and of each clause of the texts that have several."""

    counts: list[Counter]
    vectors: np.ndarray
    parts: list[tuple[list[Counter], np.ndarray]]
    rules: list[dict]


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
    rows, at, counts, clauses_seen, rules = [], 0, [], [], []
    for example, each in zip(examples, split, strict=True):
        own = vectors[at : at + len(each)]
        rows.append(dense(own, each, example.text))
        at += len(each)
        if with_pieces:
            pieces = [grams(part.clean) for part in each]
            counts.append(sum(pieces, Counter()))
            several = [dense(own[i : i + 1], [p], example.text[p.start : p.end]) for i, p in enumerate(each)]
            clauses_seen.append((pieces, np.stack(several)))
            names = [found.span for found in find_personal(example.text) if found.kind == "name"]
            rules.append(all_rules(example.text, names))
    return Features(counts, np.stack(rows), clauses_seen, rules)


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
            model = LogisticRegression(**options).fit(X[at], y, sample_weight=_weights([examples[i] for i in at], name))
            weights[:, column], base[column], learnt[column] = model.coef_[0], model.intercept_[0], True
        else:
            base[column] = -6.0
    return weights, base, learnt


def _weights(examples: Sequence[Example], output: str) -> np.ndarray | None:
    """How much each comment counts when this output is learnt."""
    if not output.startswith("aspect:"):
        return None
    difficult = DIFFICULT_WEIGHT.get(output, DIFFICULT_ASPECT)
    return np.asarray([1.0 if e.source in PLAIN_SOURCES else difficult for e in examples])


@dataclass
class Distant:
    """The GoEmotions head, and what the joint head borrows: group → vectors and labels."""

    weights: np.ndarray
    base: np.ndarray
    learnt: np.ndarray
    borrowed: dict[str, tuple[np.ndarray, np.ndarray]]


def fit_distant(examples: Sequence[Example]) -> Distant:
    found = features(examples, with_pieces=False)
    random = np.random.default_rng(SEED)
    borrowed = {}
    for group, labels in GROUPS:
        at = [i for i, e in enumerate(examples) if f"{group}:{labels[0]}" in e.known]
        at = np.sort(random.permutation(at)[:BORROWED])
        borrowed[group] = found.vectors[at], _labels([examples[i] for i in at], group, labels)
    return Distant(*fit_outputs(found.vectors, examples, C_DISTANT), borrowed)


def _labels(examples: Sequence[Example], group: str, labels: Sequence[str]) -> np.ndarray:
    return np.asarray([next(k for k, label in enumerate(labels) if e.known[f"{group}:{label}"]) for e in examples])


def _even(y: np.ndarray, count: int) -> np.ndarray:
    """Weights by which every label counts the same, one on average."""
    return (len(y) / count / np.bincount(y, minlength=count))[y]


def fit_jointly(
    vectors: np.ndarray, examples: Sequence[Example], distant: Distant, weights: np.ndarray, base: np.ndarray
) -> None:
    """Sentiment and the four emotions from our vectors and GoEmotions' together, into these weights."""
    for group, labels in GROUPS:
        at = [i for i, e in enumerate(examples) if f"{group}:{labels[0]}" in e.known]
        ours, theirs = _labels([examples[i] for i in at], group, labels), distant.borrowed[group][1]
        shares = np.concatenate(
            [_even(ours, len(labels)), _even(theirs, len(labels)) * BORROWED_WEIGHT * len(ours) / len(theirs)]
        )
        model = LogisticRegression(C=C_DENSE_GROUP, max_iter=300, tol=1e-3, random_state=SEED)
        model.fit(
            np.concatenate([vectors[at], distant.borrowed[group][0]]),
            np.concatenate([ours, theirs]),
            sample_weight=shares,
        )
        columns = [OUTPUTS.index(f"{group}:{label}") for label in labels]
        weights[:, columns], base[columns] = model.coef_.T, model.intercept_


def shares_of(learnt: np.ndarray) -> np.ndarray:
    """How much each of the three heads counts, for each output."""
    grouped = {f"{group}:{label}" for group, labels in GROUPS for label in labels}
    kinds = [
        "group" if name in grouped else "with" if each else "without"
        for name, each in zip(OUTPUTS, learnt, strict=True)
    ]
    return np.asarray([SHARES[kind] for kind in kinds], dtype=np.float32).T


def fit_heads(examples: Sequence[Example], found: Features, distant: Distant) -> Heads:
    """All heads on these examples, not yet calibrated."""
    examples = [_without_sentiment(e) if e.source in NO_QUICK_SENTIMENT else e for e in examples]
    vocabulary = vocabulary_of(found.counts)
    near, near_base, _ = fit_outputs(matrix(vocabulary, found.counts), examples, C_SPARSE)
    far, far_base, _ = fit_outputs(found.vectors, examples, C_DENSE)
    fit_jointly(found.vectors, examples, distant, far, far_base)
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
        zeros,
        np.full_like(zeros, 0.5),
    )


def _without_sentiment(example: Example) -> Example:
    return replace(example, known={k: v for k, v in example.known.items() if not k.startswith("sentiment:")})


def folds_of(examples: Sequence[Example], count: int) -> np.ndarray:
    """A fold for each example; a group is never torn apart."""
    return np.asarray([int(hashlib.sha256(f"{SEED}{e.group}".encode()).hexdigest(), 16) % count for e in examples])


@dataclass
class Unseen:
    """Uncalibrated probabilities of each example, and of each of its clauses, by heads that have not seen its fold."""

    whole: np.ndarray
    each: list[np.ndarray]


def unseen(examples: Sequence[Example], found: Features, distant: Distant, count: int = 5) -> Unseen:
    folds = folds_of(examples, count)
    result = Unseen(np.zeros((len(examples), len(OUTPUTS)), dtype=np.float32), [np.empty(0)] * len(examples))
    for fold in range(count):
        ins, outs = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        heads = fit_heads([examples[i] for i in ins], _some(found, ins), distant)
        rows = [heads.vocabulary.rows(found.counts[i]) for i in outs]
        result.whole[outs] = heads.mixture(rows, found.vectors[outs])
        for i in outs:
            pieces, several = found.parts[i]
            result.each[i] = heads.mixture([heads.vocabulary.rows(each) for each in pieces], several)
    return result


def _some(found: Features, at: np.ndarray) -> Features:
    return Features(
        [found.counts[i] for i in at], found.vectors[at], [found.parts[i] for i in at], [found.rules[i] for i in at]
    )


@dataclass
class Calibration:
    slope: np.ndarray
    shift: np.ndarray
    rule: np.ndarray
    shown: np.ndarray


def calibration(examples: Sequence[Example], rules: Sequence[dict], said: Unseen) -> Calibration:
    """Slope and shift of the log-odds of each output (Platt); one slope for a group, as temperature scaling does.

    A signal's rule is one more input of its logistic model, and so gets the weight it deserves. An aspect is named from
    the probability at which the union over clauses has the best F1 on plain comments, never below 0.2 nor above 0.6.
    """
    ones = np.ones(len(OUTPUTS), dtype=np.float32)
    fit = Calibration(ones.copy(), np.zeros_like(ones), np.zeros_like(ones), ones * 0.5)
    p = np.clip(said.whole, 1e-4, 1 - 1e-4)
    for group, labels in GROUPS:
        columns = [OUTPUTS.index(f"{group}:{label}") for label in labels]
        at = [i for i, e in enumerate(examples) if f"{group}:{labels[0]}" in e.known]
        truth = np.asarray([[examples[i].known[f"{group}:{label}"] for label in labels] for i in at])
        fit.slope[columns] = min(np.arange(0.5, 4.01, 0.05), key=lambda s: _log_loss(p[at][:, columns], truth, s))
    for name in SINGLES:
        column = OUTPUTS.index(name)
        at = [i for i, e in enumerate(examples) if name in e.known]
        y = np.asarray([examples[i].known[name] for i in at])
        if y.sum() < 10:
            continue
        ruled = np.asarray([float(name.removeprefix("signal:") in rules[i]) for i in at])
        inputs = np.column_stack([_logit(p[at, column]), ruled])
        model = LogisticRegression(C=10.0).fit(inputs, y)
        fit.slope[column], fit.shift[column] = max(0.3, model.coef_[0, 0]), model.intercept_[0]
        fit.rule[column] = max(0.0, model.coef_[0, 1])
        if name.startswith("signal:"):
            fit.shift[column] += _earlier(inputs @ [fit.slope[column], fit.rule[column]] + fit.shift[column], y)
    _choose_shown(fit, examples, said)
    return fit


def _choose_shown(fit: Calibration, examples: Sequence[Example], said: Unseen) -> None:
    """From which probability each aspect is named, by what `understand` makes of the whole and the clauses."""
    names = [f"aspect:{name}" for name in ASPECTS]
    columns = [OUTPUTS.index(name) for name in names]
    seen = [calibrate(np.vstack([w, e]), fit.slope, fit.shift) for w, e in zip(said.whole, said.each, strict=True)]
    agreed = np.stack([agreed_on(p[0, columns], p[1:, columns]) for p in seen])
    counts = np.asarray([PLAIN_COUNTS if e.source in PLAIN_SOURCES else 1 for e in examples])
    for k, name in enumerate(names):
        at = [i for i, e in enumerate(examples) if name in e.known]
        y = np.asarray([examples[i].known[name] for i in at])
        fit.shown[columns[k]] = _from_where(agreed[at, k], y, counts[at])


def _from_where(p: np.ndarray, y: np.ndarray, counts: np.ndarray) -> float:
    """The probability from which to name an aspect."""

    def worth(t: float) -> float:
        named = counts * (p >= t)
        return f1(int((named * y).sum()), int(named.sum()), int((counts * y).sum())) - FARTHER * abs(t - USUAL)

    return float(max(np.arange(0.2, 0.61, 0.05), key=worth))


def _earlier(odds: np.ndarray, y: np.ndarray) -> float:
    """How much to add to a signal's log-odds so that one half is where F1 is best; from 0.3 to 0.5, never later."""
    said = 1 / (1 + np.exp(-odds))
    best = max(
        np.arange(0.3, 0.51, 0.05), key=lambda t: f1(int(((said >= t) * y).sum()), int((said >= t).sum()), int(y.sum()))
    )
    return float(-np.log(best / (1 - best)))


def _logit(p: np.ndarray) -> np.ndarray:
    return np.log(p / (1 - p))


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
        for name in ("sparse_base", "dense_base", "distant_base", "shares", "slope", "shift", "rule", "shown")
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        path, outputs=np.asarray(OUTPUTS), pieces=np.frombuffer("\n".join(pieces).encode("utf-8"), dtype=np.uint8),
        idf=heads.vocabulary.idf.astype(np.float16), sparse=np.round(heads.sparse / scale).astype(np.int8),
        sparse_scale=scale.astype(np.float32), **halves, **singles,
    )  # fmt: skip
