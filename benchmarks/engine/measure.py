"""What the engine takes at a number of answers: questions from the cube and from the facts, the cube made anew, a dirty
month, the memory of a serving process.

    python benchmarks/engine/measure.py [--answers 10000000] [--folder DIR] [--postgres postgres://…]

With ``--postgres`` the same questions are put to that server as well, on one flat table with covering indexes.
"""

import argparse
import gc
import json
import sys
import time
from pathlib import Path

import common

sys.path.insert(0, str(Path(__file__).parent))


def fill() -> tuple[float, int]:
    """All cells from the facts into the database, as the exporter does it; seconds and cells."""
    from django.utils import timezone

    from premura.loop.listen.models import Subject
    from premura.loop.understand.export import Exporter
    from premura.loop.understand.models import Fill

    exporter = Exporter()
    manifest = exporter.store.manifest()
    Subject.objects.get_or_create(pk=1, defaults={"name": "Benchmark", "is_us": True})
    Fill.objects.update_or_create(pk=1, defaults={"store": manifest.store, "catalogue": "", "begun_at": timezone.now()})
    begun = time.perf_counter()
    count = exporter.remake_cells(manifest)
    seconds = time.perf_counter() - begun
    exporter.close()
    return seconds, count


def serve(folder: str) -> None:
    """A process like that of a page: every question, then how much memory it came to."""
    common.set_up(folder)
    from premura.loop.understand.engine_counts import counted

    gc.freeze()  # as premura.asgi does once everything is loaded
    result = {"start": common.peak_mb(), "cube": {}, "facts": {}, "n": {}}
    for kind, questions in (("cube", common.cube_questions()), ("facts", common.facts_questions())):
        for name, question in questions.items():
            result[kind][name] = common.median_ms(lambda question=question: counted(question))
            answer = counted(question)
            result["n"][name] = sum(sum(counts.values()) for counts in answer.counts.values())
            assert kind == "facts" or answer.source == "cube", (name, answer.source)
    result["peak"] = common.peak_mb()
    print(json.dumps(result))


def rebuild(folder: str) -> None:
    """The cube made anew, and one dirty month: in a process of its own, to see its memory."""
    common.set_up(folder)
    from premura.loop.understand.export import Exporter

    seconds, cells = fill()
    exporter = Exporter()
    exporter.round()  # reads all files once, as a worker does when it starts
    month = max(exporter.store.manifest().months)
    keys = iter(responses_of(exporter, month))
    dirty = common.median_ms(lambda: erase(exporter, month, next(keys)))
    exporter.close()
    print(json.dumps({"seconds": seconds, "cells": cells, "dirty": dirty, "peak": common.peak_mb()}))


def responses_of(exporter, month) -> list[int]:
    """Some responses of the month, far from each other."""
    from premura.engine.embedded import files_sql

    paths = [exporter.store.folder / file.name for file in exporter.store.manifest().of_month(month)]
    rows = exporter.duck.rows(f"SELECT DISTINCT response FROM {files_sql(paths)} ORDER BY 1 LIMIT 100")
    return [key for (key,) in rows]


def erase(exporter, month, key: int) -> None:
    """One response is gone from the answers (which the benchmark never had): a round of the exporter takes it out of
    the files and the cells.
    """
    from uuid import UUID

    from django.utils import timezone

    from premura.engine.store import key_of
    from premura.loop.understand.models import Mark

    digits = f"{key:015x}"
    response, rows = UUID(f"000{digits[:5]}{'0' * 14}{digits[5:]}"), exporter.store.manifest().rows
    assert key_of(response.hex) == key
    Mark.objects.create(response=response, month_on=month, is_new=False, marked_at=timezone.now())
    assert exporter.round()
    assert exporter.store.manifest().rows < rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=int, default=10_000_000)
    parser.add_argument("--folder", default="")
    parser.add_argument("--postgres", default="")
    parser.add_argument("--do", choices=["serve", "rebuild"])
    args = parser.parse_args()
    if args.do:
        {"serve": serve, "rebuild": rebuild}[args.do](args.folder)
        return
    data = common.set_up(args.folder)
    import data as facts

    store = facts.make(data / "facts", args.answers)
    size = sum(file.bytes for file in store.manifest().files) / 1e6
    made = common.in_a_process(Path(__file__), "rebuild", data)
    served = common.in_a_process(Path(__file__), "serve", data)
    slow = {}
    if args.postgres:
        import postgres

        slow = postgres.measure(args.postgres, store, {**common.cube_questions(), **common.facts_questions()})
    limit = "≤ 1.5 s" if args.answers > 20_000_000 else "≤ 250 ms"
    rows = [("facts on disk", "–", f"{size:.0f} MB")]
    for kind, promise in (("cube", "≤ 20 ms"), ("facts", limit)):
        for name, ms in served[kind].items():
            beside = f"; PostgreSQL {slow[name]:.0f} ms, × {slow[name] / ms:.0f}" if name in slow else ""
            rows.append((f"{kind}: {name}", promise, f"{ms:.1f} ms{beside}"))
    rows += [
        (f"cube made anew, {made['cells']:,} cells", "≤ 15 s at 100 million", f"{made['seconds']:.1f} s"),
        ("one dirty month", "≤ 500 ms", f"{made['dirty']:.0f} ms"),
        ("memory of the process that makes them", "< 2,000 MB", f"{made['peak']:.0f} MB"),
        ("memory of a serving process", "< 250 MB", f"{served['peak']:.0f} MB ({served['start']:.0f} before it asks)"),
    ]
    common.table(f"{store.manifest().rows:,} answers", rows)


if __name__ == "__main__":
    main()
