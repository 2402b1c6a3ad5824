"""All that a report says, before it is written as a page, as JSON or on the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path

from premura import stats
from premura.entrypoints.cli.report.scores import (
    Metric,
    estimate,
    make_metrics,
    metrics_of,
    nps_classes,
    ordered,
    unit_of,
)
from premura.entrypoints.cli.report.tally import Asked, Tally, Voice
from premura.entrypoints.cli.report.trend import Trend, find_late_start, grain_of, make_trend
from premura.importers.table import Ledger, Note, Plan, Rejection, Role, Table, is_about_people
from premura.stats import Estimate

KEPT_REJECTIONS = 10_000
_COMPARED = (Role.SUBJECT, Role.LOCATION, Role.TOUCHPOINT)


@dataclass(frozen=True)
class Touchpoint:
    """One rated touchpoint: its mean and the share of its two highest marks; ``rank`` among those of its scale."""

    name: str
    metric: Metric
    top_box: Estimate
    ledger: Ledger
    rank: int | None


@dataclass(frozen=True)
class Distribution:
    """How often each mark was given; for an NPS also the three classes."""

    asked: Asked
    counts: tuple[tuple[float, int], ...]
    classes: tuple[int, int, int] | None
    partial: bool = False


@dataclass(frozen=True)
class Comparison:
    """One figure for several companies, places or touchpoints, the most answered first; never for people."""

    role: Role
    column: str
    metric: str
    asked: Asked
    groups: tuple[tuple[str, Estimate], ...]
    total: int


@dataclass
class Findings:
    """Everything found in one file."""

    path: Path
    title: str
    lang: str
    minimum: int
    plan: Plan
    table: Table
    first: date | None
    last: date | None
    metrics: list[Metric]
    trends: list[Trend]
    distributions: list[Distribution]
    touchpoints: list[Touchpoint]
    comparisons: list[Comparison]
    voices: list[Voice]
    notes: list[Note]
    rejections: list[Rejection] = field(default_factory=list)

    def enough(self, n: float) -> bool:
        return n >= self.minimum


def find(
    plan: Plan, *, title: str, lang: str, minimum: int, on_reject: Callable[[Rejection], None] | None = None
) -> Findings:
    """Read the planned file once and say everything that is in it."""
    kept: list[Rejection] = []

    def keep(rejection: Rejection) -> None:
        if len(kept) < KEPT_REJECTIONS:
            kept.append(rejection)
        if on_reject:
            on_reject(rejection)

    table = Table(plan, keep)
    roles = {column.name: column.role for column in plan.columns}
    groups, notes = _groups(plan)
    tally = Tally(roles, groups)
    for row in table:
        tally.see(row)
    weighted = bool(plan.with_role(Role.WEIGHT))
    partial = {
        Asked(column.name, column.role, column.rule.parts[1][0])
        for column in plan.columns
        if column.rule and column.rule.mixed
    }
    notes = [*plan.notes, *notes, *table.closing_notes()]
    found = Findings(
        path=plan.source.path,
        title=title or _title(plan),
        lang=lang,
        minimum=minimum,
        plan=plan,
        table=table,
        first=tally.first,
        last=tally.last,
        metrics=make_metrics(tally.marks, partial.__contains__, weighted=weighted),
        trends=_trends(tally, partial, minimum),
        distributions=_distributions(tally, partial),
        touchpoints=_touchpoints(plan, table, tally, minimum),
        comparisons=_comparisons(tally, groups, partial),
        voices=tally.worst,
        notes=notes,
        rejections=kept,
    )
    found.notes += _lacking(found, tally)
    return found


def _title(plan: Plan) -> str:
    """The file's name as a title."""
    name = " ".join(plan.source.path.stem.replace("_", " ").split()) or plan.source.path.name
    return name[:1].upper() + name[1:]


def _groups(plan: Plan) -> tuple[dict[Role, str], list[Note]]:
    """The columns whose names are compared; a column of the people who work is refused, whoever asked for it."""
    groups, notes = {}, []
    for column in plan.with_role(*_COMPARED):
        if is_about_people(column.name) or is_about_people(column.label):
            notes.append(Note("people-not-ranked", column.name))
        else:
            groups[column.role] = column.name
    return groups, notes


