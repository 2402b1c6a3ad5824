"""One way for every file, from the web and from the command line: recognise, look, write."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from premura.core.company.company import company_timezone
from premura.core.staff.models import Person
from premura.importers.customers.writing import import_customers
from premura.importers.models import ImportedFile
from premura.importers.neutral import Brought, LeftOut
from premura.importers.neutral.errors import SourceError, say
from premura.importers.purchases.writing import import_purchases
from premura.importers.responses.looking import Looked, look_at_answers
from premura.importers.responses.writing import Into, write_answers
from premura.importers.reviews.columns import reviews_of, with_replies
from premura.importers.reviews.writing import import_reviews
from premura.importers.sources import TABLE, Found, recognise
from premura.importers.surveys.writing import import_survey, survey_brought
from premura.importers.table import Declared, Note, Plan, Role, TableError, parse_scale_rule, plan
from premura.importers.table.notes import Question

KINDS = ("survey", "responses", "customers", "reviews", "purchases")
_REVIEW = re.compile(r"\b(?:recension[ei]|reviews?)\b")
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Wish:
    """What somebody said about a file. Empty ``kind`` and ``system``: whatever it holds, whoever wrote it."""

    kind: str = ""
    system: str = ""
    declared: Declared = field(default_factory=Declared)
    us_name: str = ""
    source: str = ""
    default_day: date | None = None
    cases: str = "recent"


@dataclass(frozen=True)
class Seen:
    """A file that was looked at: who wrote it, what it holds, and for tables how they will be read."""

    path: Path
    found: Found
    brought: Brought
    kind: str
    looked: Looked | None = None
    plan: Plan | None = None

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        return self.looked.left_out if self.looked else self.brought.left_out

    @property
    def questions(self) -> tuple[Question, ...]:
        """What only the owner of the file knows."""
        return (*(self.plan.questions if self.plan else ()), *(self.looked.asked if self.looked else ()))

    @property
    def notes(self) -> tuple[Note, ...]:
        """What must be known of a table; nothing about columns that are left aside by it and read from the cells."""
        read = set(self.looked.reading.columns) if self.looked else set()
        return tuple(note for note in (self.plan.notes if self.plan else ()) if not _is_of(note, read))


def _is_of(note: Note, columns: set[str]) -> bool:
    named = note.values.get("columns")
    about = {str(name) for name in named} if isinstance(named, list) else {note.column or ""}
    return note.code in ("undecided-columns", "not-marks", "not-a-date") and about <= columns


def look_at(path: Path, wish: Wish) -> Seen:
    """Everything that can be told of a file before anything is written. Raises ``TableError``."""
    said = wish.declared
    found = recognise(path, code=wish.system, encoding=said.encoding, delimiter=said.delimiter, sheet=said.sheet)
    brought = found.read()
    kind = wish.kind or ("reviews" if _is_of_reviews(path, found, brought, said) else brought.kind)
    _refuse_other(path, brought, kind)
    if kind in ("customers", "purchases"):
        own = brought.source if brought.kind == "purchases" else None
        return Seen(path, found, brought, kind, plan=plan(path, said, own))
    if kind == "reviews" and brought.source is not None and not brought.reviews:
        planned = with_replies(plan(path, said, brought.source))
        reviews, left = reviews_of(planned, company_timezone())
        return Seen(path, found, replace(brought, reviews=reviews, left_out=left), kind, plan=planned)
    if kind == "responses":
        looked = look_at_answers(path, found, brought, said)
        return Seen(path, found, brought, kind, looked, looked.plan)
    return Seen(path, found, brought, kind)


def _is_of_reviews(path: Path, found: Found, brought: Brought, said: Declared) -> bool:
    """Whether a table of no known system names a column after reviews and has stars from one to five."""
    if found.code != TABLE or not any(_REVIEW.search(name) for name in found.head.names):
        return False
    try:
        reviews, _left = reviews_of(with_replies(plan(path, said, brought.source)), company_timezone())
    except TableError:
        return False
    return bool(reviews)


def _refuse_other(path: Path, brought: Brought, kind: str) -> None:
    """A survey is no list of answers, and the other way round; any table may be a list of customers."""
    fits = {
        "survey": brought.survey is not None,
        "responses": brought.source is not None,
        "customers": brought.source is not None,
        "purchases": brought.source is not None,
        "reviews": bool(brought.reviews) or brought.kind == "reviews" or brought.source is not None,
    }
    if not fits[kind]:
        raise _Other(path.name, brought.kind, kind)


class _Other(SourceError):
    def __init__(self, name: str, found: str, wanted: str) -> None:
        super().__init__("not-this", name=name, right=found)
        self.kinds = {"found": found, "wanted": wanted}

    def sentence(self, lang: str) -> str:
        words = {key: say(f"kind-{kind}", lang, {}) for key, kind in self.kinds.items()}
        words = {key: word[:1].lower() + word[1:] for key, word in words.items()}
        return say(self.code, lang, {**self.values, **words})


def bring(
    path: Path,
    wish: Wish,
    *,
    by: Person | None,
    lang: str,
    imported: ImportedFile | None = None,
    progress: Progress = lambda done, total: None,
) -> ImportedFile:
    """Write what ``path`` holds. The same file again changes nothing. Raises ``TableError``."""
    seen = look_at(path, wish)
    code = seen.found.code if seen.found.code != TABLE else ""
    if seen.kind == "survey":
        return import_survey(path, seen.brought, code, by=by, imported=imported)
    if seen.kind == "reviews":
        site = code or (wish.source or _stem(path, imported))[:40]
        return import_reviews(path, seen.brought, site, by=by, cases=wish.cases, imported=imported, progress=progress)
    if seen.kind == "purchases":
        assert seen.plan is not None
        source = wish.source or code
        return import_purchases(path, seen.plan, by=by, lang=lang, source=source, imported=imported, progress=progress)
    if seen.kind == "customers":
        assert seen.plan is not None
        return import_customers(
            path,
            seen.plan,
            by=by,
            lang=lang,
            source=wish.source or _stem(path, imported),
            imported=imported,
            progress=progress,
        )
    return _bring_answers(path, seen, wish, by, lang, imported, progress)


def _stem(path: Path, imported: ImportedFile | None) -> str:
    """What the file is called where it comes from: it is kept under another name."""
    return Path(imported.name).stem if imported else path.stem


def _bring_answers(
    path: Path, seen: Seen, wish: Wish, by: Person | None, lang: str, imported: ImportedFile | None, progress: Progress
) -> ImportedFile:
    looked = seen.looked
    assert looked is not None
    survey = looked.survey
    if looked.source and survey is None:
        # The archive brings its survey along: it comes first, so that the answers have something to join
        import_survey(path, seen.brought, seen.found.code, by=by)
        survey = survey_brought(looked.source)
    code = seen.found.code if seen.found.code != TABLE else ""
    into = Into(wish.us_name, wish.source or looked.source or _stem(path, imported), wish.default_day, survey, code)
    result = write_answers(path, looked.reading, into, by=by, lang=lang, progress=progress, imported=imported)
    said = [{"it": note.sentence("it"), "en": note.sentence("en")} for note in seen.notes]
    result.report = {**result.report, "left_out": [one.as_json() for one in looked.left_out], "said": said}
    result.save(update_fields=["report"])
    return result


def wish_from(settings: Mapping[str, Any]) -> Wish:
    """What was kept of somebody's answers about a file; what no longer makes sense is left aside."""
    scales = {column: rule for column, text in settings.get("scales", {}).items() if (rule := parse_scale_rule(text))}
    mapping = {column: Role(role) for column, role in settings.get("mapping", {}).items() if role in set(Role)}
    day = settings.get("day") or ""
    return Wish(
        kind=settings.get("kind", ""),
        system=settings.get("system", ""),
        declared=Declared(
            mapping=mapping,
            missing=tuple(settings.get("missing", ())),
            missing_in={column: tuple(codes) for column, codes in settings.get("missing_in", {}).items()},
            scales=scales,
            day_first=settings.get("day_first"),
            encoding=settings.get("encoding") or None,
            sheet=settings.get("sheet") or None,
        ),
        us_name=settings.get("us", ""),
        source=settings.get("source", ""),
        default_day=date.fromisoformat(day) if day else None,
        cases=settings.get("cases", "recent"),
    )
