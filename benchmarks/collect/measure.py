"""Durable submissions a second against the same server echoing the same bytes.

    python benchmarks/collect/measure.py [--seconds 4] [--rounds 5] [--connections 64]

Every submission is answered after its transaction is on disk (SQLite in WAL mode, ``synchronous=FULL``); at the end the
rows are counted.
The two servers are measured in turn, so that whatever else the machine does hits both.
"""

import argparse
import os
import platform
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import load

HERE = Path(__file__).parent
SLUG = "misura"


def prepared(folder: str) -> dict[str, str]:
    """The environment of a product with its data in ``folder``: one company, one published survey."""
    environment = {**os.environ, "PREMURA_DATA": folder, "DJANGO_SETTINGS_MODULE": "premura.settings"}
    subprocess.run([sys.executable, HERE / "prepare.py"], env=environment, check=True)
    (Path(folder) / "static").mkdir()
    return environment


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def serve(application: str, environment: dict[str, str]) -> tuple[subprocess.Popen, int]:
    """Start granian as the product starts it and wait until it listens."""
    port = free_port()
    command = [sys.executable, "-m", "granian", application, "--interface", "asgi", "--no-ws", "--workers", "1"]
    process = subprocess.Popen([*command, "--port", str(port), "--log-level", "error"], env=environment, cwd=HERE)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return process, port
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"{application} does not start")


def measure(port: int, arguments: argparse.Namespace, first: int) -> load.Result:
    many = [load.request(SLUG, first + number) for number in range(int(arguments.seconds * 25_000))]
    return load.run(port, many, connections=arguments.connections, seconds=arguments.seconds)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--connections", type=int, default=64)
    arguments = parser.parse_args()
    environment = prepared(tempfile.mkdtemp(prefix="premura-collect-", dir=os.environ.get("TMPDIR")))
    ours, our_port = serve("premura.asgi:application", environment)
    echo, echo_port = serve("echo:application", environment)
    kept, echoed = [], []
    try:
        measure(our_port, argparse.Namespace(seconds=1, connections=arguments.connections), 0)
        measure(echo_port, argparse.Namespace(seconds=1, connections=arguments.connections), 0)
        for number in range(arguments.rounds):
            kept.append(measure(our_port, arguments, number * 1_000_003))
            echoed.append(measure(echo_port, arguments, number * 1_000_003))
    finally:
        ours.terminate()
        echo.terminate()
        ours.wait()
        echo.wait()
    return report(kept, echoed, environment)


def report(kept: list[load.Result], echoed: list[load.Result], environment: dict[str, str]) -> int:
    rows = int(
        subprocess.run([sys.executable, HERE / "prepare.py", "count"], env=environment, capture_output=True).stdout
    )
    acknowledged = sum(result.kept for result in kept)
    durable = statistics.median(result.per_second for result in kept)
    limit = statistics.median(result.per_second for result in echoed)
    p99 = statistics.median(result.quantile(0.99) for result in kept)
    print(f"machine:   {platform.processor() or platform.machine()}, {os.cpu_count()} cores, {platform.platform()}")
    names = ("granian", "msgspec", "Django")
    print(f"versions:  Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, ", end="")
    print(", ".join(f"{name} {version(name)}" for name in names))
    print(f"durable:   {durable:8,.0f} submissions/s   median of {len(kept)}; p99 {p99:.0f} ms; {statuses(kept)}")
    print(f"echo:      {limit:8,.0f} requests/s      median of {len(echoed)}; {statuses(echoed)}")
    print(f"ratio:     {durable / limit:8.0%}")
    print(f"rows:      {rows:,} in the table, {acknowledged:,} acknowledged in the measured rounds")
    return 0 if rows >= acknowledged else 1


def statuses(results: list[load.Result]) -> str:
    total: dict[int, int] = {}
    for result in results:
        for status, count in result.statuses.items():
            total[status] = total.get(status, 0) + count
    return ", ".join(f"{count:,} × {status}" for status, count in sorted(total.items()))


if __name__ == "__main__":
    sys.exit(main())
