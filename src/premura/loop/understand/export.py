"""The exporter: brings what is new into the facts and the cube, every second or so, and makes dirty months anew.

One process exports at a time. A round claims marks, reads their responses, writes files, lists them, and in one
transaction adds the cells and takes the marks away. Whatever breaks off in between leaves claimed marks behind; the
next round makes their months anew from the answers, so that nothing is counted twice and nothing is lost.
"""

import logging
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, Max, Min
from django.utils import timezone

from premura.engine.cubes import cells_of
from premura.engine.definitions import CUBE_COLUMNS, CUBE_KEYS, CUBE_SUMS
from premura.engine.embedded import MAKING, Embedded
from premura.engine.store import FactFile, FactStore, Manifest, key_of, months_between
from premura.loop.listen.models import Response
from premura.loop.understand.flat import one_moment, write_month, write_responses
from premura.loop.understand.measures import catalogue
from premura.loop.understand.models import Cell, DirtyMonth, Fill, KeptCounts, Mark
from premura.loop.understand.purchase_export import PurchaseExporter

logger = logging.getLogger("premura.engine")
#: So many responses go into one round; a month with more waiting is made anew as a whole.
BATCH = 5_000
#: So many months of cells are held in memory when all are made anew.
MONTHS_AT_ONCE = 6
_TABLE = Cell._meta.db_table
_ADVISORY = 0x70726D72  # the number of the exporter's lock on PostgreSQL


def the_store() -> FactStore:
    """The facts of this company."""
    return FactStore(Path(settings.FACTS or settings.DATA / "facts"))


@lru_cache
def catalogue_name() -> str:
    """A fingerprint of everything that cells depend on besides the facts."""
    return sha256(repr((sorted(catalogue().items()), CUBE_COLUMNS)).encode()).hexdigest()


@contextmanager
def _only_one(store: FactStore) -> Iterator[bool]:
    """Whether this process may export: one on this machine, and one on this database."""
    with store.writing() as mine:
        if not mine or connection.vendor != "postgresql":
            yield mine
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [_ADVISORY])
            granted = bool(cursor.fetchone()[0])
            try:
                yield granted
            finally:
                if granted:
                    with suppress(Exception):  # a connection that broke has lost its lock already
                        cursor.execute("SELECT pg_advisory_unlock(%s)", [_ADVISORY])


