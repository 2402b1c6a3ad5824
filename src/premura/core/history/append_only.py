"""Tables that the database itself keeps from being rewritten."""

from collections.abc import Iterator
from typing import Any

from django.db.migrations import RunPython

_SQLITE = """CREATE TRIGGER {table}_no_{verb} BEFORE {what} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"""
_POSTGRES_FUNCTION = """CREATE OR REPLACE FUNCTION premura_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"""
_POSTGRES = """CREATE TRIGGER {table}_no_{verb} BEFORE {what} ON {table}
FOR EACH ROW EXECUTE FUNCTION premura_append_only()"""


def forbidding(vendor: str, table: str, columns: tuple[str, ...] = ()) -> Iterator[str]:
    """The statements that make ``table`` append-only; with ``columns`` only these may not be changed."""
    if vendor == "postgresql":
        yield _POSTGRES_FUNCTION
    for verb in ("update", "delete"):
        what = f"UPDATE OF {', '.join(columns)}" if verb == "update" and columns else verb.upper()
        yield (_POSTGRES if vendor == "postgresql" else _SQLITE).format(table=table, verb=verb, what=what)


def allowing(vendor: str, table: str) -> Iterator[str]:
    """The statements that take it back."""
    on = f" ON {table}" if vendor == "postgresql" else ""
    for verb in ("update", "delete"):
        yield f"DROP TRIGGER IF EXISTS {table}_no_{verb}{on}"


def append_only(table: str, *, columns: tuple[str, ...] = ()) -> RunPython:
    """A migration step after which rows of ``table`` can be added and neither changed nor deleted.

    With ``columns`` only these are frozen; the others hold words that must be erasable when a customer is forgotten.
    """

    def forbid(apps: Any, schema_editor: Any) -> None:
        with schema_editor.connection.cursor() as cursor:
            for statement in forbidding(schema_editor.connection.vendor, table, columns):
                cursor.execute(statement)

    def allow(apps: Any, schema_editor: Any) -> None:
        with schema_editor.connection.cursor() as cursor:
            for statement in allowing(schema_editor.connection.vendor, table):
                cursor.execute(statement)

    return RunPython(forbid, allow)
