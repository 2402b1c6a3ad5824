"""How the columns of a file become the questions of an imported survey."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from django.utils.text import slugify

from premura.core.journeys.journeys import touchpoint_by_code, touchpoint_named
from premura.core.journeys.models import Touchpoint
from premura.importers.responses.choices import Chosen
from premura.importers.table import ColumnPlan, Plan, Role, Scale
from premura.loop.listen.definition import Definition, Option, Question

_NOISE = re.compile(r"[_\s]*(rating|score|voto|punteggio|valutazione)s?$", re.IGNORECASE)
_MARKS = (Role.OVERALL, Role.RATING, Role.CSAT, Role.CES, Role.NPS)
_YES_NO = (Option("yes", {"it": "Sì", "en": "Yes"}), Option("no", {"it": "No", "en": "No"}))


@dataclass(frozen=True)
class Asked:
    """One question of the imported survey: its touchpoint is a row already."""

    question: Question
    touchpoint: Touchpoint | None


@dataclass(frozen=True)
class Questions:
    """Questions by (column, scale); the scale is empty for words and yes/no."""

    by_column: dict[tuple[str, str], Asked]

    def definition(self, title: str) -> Definition:
        questions = tuple(asked.question for asked in self.by_column.values())
        return Definition(title={"it": title, "en": title}, languages=("it", "en"), questions=questions)


def questions_of(plan: Plan) -> Questions:
    """One question a column, and one more for every further scale that the column was given on."""
    found: dict[tuple[str, str], Asked] = {}
    taken: set[str] = set()
    for column in plan.columns:
        for scale in _scales(column):
            code = _code(column.name, scale, taken)
            taken.add(code)
            found[(column.name, str(scale or ""))] = _asked(column, scale, code)
    return Questions(found)


def add_chosen(questions: Questions, chosen: Sequence[Chosen], *, keep_codes: bool) -> tuple[tuple[Chosen, Asked], ...]:
    """Questions that are read from the cells of a row, each with a code that no other has.

    ``keep_codes``: they are questions of a known survey and have theirs already.
    """
    taken = {asked.question.code for asked in questions.by_column.values()}
    found = []
    for one in chosen:
        question = one.question
        if not keep_codes:
            code = _code(one.column, None, taken)
            taken.add(code)
            question = msgspec.structs.replace(question, code=code)
            questions.by_column[(one.column, "chosen")] = Asked(question, None)
        touchpoint = touchpoint_by_code(question.touchpoint)
        found.append((one, Asked(question, touchpoint)))
    return tuple(found)


def _scales(column: ColumnPlan) -> list[Scale | None]:
    """The scales of a column of marks; one ``None`` for words and yes/no; nothing for a column that is no question."""
    if column.role is Role.NPS:
        return [Scale(0, 10)]
    if column.role in _MARKS:
        return list(dict.fromkeys(scale for scale, _since in column.rule.parts)) if column.rule else []
    return [None] if column.role in (Role.COMMENT, Role.RECOMMENDED) else []


def _code(name: str, scale: Scale | None, taken: set[str]) -> str:
    stem = slugify(name).replace("-", "_")[:28].strip("_") or "question"
    stem = stem if stem[0].isalpha() else f"q_{stem}"
    if stem in taken and scale is not None:
        stem = f"{stem}_{scale.low}_{scale.high}"
    code, number = stem, 2
    while code in taken:
        code, number = f"{stem}_{number}", number + 1
    return code


def _asked(column: ColumnPlan, scale: Scale | None, code: str) -> Asked:
    label = column.label or column.name
    touchpoint = touchpoint_named(_spoken(label)) if column.role is Role.RATING else None
    question = Question(
        code=code,
        kind=_kind(column, scale),  # type: ignore[arg-type]
        text={"it": label, "en": label},
        touchpoint=touchpoint.code if touchpoint else "",
        options=_YES_NO if column.role is Role.RECOMMENDED else (),
        marks=str(scale or ""),
    )
    return Asked(question, touchpoint)


def _kind(column: ColumnPlan, scale: Scale | None) -> str:
    """Marks from 1 to 5 are satisfaction; a declared NPS or CES is one; other scales stay what they are."""
    if scale is None:
        return "single" if column.role is Role.RECOMMENDED else "text"
    if column.role is Role.NPS:
        return "nps"
    if column.role is Role.CES and scale == Scale(1, 7):
        return "ces"
    return "csat" if scale == Scale(1, 5) else "rating"


def _spoken(label: str) -> str:
    """A column's name as people say it: «bar_beverages_rating» → «bar beverages»."""
    return " ".join(_NOISE.sub("", label).replace("_", " ").split())[:80] or label[:80]
