"""The sheets of a workbook as a survey: every row that cannot be read is listed, with its sheet, number and reason.

Pure. What only keeps a survey from being published (a text that is missing, a condition on a later question) is no
matter here: the draft says it in the editor.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, get_args

import msgspec

from premura.loop.listen.kinds import Kind, Look
from premura.loop.listen.questions import (
    CODE,
    About,
    Condition,
    Definition,
    Ending,
    Option,
    Question,
    Skip,
    Test,
    When,
    cleaned,
)
from premura.loop.listen.sheets import (
    COLUMNS,
    CONDITION_COLUMNS,
    FLAGS,
    FORMAT,
    NUMBERS,
    SHEETS,
    TEXTS,
    Rows,
    Unread,
)
from premura.loop.listen.transfer import VERSION, NotASurveyError, SurveyFile

_YES = frozenset({"yes", "y", "x", "1", "true", "sì", "si", "s", "vero"})
_NO = frozenset({"", "no", "n", "0", "false", "falso"})
# What a spreadsheet makes of «1-5» when it is typed into a cell that is not text
_DAY = re.compile(r"\d{4}-\d\d-\d\d.*")
_FACTS = (
    "format",
    "version",
    "perspective",
    "moment",
    "state",
    "language",
    "field",
    "title",
    "intro",
    "thanks",
    "by_invitation",
)
_ALLOWED: dict[str, frozenset[str]] = {
    "perspective": frozenset({"customer", "staff", "observer", "prospect"}),
    "moment": frozenset({"expectation", "perception"}),
    "by_invitation": frozenset({"yes"}),
}


@dataclass(frozen=True)
class ReadSheets:
    """What a workbook says. ``state``: which draft it was made of, and which of its revisions, where it says so."""

    kept: SurveyFile
    unread: tuple[Unread, ...]
    state: str


@dataclass(frozen=True)
class _Row:
    """One row by its headings; languages of ``text.it`` and the like apart."""

    sheet: str
    number: int
    cells: Mapping[str, str]

    def get(self, name: str) -> str:
        return self.cells.get(name, "").strip()

    def texts(self, stem: str) -> dict[str, str]:
        start = f"{stem}."
        return {name.removeprefix(start): words for name, words in self.cells.items() if name.startswith(start)}


@dataclass
class _Reading:
    unread: list[Unread] = field(default_factory=list)

    def refuse(self, row: _Row, code: str, detail: str = "") -> None:
        self.unread.append(Unread(row.sheet, row.number, code, detail[:80]))

    def rows(self, sheet: str, rows: Rows) -> Iterator[_Row]:
        heading = [cell.strip() for cell in rows[0]] if rows else []
        for name in dict.fromkeys(heading):
            if name and not _is_known(sheet, name):
                self.unread.append(Unread(sheet, 1, "column", name[:80]))
            if name and heading.count(name) > 1:
                self.unread.append(Unread(sheet, 1, "column-twice", name[:80]))
        for number, cells in enumerate(rows[1:], 2):
            if any(cell.strip() for cell in cells):
                yield _Row(sheet, number, dict(zip(heading, cells, strict=False)))


def _is_known(sheet: str, name: str) -> bool:
    """A column of one's own begins with # and is passed over."""
    plain: dict[str, Sequence[str]] = {
        "survey": ("what", "value"),
        "questions": COLUMNS,
        "options": ("question", "list", "code"),
        "conditions": CONDITION_COLUMNS,
        "endings": ("code",),
    }
    stem, dot, _language = name.partition(".")
    several = {"conditions": {"value"}, "questions": set(TEXTS)}.get(sheet, {"text"})
    return name.startswith("#") or name in plain[sheet] or (bool(dot) and stem in several)


def survey_from_sheets(sheets: Mapping[str, Rows]) -> ReadSheets:
    """Read what :func:`premura.loop.listen.sheets.sheets_of` wrote; :class:`NotASurveyError` for other workbooks."""
    reading = _Reading()
    tables = {name: list(reading.rows(name, sheets.get(name, []))) for name in SHEETS}
    facts = _facts(reading, tables["survey"])
    if facts.get("format") != [FORMAT]:
        raise NotASurveyError("malformed", "format")
    version = _whole(facts.get("version", [""])[0])
    if version is None or version > VERSION:
        raise NotASurveyError("newer" if version else "malformed", "version")
    questions = _questions(reading, tables["questions"])
    endings = _endings(reading, tables["endings"])
    options = _options(reading, tables["options"], set(questions))
    shown, skips, ends = _conditions(reading, tables["conditions"], set(questions), set(endings))
    made = tuple(
        msgspec.structs.replace(
            question,
            options=tuple(options.get((code, "option"), ())),
            rows=tuple(options.get((code, "row"), ())),
            show_if=shown.get(code, When()),
            skips=tuple(skips.get(code, ())),
        )
        for code, question in questions.items()
    )
    thanks = tuple(Ending(code, ending.text, ends.get(code, When())) for code, ending in endings.items())
    kept = SurveyFile(
        cleaned(_definition(tables["survey"], facts, made, thanks)),
        perspective=facts.get("perspective", ["customer"])[0],  # type: ignore[arg-type]  # only known ones are kept
        moment=facts.get("moment", ["perception"])[0],  # type: ignore[arg-type]
    )
    return ReadSheets(kept, tuple(reading.unread), facts.get("state", [""])[0])


