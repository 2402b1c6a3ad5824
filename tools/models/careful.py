"""The careful tier: heads over e5's vectors of whole comments, and how much they count beside the quick heads.

Everything is chosen on folds that neither side has seen; of the held-out fifth nothing is used. e5 looks at whole comments
only: heads that looked at their clauses as well, or at the mean of those, were worse on the folds and took twice as long.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from data import Example
from fit import CACHE, Unseen, calibration, fit_outputs, folds_of
from sklearn.linear_model import LogisticRegression

from premura.text.careful import CarefulHeads, look_carefully
from premura.text.heads import GROUPS, OUTPUTS, SINGLES, heads_digest, squash
from premura.text.tokens import clauses

C_CAREFUL = 10.0
SHARES = np.arange(0.2, 0.71, 0.1)
#: Outputs that share one share, so that none is chosen on a handful of cases: the first part of their name
KINDS = ("sentiment", "four", "emotion", "aspect", "signal")


def vectors_of(examples: Sequence[Example]) -> np.ndarray:
    """e5's vector of each whole comment, as `understand` has it; kept between runs."""
    texts = [" ".join(part.clean for part in clauses(e.text)) for e in examples]
    path = CACHE / f"e5-{hashlib.sha256(chr(0).join(texts).encode()).hexdigest()[:24]}.npy"
    if not path.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        np.save(path, np.concatenate([look_carefully(texts[i : i + 512]) for i in range(0, len(texts), 512)]))
    return np.load(path, allow_pickle=False)


def fit_careful(examples: Sequence[Example], rules: Sequence[dict], quick: Unseen) -> CarefulHeads:
    """Careful heads on these examples; `quick` is what quick heads say of each that have not seen its fold."""
    vectors = vectors_of(examples)
    own = _unseen(examples, vectors)
    share = _shares(examples, quick.whole, own)
    together = Unseen(quick.whole + share * (own - quick.whole), quick.each)
    weights, base, _ = fit_outputs(vectors, examples, C_CAREFUL)
    fitted = calibration(examples, rules, together)
    return CarefulHeads(weights, base, share, **vars(fitted), heads=heads_digest())


def without(groups: Collection[str], learning: Sequence[Example], shipped: CarefulHeads) -> CarefulHeads:
    """Careful heads that have seen none of these groups, with the shares and calibration of the shipped ones."""
    at = [i for i, e in enumerate(learning) if e.group not in groups]
    weights, base, _ = fit_outputs(vectors_of(learning)[at], [learning[i] for i in at], C_CAREFUL)
    return replace(shipped, weights=weights, base=base)


def _unseen(examples: Sequence[Example], vectors: np.ndarray, count: int = 5) -> np.ndarray:
    """Probabilities of each example by heads that have not seen its fold, which is the fold of the quick heads too."""
    folds = folds_of(examples, count)
    result = np.zeros((len(examples), len(OUTPUTS)), dtype=np.float32)
    for fold in range(count):
        ins, outs = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        weights, base, _ = fit_outputs(vectors[ins], [examples[i] for i in ins], C_CAREFUL)
        result[outs] = squash(vectors[outs] @ weights + base)
    return result


def _shares(examples: Sequence[Example], quick: np.ndarray, own: np.ndarray) -> np.ndarray:
    """For each output, how much e5 counts: the share by which its kind has the least log loss once it is calibrated."""
    result = np.zeros(len(OUTPUTS), dtype=np.float32)
    for kind in KINDS:
        columns = [at for at, name in enumerate(OUTPUTS) if name.startswith(f"{kind}:")]
        result[columns] = min(SHARES, key=lambda s, kind=kind: _loss(examples, quick + s * (own - quick), kind))
    return result


def _loss(examples: Sequence[Example], p: np.ndarray, kind: str) -> float:
    """Log loss over everything of a kind that is known, each output calibrated by a slope and a shift."""
    groups = [[f"{group}:{label}" for label in labels] for group, labels in GROUPS if group == kind]
    singles = [[name] for name in SINGLES if name.startswith(f"{kind}:")]
    total, n = 0.0, 0
    for names in [*groups, *singles]:
        at = [i for i, e in enumerate(examples) if names[0] in e.known]
        y = np.asarray([[examples[i].known[name] for name in names] for i in at])
        q = np.clip(p[at][:, [OUTPUTS.index(name) for name in names]], 1e-4, 1 - 1e-4)
        if len(names) > 1:
            y, inputs = y.argmax(axis=1), np.log(q)
        else:
            y, inputs = y[:, 0], np.log(q / (1 - q))
        if len(set(y)) > 1:
            said = LogisticRegression(C=10.0, max_iter=300).fit(inputs, y).predict_proba(inputs)
            total -= float(np.log(said[np.arange(len(y)), y]).sum())
            n += len(y)
    return total / n


def save_careful(heads: CarefulHeads, path: Path) -> None:
    """Plain arrays, small: weights in sixteen bits."""
    singles = {
        name: getattr(heads, name).astype(np.float32) for name in ("base", "share", "slope", "shift", "rule", "shown")
    }
    weights = heads.weights.astype(np.float16)
    np.savez_compressed(path, outputs=np.asarray(OUTPUTS), heads=np.asarray(heads.heads), weights=weights, **singles)
