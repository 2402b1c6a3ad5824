"""What the readings take that no cell and no count answers: each as its page reads it, all of it but the template.

    python benchmarks/engine/readings.py [--answers 10000000] [--folder DIR]

Three surveys of fifteen questions, six in ten of their answers with a name: the recommendation, a mark of its
touchpoint, seven details, three pairs of what was expected and found. Beside them the purchases of 200,000 customers.
"""

import argparse
import gc
import json
import statistics
import time
from datetime import UTC, date, datetime
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
  split_part(question, ':', 1) AS question, split_part(question, ':', 2) AS part,
  CASE WHEN customer IS NOT NULL AND hash(response, 1) % 10 < 6 THEN (1 + hash(response, 2) % {CUSTOMERS})::BIGINT END
    AS customer)"""
_BOUGHT = """COPY (SELECT 1 + hash(id, 1) % {customers}, 1 + hash(id, 1) % {customers} % 25,
  DATE '{month}' + (hash(id, 2) % 28)::INTEGER, 500 + hash(id, 3) % 9500, 'EUR'
  FROM range({first}, {last}) t(id)) TO {path} (FORMAT csv, HEADER false)"""
#: A year, as the page of loyalty shows it, and the time before it
YEAR = (date(2025, 1, 1), date(2025, 12, 31))


def make(folder: Path, answers: int) -> FactStore:
    """Facts, purchases, and the rows of the database that say what was asked."""
    store = facts.make(folder, answers, QUESTIONS, _COLUMNS)
    _make_purchases(store)
    _make_surveys()
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
    for pk in range(1, 4):
        survey, _ = Survey.objects.get_or_create(
            pk=pk, defaults={"programme": programme, "slug": f"survey-{pk}", "created_at": now}
        )
        SurveyVersion.objects.get_or_create(
            survey=survey, number=1, defaults={"definition": {"questions": questions}, "published_at": now}
        )


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
    from premura.loop.understand.drivers import driver_reading
    from premura.loop.understand.loyalty import loyalty
    from premura.loop.understand.remembered import memories
    from premura.loop.understand.returning import returning
    from premura.loop.understand.service_quality import service_quality
    from premura.loop.understand.windows import Window

    person, year = Person.objects.get_or_create(email="benchmark@example.com")[0], Window(*YEAR)
    return {
        "loyalty: what each class of customers bought": lambda: loyalty(person, year),
        "loyalty: who comes back, by month": lambda: returning(person, year, "EUR"),
        "drivers": lambda: driver_reading(person, year),
        "expected and found": lambda: service_quality(person, year, least=10, weights={}),
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
        (name, limit, f"{wall:.0f} ms ({processor:.0f} of processor, {engine:.0f} of them the engine)")
        for name, (wall, processor, engine) in served["took"].items()
    ]
    rows.append(("memory", "< 250 MB", f"{served['peak']:.0f} MB ({served['start']:.0f} before it asks)"))
    common.table(f"Readings of {store.manifest().rows:,} answers", rows)


if __name__ == "__main__":
    main()
