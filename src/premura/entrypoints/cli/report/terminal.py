"""The report as plain text for the terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from premura.entrypoints.cli.report.findings import Findings
from premura.entrypoints.cli.report.words import Words
from premura.importers.table import Role

_WIDTH = 92


def as_text(found: Findings) -> str:
    """A readable summary: scores with their doubt, touchpoints, signals, and what to know about the file."""
    words = Words(found.lang, found.minimum)
    lines = [found.title, "=" * len(found.title), lede(found, words), ""]
    lines += _scores(found, words)
    lines += _touchpoints(found, words)
    lines += _signals(found, words)
    lines += _notes(found, words)
    return "\n".join(lines).rstrip() + "\n"


def lede(found: Findings, words: Words) -> str:
    """The sentence that says what was read: rows, file, days, rejections."""
    text = words("lede", rows=found.table.rows_read, name=found.path.name)
    if found.first and found.last:
        text += words("lede-days", first=words.day(found.first), last=words.day(found.last))
    rejected = found.table.rejections
    return f"{text}; {words('lede-rejected', count=rejected) if rejected else words('lede-clean')}."


def _scores(found: Findings, words: Words) -> Iterator[str]:
    weights = bool(found.plan.with_role(Role.WEIGHT))
    several = len({metric.asked.column for metric in found.metrics}) > 1
    for metric in found.metrics:
        name = words.title(metric, weights=weights) + (f" [{metric.asked.column}]" if several else "")
        yield f"{name}: {words.value(metric.estimate.value, metric.unit)}"
        yield f"    {words.interval(metric.estimate, metric.unit)} ({words('interval-95')}), {words.answers(metric)}"
        if not found.enough(metric.enough_for):
            yield f"    {words.too_few(metric.enough_for)}"
    if found.metrics:
        yield ""


def _touchpoints(found: Findings, words: Words) -> Iterator[str]:
    if not found.touchpoints:
        return
    yield words("section-touchpoints")
    width = min(40, max(len(point.name) for point in found.touchpoints))
    scale = None
    for point in found.touchpoints:
        asked, made = point.metric.asked, point.metric.estimate
        if asked.scale != scale:
            scale = asked.scale
            yield f"  {words.scale(asked)}"
        value = words.value(made.value, "score")
        few = "" if found.enough(made.n) else f"  {words.too_few(made.n)}"
        interval = words.interval(made, "score")
        answers = words("answers", n=point.metric.answers)
        yield f"  {point.name[:width]:<{width}}  {value:>5}  {interval}, {answers}{few}"
    yield ""


def _signals(found: Findings, words: Words) -> Iterator[str]:
    for trend in found.trends:
        told = [point for point in trend.points if point.rules]
        if told:
            yield f"{words('signals')}: {words(f'metric-{trend.metric}')}, {words.scale(trend.asked)}"
            for point in told[-5:]:
                rules = ", ".join(words(f"rule-{rule}") for rule in point.rules)
                yield f"  {words.period(point.period)}: {rules}"
            yield ""


def _notes(found: Findings, words: Words) -> Iterator[str]:
    if found.notes:
        yield words("section-notes")
        for note in found.notes:
            yield textwrap.fill(words.note(note), _WIDTH, initial_indent="  · ", subsequent_indent="    ")
