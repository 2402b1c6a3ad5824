"""Public reviews from any table: stars, words, day, writer, place, our reply and when it stood there."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, time, tzinfo
from hashlib import blake2b

from premura.importers.neutral import LeftOut, Review, SourceError
from premura.importers.table import Plan, Role, Scale, Table, TableRow
from premura.importers.table.dates import parse_moment
from premura.importers.table.plan import ColumnPlan
from premura.importers.table.profile import is_blank
from premura.importers.table.roles import SCALED, fold

FIVE = Scale(1, 5)
MOST = 200_000
_REPLIED = re.compile(r"(?:data|date|ora|time|when|at)\b.*\b(?:rispost|repl|respons)|\b(?:rispost|repl|respons)\w*"
                      r" (?:il|at|on|date|time|data|ora)\b|^replied( at)?$")  # fmt: skip
_REPLY = re.compile(r"\brispost|\breply\b|\breplies\b|\bresponse\b|owner response")


def with_replies(plan: Plan) -> Plan:
    """The plan with our replies and their times where the columns' names say so and nobody said otherwise."""
    taken = {column.role for column in plan.columns if column.why == "declared"}
    found: list[ColumnPlan] = []
    for column in plan.columns:
        role = _reply_role(column)
        if role and role not in taken and column.why != "declared":
            taken.add(role)
            column = replace(column, role=role, why="name", rule=None)
        found.append(column)
    dated = next((c.name for c in found if c.role is Role.DATE and c.name == plan.date_column), None)
    dated = dated or next((c.name for c in found if c.role is Role.DATE), None)
    return replace(plan, columns=tuple(found), date_column=dated)


def _reply_role(column: ColumnPlan) -> Role | None:
    name = fold(column.name)
    if not column.filled or column.role is Role.ID:
        return None
    if _REPLIED.search(name) and any(parse_moment(example) for example in column.examples):
        return Role.REPLIED
    return Role.REPLY if _REPLY.search(name) and column.role is not Role.DATE else None


def reviews_of(plan: Plan, zone: tzinfo) -> tuple[tuple[Review, ...], tuple[LeftOut, ...]]:
    """The reviews of a table, and those that were not carried over with the reason. Raises ``SourceError``.

    Marks must be stars from one to five. A review without a time is of noon in ``zone``. Where the file has no
    identifiers, a review is known by its day, writer, place, stars and words: a reply that comes later changes none.
    """
    stars = next((c for c in plan.columns if c.role in SCALED), None)
    if stars is None or stars.rule is None:
        raise SourceError("no-stars", name=plan.source.path.name)
    if set(stars.rule.scales) != {FIVE}:
        raise SourceError("other-stars", name=plan.source.path.name, column=stars.name, scale=str(stars.rule))
    if plan.rows > MOST:
        raise SourceError("too-many-reviews", name=plan.source.path.name, most=MOST)
    left: list[LeftOut] = []
    found: list[Review] = []
    same: Counter[str] = Counter()
    table = Table(plan, lambda rejection: None)
    reply, replied = (next(iter(plan.with_role(role)), None) for role in (Role.REPLY, Role.REPLIED))
    comment = next(iter(plan.with_role(Role.COMMENT)), None)
    for row in table:
        score = row.scores.get(stars.name)
        why = "why-no-date" if row.day is None else "why-no-stars"
        if row.day is None or score is None or score.value != int(score.value):
            where = row.id or str(row.line)
            left.append(LeftOut("left-review" if row.id else "left-review-line", where[:60], {"why": why}))
            continue
        text = row.comments.get(comment.name, "") if comment else ""
        answered = _instant_of(replied, row, zone)
        words = _cell(reply, row)
        review = Review(
            "", int(score.value), text, _aware(row, zone), author=(row.customer or "")[:160],
            language=(row.language or "")[:2].lower(), place=row.location or "", reply=words,
            replied_at=answered if words or reply is None else None,
        )  # fmt: skip
        found.append(replace(review, id=row.id[:120] if row.id else _numbered(key_of(review), same)))
    if table.rows_rejected:
        left.append(LeftOut("left-review-rows", "", {"count": table.rows_rejected}))
    if not found and not left:
        raise SourceError("no-reviews", name=plan.source.path.name)
    return tuple(found), tuple(left)


def key_of(review: Review) -> str:
    """What tells a review without an identifier from others: everything but our reply."""
    said = (review.written_at.astimezone(UTC).isoformat(), review.author, review.place, str(review.stars), review.text)
    return blake2b("\x1f".join(said).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _numbered(key: str, same: Counter[str]) -> str:
    same[key] += 1
    return f"{key}-{same[key]}"


def _aware(row: TableRow, zone: tzinfo) -> datetime:
    assert row.day is not None
    moment = row.instant or datetime.combine(row.day, time(12))
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _cell(column: ColumnPlan | None, row: TableRow) -> str:
    text = row.cells[column.index].strip() if column and column.index < len(row.cells) else ""
    return "" if is_blank(text) else text


def _instant_of(column: ColumnPlan | None, row: TableRow, zone: tzinfo) -> datetime | None:
    text = _cell(column, row)
    found = parse_moment(text, day_first=column.day_first, serial=True) if column and text else None
    if found is None:
        return None
    moment = found.instant or datetime.combine(found.day, time(12))
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
