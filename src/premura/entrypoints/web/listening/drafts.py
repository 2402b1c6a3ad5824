"""The editor's form: a survey as fields, fields as a survey, and what each of its buttons does. No database."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import msgspec
from django.http import QueryDict

from premura.loop.listen import drafting
from premura.loop.listen.definition import (
    ASKABLE,
    CHOICES,
    CODE,
    OPTIONS_LIMIT,
    QUESTIONS_LIMIT,
    Definition,
    Kind,
    Option,
    Question,
)


@dataclass(frozen=True)
class Deleted:
    """A question that was deleted a moment ago, and where it stood."""

    question: Question
    position: int


@dataclass(frozen=True)
class Step:
    """The draft after a button was pressed: which card to look at, and what was deleted and can come back."""

    definition: Definition
    card: int | None = None
    deleted: Deleted | None = None


def definition_of(form: QueryDict, known: tuple[str, ...]) -> Definition:
    """The draft as the form says it. Cards come in order of their ``q`` fields; the unknown is dropped.

    A question whose code is missing, taken or malformed gets a code of its own, so that every draft can be mended.
    """
    languages = tuple(code for code in known if code in form.getlist("languages"))
    taken: set[str] = set()
    questions = []
    for key in list(dict.fromkeys(form.getlist("q")))[:QUESTIONS_LIMIT]:
        if f"q{key}.kind" not in form:
            continue
        question = _question(form, f"q{key}", known, taken)
        taken.add(question.code)
        questions.append(question)
    return Definition(
        title=_texts(form, "title", known),
        languages=languages,
        questions=tuple(questions),
        intro=_texts(form, "intro", known),
        thanks=_texts(form, "thanks", known),
    )


def _question(form: QueryDict, name: str, known: tuple[str, ...], taken: set[str]) -> Question:
    given = form.get(f"{name}.kind", "")
    kind: Kind = given if given in ASKABLE else "text"
    code = form.get(f"{name}.code", "")
    if not CODE.fullmatch(code) or code in taken:
        code = drafting.new_question(kind, taken).code
    question = Question(
        code=code,
        kind=kind,
        text=_texts(form, f"{name}.text", known),
        help=_texts(form, f"{name}.help", known),
        required=bool(form.get(f"{name}.required")),
        touchpoint=form.get(f"{name}.touchpoint", ""),
        options=tuple(_options(form, name, known)),
    )
    before = form.get(f"{name}.was", given)
    if before != kind and before in ASKABLE:
        question = drafting.with_kind(question, kind)
    return question if kind in CHOICES else msgspec.structs.replace(question, options=())


def _options(form: QueryDict, name: str, known: tuple[str, ...]) -> Iterator[Option]:
    taken: set[str] = set()
    for key in list(dict.fromkeys(form.getlist(f"{name}.o")))[:OPTIONS_LIMIT]:
        code = form.get(f"{name}.o{key}.code", "")[:60].strip()
        if not code or code in taken:
            code = (
                drafting.with_option(Question("q", "single", {}, options=tuple(Option(c, {}) for c in taken)))
                .options[-1]
                .code
            )
        taken.add(code)
        yield Option(code, _texts(form, f"{name}.o{key}.text", known))


def _texts(form: QueryDict, name: str, known: tuple[str, ...]) -> dict[str, str]:
    given = {code: form.get(f"{name}.{code}", "") for code in known}
    return {code: text for code, text in given.items() if text.strip()}


def pressed(definition: Definition, what: str, deleted: Deleted | None) -> Step:
    """What a button does: ``add:<kind>``, ``undo``, ``drop:<card>.<option>``, or ``up:<card>``, down, copy, delete

    An unknown button, or one of a card that is no longer there, does nothing.
    """
    verb, _, rest = what.partition(":")
    if verb == "add" and rest in ASKABLE:
        grown = drafting.with_question(definition, rest)
        return Step(grown, len(grown.questions) - 1)
    if verb == "undo" and deleted is not None:
        return Step(drafting.put_back(definition, deleted.question, deleted.position), deleted.position)
    card, _, option = rest.partition(".")
    if not card.isdecimal() or int(card) >= len(definition.questions):
        return Step(definition)
    step = _on_card(definition, verb, int(card), int(option) if option.isdecimal() else -1)
    return step


def _on_card(definition: Definition, verb: str, card: int, option: int) -> Step:
    question = definition.questions[card]
    if verb in {"up", "down"}:
        distance = -1 if verb == "up" else 1
        last = len(definition.questions) - 1
        return Step(drafting.moved(definition, question.code, distance), max(0, min(last, card + distance)))
    if verb == "copy":
        return Step(drafting.with_copy(definition, question.code), card + 1)
    if verb == "delete":
        return Step(drafting.without(definition, question.code), card, Deleted(question, card))
    if verb == "option":
        return Step(_with(definition, card, drafting.with_option(question)), card)
    if verb == "drop" and 0 <= option < len(question.options):
        left = question.options[:option] + question.options[option + 1 :]
        return Step(_with(definition, card, msgspec.structs.replace(question, options=left)), card)
    return Step(definition, card)


def _with(definition: Definition, card: int, question: Question) -> Definition:
    questions = (*definition.questions[:card], question, *definition.questions[card + 1 :])
    return msgspec.structs.replace(definition, questions=questions)


# A draft as the template shows it


@dataclass(frozen=True)
class Words:
    """One text in one language: the field's name, and whether it is missing where it is needed."""

    name: str
    id: str
    language: str
    value: str
    is_needed: bool

    @property
    def is_missing(self) -> bool:
        return self.is_needed and not self.value.strip()


