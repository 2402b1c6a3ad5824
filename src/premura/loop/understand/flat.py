"""Answers as the flat table that the engine knows: its columns in SQL, and rows of them as a CSV file.

The same SQL stands for the facts when a question is put to the transactional database itself.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from uuid import UUID

from django.db import connection

from premura.engine.facts import COLUMNS, MARKS, RECOMMENDING
from premura.engine.store import month_end

_FROM = """FROM listen_answer a JOIN listen_response r ON r.id = a.response_id
LEFT JOIN customers_customer c ON c.id = r.customer_id
LEFT JOIN customers_interaction m ON m.id = r.interaction_id"""
_IS_MARK = "({}) AND a.score IS NOT NULL".format(
    " OR ".join(f"a.kind = '{kind}' AND a.scale = '{scale}'" for kind, scale in MARKS)
)
# A reference is somebody's only together with whom it belongs to
_EPISODE = "CASE WHEN m.reference <> '' AND r.customer_id IS NOT NULL THEN '#' || m.reference ELSE {} END"
_OF_WHOM = "(r.customer_id IS NOT NULL OR m.id IS NOT NULL)"


def _of_marks(expression: str, condition: str = "") -> str:
    """The expression, beside marks alone."""
    return f"CASE WHEN {_IS_MARK}{condition and ' AND ' + condition} THEN {expression} END"


_EXPRESSIONS = {
    "answered_on": "r.answered_on",
    "week_on": "r.week_on",
    "touchpoint": "a.touchpoint_id",
    "location": "r.location_id",
    "channel": "r.channel",
    "survey": "r.survey_id",
    "question": "a.question",
    "part": "a.part",
    "kind": "a.kind",
    "scale": "a.scale",
    "score": "a.score",
    "language": "r.language",
    "perspective": "r.perspective",
    "subject": "r.subject_id",
    "moment": "r.moment",
    "account": "c.account_id",
    "staff": "m.person_id",
    "weight": "r.weight",
    "segment": "coalesce(c.segment, '')",
    "recommending": (
        "(SELECT min(n.score) FROM listen_answer n WHERE n.response_id = r.id "
        f"AND n.kind = '{RECOMMENDING[0]}' AND n.scale = '{RECOMMENDING[1]}')"
    ),
    "customer": _of_marks("r.customer_id"),
    "place": _of_marks("a.id"),
}
_OF_VENDOR = {
    "sqlite": {
        "response": "substr(r.id, 4, 5) || substr(r.id, -10)",
        "month_on": "date(r.answered_on, 'start of month')",
        "choice": "coalesce(json_extract(a.choices, '$[0]'), '')",
        "choices": "CASE WHEN json_array_length(a.choices) > 1 THEN a.choices ELSE '' END",
        "episode": _of_marks(_EPISODE.format("m.id"), "m.id IS NOT NULL"),
        "answered_at": _of_marks("r.answered_at", _OF_WHOM),
        "met_at": _of_marks("m.happened_at", "m.id IS NOT NULL"),
    },
    "postgresql": {
        "response": "substr(r.id::text, 4, 5) || right(r.id::text, 10)",
        "month_on": "date_trunc('month', r.answered_on)::date",
        "choice": "coalesce(a.choices ->> 0, '')",
        # Looked at first: a value that is no list, as null is, has no length
        "choices": (
            "CASE WHEN jsonb_typeof(a.choices) = 'array' THEN "
            "CASE WHEN jsonb_array_length(a.choices) > 1 THEN a.choices::text ELSE '' END ELSE '' END"
        ),
        "episode": _of_marks(_EPISODE.format("m.id::text"), "m.id IS NOT NULL"),
        "answered_at": _of_marks("r.answered_at AT TIME ZONE 'UTC'", _OF_WHOM),
        "met_at": _of_marks("m.happened_at AT TIME ZONE 'UTC'", "m.id IS NOT NULL"),
    },
}


#: What the reader of the file makes faster of whole responses than the database of each answer.
_LEFT_TO_THE_READER = {"recommending": "NULL"}


def flat_sql(where: str = "", instead: Mapping[str, str] = _LEFT_TO_THE_READER) -> str:
    """A SELECT of the columns of the facts, in their order."""
    expressions = {**_EXPRESSIONS, **_OF_VENDOR[connection.vendor], **instead}
    columns = ", ".join(f"{expressions[column.name]} AS {column.name}" for column in COLUMNS)
    return f"SELECT {columns} {_FROM} {where}"


def as_subquery() -> str:
    """What stands for the facts in a statement put to the transactional database."""
    return f"({flat_sql(instead={})})"


def write_month(path: Path, month: date) -> None:
    """The answers of one month, into a CSV file."""
    write_rows(path, flat_sql(f"WHERE r.answered_on >= '{month}' AND r.answered_on <= '{month_end(month)}'"))


def write_responses(path: Path, responses: Sequence[UUID]) -> None:
    """The answers of these responses, into a CSV file."""
    chunks = [responses[start : start + 2_000] for start in range(0, len(responses), 2_000)]
    written = str if connection.vendor == "postgresql" else (lambda pk: pk.hex)
    listed = (", ".join(repr(written(pk)) for pk in chunk) for chunk in chunks)
    write_rows(path, *(flat_sql(f"WHERE r.id IN ({keys})") for keys in listed))


def write_rows(path: Path, *statements: str) -> None:
    """The rows of statements of ours, into a CSV file."""
    with path.open("wb") as out:
        for sql in statements:
            for part in _csv_of(sql, out.fileno()):
                out.write(part)


def _csv_of(sql: str, descriptor: int) -> Iterator[bytes]:
    """The rows as CSV. PostgreSQL writes it by itself; SQLite's rows go from one C loop into another."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY ({sql}) TO STDOUT (FORMAT csv)") as copy:
                for part in copy:
                    yield bytes(part)
            return
        cursor.execute(sql)
        with open(descriptor, "w", newline="", encoding="utf-8", closefd=False) as text:
            csv.writer(text).writerows(cursor.cursor)


@contextmanager
def one_moment() -> Iterator[None]:
    """All reads inside see the database as it was at one moment, and keep no writer waiting."""
    if connection.in_atomic_block:
        # A test's transaction: it sees its own rows and nobody else writes
        yield
        return
    begin = {"postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "sqlite": "BEGIN DEFERRED"}
    with connection.cursor() as cursor:
        cursor.execute(begin[connection.vendor])
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")
