"""The definitions, once, as unbound Ibis expressions; Ibis is the compiler only, nothing runs through it.

A value that a reader chose never enters the text of a statement. In an expression a parameter stands as a column
``p_<name>`` of the table; :mod:`premura.engine.compiling` makes placeholders of them.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING, Any

from premura.engine.facts import COLUMNS, DIMENSIONS, IBIS_TYPES, type_of
from premura.engine.questions import BINS, Measure

if TYPE_CHECKING:
    import ibis.expr.types as ir

#: A touchpoint or location of a cell that adds up all of them; 0 is «has none».
ALL = -1
#: What a cell of the cube is about, besides the measure.
CUBE_DIMENSIONS = ("month", "week", "touchpoint", "location", "perspective", "subject", "moment")
#: ``starts_on`` is the later of the month's and the week's first day: a cell lies in one week and in one month, so that
#: cells add up exactly to weeks and to months, and a month can be made anew without touching its neighbours.
CUBE_KEYS = ("level", "measure", "location", "touchpoint", "starts_on", "perspective", "subject", "moment")
#: The kind of question that asks how strongly something was felt.
FELT = "emotion"
BIN_NAMES = tuple(f"c{place}" for place in range(BINS))
CUBE_SUMS = ("n", "total", "squares", *BIN_NAMES)
CUBE_COLUMNS = (*CUBE_KEYS, "month_on", "week_on", *CUBE_SUMS)


@dataclass(frozen=True)
class Level:
    """One coarseness of the cube; each is complete by itself, and a question reads the coarsest that can answer."""

    code: int
    weekly: bool
    by_touchpoint: bool
    by_location: bool


LEVELS = tuple(
    Level(4 * weekly + 2 * touchpoint + location, bool(weekly), bool(touchpoint), bool(location))
    for weekly in (0, 1)
    for touchpoint in (0, 1)
    for location in (0, 1)
)


@dataclass(frozen=True)
class Filter:
    """The shape of one filter: how many values stand in its list, and whether those that have none are meant too."""

    name: str
    values: int
    with_none: bool


@dataclass(frozen=True)
class Shape:
    """A question without its values: what a compiled statement depends on."""

    measures: tuple[Measure, ...]
    by: tuple[str, ...]
    filters: tuple[Filter, ...] = ()


def _ibis() -> Any:
    import ibis

    return ibis


def facts_table(parameters: dict[str, str], *, with_weights: bool = False) -> "ir.Table":
    """The unbound table of facts, with ``parameters`` (name → Ibis type) as further columns."""
    # Weights take part in no count; Ibis asks Spark's settings about every column of that type
    columns = {column.name: IBIS_TYPES[column.type] for column in COLUMNS if with_weights or column.type != "real"}
    return _ibis().table({**columns, **{f"p_{name}": kind for name, kind in parameters.items()}}, name="facts")


def cube_table(parameters: dict[str, str]) -> "ir.Table":
    """The unbound table of cells."""
    columns = {"level": "int16", "measure": "string", "starts_on": "date", "month_on": "date", "week_on": "date"}
    columns |= {"location": "int64", "touchpoint": "int64", "perspective": "string", "subject": "int64"}
    columns |= {"moment": "string", **dict.fromkeys(CUBE_SUMS, "int64")}
    return _ibis().table({**columns, **{f"p_{name}": kind for name, kind in parameters.items()}}, name="cells")


def parameters_of(shape: Shape) -> dict[str, str]:
    """Name → Ibis type of every value that a statement of this shape needs."""
    names = {"first_day": "date", "last_day": "date"}
    for wanted in shape.filters:
        kind = IBIS_TYPES[type_of(DIMENSIONS[wanted.name])]
        names |= {f"{wanted.name}_{place}": kind for place in range(wanted.values)}
    return names


def _none_of(name: str) -> Callable[[Any], Any]:
    """How an answer of the facts says that it has none."""
    return (lambda column: column == "") if type_of(DIMENSIONS[name]) == "text" else (lambda column: column.isnull())


def _in(column: Any, values: Sequence[Any]) -> Any:
    """A list of one is compared as what it is, which engines do faster."""
    return column == values[0] if len(values) == 1 else column.isin(values)


def _any_of(table: "ir.Table", wanted: Filter, column: str, none: Callable[[Any], Any]) -> Any:
    tests = []
    if wanted.values:
        tests.append(_in(table[column], [table[f"p_{wanted.name}_{place}"] for place in range(wanted.values)]))
    if wanted.with_none:
        tests.append(none(table[column]))
    return reduce(or_, tests)


def is_of(table: "ir.Table", measure: Measure) -> Any:
    """Whether an answer is counted by ``measure``: blank and dismissed questions never are."""
    if measure.choices:
        options = [option for option, _score in measure.choices]
        asked = _in(table.kind, measure.kinds) & (table.question == measure.question)
        return asked & table.choice.isin(options)
    return _in(table.kind, measure.kinds) & (table.scale == measure.scale) & table.score.notnull()


def _of_kinds(table: "ir.Table", measures: Iterable[Measure]) -> Any:
    """What the files can be searched by: they lie in the order of the kind, and whole stretches are passed over."""
    return _in(table.kind, sorted({kind for measure in measures for kind in measure.kinds}))


def counts_by_score(shape: Shape) -> "ir.Table":
    """The answers of a question of this shape, counted by breakdown and by what gives the score.

    Columns: those of the breakdown, then those of :func:`identity_of`, then ``n``. Which of the measures a row belongs
    to is told by :meth:`Measure.score_of`.
    """
    found = _counted(shape)
    keys = [found[DIMENSIONS[name]].name(f"by_{name}") for name in shape.by]
    keys += [found[name].name(f"is_{name}") for name in identity_of(shape.measures)]
    return found.group_by(keys).aggregate(n=_ibis()._.count())


def responses_behind(shape: Shape) -> "ir.Table":
    """From how many ``responses`` the counted answers come, and how many of the answers are ``weighted``: one row."""
    found = _counted(shape, with_weights=True)
    return found.aggregate(responses=found.response.nunique(), weighted=found.weight.count())


def _counted(shape: Shape, *, with_weights: bool = False) -> "ir.Table":
    """The answers that the measures of the shape count."""
    table = facts_table(parameters_of(shape), with_weights=with_weights)
    tests = [table.answered_on >= table.p_first_day, table.answered_on <= table.p_last_day]
    tests += [_any_of(table, f, DIMENSIONS[f.name], _none_of(f.name)) for f in shape.filters]
    tests += [_of_kinds(table, shape.measures), reduce(or_, [is_of(table, measure) for measure in shape.measures])]
    return table.filter(tests)


def scores_alike(shape: Shape) -> "ir.Table":
    """Every score, of whatever kind, counted by the breakdown: its columns, then ``n`` and the day of the ``latest``.

    How strongly an emotion was felt is no score of how well something went. The measures of the shape do not matter.
    """
    found = _scores_of(shape)
    keys = [found[DIMENSIONS[name]].name(f"by_{name}") for name in shape.by]
    return found.group_by(keys).aggregate(n=_ibis()._.count(), latest=found.answered_on.max())


def scores_crossed(shape: Shape, halves: tuple[str, str]) -> "ir.Table":
    """How often the two ``halves`` of a question were answered together, and how: the columns of the breakdown, the
    score of the first half, that of the second, ``n``. A response lies whole in one file, so counts of files add up.
    """
    table = _scores_of(shape)
    first, second = halves
    names = [f"by_{name}" for name in shape.by]
    keys = [table[DIMENSIONS[name]].name(key) for name, key in zip(shape.by, names, strict=True)]
    pairs = table.group_by([table.response, table.question, *keys]).aggregate(
        first=table.score.max(where=table.part == first), second=table.score.max(where=table.part == second)
    )
    whole = pairs.filter([pairs.first.notnull(), pairs.second.notnull()])
    return whole.group_by([*names, "first", "second"]).aggregate(n=_ibis()._.count())


def _scores_of(shape: Shape) -> "ir.Table":
    """The scores that the filters of the shape leave."""
    table = facts_table(parameters_of(shape))
    tests = [table.answered_on >= table.p_first_day, table.answered_on <= table.p_last_day]
    tests += [_any_of(table, f, DIMENSIONS[f.name], _none_of(f.name)) for f in shape.filters]
    return table.filter([*tests, table.score.notnull(), table.kind != FELT])


_EVERYTHING = ("kind", "scale", "question", "choice", "score")


def identity_of(measures: Sequence[Measure]) -> tuple[str, ...]:
    """The columns that tell of a counted answer to which measure it belongs and which score it gives.

    Grouping by text is what a question on the facts costs most: where the kind alone tells the scale and the question,
    because every counted answer passed :func:`is_of`, those are left out.

    >>> identity_of([Measure("nps", ("nps",), "0-10"), Measure("csat", ("csat",), "1-5")])
    ('kind', 'score')
    """
    needed = {"kind", "score"}
    if any(measure.choices for measure in measures):
        needed.add("choice")
    for name in ("scale", "question"):
        told = {(kind, getattr(measure, name)) for measure in measures for kind in measure.kinds}
        if len(told) > len({kind for kind, _told in told}):
            needed.add(name)
    return tuple(name for name in _EVERYTHING if name in needed)


def _none_in_cells(name: str) -> Callable[[Any], Any]:
    """The same of a cell, whose key has no nulls."""
    return _none_of(name) if type_of(DIMENSIONS[name]) == "text" else (lambda column: column == 0)


def cells_by_score(shape: Shape, *, weekly: bool = True) -> "ir.Table":
    """The histogram of a question of this shape from one level of the cube: breakdown, measure, n and bins.

    Cells of whole months begin with them, and that day is part of the key: counted in its order, nothing is sorted.
    """
    table = cube_table({**parameters_of(shape), "level": "int16"})
    tests = [table.level == table.p_level, table.measure.isin([measure.code for measure in shape.measures])]
    tests += [table.starts_on >= table.p_first_day, table.starts_on <= table.p_last_day]
    tests += [_any_of(table, f, DIMENSIONS[f.name], _none_in_cells(f.name)) for f in shape.filters]
    found = table.filter(tests)
    columns = DIMENSIONS if weekly else {**DIMENSIONS, "month": "starts_on"}
    keys = [found[columns[name]].name(f"by_{name}") for name in shape.by]
    keys.append(found.measure.name("is_measure"))
    counts = ("n", *bins_of(shape.measures))
    if _is_a_cell(shape, weekly=weekly):
        return found.select(*keys, *counts)
    return found.group_by(keys).aggregate(**{name: found[name].sum() for name in counts})


def _is_a_cell(shape: Shape, *, weekly: bool) -> bool:
    """Whether each group is one cell, so that nothing is to be added up: a place that is not asked about has none of
    its own on the level that is read.
    """
    one = {f.name for f in shape.filters if f.values + f.with_none == 1} | set(shape.by)
    several = {f.name for f in shape.filters} - one
    days = {"month", "week"} if weekly else {"month"}
    return not several and days <= set(shape.by) and {"perspective", "subject", "moment"} <= one


def bins_of(measures: Iterable[Measure]) -> tuple[str, ...]:
    """The columns of the histogram that the longest of the scales fills."""
    longest = max(high - low + 1 for low, high in (measure.ends for measure in measures))
    return BIN_NAMES[:longest]


def cube_cells(measures: Sequence[Measure]) -> "ir.Table":
    """Every cell of every level from facts: the columns of :data:`CUBE_COLUMNS`.

    One pass over the facts, which only counts; what belongs to which measure is told of the counts, and the coarser
    levels are added up from the finest. The measures must not overlap (see :func:`disjoint`).
    """
    ibis = _ibis()
    table = facts_table({})
    places = ("location", "touchpoint", "month_on", "week_on", "perspective", "subject", "moment")
    # Not filtered by what the measures count, so that all that tells them apart is needed
    has_choices = any(measure.choices for measure in measures)
    told_by = [name for name in _EVERYTHING if has_choices or name not in {"question", "choice"}]
    alike = table.filter(_of_kinds(table, measures)).group_by([*places, *told_by]).aggregate(
        answers=ibis._.count()
    )  # fmt: skip
    told = alike.mutate(
        measure=ibis.cases(*((is_of(alike, measure), measure.code) for measure in measures), else_=None),
        value=_score(ibis, alike, measures),
        bin=_score(ibis, alike, measures, from_lowest=True),
    )
    told = told.filter(told.measure.notnull())
    base = told.group_by(
        measure=told.measure,
        location=told.location.coalesce(0),
        touchpoint=told.touchpoint.coalesce(0),
        starts_on=ibis.greatest(told.month_on, told.week_on),
        month_on=told.month_on,
        week_on=told.week_on,
        perspective=told.perspective,
        subject=told.subject,
        moment=told.moment,
    ).aggregate(
        n=told.answers.sum(),
        total=(told.value * told.answers).sum(),
        squares=(told.value * told.value * told.answers).sum(),
        **{name: told.answers.sum(where=told.bin == place).coalesce(0) for place, name in enumerate(BIN_NAMES)},
    )
    return ibis.union(*(_added_up(base, level) for level in LEVELS), distinct=False)


def _added_up(base: "ir.Table", level: Level) -> "ir.Table":
    everything = _ibis().literal(ALL, type="int64")
    keys = {
        "level": _ibis().literal(level.code, type="int16"),
        "measure": base.measure,
        "location": base.location if level.by_location else everything,
        "touchpoint": base.touchpoint if level.by_touchpoint else everything,
        "starts_on": base.starts_on if level.weekly else base.month_on,
        "perspective": base.perspective,
        "subject": base.subject,
        "moment": base.moment,
        "month_on": base.month_on,
        "week_on": base.week_on if level.weekly else base.month_on,
    }
    return base.group_by(**keys).aggregate(**{name: base[name].sum() for name in CUBE_SUMS})


def _score(ibis: Any, table: "ir.Table", measures: Sequence[Measure], *, from_lowest: bool = False) -> Any:
    branches = []
    for measure in measures:
        low = measure.ends[0] if from_lowest else 0
        if measure.choices:
            for option, score in measure.choices:
                branches.append((is_of(table, measure) & (table.choice == option), ibis.literal(score - low, "int64")))
        else:
            branches.append((is_of(table, measure), table.score.cast("int64") - low))
    return ibis.cases(*branches, else_=None)


def disjoint(measures: Iterable[Measure]) -> list[tuple[Measure, ...]]:
    """The measures in groups in which no answer is counted twice, so that one pass may count a whole group.

    >>> nps, csat = Measure("nps", ("nps",), "0-10"), Measure("csat", ("csat",), "1-5")
    >>> [len(group) for group in disjoint([nps, csat, Measure("again", ("csat",), "1-5")])]
    [2, 1]
    """
    groups: list[list[Measure]] = []
    for measure in measures:
        group = next((g for g in groups if not any(_overlap(measure, other) for other in g)), None)
        if group is None:
            groups.append([measure])
        else:
            group.append(measure)
    return [tuple(group) for group in groups]


def _overlap(one: Measure, other: Measure) -> bool:
    if not set(one.kinds) & set(other.kinds):
        return False
    if one.choices and other.choices:
        return one.question == other.question
    return bool(one.choices or other.choices) or one.scale == other.scale


def products_of(drivers: Sequence[tuple[str, str]]) -> "ir.Table":
    """Sums, sums of squares and of products of scores, over the responses that answered every driver.

    ``drivers`` are (question, part), the last being the outcome. One row: ``n``, ``s<i>`` (sum of the i-th) and
    ``s<i>_<j>`` (sum of products, i ≤ j): all that a regression of the last on the others needs, and it adds up over
    parts of the data because a response lies whole in one file.
    """
    ibis = _ibis()
    table = facts_table({"first_day": "date", "last_day": "date", "survey_0": "int64"})
    asked = [(table.question == question) & (table.part == part) for question, part in drivers]
    found = table.filter(
        [
            table.answered_on >= table.p_first_day,
            table.answered_on <= table.p_last_day,
            table.survey == table.p_survey_0,
            table.score.notnull(),
            reduce(or_, asked),
        ]
    )
    wide = found.group_by(found.response).aggregate(
        **{
            f"x{place}": found.score.max(where=(found.question == question) & (found.part == part)).cast("int64")
            for place, (question, part) in enumerate(drivers)
        }
    )
    whole = wide.filter(reduce(and_, [wide[f"x{place}"].notnull() for place in range(len(drivers))]))
    sums = {f"s{i}": whole[f"x{i}"].sum() for i in range(len(drivers))}
    products = {
        f"s{i}_{j}": (whole[f"x{i}"] * whole[f"x{j}"]).sum()
        for i in range(len(drivers))
        for j in range(i, len(drivers))
    }
    return whole.aggregate(n=ibis._.count(), **sums, **products)
