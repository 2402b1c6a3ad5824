"""From a definition to the SQL of an engine, compiled once for each shape of question and kept."""

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from premura.engine.definitions import (
    Shape,
    cells_by_score,
    counts_by_score,
    cube_cells,
    products_of,
    responses_behind,
    scores_alike,
    scores_crossed,
)
from premura.engine.questions import Measure

if TYPE_CHECKING:
    import ibis.expr.types as ir

Dialect = Literal["duckdb", "sqlite", "postgres", "spark"]
DIALECTS: tuple[Dialect, ...] = ("duckdb", "sqlite", "postgres", "spark")
#: How a parameter is written; the transactional databases are asked through drivers that speak ``pyformat``.
PLACEHOLDERS: dict[Dialect, str] = {
    "duckdb": "${name}",
    "sqlite": "%({name})s",
    "postgres": "%({name})s",
    "spark": ":{name}",
}
#: Where the statement's text names the table: replaced by whatever stands for it (files, a subquery, a view).
FACTS, CELLS = "facts", "cells"


@lru_cache
def _compiler(dialect: Dialect) -> Any:
    if dialect == "duckdb":
        from ibis.backends.sql.compilers.duckdb import DuckDBCompiler as Compiler
    elif dialect == "sqlite":
        from ibis.backends.sql.compilers.sqlite import SQLiteCompiler as Compiler
    elif dialect == "postgres":
        from ibis.backends.sql.compilers.postgres import PostgresCompiler as Compiler
    else:
        from ibis.backends.sql.compilers.pyspark import PySparkCompiler as Compiler
    return Compiler()


def compiled(expression: "ir.Table", dialect: Dialect, table: str, source: str) -> str:
    """The SQL of ``expression``, with ``source`` (SQL of ours: a subquery, a name) in the place of ``table`` and
    placeholders in the place of the columns ``p_<name>``.
    """
    import sqlglot.expressions as sg

    compiler = _compiler(dialect)
    tree = compiler.to_sqlglot(expression)

    def replaced(node: Any) -> Any:
        if isinstance(node, sg.Column) and node.name.startswith("p_"):
            return sg.Var(this=PLACEHOLDERS[dialect].format(name=node.name.removeprefix("p_")))
        if isinstance(node, sg.Table) and node.name == table:
            # Ibis always names the table; the subquery takes over that name
            return sg.Table(this=sg.Var(this=source), alias=node.args.get("alias"))
        return node

    text: str = tree.transform(replaced).sql(dialect=compiler.dialect)
    return text


@lru_cache(maxsize=512)
def facts_sql(shape: Shape, dialect: Dialect, source: str = FACTS) -> str:
    """The statement of a question on facts."""
    return compiled(counts_by_score(shape), dialect, FACTS, source)


@lru_cache(maxsize=128)
def responses_sql(shape: Shape, dialect: Dialect, source: str = FACTS) -> str:
    """The statement that counts the responses behind a question."""
    return compiled(responses_behind(shape), dialect, FACTS, source)


@lru_cache(maxsize=512)
def alike_sql(shape: Shape, dialect: Dialect, source: str = FACTS) -> str:
    """The statement that counts scores of every kind by the breakdown."""
    return compiled(scores_alike(shape), dialect, FACTS, source)


@lru_cache(maxsize=128)
def crossed_sql(shape: Shape, halves: tuple[str, str], dialect: Dialect, source: str = FACTS) -> str:
    """The statement that counts the two halves of questions against one another."""
    return compiled(scores_crossed(shape, halves), dialect, FACTS, source)


@lru_cache(maxsize=512)
def cells_sql(shape: Shape, dialect: Dialect, source: str = CELLS, *, weekly: bool = True) -> str:
    """The statement of a question on the cube, on its weeks or on its months."""
    return compiled(cells_by_score(shape, weekly=weekly), dialect, CELLS, source)


@lru_cache(maxsize=32)
def cube_sql(measures: tuple[Measure, ...], dialect: Dialect, source: str = FACTS) -> str:
    """The statement that makes the cells of facts."""
    return compiled(cube_cells(measures), dialect, FACTS, source)


@lru_cache(maxsize=64)
def products_sql(drivers: tuple[tuple[str, str], ...], dialect: Dialect, source: str = FACTS) -> str:
    """The statement that makes the sums of products a driver analysis needs."""
    return compiled(products_of(drivers), dialect, FACTS, source)
