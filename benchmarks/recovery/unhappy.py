"""How long after an unhappy answer its case has an owner and its two deadlines (2 s at most), one answer after another.

    PREMURA_DATA=FOLDER python benchmarks/recovery/unhappy.py [--answers 20]

FOLDER is a demo company, or a copy of one; answers are written into it. A worker as the product starts it does the
work; this process writes what the collector writes, and looks every 20 ms.
"""

import argparse
import os
import signal
import statistics
import subprocess
import sys
import time
from uuid import uuid4

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "premura.settings")
LIMIT_SECONDS, PATIENCE_SECONDS = 2.0, 60.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=int, default=20)
    args = parser.parse_args()
    import django

    django.setup()
    from django.utils import timezone

    from premura.loop.listen.models import Submission, SurveyVersion
    from premura.loop.promise.models import Commitment
    from premura.loop.recover.models import Case

    version = SurveyVersion.objects.filter(survey__slug="noleggio").latest("number")
    worst = {question["code"]: 1 for question in version.definition["questions"] if question["kind"] == "csat"}
    worker = subprocess.Popen([sys.executable, "-m", "premura", "worker"])
    lags = []
    try:
        for number in range(args.answers + 1):
            before = set(Case.objects.order_by("-pk").values_list("pk", flat=True)[:1])
            sent = timezone.now()
            answers = {**worst, "nps": 0}
            Submission.objects.create(
                version=version, key=uuid4().hex, received_at=sent, language="it", channel="link", answers=answers
            )
            begun = time.monotonic()
            while time.monotonic() - begun < PATIENCE_SECONDS:
                case = Case.objects.exclude(pk__in=before).filter(opened_at__gte=sent, owner__isnull=False).first()
                if case and Commitment.objects.filter(case=case).count() >= 2:
                    break
                time.sleep(0.02)
            else:
                raise SystemExit("no case came")
            if number:  # the first one waits for the worker to start
                lags.append(time.monotonic() - begun)
            time.sleep(0.5)
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.wait(30)
    lags.sort()
    median, late = statistics.median(lags), sum(lag > LIMIT_SECONDS for lag in lags)
    print(
        f"{len(lags)} unhappy answers: median {median:.2f} s, worst {lags[-1]:.2f} s; over {LIMIT_SECONDS:g} s: {late}"
    )


if __name__ == "__main__":
    main()
