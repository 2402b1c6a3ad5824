"""The editor's form: a survey as fields, fields as a survey, and what each of its buttons does. No database."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from secrets import token_hex
from typing import Any, get_args

import msgspec
from django.http import QueryDict
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from premura.core.languages import language_name
from premura.entrypoints.web.listening.logic_form import (
    Offers,
    SkipFields,
    WhenFields,
    chosen_of,
    endings_of,
    first_condition,
    skip_fields,
    skips_of,
    when_fields,
    when_of,
)
from premura.loop.listen import drafting
from premura.loop.listen.answers import NUMBER_LIMIT
from premura.loop.listen.definition import (
    ASKABLE,
    CHOICES,
    CODE,
    QUESTIONS_LIMIT,
    Definition,
    Kind,
    Option,
    Question,
)
from premura.loop.listen.kinds import ADJUSTABLE, DIMENSIONS, WITH_OTHER, Look
from premura.loop.listen.questions import LIST_LIMIT, Condition, Ending, Skip, When

# The longest list of options, each as long as one may be
LINES_LIMIT = 100_000
# No text that anybody writes can hold them
_KEY, _NUMBER, _LIST = f"k{token_hex(8)}", f"n{token_hex(8)}", f"l{token_hex(8)}"
_LISTED = re.compile(rf"{_LIST}(\d+)\.")


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
    # What is to be said of the library, beside the card
    kept: str = ""


def definition_of(form: QueryDict, known: tuple[str, ...], *, of_staff: bool = False) -> Definition:
    """The draft as the form says it. Cards come in order of their ``q`` fields; the unknown is dropped.

    A question whose code is missing, taken or malformed gets a code of its own, so that every draft can be mended.
    """
    languages = tuple(code for code in known if code in form.getlist("languages"))
    taken: set[str] = set()
    questions = []
    for key in list(dict.fromkeys(form.getlist("q")))[:QUESTIONS_LIMIT]:
        if f"q{key}.kind" not in form:
            continue
        question = _question(form, f"q{key}", known, taken, of_staff)
        taken.add(question.code)
        questions.append(question)
    return Definition(
        title=_texts(form, "title", known),
        languages=languages,
        questions=tuple(questions),
        intro=_texts(form, "intro", known),
        thanks=_texts(form, "thanks", known),
        fields=tuple(dict.fromkeys(CODE.findall(form.get("fields", "")[:500])))[:10],
        endings=endings_of(form, known),
        by_invitation="by_invitation" in form,
    )


def _question(form: QueryDict, name: str, known: tuple[str, ...], taken: set[str], of_staff: bool) -> Question:
    given = form.get(f"{name}.kind", "")
    kind: Kind = given if given in ASKABLE else "text"
    code = form.get(f"{name}.code", "")
    if not CODE.fullmatch(code) or code in taken:
        code = drafting.new_question(kind, taken, of_staff=of_staff).code
    question = Question(
        code=code,
        kind=kind,
        text=_texts(form, f"{name}.text", known),
        help=_texts(form, f"{name}.help", known),
        required=bool(form.get(f"{name}.required")),
        touchpoint=form.get(f"{name}.touchpoint", ""),
        options=tuple(_options(form, name, known, "o")),
        rows=tuple(_options(form, name, known, "r")),
        show_if=when_of(form, f"{name}.if"),
        skips=skips_of(form, name),
        starts_page=bool(form.get(f"{name}.starts_page")),
        **_settings(form, name, known),
    )
    before = form.get(f"{name}.was", given)
    if before != kind and before in ASKABLE:
        question = drafting.with_kind(question, kind, of_staff=of_staff)
    options = question.options if kind in CHOICES else ()
    return msgspec.structs.replace(question, options=options, rows=question.rows if kind == "matrix" else ())


def _settings(form: QueryDict, name: str, known: tuple[str, ...]) -> dict[str, Any]:
    """What only some kinds have; what a kind does not have is not in its card, and so empty."""
    look, marks = form.get(f"{name}.look", ""), form.get(f"{name}.marks", "")
    return {
        "look": look if look in get_args(Look) else "",
        "marks": marks.replace(" ", "")[:12],
        "low_text": _texts(form, f"{name}.low", known),
        "high_text": _texts(form, f"{name}.high", known),
        "has_other": bool(form.get(f"{name}.has_other")),
        "least": _number(form.get(f"{name}.least", "")),
        "most": _number(form.get(f"{name}.most", "")),
        "pattern": form.get(f"{name}.pattern", "")[:40].strip(),
        "dimension": form.get(f"{name}.dimension", "")[:40],
        "is_reversed": bool(form.get(f"{name}.is_reversed")),
        "version": form.get(f"{name}.version", "")[:10],
        "options_from": form.get(f"{name}.options_from", "")[:40],
    }


def _number(text: str) -> float | None:
    """A limit as it was written; what is no number is no limit."""
    try:
        number = float(text.strip().replace(",", ".")[:20])
    except ValueError:
        return None
    return number if abs(number) <= NUMBER_LIMIT else None


def _options(form: QueryDict, name: str, known: tuple[str, ...], letter: str) -> Iterator[Option]:
    taken: set[str] = set()
    for key in list(dict.fromkeys(form.getlist(f"{name}.{letter}")))[:LIST_LIMIT]:
        code = form.get(f"{name}.{letter}{key}.code", "")[:60].strip()
        if not code or code in taken:
            code = (
                drafting.with_option(Question("q", "single", {}, options=tuple(Option(c, {}) for c in taken)))
                .options[-1]
                .code
            )
        taken.add(code)
        yield Option(code, _texts(form, f"{name}.{letter}{key}.text", known))


def _texts(form: QueryDict, name: str, known: tuple[str, ...]) -> dict[str, str]:
    given = {code: form.get(f"{name}.{code}", "") for code in known}
    return {code: text for code, text in given.items() if text.strip()}


def pressed(definition: Definition, what: str, deleted: Deleted | None, *, of_staff: bool = False) -> Step:
    """What a button does: ``add:<kind>``, ``undo``, ``drop:<card>.<option>``, or ``up:<card>``, down, copy, delete.

    An unknown button, or one of a card that is no longer there, does nothing.
    """
    verb, _, rest = what.partition(":")
    if verb == "add" and rest in ASKABLE:
        grown = drafting.with_question(definition, rest, of_staff=of_staff)
        return Step(grown, len(grown.questions) - 1)
    if verb == "undo" and deleted is not None:
        return Step(drafting.put_back(definition, deleted.question, deleted.position), deleted.position)
    if verb == "ending":
        return Step(msgspec.structs.replace(definition, endings=(*definition.endings, _new_ending(definition))))
    if verb == "unending" and rest.isdecimal():
        left = definition.endings[: int(rest)] + definition.endings[int(rest) + 1 :]
        return Step(msgspec.structs.replace(definition, endings=left))
    if rest.startswith("e") and verb in {"when", "unwhen"}:
        return Step(_ending_condition(definition, verb, rest.removeprefix("e")))
    card, _, option = rest.partition(".")
    if not card.isdecimal() or int(card) >= len(definition.questions):
        return Step(definition)
    if verb in {"when", "unwhen", "skip", "unskip"}:
        return Step(_with(definition, int(card), _logic(definition, verb, int(card), option)), int(card))
    return _on_card(definition, verb, int(card), int(option) if option.isdecimal() else -1)


def _logic(definition: Definition, verb: str, card: int, rest: str) -> Question:
    """``when:<card>[.<skip>]`` adds a condition, ``unwhen:…<condition>`` removes one; skips likewise."""
    question = definition.questions[card]
    numbers = [int(part) for part in rest.split(".") if part.isdecimal()]
    if verb == "skip":
        return msgspec.structs.replace(
            question, skips=(*question.skips, Skip("", When((first_condition(definition, card + 1),))))
        )
    if verb == "unskip" and numbers:
        return msgspec.structs.replace(question, skips=_removed(question.skips, numbers[0]))
    is_skip = len(numbers) == (1 if verb == "when" else 2)
    if is_skip and numbers[0] < len(question.skips):
        skip = question.skips[numbers[0]]
        changed = Skip(skip.to, _changed(skip.when, verb, numbers[1:], first_condition(definition, card + 1)))
        skips = (*question.skips[: numbers[0]], changed, *question.skips[numbers[0] + 1 :])
        return msgspec.structs.replace(question, skips=skips)
    show_if = _changed(question.show_if, verb, numbers, first_condition(definition, card))
    return msgspec.structs.replace(question, show_if=show_if)


def _changed(when: When, verb: str, numbers: list[int], new: Condition) -> When:
    if verb == "when":
        return When((*when.conditions, new), when.match)
    return When(_removed(when.conditions, numbers[0]), when.match) if numbers else when


def _removed(items: tuple[Any, ...], place: int) -> tuple[Any, ...]:
    return items[:place] + items[place + 1 :]


def _new_ending(definition: Definition) -> Ending:
    taken = {ending.code for ending in definition.endings}
    code = next(f"end_{number}" for number in range(1, len(taken) + 2) if f"end_{number}" not in taken)
    return Ending(code, {}, When((first_condition(definition, len(definition.questions)),)))


def _ending_condition(definition: Definition, verb: str, rest: str) -> Definition:
    numbers = [int(part) for part in rest.split(".") if part.isdecimal()]
    if not numbers or numbers[0] >= len(definition.endings):
        return definition
    ending = definition.endings[numbers[0]]
    new = first_condition(definition, len(definition.questions))
    changed = Ending(ending.code, ending.text, _changed(ending.when, verb, numbers[1:], new))
    endings = (*definition.endings[: numbers[0]], changed, *definition.endings[numbers[0] + 1 :])
    return msgspec.structs.replace(definition, endings=endings)


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
    if verb == "row":
        return Step(_with(definition, card, drafting.with_row(question)), card)
    if verb == "droprow" and 0 <= option < len(question.rows):
        return Step(
            _with(definition, card, msgspec.structs.replace(question, rows=_removed(question.rows, option))), card
        )
    if verb == "drop" and 0 <= option < len(question.options):
        left = question.options[:option] + question.options[option + 1 :]
        return Step(_with(definition, card, msgspec.structs.replace(question, options=left)), card)
    return Step(definition, card)


def with_lines(definition: Definition, form: QueryDict) -> Definition:
    """``definition`` with the options that were written one a line, in its first language."""
    for card, question in enumerate(definition.questions):
        written = form.get(f"q{card}.lines", "")[:LINES_LIMIT].splitlines()
        if written and question.kind in CHOICES and definition.languages:
            definition = _with(
                definition, card, drafting.with_lines(question, written, readers_first(definition.languages)[0])
            )
    return definition


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
    #: What others write there
    example: str = ""

    @property
    def language_name(self) -> str:
        return language_name(self.language)

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
    """One question as fields. ``key``, ``number`` and what its choices offer of other questions are marks: a card that
    only moves, or whose neighbours are renamed, is the same card, and :func:`placed` says what stands for them.
    """

    key: str
    question: Question
    name: str
    text: list[Words]
    help: list[Words]
    options: list[OptionFields]
    rows: list[OptionFields]
    low: list[Words]
    high: list[Words]
    show_if: WhenFields
    skips: list[SkipFields]
    #: Earlier questions with options, to carry them on
    carriers: str
    is_first: bool
    is_last: bool
    deleted_before: bool = False

    @property
    def number(self) -> str:
        return _NUMBER

    @property
    def has_options(self) -> bool:
        return self.question.kind in CHOICES

    @property
    def may_have_other(self) -> bool:
        return self.question.kind in WITH_OTHER

    @property
    def has_marks(self) -> bool:
        return self.question.kind in ADJUSTABLE

    @property
    def is_of_quality(self) -> bool:
        """Whether it may belong to a dimension of service quality."""
        return self.question.kind in {"pair", "likert", "matrix"}

    @property
    def has_logic(self) -> bool:
        question = self.question
        return bool(question.show_if.conditions or question.skips or question.starts_page or question.options_from)

    @property
    def pipe(self) -> str:
        return "{" + self.question.code + "}"

    @property
    def dimensions(self) -> tuple[str, ...]:
        return DIMENSIONS


def readers_first(languages: tuple[str, ...]) -> tuple[str, ...]:
    """The same with the reader's own language first: the field that is offered first is where they will write."""
    own = (get_language() or "")[:2]
    return tuple(sorted(languages, key=lambda language: language != own))


