"""The model card and its reliability diagram, written anew by every `make models`."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from data import ADDED_SOURCES, PLAIN_SOURCES, Example, corpus
from evaluate import Figure, Judged, figures, reliability, said_and_true

from premura.text import CAREFUL, QUICK, understand_all
from premura.text.careful import is_installed, the_careful_heads
from premura.text.heads import OUTPUTS, the_heads

_WIDTH, _LEFT, _TOP = 260, 46, 34
_COLOURS = {"sentiment": "#1f6feb", "aspects": "#b35900", "signals": "#2f7d32"}
_BARS = {
    "polarity, accuracy": (0.93, 0.95), "three-class sentiment, macro-F1": (0.62, 0.67), "four emotions, macro-F1": (0.57, 0.62),
    "aspects, micro-F1": (0.80, 0.82), "signal contact, F1": (0.85, 0.90), "signal leaving, F1": (0.75, 0.80), "signal urgent, F1": (0.70, 0.80),
}  # fmt: skip
_BY_KIND = ("polarity, accuracy", "three-class sentiment, macro-F1", "aspects, micro-F1")


def write_card(docs: Path, unseen_first: dict[str, Judged]) -> None:
    """`unseen_first`: the first 480 comments by tier, read by heads trained without any of them."""
    examples = corpus()
    kept = [e for e in examples if e.is_held_out]
    texts = [e.text for e in kept]
    tiers = (QUICK, CAREFUL) if is_installed() else (QUICK,)
    judged = {tier: list(zip(kept, understand_all(texts, tier=tier), strict=True)) for tier in tiers}
    lines = _head(examples)
    for tier, found in judged.items():
        lines += _table(f"The held-out fifth of the corpus, {tier} tier", figures(found))
    lines += _kinds(judged)
    for tier, first in unseen_first.items():
        title = f"The first 480 Italian comments, read by heads that saw none of them, {tier} tier"
        lines += _table(title, figures(first))
    lines += _failures(judged[QUICK])
    for tier, found in judged.items():
        name = "reliability.svg" if tier == QUICK else f"reliability-{tier}.svg"
        (docs / "images" / name).write_text(_diagram(said_and_true(found)), encoding="utf-8")
    template = (Path(__file__).with_name("card.md")).read_text(encoding="utf-8")
    (docs / "model-card.md").write_text(template.replace("{{figures}}", "\n".join(lines)), encoding="utf-8")


def _head(examples: Sequence[Example]) -> list[str]:
    sources = Counter(e.source for e in examples)
    kept = sum(e.is_held_out for e in examples)
    pieces = len(the_heads().vocabulary.index)
    folder = Path(__file__).parents[2] / "src/premura/text/models"
    digest, careful = (
        hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in ("heads.npz", "careful.npz")
    )
    shares = sorted(
        {f"{name.split(':')[0]} {share:.1f}" for name, share in zip(OUTPUTS, the_careful_heads().share, strict=True)}
    )
    listed = ", ".join(f"{name} {n}" for name, n in sorted(sources.items()))
    return [f"{len(examples)} comments of our own ({listed}); {kept} of them, chosen by group, are held out and never trained on.",
            f"{pieces} pieces of words. sha256 of `heads.npz`: `{digest}`, of `careful.npz`: `{careful}`. How much e5's heads count in the careful tier: {', '.join(shares)}.", ""]  # fmt: skip


def _table(title: str, rows: Sequence[Figure]) -> list[str]:
    lines = [
        f"### {title}",
        "",
        "| what | value | 95 % interval | n | first release | ambition |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        bar, aim = _BARS.get(row.name, ("–", "–"))
        few = " (few: read with care)" if row.n < 30 else ""
        lines.append(f"| {row.name} | {row.value:.2f} | {row.low:.2f}–{row.high:.2f} | {row.n}{few} | {bar} | {aim} |")
    return [*lines, ""]


def _kinds(judged: dict[str, Judged]) -> list[str]:
    """Plain comments beside difficult ones, and those that were there before beside those that were added."""
    kinds = {
        "plain, there before": lambda e: e.source in PLAIN_SOURCES - ADDED_SOURCES,
        "plain, added": lambda e: e.source in PLAIN_SOURCES & ADDED_SOURCES,
        "difficult, there before": lambda e: e.source not in PLAIN_SOURCES | ADDED_SOURCES,
        "aimed at one weakness, added": lambda e: e.source in ADDED_SOURCES - PLAIN_SOURCES,
        "all that was there before": lambda e: e.source not in ADDED_SOURCES,
        "all that was added": lambda e: e.source in ADDED_SOURCES,
    }
    lines = [
        "### The held-out fifth by kind of comment",
        "",
        "| kind | tier | polarity, accuracy | three-class sentiment, macro-F1 | aspects, micro-F1 |",
        "| --- | --- | --- | --- | --- |",
    ]
    for kind, belongs in kinds.items():
        for tier, every in judged.items():
            rows = {f.name: f for f in figures([pair for pair in every if belongs(pair[0])], _BY_KIND)}
            cells = [_cell(rows.get(name)) for name in _BY_KIND]
            lines.append(f"| {kind} | {tier} | {' | '.join(cells)} |")
    return [*lines, ""]


def _cell(row: Figure | None) -> str:
    return f"{row.value:.2f} ({row.low:.2f}–{row.high:.2f}), n = {row.n}" if row else "–"


def _failures(judged: Judged) -> list[str]:
    """Where the surest mistakes about sentiment are."""
    wrong = [(r.sentiment.p, e.text, r.sentiment.label, truth) for e, r in judged
             if (truth := next((k.split(":")[1] for k, v in e.known.items() if k.startswith("sentiment:") and v), None))
             and truth != r.sentiment.label]  # fmt: skip
    lines = [
        "### The surest mistakes about sentiment",
        "",
        "| comment | said | meant | p |",
        "| --- | --- | --- | --- |",
    ]
    for p, text, said, meant in sorted(wrong, reverse=True)[:12]:
        short = " ".join(text.split()).replace("|", "/")
        lines.append(f"| {short[:110]}{'…' if len(short) > 110 else ''} | {said} | {meant} | {p:.2f} |")
    return [*lines, ""]


def _diagram(found: dict[str, list[tuple[float, int]]]) -> str:
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {3 * (_WIDTH + _LEFT) + 20} {_WIDTH + 80}" font-family="sans-serif" font-size="12" role="img">',
        "<title>Reliability: the probability that was said, and the share that was true</title>",
        '<rect width="100%" height="100%" fill="#fff"/>',
    ]
    for k, (name, pairs) in enumerate(found.items()):
        left = _LEFT + k * (_WIDTH + _LEFT)
        parts.append(f'<text x="{left}" y="20" fill="#222">{name}, n = {len(pairs)}</text>')
        parts.append(f'<rect x="{left}" y="{_TOP}" width="{_WIDTH}" height="{_WIDTH}" fill="none" stroke="#999"/>')
        parts.append(
            f'<line x1="{left}" y1="{_TOP + _WIDTH}" x2="{left + _WIDTH}" y2="{_TOP}" stroke="#999" stroke-dasharray="4"/>'
        )
        for tick in (0, 0.5, 1):
            parts.append(
                f'<text x="{left + tick * _WIDTH}" y="{_TOP + _WIDTH + 16}" text-anchor="middle" fill="#444">{tick:g}</text>'
            )
            parts.append(
                f'<text x="{left - 6}" y="{_TOP + _WIDTH - tick * _WIDTH + 4}" text-anchor="end" fill="#444">{tick:g}</text>'
            )
        for said, true, n in reliability(pairs):
            x, y = left + said * _WIDTH, _TOP + (1 - true) * _WIDTH
            parts.append(
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{2 + min(9, n**0.5 / 1.5):.1f}" fill="{_COLOURS[name]}" fill-opacity="0.7"><title>{n}</title></circle>'
            )
        parts.append(
            f'<text x="{left + _WIDTH / 2}" y="{_TOP + _WIDTH + 36}" text-anchor="middle" fill="#222">probability said</text>'
        )
    return "\n".join([*parts, "</svg>", ""])
