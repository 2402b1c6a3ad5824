"""Rows one at a time, each with all the care it wants: what is refused is said, what came before is compared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models.functions import Lower

from premura.core.channels import Channel
from premura.core.customers.models import Customer
from premura.core.journeys.models import Touchpoint
from premura.importers.responses.bulk import Row, write_rows
from premura.importers.responses.columns import Asked
from premura.importers.responses.ids import ids_of, response_id
from premura.importers.responses.under_way import Writing
from premura.importers.table import Rejection, RejectionFile, TableRow
from premura.loop.listen.definition import TEXT_LIMIT
from premura.loop.listen.models import Answer, Response

# More ids than this in one question to SQLite would not be answered
ASKED_AT_ONCE = 900
CHANNELS = frozenset(channel.value for channel in Channel)


class Said(NamedTuple):
    """What was answered: a mark, options, words, a figure or a day."""

    score: int | None = None
    choices: tuple[str, ...] = ()
    text: str = ""
    number: Decimal | None = None
    day: date | None = None


Given = tuple[Asked, Touchpoint | None, Said]


def said_of(value: Any) -> Said:
    """The value that was read from a file's cells, as it is kept.

    >>> said_of(9).score, said_of("bene").text, said_of(["o1"]).choices
    (9, 'bene', ('o1',))
    """
    if isinstance(value, int):
        return Said(score=value)
    if isinstance(value, str):
        return Said(text=value[:TEXT_LIMIT])
    if isinstance(value, Decimal):
        return Said(number=value)
    if isinstance(value, date):
        return Said(day=value)
    return Said(choices=tuple(value))


def write_careful(
    writing: Writing, keyed: Sequence[tuple[str, TableRow]], rejections: RejectionFile, days: set[date]
) -> None:
    """Write rows, each with its key, in the caller's transaction; ``days`` takes in the days of what is new."""
    here = already_here(writing.source, [key for key, _ in keyed]) if writing.is_known_source else {}
    emails = {row.email.lower() for _key, row in keyed if row.email}
    customers = customers_by_email(emails) if emails else {}
    responses: list[Row] = []
    answers: list[Row] = []
    known: list[tuple[str, TableRow, list[Given]]] = []
    for key, row in keyed:
        if (row.day or writing.default_day) is None and key not in here:
            rejections(Rejection(row.line, None, "", "undated-row", {}))
            continue
        given = list(_answers(writing, row, rejections))
        if key in here:
            known.append((key, row, given))
        elif given:
            writing.number += 1
            customer = customers.get((row.email or "").lower()) if row.email else None
            response = _response(writing, key, row, customer, days)
            responses.append(response)
            answers += _answer_rows(writing, response[0], given)
        else:
            rejections(Rejection(row.line, None, "", "nothing-answered", {}))
    write_rows(responses, answers)
    writing.imported.accepted += len(responses)
    _settle_known(writing, here, known, rejections)


def already_here(source: str, ids: list[str]) -> dict[str, Any]:
    """Their id → ours, of those that came before; none at all when nothing has come from this source yet."""
    found: dict[str, Any] = {}
    for start in range(0, len(ids), ASKED_AT_ONCE):
        rows = Response.objects.filter(source=source, external_id__in=ids[start : start + ASKED_AT_ONCE]).order_by()
        found.update(rows.values_list("external_id", "pk"))
    return found


def _settle_known(
    writing: Writing, here: dict[str, Any], known: list[tuple[str, TableRow, list[Given]]], rejections: RejectionFile
) -> None:
    """A row that came before counts as such; if it now says something else, the first one stays and it is said."""
    if not known:
        return
    first, last = ids_of(writing.imported.pk)
    held = held_answers([here[key] for key, _row, _given in known])
    for key, row, given in known:
        before = held.get(here[key], {})
        now = {asked.question.code: said for asked, _place, said in given}
        if any(before[code] != value for code, value in now.items() if code in before):
            rejections(Rejection(row.line, None, key, "same-id-other-answers", {}))
        elif not first <= here[key] <= last:
            # What this import wrote itself before it was cut off is counted among the new ones
            writing.imported.already_there += 1