def _definition(
    rows: Sequence[_Row],
    facts: Mapping[str, Sequence[str]],
    questions: tuple[Question, ...],
    endings: tuple[Ending, ...],
) -> Definition:
    texts = {row.get("what"): row.texts("text") for row in rows}
    return Definition(
        title=texts.get("title", {}),
        languages=tuple(facts.get("language", ())),
        questions=questions,
        intro=texts.get("intro", {}),
        thanks=texts.get("thanks", {}),
        fields=tuple(facts.get("field", ())),
        endings=endings,
        by_invitation="yes" in facts.get("by_invitation", ()),
    )


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def _facts(reading: _Reading, rows: Sequence[_Row]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in rows:
        what, value = row.get("what"), row.get("value")
        if what not in _FACTS:
            reading.refuse(row, "fact", what)
        elif value not in _ALLOWED.get(what, {value}) or (what in {"language", "field"} and not value):
            reading.refuse(row, "value", value)
        else:
            found.setdefault(what, []).append(value)
    return found


def _questions(reading: _Reading, rows: Sequence[_Row]) -> dict[str, Question]:
    found: dict[str, Question] = {}
    for row in rows:
        code = row.get("code")
        if not CODE.fullmatch(code):
            reading.refuse(row, "code" if code else "no-code", code)
        elif code in found:
            reading.refuse(row, "code-twice", code)
        elif row.get("kind") not in get_args(Kind):
            reading.refuse(row, "kind", row.get("kind"))
        else:
            found[code] = _question(reading, row)
    return found


def _question(reading: _Reading, row: _Row) -> Question:
    values: dict[str, Any] = {attribute: row.texts(stem) for stem, attribute in TEXTS.items()}
    for column in COLUMNS:
        given = row.get(column)
        if column.endswith(".*"):
            continue
        if column in FLAGS:
            values[column] = given.lower() in _YES
            if given.lower() not in _YES | _NO:
                reading.refuse(row, "yes-no", f"{column}: {given}")
        elif column in NUMBERS:
            values[column] = _number(reading, row, column)
        else:
            values[column] = given
    if values["look"] not in get_args(Look):
        reading.refuse(row, "look", values["look"])
        values["look"] = ""
    if _DAY.fullmatch(values["marks"]):
        reading.refuse(row, "marks-day", values["marks"])
    return Question(**values)


def _number(reading: _Reading, row: _Row, column: str) -> float | None:
    given = row.get(column)
    if not given:
        return None
    try:
        number = float(given.replace(",", "."))
    except ValueError:
        number = float("nan")
    if not isfinite(number):
        reading.refuse(row, "number", f"{column}: {given}")
        return None
    return number


def _options(reading: _Reading, rows: Sequence[_Row], questions: set[str]) -> dict[tuple[str, str], list[Option]]:
    found: dict[tuple[str, str], list[Option]] = {}
    for row in rows:
        question, which, code = row.get("question"), row.get("list") or "option", row.get("code")
        ones = found.setdefault((question, which), [])
        if question not in questions:
            reading.refuse(row, "question", question)
        elif which not in {"option", "row"}:
            reading.refuse(row, "list", which)
        elif not code:
            reading.refuse(row, "no-code")
        elif code in {one.code for one in ones}:
            reading.refuse(row, "code-twice", code)
        else:
            ones.append(Option(code, row.texts("text")))
    return found


def _endings(reading: _Reading, rows: Sequence[_Row]) -> dict[str, Ending]:
    found: dict[str, Ending] = {}
    for row in rows:
        code = row.get("code")
        if not code or code in found:
            reading.refuse(row, "code-twice" if code else "no-code", code)
        else:
            found[code] = Ending(code, row.texts("text"))
    return found


@dataclass
class _Group:
    """The rows of one condition list: of a question, of one of its skips, of an ending."""

    match: str
    to: str
    conditions: list[Condition] = field(default_factory=list)

    @property
    def when(self) -> When:
        return When(tuple(self.conditions), "any" if self.match == "any" else "all")


def _conditions(
    reading: _Reading, rows: Sequence[_Row], questions: set[str], endings: set[str]
) -> tuple[dict[str, When], dict[str, list[Skip]], dict[str, When]]:
    groups: dict[tuple[str, str, str], _Group] = {}
    for row in rows:
        place, code, match = row.get("place"), row.get("code"), row.get("match") or "all"
        if place not in {"show", "skip", "ending"}:
            reading.refuse(row, "place", place)
        elif code not in (endings if place == "ending" else questions):
            reading.refuse(row, "question", code)
        elif match not in {"all", "any"}:
            reading.refuse(row, "match", match)
        else:
            key = (place, code, row.get("skip") if place == "skip" else "")
            group = groups.setdefault(key, _Group(match, row.get("to")))
            if (group.match, group.to) != (match, row.get("to")):
                reading.refuse(row, "differs", f"{match} {row.get('to')}".strip())
            group.conditions += _condition(reading, row)
    shown = {code: group.when for (place, code, _n), group in groups.items() if place == "show"}
    ends = {code: group.when for (place, code, _n), group in groups.items() if place == "ending"}
    skips: dict[str, list[Skip]] = {}
    for (place, code, _n), group in groups.items():
        if place == "skip":
            skips.setdefault(code, []).append(Skip(group.to, group.when))
    return shown, skips, ends


def _condition(reading: _Reading, row: _Row) -> list[Condition]:
    about, test = row.get("about"), row.get("test") or "is"
    if not about:
        return []
    if about not in get_args(About) or test not in get_args(Test):
        reading.refuse(row, "condition", f"{about} {test}")
        return []
    values = [words for words in row.texts("value").values() if words]
    return [Condition(about, row.get("name"), test, tuple(values))]  # type: ignore[arg-type]