def _lacking(found: Findings, tally: Tally) -> list[Note]:
    notes = []
    if not found.metrics and not found.touchpoints:
        notes.append(Note("no-scores"))
    for asked, months in tally.months.items():
        late = find_late_start(months) if asked.role is Role.RECOMMENDED else None
        if late:
            share = stats.top_box(late.after_yes, late.after)
            values = {**asdict(late), "share": round(100 * (share.value or 0)), "n": late.after}
            notes.append(Note("answers-start-late", asked.column, values))
    for role, count in tally.unnamed.items():
        notes.append(Note("too-many-names", tally.groups[role], {"count": count}))
    return notes


def _trends(tally: Tally, partial: set[Asked], minimum: int) -> list[Trend]:
    if not tally.first or not tally.last:
        return []
    asked = [a for a in ordered(tally.months) if a not in partial]
    if not asked:
        return []
    grain = grain_of(tally.first, tally.last, tally.months[asked[0]], minimum)
    trends = [make_trend(a, tally.months[a], grain, minimum) for a in asked]
    return [trend for trend in trends if len(trend.points) > 1]


def _distributions(tally: Tally, partial: set[Asked]) -> list[Distribution]:
    made = []
    for asked in ordered(tally.marks):
        if asked.role in (Role.RATING, Role.RECOMMENDED):
            continue
        counts = tally.marks[asked].counts
        # Of a column that mixes scales only the marks that are surely on the longer one are here.
        lowest = 6 if asked in partial else asked.scale.low
        steps = {float(step): 0 for step in range(lowest, asked.scale.high + 1)} | dict(counts)
        classes = None
        if asked.role is Role.NPS:
            promoters, passives, detractors = nps_classes(counts)
            classes = (int(promoters), int(passives), int(detractors))
        made.append(Distribution(asked, tuple(sorted(steps.items())), classes, asked in partial))
    return made


def _touchpoints(plan: Plan, table: Table, tally: Tally, minimum: int) -> list[Touchpoint]:
    """Rated touchpoints by scale, the best first; only those with enough answers have a rank, each scale its own."""
    labels = {column.name: column.label or column.name for column in plan.columns}
    made: list[Touchpoint] = []
    for asked in ordered(tally.marks):
        if asked.role is not Role.RATING:
            continue
        counts = tally.marks[asked].counts
        metric = Metric("rating", asked, estimate("rating", asked.scale, counts), sum(counts.values()), "score")
        top = stats.top_box(sum(c for v, c in counts.items() if v >= asked.scale.top_from), metric.answers)
        made.append(Touchpoint(labels[asked.column], metric, top, table.ledger[asked.column], None))
    made.sort(key=lambda t: (t.metric.asked.scale, t.metric.answers < minimum, -(t.metric.estimate.value or 0)))
    ranks: Counter[str] = Counter()
    ranked = []
    for point in made:
        rank = None
        if point.metric.answers >= minimum:
            ranks[str(point.metric.asked.scale)] += 1
            rank = ranks[str(point.metric.asked.scale)]
        ranked.append(Touchpoint(point.name, point.metric, point.top_box, point.ledger, rank))
    return ranked


def _comparisons(tally: Tally, groups: dict[Role, str], partial: set[Asked]) -> list[Comparison]:
    asked = [a for a in ordered(tally.marks) if a.role is not Role.RATING and a not in partial]
    if not asked:
        return []
    # The first question of the report, on the scale that most people answered.
    main = max((a for a in asked if a.column == asked[0].column), key=lambda a: tally.marks[a].n)
    metric = metrics_of(main)[0]
    made = []
    for role, column in groups.items():
        counted = tally.by_name(role, main)
        shown = [(name, estimate(metric, main.scale, counts)) for name, counts in counted.items()]
        shown.sort(key=lambda pair: (-pair[1].n, pair[0]))
        if len(shown) > 1:
            made.append(Comparison(role, column, metric, main, tuple(shown[:15]), len(shown)))
    return made


__all__ = ["Comparison", "Distribution", "Findings", "Touchpoint", "find", "unit_of"]
