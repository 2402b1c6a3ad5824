"""What will come of a file, told before anything is written: counts, days, duplicates, and its first rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import islice
from pathlib import Path

from django.utils.translation import gettext as _

from premura.core.customers.models import Customer
from premura.core.i18n import in_language
from premura.importers.bringing import Seen, Wish
from premura.importers.customers.writing import Columns, columns_of
from premura.importers.models import ImportedFile, PublicReview
from premura.importers.purchases.writing import SOURCE, Bought, Joining, not_here, read_rows, sheet_of
from premura.importers.responses.careful import ASKED_AT_ONCE, is_given
from premura.importers.responses.choices import Chosen
from premura.importers.responses.under_way import Keys
from premura.importers.reviews.writing import refused
from premura.importers.sources import TABLE
from premura.importers.surveys.carrying import Carried, carry
from premura.importers.table import Plan, Role, Table, TableRow
from premura.importers.table.plan import body
from premura.loop.listen.models import Response

FIRST = 5
# So many answers of each of them
ANSWERS = 12
# So many rows are gone through before a file is brought in; of a longer one the counts are of its beginning
GONE_THROUGH = 20_000


@dataclass(frozen=True)
class FirstRow:
    """A row as it will stand: when, of whom, and what was answered."""

    day: date | None
    who: str
    answers: tuple[tuple[str, str], ...]
    # How many more answers it has than are shown
    more: int = 0


@dataclass
class Outcome:
    """What will come of a file. ``looked_at`` is less than ``rows`` where the file is long."""

    rows: int = 0
    looked_at: int = 0
    accepted: int = 0
    rejected: int = 0
    # Single values of rows that are taken all the same
    rejected_values: int = 0
    already_there: int = 0
    first_day: date | None = None
    last_day: date | None = None
    questions: int = 0
    touchpoints: int = 0
    customers: int = 0
    # Replies of ours that came to reviews which are here already
    replies: int = 0
    first: list[FirstRow] = field(default_factory=list)
    same_file: ImportedFile | None = None
    carried: Carried | None = None


def outcome_of(seen: Seen, wish: Wish, sha256: str, name: str = "") -> Outcome:
    """Read at most ``GONE_THROUGH`` rows and count; nothing is written.

    ``name`` is what the file was called where it comes from, if it is kept under another name.
    """
    outcome = Outcome(same_file=ImportedFile.objects.filter(sha256=sha256, state="done").first())
    if seen.kind == "survey" and seen.brought.survey:
        outcome.carried = carry(seen.brought.survey)
        outcome.questions = len(outcome.carried.definition.questions)
        outcome.rows = len(seen.brought.survey.questions)
    elif seen.kind == "reviews":
        _reviews(outcome, seen, wish, Path(name or seen.path.name).stem)
    elif seen.kind == "customers" and seen.plan:
        _customers(outcome, seen.plan)
    elif seen.kind == "purchases" and seen.plan:
        _purchases(outcome, seen.plan, wish)
    elif seen.looked:
        _answers(outcome, seen, wish, Path(name or seen.path.name).stem)
    return outcome


def _reviews(outcome: Outcome, seen: Seen, wish: Wish, stem: str) -> None:
    reviews = seen.brought.reviews
    site = seen.found.code if seen.found.code != TABLE else wish.source or stem
    held = PublicReview.objects.filter(response__source=site[:40])
    replied = dict(held.values_list("response__external_id", "reply"))
    outcome.already_there = sum(1 for review in reviews if review.id in replied)
    outcome.replies = sum(1 for r in reviews if r.reply and r.id in replied and replied[r.id] != r.reply)
    outcome.accepted = len(reviews)
    outcome.rejected = refused(seen.brought)
    outcome.rows = outcome.looked_at = len(reviews) + outcome.rejected
    days = sorted(review.written_at.date() for review in reviews)
    outcome.first_day, outcome.last_day = (days[0], days[-1]) if days else (None, None)
    for review in reviews[:FIRST]:
        answers = [(_("Stars"), "★" * review.stars), (_("What it says"), review.text[:200]),
                   (_("Our reply"), review.reply[:200])]  # fmt: skip
        row = FirstRow(review.written_at.date(), review.author, tuple((q, a) for q, a in answers if a))
        outcome.first.append(row)


def _customers(outcome: Outcome, plan: Plan) -> None:
    columns: Columns = columns_of(plan)
    outcome.rows = plan.rows
    emails: set[str] = set()
    numbers: set[str] = set()
    again = 0
    for raw in islice(body(plan.source, plan.header), GONE_THROUGH):
        outcome.looked_at += 1
        name, email = columns.name_of(raw.cells), columns.cell("email", raw.cells).lower()
        number = columns.cell("external_id", raw.cells)[:80]
        outcome.accepted += bool(name or email)
        again += bool((email and email in emails) or (number and number in numbers))
        emails |= {email} - {""}
        numbers |= {number} - {""}
        if len(outcome.first) < FIRST and (name or email):
            outcome.first.append(FirstRow(None, name or email, (("e-mail", email),) if email else ()))
    outcome.already_there = again + _here(emails, numbers)
    outcome.rejected = outcome.looked_at - outcome.accepted
    outcome.customers = outcome.accepted - outcome.already_there


def _here(emails: set[str], numbers: set[str]) -> int:
    """How many of these are customers already, by number or by address."""
    found: set[int] = set()
    for field_name, known in (("email__in", sorted(emails)), ("external_id__in", sorted(numbers))):
        for start in range(0, len(known), ASKED_AT_ONCE):
            wanted = {field_name: known[start : start + ASKED_AT_ONCE]}
            found |= set(Customer.objects.filter(**wanted).values_list("pk", flat=True))
    return len(found)


def _purchases(outcome: Outcome, plan: Plan, wish: Wish) -> None:
    outcome.rows = plan.rows
    read = list(islice(read_rows(plan, sheet_of(plan)), GONE_THROUGH))
    rows = [row for row in read if isinstance(row, Bought)]
    joining = Joining((wish.source or SOURCE)[:80])
    for start in range(0, len(rows), ASKED_AT_ONCE):
        found = list(joining.purchases(rows[start : start + ASKED_AT_ONCE], lambda rejection: None))
        outcome.already_there += not_here(found, joining.source)[1]
        outcome.accepted += len(found)
    outcome.looked_at, outcome.rejected = len(read), len(read) - outcome.accepted
    days = sorted(row.day for row in rows)
    outcome.first_day, outcome.last_day = (days[0], days[-1]) if days else (None, None)
    for row in rows[:FIRST]:
        who = next(filter(None, reversed(row.who)))
        outcome.first.append(FirstRow(row.day, who, (("=", f"{row.cents / 100:.2f} {row.currency}"),)))


def _answers(outcome: Outcome, seen: Seen, wish: Wish, stem: str) -> None:
    looked = seen.looked
    assert looked is not None
    plan, chosen = looked.plan, looked.reading.chosen
    source = (wish.source or looked.source or stem)[:80]
    marks = plan.with_role(Role.OVERALL, Role.NPS, Role.CSAT, Role.CES, Role.RATING, Role.COMMENT, Role.RECOMMENDED)
    outcome.rows, outcome.questions = plan.rows, len(marks) + len(chosen)
    outcome.touchpoints = len(plan.with_role(Role.RATING))
    labels = {column.name: column.label or column.name for column in plan.columns}
    table, keys = Table(plan), Keys()
    ids: list[str] = []
    emails: set[str] = set()
    for row in islice(table, GONE_THROUGH):
        day = row.day or wish.default_day
        key = keys.of(row)
        if day and _is_answered(row, chosen):
            ids.append(key)
            outcome.accepted += 1
            outcome.first_day = min(filter(None, (outcome.first_day, day)))
            outcome.last_day = max(filter(None, (outcome.last_day, day)))
        emails |= {row.email.lower()} if row.email else set()
        if len(outcome.first) < FIRST:
            outcome.first.append(_first(row, chosen, labels, wish))
    outcome.looked_at = table.rows_read
    outcome.rejected = table.rows_read - outcome.accepted
    outcome.rejected_values = sum(ledger.rejected for ledger in table.ledger.values())
    outcome.customers = _known_customers(emails)
    for start in range(0, len(ids), ASKED_AT_ONCE):
        part = ids[start : start + ASKED_AT_ONCE]
        outcome.already_there += Response.objects.filter(source=source, external_id__in=part).count()


def _is_answered(row: TableRow, chosen: tuple[Chosen, ...]) -> bool:
    return bool(row.scores or row.recommended or row.comments) or any(_is_read(one, row) for one in chosen)


def _is_read(chosen: Chosen, row: TableRow) -> bool:
    try:
        return is_given(chosen.read(row.cells))
    except ValueError:
        return False


def _known_customers(emails: set[str]) -> int:
    known = sorted(emails)
    parts = (known[start : start + ASKED_AT_ONCE] for start in range(0, len(known), ASKED_AT_ONCE))
    return sum(Customer.objects.filter(email__in=part).count() for part in parts)


def _first(row: TableRow, chosen: tuple[Chosen, ...], labels: dict[str, str], wish: Wish) -> FirstRow:
    answers = [
        *((labels[name], f"{score.value:g} ({score.scale})") for name, score in row.scores.items()),
        *((labels[name], "✓" if said else "✗") for name, said in row.recommended.items()),
        *((labels[name], text[:200]) for name, text in row.comments.items()),
        *_chosen(row, chosen),
    ]
    who = " · ".join(filter(None, (row.customer or row.email, row.location, row.subject)))
    return FirstRow(row.day or wish.default_day, who, tuple(answers[:ANSWERS]), max(0, len(answers) - ANSWERS))


def _chosen(row: TableRow, chosen: tuple[Chosen, ...]) -> Iterator[tuple[str, str]]:
    for one in chosen:
        try:
            value = one.read(row.cells)
        except ValueError as error:
            yield in_language(one.question.text), f"? {str(error)[:80]}"
            continue
        if isinstance(value, list):
            words = {option.code: in_language(option.text) for option in one.question.options}
            yield in_language(one.question.text), ", ".join(words.get(str(code), str(code)) for code in value)
        elif isinstance(value, Decimal):
            yield in_language(one.question.text), f"{value.normalize():f}"
        elif value is not None and value != "":
            yield in_language(one.question.text), str(value)[:200]


def read_as(seen: Seen) -> dict[str, str]:
    """Columns that are read straight from the cells → what they are: a role, or ``day``."""
    if seen.looked is None:
        return {}
    shown = {"text": Role.COMMENT, "single": Role.CHOICE, "multiple": Role.CHOICE, "number": Role.NUMBER, "date": "day"}
    read = dict.fromkeys(seen.looked.reading.columns, str(Role.CHOICE))
    return read | {one.column: str(shown.get(one.question.kind, Role.RATING)) for one in seen.looked.reading.chosen}


_ITALIAN = "il la di che e un per con non sono del della quanto come cosa data commento voto sì è ci"
_ENGLISH = "the of and to a in for with not are is how what you your date comment score yes we it"
_SPOKEN = {"it": frozenset(_ITALIAN.split()), "en": frozenset(_ENGLISH.split())}


def language_of(plan: Plan) -> str:
    """Italian or English, by the commonest words of the header and the first cells; empty where they do not tell."""
    words = [
        word.strip(".,;:!?«»\"'()").lower()
        for column in plan.columns
        for text in (column.name, column.label, *column.examples)
        for word in text.replace("_", " ").split()
    ]
    counts = {code: sum(word in spoken for word in words) for code, spoken in _SPOKEN.items()}
    best = max(counts, key=lambda code: counts[code])
    return best if counts[best] > 2 * (sum(counts.values()) - counts[best]) else ""
