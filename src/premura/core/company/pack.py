"""Sector packs: what a company of a sector starts from. One TOML file each in ``packs/``; adding one touches no code.

Pure: files in, checked plain values out. How to write one: ``docs/packs.md``.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import time
from decimal import Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import msgspec

Text = dict[str, str]
Severity = Literal["low", "normal", "high"]
Element = Literal["products", "services", "premises", "communication", "people", "value", "complaints"]
Channel = Literal["", "counter", "phone", "email", "web", "site", "delivery", "document"]
Unit = Literal["", "seconds", "minutes", "hours", "days", "percent"]
LANGUAGES = ("it", "en")
ELEMENTS: tuple[str, ...] = ("products", "services", "premises", "communication", "people", "value", "complaints")
SEVERITIES: tuple[str, ...] = ("high", "normal", "low")
SCALES: dict[str, tuple[int, int]] = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7)}
EXPECTATION = ("below", "as", "above")
FOLDER = Path(__file__).parent / "packs"
# Every pack offers at least these (row S39)
_REMEDIES = ("apology", "refund", "discount", "replacement", "withdrawal", "gift")
# How many a company starts with: fewer teach nothing, more are not read
_QUESTIONS, _CAUSES, _CARDS = range(5, 8), range(6, 11), range(3, 6)
_MOST = Decimal("999999.99")
_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class PackTouchpoint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    code: str
    name: Text
    element: Element
    channel: Channel = ""
    department: Text = {}
    moment_of_truth: bool = False
    standard: Text = {}
    target: Decimal | None = None
    unit: Unit = ""
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
    works_on_holidays: bool = False

    @property
    def touchpoints(self) -> list[PackTouchpoint]:
        """Every touchpoint of the journey, in its order."""
        return [touchpoint for stage in self.stages for touchpoint in stage.touchpoints]


class PackError(ValueError):
    """A pack's file cannot be read; the sentence says where."""


