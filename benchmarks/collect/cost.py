"""Processor time of one submission, without a network: what the event loop's thread needs, and what the writer does.

    python benchmarks/collect/cost.py [--submissions 20000] [--together 64] [--profile]

Wall time says little on a machine that has other work; processor time stays nearly the same. The collector is called
as the server would call it, ``--together`` requests at a time, and every answer is on disk before it is counted.
"""

import argparse
import asyncio
import cProfile
import os
import pstats
import statistics
import sys
import tempfile
import time

import load
from measure import SLUG, prepared

ROUNDS = 5


def scope_of(request: bytes) -> tuple[dict[str, object], bytes]:
    """The same request as an ASGI server hands it over."""
    head, _, body = request.partition(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")
    path = first.split(b" ")[1].decode()
    headers = [tuple(line.split(b": ", 1)) for line in lines]
    scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": headers}
    return {**scope, "client": ("127.0.0.1", 40_000)}, body


async def answered(application, request: tuple[dict[str, object], bytes]) -> None:
    scope, body = request

    async def receive():
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message) -> None:
        if message["type"] == "http.response.start" and message["status"] != 201:
            raise SystemExit(f"answered with {message['status']}")

    await application(scope, receive, send)


async def round_of(application, first: int, count: int, together: int) -> tuple[float, float]:
    """Microseconds a submission: of this thread, and of all the others."""
    requests = [scope_of(load.request(SLUG, first + number)) for number in range(count)]
    here, all_threads = time.thread_time(), time.process_time()
    for start in range(0, count, together):
        await asyncio.gather(*(answered(application, one) for one in requests[start : start + together]))
    here, all_threads = time.thread_time() - here, time.process_time() - all_threads
    return here / count * 1e6, (all_threads - here) / count * 1e6


async def run(arguments: argparse.Namespace) -> None:
    from premura.asgi import application, collector

    await collector.start()
    await round_of(application, 0, 2_000, arguments.together)
    profile = cProfile.Profile()
    if arguments.profile:
        profile.enable()
    count = arguments.submissions // ROUNDS
    rounds = [await round_of(application, 100_000 * (n + 1), count, arguments.together) for n in range(ROUNDS)]
    profile.disable()
    await collector.stop()
    if arguments.profile:
        pstats.Stats(profile).sort_stats("tottime").print_stats(45)
    loop, writer = (statistics.median(values) for values in zip(*rounds, strict=True))
    print(f"event loop {loop:6.1f} µs   writer {writer:6.1f} µs   together {loop + writer:6.1f} µs a submission")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--submissions", type=int, default=20_000)
    parser.add_argument("--together", type=int, default=64)
    parser.add_argument("--profile", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="premura-cost-") as folder:
        os.environ |= prepared(folder)
        asyncio.run(run(arguments))
    return 0


if __name__ == "__main__":
    sys.exit(main())
