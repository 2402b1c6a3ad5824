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
from data import corpus, goemotions
from fit import calibration, features, fit_distant, fit_heads, save, unseen

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "src/premura/text/models/heads.npz"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--no-card", action="store_true", help="train only; leave the model card as it is")
    args = parser.parse_args()
    began = time.monotonic()
    learning = [example for example in corpus() if not example.is_held_out]
    distant = fit_distant(goemotions())
    say(f"GoEmotions head after {time.monotonic() - began:.0f} s")
    found = features(learning)
    p = unseen(learning, found, distant)
    slope, shift = calibration(learning, p)
    heads = dataclasses.replace(fit_heads(learning, found, distant), slope=slope, shift=shift)
    save(heads, MODEL)
    say(f"{MODEL.name}: {MODEL.stat().st_size / 1e6:.1f} MB from {len(learning)} comments after {time.monotonic() - began:.0f} s")
    if not args.no_card:
        from card import write_card

        write_card(ROOT / "docs")
    return 0


def say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


if __name__ == "__main__":
    np.random.seed(0)
    sys.exit(main())
