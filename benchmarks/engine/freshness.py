"""How long after it was received an answer is in the numbers, while 1,000 answers a second come in.

    python benchmarks/engine/freshness.py [--seconds 30] [--rate 1000]

A worker as the product starts it unfolds and exports; this process only writes submissions of 15 answers, as the
collector writes them, and asks the engine how many it counts.
"""

import argparse
import os
import resource
import signal
import statistics
import subprocess
import sys
import threading
import time

import common

A_RESPONSE = 15


def survey():
    """A published survey of 15 questions that give a score."""
    from django.utils import timezone

    from premura.core.company.models import Company
    from premura.loop.listen.definition import Definition, Question, definition_to
    from premura.loop.listen.models import Programme, Survey, SurveyVersion
    from premura.loop.listen.surveys import us

    now = timezone.now()
    Company.objects.create(pk=1, name="Benchmark", sector="rental", language="it")
    us()
    kinds = ["nps", *["csat"] * 7, *["ces"] * 7]
    questions = tuple(Question(f"q{place}", kind, {"it": "?", "en": "?"}) for place, kind in enumerate(kinds))
    definition = definition_to(Definition({"it": "x", "en": "x"}, ("it", "en"), questions))
    programme = Programme.objects.create(name="p", created_at=now)
    made = Survey.objects.create(programme=programme, slug="benchmark", draft=definition, created_at=now)
    return SurveyVersion.objects.create(survey=made, number=1, definition=definition, published_at=now), questions


def write(version, questions, per_second: int, seconds: float, written: list) -> None:
    """Submissions in batches of a tenth of a second, each batch one transaction, as the collector commits them."""
    from uuid import uuid4

    from django.utils import timezone

    from premura.loop.listen.models import Submission

    begun, count = time.monotonic(), 0
    while (passed := time.monotonic() - begun) < seconds:
        due = int(passed * per_second / A_RESPONSE) - count
        if due:
            answers = {question.code: 5 for question in questions}
            Submission.objects.bulk_create(
                Submission(version=version, key=uuid4().hex, received_at=timezone.now(), language="it", channel="link",
                           answers=answers) for _ in range(due)
            )  # fmt: skip
            count += due
            written.append((time.monotonic(), count))
        time.sleep(0.1)


def spread(seconds: list[float]) -> str:
    ordered = sorted(seconds)
    p95 = ordered[int(len(ordered) * 0.95)]
    return f"median {statistics.median(ordered):.2f} s, p95 {p95:.2f} s, worst {ordered[-1]:.2f} s"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--rate", type=int, default=1000)
    args = parser.parse_args()
    data = common.set_up()
    version, questions = survey()
    from django.utils import timezone

    from premura.engine.questions import CountQuestion
    from premura.loop.understand.engine_counts import counted

    environment = {**os.environ, "PREMURA_DATA": str(data)}
    worker = subprocess.Popen([sys.executable, "-m", "premura", "worker"], env=environment)
    question = CountQuestion(("nps",), timezone.localdate(), timezone.localdate())
    while counted(question) is None:
        time.sleep(0.2)
    written: list[tuple[float, int]] = []
    writer = threading.Thread(target=write, args=(version, questions, args.rate, args.seconds, written))
    writer.start()
    lags, behind, seen = [], [], 0
    until = time.monotonic() + args.seconds + 60
    while time.monotonic() < until and (writer.is_alive() or seen < len(written)):
        answer = counted(question)
        behind.append((timezone.now() - answer.as_of).total_seconds() if answer else 60.0)
        n = answer.counts[("nps",)].n if answer and answer.counts else 0
        while seen < len(written) and written[seen][1] <= n:
            lags.append(time.monotonic() - written[seen][0])
            seen += 1
        time.sleep(0.05)
    worker.send_signal(signal.SIGTERM)
    worker.wait(30)
    rows = [("received → unfolded → counted", "≤ 2 s", spread(lags)), ("unfolded → counted", "–", spread(behind))]
    received = written[-1][1] * A_RESPONSE
    title = f"Freshness: {received:,} answers in {args.seconds:g} s, {received / args.seconds:.0f} a second"
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    busy = (used.ru_utime + used.ru_stime) / received * 1000
    rows += [("CPU of the worker, start included", "< 1 s a second", f"{busy:.2f} s for 1,000 answers")]
    common.table(title, [*rows, ("all counted", "–", str(seen == len(written)))])


if __name__ == "__main__":
    main()
