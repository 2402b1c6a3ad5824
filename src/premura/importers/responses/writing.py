"""Write the rows of a planned table as responses, a thousand at a time; a row that is here already is left alone."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.text import slugify

from premura.core.channels import Channel
from premura.core.company.company import company_timezone, the_company, unused_code
from premura.core.company.models import Location
from premura.core.customers.models import Customer
from premura.core.history.history import record
from premura.core.journeys.journeys import touchpoint_named
from premura.core.journeys.models import Touchpoint
from premura.core.staff.models import Person
from premura.importers.models import ImportedFile
from premura.importers.responses.columns import Asked, Questions, questions_of
from premura.importers.responses.keeping import hash_of, keep_file, rejected_file
from premura.importers.table import Plan, Rejection, RejectionFile, Table, TableRow
from premura.loop.listen.definition import TEXT_LIMIT, definition_to, is_same
from premura.loop.listen.models import Answer, Programme, Response, Subject, Survey, SurveyVersion
from premura.loop.listen.surveys import us

CHUNK = 1_000
# The programme under which files stand, by the company's language: people read it in lists
PROGRAMME = {"it": "File importati", "en": "Imported files"}
Progress = Callable[[int, int], None]


@dataclass
class Writing:
    """One import under way: where the rows go, and the rows of other tables that were met so far."""

    source: str
    version: SurveyVersion
    questions: Questions
    us_name: str
    default_day: date | None
    zone: ZoneInfo
    locations: dict[str, Location] = field(default_factory=dict)
    subjects: dict[str, Subject] = field(default_factory=dict)
    touchpoints: dict[str, Touchpoint] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)

    def location(self, name: str | None) -> Location | None:
        if not name:
            return None
        name = name.strip()[:120]
        if name not in self.locations:
            taken = set(Location.objects.values_list("code", flat=True))
            made = {"code": unused_code(name, taken), "is_imported": True}
            self.locations[name], _ = Location.objects.get_or_create(name=name, defaults=made)
        return self.locations[name]

    def subject(self, name: str | None) -> Subject:
        """Us where the file says nothing, or says the name that was declared to be ours; else a competitor."""
        name = (name or "").strip()[:160]
        if not name or name.casefold() == self.us_name.casefold():
            name = ""
        if name not in self.subjects:
            self.subjects[name] = Subject.objects.get_or_create(name=name)[0] if name else us()
        return self.subjects[name]

    def external_id(self, row: TableRow) -> str:
        """The file's own id, else a fingerprint of the row and which of its equals this is."""
        if row.id:
            return row.id[:120]
        fingerprint = row.fingerprint
        self.seen[fingerprint] = self.seen.get(fingerprint, 0) + 1
        return f"{fingerprint}-{self.seen[fingerprint]}"


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
    """Write every acceptable row of ``plan``; the result counts new, already there and refused ones.

    ``us_name`` is what the file calls us in its subject column. ``source`` names where the file comes from, so that
    next month's export of the same system is recognised row by row; default: the file's name. ``default_day`` is the
    day of rows without a date; without it they are refused, because a day that nobody said would bend every trend.
    """
    sha256, source = hash_of(path), (source or path.stem)[:80]
    keep_file(path, sha256)
    imported = ImportedFile.objects.create(
        name=path.name[:200], sha256=sha256, source=source, imported_at=timezone.now(), imported_by=by
    )
    with RejectionFile(rejected_file(imported), lang) as rejections:
        table = Table(plan, rejections)
        writing = _begin(source, plan, us_name, default_day, by)
        _write_all(writing, table, imported, rejections, progress)
    imported.rows, imported.rejected = table.rows_read, rejections.count
    imported.report = {
        "ledger": {
            name: {"counted": row.counted, "missing": row.missing, "rejected": row.rejected, "aside": dict(row.aside)}
            for name, row in table.ledger.items()
        },
        "notes": [note.code for note in (*plan.notes, *table.closing_notes())],
    }
    with transaction.atomic():
        imported.save()
        counts = {"accepted": imported.accepted, "already_there": imported.already_there, "rejected": imported.rejected}
        record("responses.imported", by=by, about=imported, data={"survey": writing.version.survey_id, **counts})
    return imported


