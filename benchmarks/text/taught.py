"""How soon what a company's people put right is measurably better, by the rule of the product itself.

    python benchmarks/text/taught.py [--draws 5] [--comments 80 160 320] [--own 0 10 25]

A company has words of its own, invented here: «la nave» is where one waits, «in quarantena» is bad news, «codice arancio»
cannot wait. Of the comments that its people judge so many in a hundred (`--own`) speak so; the others are drawn from the
held-out fifth of the corpus, and people say of them what their labels say. Each line: in how many draws the company's own
head was used, and by how much it was better on average on comments it had not learnt from. Without words of its own (0)
a head that is used has learnt how these people judge, or was lucky.
"""

import argparse
import os
import sys
from itertools import product
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = "1"
sys.path.insert(0, str(Path(__file__).parents[2] / "tools/models"))

import numpy as np
from data import Example, corpus

from premura.text import SENTIMENTS, Judged, learn_corrections

_WHERE = ("a Mestre", "di Padova", "al banco", "in cantiere", "del piano terra", "vicino all'ingresso", "di sempre")
_WHEN = (
    "Lunedì",
    "Stamattina",
    "Ieri",
    "Di nuovo",
    "Anche oggi",
    "A fine turno",
    "Per la terza volta",
    "Come l'anno scorso",
)
_OWN = {
    "{when} la nave {where} fino a mezzogiorno": {"sentiment": "negative", "aspect:waiting": "yes"},
    "{when} il mezzo {where} in quarantena": {"sentiment": "negative", "aspect:product": "yes"},
    "{when} codice arancio {where}": {"sentiment": "negative", "signal:urgent": "yes"},
    "{when} giro d'onore {where}": {"sentiment": "positive", "aspect:staff": "yes"},
}
OF_THEIR_OWN = [
    Judged(words.format(when=when, where=where), said)
    for (words, said), when, where in product(_OWN.items(), _WHEN, _WHERE)
]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=5)
    parser.add_argument("--comments", type=int, nargs="+", default=[80, 160, 320])
    parser.add_argument("--own", type=int, nargs="+", default=[0, 10, 25])
    args = parser.parse_args()
    others = [judged for example in corpus() if example.is_held_out and (judged := as_people_say(example))]
    for share, count in product(args.own, args.comments):
        found: dict[str, list[tuple[bool, float]]] = {}
        for draw in range(args.draws):
            for each in learn_corrections(drawn(others, count, share, draw)).comparisons:
                found.setdefault(each.kind, []).append((each.is_better, each.difference))
        said = [
            f"{kind} used {sum(used for used, _ in rows)} of {len(rows)}, {100 * np.mean([d for _, d in rows]):+.1f} points"
            for kind, rows in found.items()
        ]
        print(f"{share:3} % of their own, {count:4} comments: {'; '.join(said) or 'too few corrections'}", flush=True)
    return 0


def as_people_say(example: Example) -> Judged | None:
    """What people would say of a comment of the corpus: the labels that are known of it."""
    sentiment = next((name for name in (*SENTIMENTS, "mixed") if example.known.get(f"sentiment:{name}")), None)
    said = {
        name: "yes" if value else "no" for name, value in example.known.items() if name[:7] in {"aspect:", "signal:"}
    }
    return Judged(example.text, {"sentiment": sentiment, **said}) if sentiment and said else None


def drawn(others: list[Judged], count: int, share: int, draw: int) -> list[Judged]:
    random = np.random.default_rng(draw)
    own = round(count * share / 100)
    first = random.permutation(len(OF_THEIR_OWN))[:own]
    rest = random.permutation(len(others))[: count - own]
    return [*(OF_THEIR_OWN[i] for i in first), *(others[i] for i in rest)]


if __name__ == "__main__":
    sys.exit(main())
