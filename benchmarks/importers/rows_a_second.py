"""How many rows of a CSV a second become responses, in how much memory; beside it the same file read by polars.

    python benchmarks/importers/rows_a_second.py [ROWS]

Makes a data folder of its own in a temporary place. The five columns: id, date, NPS, a mark from 1 to 5, a comment in
every fourth row. Reading by another library does far less (it neither checks nor writes): it is there for proportion.
"""

import cProfile
import os
import pstats
import random
import shutil
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from memory import peak_mb as peak_mb  # beside this folder

ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
WORDS = [
    "Personale gentile",
    "Attesa lunga al banco",
    "Macchina pulita e pronta",
    "Prezzo chiaro",
    "Consegna in ritardo",
]


def write_file(path: Path) -> None:
    chance, start = random.Random(7), datetime(2024, 1, 1, tzinfo=UTC)
    with path.open("w", encoding="utf-8") as file:
        file.write("id,date,nps,soddisfazione,commento\n")
        for number in range(ROWS):
            day = start + timedelta(seconds=number * 60)
            words = chance.choice(WORDS) if number % 4 == 0 else ""
            file.write(f"r{number},{day:%Y-%m-%d %H:%M},{chance.randint(0, 10)},{chance.randint(1, 5)},{words}\n")


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="premura-bench-"))
    os.environ["PREMURA_DATA"] = str(folder / "data")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "premura.settings")
    path = folder / "rows.csv"
    write_file(path)
    try:
        measure(path)
    finally:
        shutil.rmtree(folder)


def marks(kind: str) -> int:
    """The sum of what was written, to hold it against the sum of what another library reads."""
    from django.db.models import Sum

    from premura.loop.listen.models import Answer

    return int(Answer.objects.filter(kind=kind).aggregate(total=Sum("score"))["total"])


def measure(path: Path) -> None:
    import django

    django.setup()
    from premura.core.company.models import Company
    from premura.entrypoints.cli.prepare import prepare
    from premura.importers.bringing import Wish, bring

    prepare()
    Company.objects.create(pk=1, name="Nolo Prova", sector="rental", language="it")
    profile = cProfile.Profile() if os.environ.get("PROFILE") else None
    before = peak_mb()
    begun, cpu = time.perf_counter(), time.process_time()
    if profile:
        profile.enable()
    result = bring(path, Wish(kind="responses"), by=None, lang="it")
    if profile:
        profile.disable()
    took, used = time.perf_counter() - begun, time.process_time() - cpu
    peak = peak_mb()
    print(
        f"{result.accepted} of {ROWS} rows in {took:.1f} s: {ROWS / took:,.0f} rows/s ({ROWS / used:,.0f} a CPU second)"
    )
    print(f"memory: {before:.0f} MB before, {peak:.0f} MB at the peak")
    import polars

    begun, cpu = time.perf_counter(), time.process_time()
    table = polars.read_csv(path)
    took, used = time.perf_counter() - begun, time.process_time() - cpu
    rates = f"{ROWS / took:,.0f} rows/s ({ROWS / used:,.0f} a CPU second)"
    print(f"polars reads {table.height} rows in {took:.2f} s: {rates}")
    assert table.height == result.accepted
    assert table["nps"].sum() == marks("nps")
    assert table["soddisfazione"].sum() == marks("csat")
    if profile:
        pstats.Stats(profile).sort_stats("tottime").print_stats(22)


if __name__ == "__main__":
    main()