def _begin(source: str, plan: Plan, us_name: str, default_day: date | None, by: Person | None) -> Writing:
    """The survey of this source, and its version with these questions; both are found again the next time."""
    now = timezone.now()
    with transaction.atomic():
        questions = questions_of(plan)
        programme, _ = Programme.objects.get_or_create(
            name=PROGRAMME[company.language if (company := the_company()) else "it"],
            defaults={"objective": "", "decision": "", "created_at": now, "cadence_days": 0},
        )
        asked = questions.definition(source)
        definition = definition_to(asked)
        slug = f"import-{slugify(source)[:50] or 'file'}"
        survey, _ = Survey.objects.get_or_create(
            slug=slug, defaults={"programme": programme, "draft": definition, "is_imported": True, "created_at": now}
        )
        version = next((v for v in survey.versions.all() if is_same(v.definition, asked)), None)
        if version is None:
            number = survey.versions.count() + 1
            version = SurveyVersion.objects.create(
                survey=survey, number=number, definition=definition, published_at=now, published_by=by
            )
    return Writing(source, version, questions, us_name.strip(), default_day, company_timezone())


def _write_all(
    writing: Writing, table: Table, imported: ImportedFile, rejections: RejectionFile, progress: Progress
) -> None:
    rows = iter(table)
    while chunk := list(islice(rows, CHUNK)):
        _write_chunk(writing, chunk, imported, rejections)
        progress(table.rows_read, table.plan.rows)


def _write_chunk(writing: Writing, chunk: list[TableRow], imported: ImportedFile, rejections: RejectionFile) -> None:
    """One transaction: a crash leaves whole chunks, and the next run goes on where this one stopped."""
    with transaction.atomic():
        keyed = [(writing.external_id(row), row) for row in chunk]
        ids = [key for key, _row in keyed]
        here = set(
            Response.objects.filter(source=writing.source, external_id__in=ids).values_list("external_id", flat=True)
        )
        emails = {row.email.lower() for row in chunk if row.email}
        customers = _customers(emails) if emails else {}
        responses: list[Response] = []
        answers: list[Answer] = []
        for key, row in keyed:
            if key in here:
                imported.already_there += 1
                continue
            if (row.day or writing.default_day) is None:
                rejections(Rejection(row.line, None, "", "undated-row", {}))
                continue
            response = _response(writing, key, row, customers.get((row.email or "").lower()))
            if given := list(_answers(writing, response, row, rejections)):
                responses.append(response)
                answers += given
            else:
                rejections(Rejection(row.line, None, "", "nothing-answered", {}))
        Response.objects.bulk_create(responses)
        Answer.objects.bulk_create(answers, batch_size=2_000)
        imported.accepted += len(responses)


def _customers(emails: set[str]) -> dict[str, Customer]:
    found = Customer.objects.annotate(address=Lower("email")).filter(address__in=emails)
    return {customer.email.lower(): customer for customer in found}


def _response(writing: Writing, key: str, row: TableRow, customer: Customer | None) -> Response:
    answered_at = _instant(writing, row)
    day = answered_at.astimezone(writing.zone).date()
    known = {channel.value for channel in Channel}
    return Response(
        survey=writing.version.survey,
        version=writing.version,
        subject=writing.subject(row.subject),
        customer=customer,
        location=writing.location(row.location),
        channel=row.channel if row.channel in known else Channel.IMPORT,
        language=(row.language or "")[:2].lower(),
        answered_at=answered_at,
        answered_on=day,
        week_on=day - timedelta(days=day.weekday()),
        weight=row.weight,
        source=writing.source,
        external_id=key,
    )


def _instant(writing: Writing, row: TableRow) -> datetime:
    """The moment the file says, in the company's zone where it names none; noon where it says only the day."""
    day = row.day or writing.default_day
    assert day is not None
    instant = row.instant or datetime.combine(day, time(12))
    return instant if instant.tzinfo else instant.replace(tzinfo=writing.zone)


def _answers(writing: Writing, response: Response, row: TableRow, rejections: RejectionFile) -> Iterator[Answer]:
    place = _row_touchpoint(writing, row)
    for column, score in row.scores.items():
        if score.value != int(score.value):
            rejections(Rejection(row.line, column, str(score.value), "not-whole-mark", {"value": score.value}))
            continue
        asked = writing.questions.by_column[(column, str(score.scale))]
        yield _answer(response, asked, place, score=int(score.value))
    for column, said in row.recommended.items():
        yield _answer(response, writing.questions.by_column[(column, "")], place, choices=["yes" if said else "no"])
    for column, text in row.comments.items():
        yield _answer(response, writing.questions.by_column[(column, "")], place, text=text[:TEXT_LIMIT])


def _row_touchpoint(writing: Writing, row: TableRow) -> Touchpoint | None:
    if not row.touchpoint:
        return None
    if row.touchpoint not in writing.touchpoints:
        writing.touchpoints[row.touchpoint] = touchpoint_named(row.touchpoint)
    return writing.touchpoints[row.touchpoint]


def _answer(response: Response, asked: Asked, place: Touchpoint | None, **value: object) -> Answer:
    question = asked.question
    return Answer(
        response=response,
        question=question.code,
        kind=question.kind,
        touchpoint=asked.touchpoint or place,
        scale=question.scale,
        **value,
    )