def words_of(
    texts: dict[str, str], name: str, languages: tuple[str, ...], *, needed: bool, examples: Mapping[str, str] = {}
) -> list[Words]:
    """The fields of one text; what need not be said is needed in every language once it is said in one."""
    needed = needed or any(texts.get(code, "").strip() for code in languages)
    return [
        Words(
            f"{name}.{code}",
            f"{name}.{code}".replace(".", "-"),
            code,
            texts.get(code, ""),
            needed,
            examples.get(code, ""),
        )
        for code in languages
    ]


class OffersLater(Offers):
    """What the choices of one card offer, kept apart from the card; ``lists`` are in the order of their marks."""

    def __init__(self, known: Offers) -> None:
        self.__dict__ |= known.__dict__
        self.lists: list[SafeString] = []

    def later(self, options: SafeString) -> str:
        self.lists.append(options)
        return f"{_LIST}{len(self.lists) - 1}."


def placed(html: str, key: int, lists: Sequence[str]) -> str:
    """The HTML of a card, as the card at place ``key``, which counts from 0, with what its choices offer there."""
    html = html.replace(_KEY, str(key)).replace(_NUMBER, str(key + 1))
    return _LISTED.sub(lambda mark: lists[int(mark[1])], html) if lists else html


def cards_of(known: Offers, deleted: Deleted | None = None) -> Iterator[tuple[Card, list[SafeString]]]:
    """Each question's card, and what its choices offer."""
    for key, question in enumerate(known.definition.questions):
        own = OffersLater(known)
        card = _card(own, key, question)
        is_after = deleted is not None and deleted.position == key
        yield (replace(card, deleted_before=True) if is_after else card), own.lists


