"""The inbox at 100,000 cases: how long each filter takes, and how many queries, through the whole page.

    python benchmarks/recovery/inbox.py [--cases 100000] [--open 0.2] [--rounds 5]

Builds a company of its own in a temporary folder on SQLite (or in the database of PREMURA_DATABASE, which must be
empty), asks for the page as somebody who leads one place and as the owner, and prints the median of the rounds. What it
makes is invented: 20,000 customers, four places, five people, a fifth of the cases open with two duties each.
"""

import argparse
import os
import random
import statistics
import tempfile
import time
from datetime import datetime, timedelta
from typing import Any

PLACES = ("Vicenza", "Padova", "Treviso", "Verona")
TITLES = ("Betoniera sporca", "Consegna in ritardo", "Fattura sbagliata")
FILTERS = (
    "",
    "state=all",
    "state=unanswered",
    "state=waiting&order=waiting",
    "state=resolved&order=new",
    "state=all&order=old",
    "place=1",
    "owner=me",
    "severity=high",
    "point=1",
    "period=30",
    "state=all&severity=high&place=1&period=365&order=new",
    "q=4711",
    "state=all&q=betoniera",
    "state=all&q=Cliente 777",
    "state=all&page=400&order=new",
)


def build(cases: int, share_open: float) -> None:
    """A company with its people and customers, its cases with their first words, and the duties of the cases."""
    from django.utils import timezone

    chance, now = random.Random(1), timezone.now()
    people, locations = _company()
    customers = _customers(chance, locations, now)
    made = _cases(chance, now, cases, share_open, people=people, locations=locations, customers=customers)
    _words(made)
    _duties(made)


def _company() -> tuple[list[Any], list[Any]]:
    from django.contrib.auth.hashers import make_password

    from premura.core.company.models import Location
    from premura.core.staff.models import Person
    from premura.loop.founding import Founding, found_company

    given = {"company": "Prova", "sector": "rental", "language": "it", "person": "Olga", "email": "olga@example.it"}
    found_company(Founding(password="parola-di-prova-1", locations=PLACES, **given))
    nobody = make_password(None)
    people = [
        Person(email=f"p{n}@example.it", name=f"Persona {n}", role="manager", password=nobody, language="it")
        for n in range(5)
    ]
    people, locations = Person.objects.bulk_create(people), list(Location.objects.all())
    people[0].locations.set(locations[:1])
    return people, locations


def _customers(chance: random.Random, locations: list[Any], now: datetime) -> list[Any]:
    from premura.core.customers.models import Customer

    return Customer.objects.bulk_create(
        [Customer(name=f"Cliente {n}", location=chance.choice(locations), created_at=now) for n in range(20_000)]
    )


def _cases(chance: random.Random, now: datetime, count: int, share_open: float, **known: list[Any]) -> list[Any]:
    from premura.core.journeys.models import Touchpoint
    from premura.loop.recover.models import Case

    points = list(Touchpoint.objects.all())
    rows = []
    for number in range(count):
        chosen = {name: chance.choice(known[name]) for name in ("customers", "locations", "people")}
        row = Case(
            title=f"{chance.choice(TITLES)} {number}",
            why=[{"code": "by-hand"}],
            channel="phone",
            severity=chance.choices(("low", "normal", "high"), (3, 5, 2))[0],
            customer=chosen["customers"],
            location=chosen["locations"],
            owner=chosen["people"],
            touchpoint=chance.choice(points),
            opened_at=now - timedelta(minutes=chance.randrange(60 * 24 * 730)),
        )
        _progress(row, chance, is_open=chance.random() < share_open)
        rows.append(row)
    return Case.objects.bulk_create(rows, batch_size=2000)


def _progress(case: Any, chance: random.Random, *, is_open: bool) -> None:
    """How far it has come: half of the open ones are answered, in two of five the customer waits."""
    from premura.loop.recover.models import NEVER

    answered = not is_open or chance.random() < 0.5
    case.is_open = is_open
    case.first_answered_at = case.opened_at + timedelta(hours=2) if answered else None
    case.next_due_at = case.opened_at + timedelta(hours=24 if answered else 4) if is_open else NEVER
    case.waiting_since = case.opened_at if is_open and chance.random() < 0.4 else None
    case.resolved_at = None if is_open else case.opened_at + timedelta(days=2)


def _words(made: list[Any]) -> None:
    from premura.loop.recover.models import Message

    said = [Message(case=case, direction="in", text=case.title, written_at=case.opened_at) for case in made]
    Message.objects.bulk_create(said, batch_size=2000)


def _duties(made: list[Any]) -> None:
    from premura.loop.promise.models import Commitment

    duties = [
        Commitment(
            kind=kind,
            what=case.title,
            owner=case.owner,
            case=case,
            location=case.location,
            customer=case.customer,
            made_at=case.opened_at,
            due_at=case.opened_at + timedelta(hours=hours),
            ended_at=None if case.is_open else case.resolved_at,
        )
        for case in made
        for kind, hours in (("first_answer", 4), ("solution", 24))
    ]
    Commitment.objects.bulk_create(duties, batch_size=2000)


def measure(rounds: int) -> float:
    """The slowest median of the work done (processor time: other programs do not count), in milliseconds."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from premura.core.staff.models import Person

    slowest = 0.0
    print(f"{'milliseconds':>12}  {'of work':>7}  {'SQL':>5}  {'queries':>7}  filter")
    for person in (Person.objects.get(email="olga@example.it"), Person.objects.get(email="p0@example.it")):
        browser = Client(SERVER_NAME="localhost")
        browser.force_login(person)
        for query in FILTERS:
            browser.get(f"/recovery/?{query}")
            times, busy = [], []
            for _ in range(rounds):
                start, worked = time.perf_counter(), time.process_time()
                response = browser.get(f"/recovery/?{query}")
                times.append((time.perf_counter() - start) * 1000)
                busy.append((time.process_time() - worked) * 1000)
            with CaptureQueriesContext(connection) as queries:
                browser.get(f"/recovery/?{query}")
            middle, work = statistics.median(times), statistics.median(busy)
            slowest = max(slowest, work)
            sql = sum(float(one["time"]) for one in queries) * 1000
            print(f"{middle:12.0f}  {work:7.0f}  {sql:5.0f}  {len(queries):7}  {person.role:8} {query}", flush=True)
            if response.status_code != 200:
                raise SystemExit(f"{query}: {response.status_code}")
    return slowest


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--open", type=float, default=0.2)
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("PREMURA_DATA", folder)
        os.environ["DJANGO_SETTINGS_MODULE"] = "premura.settings"
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection

        from premura.loop.recover.models import Case

        call_command("migrate", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        if not Case.objects.exists():
            start = time.perf_counter()
            build(chosen.cases, chosen.open)
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
            print(f"made in {time.perf_counter() - start:.0f} s")
        print(f"{Case.objects.count():,} cases")
        print(f"slowest: {measure(chosen.rounds):.0f} ms")


if __name__ == "__main__":
    main()
