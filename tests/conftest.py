"""What every test stands on: a database of its own (SQLite in a file, or the PostgreSQL of PREMURA_DATABASE), people,
a company.
"""

import gc
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from hypothesis.internal.conjecture import providers

# A machine may be busy: no test is timed. A law that forty drawings out of chance do not break is looked at again at
# the next run, with others; what needs more says so itself
hypothesis_settings.register_profile(
    "premura", deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("premura")
# The first draw of a process would read the constants out of all our sources, for twelve seconds in a fresh clone
providers.is_local_module_file = lambda _path: False

SHARED = Path(__file__).parents[2] / "shared"
# Comments are read once, and quickly: to read them again with care takes twenty times as long, and has its own tests
os.environ["PREMURA_CAREFUL"] = "0"
# These files take longest and begin first, in this order: then the workers that share the files out end together.
# (xdist keeps to an order only where it is told so: --no-loadscope-reorder in tools/run_tests.sh)
LONG = (
    "test_engine_cluster.py",
    "test_doors.py",
    "test_every_page.py",
    "test_process_tree.py",
    "test_engine_export.py",
    "test_recovery.py",
    "test_engine_counts.py",
    "test_report.py",
    "test_readings.py",
    "test_understanding.py",
    "test_explorer.py",
    "test_promises.py",
    "test_listening.py",
    "test_insights.py",
    "test_survey_files.py",
    "test_comments.py",
)
# Where the tables are made already, on SQLite in this folder, on PostgreSQL in the database itself: making them takes
# twenty seconds, and is tried by whoever sets this (tools/run_tests.sh)
PREPARED = Path(os.environ["TESTS_PREPARED"]) if "TESTS_PREPARED" in os.environ else None
#: The first id of a row is the next
IDS_AFTER = 1_000
# What Django itself keeps about our models: tests change none of it
KEPT = {"django_content_type", "auth_permission", "django_migrations"}


def pytest_configure() -> None:
    settings.CAREFUL = False


def pytest_collection_finish() -> None:
    """What is imported by now stays: the collector need not walk through it every few milliseconds, and what tests
    leave behind is mostly freed without it.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: LONG.index(item.path.name) if item.path.name in LONG else len(LONG))
    if "PREMURA_DATABASE" in os.environ:  # another database changes nothing for what asks none
        asks = {"db", "transactional_db", "environment"}
        pure = [item for item in items if not asks & set(getattr(item, "fixturenames", ()))]
        config.hook.pytest_deselected(items=pure)
        items[:] = [item for item in items if item not in pure]


@pytest.fixture(scope="session")
def django_db_keepdb(request) -> bool:
    """A copy of the prepared database has its tables already."""
    return PREPARED is not None and settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix, tmp_path_factory):
    """SQLite tests run on a file, as the product does: threads and processes see one database."""
    database = settings.DATABASES["default"]
    of_tests = database.setdefault("TEST", {})
    if database["ENGINE"].endswith("sqlite3"):
        of_tests["NAME"] = str(tmp_path_factory.mktemp("db") / "test.sqlite3")
        if PREPARED:
            shutil.copy(PREPARED / "premura.sqlite3", of_tests["NAME"])
    elif PREPARED:
        of_tests["TEMPLATE"] = database["NAME"]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Tests with real transactions empty every table afterwards; the append-only triggers would rightly refuse on
    SQLite. Ids are those of a company that has been at it for a while: of four digits, which no page may take for a
    number to be read.
    """
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for table in ("history_event", "recover_gesture"):
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_delete")
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'")
            for (table,) in cursor.fetchall():
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
                cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, IDS_AFTER])
        else:
            cursor.execute("SELECT quote_ident(schemaname) || '.' || quote_ident(sequencename) FROM pg_sequences")
            for (sequence,) in cursor.fetchall():
                cursor.execute("SELECT setval(%s, %s)", [sequence, IDS_AFTER])


@pytest.fixture(scope="session", autouse=True)
def _empty_only_what_was_filled():
    """After a test with real transactions Django empties all hundred tables and makes its own rows anew, though most
    were never filled: here only those that hold something are emptied. The engine's marks come last, since emptying
    the answers makes some.
    """
    from django.core.management.commands import flush

    patch = pytest.MonkeyPatch()
    patch.setattr(flush, "sql_flush", _deletions)
    patch.setattr(flush, "emit_post_migrate_signal", lambda *_args, **_options: None)
    yield
    patch.undo()


