"""Write the rows of a planned table as responses, thousands at a time; a row that is here already is left alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from pathlib import Path

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.text import slugify

from premura.core.company.company import company_timezone, the_company
from premura.core.history.history import record
from premura.core.staff.models import Person
from premura.importers.models import ImportedFile, MadeRow, State
from premura.importers.responses.bulk import room_to_write
from premura.importers.responses.by_column import ColumnWriter, marking_of
from premura.importers.responses.careful import write_careful
from premura.importers.responses.choices import Reading
from premura.importers.responses.columns import Questions, add_chosen, questions_of
from premura.importers.responses.ids import ids_of
from premura.importers.responses.keeping import hash_of, keep_file, rejected_file
from premura.importers.responses.under_way import Writing
from premura.importers.table import Plan, RejectionFile, Table
from premura.importers.table.columnar import can_be_read
from premura.loop.listen.definition import Definition, definition_to, is_same
from premura.loop.listen.models import Programme, Response, Survey, SurveyVersion, Withdrawal

CHUNK = 5_000
# The programme under which files stand, by the company's language: people read it in lists
PROGRAMME = {"it": "File importati", "en": "Imported files"}
WITHDRAWN = {
    "it": "Risposte raccolte con un altro programma: questa versione non si può più compilare.",
    "en": "Answers collected with another program: this version can no longer be answered.",
}
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Into:
    """Where answers go and how: what the person said besides what each column is.

    ``us_name`` is what the file calls us in its subject column. ``source`` names where the file comes from, so that
    next month's export of the same system is recognised row by row; default: the file's name. ``default_day`` is the
    day of rows without a date; without it they are refused, because a day that nobody said would bend every trend.
    """

    us_name: str = ""
    source: str = ""
    default_day: date | None = None
    survey: Survey | None = None
    system: str = ""


def import_responses(
    path: Path,
    plan: Plan,
    *,
    by: Person | None,
    lang: str,
    us_name: str = "",
    source: str = "",
    default_day: date | None = None,
    progress: Progress = lambda done, total: None,
) -> ImportedFile:
    """Write every acceptable row of ``plan``; the result counts new, already there and refused ones."""
    into = Into(us_name, source, default_day)
    return write_answers(path, Reading(plan), into, by=by, lang=lang, progress=progress)


def write_answers(
    path: Path,
    reading: Reading,
    into: Into,
    *,
    by: Person | None,
    lang: str,
    progress: Progress = lambda done, total: None,
    imported: ImportedFile | None = None,
) -> ImportedFile:
    """Write what ``reading`` reads. ``imported`` goes on with an import that was begun and did not end."""
    plan = reading.plan
    sha256 = hash_of(path)
    into = replace(into, source=(into.source or path.stem)[:80])
    keep_file(path, sha256)
    imported = imported or ImportedFile(name=path.name[:200], imported_at=timezone.now(), imported_by=by)
    imported.sha256, imported.source, imported.system, imported.kind = sha256, into.source, into.system, "responses"
    imported.state, imported.total, imported.accepted, imported.already_there = State.RUNNING, plan.rows, 0, 0
    imported.save()
    with RejectionFile(rejected_file(imported), lang) as rejections, room_to_write():
        table = Table(plan, rejections)
        writing = _begin(imported, reading, into, by)
        _write_all(writing, table, rejections, progress)
    imported.rows, imported.rejected, imported.done = table.rows_read, rejections.count, table.rows_read
    imported.state = State.DONE
    imported.report = {
        **imported.report,
        "ledger": {
            name: {"counted": row.counted, "missing": row.missing, "rejected": row.rejected, "aside": dict(row.aside)}
            for name, row in table.ledger.items()
        },
        "notes": [note.code for note in (*plan.notes, *table.closing_notes())],
        "first_day": writing.first_day.isoformat() if writing.first_day else "",
        "last_day": writing.last_day.isoformat() if writing.last_day else "",
        "survey": writing.version.survey_id,
    }
    with transaction.atomic():
        imported.save()
        counts = {"accepted": imported.accepted, "already_there": imported.already_there, "rejected": imported.rejected}
        days = {"first_day": imported.report["first_day"], "last_day": imported.report["last_day"]}
        data = {"survey": writing.version.survey_id, **counts, **days}
        record("responses.imported", by=by, about=imported, data=data)
    return imported


def _begin(imported: ImportedFile, reading: Reading, into: Into, by: Person | None) -> Writing:
    """The survey of this source, and its version with these questions; both are found again the next time."""
    with transaction.atomic():
        questions = questions_of(reading.plan)
        joined = reading.definition
        chosen = add_chosen(questions, reading.chosen, keep_codes=joined is not None)
        survey = into.survey or _imported_survey(imported, questions.definition(into.source), into.source)
        definition = _joined_definition(joined, questions) if joined else questions.definition(into.source)
        version = _version(imported, survey, definition, by)
    first, last = ids_of(imported.pk)
    highest = Response.objects.filter(id__gte=first, id__lte=last).order_by("-id").values_list("id", flat=True).first()
    number = highest.int & ((1 << 62) - 1) if highest else 0
    imported.accepted = number
    return Writing(imported, into.source, version, questions, chosen, into.us_name.strip(), into.default_day,
                   company_timezone(), number, Response.objects.filter(source=into.source).exists())  # fmt: skip


def _joined_definition(joined: Definition, questions: Questions) -> Definition:
    """The survey as it was brought, and after it whatever else somebody declared of the file's columns."""
    more = tuple(a.question for a in questions.by_column.values() if joined.question(a.question.code) is None)
    return Definition(
        title=joined.title, languages=joined.languages, questions=(*joined.questions, *more),
        intro=joined.intro, thanks=joined.thanks,
    )  # fmt: skip


