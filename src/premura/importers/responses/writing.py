"""Write the rows of a planned table as responses, thousands at a time; a row that is here already is left alone."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Max
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
from premura.importers.models import ImportedFile, MadeRow, State
from premura.importers.responses.bulk import Prepared, Row, room_to_write, write_rows
from premura.importers.responses.choices import Chosen, Reading
from premura.importers.responses.columns import Asked, Questions, add_chosen, questions_of
from premura.importers.responses.ids import ids_of, response_id
from premura.importers.responses.keeping import hash_of, keep_file, rejected_file
from premura.importers.table import Plan, Rejection, RejectionFile, Table, TableRow
from premura.loop.listen.definition import TEXT_LIMIT, Definition, definition_to, is_same
from premura.loop.listen.models import Answer, Programme, Response, Subject, Survey, SurveyVersion, Withdrawal
from premura.loop.listen.surveys import us

CHUNK = 5_000
# More ids than this in one question to SQLite would not be answered
ASKED_AT_ONCE = 900
# The programme under which files stand, by the company's language: people read it in lists
PROGRAMME = {"it": "File importati", "en": "Imported files"}
WITHDRAWN = {
    "it": "Risposte raccolte con un altro programma: questa versione non si può più compilare.",
    "en": "Answers collected with another program: this version can no longer be answered.",
}
Progress = Callable[[int, int], None]
_CHANNELS = {channel.value for channel in Channel}
Given = tuple[Asked, Touchpoint | None, int | None, Sequence[str], str]


@dataclass
class Writing:
    """One import under way: where the rows go, and the rows of other tables that were met so far."""

    imported: ImportedFile
    source: str
    version: SurveyVersion
    questions: Questions
    chosen: tuple[tuple[Chosen, Asked], ...]
    us_name: str
    default_day: date | None
    zone: ZoneInfo
    number: int = 0
    # Whether anything came from this source before: if not, nobody need be looked for
    is_known_source: bool = True
    locations: dict[str, Location] = field(default_factory=dict)
    subjects: dict[str, Subject] = field(default_factory=dict)
    touchpoints: dict[str, Touchpoint] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)
    weeks: dict[date, date] = field(default_factory=dict)
    prepared: Prepared = field(default_factory=Prepared)
    first_day: date | None = None
    last_day: date | None = None

    def location(self, name: str | None) -> Location | None:
        if not name:
            return None
        name = name.strip()[:120]
        if name not in self.locations:
            taken = set(Location.objects.values_list("code", flat=True))
            made = {"code": unused_code(name, taken), "is_imported": True}
            self.locations[name], is_new = Location.objects.get_or_create(name=name, defaults=made)
            self.made("location", self.locations[name].pk, is_new)
        return self.locations[name]

    def subject(self, name: str | None) -> Subject:
        """Us where the file says nothing, or says the name that was declared to be ours; else a competitor."""
        name = (name or "").strip()[:160]
        if not name or name.casefold() == self.us_name.casefold():
            name = ""
        if name not in self.subjects:
            found, is_new = Subject.objects.get_or_create(name=name) if name else (us(), False)
            self.subjects[name] = found
            self.made("subject", found.pk, is_new)
        return self.subjects[name]

    def made(self, kind: str, pk: int, is_new: bool) -> None:
        if is_new:
            MadeRow.objects.get_or_create(kind=kind, object_id=pk, defaults={"file": self.imported})

    def external_id(self, row: TableRow) -> str:
        """The file's own id, else a fingerprint of the row and which of its equals this is."""
        if row.id:
            return row.id if len(row.id) <= 120 else hashlib.sha256(row.id.encode()).hexdigest()
        fingerprint = row.fingerprint
        self.seen[fingerprint] = self.seen.get(fingerprint, 0) + 1
        return f"{fingerprint}-{self.seen[fingerprint]}"

    def week(self, day: date) -> date:
        if day not in self.weeks:
            self.weeks[day] = day - timedelta(days=day.weekday())
        return self.weeks[day]


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
    rows = iter(table)
    while chunk := list(islice(rows, CHUNK)):
        _write_chunk(writing, chunk, rejections)
        progress(table.rows_read, table.plan.rows)


def _write_chunk(writing: Writing, chunk: list[TableRow], rejections: RejectionFile) -> None:
    """One transaction: a crash leaves whole chunks, and the next run goes on where this one stopped."""
    with transaction.atomic():
        keyed = [(writing.external_id(row), row) for row in chunk]
        here = _already_here(writing.source, [key for key, _ in keyed]) if writing.is_known_source else {}
        emails = {row.email.lower() for row in chunk if row.email}
        customers = _customers(emails) if emails else {}
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
                response = _response(writing, key, row, customer)
                responses.append(response)
                answers += _answer_rows(writing, response[0], given)
            else:
                rejections(Rejection(row.line, None, "", "nothing-answered", {}))
        write_rows(responses, answers)
        writing.imported.accepted += len(responses)
        _settle_known(writing, here, known, rejections)