@dataclass(frozen=True)
class OptionFields:
    key: int
    code: str
    words: list[Words]


@dataclass(frozen=True)
class Card:
    """One question as fields."""

    key: int
    question: Question
    name: str
    text: list[Words]
    help: list[Words]
    options: list[OptionFields]
    is_first: bool
    is_last: bool
    deleted_before: bool = False

    @property
    def number(self) -> int:
        return self.key + 1

    @property
    def has_options(self) -> bool:
        return self.question.kind in CHOICES


def words_of(texts: dict[str, str], name: str, languages: tuple[str, ...], *, needed: bool) -> list[Words]:
    return [
        Words(f"{name}.{code}", f"{name}.{code}".replace(".", "-"), code, texts.get(code, ""), needed)
        for code in languages
    ]


def cards_of(definition: Definition, deleted: Deleted | None = None) -> list[Card]:
    cards = [_card(definition, key, question) for key, question in enumerate(definition.questions)]
    if deleted is not None and deleted.position < len(cards):
        cards[deleted.position] = replace(cards[deleted.position], deleted_before=True)
    return cards


def _card(definition: Definition, key: int, question: Question) -> Card:
    name, languages = f"q{key}", definition.languages
    return Card(
        key=key,
        question=question,
        name=name,
        text=words_of(question.text, f"{name}.text", languages, needed=True),
        help=words_of(question.help, f"{name}.help", languages, needed=False),
        options=[
            OptionFields(n, option.code, words_of(option.text, f"{name}.o{n}.text", languages, needed=True))
            for n, option in enumerate(question.options)
        ],
        is_first=key == 0,
        is_last=key == len(definition.questions) - 1,
    )


def hidden_words(definition: Definition, known: tuple[str, ...]) -> dict[str, str]:
    """Texts in languages that are switched off, by field name: kept in the form, to come back with their language."""
    texts = {"title": definition.title, "intro": definition.intro, "thanks": definition.thanks}
    for key, question in enumerate(definition.questions):
        texts |= {f"q{key}.text": question.text, f"q{key}.help": question.help}
        texts |= {f"q{key}.o{n}.text": option.text for n, option in enumerate(question.options)}
    off = [code for code in known if code not in definition.languages]
    return {f"{name}.{code}": text[code] for code in off for name, text in texts.items() if text.get(code)}
