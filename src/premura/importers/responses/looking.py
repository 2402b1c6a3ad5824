"""Look at a file of answers: which system wrote it, how each column will be read, which known survey it joins."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from premura.importers.models import ImportedFile, State
from premura.importers.neutral import Brought, LeftOut, Shape
from premura.importers.responses.choices import Reading, read_choices
from premura.importers.responses.joining import join_survey
from premura.importers.sources import TABLE, Found
from premura.importers.surveys.carrying import carry
from premura.importers.table import ColumnPlan, Declared, Plan, Role, plan
from premura.importers.table.notes import Choice, Question
from premura.importers.table.numbers import parse_number
from premura.loop.listen.definition import definition_to
from premura.loop.listen.models import Survey

# So many columns are named, and asked about, in one look
_NAMED = 8
_CHOICES = 15


@dataclass(frozen=True)
class Looked:
    """What will come of a file of answers. ``source`` is set where the survey they belong to is known."""

    plan: Plan
    reading: Reading
    left_out: tuple[LeftOut, ...]
    source: str = ""
    survey: Survey | None = None
    # What only the owner of the file knows of columns that were left aside
    asked: tuple[Question, ...] = ()


def look_at_answers(path: Path, found: Found, brought: Brought, declared: Declared) -> Looked:
    """Plan the table of ``brought``. What the person declares comes before what the system is known to mean."""
    shape = brought.shape or Shape({})
    shape = replace(shape, roles={name: role for name, role in shape.roles.items() if name not in declared.mapping})
    said = replace(declared, mapping={**shape.roles, **declared.mapping}, header=brought.header)
    planned = plan(path, said, brought.source)
    left = list(brought.left_out)
    if person := _people_as_ids(planned, declared):
        left.append(LeftOut("left-ids", person))
        shape = replace(shape, roles={**shape.roles, person: Role.EMAIL})
        said = replace(said, mapping={**shape.roles, **declared.mapping})
        planned = plan(path, said, brought.source)
    if joined := _joined(found, brought, planned, shape):
        reading, source, survey = joined
        return Looked(reading.plan, reading, (*left, *reading.left_out), source, survey)
    reading = read_choices(planned, shape, is_known=found.code != TABLE)
    unused = [c for c in reading.plan.columns if _is_unused(c, reading, {*shape.roles, *declared.mapping})]
    if unused:
        shown = ", ".join(c.name[:40] for c in unused[:_NAMED]) + ("…" if len(unused) > _NAMED else "")
        left.append(LeftOut("unused-columns", shown, {"count": len(unused)}))
    asked = tuple(_ask_choice(column) for column in unused if _may_be_choice(column))[:_NAMED]
    return Looked(reading.plan, reading, (*left, *reading.left_out), asked=asked)


def _is_unused(column: ColumnPlan, reading: Reading, said: set[str]) -> bool:
    """Filled, read by nobody, and nobody has said that it is to be left out."""
    is_idle = column.role is Role.IGNORE and column.name not in reading.columns
    return is_idle and bool(column.filled) and column.name not in said


def _may_be_choice(column: ColumnPlan) -> bool:
    """A few answers in words that come again and again; not who served the customer, nor a number for each."""
    words = [text for text, _count in column.few]
    return (
        column.why == "contents"
        and 2 <= len(words) <= _CHOICES
        and column.filled >= 5 * len(words)
        and not any(parse_number(text) is not None for text in words)
        and max(map(len, words)) <= 60
    )


def _ask_choice(column: ColumnPlan) -> Question:
    words = [text for text, _count in column.few]
    shown = " · ".join(words[:4]) + ("…" if len(words) > 4 else "")
    choices = (
        Choice("1", "map", f"{column.name}=choice", "choice-choice"),
        Choice("2", "map", f"{column.name}=ignore", "choice-ignore"),
    )
    return Question("ask-choice", column.name, choices, {"different": len(words), "shown": shown})


def _people_as_ids(planned: Plan, declared: Declared) -> str:
    """The id column, if it holds e-mail addresses: these say who answered, not which answer it is."""
    column = next(iter(planned.with_role(Role.ID)), None)
    if column is None or column.name in declared.mapping or not column.examples:
        return ""
    return column.name if all("@" in example for example in column.examples) else ""


def _joined(found: Found, brought: Brought, planned: Plan, shape: Shape) -> tuple[Reading, str, Survey | None] | None:
    """The survey of the same archive, else the newest survey of the same system whose questions are columns here."""
    if brought.survey is not None:
        carried = carry(brought.survey)
        keys = [key.as_json() for key in carried.keys]
        reading = join_survey(planned, shape, keys, definition_to(carried.definition))
        source = f"{found.code}:{brought.survey.id or found.head.path.stem}"[:80]
        return (reading, source, None) if reading else None
    if found.code == TABLE:
        return None
    for file in ImportedFile.objects.filter(kind="survey", system=found.code, state=State.DONE)[:20]:
        survey = Survey.objects.filter(pk=file.settings.get("survey")).first()
        if survey and (reading := join_survey(planned, shape, file.settings["keys"], survey.draft)):
            return reading, file.source, survey
    return None
