"""Triggers that note which responses changed, so that nobody who writes answers has to remember the engine.

Why triggers and marks. On PostgreSQL rows are committed in another order than they are numbered, so an exporter that
goes on after the last id loses some. A nullable ``exported_at`` would rewrite every response once more, with all its
indexes, and every present and future writer would have to remember to empty it. A mark is one short row, written in
the same transaction as what it is about, by whoever writes: a form, an import, its undoing, an erasure, plain SQL.

SQLite forgets a table's triggers when a migration remakes the table, and refuses to remake one that a trigger of
another table mentions. So the triggers are taken away before migrations and put back afterwards, and because nothing
was marked in between the engine is then filled anew.
"""

from collections.abc import Iterator
from typing import Any

from django.db import connection, connections, transaction

_RESPONSE_COLUMNS = (
    "survey_id, perspective, subject_id, moment, customer_id, interaction_id, location_id, channel, language, "
    "answered_on, answered_at, week_on, weight"
)
_MEETING_COLUMNS = "person_id, happened_at, reference"
_PURCHASE_COLUMNS = "customer_id, bought_on, cents, currency"
_ANSWER_COLUMNS = "response_id, question, part, kind, touchpoint_id, scale, score, choices"

#: Triggers of earlier versions → their table
_FORMER = {"engine_account_changed": "customers_customer", "engine_asker_changed": "listen_invitation"}
# SQLite has one writer: a mark that no round has claimed yet will be claimed after this transaction is committed
_SQLITE_INSERT = "INSERT INTO understand_mark (response, month_on, is_new, marked_at)"
_SQLITE_NOW = "strftime('%Y-%m-%d %H:%M:%f', 'now')"
_SQLITE_UNMARKED = (
    "NOT EXISTS (SELECT 1 FROM understand_mark m WHERE m.response = {row}.response_id AND m.batch IS NULL)"
)


def _changed(differs: str) -> str:
    """Whether something of a meeting that the facts know is not as it was."""
    return " OR ".join(f"OLD.{name} {differs} NEW.{name}" for name in _MEETING_COLUMNS.split(", "))


def _sqlite_month(row: str) -> str:
    return f"date({row}.answered_on, 'start of month')"


def _sqlite() -> dict[str, str]:
    def of_response(row: str, is_new: int = 0) -> str:
        return f"{_SQLITE_INSERT} VALUES ({row}.id, {_sqlite_month(row)}, {is_new}, {_SQLITE_NOW});"

    def of_answer(row: str) -> str:
        return (
            f"{_SQLITE_INSERT} SELECT r.id, {_sqlite_month('r')}, 0, {_SQLITE_NOW} "
            f"FROM listen_response r WHERE r.id = {row}.response_id;"
        )

    def of_many(condition: str) -> str:
        return (
            f"{_SQLITE_INSERT} SELECT r.id, {_sqlite_month('r')}, 0, {_SQLITE_NOW} FROM listen_response r {condition};"
        )

    def of_purchases(row: str, source: str = "WHERE") -> str:
        month = f"date({row}.bought_on, 'start of month')"
        return (
            f"INSERT INTO understand_purchasemark (month_on, is_claimed, marked_at) SELECT DISTINCT {month}, 0, "
            f"{_SQLITE_NOW} {source} NOT EXISTS "
            f"(SELECT 1 FROM understand_purchasemark k WHERE k.month_on = {month} AND NOT k.is_claimed);"
        )

    unmarked_new, unmarked_old = _SQLITE_UNMARKED.format(row="NEW"), _SQLITE_UNMARKED.format(row="OLD")
    bodies = {
        "engine_response_new": f"AFTER INSERT ON listen_response BEGIN {of_response('NEW', 1)}",
        "engine_response_changed": (
            f"AFTER UPDATE OF {_RESPONSE_COLUMNS} ON listen_response BEGIN {of_response('OLD')} {of_response('NEW')}"
        ),
        "engine_response_gone": f"AFTER DELETE ON listen_response BEGIN {of_response('OLD')}",
        "engine_answer_new": f"AFTER INSERT ON listen_answer WHEN {unmarked_new} BEGIN {of_answer('NEW')}",
        "engine_answer_changed": (
            f"AFTER UPDATE OF {_ANSWER_COLUMNS} ON listen_answer WHEN {unmarked_new} OR {unmarked_old} "
            f"BEGIN {of_answer('NEW')} {of_answer('OLD')}"
        ),
        "engine_answer_gone": f"AFTER DELETE ON listen_answer WHEN {unmarked_old} BEGIN {of_answer('OLD')}",
        "engine_customer_changed": (
            "AFTER UPDATE OF account_id, segment ON customers_customer "
            "WHEN OLD.account_id IS NOT NEW.account_id OR OLD.segment IS NOT NEW.segment "
            f"BEGIN {of_many('WHERE r.customer_id = NEW.id')}"
        ),
        "engine_meeting_changed": (
            f"AFTER UPDATE OF {_MEETING_COLUMNS} ON customers_interaction WHEN {_changed('IS NOT')} "
            f"BEGIN {of_many('WHERE r.interaction_id = NEW.id')}"
        ),
        "engine_purchase_new": f"AFTER INSERT ON customers_purchase BEGIN {of_purchases('NEW')}",
        "engine_purchase_changed": (
            f"AFTER UPDATE OF {_PURCHASE_COLUMNS} ON customers_purchase "
            f"BEGIN {of_purchases('OLD')} {of_purchases('NEW')}"
        ),
        "engine_purchase_gone": f"AFTER DELETE ON customers_purchase BEGIN {of_purchases('OLD')}",
        "engine_buyer_moved": (
            "AFTER UPDATE OF location_id ON customers_customer WHEN OLD.location_id IS NOT NEW.location_id "
            f"BEGIN {of_purchases('p', 'FROM customers_purchase p WHERE p.customer_id = NEW.id AND')}"
        ),
    }
    return {name: f"CREATE TRIGGER IF NOT EXISTS {name} {body} END" for name, body in bodies.items()}


