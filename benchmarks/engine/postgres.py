"""The same questions put to PostgreSQL: one flat table of the facts with covering indexes, vacuumed, warm."""

import time

import common
import psycopg

from premura.engine.answering import Asked, count_rows
from premura.engine.embedded import Embedded, files_sql
from premura.engine.facts import COLUMNS, DUCKDB_TYPES
from premura.engine.store import FactStore

_TYPES = {"DOUBLE": "DOUBLE PRECISION", "VARCHAR": "TEXT"}
_INDEXES = (
    "(kind, scale, answered_on) INCLUDE (month_on, week_on, score, touchpoint, location, perspective, subject, moment)",
    "(location, kind, scale, answered_on) INCLUDE (month_on, score, touchpoint, perspective, subject, moment)",
)


def measure(url: str, store: FactStore, questions: dict) -> dict[str, float]:
    """Question → median milliseconds."""
    from premura.loop.understand.engine_counts import counted, with_defaults
    from premura.loop.understand.measures import catalogue

    with psycopg.connect(url, autocommit=True) as link:
        _load(link, store)
        found = {}
        for name, question in questions.items():
            asked = Asked.of(with_defaults(question), catalogue())

            def ask(asked=asked):
                return count_rows(asked, lambda sql, values: link.execute(sql, values).fetchall(), "postgres", "flat")

            assert counted(question).counts == ask(), name
            found[name] = common.median_ms(ask)
    return found


def _load(link: psycopg.Connection, store: FactStore) -> None:
    begun = time.perf_counter()
    is_there = link.execute("SELECT to_regclass('flat')").fetchone()[0]
    if is_there and link.execute("SELECT count(*) FROM flat").fetchone()[0] == store.manifest().rows:
        return
    columns = ", ".join(f"{c.name} {_TYPES.get(DUCKDB_TYPES[c.type], DUCKDB_TYPES[c.type])}" for c in COLUMNS)
    link.execute("DROP TABLE IF EXISTS flat")
    link.execute(f"CREATE UNLOGGED TABLE flat ({columns})")
    duck = Embedded(store.folder / "spill", {"threads": 2, "memory_limit": "2GB"})
    path = store.folder / "flat.csv"
    for file in store.manifest().files:
        with duck.cursor() as cursor:
            cursor.execute(f"COPY (SELECT * FROM {files_sql([store.folder / file.name])}) TO '{path}' (HEADER false)")
        with path.open("rb") as source, link.cursor().copy("COPY flat FROM STDIN (FORMAT csv, FORCE_NOT_NULL "
            f"({', '.join(c.name for c in COLUMNS if c.type == 'text')}))") as copy:  # fmt: skip
            while part := source.read(1 << 20):
                copy.write(part)
    path.unlink()
    for index in _INDEXES:
        link.execute(f"CREATE INDEX ON flat {index}")
    link.execute("VACUUM ANALYZE flat")
    print(f"PostgreSQL loaded and indexed in {time.perf_counter() - begun:.0f} s")
