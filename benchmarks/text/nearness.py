"""Searching 100,000 comments by meaning: the sentence is placed, and the packed vectors are gone through, on one core.

    python benchmarks/text/nearness.py [--comments 100000] [--rounds 15]

The vectors are the corpus's own with a little noise, in a memory-mapped file as the product keeps them. `work` is the
processor time, which says what the figure would be if nobody else used the machine. The bar: 50 ms.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np

from premura.text import embed, nearest, pack

CORPUS = Path(__file__).parents[2] / "src/premura/text/corpus"
QUERIES = (
    "il personale è stato scortese",
    "nobody answers the phone",
    "la consegna è arrivata in ritardo",
    "too noisy",
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--comments", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=15)
    args = parser.parse_args()
    lines = [line for path in sorted(CORPUS.glob("*.jsonl")) for line in path.read_text("utf-8").splitlines()]
    own = embed(json.loads(line)["text"] for line in lines[::6])
    draws = np.random.default_rng(1)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vectors"
        many = np.memmap(path, np.int8, "w+", shape=(args.comments, own.shape[1]))
        for begin in range(0, args.comments, 10_000):
            rows = own[draws.integers(len(own), size=min(10_000, args.comments - begin))]
            many[begin : begin + len(rows)] = pack(rows + draws.normal(0, 0.01, rows.shape).astype(np.float32))
        many.flush()
        kept = np.memmap(path, np.int8, "r", shape=many.shape)
        walls, works = [], []
        for at in range(args.rounds):
            wall, work = time.perf_counter(), time.process_time()
            nearest(kept, embed([QUERIES[at % len(QUERIES)]])[0], 2_000, least=0.35)
            walls.append(1000 * (time.perf_counter() - wall))
            works.append(1000 * (time.process_time() - work))
    print(
        f"{args.comments} comments: best {min(walls):.1f} ms, median {sorted(walls)[len(walls) // 2]:.1f} ms; "
        f"work best {min(works):.1f} ms, median {sorted(works)[len(works) // 2]:.1f} ms; bar 50 ms"
    )
    return 0 if min(walls) <= 50 else 1


if __name__ == "__main__":
    sys.exit(main())
