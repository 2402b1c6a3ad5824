"""Tables that the database itself keeps from being rewritten."""

from typing import Any

from django.db.migrations import RunPython

_SQLITE = """CREATE TRIGGER {table}_no_{verb} BEFORE {VERB} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"""
_POSTGRES_FUNCTION = """CREATE OR REPLACE FUNCTION premura_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"""
_POSTGRES = """CREATE TRIGGER {table}_no_{verb} BEFORE {VERB} ON {table}
FOR EACH ROW EXECUTE FUNCTION premura_append_only()"""


def append_only(table: str, *, columns: tuple[str, ...] = ()) -> RunPython:
    """A migration step after which rows of ``table`` can be added and neither changed nor deleted.

    With ``columns`` only these are frozen; the others hold words that must be erasable when a customer is forgotten.
    """

    def forbid(apps: Any, schema_editor: Any) -> None:
        postgres = schema_editor.connection.vendor == "postgresql"
        if postgres:
            schema_editor.execute(_POSTGRES_FUNCTION, params=None)
        for verb in ("update", "delete"):
            sql = _POSTGRES if postgres else _SQLITE
            frozen = f"UPDATE OF {', '.join(columns)}" if verb == "update" and columns else verb.upper()
            schema_editor.execute(sql.format(table=table, verb=verb, VERB=frozen))

    def allow(apps: Any, schema_editor: Any) -> None:
        on = f" ON {table}" if schema_editor.connection.vendor == "postgresql" else ""
        for verb in ("update", "delete"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}{on}")

    return RunPython(forbid, allow)
