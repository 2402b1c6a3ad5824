"""The explorer's data as a page and a file read them: one list of lines for sentence, chart, table and export."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from premura.core.staff.models import Person
from premura.entrypoints.web import wording as words_of
from premura.entrypoints.web.insights.sentence import Asked
from premura.entrypoints.web.insights.tables import Cell, name_of
from premura.entrypoints.web.insights.wording import Change, full_date
from premura.loop.understand.counting import Key
from premura.loop.understand.dimensions import NAMES, PERIODIC, labels
from premura.loop.understand.exploring import Exploration, Line, explore
from premura.loop.understand.metrics import Figure

#: Which filters can narrow what the explorer shows, in the order in which the sentence says them.
WHERE = (
    "location", "touchpoint", "channel", "survey", "question", "segment", "band", "language", "perspective", "moment",
    "subject", "is_mine",
)  # fmt: skip
#: The filters that the sentence always shows; the others stand behind «more filters» until they are used.
ALWAYS = ("location", "touchpoint")
SORTS = ("name", "value", "n", "change")


@dataclass(frozen=True)
class Row:
    """One line as it is read: its names, its figure, the figure of the other time, the change."""

    asked: Asked
    by: tuple[str, ...]
    names: tuple[str, ...]
    line: Line
    back: str

    @property
    def keys(self) -> tuple[Key, ...]:
        return self.line.keys

    @property
    def name(self) -> str:
        return ", ".join(self.names)

    @cached_property
    def figure(self) -> Figure:
        """With the ways to its answers and its making: two addresses, made only for the lines that somebody sees."""
        figure = self.line.figure
        rows, making = (
            self.asked.url_for_groups(
                page, self.by, self.keys, back=self.back, by2=None, against=None, vs_from=None, vs_to=None
            )
            for page in ("insights-rows", "insights-making")
        )
        return replace(figure, href=rows if figure.is_measured else "", making_href=making)

    @property
    def before(self) -> Figure | None:
        return self.line.before

    @cached_property
    def change(self) -> Change | None:
        if not (self.line.is_comparable and self.line.change):
            return None
        metric = self.asked.metric
        return Change(self.line.change.effect, self.line.p, metric.unit, metric.direction > 0)

    @property
    def change_interval(self) -> str:
        return self.change.interval if self.change else ""


@dataclass(frozen=True)
class Explored:
    """What was asked, what was found, and the lines of it in the order asked for."""

    asked: Asked
    found: Exploration
    rows: tuple[Row, ...]
    whole: Row | None
    names: Mapping[str, Mapping[Key, str]]
    sort: str

    @property
    def is_double(self) -> bool:
        return len(self.found.by) == 2

    @property
    def titles(self) -> tuple[str, ...]:
        """What the breakdowns are called."""
        return tuple(str(NAMES[name]) for name in self.found.by)

    def name_of(self, place: int, key: Key) -> str:
        by = self.found.by[place]
        return name_of(by, key, dict(self.names[by]))


def read_exploration(person: Person, asked: Asked, least: int, sort: str = "") -> Explored:
    """Two queries at most, and one for the names of each breakdown."""
    found = explore(person, asked.metric, asked.window, asked.bys, least=least, against=asked.versus, **asked.filters)
    names = {by: labels(by, {line.keys[place] for line in found.lines}) for place, by in enumerate(found.by)}
    back = urlencode(asked.parameters)
    rows = [_row(asked, found, line, names, back) for line in found.lines]
    whole = _row(asked, found, found.whole, names, back) if found.whole else None
    return Explored(asked, found, tuple(_sorted(rows, found.by, sort)), whole, names, sort)


def _row(asked: Asked, found: Exploration, line: Line, names: Mapping[str, dict[Key, str]], back: str) -> Row:
    by = found.by[: len(line.keys)]
    called = tuple(name_of(name, key, names[name]) for name, key in zip(by, line.keys, strict=True)) or (_("in all"),)
    return Row(asked, by, called, line, back)


def _sorted(rows: list[Row], by: Sequence[str], sort: str) -> list[Row]:
    """Periods the latest first; else by what they are worth; those with too few answers always last."""
    name, is_down = sort.removeprefix("-"), sort.startswith("-")
    keys: Mapping[str, Any] = {
        "name": lambda row: tuple(_order(key, text) for key, text in zip(row.keys, row.names, strict=True)),
        "value": lambda row: row.line.figure.estimate.value or 0.0,
        "n": lambda row: row.line.figure.estimate.n,
        "change": lambda row: (row.change.difference.value or 0.0) if row.change else 0.0,
    }
    if name not in keys:
        is_time = any(part in PERIODIC for part in by)
        name, is_down = ("name", len(by) == 1) if is_time else ("value", False)
    ordered = sorted(rows, key=keys["name"])
    ordered.sort(key=keys[name], reverse=is_down)
    if name == "change":
        ordered.sort(key=lambda row: row.change is None)
    elif name == "value":
        ordered.sort(key=lambda row: not row.line.figure.is_enough)
    return ordered


def _order(key: Key, text: str) -> str:
    """Periods by their day, others by their words."""
    return key.isoformat() if hasattr(key, "isoformat") else text.casefold()


def filters_in_words(asked: Asked) -> list[str]:
    """What narrows the answers, each filter in its own words."""
    return [f"{_label(asked, name)}: {asked.words_of(name)}" for name in WHERE if name in asked.filters]


def _label(asked: Asked, name: str) -> str:
    return str(asked.sentence(name).choices[name].label) if asked.has_choice(name) else str(NAMES.get(name, name))


def said(asked: Asked) -> str:
    """The whole question as one line, for files and pictures: «NPS per sede, da … a …, canale: telefono»."""
    first, last = (full_date(day) for day in (asked.window.first_day, asked.window.last_day))
    by = pgettext("two breakdowns", " and ").join(str(NAMES[name]) for name in asked.bys)
    parts = [
        _("%(figure)s by %(breakdowns)s") % {"figure": asked.metric.name, "breakdowns": by},
        _("from %(first)s to %(last)s") % {"first": first, "last": last},
    ]
    if asked.versus:
        first, last = (full_date(day) for day in (asked.versus.first_day, asked.versus.last_day))
        parts.append(_("against %(first)s to %(last)s") % {"first": first, "last": last})
    return ", ".join([*parts, *filters_in_words(asked)])


def correction_words(found: Exploration) -> str:
    """How many comparisons the table makes, and what that does to chance."""
    if found.compared < 2:
        return ""
    return ngettext(
        "%(count)s comparison: «not chance» allows for that.",
        "%(count)s comparisons at once: one in twenty would look like news by chance alone. «Not chance» is said "
        "with Holm's correction for all of them; the interval of each change stands for itself.",
        found.compared,
    ) % {"count": found.compared}


def exported(explored: Explored) -> list[list[Cell]]:
    """What was asked, then heading and rows as values, full precision, in the unit that people read."""
    asked = explored.asked
    heading: list[Cell] = [*explored.titles, str(asked.metric.name), _("from"), _("to"), _("answers")]
    if asked.versus:
        heading += [_("before"), _("before, from"), _("before, to"), _("before, answers")]
        heading += [_("change"), _("change, from"), _("change, to"), _("p, corrected (Holm)"), _("more than chance")]
    heading += [_("enough to read"), _("method"), _("definition"), _("question asked")]
    return [heading, *(_exported_row(explored, row) for row in explored.rows)]


def _exported_row(explored: Explored, row: Row) -> list[Cell]:
    asked, figure = explored.asked, row.line.figure
    cells: list[Cell] = [*row.names, *_numbers(figure)]
    if asked.versus:
        factor = asked.metric.factor
        cells += _numbers(row.before) if row.before else [None] * 4
        effect = row.line.change.effect if row.line.change else None
        change = (
            [None if value is None else value * factor for value in (effect.value, effect.low, effect.high)]
            if (effect)
            else [None] * 3
        )
        cells += [*change, row.line.p, _news(row)]
    enough = _("yes") if figure.is_enough else _("no")
    return [*cells, enough, figure.estimate.method, str(asked.metric.definition), said(asked)]


def _news(row: Row) -> str:
    if row.change is None:
        return _("too few answers")
    return _("yes") if words_of.is_news(row.change.difference, row.change.p) else _("it may be chance")


def _numbers(figure: Figure) -> list[Cell]:
    estimate = figure.estimate
    return [*(figure.shown(value) for value in (estimate.value, estimate.low, estimate.high)), estimate.n]
