"""Codes for «no answer» that nobody declared: 99 beside marks from 1 to 5, «NR» among numbers. They are asked about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from premura.importers.table.notes import Choice, Question
from premura.importers.table.numbers import parse_rating
from premura.importers.table.profile import is_missing
from premura.importers.table.roles import SCALED, Role
from premura.importers.table.scales import ZERO_TEN, Scale

if TYPE_CHECKING:
    from premura.importers.table.plan import ColumnPlan

# What comes again is a code; what stands there once is a slip of the pen
_AGAIN, _SHARE = 3, 0.005


def ask_codes(columns: Sequence[ColumnPlan], questions: list[Question]) -> None:
    """One question for all columns: whoever fills a form says «no answer» in one way."""
    asked_about = {question.column for question in questions if question.code == "ask-zero-to-ten"}
    found = {column.name: codes for column in columns if (codes := _codes(column, column.name in asked_about))}
    if not found:
        return
    counts: dict[str, int] = {}
    for codes in found.values():
        for code, count in codes:
            counts[code] = counts.get(code, 0) + count
    setting = "\n".join(f"{name}={','.join(code for code, _count in codes)}" for name, codes in found.items())
    choices = (Choice("1", "missing", setting, "choice-code-blank"), Choice("2", "leave", "", "choice-code-wrong"))
    names = [*found]
    values = {
        "names": ", ".join(f"«{name}»" for name in names[:6]) + ("…" if len(names) > 6 else ""),
        "codes": ", ".join(sorted(counts, key=lambda code: -counts[code])[:6]),
        "kinds": len(counts),
        "count": sum(counts.values()),
    }
    questions.append(Question("ask-codes", names[0] if len(names) == 1 else None, choices, values))


def _codes(column: ColumnPlan, may_be_nps: bool) -> list[tuple[str, int]]:
    """The values of a column of marks that are none of its marks and come again and again, with their counts."""
    if column.role is Role.NPS or may_be_nps:
        scales: tuple[Scale, ...] = (ZERO_TEN,)
    elif column.role in SCALED and column.rule:
        scales = column.rule.scales
    else:
        return []
    known = set(column.missing)
    enough = max(_AGAIN, _SHARE * column.filled)
    return [
        (text, count)
        for text, count in column.few
        if count >= enough
        and not is_missing(text, known)
        # As a declaration is written: codes are parted by commas
        and "," not in text
        and ((mark := parse_rating(text)) is None or not (mark == 0 or any(scale.holds(mark) for scale in scales)))
    ]
