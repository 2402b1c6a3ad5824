"""What the readings take that no cell and no count answers: each as its page reads it, all of it but the template.

    python benchmarks/engine/readings.py [--answers 10000000] [--folder DIR]

Three surveys of fifteen questions, six in ten of their answers with a name: the recommendation, a mark of its
touchpoint, seven details, three pairs of what was expected and found. One response in a hundred is of the staff, in a
survey of their own; their answers are asked of the database, which has all responses and, of answers, theirs. Beside
them the purchases of 200,000 customers.
"""

import argparse
import gc
import json
import statistics
import time
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import common
import data as facts

from premura.engine.embedded import Embedded, literal
from premura.engine.store import FactStore

CUSTOMERS, PURCHASES = 200_000, 1_500_000
PAIRS = {"quick": "responsiveness", "kind": "empathy", "tidy": "tangibles"}
QUESTIONS = [
    ("recommend", "nps", "0-10", 0, 11),
    ("satisfied", "csat", "1-5", 1, 5),
    *((f"detail_{number}", "rating", "1-10", 1, 10) for number in range(1, 8)),
    *((f"{code}:{half}", "pair", "1-7", 1, 7) for code in PAIRS for half in ("expectation", "perception")),
]
_COLUMNS = f"""* REPLACE (CASE WHEN kind = 'csat' THEN survey END AS touchpoint,
  CASE WHEN hash(response, 3) % 100 = 0 THEN 'staff' ELSE perspective END AS perspective,
  CASE WHEN hash(response, 3) % 100 = 0 THEN 4 ELSE survey END AS survey,
  split_part(question, ':', 1) AS question, split_part(question, ':', 2) AS part,
  CASE WHEN customer IS NOT NULL AND hash(response, 1) % 10 < 6 THEN (1 + hash(response, 2) % {CUSTOMERS})::BIGINT END
    AS customer)"""
_BOUGHT = """COPY (SELECT 1 + hash(id, 1) % {customers}, 1 + hash(id, 1) % {customers} % 25,
  DATE '{month}' + (hash(id, 2) % 28)::INTEGER, 500 + hash(id, 3) % 9500, 'EUR'
  FROM range({first}, {last}) t(id)) TO {path} (FORMAT csv, HEADER false)"""
#: A year, as the page of loyalty shows it, and the time before it
YEAR, EARLIER = (date(2025, 1, 1), date(2025, 12, 31)), (date(2024, 1, 1), date(2024, 12, 31))
#: A quarter, as the page of the delivery gap shows it, and the years before it
QUARTER, YEARS = (date(2025, 10, 1), date(2025, 12, 31)), (date(2022, 10, 1), date(2025, 9, 30))


def make(folder: Path, answers: int) -> FactStore:
    """Facts, purchases, and the rows of the database that say what was asked."""
    store = facts.make(folder, answers, QUESTIONS, _COLUMNS)
    _make_purchases(store)
    _make_surveys()
    _make_responses(store)
    _fill(store)
    return store


def _make_purchases(store: FactStore) -> None:
    from premura.engine.purchases import PurchaseStore

    purchases, name = PurchaseStore(store.folder), store.manifest().store
    listed = purchases.listed()
    if listed and listed.store == name:
        return
    duck, source = Embedded(store.folder / "spill"), store.folder / "bought.csv"
    listed, a_month = purchases.begin(name, facts.MONTHS), PURCHASES // len(facts.MONTHS)
    for place, month in enumerate(facts.MONTHS):
        ids = {"first": place * a_month, "last": (place + 1) * a_month}
        duck.rows(_BOUGHT.format(customers=CUSTOMERS, month=month, path=literal(str(source)), **ids))
        listed = purchases.write(listed, month, source, duck)
    source.unlink()
    duck.close()


def _make_surveys() -> None:
    from premura.core.journeys.models import Journey, Stage, Touchpoint
    from premura.loop.listen.models import Programme, Subject, Survey, SurveyVersion

    now = datetime(2023, 1, 1, tzinfo=UTC)
    Subject.objects.get_or_create(pk=1, defaults={"name": "Benchmark", "is_us": True})
    journey, _ = Journey.objects.get_or_create(code="visit")
    stage, _ = Stage.objects.get_or_create(journey=journey, code="all", defaults={"position": 1})
    for pk in range(1, 4):
        Touchpoint.objects.get_or_create(
            pk=pk, defaults={"stage": stage, "code": f"point-{pk}", "position": pk, "element": "services"}
        )
    programme, _ = Programme.objects.get_or_create(pk=1, defaults={"created_at": now})
    questions = [{"code": code, "kind": "pair", "dimension": name} for code, name in PAIRS.items()]
    for pk in range(1, 5):
        survey, _ = Survey.objects.get_or_create(
            pk=pk, defaults={"programme": programme, "slug": f"survey-{pk}", "created_at": now}
        )
        SurveyVersion.objects.get_or_create(
            survey=survey, number=1, defaults={"definition": {"questions": questions}, "published_at": now}
        )


