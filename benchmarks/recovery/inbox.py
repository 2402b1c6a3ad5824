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
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

CUSTOMERS = 20_000
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
    from django.db import transaction
    from django.utils import timezone

    chance, now = random.Random(1), timezone.now()
    people, places = _company()
    with transaction.atomic():
        _customers(chance, places, now)
        made = _cases(chance, now, cases, share_open, people=people, places=places)
        _words(made)
        _duties(made)


def _insert(model: Any, rows: Iterable[dict[str, Any]]) -> None:
    """Rows as plain columns, each column that is not said at its default: a tenth of what objects cost."""
    from django.db import connection

    fields = model._meta.local_concrete_fields
    usual = {field.column: field.get_db_prep_save(field.get_default(), connection) for field in fields}
    names = ", ".join(connection.ops.quote_name(column) for column in usual)
    marks = ", ".join(["%s"] * len(usual))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {connection.ops.quote_name(model._meta.db_table)} ({names}) VALUES ({marks})",
            ([_plain(row.get(column, value)) for column, value in usual.items()] for row in rows),
        )


def _plain(value: Any) -> Any:
    from django.db import connection

    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value


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
    people, places = Person.objects.bulk_create(people), list(Location.objects.all())
    people[0].locations.set(places[:1])
    return [person.pk for person in people], [place.pk for place in places]


def _customers(chance: random.Random, places: list[int], now: datetime) -> None:
    from premura.core.customers.models import Customer

    rows = ({"id": n, "name": f"Cliente {n}", "location_id": chance.choice(places)} for n in range(1, CUSTOMERS + 1))
    _insert(Customer, (row | {"created_at": now} for row in rows))


def _cases(
    chance: random.Random, now: datetime, count: int, share_open: float, *, people: list[int], places: list[int]
) -> list[dict[str, Any]]:
    """Writes them down and returns them as columns."""
    from premura.core.journeys.models import Touchpoint
    from premura.loop.recover.models import Case

    points, rows = list(Touchpoint.objects.values_list("pk", flat=True)), []
    for number in range(1, count + 1):
        row = {
            "id": number,
            "title": f"{chance.choice(TITLES)} {number}",
            "why": '[{"code": "by-hand"}]',
            "channel": "phone",
            "severity": chance.choices(("low", "normal", "high"), (3, 5, 2))[0],
            "customer_id": chance.randrange(CUSTOMERS) + 1,
            "location_id": chance.choice(places),
            "owner_id": chance.choice(people),
            "touchpoint_id": chance.choice(points),
            "opened_at": now - timedelta(minutes=chance.randrange(60 * 24 * 730)),
            "token": f"token-{number}",
        }
        rows.append(row | _progress(row["opened_at"], chance, is_open=chance.random() < share_open))
    _insert(Case, rows)
    return rows


def _progress(opened_at: datetime, chance: random.Random, *, is_open: bool) -> dict[str, Any]:
    """How far it has come: half of the open ones are answered, in two of five the customer waits."""
    from premura.loop.recover.models import NEVER

    answered = not is_open or chance.random() < 0.5
    return {
        "is_open": is_open,
        "first_answered_at": opened_at + timedelta(hours=2) if answered else None,
        "next_due_at": opened_at + timedelta(hours=24 if answered else 4) if is_open else NEVER,
        "waiting_since": opened_at if is_open and chance.random() < 0.4 else None,
        "resolved_at": None if is_open else opened_at + timedelta(days=2),
    }


def _words(made: list[dict[str, Any]]) -> None:
    from premura.loop.recover.models import Message

    said = ({"case_id": row["id"], "text": row["title"], "written_at": row["opened_at"]} for row in made)
    _insert(Message, (row | {"id": number, "direction": "in"} for number, row in enumerate(said, 1)))


def _duties(made: list[dict[str, Any]]) -> None:
    from premura.loop.promise.models import Commitment

    duties = (
        {
            "kind": kind,
            "what": row["title"],
            "owner_id": row["owner_id"],
            "case_id": row["id"],
            "location_id": row["location_id"],
            "customer_id": row["customer_id"],
            "made_at": row["opened_at"],
            "due_at": row["opened_at"] + timedelta(hours=hours),
            "ended_at": None if row["is_open"] else row["resolved_at"],
        }
        for row in made
        for kind, hours in (("first_answer", 4), ("solution", 24))
    )
    _insert(Commitment, (row | {"id": number} for number, row in enumerate(duties, 1)))


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
            start, worked = time.perf_counter(), time.process_time()
            build(chosen.cases, chosen.open)
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
            took, work = time.perf_counter() - start, time.process_time() - worked
            print(f"made in {took:.0f} s, {work:.0f} s of work")
        print(f"{Case.objects.count():,} cases")
        print(f"slowest: {measure(chosen.rounds):.0f} ms")


if __name__ == "__main__":
    main()
