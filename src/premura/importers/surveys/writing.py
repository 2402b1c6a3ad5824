"""A survey of another system becomes a draft; brought again it is found, not doubled."""

from pathlib import Path

from django.db import transaction
from django.utils import timezone

from premura.core.company.company import the_company
from premura.core.history.history import record
from premura.core.staff.models import Person
from premura.importers.models import ImportedFile, MadeRow, State
from premura.importers.neutral import Brought, Survey
from premura.importers.neutral.errors import SourceError
from premura.importers.responses.keeping import hash_of, keep_file
from premura.importers.surveys.carrying import Carried, carry
from premura.loop.listen import models
from premura.loop.listen.programmes import add_programme
from premura.loop.listen.surveys import add_survey

# The programme of surveys brought from elsewhere, by the company's language: people read it in lists
PROGRAMME = {"it": "Questionari portati da altri programmi", "en": "Surveys from other programs"}


def import_survey(
    path: Path, brought: Brought, system: str, *, by: Person | None, imported: ImportedFile | None = None
) -> ImportedFile:
    """Write the survey of ``brought`` as a draft; the same survey again leaves the draft and its edits alone."""
    if brought.survey is None:
        raise SourceError("no-survey", name=path.name)
    carried = carry(brought.survey)
    if not carried.definition.questions:
        raise SourceError("no-survey", name=path.name)
    sha256 = hash_of(path)
    keep_file(path, sha256)
    with transaction.atomic():
        imported = imported or ImportedFile(name=path.name[:200], imported_at=timezone.now(), imported_by=by)
        imported.sha256, imported.system, imported.kind, imported.state = sha256, system, "survey", State.DONE
        imported.source = _source(system, brought.survey, path)
        imported.rows = len(brought.survey.questions)
        before = survey_brought(imported.source)
        _say(imported, carried, brought)
        if before is None:
            imported.accepted = len(carried.definition.questions)
            imported.save()
            survey = _draft(carried, imported, by)
        else:
            survey = before
            imported.accepted, imported.already_there = 0, len(carried.definition.questions)
        imported.settings = {**imported.settings, "survey": survey.pk, "keys": [key.as_json() for key in carried.keys]}
        imported.save()
        record("survey.imported", by=by, about=imported, data={"survey": survey.pk, "new": before is None})
    return imported


def _source(system: str, survey: Survey, path: Path) -> str:
    return f"{system}:{survey.id or path.stem}"[:80]


def _say(imported: ImportedFile, carried: Carried, brought: Brought) -> None:
    left = (*brought.left_out, *carried.left_out)
    imported.report = {"left_out": [one.as_json() for one in left]}


def _draft(carried: Carried, imported: ImportedFile, by: Person | None) -> models.Survey:
    company = the_company()
    name = PROGRAMME[company.language if company else "it"]
    programme = models.Programme.objects.filter(name=name).first()
    made = []
    if programme is None:
        programme = add_programme(by, name, owner=by)
        made.append(MadeRow(file=imported, kind="programme", object_id=programme.pk))
    survey = add_survey(programme, carried.definition, by)
    made.append(MadeRow(file=imported, kind="survey", object_id=survey.pk))
    MadeRow.objects.bulk_create(made)
    return survey


def survey_import_of(source: str) -> ImportedFile | None:
    """The import that brought the survey of this source, if it still stands."""
    found = ImportedFile.objects.filter(kind="survey", source=source, state=State.DONE).order_by("-pk")
    return next((file for file in found if file.settings.get("survey")), None)


def survey_brought(source: str) -> models.Survey | None:
    file = survey_import_of(source)
    return models.Survey.objects.filter(pk=file.settings["survey"]).first() if file else None
