"""The labelled comments the heads learn from, as `Example`s: which output is true, false or not known of a text."""

from __future__ import annotations

import hashlib
import json
import lzma
import re
from dataclasses import dataclass, field
from pathlib import Path

from premura.text.heads import ASPECTS, FOUR, SENTIMENTS, SHADES, SIGNALS

HERE = Path(__file__).parent
#: Comments as most people write them, in few plain words (`GUIDE.md`, «Plain comments»); the others were written to be difficult
PLAIN_SOURCES = frozenset(
    {
        "first-it",
        "it_stay",
        "it_plain",
        "it_guests",
        "it_tables",
        "it_counters",
        "it_words",
        "it_signals",
        "en_guests",
        "en_service",
    }
)
#: Files that were added after the mistakes on the held-out part of the others had been counted
ADDED_SOURCES = frozenset(
    {"it_guests", "it_tables", "it_counters", "it_clear", "it_alarm", "it_feelings", "it_signals", "it_words"}
    | {"en_guests", "en_service", "en_clear", "en_alarm"}
)
CORPUS = HERE.parents[1] / "src/premura/text/corpus"
#: Names in the 480 comments that came first → ours
ASPECT_MAP = {"value": "price", "comfort": "premises"}
POLARITY_MAP = {"pos": "positive", "neg": "negative", "neu": "neutral"}
SIGNAL_MAP = {"churn": "leaving", "urg": "urgent", "contact": "contact"}
_WIFI = re.compile(r"(?<!\w)(?:wi-?\s?fi|wireless|internet|connessione|rete)(?!\w)", re.IGNORECASE)
_AMENITIES = re.compile(
    r"(?<!\w)(?:colazion\w+|buffet|piscina|palestra|parcheggi\w+|garage|ascensore|spa|sauna|navetta|frigobar|minibar|bollitore|televisore|tv|bar|terrazza|giochi|spogliato\w+"
    r"|breakfast|pool|gym|parking|lift|elevator|shuttle|kettle|changing\s+rooms?)(?!\w)",
    re.IGNORECASE,
)  # fmt: skip
_GO_FOUR = {
    "anger": "anger", "annoyance": "anger", "disgust": "anger", "fear": "fear", "nervousness": "fear", "joy": "joy",
    "amusement": "joy", "love": "joy", "excitement": "joy", "gratitude": "joy", "admiration": "joy", "optimism": "joy",
    "relief": "joy", "pride": "joy", "sadness": "sadness", "disappointment": "sadness", "grief": "sadness",
    "remorse": "sadness", "neutral": "none", "curiosity": "none", "confusion": "none", "realization": "none",
    "approval": "none",
}  # fmt: skip
_GO_GOOD = {
    "admiration",
    "approval",
    "gratitude",
    "amusement",
    "love",
    "optimism",
    "joy",
    "caring",
    "excitement",
    "relief",
    "pride",
}
_GO_BAD = {
    "annoyance",
    "disapproval",
    "anger",
    "sadness",
    "disappointment",
    "disgust",
    "fear",
    "remorse",
    "embarrassment",
    "nervousness",
    "grief",
}


@dataclass(frozen=True)
class Example:
    """A text and what is known of it: output name → 1 or 0; what is not known is not there."""

    text: str
    group: str
    source: str
    known: dict[str, int] = field(default_factory=dict)

    @property
    def is_held_out(self) -> bool:
        """One group in five is never trained on, whichever comments are added later."""
        return int(hashlib.sha256(self.group.encode()).hexdigest(), 16) % 5 == 0


def _one_of(group: str, labels: tuple[str, ...], label: str) -> dict[str, int]:
    return {f"{group}:{name}": int(name == label) for name in labels}


def corpus() -> list[Example]:
    """Our own comments. A field that a line does not have is not known of it."""
    examples = []
    for path in sorted(CORPUS.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                row = json.loads(line)
                examples.append(Example(row["text"], row.get("group") or row["id"], path.stem, _known(row)))
    return examples


def _known(row: dict) -> dict[str, int]:
    known: dict[str, int] = {}
    if row.get("sentiment"):
        known["sentiment:mixed"] = int(row["sentiment"] == "mixed")
        if row["sentiment"] in SENTIMENTS:
            known.update(_one_of("sentiment", SENTIMENTS, row["sentiment"]))
    if "emotions" in row:
        known.update(_emotions(row["emotions"]))
    if "aspects" in row:
        known.update(_aspects(row))
    if "signals" in row:
        for name in SIGNALS:
            if name not in row.get("unknown_signals", ()):
                known[f"signal:{name}"] = int(name in row["signals"])
        if {"safety", "legal"} & set(row["signals"]) and not known.get("signal:urgent"):
            known.pop("signal:urgent", None)  # it is read as urgent because of them, not because of its own words
    return known


def _emotions(emotions: list[str]) -> dict[str, int]:
    four = [name for name in emotions if name in FOUR] or [SHADES[name] for name in emotions if SHADES.get(name)]
    known = {f"emotion:{name}": int(name in emotions) for name in SHADES}
    if four or not emotions:
        known.update(_one_of("four", FOUR, four[0] if four else "none"))
    return known


def _aspects(row: dict) -> dict[str, int]:
    named = {ASPECT_MAP.get(each["aspect"], each["aspect"]) for each in row["aspects"]}
    known = {f"aspect:{name}": int(name in named) for name in ASPECTS if name not in {"amenities", "wifi"}}
    if row.get("frame") == "hotel-seven":  # labelled with amenities and wifi, without our other names
        known = {
            k: v
            for k, v in known.items()
            if v or k.split(":")[1] not in {"product", "web_phone", "waiting", "other_customers"}
        }
        known.update({f"aspect:{name}": int(name in named) for name in ("amenities", "wifi")})
        return known
    if _WIFI.search(row["text"]) is None or "wifi" in named:
        known["aspect:wifi"] = int("wifi" in named)
    if _AMENITIES.search(row["text"]) is None or "amenities" in named:
        known["aspect:amenities"] = int("amenities" in named)
    return known


def goemotions() -> list[Example]:
    """GoEmotions: 43,000 English comments; the head that learns from it stands beside the others."""
    packed = (HERE / "goemotions.tsv.xz").read_bytes()
    examples = []
    for line in lzma.decompress(packed).decode("utf-8").splitlines():
        names, text = line.split("\t", 1)
        known = _go_known(set(names.split(",")))
        if known:
            examples.append(Example(text, text, "goemotions", known))
    return examples


def _go_known(emotions: set[str]) -> dict[str, int]:
    known = {
        f"emotion:{name}": int(name in emotions) for name in ("surprise", "disgust", "disappointment", "gratitude")
    }
    good, bad = bool(emotions & _GO_GOOD), bool(emotions & _GO_BAD)
    if good != bad:
        known.update(_one_of("sentiment", SENTIMENTS, "positive" if good else "negative"))
    elif not good:
        known.update(_one_of("sentiment", SENTIMENTS, "neutral"))
    four = {_GO_FOUR[name] for name in emotions if name in _GO_FOUR}
    if len(four) == 1:
        known.update(_one_of("four", FOUR, four.pop()))
    return known