def _deletions(_style, connection, **_options) -> list[str]:
    ours = sorted(set(connection.introspection.table_names()) - KEPT, key=lambda name: name.startswith("understand_"))
    asks = (f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in ours)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asks))
        filled = {name for (name,) in cursor.fetchall()}
    emptied = [f'DELETE FROM "{name}"' for name in ours if name in filled or name.startswith("understand_")]
    if connection.vendor == "postgresql":  # the append-only triggers would rightly refuse
        return ["SET session_replication_role = replica", *emptied, "SET session_replication_role = DEFAULT"]
    return emptied


@pytest.fixture(autouse=True)
def _own_folders(tmp_path, settings):
    settings.DATA = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


def _filled(folder: Path, seconds: float = 600) -> Path:
    until = time.monotonic() + seconds
    while not (folder / "filled").exists():
        assert time.monotonic() < until, "the demo company is not there: see demo.log beside its folder"
        time.sleep(0.2)  # between two looks, not instead of one
    assert (folder / "filled").read_text().strip() == "0", (folder.parent / "demo.log").read_text()
    return folder


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory) -> Path:
    """A data folder with the demo company, filled as a user fills it: once for all tests where ``TESTS_DEMO`` names
    it. Read it, or work on a copy.
    """
    if "TESTS_DEMO" in os.environ:
        return _filled(Path(os.environ["TESTS_DEMO"]))
    folder = tmp_path_factory.mktemp("demo")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PREMURA_", "DJANGO_"))}
    words = [sys.executable, "-m", "premura", "demo", "--language", "it"]
    subprocess.run(words, env=kept | {"PREMURA_DATA": str(folder)}, check=True, stdout=subprocess.DEVNULL)
    return folder


@pytest.fixture
def now() -> datetime:
    """A Thursday morning in March."""
    return datetime(2026, 3, 19, 9, 30, tzinfo=UTC)


@pytest.fixture
def company(db):
    from premura.core.company.models import Company

    return Company.objects.create(pk=1, name="Nolo Prova", sector="rental", language="it")


@pytest.fixture
def vicenza(company):
    from premura.core.company.models import Location

    return Location.objects.create(name="Vicenza", code="vicenza")


@pytest.fixture
def padova(company):
    from premura.core.company.models import Location

    return Location.objects.create(name="Padova", code="padova")


@pytest.fixture
def new_person(company) -> Callable:
    """``new_person("front_line", vicenza, name="Ada")``: somebody who works here and sees these locations (none:
    all).
    """
    from premura.core.staff.models import Person

    def make(role: str, *locations, name: str = ""):
        number = Person.objects.count() + 1
        person = Person.objects.create_user(
            f"p{number}@example.it", "parola-di-prova-1", name=name or f"{role} {number}", role=role, language="it"
        )
        person.locations.set(locations)
        return person

    return make


@pytest.fixture
def owner(new_person):
    """Sees everything, may do everything."""
    return new_person("owner", name="Olga Proprietaria")


@pytest.fixture
def colleague(new_person, vicenza):
    """Front line in Vicenza."""
    return new_person("front_line", vicenza, name="Carlo Collega")


@pytest.fixture
def elsewhere(new_person, padova):
    """Front line in Padova: must not see what belongs to Vicenza."""
    return new_person("front_line", padova, name="Elena Altrove")


@pytest.fixture
def viewer(new_person):
    return new_person("viewer", name="Vito Visore")


@pytest.fixture
def client_of() -> Callable:
    """``client_of(person)``: a browser in which that person is signed in."""

    def sign_in(person) -> Client:
        client = Client()
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in


@pytest.fixture
def work(db) -> Callable:
    """``work()``: do everything that is queued, as the worker would; fails when a job fails."""
    from premura.core.jobs.jobs import do_due_jobs
    from premura.core.jobs.models import Job
    from premura.loop import wiring

    def run() -> int:
        count = do_due_jobs(wiring.do, idle=wiring.idle)
        failed = Job.objects.exclude(error="").first()
        assert failed is None, failed.error
        return count

    return run


@pytest.fixture
def shared() -> Path:
    """The folder of real files beside the repository."""
    if not SHARED.is_dir():
        pytest.skip("the real files are not here: ../shared is missing")
    return SHARED
