"""The table of facts: one row an answer, a response whole in one file, a file never mixing two months.

Days are those of the company's calendar, instants are in UTC without saying so. ``response`` is 60 bits of the
response's UUID, of its beginning and of its end: enough to tell responses apart, half the size. The end alone would
not do: it is a running number where responses were imported, and begins again with every import.

What is needed to follow one person (who, what was met, when, in which order) stands beside *marks* alone: the scores
of satisfaction from 1 to 5 and of recommending. Beside every answer it would take as much room as all the rest.
"""

from dataclasses import dataclass
from typing import Literal

#: Raised whenever a column is added or changes its meaning: facts of another layout are built anew.
LAYOUT = 4

#: Kind and scale of the question of recommending, from which the column ``recommending`` is made.
RECOMMENDING = ("nps", "0-10")
#: Kinds and scales of the scores that are marks.
MARKS = (("csat", "1-5"), RECOMMENDING)

Type = Literal["date", "text", "int", "small", "real", "key", "instant", "episode"]


@dataclass(frozen=True)
class Column:
    """One column of the facts. Text is never null (empty instead); ids, scores and weights may be."""

    name: str
    type: Type
    meaning: str


COLUMNS: tuple[Column, ...] = (
    Column("response", "key", "the response, 60 bits of its UUID"),
    Column("answered_on", "date", "day of the response"),
    Column("week_on", "date", "Monday of that day's week"),
    Column("month_on", "date", "first day of that day's month"),
    Column("touchpoint", "int", "id; null where the question names none"),
    Column("location", "int", "id; null where the response has none"),
    Column("channel", "text", "how the answer came"),
    Column("survey", "int", "id"),
    Column("question", "text", "the question's code"),
    Column("part", "text", "which half or row of a question that asks several things"),
    Column("kind", "text", "kind of question"),
    Column("scale", "text", "ends of the scale, as 0-10"),
    Column("score", "small", "the number given; null for words and choices"),
    Column("choice", "text", "code of the chosen option, the first of several"),
    Column(
        "choices", "text", "codes of all options of several, as JSON in their order; empty where one or none was chosen"
    ),
    Column("language", "text", "in which the survey was answered"),
    Column("perspective", "text", "who answers"),
    Column("subject", "int", "id of the company the answer is about"),
    Column("moment", "text", "expectation or perception"),
    Column("account", "int", "id of the company the customer works for"),
    Column("staff", "int", "id of the person whose meeting with the customer it was about"),
    Column("weight", "real", "only in files of statisticians"),
    Column("segment", "text", "group that the customer belongs to; empty without a customer or a group"),
    Column("recommending", "small", "lowest score that the same response gives to recommending; null: not asked"),
    Column("customer", "int", "of a mark: id; null where nobody is named"),
    Column(
        "episode",
        "episode",
        "of a mark: id of the meeting it is about; where that has a reference, a number below zero made of it, alike "
        "for all meetings of one customer with that reference; null without a meeting",
    ),
    Column("answered_at", "instant", "of a mark with a customer or a meeting: when it was given"),
    Column("met_at", "instant", "of a mark with a meeting: when that was"),
    Column("place", "int", "of a mark: grows within the response in the order of its answers"),
)
DUCKDB_TYPES: dict[Type, str] = {
    "date": "DATE",
    "text": "VARCHAR",
    "int": "BIGINT",
    "small": "SMALLINT",
    "real": "DOUBLE",
    "key": "BIGINT",
    "instant": "TIMESTAMP",
    "episode": "BIGINT",
}
IBIS_TYPES: dict[Type, str] = {
    "date": "date",
    "text": "string",
    "int": "int64",
    "small": "int16",
    "real": "float64",
    "key": "int64",
    "instant": "timestamp",
    "episode": "int64",
}

#: What can be asked by or filtered by → the column. Ids are those of the transactional database.
DIMENSIONS: dict[str, str] = {
    "day": "answered_on",
    "week": "week_on",
    "month": "month_on",
    "touchpoint": "touchpoint",
    "location": "location",
    "channel": "channel",
    "survey": "survey",
    "question": "question",
    "part": "part",
    "kind": "kind",
    "scale": "scale",
    "language": "language",
    "perspective": "perspective",
    "subject": "subject",
    "moment": "moment",
    "account": "account",
    "staff": "staff",
    "score": "score",
    "choice": "choice",
    "segment": "segment",
    "recommending": "recommending",
}
_TYPE_OF = {column.name: column.type for column in COLUMNS}


def type_of(column: str) -> Type:
    """The type of a column of the facts; ``KeyError`` for any other name.

    >>> type_of("week_on")
    'date'
    """
    return _TYPE_OF[column]