def _already_here(source: str, ids: list[str]) -> dict[str, Any]:
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
    held: dict[Any, dict[str, tuple[Any, ...]]] = {}
    ids = [here[key] for key, _row, _given in known]
    for start in range(0, len(ids), ASKED_AT_ONCE):
        rows = Answer.objects.filter(response__in=ids[start : start + ASKED_AT_ONCE]).order_by()
        for pk, question, score, choices, text in rows.values_list("response", "question", "score", "choices", "text"):
            held.setdefault(pk, {})[question] = (score, tuple(choices), text)
    for key, row, given in known:
        before = held.get(here[key], {})
        now = {asked.question.code: (score, tuple(c), text) for asked, _place, score, c, text in given}
        if any(before[code] != value for code, value in now.items() if code in before):
            rejections(Rejection(row.line, None, key, "same-id-other-answers", {}))
        elif not first <= here[key] <= last:
            # What this import wrote itself before it was cut off is counted among the new ones
            writing.imported.already_there += 1


def _customers(emails: set[str]) -> dict[str, Customer]:
    found: dict[str, Customer] = {}
    wanted = sorted(emails)
    for start in range(0, len(wanted), ASKED_AT_ONCE):
        rows = Customer.objects.annotate(address=Lower("email")).filter(
            address__in=wanted[start : start + ASKED_AT_ONCE]
        )
        found.update({customer.email.lower(): customer for customer in rows})
    return found


def _response(writing: Writing, key: str, row: TableRow, customer: Customer | None) -> Row:
    """The row of a response, in the order of ``bulk.RESPONSE``."""
    answered_at = _instant(writing, row)
    day = answered_at.astimezone(writing.zone).date()
    if writing.first_day is None or day < writing.first_day:
        writing.first_day = day
    if writing.last_day is None or day > writing.last_day:
        writing.last_day = day
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
        row.channel if row.channel in _CHANNELS else "import",
        (row.language or "")[:2].lower(),
        prepared.instant(answered_at),
        prepared.day(day),
        prepared.day(writing.week(day)),
        row.weight,
        writing.source,
        key,
    )


def _instant(writing: Writing, row: TableRow) -> datetime:
    """The moment the file says, in the company's zone where it names none; noon where it says only the day."""
    day = row.day or writing.default_day
    assert day is not None
    instant = row.instant or datetime.combine(day, time(12))
    return instant if instant.tzinfo else instant.replace(tzinfo=writing.zone)


def _answers(writing: Writing, row: TableRow, rejections: RejectionFile) -> Iterator[Given]:
    place = _row_touchpoint(writing, row)
    by_column = writing.questions.by_column
    for column, score in row.scores.items():
        if score.value != int(score.value):
            rejections(Rejection(row.line, column, str(score.value), "not-whole-mark", {"value": score.value}))
            continue
        yield by_column[(column, str(score.scale))], place, int(score.value), (), ""
    for column, said in row.recommended.items():
        yield by_column[(column, "")], place, None, ("yes" if said else "no",), ""
    for column, text in row.comments.items():
        yield by_column[(column, "")], place, None, (), text[:TEXT_LIMIT]
    for chosen, asked in writing.chosen:
        try:
            value = chosen.read(row.cells)
        except ValueError as error:
            code = "unknown-option" if asked.question.options else "answer-not-taken"
            rejections(Rejection(row.line, chosen.column, str(error)[:200], code, {}))
            continue
        if isinstance(value, int):
            yield asked, place, value, (), ""
        elif isinstance(value, str) and value:
            yield asked, place, None, (), value[:TEXT_LIMIT]
        elif value:
            yield asked, place, None, value, ""


def _row_touchpoint(writing: Writing, row: TableRow) -> Touchpoint | None:
    if not row.touchpoint:
        return None
    if row.touchpoint not in writing.touchpoints:
        writing.touchpoints[row.touchpoint] = touchpoint_named(row.touchpoint)
    return writing.touchpoints[row.touchpoint]


def _answer_rows(writing: Writing, response: Any, given: list[Given]) -> Iterator[Row]:
    """The rows of the answers, in the order of ``bulk.ANSWER``."""
    prepared = writing.prepared
    for asked, place, score, choices, text in given:
        question = asked.question
        touchpoint = asked.touchpoint or place
        yield (
            response, question.code, "", question.kind, touchpoint.pk if touchpoint else None, question.scale,
            score, prepared.choices(choices), text,
        )  # fmt: skip