class Exporter:
    """What a worker keeps between rounds: the store, and a DuckDB that may use more than a page's."""

    def __init__(self, store: FactStore | None = None) -> None:
        self.store = store or the_store()
        self.duck = Embedded(self.store.folder / "spill", MAKING)
        self.purchases = PurchaseExporter(self.store, self.duck)
        self._looked_at: datetime | None = None

    def close(self) -> None:
        self.duck.close()

    def round(self) -> int:
        """Bring everything up to date; returns how many responses and months were done, 0 when there was nothing."""
        with _only_one(self.store) as mine:
            if not mine:
                return 0
            manifest = self._filled_manifest()
            self._look_for_damage(manifest)
            self._break_off()
            done = self._remake_dirty_months()
            done += self._export_marks()
            done += self.purchases.round(manifest.store)
            if done:
                self._tidy()
                Fill.objects.update(exported_at=timezone.now())
        return done

    # Filling from nothing

    def _filled_manifest(self) -> Manifest:
        """The list of files that belongs to the cells; where there is none everything is begun anew."""
        manifest, fill = self.store.manifest(), Fill.objects.first()
        if manifest and fill and fill.store == manifest.store:
            if fill.catalogue != catalogue_name():
                self.remake_cells(manifest)
            return manifest
        if fill or manifest:
            logger.warning("engine: facts and cells do not belong together or are of another kind; both are made anew")
        return self.begin()

    def begin(self) -> Manifest:
        """Forget everything and mark every month that has answers."""
        manifest = self.store.begin()
        span = Response.objects.order_by().aggregate(first=Min("answered_on"), last=Max("answered_on"))
        now = timezone.now()
        months = list(months_between(span["first"], span["last"])) if span["first"] else []
        with transaction.atomic():
            Fill.objects.all().delete()
            Cell.objects.all().delete()
            KeptCounts.objects.all().delete()
            Fill.objects.create(store=manifest.store, catalogue=catalogue_name(), begun_at=now)
            mark_dirty(months, "filled from nothing")
        return manifest

    def remake_cells(self, manifest: Manifest) -> int:
        """All cells from the facts that are there, as after a change of the catalogue; returns how many. Until the
        end nobody reads them.
        """
        Fill.objects.update(catalogue="")
        Cell.objects.all().delete()
        months, count = sorted(manifest.months), 0
        for start in range(0, len(months), MONTHS_AT_ONCE):
            cells = self._cells([f for m in months[start : start + MONTHS_AT_ONCE] for f in manifest.of_month(m)])
            with transaction.atomic():
                insert_cells(cells)
            count += len(cells)
        Fill.objects.update(catalogue=catalogue_name())
        return count

    # Damage

    def _look_for_damage(self, manifest: Manifest) -> None:
        """Sizes every few seconds, the contents once: when the worker starts."""
        now = timezone.now()
        if self._looked_at is None:
            report_damage(self.store.spoilt(manifest))
        elif now - self._looked_at > timedelta(seconds=5):
            report_damage(self.store.damaged(manifest))
        else:
            return
        self._looked_at = now

    def _break_off(self) -> None:
        """A round that did not end left its marks claimed: their months are made anew."""
        months = set(Mark.objects.filter(batch__isnull=False).values_list("month_on", flat=True))
        months -= set(DirtyMonth.objects.values_list("month_on", flat=True)) if months else set()
        if months:
            logger.warning("engine: a round broke off; %s months are made anew", len(months))
            mark_dirty(months, "a round broke off")

    # Months made anew

    def _remake_dirty_months(self) -> int:
        waiting = Mark.objects.order_by().values_list("month_on").annotate(n=Count("pk")).filter(n__gt=BATCH)
        mark_dirty([month for month, _n in waiting], "many new answers")
        count = 0
        for dirty in list(DirtyMonth.objects.all()):
            self._remake(dirty)
            count += 1
        return count

    def _remake(self, dirty: DirtyMonth) -> None:
        month = dirty.month_on
        source = self._scratch()
        try:
            # From here on whatever changes is marked again, and before that it is seen
            Mark.objects.filter(month_on=month, batch__isnull=True).update(batch=uuid4())
            with one_moment():
                marks = dict(Mark.objects.filter(month_on=month).values_list("pk", "batch"))
                write_month(source, month)
            files = [file for file in self.store.write_csv(source, self.duck) if file.month == month.isoformat()]
        finally:
            source.unlink(missing_ok=True)
        self.store.replace_month(month, files)
        cells = self._cells(files)
        with transaction.atomic():
            Cell.objects.filter(month_on=month).delete()
            insert_cells(cells)
            _take_away([pk for pk, batch in marks.items() if batch])
            # Marked between the two: they are in the file, as they are or half, and must not be added once more
            Mark.objects.filter(pk__in=[pk for pk, batch in marks.items() if not batch]).update(is_new=False)
            # Marked again in the meantime: it stays
            DirtyMonth.objects.filter(pk=dirty.pk, marked_at=dirty.marked_at).delete()

    # What is new

    def _export_marks(self) -> int:
        """One batch: the worker comes again at once, and other work is not kept waiting by a stream of answers."""
        claimed = _claim()
        changed = {mark.response for mark in claimed if not mark.is_new}
        if fresh := [mark for mark in claimed if mark.response not in changed]:
            self._append(fresh)
        by_month: dict[date, list[Mark]] = defaultdict(list)
        for mark in claimed:
            if mark.response in changed:
                by_month[mark.month_on].append(mark)
        for month, marks in by_month.items():
            self._patch(month, marks)
        return len(claimed)

    def _append(self, marks: Sequence[Mark]) -> None:
        source = self._scratch()
        try:
            write_responses(source, [mark.response for mark in marks])
            files = self.store.write_csv(source, self.duck)
        finally:
            source.unlink(missing_ok=True)
        self.store.add(files)
        cells = self._cells(files)
        with transaction.atomic():
            add_cells(cells)
            _take_away([mark.pk for mark in marks])

    def _patch(self, month: date, marks: Sequence[Mark]) -> None:
        """Only the files in which these responses lie are written again, without them; as they are now they come into
        a small one of their own. What they gave to the cells is taken from them, and what they give now is added.
        """
        responses = list({mark.response for mark in marks})
        keys = [key_of(response.hex) for response in responses]
        touched = self.store.holding(month, keys, self.duck)
        gone = self._cells(touched, keys)
        source = self._scratch()
        try:
            write_responses(source, responses)
            arrived = self.store.write_csv(source, self.duck, only=month)
        finally:
            source.unlink(missing_ok=True)
        self.store.replace(touched, [*self.store.without(touched, keys, self.duck), *arrived])
        cells = self._cells(arrived)
        with transaction.atomic():
            add_cells(cells)
            subtract_cells(month, gone)
            _take_away([mark.pk for mark in marks])

    def _cells(self, files: Sequence[FactFile], keys: Sequence[int] | None = None) -> list[tuple[Any, ...]]:
        measures = list(dict.fromkeys(catalogue().values()))
        return cells_of([self.store.folder / file.name for file in files], measures, self.duck, keys)

    def _tidy(self) -> None:
        manifest = self.store.manifest()
        for month in self.store.crowded_months(manifest) if manifest else []:
            self.store.compact(month, self.duck)
        self.store.sweep()

    def _scratch(self) -> Path:
        return self.store.folder / f"{uuid4().hex}.csv"


