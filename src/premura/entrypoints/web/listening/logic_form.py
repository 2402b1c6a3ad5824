"""Conditions, skips and endings as fields of the editor's form, and back. No database."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import get_args

from django.http import QueryDict
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from premura.core.i18n import in_language
from premura.loop.listen.conditions import (
    attribute_names,
    shortened,
    source_in_words,
    tests_for,
    values_for,
    when_in_words,
)
from premura.loop.listen.questions import VALUELESS, About, Condition, Definition, Ending, Question, Skip, Test, When
from premura.loop.listen.scales import part_in_words

MOST = 10
_TESTS, _ABOUTS = get_args(Test), get_args(About)


def when_of(form: QueryDict, name: str) -> When:
    """The conditions of the fields whose names begin with ``name``."""
    conditions = []
    for key in list(dict.fromkeys(form.getlist(f"{name}.c")))[:MOST]:
        field = f"{name}.c{key}"
        about, _colon, what = form.get(f"{field}.what", "").partition(":")
        test = form.get(f"{field}.test", "is")
        if about in _ABOUTS and test in _TESTS:
            values = [value for value in form.getlist(f"{field}.value") if value][:50]
            # What is written says several values with a semicolon between
            values += [part.strip() for part in form.get(f"{field}.written", "").split(";") if part.strip()]
            conditions.append(Condition(about, what[:101], test, tuple(dict.fromkeys(values))))  # type: ignore[arg-type]
    return When(tuple(conditions), "any" if form.get(f"{name}.match") == "any" else "all")


def skips_of(form: QueryDict, name: str) -> tuple[Skip, ...]:
    keys = list(dict.fromkeys(form.getlist(f"{name}.s")))[:MOST]
    return tuple(Skip(form.get(f"{name}.s{key}.to", "")[:40], when_of(form, f"{name}.s{key}")) for key in keys)


def endings_of(form: QueryDict, known: tuple[str, ...]) -> tuple[Ending, ...]:
    endings = []
    for key in list(dict.fromkeys(form.getlist("e")))[:MOST]:
        texts = {code: form.get(f"e{key}.text.{code}", "") for code in known}
        kept = {code: text for code, text in texts.items() if text.strip()}
        endings.append(Ending(form.get(f"e{key}.code", "")[:40], kept, when_of(form, f"e{key}")))
    return tuple(endings)


@dataclass(frozen=True)
class ConditionFields:
    """One condition as fields: about what, compared how, with which values. ``sources``: what it can be about, the
    options of a choice as HTML.
    """

    key: int
    name: str
    sources: str
    test: str
    tests: list[tuple[str, str]]
    values: list[tuple[str, str, bool]] | None
    written: str

    @property
    def needs_value(self) -> bool:
        return self.test not in VALUELESS


@dataclass(frozen=True)
class WhenFields:
    """Conditions as fields. ``do``: what the button that adds one sends; ``drop``: how one that removes one begins."""

    name: str
    match: str
    conditions: list[ConditionFields]
    words: str
    do: str
    drop: str


@dataclass(frozen=True)
class SkipFields:
    key: int
    name: str
    #: The questions to go on with, the options of a choice as HTML
    targets: str
    when: WhenFields


def as_options(pairs: Iterable[tuple[str, str]]) -> list[str]:
    """Values with their words, each as an option of a choice."""
    return [f'<option value="{escape(value)}">{escape(words)}</option>' for value, words in pairs]


def chosen_of(options: Iterable[str], chosen: str) -> SafeString:
    """The same ``options``, made by :func:`as_options`, with one of them chosen."""
    value = f'value="{escape(chosen)}"'
    return SafeString("".join(options).replace(f"{value}>", f"{value} selected>"))


class Offers:
    """What choices offer: each question is put into words and HTML once, however many cards name it.

    Most cards name the questions before them, by number: with the lists inside them, moving one question would be
    drawing every card below it. A card says ``later``, and gets its lists when it is put in its place.
    """

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.questions = as_options(
            (question.code, f"{number}. {shortened(in_language(question.text) or question.code)}")
            for number, question in enumerate(definition.questions, 1)
        )
        self._sources = [
            as_options(_of_question(number, question)) for number, question in enumerate(definition.questions, 1)
        ]
        self._others = as_options(_of_others(definition))

    def sources(self, before: int, condition: Condition) -> str:
        """What ``condition`` can be about: only questions before that position, and what is known from the beginning.

        A question that is gone or comes later stays until somebody decides.
        """
        what = f"{condition.about}:{condition.name}"
        options = [option for own in self._sources[:before] for option in own] + self._others
        value = f'<option value="{escape(what)}">'
        if not any(option.startswith(value) for option in options):
            options += as_options([(what, source_in_words(self.definition, condition))])
        return self.later(chosen_of(options, what))

    def later(self, options: SafeString) -> str:
        """What stands in the page where ``options`` belong; here they are themselves."""
        return options


def when_fields(known: Offers, when: When, name: str, before: int, place: str) -> WhenFields:
    """``before``: only the questions before this position can be asked about. ``place``: the card, or part of it."""
    conditions = [_condition(known, one, f"{name}.c{key}", key, before) for key, one in enumerate(when.conditions)]
    words = when_in_words(known.definition, when)
    return WhenFields(name, when.match, conditions, words, f"when:{place}", f"unwhen:{place}.")


def _condition(known: Offers, condition: Condition, name: str, key: int, before: int) -> ConditionFields:
    definition = known.definition
    code = condition.name.partition(".")[0]
    values = values_for(definition, condition)
    offered = {value for value, _label in values or ()}
    return ConditionFields(
        key=key,
        name=name,
        sources=known.sources(before, condition),
        test=condition.test,
        tests=tests_for(definition.question(code) if condition.about == "question" else None),
        values=[(value, label, value in condition.values) for value, label in values] if values else None,
        written="; ".join(value for value in condition.values if value not in offered),
    )


def _of_question(number: int, question: Question) -> Iterator[tuple[str, str]]:
    if question.kind == "statement":
        return
    text = shortened(in_language(question.text) or question.code)
    if not question.parts:
        yield f"question:{question.code}", f"{number}. {text}"
    for part in question.parts:
        row = shortened(part_in_words(question, question.kind, part), 40)
        yield f"question:{question.code}.{part}", f"{number}. {text}: {row}"


def _of_others(definition: Definition) -> Iterator[tuple[str, str]]:
    yield "language:", _("the language")
    yield "channel:", _("how they came")
    for name in definition.fields:
        yield f"field:{name}", _("«%(name)s» of the link") % {"name": name}
    for name, words in attribute_names().items():
        yield f"customer:{name}", words


def skip_fields(known: Offers, question: Question, position: int, place: str) -> list[SkipFields]:
    """``place``: how the card calls itself, see ``drafts.placed``."""
    return [
        SkipFields(
            n,
            f"q{place}.s{n}",
            known.later(chosen_of(known.questions[position + 1 :], skip.to)),
            when_fields(known, skip.when, f"q{place}.s{n}", position + 1, f"{place}.{n}"),
        )
        for n, skip in enumerate(question.skips)
    ]


def first_condition(definition: Definition, before: int) -> Condition:
    """What a new condition starts with: the question just before, else the language."""
    for question in reversed(definition.questions[:before]):
        if question.kind not in {"statement", "text"}:
            part = f".{question.parts[0]}" if question.parts else ""
            return Condition("question", f"{question.code}{part}")
    return Condition("language")
