"""Counts from the engine, where it is filled; whoever gets ``None`` counts the answers themselves.

What is not asked for is as everywhere: answers of customers, about us, of what they perceived. Two queries for how far
the engine is filled, one for us, and one to three on the cube, whatever the number of answers.
"""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone

from premura.core.staff.models import Person
from premura.engine.answering import Asked, Engines, NotAsked, count_rows, key_value, plain_values
from premura.engine.cluster import Cluster, ClusterAway
from premura.engine.compiling import Dialect, responses_sql
from premura.engine.definitions import Shape
from premura.engine.embedded import Embedded, UnreadableFacts
from premura.engine.purchases import PurchaseStore
from premura.engine.questions import CountQuestion, EngineAnswer, Histograms
from premura.engine.store import FactStore, Manifest
from premura.engine.tallies import Tally
from premura.loop.listen import models as listen
from premura.loop.listen.subjects import us
from premura.loop.understand.export import catalogue_name, report_damage, the_store
from premura.loop.understand.flat import as_subquery
from premura.loop.understand.measures import catalogue
from premura.loop.understand.metrics import Counts
from premura.loop.understand.models import Cell, KeptCounts, PurchaseMark

Found = TypeVar("Found")
logger = logging.getLogger("premura.engine")
#: An engine that is further behind is not asked: the answers themselves are slower, and right.
BEHIND = timedelta(seconds=60)
DIALECTS: dict[str, Dialect] = {"sqlite": "sqlite", "postgresql": "postgres"}
_DEFAULTS = {"perspective": listen.Perspective.CUSTOMER.value, "moment": listen.Moment.PERCEPTION.value}
# Asked before every question: the ORM takes longer to write it than the database to answer it
_STATE = """SELECT store, catalogue, EXISTS (SELECT 1 FROM understand_dirtymonth),
(SELECT marked_at FROM understand_mark ORDER BY id LIMIT 1) FROM understand_fill ORDER BY id LIMIT 1"""
#: So many months of facts are gathered at once, where they are read one part after the other.
AT_ONCE = 6
#: Kept answers of the distributed engine are written at most this often, and forgotten after a while.
KEEP_EVERY, KEEP_FOR = timedelta(minutes=1), timedelta(days=30)


@dataclass(frozen=True)
class State:
    """How far the engine is filled: ``as_of`` every answer saved before this instant is in."""

    manifest: Manifest
    as_of: datetime


def counted(question: CountQuestion) -> EngineAnswer | None:
    """The counts of ``question`` by (metric, value of each breakdown); ``None`` when the engine is not filled or does
    not know what is asked about.
    """
    store = _store(_folder())
    state = engine_state(store)
    if state is None:
        return None
    question = with_defaults(question)
    try:
        asked = Asked.of(question, catalogue())
    except NotAsked:
        return None
    if asked is None or question.first_day > question.last_day:
        return EngineAnswer({}, "cube", state.as_of)
    try:
        if settings.ENGINE:
            return _from_cluster(store, asked, state)
        return _answer(*_embedded(store).count(asked, state.manifest), state.as_of)
    except UnreadableFacts as error:
        _report(store, state, error)
        return None


def rows_of_facts(
    sql: str,
    values: Mapping[str, object],
    first_day: date = date.min,
    last_day: date = date.max,
    *,
    is_usual: bool = True,
) -> list[tuple[Any, ...]] | None:
    """The rows of a statement about ``facts AS answers``, the answers of these days at least; ``None`` when the engine
    is not filled. For what no cell holds and no metric counts; the statement asks for :data:`USUAL` where it
    ``is_usual``. Two queries at most.
    """
    return _from_files(
        lambda duck, paths: duck.of_files(sql, {**(_usual_values() if is_usual else {}), **values}, paths),
        first_day,
        last_day,
    )


def columns_of_facts(
    sql: str,
    values: Mapping[str, object],
    first_day: date = date.min,
    last_day: date = date.max,
    *,
    is_usual: bool = True,
) -> dict[str, Any] | None:
    """The same as columns of numbers, for statements that give very many rows; empty where no file holds these days.
    Two queries at most.
    """
    return _from_files(
        lambda duck, paths: duck.columns_of_files(sql, {**(_usual_values() if is_usual else {}), **values}, paths),
        first_day,
        last_day,
    )


def months_of_facts(
    sql: str, values: Mapping[str, object], first_day: date, last_day: date
) -> list[dict[str, Any]] | None:
    """The same for some whole months after the other, the latest first: what is gathered a customer lies in little room
    at once. Two queries at most.
    """
    asked = {**_usual_values(), **values}

    def read(duck: Embedded, paths: Sequence[Path]) -> list[dict[str, Any]]:
        months = [list(files) for _month, files in groupby(paths, key=attrgetter("parent"))]
        parts = [months[max(0, end - AT_ONCE) : end] for end in range(len(months), 0, -AT_ONCE)]
        return [duck.columns_of_files(sql, asked, [path for files in part for path in files]) for part in parts]

    return _from_files(read, first_day, last_day)


