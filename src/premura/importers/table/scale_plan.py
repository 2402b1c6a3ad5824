"""Settle the scale of every rated column: declared, inferred, changed at some day, or not to be told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from premura.importers.table.notes import Choice, Note, Question
from premura.importers.table.numbers import plain
from premura.importers.table.roles import SCALED, Role
from premura.importers.table.scales import (
    FIVE,
    Inference,
    Mixture,
    ScaleRule,
    ScaleWatch,
    find_mixture,
    infer_scale,
    mixed_rule,
)


@dataclass
class ScalePlan:
    """The values of the rated columns, their roles, what was declared, and the watches of a second pass."""

    numbers: Mapping[str, Mapping[float, int]]
    roles: Mapping[str, Role]
    declared: Mapping[str, ScaleRule]
    watched: Mapping[str, ScaleWatch] = field(default_factory=dict)

    @property
    def suspects(self) -> list[str]:
        """Columns whose values reach beyond 5 and also hold small ones, and whose scale nobody has declared."""
        inferred = {
            name: infer_scale(numbers).rule for name, numbers in self.numbers.items() if name not in self.declared
        }
        return [
            name
            for name, rule in inferred.items()
            if rule and rule.parts[0][0].high > FIVE.high and any(0 <= value <= 5 for value in self.numbers[name])
        ]

    @property
    def starts_at_one(self) -> bool:
        """Whether some general score of the file is answered from 1 upwards: a rare 0 elsewhere is then «not rated»."""
        return any(
            self.roles[name] in (Role.OVERALL, Role.CSAT)
            and numbers
            and min(numbers) == 1
            and sum(numbers.values()) >= 20
            for name, numbers in self.numbers.items()
        )


def plan_scales(scales: ScalePlan, notes: list[Note], questions: list[Question]) -> dict[str, ScaleRule]:
    """The rule of every rated column that has one; what is unsure goes to ``notes`` and ``questions``."""
    rules: dict[str, ScaleRule] = dict(scales.declared)
    unclear: dict[tuple[float, ...], list[str]] = defaultdict(list)
    for name, numbers in scales.numbers.items():
        if name in rules or scales.roles[name] not in SCALED or not numbers:
            continue
        found = infer_scale(numbers, starts_at_one=scales.starts_at_one)
        mixture = find_mixture(scales.watched[name], numbers) if name in scales.watched else None
        if mixture and found.rule:
            rules[name] = mixed_rule(mixture, found.rule.parts[0][0])
            _tell_mixture(name, mixture, rules[name], notes, questions)
        elif found.rule is None:
            unclear[tuple(sorted(numbers))].append(name)
        else:
            rules[name] = found.rule
            _tell_inference(name, found, numbers, notes)
    for values, names in unclear.items():
        _tell_unclear(values, names, notes)
    _ask_zeros([note for note in notes if note.code in ("zero-set-aside", "zero-in-scale")], questions)
    return rules


def _tell_mixture(name: str, mixture: Mixture, rule: ScaleRule, notes: list[Note], questions: list[Question]) -> None:
    big = rule.parts[1][0]
    values = {
        "since": mixture.since,
        "before": mixture.before,
        "big": mixture.big,
        "unclear": mixture.unclear,
        "large": str(big),
        "high": big.high,
    }
    if mixture.since is None:
        notes.append(Note("mixed-scale-undated", name, values))
    else:
        notes.append(Note("mixed-scale", name, values))
    choices = [
        Choice("2", "scale", f"{name}={big}", "choice-scale", {"scale": str(big)}),
        Choice("3", "scale", f"{name}=1-5", "choice-scale", {"scale": "1-5"}),
        Choice("4", "leave", "", "choice-leave"),
    ]
    if mixture.since:
        setting = f"{name}=1-5,{big}@{mixture.since.isoformat()}"
        choices.insert(0, Choice("1", "scale", setting, "choice-scale-change", values))
    questions.append(Question("ask-mixed-scale", name, tuple(choices), values))


def _tell_inference(name: str, found: Inference, numbers: Mapping[float, int], notes: list[Note]) -> None:
    if found.rule and found.code in ("zero-set-aside", "zero-in-scale"):
        zeros = numbers.get(0.0, 0)
        rated = sum(count for value, count in numbers.items() if 1 <= value <= 5)
        total = sum(value * count for value, count in numbers.items() if 1 <= value <= 5)
        values = {
            "zeros": zeros,
            "rated": rated,
            "mean_without_zero": round(total / rated, 2) if rated else 0,
            "mean_with_zero": round(total / (rated + zeros), 2),
        }
        notes.append(Note(found.code, name, values))
    elif found.rule and not found.sure:
        seen = f"{plain(min(numbers))}–{plain(max(numbers))}"
        notes.append(Note("scale-guessed", name, {"scale": str(found.rule), "seen": seen}))


def _ask_zeros(told: list[Note], questions: list[Question]) -> None:
    """One question for all columns with zeros: whoever fills a form uses 0 in one way."""
    names = [str(note.column) for note in told]
    if not names:
        return
    choices = (
        Choice("1", "missing", "\n".join(f"{name}=0" for name in names), "choice-zero-blank"),
        Choice("2", "scale", "\n".join(f"{name}=0-5" for name in names), "choice-zero-mark"),
    )
    if len(names) == 1:
        questions.append(Question("ask-zero", names[0], choices, told[0].values))
    else:
        zeros = sum(int(str(note.values["zeros"])) for note in told)
        questions.append(Question("ask-zero-many", None, choices, {"names": ", ".join(names), "zeros": zeros}))


def _tell_unclear(values: tuple[float, ...], names: list[str], notes: list[Note]) -> None:
    shown = ", ".join(plain(value) for value in values[:13]) + ("…" if len(values) > 13 else "")
    listed = ", ".join(names[:8]) + ("…" if len(names) > 8 else "")
    note = {"columns": names, "names": listed, "values": shown, "first": names[0], "count": len(names)}
    notes.append(Note("unclear-scale", names[0] if len(names) == 1 else None, note))