# PostgreSQL has many writers: a mark of this very transaction cannot have been read by the exporter yet
_POSTGRES_FUNCTION = """CREATE OR REPLACE FUNCTION engine_mark(which uuid, day date, fresh boolean) RETURNS void
LANGUAGE sql AS $$
  INSERT INTO understand_mark (response, month_on, is_new, marked_at, transaction)
  SELECT which, date_trunc('month', day)::date, fresh, clock_timestamp(), pg_current_xact_id()::text::bigint
  WHERE fresh OR NOT EXISTS (
    SELECT 1 FROM understand_mark m WHERE m.response = which AND m.month_on = date_trunc('month', day)::date
    AND m.transaction = pg_current_xact_id()::text::bigint)
$$"""
_POSTGRES_PURCHASE_FUNCTION = """CREATE OR REPLACE FUNCTION engine_mark_purchase(day date) RETURNS void
LANGUAGE sql AS $$
  INSERT INTO understand_purchasemark (month_on, is_claimed, marked_at, transaction)
  SELECT date_trunc('month', day)::date, false, clock_timestamp(), pg_current_xact_id()::text::bigint
  WHERE NOT EXISTS (
    SELECT 1 FROM understand_purchasemark m WHERE m.month_on = date_trunc('month', day)::date
    AND m.transaction = pg_current_xact_id()::text::bigint)
$$"""
# Who has many answers to write marks their months instead: see whole_months
_PAUSE = "premura.whole_months"
_POSTGRES_UNLESS_PAUSED = f"IF current_setting('{_PAUSE}', true) = 'on' THEN RETURN NULL; END IF; "
_PAUSED = ("engine_response_new", "engine_answer_new")
_POSTGRES_TRIGGER = """CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN {body} RETURN NULL; END $$;
CREATE OR REPLACE TRIGGER {name} {when} EXECUTE FUNCTION {name}()"""