def columns_of_purchases(
    sql: str, values: Mapping[str, object], first_day: date = date.min, last_day: date = date.max
) -> dict[str, Any] | None:
    """The columns of a statement about ``facts AS bought``: the purchases of these days at least, empty where there are
    none; ``None`` where the engine is not filled. Two queries.
    """
    store = _store(_folder())
    state, purchases = engine_state(store), PurchaseStore(store.folder)
    listed = purchases.listed()
    if state is None or listed is None or listed.waiting or listed.store != state.manifest.store:
        return None
    oldest = PurchaseMark.objects.order_by("pk").values_list("marked_at", flat=True).first()
    if oldest and timezone.now() - oldest > BEHIND:
        return None
    try:
        return _duck(store.folder).columns_of_files(sql, values, purchases.paths(listed, first_day, last_day))
    except UnreadableFacts as error:
        logger.warning("engine: purchases could not be read (%s); made anew", str(error).splitlines()[0])
        purchases.forget()
        return None


def _from_files(read: Callable[[Embedded, Sequence[Path]], Found], first_day: date, last_day: date) -> Found | None:
    """What ``read`` finds in the files that hold these days; ``None`` when the engine is not filled, and, with a
    report, where a file is damaged. One query, and those of ``read``.
    """
    store = _store(_folder())
    state = engine_state(store)
    if state is None:
        return None
    try:
        return read(_duck(store.folder), store.paths(state.manifest, first_day, last_day))
    except UnreadableFacts as error:
        _report(store, state, error)
        return None


def seen_in_facts(person: Person, location: int | None) -> str:
    """The condition that leaves what ``person`` may see, narrowed to ``location``; 0 is none."""
    tests = []
    seen = person.location_ids()
    if seen is not None:
        among = f" OR location IN ({', '.join(str(int(pk)) for pk in sorted(seen))})" if seen else ""
        tests.append(f"(location IS NULL{among})")
    if location is not None:
        tests.append(f"location = {int(location)}" if location else "location IS NULL")
    return " AND ".join(tests) or "true"


#: What goes without saying, with its values: customers, about us, what they perceived.
USUAL = "perspective = $perspective AND moment = $moment AND subject = $us"


def _usual_values() -> dict[str, object]:
    """The values of :data:`USUAL`. One query."""
    return {**_DEFAULTS, "us": us()}


def engine_state(store: FactStore | None = None) -> State | None:
    """How far the engine is filled; ``None`` while it is empty, dirty or too far behind. One query."""
    manifest = (store or the_store()).manifest()
    if manifest is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(_STATE)
        found = cursor.fetchone()
    now = timezone.now()
    if found is None or found[2] or found[:2] != (manifest.store, catalogue_name()):
        return None
    as_of = _instant(found[3]) if found[3] else now
    return State(manifest, as_of) if now - as_of < BEHIND else None


def _instant(value: datetime | str) -> datetime:
    """SQLite knows instants without a zone, as text: they are in UTC."""
    instant = datetime.fromisoformat(value) if isinstance(value, str) else value
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def with_defaults(question: CountQuestion) -> CountQuestion:
    """The question with what goes without saying: customers, about us, perceptions, unless asked otherwise."""
    filters = {name: value for name, value in question.filters.items() if question.values(name)}
    for name, value in _DEFAULTS.items():
        if name not in question.by:
            filters.setdefault(name, value)
    if "subject" not in question.by and "subject" not in filters:
        filters["subject"] = us()
    return replace(question, filters=filters)


def tallied(tally: Tally) -> list[tuple[Any, ...]]:
    """The rows of a tally: from the facts where the engine is filled, else by the same definition from the answers
    themselves. One query for how far the engine is filled, and one more where it is not.

    A distributed engine is not asked: the files that it reads lie here too, and one pass over them is short.
    """
    days = tally.question.first_day, tally.question.last_day
    rows = _from_files(lambda duck, paths: duck.of_files(tally.sql("duckdb"), tally.values, paths), *days)
    return list(tally.told(tallied_by_rows(tally) if rows is None else rows))


def tallied_by_rows(tally: Tally) -> list[tuple[Any, ...]]:
    """The same tally on the answers themselves: what the engine is held to. One query."""
    dialect = DIALECTS[connection.vendor]
    return _run(tally.sql(dialect, as_subquery()), plain_values(tally.values, dialect))


def responses_counted(question: CountQuestion) -> tuple[int, int] | None:
    """From how many responses the answers that ``question`` counts come, and how many of those answers have a weight;
    ``None`` when the engine is not filled. Three queries at most.
    """
    asked = Asked.of(with_defaults(question), catalogue())
    if asked is None:
        return 0, 0
    days = {"first_day": question.first_day, "last_day": question.last_day}
    sql, values = responses_sql(asked.shape, "duckdb"), {**asked.values, **days}
    rows = _from_files(lambda duck, paths: duck.of_files(sql, values, paths), *days.values())
    if rows is None:
        return None
    return rows[0] if rows else (0, 0)


