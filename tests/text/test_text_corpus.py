"""The labelled comments: their shape, their labels, how many of each; no near-duplicate straddles a split."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

CORPUS = Path(__file__).parents[2] / "src/premura/text/corpus"
LANGUAGES = ("it", "en")
SECTORS = ("rental", "restaurant", "hotel", "shop", "studio", "clinic", "workshop", "maker")
KEYS = ["id", "text", "language", "sector", "sentiment", "aspects", "emotions", "signals", "group"]
POLARITIES = {"negative", "neutral", "positive"}
SENTIMENTS = POLARITIES | {"mixed"}
ASPECTS = {
    "staff", "waiting", "cleanliness", "price", "product", "delivery", "billing", "web_phone", "premises",
    "location", "complaints", "information", "other_customers",
}  # fmt: skip
EMOTIONS = {"anger", "sadness", "fear", "joy", "trust", "surprise", "disgust", "disappointment", "gratitude"}
AT_LEAST = {"contact": 200, "leaving": 200, "urgent": 200, "safety": 100, "legal": 80, "praise_for_person": 150}

Row = dict[str, Any]


@lru_cache
def rows() -> list[Row]:
    return [
        json.loads(line)
        for language in LANGUAGES
        for sector in SECTORS
        for line in (CORPUS / f"{language}_{sector}.jsonl").read_text(encoding="utf-8").splitlines()
    ]


def shingles(text: str) -> frozenset[str]:
    """Runs of four characters of the text without capitals and punctuation."""
    spaced = re.sub(r"[\W_]+", " ", text.lower()).strip()
    plain = f" {spaced} "
    return frozenset(plain[at : at + 4] for at in range(max(1, len(plain) - 3)))


def alike(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other)


@lru_cache
def other_rows() -> list[Row]:
    """The files that are not one sector's: plain, added, and the first ones."""
    own = {f"{language}_{sector}" for language in LANGUAGES for sector in SECTORS}
    return [
        json.loads(line)
        for path in sorted(CORPUS.glob("*.jsonl"))
        if path.stem not in own
        for line in path.read_text(encoding="utf-8").splitlines()
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("sector", SECTORS)
def test_each_line_says_where_it_belongs(language: str, sector: str) -> None:
    lines = (CORPUS / f"{language}_{sector}.jsonl").read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, start=1):
        row = json.loads(line)
        assert list(row) == KEYS, line
        assert row["id"] == f"{language}-{sector}-{number:04d}"
        assert (row["language"], row["sector"]) == (language, sector)
        assert row["text"].strip() == row["text"] != ""


def test_only_known_labels_are_used() -> None:
    other = {*ASPECTS, "amenities", "wifi"}
    for row, aspects in [*((row, ASPECTS) for row in rows()), *((row, other) for row in other_rows())]:
        assert row.get("sentiment", "neutral") in SENTIMENTS, row["id"]
        mentions = [(one["aspect"], one["polarity"]) for one in row.get("aspects", ())]
        assert {aspect for aspect, _ in mentions} <= aspects, row["id"]
        assert {polarity for _, polarity in mentions} <= POLARITIES, row["id"]
        emotions, signals = row.get("emotions", []), row.get("signals", [])
        for labels, known in ((mentions, None), (emotions, EMOTIONS), (signals, set(AT_LEAST))):
            assert len(labels) == len(set(labels)), row["id"]
            assert known is None or set(labels) <= known, row["id"]


def test_an_id_is_given_once() -> None:
    ids = Counter(row["id"] for row in [*rows(), *other_rows()])
    assert [each for each, times in ids.items() if times > 1] == []


def test_there_are_enough_in_each_language_and_sector() -> None:
    counts = Counter((row["language"], row["sector"]) for row in rows())
    assert counts.total() >= 2500
    assert all(counts["it", sector] >= 200 and counts["en", sector] >= 100 for sector in SECTORS), counts
    italian = sum(counts["it", sector] for sector in SECTORS) / counts.total()
    assert 0.60 <= italian <= 0.70


def test_there_are_enough_of_each_label() -> None:
    sentiments = Counter(row["sentiment"] for row in rows())
    emotions = Counter(label for row in rows() for label in row["emotions"])
    signals = Counter(label for row in rows() for label in row["signals"])
    assert all(sentiments[label] >= 350 for label in SENTIMENTS), sentiments
    assert all(emotions[label] >= 100 for label in EMOTIONS), emotions
    assert all(signals[label] >= least for label, least in AT_LEAST.items()), signals


def test_every_aspect_is_praised_and_blamed() -> None:
    mentions = Counter((one["aspect"], one["polarity"]) for row in rows() for one in row["aspects"])
    for aspect in ASPECTS:
        assert sum(mentions[aspect, polarity] for polarity in POLARITIES) >= 120, aspect
        assert all(mentions[aspect, polarity] >= 30 for polarity in ("positive", "negative")), aspect


def test_a_mixed_comment_praises_and_blames() -> None:
    """Its aspects cannot all point the same way, unless what is praised or blamed is none of the thirteen."""
    one_sided = [
        row["id"]
        for row in rows()
        if row["sentiment"] == "mixed"
        and len({one["polarity"] for one in row["aspects"]} & {"positive", "negative"}) < 2
    ]
    assert len(one_sided) <= 0.05 * len(rows()), one_sided


def test_no_text_is_there_twice() -> None:
    seen = Counter(row["text"] for row in rows())
    assert [text for text, times in seen.items() if times > 1] == []


def test_a_group_has_company() -> None:
    groups = Counter(row["group"] for row in [*rows(), *other_rows()] if row.get("group"))
    assert [group for group, size in groups.items() if size < 2] == []


def test_near_duplicates_share_a_group() -> None:
    """No two texts with four-character runs alike by 0.7 or more may land on different sides of a split."""
    every = [*rows(), *other_rows()]
    runs = [shingles(row["text"]) for row in every]
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for at, found in enumerate(runs):
        common = Counter(other for run in found for other in holders[run])
        for other, shared in common.items():
            if shared / (len(found) + len(runs[other]) - shared) >= 0.7:
                one, two = every[at], every[other]
                assert one.get("group") or two.get("group"), (one["id"], two["id"])
                assert one.get("group") == two.get("group"), (one["id"], two["id"])
        for run in found:
            holders[run].append(at)


def test_the_measure_of_likeness_sees_a_near_duplicate() -> None:
    assert alike(shingles("Tutto perfetto, torneremo!"), shingles("tutto perfetto torneremo")) == 1
    assert alike(shingles("Tutto perfetto, torneremo"), shingles("Mai visto un posto così sporco")) < 0.1


def test_only_invented_addresses_and_numbers() -> None:
    for row in rows():
        for address in re.findall(r"\S+@(\S+\.\w+)", row["text"]):
            assert re.fullmatch(r"example\.(?:it|org|com)\W?", address), row["id"]
        for number in re.findall(r"(?<!\w)0?\d{2,4} \d{4} ?\d{2,4}", row["text"]):
            assert "0000" in number or number.startswith("07000"), row["id"]
