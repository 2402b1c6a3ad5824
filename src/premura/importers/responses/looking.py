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
from premura.importers.table import Declared, Plan, Role, plan
from premura.loop.listen.definition import definition_to
from premura.loop.listen.models import Survey


@dataclass(frozen=True)
class Looked:
    """What will come of a file of answers. ``source`` is set where the survey they belong to is known."""

    plan: Plan
    reading: Reading
    left_out: tuple[LeftOut, ...]
    source: str = ""
    survey: Survey | None = None


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
    return Looked(reading.plan, reading, (*left, *reading.left_out))


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
