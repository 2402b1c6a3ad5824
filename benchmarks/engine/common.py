"""What the benchmarks share: a fresh company, the questions of the explorer, a table that says where it ran."""

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from memory import peak_mb as peak_mb  # beside this folder

ROUNDS = 5


def set_up(folder: str = "") -> Path:
    """Django on a data folder of its own, with the tables made."""
    data = Path(folder or tempfile.mkdtemp(prefix="premura-engine-"))
    os.environ["PREMURA_DATA"] = str(data)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "premura.settings")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    return data


def median_ms(do: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Median of ``rounds`` warm runs, in milliseconds."""
    do()
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        do()
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times)


def in_a_process(script: Path, what: str, folder: Path) -> dict:
    """What ``script --do what`` says last, in a process of its own: to see its memory."""
    done = subprocess.run(
        [sys.executable, str(script), "--do", what, "--folder", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(done.stderr[-3000:])
    return json.loads(done.stdout.splitlines()[-1])


def where() -> str:
    """The machine and the versions."""
    names = ("duckdb", "ibis-framework", "Django", "numpy")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cpus = f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.machine()}, Python {platform.python_version()}"
    return f"{cpus}, " + ", ".join(f"{name} {version(name)}" for name in names)


def table(title: str, rows: list[tuple[str, str, str]]) -> None:
    """Print what was promised beside what was measured."""
    print(f"\n{title} (medians of {ROUNDS}; {where()}; {datetime.now(UTC):%Y-%m-%d})")
    print("| what | promised | measured |\n| --- | --- | --- |")
    for row in rows:
        print(f"| {' | '.join(row)} |", flush=True)


def cube_questions() -> dict:
    """What the explorer asks and a cube answers; the last but one as a person of two places sees it."""
    from premura.engine.questions import CountQuestion

    years, all_of = (date(2023, 1, 1), date(2025, 12, 31)), ("nps", "csat", "ces", "delight")
    half, quarter = (date(2025, 7, 1), date(2025, 12, 31)), (date(2025, 9, 29), date(2025, 12, 28))
    return {
        "NPS by week, 3 years": CountQuestion(("nps",), *years, ("week",)),
        "four figures, 3 years": CountQuestion(all_of, *years),
        "NPS and CSAT by touchpoint and month, one place": CountQuestion(
            ("nps", "csat"), *years, ("touchpoint", "month"), {"location": 7}
        ),
        "NPS by touchpoint, half a year": CountQuestion(("nps",), *half, ("touchpoint",)),
        "NPS by location and month, 3 years": CountQuestion(("nps",), *years, ("location", "month")),
        "CSAT by location, a quarter of weeks": CountQuestion(("csat",), *quarter, ("location",)),
        "NPS by touchpoint and location, 3 years": CountQuestion(("nps",), *years, ("touchpoint", "location")),
        "NPS by week, two places may be seen": CountQuestion(("nps",), *years, ("week",), {}, frozenset({3, 9})),
        "NPS by week at one touchpoint": CountQuestion(("nps",), *years, ("week",), {"touchpoint": 5}),
    }


def facts_questions() -> dict:
    """What only the facts can answer."""
    from premura.engine.questions import CountQuestion

    years = (date(2023, 1, 1), date(2025, 12, 31))
    return {
        "NPS by channel, 3 years": CountQuestion(("nps",), *years, ("channel",)),
        "NPS by week of one survey": CountQuestion(("nps",), *years, ("week",), {"survey": 2}),
        "CSAT of one question with three filters": CountQuestion(
            ("csat",), *years, (), {"question": "satisfied", "language": "en", "channel": "qr", "location": 4}
        ),
        "four figures by language and month": CountQuestion(
            ("nps", "csat", "ces", "delight"), *years, ("language", "month")
        ),
        "NPS by touchpoint, 90 days that cut weeks": CountQuestion(
            ("nps",), date(2025, 9, 17), date(2025, 12, 17), ("touchpoint",)
        ),
    }