def held_answers(ids: Sequence[Any]) -> dict[Any, dict[str, Said]]:
    """What these responses have answered, by question."""
    held: dict[Any, dict[str, Said]] = {}
    for start in range(0, len(ids), ASKED_AT_ONCE):
        rows = Answer.objects.filter(response__in=ids[start : start + ASKED_AT_ONCE]).order_by()
        fields = ("response", "question", "score", "choices", "text", "number", "given_on")
        for pk, question, score, choices, text, number, day in rows.values_list(*fields):
            held.setdefault(pk, {})[question] = Said(score, tuple(choices), text, number, day)
    return held


def customers_by_email(emails: set[str]) -> dict[str, Customer]:
    found: dict[str, Customer] = {}
    wanted = sorted(emails)
    for start in range(0, len(wanted), ASKED_AT_ONCE):
        rows = Customer.objects.annotate(address=Lower("email")).filter(
            address__in=wanted[start : start + ASKED_AT_ONCE]
        )
        found.update({customer.email.lower(): customer for customer in rows})
    return found


def _response(writing: Writing, key: str, row: TableRow, customer: Customer | None, days: set[date]) -> Row:
    """The row of a response, in the order of ``bulk.RESPONSE``."""
    said = row.day or writing.default_day
    assert said is not None
    answered_at = writing.instant(said, row.instant)
    day = answered_at.astimezone(writing.zone).date()
    writing.spans((day,))
    days.add(day)
    prepared, version = writing.prepared, writing.version
    location = writing.location(row.location)
    return (
        prepared.id(response_id(writing.imported.pk, writing.number)),
        version.survey_id,
        version.pk,
        "customer",
        writing.subject(row.subject).pk,
        "perception",
        customer.pk if customer else None,
        location.pk if location else None,
        row.channel if row.channel in CHANNELS else "import",
        (row.language or "")[:2].lower(),
        prepared.instant(answered_at),
        prepared.day(day),
        prepared.day(writing.week(day)),
        row.weight,
        writing.source,
        key,
    )


def _answers(writing: Writing, row: TableRow, rejections: RejectionFile) -> Iterator[Given]:
    place = writing.touchpoint(row.touchpoint) if row.touchpoint else None
    by_column = writing.questions.by_column
    for column, score in row.scores.items():
        if score.value != int(score.value):
            rejections(Rejection(row.line, column, str(score.value), "not-whole-mark", {"value": score.value}))
            continue
        yield by_column[(column, str(score.scale))], place, Said(score=int(score.value))
    for column, said in row.recommended.items():
        yield by_column[(column, "")], place, Said(choices=("yes" if said else "no",))
    for column, text in row.comments.items():
        yield by_column[(column, "")], place, said_of(text)
    for chosen, asked in writing.chosen:
        try:
            value = chosen.read(row.cells)
        except ValueError as error:
            code = "unknown-option" if asked.question.options else "answer-not-taken"
            rejections(Rejection(row.line, chosen.column, str(error)[:200], code, {}))
            continue
        if is_given(value):
            yield asked, place, said_of(value)


def is_given(value: Any) -> bool:
    """Whether there is an answer at all; nought is one."""
    return isinstance(value, int | Decimal) or bool(value)


def _answer_rows(writing: Writing, response: Any, given: list[Given]) -> Iterator[Row]:
    """The rows of the answers, in the order of ``bulk.ANSWER`` or ``bulk.FIGURES``."""
    prepared = writing.prepared
    for asked, place, said in given:
        question = asked.question
        touchpoint = asked.touchpoint or place
        row = (
            response, question.code, "", question.kind, touchpoint.pk if touchpoint else None, question.scale,
            said.score, prepared.choices(said.choices), said.text,
        )  # fmt: skip
        yield row if said.number is None and said.day is None else (*row, *prepared.figures(said.number, said.day))