def mark_dirty(months: Any, reason: str) -> None:
    """Have these months made anew. Safe to ask again."""
    now = timezone.now()
    rows = [DirtyMonth(month_on=month, reason=reason[:300], marked_at=now) for month in sorted(set(months))]
    if rows:
        DirtyMonth.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["month_on"], update_fields=["reason", "marked_at"]
        )


def report_damage(files: Sequence[FactFile]) -> None:
    """Files that cannot be read: say so, and have their months made anew."""
    if files:
        for file in files:
            logger.warning("engine: %s is damaged or gone; its month is made anew from the answers", file.name)
        mark_dirty([date.fromisoformat(file.month) for file in files], "a file was damaged")


def _claim() -> list[Mark]:
    """The oldest marks that nobody has, claimed; only what is committed can be seen, so nothing is passed over."""
    batch: UUID = uuid4()
    oldest = Mark.objects.filter(batch__isnull=True).order_by("pk").values_list("pk", flat=True)
    ids = list(oldest[:BATCH])
    if not ids:
        return []
    Mark.objects.filter(pk__in=ids, batch__isnull=True).update(batch=batch)
    return list(Mark.objects.filter(batch=batch).order_by("pk"))


def _take_away(marks: Sequence[int]) -> None:
    for start in range(0, len(marks), 10_000):
        Mark.objects.filter(pk__in=marks[start : start + 10_000]).delete()


def insert_cells(cells: Sequence[tuple[Any, ...]]) -> None:
    """Write cells where none of the same place are."""
    if not cells:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {_TABLE} ({', '.join(CUBE_COLUMNS)}) FROM STDIN") as copy:
                for cell in cells:
                    copy.write_row(cell)
            return
        cursor.executemany(_insert_sql(), cells)


def add_cells(cells: Sequence[tuple[Any, ...]]) -> None:
    """Add the counts of ``cells`` to those that are there."""
    if cells:
        sums = ", ".join(f"{name} = {_TABLE}.{name} + excluded.{name}" for name in CUBE_SUMS)
        with connection.cursor() as cursor:
            cursor.executemany(f"{_insert_sql()} ON CONFLICT ({', '.join(CUBE_KEYS)}) DO UPDATE SET {sums}", cells)


def subtract_cells(month: date, cells: Sequence[tuple[Any, ...]]) -> None:
    """Take the counts of ``cells`` from those of ``month``. Cells that count nothing any more go; should one have
    counted too little, the month is made anew.
    """
    if not cells:
        return
    width = len(CUBE_COLUMNS) - len(CUBE_SUMS)
    add_cells([(*cell[:width], *(-count for count in cell[width:])) for cell in cells])
    empty = Cell.objects.filter(month_on=month, n__lte=0)
    if empty.filter(n__lt=0).exists():
        logger.warning("engine: cells of %s counted less than was taken from them; made anew", month)
        mark_dirty([month], "cells did not add up")
    empty.delete()


def _insert_sql() -> str:
    return f"INSERT INTO {_TABLE} ({', '.join(CUBE_COLUMNS)}) VALUES ({', '.join(['%s'] * len(CUBE_COLUMNS))})"
