"""What was said on the command line, or answered at the terminal, as declarations for the table reader."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from dataclasses import replace

from premura.entrypoints.cli.report.words import Words
from premura.importers.table import Declared, Plan, Role, ScaleRule, parse_scale_rule


class NotUnderstood(ValueError):
    """An option could not be read; the text is the sentence for the person."""


def declared(args: argparse.Namespace, words: Words) -> Declared:
    """The options of the command as declarations; raises ``NotUnderstood``."""
    said = Declared(day_first=args.day_first, encoding=args.encoding, delimiter=args.delimiter, sheet=args.sheet)
    for option, texts in (("map", args.map), ("missing", args.missing), ("scale", args.scale)):
        said = with_settings(said, option, texts, words)
    return said


def with_settings(said: Declared, option: str, texts: Iterable[str], words: Words) -> Declared:
    """``said`` with more declarations of one kind: ``map``, ``missing``, ``scale`` or ``order``."""
    for text in texts:
        if option == "map":
            column, role = _role(text, words)
            said = replace(said, mapping={**said.mapping, column: role})
        elif option == "scale":
            column, rule = _scale(text, words)
            said = replace(said, scales={**said.scales, column: rule})
        elif option == "missing":
            said = _missing(said, text, words)
        elif option == "order":
            said = replace(said, day_first=text == "day-first")
    return said


def _role(text: str, words: Words) -> tuple[str, Role]:
    column, _, role = text.rpartition("=")
    try:
        named = Role(role.strip().lower())
    except ValueError:
        named = None
    if not column or named is None:
        raise NotUnderstood(words("bad-map", text=text, roles=", ".join(Role)))
    return column, named


def _scale(text: str, words: Words) -> tuple[str, ScaleRule]:
    column, _, written = text.rpartition("=")
    rule = parse_scale_rule(written)
    if not column or rule is None:
        raise NotUnderstood(words("bad-scale", text=text))
    return column, rule


def _missing(said: Declared, text: str, words: Words) -> Declared:
    column, equals, written = text.rpartition("=")
    codes = tuple(code.strip() for code in written.split(",") if code.strip())
    if not codes or (equals and not column):
        raise NotUnderstood(words("bad-missing", text=text))
    if not equals:
        return replace(said, missing=(*said.missing, *codes))
    return replace(said, missing_in={**said.missing_in, column: (*said.missing_in.get(column, ()), *codes)})


def ask(plan: Plan, said: Declared, words: Words, read: Callable[[str], str], write: Callable[[str], None]) -> Declared:
    """Ask what only the owner of the file knows; an empty answer leaves it open."""
    for question in plan.questions:
        write("")
        write(question.sentence(words.lang))
        for choice in question.choices:
            write(f"  {choice.key}  {choice.label(words.lang)}")
        keys = {choice.key: choice for choice in question.choices}
        try:
            answer = read(words("ask-prompt", most=len(keys))).strip()
        except EOFError:
            return said
        if answer in keys and keys[answer].option != "leave":
            said = with_settings(said, keys[answer].option, keys[answer].setting.splitlines(), words)
    return said