def _make_responses(store: FactStore) -> None:
    """All responses, and the answers of the staff, without marking anything as new: the facts have them."""
    from uuid import UUID

    from django.db import connection, transaction

    from premura.engine.embedded import files_sql
    from premura.loop.listen.models import Response, SurveyVersion

    if Response.objects.exists():
        return
    duck = Embedded(store.folder / "spill", {"threads": 2, "memory_limit": "4GB"})
    source = files_sql([store.folder / file.name for file in store.manifest().files])
    versions = dict(SurveyVersion.objects.values_list("survey", "pk"))

    def id_of(key: int) -> str:
        digits = f"{key:015x}"
        return UUID(f"000{digits[:5]}{'0' * 14}{digits[5:]}").hex

    given = duck.rows(f"SELECT DISTINCT response, answered_on, week_on, perspective, survey FROM {source}")
    responses = [
        (id_of(key), day.isoformat(), f"{day} 10:00:00", week.isoformat(), who, survey, versions[survey])
        for key, day, week, who, survey in given
    ]
    staff = duck.rows(
        f"SELECT response, question, part, kind, scale, score, touchpoint FROM {source} WHERE perspective = 'staff'"
    )
    duck.close()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO listen_response (id, answered_on, answered_at, week_on, perspective, survey_id, version_id, "
            "moment, channel, language, source, external_id, subject_id, fields) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s, 'perception', 'link', 'it', 'survey', '', 1, '{}')",
            responses,
        )
        cursor.executemany(
            "INSERT INTO listen_answer (response_id, question, part, kind, scale, score, touchpoint_id, choices, text, "
            "contact) VALUES (%s, %s, %s, %s, %s, %s, %s, '[]', '', '{}')",
            [(id_of(key), *rest) for key, *rest in staff],
        )
        cursor.execute("DELETE FROM understand_mark")


def _fill(store: FactStore) -> None:
    """The readings look into no cell: as far as they can tell the engine is filled."""
    from django.utils import timezone

    from premura.loop.understand.export import catalogue_name
    from premura.loop.understand.models import Fill

    filled = {"store": store.manifest().store, "catalogue": catalogue_name(), "begun_at": timezone.now()}
    Fill.objects.update_or_create(pk=1, defaults=filled)


def readings() -> dict:
    """What each page reads, for somebody who may see everything."""
    from premura.core.staff.models import Person
    from premura.loop.understand.delivery import delivery_gap, quarters_of
    from premura.loop.understand.drivers import driver_reading
    from premura.loop.understand.loyalty import loyalty
    from premura.loop.understand.remembered import memories
    from premura.loop.understand.returning import returning
    from premura.loop.understand.service_quality import service_quality
    from premura.loop.understand.windows import Window

    person = Person.objects.get_or_create(email="benchmark@example.com")[0]
    year, earlier, quarter, years = (Window(*days) for days in (YEAR, EARLIER, QUARTER, YEARS))

    @cache
    def items() -> set:
        return {gap.item for gap in delivery_gap(person, quarter, least=30).gaps}

    return {
        "loyalty: what each class of customers bought": lambda: loyalty(person, year),
        "loyalty: who comes back, by month": lambda: returning(person, year, "EUR"),
        "drivers": lambda: driver_reading(person, year),
        "expected and found": lambda: service_quality(person, year, least=10, weights={}),
        "expected and found, in another time": lambda: service_quality(person, earlier, least=10, weights={}, steps=()),
        "delivery gap: a quarter": lambda: delivery_gap(person, quarter, least=30),
        "delivery gap: the quarters of three years, three questions": lambda: quarters_of(
            person, items(), years, least=30
        ),
        "peak and end": lambda: memories(person, year, listed=20),
    }


class Spent:
    """Processor time that DuckDB took of the readings, in all threads."""

    def __init__(self) -> None:
        self.seconds = 0.0
        for name in ("of_files", "columns_of_files"):
            setattr(Embedded, name, self._timed(getattr(Embedded, name)))

    def _timed(self, do):
        def timed(*args):
            begun = time.process_time()
            try:
                return do(*args)
            finally:
                self.seconds += time.process_time() - begun

        return timed


def serve(folder: str) -> None:
    """A process like that of a page: every reading, then how much memory it came to."""
    common.set_up(folder)
    asked, spent = readings(), Spent()
    gc.freeze()  # as premura.asgi does once everything is loaded
    result = {"start": common.peak_mb(), "took": {}}
    for name, ask in asked.items():
        ask()
        runs = []
        for _ in range(common.ROUNDS):
            spent.seconds, begun, processor = 0.0, time.perf_counter(), time.process_time()
            assert ask(), name
            runs.append((time.perf_counter() - begun, time.process_time() - processor, spent.seconds))
        result["took"][name] = [1000 * statistics.median(column) for column in zip(*runs, strict=True)]
    result["peak"] = common.peak_mb()
    print(json.dumps(result))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=int, default=10_000_000)
    parser.add_argument("--folder", default="")
    parser.add_argument("--do", choices=["serve"])
    args = parser.parse_args()
    if args.do:
        serve(args.folder)
        return
    folder = common.set_up(args.folder)
    store = make(folder / "facts", args.answers)
    served = common.in_a_process(Path(__file__), "serve", folder)
    limit = "≤ 1.5 s" if args.answers > 20_000_000 else "≤ 250 ms"
    rows = [
        (
            name,
            f"{limit} each" if name.endswith("questions") else limit,
            f"{wall:.0f} ms ({processor:.0f} of processor, {engine:.0f} of them the engine)",
        )
        for name, (wall, processor, engine) in served["took"].items()
    ]
    rows.append(("memory", "< 250 MB", f"{served['peak']:.0f} MB ({served['start']:.0f} before it asks)"))
    common.table(f"Readings of {store.manifest().rows:,} answers", rows)


if __name__ == "__main__":
    main()
