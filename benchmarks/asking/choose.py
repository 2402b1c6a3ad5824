"""Choosing whom to ask among 100,000 customers under every limit, each decision with its reason.

    python benchmarks/asking/choose.py [--customers 100000] [--rounds 3]

Builds a company of its own in a temporary folder on SQLite (or in the database of PREMURA_DATABASE, which must be
empty). Everybody met us in the last month, two in five were asked before, a part of them several times; some have no
address, some wish not to be asked. All of it is invented. Prints the median of the rounds, by the clock and
of the processor (on a machine that others use the clock says more of them); nothing is sent.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections import Counter
from datetime import timedelta


def build(customers: int) -> None:
    from django.utils import timezone

    from premura.core.company.models import Company
    from premura.core.customers.models import Customer, Interaction
    from premura.core.journeys.models import Journey, Stage, Touchpoint
    from premura.loop.listen.models import Invitation, Programme, Survey

    now = timezone.now()
    Company.objects.create(pk=1, name="Nolo Prova", sector="rental", language="it")
    stage = Stage.objects.create(journey=Journey.objects.create(code="j"), code="s", position=1)
    point = Touchpoint.objects.create(stage=stage, code="p", element="service")
    programme = Programme.objects.create(name="Dopo", created_at=now)
    survey = Survey.objects.create(programme=programme, slug="dopo", created_at=now)
    people = [
        Customer(
            name=f"Cliente {n}",
            email="" if n % 11 == 0 else f"c{n}@example.it",
            opted_out_at=now if n % 17 == 0 else None,
            created_at=now,
        )
        for n in range(customers)
    ]
    people = Customer.objects.bulk_create(people, batch_size=5000)
    Interaction.objects.bulk_create(
        [
            Interaction(
                customer=row, touchpoint=point, channel="counter", happened_at=now - timedelta(hours=30 + n % 600)
            )
            for n, row in enumerate(people)
        ],
        batch_size=5000,
    )
    asked = [(row, n, k) for n, row in enumerate(people) for k in range(n % 5 - 2) if n % 5 > 2]
    Invitation.objects.bulk_create(
        [
            Invitation(survey=survey, customer=row, channel="email", asked_at=now - timedelta(days=5 + n % 80 + 3 * k))
            for row, n, k in asked
        ],
        batch_size=5000,
    )


def measure(kind: str, days: int, rounds: int) -> None:
    from django.utils import timezone

    from premura.loop.listen.models import Survey, Trigger
    from premura.loop.listen.triggers import due_decisions

    now = timezone.now()
    survey = Survey.objects.get()
    trigger = Trigger.objects.create(
        programme=survey.programme, survey=survey, kind=kind, days=days, active_from=now - timedelta(days=29)
    )
    seconds, processor = [], []
    for _round in range(rounds):
        start, worked = time.perf_counter(), time.process_time()
        decisions = due_decisions(trigger, now)
        seconds.append(time.perf_counter() - start)
        processor.append(time.process_time() - worked)
    reasons = dict(Counter(row.reason or "asked" for row in decisions))
    print(f"{kind:10} {len(decisions):>8,} decided in {statistics.median(seconds):.2f} s", end=" ")
    print(f"({statistics.median(processor):.2f} s of the processor)  {reasons}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    os.environ["PREMURA_DATA"] = tempfile.mkdtemp(prefix="premura-asking-")
    os.environ["DJANGO_SETTINGS_MODULE"] = "premura.settings"
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    build(args.customers)
    for kind, days in (("meeting", 1), ("silence", 1), ("schedule", 90)):
        measure(kind, days, args.rounds)


if __name__ == "__main__":
    main()
