"""The embedded engine: one in-memory DuckDB a process, over Parquet files; no lock, no server, nothing fetched."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from premura.engine.compiling import facts_sql
from premura.engine.definitions import Shape

if TYPE_CHECKING:
    import duckdb
    from numpy.typing import NDArray

#: What one process may use: a page's process stays small, the worker may take more to make a month anew, and leaves
#: what lies in order as it is.
SERVING: dict[str, str | int | bool] = {"threads": 2, "memory_limit": "128MB"}
MAKING: dict[str, str | int | bool] = {"threads": 2, "memory_limit": "1500MB", "preserve_insertion_order": True}


class UnreadableFacts(Exception):
    """A file of the facts could not be read: it is gone, cut off or damaged."""


def literal(text: str) -> str:
    """``text`` as an SQL string.

    >>> literal("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"


def files_sql(paths: Sequence[Path]) -> str:
    """The SQL that stands for these files; there must be at least one."""
    return "read_parquet([" + ", ".join(literal(str(path)) for path in paths) + "])"


def of_files_sql(sql: str, paths: Sequence[Path]) -> str:
    """A statement about ``facts``, put to these files.

    The list of files changes with every answer that comes in: it stays out of the statement that is kept.
    """
    return sql.replace("FROM facts AS", f"FROM {files_sql(paths)} AS", 1)


class Embedded:
    """A DuckDB of this process. Made when first asked; safe to share between threads."""

    def __init__(self, spill: Path, limits: Mapping[str, str | int | bool] = SERVING) -> None:
        self._spill, self._limits = spill, limits
        self._lock = threading.Lock()
        self._database: duckdb.DuckDBPyConnection | None = None

    @contextmanager
    def cursor(self) -> "Iterator[duckdb.DuckDBPyConnection]":
        """A connection for one thread's use; :class:`UnreadableFacts` where a file cannot be read."""
        import duckdb

        with self._lock:
            if self._database is None:
                self._database = self._open()
            cursor = self._database.cursor()
        try:
            yield cursor
        except (duckdb.ParserException, duckdb.BinderException, duckdb.OutOfMemoryException, duckdb.InterruptException):
            raise
        except duckdb.Error as error:
            # A damaged file shows itself in many ways, some of them only as the bare error
            raise UnreadableFacts(str(error)) from error
        finally:
            cursor.close()

    def _open(self) -> "duckdb.DuckDBPyConnection":
        import duckdb

        self._spill.mkdir(parents=True, exist_ok=True)
        database = duckdb.connect(
            ":memory:",
            config={
                "preserve_insertion_order": False,
                **self._limits,
                "temp_directory": str(self._spill),
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "python_enable_replacements": False,
            },
        )
        # The footers of the files are read once, not at every question
        database.execute("SET parquet_metadata_cache = true")
        database.execute("SET lock_configuration = true")
        return database

    def rows(self, sql: str, values: Mapping[str, object] | None = None) -> list[tuple[Any, ...]]:
        """All rows of a statement."""
        with self.cursor() as cursor:
            return cursor.execute(sql, dict(values or {})).fetchall()

    def counts(self, shape: Shape, values: Mapping[str, object], paths: Sequence[Path]) -> list[tuple[Any, ...]]:
        """The rows of :func:`~premura.engine.definitions.counts_by_score` over these files."""
        return self.of_files(facts_sql(shape, "duckdb"), values, paths)

    def of_files(self, sql: str, values: Mapping[str, object], paths: Sequence[Path]) -> list[tuple[Any, ...]]:
        """The rows of a statement about ``facts``, which these files stand for."""
        if not paths:
            return []
        return self.rows(of_files_sql(sql, paths), values)

    def columns_of_files(
        self, sql: str, values: Mapping[str, object], paths: Sequence[Path]
    ) -> "dict[str, NDArray[Any]]":
        """The same as columns, for statements that give very many rows; nothing at all without files."""
        if not paths:
            return {}
        with self.cursor() as cursor:
            found = cursor.execute(of_files_sql(sql, paths), dict(values)).fetchnumpy()
            return dict(found)

    def close(self) -> None:
        """Give the memory back."""
        with self._lock:
            if self._database is not None:
                self._database.close()
                self._database = None
