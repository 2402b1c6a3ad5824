"""Sector packs: what a company of a sector starts from. One TOML file each in ``packs/``; adding one touches no code.

Pure: files in, checked plain values out. How to write one: ``docs/packs.md``.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from datetime import time
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

Text = dict[str, str]
Severity = Literal["low", "normal", "high"]
Element = Literal["products", "services", "premises", "communication", "people", "value", "complaints"]
LANGUAGES = ("it", "en")
ELEMENTS: tuple[str, ...] = ("products", "services", "premises", "communication", "people", "value", "complaints")
FOLDER = Path(__file__).parent / "packs"
_CODE = re.compile(r"[a-z][a-z0-9_-]{0,39}")


class PackTouchpoint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    code: str
    name: Text
    element: Element
    channel: str = ""
    department: Text = {}
    moment_of_truth: bool = False
    standard: Text = {}
    target: Decimal | None = None
    unit: str = ""
    comparison: Literal["", "at_most", "at_least"] = ""


class PackStage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    code: str
    name: Text
    touchpoints: tuple[PackTouchpoint, ...]


class PackOption(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    code: str
    text: Text


class PackQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    code: str
    kind: Literal["nps", "csat", "ces", "single", "multiple", "text"]
    text: Text
    help: Text = {}
    required: bool = False
    touchpoint: str = ""
    options: tuple[PackOption, ...] = ()


class PackSurvey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    title: Text
    intro: Text
    thanks: Text
    slug: str
    questions: tuple[PackQuestion, ...]


class PackRemedy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    code: str
    kind: Literal["apology", "call", "refund", "discount", "replacement", "withdrawal", "gift", "waived_fee"]
    name: Text
    cost_rule: Literal["none", "fixed", "amount", "percent"]
    cost: Decimal = Decimal(0)


class PackCaseRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    code: str
    kind: Literal["nps", "csat", "ces"]
    at_most: int
    severity: Severity
    touchpoint: str = ""


class PackDeadline(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    severity: Severity
    first_answer_hours: Decimal
    solution_hours: Decimal


class PackAuthority(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    role: Literal["owner", "manager", "front_line", "viewer"]
    per_case: Decimal | None = None
    per_month: Decimal | None = None


class PackHours(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    weekday: int
    opens: time
    closes: time


class PackCause(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    code: str
    name: Text
    touchpoint: str = ""


class PackCard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    code: str
    title: Text
    problem: Text
    solution: Text
    say: Text
    touchpoint: str = ""


class PackListening(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: Text
    objective: Text
    decision: Text
    cadence_days: int = 30


class Pack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One sector: journey, first survey, remedies, rules, deadlines, limits, hours, causes, cards, first programme."""

    code: str
    name: Text
    description: Text
    stages: tuple[PackStage, ...]
    survey: PackSurvey
    remedies: tuple[PackRemedy, ...]
    case_rules: tuple[PackCaseRule, ...]
    deadlines: tuple[PackDeadline, ...]
    authority: tuple[PackAuthority, ...]
    hours: tuple[PackHours, ...]
    causes: tuple[PackCause, ...]
    cards: tuple[PackCard, ...]
    listening: PackListening

    @property
    def touchpoints(self) -> list[PackTouchpoint]:
        return [touchpoint for stage in self.stages for touchpoint in stage.touchpoints]


class PackError(ValueError):
    """A pack's file cannot be read; the sentence says where."""


def read_pack(path: Path) -> Pack:
    """The pack in one file. ``PackError`` where its shape is wrong."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        for row in raw.get("hours", ()):
            # People write 08:30; the standard wants the seconds too
            row.update({name: f"{row[name]}:00" for name in ("opens", "closes") if len(str(row.get(name))) == 5})
        return msgspec.convert(raw, Pack, strict=False)
    except (OSError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise PackError(f"{path.name}: {error}") from error


@cache
def load_packs() -> list[Pack]:
    """All packs of the folder, by code."""
    return [read_pack(path) for path in sorted(FOLDER.glob("*.toml"))]


def load_pack(code: str) -> Pack:
    """The pack called ``code``. ``PackError`` when there is none."""
    for pack in load_packs():
        if pack.code == code:
            return pack
    raise PackError(f"There is no sector pack called {code!r}.")


def check_pack(pack: Pack) -> list[str]:
    """Everything that is wrong with a pack that can be read, each as a sentence; an empty list when nothing is."""
    return [*_missing_words(pack.code, pack), *_wrong_codes(pack), *_wrong_references(pack), *_wrong_survey(pack)]


def _missing_words(where: str, value: object) -> Iterator[str]:
    """Texts that lack one of the languages, wherever they stand."""
    if isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            label = f"{where}.{getattr(value, 'code', '')}" if getattr(value, "code", "") not in ("", where) else where
            yield from _missing_words(f"{label}.{name}", getattr(value, name))
    elif isinstance(value, tuple):
        for item in value:
            yield from _missing_words(where, item)
    elif isinstance(value, dict) and value:
        yield from (
            f"{where}: the text in {lang!r} is missing." for lang in LANGUAGES if not value.get(lang, "").strip()
        )


def _wrong_codes(pack: Pack) -> Iterator[str]:
    lists: dict[str, Iterable[str]] = {
        "stages": (row.code for row in pack.stages),
        "touchpoints": (row.code for row in pack.touchpoints),
        "questions": (row.code for row in pack.survey.questions),
        "remedies": (row.code for row in pack.remedies),
        "case_rules": (row.code for row in pack.case_rules),
        "deadlines": (row.severity for row in pack.deadlines),
        "authority": (row.role for row in pack.authority),
        "causes": (row.code for row in pack.causes),
        "cards": (row.code for row in pack.cards),
    }
    for name, given in lists.items():
        codes = list(given)
        yield from (
            f"{name}: the code {code!r} stands twice." for code in sorted({c for c in codes if codes.count(c) > 1})
        )
        yield from (
            f"{name}: {code!r} is no code: small letters, digits, - and _."
            for code in codes
            if not _CODE.fullmatch(code)
        )


def _wrong_references(pack: Pack) -> Iterator[str]:
    known = {touchpoint.code for touchpoint in pack.touchpoints}
    rows = (*pack.survey.questions, *pack.case_rules, *pack.causes, *pack.cards)
    yield from (
        f"{row.code}: there is no touchpoint {row.touchpoint!r}."
        for row in rows
        if row.touchpoint and row.touchpoint not in known
    )
    covered = {touchpoint.element for touchpoint in pack.touchpoints}
    yield from (f"No touchpoint belongs to the element {element!r}." for element in ELEMENTS if element not in covered)
    for touchpoint in pack.touchpoints:
        if touchpoint.moment_of_truth and not (
            touchpoint.standard and touchpoint.target is not None and touchpoint.comparison
        ):
            yield f"{touchpoint.code}: a moment of truth needs a standard, a target and a comparison."
    severities = {row.severity for row in pack.deadlines}
    yield from (
        f"There is no deadline for the severity {name!r}."
        for name in ("low", "normal", "high")
        if name not in severities
    )


def _wrong_survey(pack: Pack) -> Iterator[str]:
    for question in pack.survey.questions:
        if question.kind in ("single", "multiple") and len(question.options) < 2:
            yield f"{question.code}: a choice needs at least two options."
    kinds = [question.kind for question in pack.survey.questions]
    yield from (
        f"The survey has no question of the kind {kind!r}."
        for kind in ("nps", "csat", "ces", "text")
        if kind not in kinds
    )
    if kinds and kinds[-1] != "text":
        yield "The last question of the survey is not the free text on what could be better."