def _postgres() -> dict[str, str]:
    def of_many(source: str, condition: str = "", fresh: str = "false") -> str:
        return f"PERFORM engine_mark(r.id, r.answered_on, {fresh}) FROM {source} {condition};"

    def of_answer(row: str) -> str:
        return of_many("listen_response r", f"WHERE r.id = {row}.response_id")

    def of_months(source: str) -> str:
        return f"PERFORM engine_mark_purchase(p.bought_on) FROM {source};"

    of_answers = "(SELECT DISTINCT response_id FROM added) a JOIN listen_response r ON r.id = a.response_id"
    old, new = (f"PERFORM engine_mark({row}.id, {row}.answered_on, false);" for row in ("OLD", "NEW"))
    per_row, per_statement = "FOR EACH ROW", "REFERENCING NEW TABLE AS added FOR EACH STATEMENT"
    bodies = {
        "engine_response_new": (
            f"AFTER INSERT ON listen_response {per_statement}",
            _POSTGRES_UNLESS_PAUSED + of_many("added r", fresh="true"),
        ),
        "engine_response_changed": (
            f"AFTER UPDATE OF {_RESPONSE_COLUMNS} ON listen_response {per_row}",
            f"{old} {new}",
        ),
        "engine_response_gone": (f"AFTER DELETE ON listen_response {per_row}", old),
        "engine_answer_new": (
            f"AFTER INSERT ON listen_answer {per_statement}",
            _POSTGRES_UNLESS_PAUSED + of_many(of_answers),
        ),
        "engine_answer_changed": (
            f"AFTER UPDATE OF {_ANSWER_COLUMNS} ON listen_answer {per_row}",
            f"{of_answer('OLD')} {of_answer('NEW')}",
        ),
        "engine_answer_gone": (f"AFTER DELETE ON listen_answer {per_row}", of_answer("OLD")),
        "engine_customer_changed": (
            f"AFTER UPDATE OF account_id, segment ON customers_customer {per_row} "
            "WHEN (OLD.account_id IS DISTINCT FROM NEW.account_id OR OLD.segment IS DISTINCT FROM NEW.segment)",
            of_many("listen_response r", "WHERE r.customer_id = NEW.id"),
        ),
        "engine_meeting_changed": (
            f"AFTER UPDATE OF {_MEETING_COLUMNS} ON customers_interaction {per_row} "
            f"WHEN ({_changed('IS DISTINCT FROM')})",
            of_many("listen_response r", "WHERE r.interaction_id = NEW.id"),
        ),
        "engine_purchase_new": (
            f"AFTER INSERT ON customers_purchase {per_statement}",
            of_months("(SELECT DISTINCT date_trunc('month', bought_on)::date AS bought_on FROM added) p"),
        ),
        "engine_purchase_changed": (
            f"AFTER UPDATE OF {_PURCHASE_COLUMNS} ON customers_purchase {per_row}",
            "PERFORM engine_mark_purchase(OLD.bought_on); PERFORM engine_mark_purchase(NEW.bought_on);",
        ),
        "engine_purchase_gone": (
            f"AFTER DELETE ON customers_purchase {per_row}",
            "PERFORM engine_mark_purchase(OLD.bought_on);",
        ),
        "engine_buyer_moved": (
            f"AFTER UPDATE OF location_id ON customers_customer {per_row} "
            "WHEN (OLD.location_id IS DISTINCT FROM NEW.location_id)",
            of_months("customers_purchase p WHERE p.customer_id = NEW.id"),
        ),
    }
    return {name: _POSTGRES_TRIGGER.format(name=name, when=when, body=body) for name, (when, body) in bodies.items()}


def statements(vendor: str) -> Iterator[str]:
    """What puts the triggers in place; safe to run again."""
    if vendor == "postgresql":
        yield from (f"DROP TRIGGER IF EXISTS {name} ON {table}" for name, table in _FORMER.items())
        yield _POSTGRES_FUNCTION
        yield _POSTGRES_PURCHASE_FUNCTION
        yield from _postgres().values()
    else:
        yield from (f"DROP TRIGGER IF EXISTS {name}" for name in (*_FORMER, *_sqlite()))
        yield from _sqlite().values()


def install(using: str = "default") -> None:
    """Put the triggers in place, as they are today."""
    found = connections[using]
    with transaction.atomic(using), found.cursor() as cursor:
        for statement in statements(found.vendor):
            cursor.execute(statement)


def pause_marking(cursor: Any) -> None:
    """From here on inserts are not marked, for this transaction alone.

    SQLite has one writer and changes its tables within transactions, so taking the triggers away is seen by nobody.
    On PostgreSQL that would keep every other writer waiting: there the triggers look at a setting of the transaction.
    """
    if connection.vendor == "postgresql":
        cursor.execute("SELECT set_config(%s, 'on', true)", [_PAUSE])
        return
    for name in _PAUSED:
        cursor.execute(f"DROP TRIGGER IF EXISTS {name}")


def resume_marking(cursor: Any) -> None:
    """Inserts are marked again."""
    if connection.vendor == "postgresql":
        cursor.execute("SELECT set_config(%s, 'off', true)", [_PAUSE])
        return
    for name in _PAUSED:
        cursor.execute(_sqlite()[name])


def missing() -> list[str]:
    """The triggers that are not there. One query."""
    tables = {
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    }
    with connection.cursor() as cursor:
        cursor.execute(tables[connection.vendor])
        there = {name for (name,) in cursor.fetchall()}
    return sorted(set(_sqlite()) - there)


def before_migrations(using: str, plan: Any = (), **_: Any) -> None:
    """Take the triggers away while tables may be remade."""
    if plan and connections[using].vendor == "sqlite":
        with connections[using].cursor() as cursor:
            for name in (*_FORMER, *_sqlite()):
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")


def after_migrations(using: str, plan: Any = (), **_: Any) -> None:
    """Put the triggers back; after a change of the tables the engine is filled anew."""
    from premura.loop.understand.models import Fill

    tables = set(connections[using].introspection.table_names())
    needed = {"listen_response", "listen_answer", "customers_customer", "customers_purchase", "understand_mark"}
    if not needed | {"understand_fill", "understand_purchasemark"} <= tables:
        return
    install(using)
    if plan:
        Fill.objects.using(using).all().delete()