def _card(known: Offers, key: int, question: Question) -> Card:
    definition = known.definition
    name, languages = f"q{_KEY}", readers_first(definition.languages)
    return Card(
        key=_KEY,
        question=question,
        name=name,
        text=words_of(question.text, f"{name}.text", languages, needed=True, examples=drafting.WORDINGS[question.kind]),
        help=words_of(question.help, f"{name}.help", languages, needed=False),
        options=_option_fields(question.options, f"{name}.o", languages),
        rows=_option_fields(question.rows, f"{name}.r", languages),
        low=words_of(question.low_text, f"{name}.low", languages, needed=False),
        high=words_of(question.high_text, f"{name}.high", languages, needed=False),
        show_if=when_fields(known, question.show_if, f"{name}.if", key, _KEY),
        skips=skip_fields(known, question, key, _KEY),
        carriers=_carriers(known, question, key) if question.kind in CHOICES else "",
        is_first=key == 0,
        is_last=key == len(definition.questions) - 1,
    )


def _option_fields(options: tuple[Option, ...], name: str, languages: tuple[str, ...]) -> list[OptionFields]:
    return [
        OptionFields(n, option.code, words_of(option.text, f"{name}{n}.text", languages, needed=True))
        for n, option in enumerate(options)
    ]


def _carriers(known: Offers, question: Question, position: int) -> str:
    before = zip(known.questions[:position], known.definition.questions, strict=False)
    options = [option for option, one in before if one.options]
    return known.later(chosen_of(options, question.options_from)) if options else ""


