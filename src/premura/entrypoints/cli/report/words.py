"""The words of the report and the way numbers, days and figures are written, without Django.

The sentences stand in ``words.toml``, both languages side by side; those about the file come from the table reader.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from importlib.resources import files

from premura.entrypoints.cli.report.scores import Metric, is_share, top_from
from premura.entrypoints.cli.report.tally import Asked
from premura.importers.table import Note, ScaleRule
from premura.importers.table.sentences import SENTENCES, Writer, written
from premura.stats import Estimate

WORDS: Mapping[str, Mapping[str, str]] = tomllib.loads(
    files("premura.entrypoints.cli.report").joinpath("words.toml").read_text(encoding="utf-8")
)
_QUARTERS = {"it": "{quarter}º trim. {year}", "en": "Q{quarter} {year}"}
_MONTHS = {
    "it": "gen feb mar apr mag giu lug ago set ott nov dic",
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
}


class Words:
    """Everything that is said, in one language."""

    def __init__(self, lang: str, minimum: int = 30) -> None:
        self.lang = lang
        self.minimum = minimum

    def __call__(self, code: str, **values: object) -> str:
        # The sign of per cent stays on the line of its number.
        return Writer(self.lang).vformat(WORDS[code][self.lang], (), values).replace(" %", "\u00a0%")

    def has(self, code: str) -> bool:
        return code in WORDS

    def note(self, note: Note) -> str:
        if note.code in SENTENCES:
            return note.sentence(self.lang)
        return self(note.code, column=note.column or "", **note.values)

    def day(self, day: date) -> str:
        return written(day, self.lang)

    def whole(self, number: float) -> str:
        return written(round(number), self.lang)

    def decimal(self, number: float, places: int) -> str:
        text = f"{number:,.{places}f}"
        if self.lang == "it":
            text = text.translate(str.maketrans(",.", ".,"))
        return text.replace("-", "−")

    def percent(self, share: float, places: int = 0) -> str:
        return self.decimal(100 * share, places) + ("\u00a0%" if self.lang == "it" else "%")

    def mark(self, value: float) -> str:
        return self.decimal(value, 0 if value == int(value) else 1)

    def period(self, name: str) -> str:
        """``2015-06`` and ``2015-Q2`` as people say them.

        >>> Words("it").period("2015-Q2"), Words("en").period("2015-06")
        ('2º trim. 2015', 'Jun 2015')
        """
        year, part = name.split("-")
        if part.startswith("Q"):
            return _QUARTERS[self.lang].format(quarter=part[1:], year=year)
        return f"{_MONTHS[self.lang].split()[int(part) - 1]} {year}"

    def value(self, number: float | None, unit: str) -> str:
        """A figure without decimals that mean nothing: NPS whole, shares in whole percent, marks with two."""
        if number is None:
            return "–"
        if unit == "points":
            return self.decimal(number, 0) if round(number) else "0"
        return self.percent(number) if unit == "share" else self.decimal(number, 2)

    def interval(self, made: Estimate, unit: str) -> str:
        """«da 25 a 53»."""
        if made.value is None:
            return self("no-value")
        if made.low is None or made.high is None:
            return self("no-interval")
        return self.between(made.low, made.high, unit)

    def between(self, low: float, high: float, unit: str) -> str:
        """«da 25 a 53»; the sign of per cent once."""
        first = self.decimal(100 * low, 0) if unit == "share" else self.value(low, unit)
        return self("from-to", low=first, high=self.value(high, unit))

    def answers(self, metric: Metric) -> str:
        if metric.weighted:
            return self("answers-effective", answers=metric.answers, n=round(metric.estimate.n))
        return self("answers", n=metric.answers)

    def too_few(self, n: float) -> str:
        return self("too-few", n=int(n), minimum=self.minimum)

    def definition(self, metric: Metric, weight: str | None = None) -> str:
        """What the figure is made of; where the file has weights, with or without them."""
        scale = metric.asked.scale
        if metric.partial:
            text = self("definition-partial", small=5, low=scale.low, high=scale.high)
        else:
            text = self(f"definition-{metric.name}", low=scale.low, high=scale.high, top=scale.top_from)
        if weight:
            extra = self("definition-weighted", column=weight) if metric.weighted else self("definition-unweighted")
            text = f"{text} {extra}"
        return text

    def method(self, code: str) -> str:
        return self(f"method-{code}") if self.has(f"method-{code}") else code

    def scale(self, asked: Asked) -> str:
        return self("scale", low=asked.scale.low, high=asked.scale.high)

    def rule(self, rule: ScaleRule) -> str:
        """«1–5, poi 1–10 dal 9 giugno 2015»."""
        first, *later = (f"{scale.low}–{scale.high}" for scale, _ in rule.parts)
        days = [since for _, since in rule.parts[1:]]
        tail = [
            self("scale-since", scale=scale, day=self.day(day)) if day else scale
            for scale, day in zip(later, days, strict=True)
        ]
        return ", ".join([first, *tail])

    def title(self, metric: Metric, *, weights: bool = False) -> str:
        """The name of a figure with what tells it from its neighbours: scale, part, weights."""
        parts = [self(f"metric-{metric.name}")]
        if metric.unit == "score":
            parts.append(self.scale(metric.asked))
        if metric.partial:
            parts.append(self("partial", small=5))
        if weights:
            parts.append(self("weighted" if metric.weighted else "unweighted"))
        return ", ".join(parts)


__all__ = ["WORDS", "Words", "is_share", "top_from"]