def read_pack(path: Path) -> Pack:
    """The pack in one file. ``PackError`` where its shape is wrong, or the file is not called after the pack's code."""
    try:
        pack = pack_from(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise PackError(f"{path.name}: {error}") from error
    if pack.code != path.stem:
        raise PackError(f"{path.name}: the pack calls itself {pack.code!r}; the file must be called {pack.code}.toml.")
    return pack


def pack_from(data: dict[str, Any]) -> Pack:
    """The pack that ``data``, read from TOML, describes. ``PackError`` where its shape is wrong."""
    try:
        return msgspec.convert(_with_hours(data), Pack, strict=False)
    except (ValueError, msgspec.ValidationError) as error:
        raise PackError(str(error)) from error


def _with_hours(data: dict[str, Any]) -> dict[str, Any]:
    """People write ``"08:30"``; msgspec wants seconds as well."""
    rows = data.get("hours")
    if not isinstance(rows, list):
        return data
    return {**data, "hours": [_with_times(row) if isinstance(row, dict) else row for row in rows]}


def _with_times(row: dict[str, Any]) -> dict[str, Any]:
    texts = {name: row[name] for name in ("opens", "closes") if isinstance(row.get(name), str)}
    return {**row, **{name: time.fromisoformat(text) for name, text in texts.items()}}


@cache
def _all_packs(folder: Path) -> tuple[Pack, ...]:
    return tuple(read_pack(path) for path in sorted(folder.glob("*.toml")))


def load_packs() -> list[Pack]:
    """All packs of the folder, by code. ``PackError`` when a file cannot be read."""
    return list(_all_packs(FOLDER))


def load_pack(code: str) -> Pack:
    """The pack called ``code``. ``PackError`` when there is none."""
    for pack in load_packs():
        if pack.code == code:
            return pack
    raise PackError(f"There is no sector pack called {code!r}.")


def check_pack(pack: Pack) -> list[str]:
    """What is wrong with a pack that could be read, a sentence each; an empty list when nothing is."""
    checks = (
        _check_texts,
        _check_codes,
        _check_journey,
        _check_survey,
        _check_questions,
        _check_remedies,
        _check_case_rules,
        _check_deadlines,
        _check_authority,
        _check_hours,
        _check_counts,
    )
    return [sentence for check in checks for sentence in check(pack)]


def _check_texts(pack: Pack) -> Iterator[str]:
    """Every text in every language, and in no other: a survey is published in the languages of its title."""
    for where, text, needed in _texts(pack, f"pack {pack.code!r}"):
        if not text and not needed:
            continue
        for language in LANGUAGES:
            if not text.get(language, "").strip():
                yield f"{where}: no text in {language!r}."
        for language in sorted(text.keys() - set(LANGUAGES)):
            yield f"{where}: {language!r} is not one of the languages {', '.join(LANGUAGES)}."


def _texts(struct: msgspec.Struct, where: str) -> Iterator[tuple[str, Text, bool]]:
    """Every text below ``struct`` with its place and whether it must be there."""
    for field in msgspec.structs.fields(struct):
        value = getattr(struct, field.name)
        if isinstance(value, dict):
            yield f"{where}, {field.name}", value, field.required
        elif isinstance(value, msgspec.Struct):
            yield from _texts(value, field.name)
        elif isinstance(value, tuple):
            for number, item in enumerate(value, start=1):
                kind = type(item).__name__.removeprefix("Pack").lower()
                yield from _texts(item, f"{kind} {getattr(item, 'code', number)!r}")


def _check_codes(pack: Pack) -> Iterator[str]:
    """Codes are well formed, no two alike, and every touchpoint that is named is in the journey."""
    named: dict[str, Iterable[Any]] = {
        "stage": pack.stages,
        "touchpoint": pack.touchpoints,
        "question": pack.survey.questions,
        "remedy": pack.remedies,
        "case rule": pack.case_rules,
        "cause": pack.causes,
        "card": pack.cards,
    }
    if not _CODE.fullmatch(pack.code):
        yield f"pack {pack.code!r}: {_BAD_CODE}"
    known = {touchpoint.code for touchpoint in pack.touchpoints}
    for kind, items in named.items():
        yield from _check_code_list(kind, [item.code for item in items])
        for item in items:
            touchpoint = getattr(item, "touchpoint", "")
            if touchpoint and touchpoint not in known:
                yield f"{kind} {item.code!r}: there is no touchpoint {touchpoint!r} in the journey."
    if not _SLUG.fullmatch(pack.survey.slug) or len(pack.survey.slug) > 50:
        yield f"survey: the slug {pack.survey.slug!r} may have small letters, digits and hyphens, up to 50."


_BAD_CODE = "a code begins with a small letter and has small letters, digits and underscores, up to 40."


def _check_code_list(kind: str, codes: list[str]) -> Iterator[str]:
    for code, count in Counter(codes).items():
        if count > 1:
            yield f"{kind} {code!r}: the code stands there {count} times."
        if not _CODE.fullmatch(code):
            yield f"{kind} {code!r}: {_BAD_CODE}"


def _check_journey(pack: Pack) -> Iterator[str]:
    """All seven elements are met, and a moment of truth can be measured."""
    for stage in pack.stages:
        if not stage.touchpoints:
            yield f"stage {stage.code!r}: it has no touchpoint."
    missing = [element for element in ELEMENTS if element not in {point.element for point in pack.touchpoints}]
    if missing:
        yield f"journey: no touchpoint for {', '.join(missing)}; a pack covers all seven elements."
    if not any(point.moment_of_truth for point in pack.touchpoints):
        yield "journey: no touchpoint is a moment of truth."
    for point in pack.touchpoints:
        yield from _check_standard(point)


def _check_standard(point: PackTouchpoint) -> Iterator[str]:
    where = f"touchpoint {point.code!r}"
    parts = {
        "standard": bool(point.standard),
        "target": point.target is not None,
        "unit": bool(point.unit),
        "comparison": bool(point.comparison),
    }
    missing = [name for name, is_there in parts.items() if not is_there]
    if point.moment_of_truth and missing:
        yield f"{where}: a moment of truth needs {', '.join(missing)}."
    if not point.moment_of_truth and len(missing) < len(parts):
        yield f"{where}: it has a standard and is no moment of truth."
    if point.target is not None:
        most = Decimal(100) if point.unit == "percent" else _MOST
        if not _is_above_zero(point.target, most):
            yield f"{where}: the target {point.target} is not above 0 and up to {most}."


def _check_survey(pack: Pack) -> Iterator[str]:
    """A first survey is short, asks the standard questions and ends with what to improve."""
    questions = pack.survey.questions
    kinds = Counter(question.kind for question in questions)
    if len(questions) not in _QUESTIONS:
        yield f"survey: it has {len(questions)} questions; a first survey has {_span(_QUESTIONS)}."
    if questions and questions[-1].kind != "text":
        yield "survey: the last question is not a free text; ask last what could be better."
    for kind in ("nps", "ces"):
        if kinds[kind] != 1:
            yield f"survey: it has {kinds[kind]} questions of kind {kind}; it needs one."
    if sum(question.kind == "csat" and bool(question.touchpoint) for question in questions) < 2:
        yield "survey: fewer than two csat questions measure a touchpoint."
    expectation = next((question for question in questions if question.code == "expectation"), None)
    if expectation is None or expectation.kind != "single" or _codes(expectation) != EXPECTATION:
        yield f"survey: it needs a question 'expectation' of kind single with the options {', '.join(EXPECTATION)}."


def _codes(question: PackQuestion) -> tuple[str, ...]:
    return tuple(option.code for option in question.options)


def _check_questions(pack: Pack) -> Iterator[str]:
    """Only questions with a choice have options, at least two, no two alike."""
    for question in pack.survey.questions:
        where = f"question {question.code!r}"
        is_choice = question.kind in ("single", "multiple")
        if is_choice and len(question.options) < 2:
            yield f"{where}: it has {len(question.options)} options; a choice needs at least two."
        if not is_choice and question.options:
            yield f"{where}: a question of kind {question.kind} has no options."
        yield from _check_code_list(f"{where}, option", list(_codes(question)))


def _check_remedies(pack: Pack) -> Iterator[str]:
    """The catalogue is complete, and every cost fits its rule."""
    missing = [kind for kind in _REMEDIES if kind not in {remedy.kind for remedy in pack.remedies}]
    if missing:
        yield f"remedies: there is none of kind {', '.join(missing)}."
    for remedy in pack.remedies:
        where = f"remedy {remedy.code!r}"
        yield from _check_amount(f"{where}: the cost", remedy.cost)
        if remedy.cost_rule in ("none", "amount") and remedy.cost:
            yield f"{where}: with the cost rule {remedy.cost_rule!r} it has no cost of its own."
        if remedy.cost_rule in ("fixed", "percent") and not remedy.cost:
            yield f"{where}: the cost rule {remedy.cost_rule!r} needs a cost."
        if remedy.cost_rule == "percent" and remedy.cost and not _is_above_zero(remedy.cost, Decimal(100)):
            yield f"{where}: the cost {remedy.cost} is no percentage."


def _check_amount(what: str, amount: Decimal | None) -> Iterator[str]:
    if amount is None:
        return
    if amount and not _is_above_zero(amount, _MOST):
        yield f"{what} {amount} is not between 0 and {_MOST}."
    elif amount != round(amount, 2):
        yield f"{what} {amount} has more than two decimals."


def _is_above_zero(number: Decimal, most: Decimal) -> bool:
    return number.is_finite() and 0 < number <= most  # comparing what is no number would raise


def _check_case_rules(pack: Pack) -> Iterator[str]:
    """A rule can be met by a bad answer and not by every answer; the first survey meets at least one."""
    for rule in pack.case_rules:
        low, high = SCALES[rule.kind]
        if not low <= rule.at_most < high:
            yield f"case rule {rule.code!r}: {rule.at_most} is not between {low} and {high - 1}, as {rule.kind} needs."
    asked = {(question.kind, question.touchpoint) for question in pack.survey.questions}
    asked |= {(kind, "") for kind, _ in asked}
    if not any((rule.kind, rule.touchpoint) in asked for rule in pack.case_rules):
        yield "case rules: no answer to the first survey can open a case."


def _check_deadlines(pack: Pack) -> Iterator[str]:
    """One deadline a severity; the worse, the sooner; an answer never after the solution."""
    severities: Counter[str] = Counter(deadline.severity for deadline in pack.deadlines)
    for severity in SEVERITIES:
        if severities[severity] != 1:
            yield f"deadlines: {severities[severity]} for the severity {severity!r}; there must be one."
    for deadline in pack.deadlines:
        hours = (deadline.first_answer_hours, deadline.solution_hours)
        if not all(_is_above_zero(number, _MOST) for number in hours):
            yield f"deadline {deadline.severity!r}: both numbers of hours must be above 0."
            return  # what is no number of hours cannot be compared
        if deadline.first_answer_hours > deadline.solution_hours:
            yield f"deadline {deadline.severity!r}: the first answer is due after the solution."
    ordered = sorted(pack.deadlines, key=lambda deadline: SEVERITIES.index(deadline.severity))
    for worse, milder in pairwise(ordered):
        if worse.first_answer_hours > milder.first_answer_hours or worse.solution_hours > milder.solution_hours:
            yield f"deadlines: {worse.severity!r} waits longer than {milder.severity!r}."


def _check_authority(pack: Pack) -> Iterator[str]:
    """One limit a role; the owner has none; a month holds at least one case."""
    roles = Counter(limit.role for limit in pack.authority)
    for role in ("owner", "manager", "front_line", "viewer"):
        if roles[role] != 1:
            yield f"authority: {roles[role]} limits for the role {role!r}; there must be one."
    for limit in pack.authority:
        where = f"authority of {limit.role!r}"
        amounts = (limit.per_case, limit.per_month)
        if amounts.count(None) != (2 if limit.role == "owner" else 0):
            yield f"{where}: the owner has no limit, and everybody else has one per case and per month."
        wrong = [sentence for amount in amounts for sentence in _check_amount(f"{where}:", amount)]
        yield from wrong
        if not wrong and limit.per_case and limit.per_month is not None and limit.per_case > limit.per_month:
            yield f"{where}: one case may cost more than a whole month."


def _check_hours(pack: Pack) -> Iterator[str]:
    """Stretches of real weekdays that end after they begin and do not overlap."""
    if not pack.hours:
        yield "hours: nobody ever works."
    ends: dict[int, time] = {}
    for row in sorted(pack.hours, key=lambda row: (row.weekday, row.opens)):
        where = f"hours of weekday {row.weekday} from {row.opens:%H:%M}"
        if row.weekday not in range(7):
            yield f"{where}: weekdays go from 0 (Monday) to 6."
        if row.opens >= row.closes:
            yield f"{where}: they close at {row.closes:%H:%M}, before they open."
        if row.opens < ends.get(row.weekday, time.min):
            yield f"{where}: they begin before the earlier ones end."
        ends[row.weekday] = max(row.closes, ends.get(row.weekday, time.min))


def _check_counts(pack: Pack) -> Iterator[str]:
    """Enough to start from, and no more than is read; a programme comes round at least once a year."""
    for name, items, wanted in (("causes", pack.causes, _CAUSES), ("cards", pack.cards, _CARDS)):
        if len(items) not in wanted:
            yield f"{name}: there are {len(items)}; a pack starts with {_span(wanted)}."
    if pack.listening.cadence_days not in range(1, 367):
        yield f"listening: a cadence of {pack.listening.cadence_days} days is not between 1 and 366."


def _span(numbers: range) -> str:
    return f"{numbers[0]} to {numbers[-1]}"