def _imported_survey(imported: ImportedFile, definition: Definition, source: str) -> Survey:
    now = timezone.now()
    company = the_company()
    programme, is_new = Programme.objects.get_or_create(
        name=PROGRAMME[company.language if company else "it"],
        defaults={"objective": "", "decision": "", "created_at": now, "cadence_days": 0},
    )
    slug = f"import-{slugify(source)[:50] or 'file'}"
    fresh = {"programme": programme, "draft": definition_to(definition), "is_imported": True, "created_at": now}
    survey, is_new_survey = Survey.objects.get_or_create(slug=slug, defaults=fresh)
    for kind, row, new in (("programme", programme, is_new), ("survey", survey, is_new_survey)):
        if new:
            MadeRow.objects.create(file=imported, kind=kind, object_id=row.pk)
    return survey


def _version(imported: ImportedFile, survey: Survey, definition: Definition, by: Person | None) -> SurveyVersion:
    """The version with these questions. On a survey that can be answered here it is withdrawn at once."""
    held = definition_to(definition)
    version = next((v for v in survey.versions.all() if is_same(v.definition, definition)), None)
    if version is not None:
        return version
    now = timezone.now()
    number = (survey.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    version = SurveyVersion.objects.create(
        survey=survey, number=number, definition=held, published_at=now, published_by=by
    )
    MadeRow.objects.create(file=imported, kind="version", object_id=version.pk)
    if not survey.is_imported:
        company = the_company()
        reason = WITHDRAWN[company.language if company else "it"]
        Withdrawal.objects.create(version=version, withdrawn_at=now, withdrawn_by=by, reason=reason)
    return version


def _write_all(writing: Writing, table: Table, rejections: RejectionFile, progress: Progress) -> None:
    """A batch is one transaction: a crash leaves whole batches, and the next run goes on where this one stopped."""
    if can_be_read(table.plan):
        ColumnWriter(writing, table).write(rejections, progress)
        return
    rows = iter(table)
    while chunk := list(islice(rows, CHUNK)):
        with transaction.atomic(), marking_of(table.plan.rows) as days:
            write_careful(writing, [(writing.keys.of(row), row) for row in chunk], rejections, days)
        progress(table.rows_read, table.plan.rows)