@dataclass(frozen=True)
class EndingFields:
    """Thanks of its own for some."""

    key: int
    code: str
    text: list[Words]
    when: WhenFields


def endings_as_fields(known: Offers) -> list[EndingFields]:
    definition = known.definition
    count, languages = len(definition.questions), readers_first(definition.languages)
    return [
        EndingFields(
            n,
            ending.code,
            words_of(ending.text, f"e{n}.text", languages, needed=True),
            when_fields(known, ending.when, f"e{n}", count, f"e{n}"),
        )
        for n, ending in enumerate(definition.endings)
    ]


def hidden_words(definition: Definition, known: tuple[str, ...]) -> dict[str, str]:
    """Texts in languages that are switched off, by field name: kept in the form, to come back with their language."""
    texts = {"title": definition.title, "intro": definition.intro, "thanks": definition.thanks}
    for key, question in enumerate(definition.questions):
        texts |= {f"q{key}.text": question.text, f"q{key}.help": question.help}
        texts |= {f"q{key}.low": question.low_text, f"q{key}.high": question.high_text}
        texts |= {f"q{key}.o{n}.text": option.text for n, option in enumerate(question.options)}
        texts |= {f"q{key}.r{n}.text": row.text for n, row in enumerate(question.rows)}
    texts |= {f"e{n}.text": ending.text for n, ending in enumerate(definition.endings)}
    off = [code for code in known if code not in definition.languages]
    return {f"{name}.{code}": text[code] for code in off for name, text in texts.items() if text.get(code)}