def _report(store: FactStore, state: State, error: UnreadableFacts) -> None:
    logger.warning("engine: facts could not be read (%s); counting the answers instead", str(error).splitlines()[0])
    with suppress(DatabaseError):
        report_damage(store.spoilt(state.manifest))


def counted_by_rows(question: CountQuestion) -> Mapping[tuple[object, ...], Counts]:
    """The same definitions, counted on the answers themselves: what all engines are held to. Two queries."""
    asked = Asked.of(with_defaults(question), catalogue())
    if asked is None:
        return {}
    return _as_counts(count_rows(asked, _run, DIALECTS[connection.vendor], as_subquery()))


def _answer(found: Histograms, source: str, as_of: datetime, stale_since: datetime | None = None) -> EngineAnswer:
    return EngineAnswer(_as_counts(found), source, as_of, stale_since)


def _as_counts(found: Histograms) -> dict[tuple[object, ...], Counts]:
    return {key: Counts(histogram) for key, histogram in found.items()}


def _run(sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, dict(values))
        return list(cursor.fetchall())


# One of each a process and folder: lists of files and a DuckDB are kept between questions


def _folder() -> Path:
    return the_store().folder


@lru_cache(maxsize=2)
def _store(folder: Path) -> FactStore:
    return FactStore(folder)


@lru_cache(maxsize=2)
def _duck(folder: Path) -> Embedded:
    return Embedded(folder / "spill")


@lru_cache(maxsize=1)
def _cluster(url: str) -> Cluster:
    return Cluster(url)


def _embedded(store: FactStore) -> Engines:
    duck = _duck(store.folder)
    return Engines(
        store,
        lambda shape, values, _manifest, paths: duck.counts(shape, values, paths),
        _run,
        DIALECTS[connection.vendor],
        Cell._meta.db_table,
    )


# The distributed engine


def _from_cluster(store: FactStore, asked: Asked, state: State) -> EngineAnswer:
    """From the cube and the cluster; while that is away the last good numbers, and where there are none the files
    themselves.
    """
    cluster = _cluster(settings.ENGINE)
    late: list[Any] = []

    def count(shape: Shape, values: Mapping[str, object], manifest: Manifest, paths: Sequence[Path]) -> Any:
        whole = values["first_day"] == asked.question.first_day and values["last_day"] == asked.question.last_day
        keep = (lambda rows: _keep_late(asked, asked.from_facts(rows), state.as_of)) if whole else None
        late.append(keep)
        return cluster.counts(shape, values, manifest, paths, late=keep)

    engines = replace(_embedded(store), count_facts=count, facts_name="cluster")
    try:
        found, source = engines.count(asked, state.manifest)
    except ClusterAway as error:
        logger.warning("engine: the cluster at %s is away: %s", settings.ENGINE, error)
        kept = KeptCounts.objects.filter(pk=_digest(asked)).first()
        if kept:
            return _answer(_unpacked(kept.counts, asked), "kept", kept.counted_at, kept.counted_at)
        return _answer(*_embedded(store).count(asked, state.manifest), state.as_of)
    if late:
        _keep(asked, found, state.as_of)
    return _answer(found, source, state.as_of)


def _digest(asked: Asked) -> str:
    question = asked.question
    filters = sorted((name, question.values(name)) for name in question.filters)
    seen = None if question.locations is None else sorted(question.locations)
    told = (question.metrics, question.first_day, question.last_day, question.by, filters, seen, catalogue_name())
    return sha256(repr(told).encode()).hexdigest()


def _keep(asked: Asked, found: Histograms, as_of: datetime) -> None:
    digest = _digest(asked)
    if KeptCounts.objects.filter(pk=digest, counted_at__gt=as_of - KEEP_EVERY).exists():
        return
    packed = [[_plain(key), sorted(histogram.items())] for key, histogram in found.items()]
    KeptCounts.objects.update_or_create(
        pk=digest, defaults={"counts": json.loads(json.dumps(packed)), "counted_at": as_of}
    )
    KeptCounts.objects.filter(counted_at__lt=as_of - KEEP_FOR).delete()


def _keep_late(asked: Asked, found: Histograms, as_of: datetime) -> None:
    """In a thread of the cluster's, which has a connection of its own."""
    try:
        _keep(asked, found, as_of)
    finally:
        close_old_connections()


def _plain(key: tuple[object, ...]) -> list[object]:
    return [value.isoformat() if hasattr(value, "isoformat") else value for value in key]


def _unpacked(packed: list[Any], asked: Asked) -> Histograms:
    names = asked.question.by
    return {
        (key[0], *(key_value(name, value) for name, value in zip(names, key[1:], strict=True))): dict(map(tuple, pairs))
        for key, pairs in packed
    }
