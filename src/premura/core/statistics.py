"""What the database knows about its own tables: without it SQLite reads millions of rows where hundreds would do."""

from django.db import connection


def refresh_statistics() -> None:
    """Let SQLite look at the tables that changed much; PostgreSQL does so by itself."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            # 0x10002: also tables that no query of this connection has asked for yet
            cursor.execute("PRAGMA analysis_limit = 1000")
            cursor.execute("PRAGMA optimize = 0x10002")
