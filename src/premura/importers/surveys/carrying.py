"""Neutral questions as questions of ours: one table says which kind becomes which; everything else is listed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, get_args

from django.utils.text import slugify

from premura.core.languages import CODES
from premura.importers.neutral import LeftOut, Option, Question, Survey
from premura.loop.listen import definition as ours
from premura.loop.listen.definition import OPTIONS_LIMIT, QUESTIONS_LIMIT, WORDS_LIMIT, Definition

_KNOWN = frozenset(get_args(ours.Kind))
# Neutral kind → our kinds, the best first; the first that our surveys know is taken, none means that it is listed
CARRIED: Mapping[str, tuple[str, ...]] = {
    "nps": ("nps",),
    "single": ("single",),
    "multiple": ("multiple",),
    "yes_no": ("single",),
    "text": ("text",),
    "number": ("number", "text"),
    "date": ("date", "text"),
    "ranking": ("ranking",),
    "marks:1-5": ("csat",),
    "marks:1-7": ("single",),
    "marks:1-10": ("single",),
}
_ROW_KINDS = {"grid_single": "single", "grid_marks": "marks", "grid_text": "text", "grid_number": "number"}
_YES_NO = (
    Option("Y", {"it": "Sì", "en": "Yes", "de": "Ja", "fr": "Oui", "es": "Sí"}),
    Option("N", {"it": "No", "en": "No", "de": "Nein", "fr": "Non", "es": "No"}),
)
_UNSAFE = re.compile(r"[^a-z0-9_]+")


@dataclass
class Key:
    """Under which names the answers of one question of ours come, and which of their words mean which option."""

    code: str
    name: str
    alias: str = ""
    row: str = ""
    options: dict[str, str] = field(default_factory=dict)
    subs: dict[str, str] = field(default_factory=dict)
    # Of a ranking: its columns are places, in which options stand, and not options, in which places stand
    by_place: bool = False
    # What it asks, in every language: some exports name their columns so
    texts: tuple[str, ...] = ()
    row_texts: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "texts": list(self.texts), "row_texts": list(self.row_texts)}


@dataclass(frozen=True)
class Carried:
    """A survey of another system as one of ours."""

    definition: Definition
    keys: tuple[Key, ...]
    left_out: tuple[LeftOut, ...]


def carry(survey: Survey) -> Carried:
    """The survey as a draft of ours. What cannot be asked here is listed, and nothing is dropped in silence."""
    left: list[LeftOut] = []
    languages, base = _languages(survey, left)
    asked: list[ours.Question] = []
    keys: list[Key] = []
    taken: set[str] = set()
    for question in survey.questions:
        where = _where(question, base)
        for one, row in _rows_apart(question, where, left):
            made = _question(one, row, _Words(languages, base), taken, left)
            if made is None:
                continue
            if len(asked) >= QUESTIONS_LIMIT:
                left.append(LeftOut("left-beyond", where, {"most": QUESTIONS_LIMIT}))
                return _carried(survey, languages, base, asked, keys, left)
            asked.append(made[0])
            made[1].texts = tuple(dict.fromkeys(text[:WORDS_LIMIT] for text in question.text.values() if text))
            keys.append(made[1])
    return _carried(survey, languages, base, asked, keys, left)


def _carried(
    survey: Survey,
    languages: tuple[str, ...],
    base: str,
    asked: list[ours.Question],
    keys: list[Key],
    left: list[LeftOut],
) -> Carried:
    words = _Words(languages, base)
    definition = Definition(
        title=words.of(survey.title) or dict.fromkeys(languages, survey.id or "?"),
        languages=languages,
        questions=tuple(asked),
        intro=words.of(survey.intro),
        thanks=words.of(survey.thanks),
    )
    return Carried(definition, tuple(keys), tuple(left))


def _languages(survey: Survey, left: list[LeftOut]) -> tuple[tuple[str, ...], str]:
    """The languages that can be answered in here, and the one to fall back on."""
    kept = tuple(code for code in CODES if code in survey.languages)
    others = [code for code in survey.languages if code not in CODES]
    base = survey.languages[0] if survey.languages else "en"
    if not kept:
        left.append(LeftOut("no-our-language", "", {"names": ", ".join(others)}))
        return ("it",), base
    if others:
        left.append(LeftOut("left-languages", "", {"names": ", ".join(others)}))
    return kept, base


@dataclass(frozen=True)
class _Words:
    languages: tuple[str, ...]
    base: str

    def of(self, texts: Mapping[str, str]) -> dict[str, str]:
        """A text in each of our languages that has it: the draft shows what is missing. One that is in none of them
        stands in the first, as the main language of the survey has it.
        """
        found = {code: texts[code][:WORDS_LIMIT] for code in self.languages if texts.get(code)}
        fallback = texts.get(self.base) or next((text for text in texts.values() if text), "")
        return found or ({self.languages[0]: fallback[:WORDS_LIMIT]} if fallback else {})

    def is_whole(self, texts: Mapping[str, str]) -> bool:
        return not texts or all(texts.get(code) for code in self.languages) or self.base not in CODES


def _where(question: Question, base: str) -> str:
    text = question.text.get(base) or next(iter(question.text.values()), question.code)
    text = " ".join(text.split())
    return text if len(text) <= 80 else f"{text[:77]}…"


def _rows_apart(question: Question, where: str, left: list[LeftOut]) -> Iterator[tuple[Question, Option | None]]:
    """A grid as one question a row; any other question as it is."""
    kind = _ROW_KINDS.get(question.kind)
    if kind is None:
        yield question, None
        return
    left.append(LeftOut("split-grid", where, {"count": len(question.rows)}))
    for row in question.rows:
        text = {code: f"{words}: {row.text[code]}" for code, words in question.text.items() if row.text.get(code)}
        text = text or {code: f"{words}: {row.code}" for code, words in question.text.items()}
        yield (
            Question(
                f"{question.code}_{row.code}", kind, question.foreign, text, question.help, question.required,
                question.options, scale=question.scale, alias=question.alias,
            ),
            row,
        )  # fmt: skip


def _question(
    question: Question, row: Option | None, words: _Words, taken: set[str], left: list[LeftOut]
) -> tuple[ours.Question, Key] | None:
    where = _where(question, words.base)
    text = words.of(question.text)
    if not text:
        left.append(LeftOut("left-empty", question.code))
        return None
    wanted = CARRIED.get(f"marks:{question.scale}" if question.kind == "marks" else question.kind, ())
    kind = next((kind for kind in wanted if kind in _KNOWN), None)
    if kind is None:
        left.append(LeftOut("left-kind", where, {"foreign": question.foreign}))
        return None
    options = _options_of(question)
    if kind in ours.CHOICES and not 2 <= len(options) <= OPTIONS_LIMIT:
        left.append(LeftOut("left-options", where, {"count": len(options), "most": OPTIONS_LIMIT}))
        return None
    if kind == "csat":
        left.append(LeftOut("changed-satisfaction", where))
    elif kind == "text" and question.kind != "text":
        left.append(LeftOut("changed-kind", where, {"foreign": question.foreign, "kind": kind}))
    if not words.is_whole(question.text):
        left.append(LeftOut("left-translation", where))
    code = _code(question.code, taken)
    has_options = kind in ours.CHOICES or kind == "ranking"
    codes = _option_codes(options) if has_options else {}
    made = ours.Question(
        code=code,
        kind=kind,  # type: ignore[arg-type]
        text=text,
        help=words.of(question.help),
        required=question.required,
        options=tuple(ours.Option(codes[o.code], words.of(o.text) or dict.fromkeys(words.languages, o.code))
                      for o in options) if has_options else (),
    )  # fmt: skip
    key = Key(code, question.code if row is None else question.code[: -len(row.code) - 1], question.alias)
    if row:
        key.row, key.row_texts = row.code, tuple(dict.fromkeys(text for text in row.text.values() if text))
    key.by_place = question.kind == "ranking" and bool(question.rows)
    if kind in ours.CHOICES:
        key.options = _meanings(options, codes)
        key.subs = dict(codes)
    return made, key


def _options_of(question: Question) -> Sequence[Option]:
    if question.kind == "yes_no":
        return _YES_NO
    if question.kind == "marks" and question.scale:
        low, high = map(int, question.scale.split("-"))
        return tuple(Option(str(n), dict.fromkeys(CODES, str(n))) for n in range(low, high + 1))
    return question.options


def _option_codes(options: Sequence[Option]) -> dict[str, str]:
    """Their code → ours: short, address-safe, never twice."""
    codes: dict[str, str] = {}
    for number, option in enumerate(options, start=1):
        stem = _UNSAFE.sub("_", option.code.lower()).strip("_")[:40] or str(number)
        code, again = stem, 2
        while code in codes.values():
            code, again = f"{stem}_{again}", again + 1
        codes.setdefault(option.code, code)
    return codes


def fold(text: str) -> str:
    """Words as they are compared: no capitals, one space between."""
    return " ".join(text.split()).casefold()


def _meanings(options: Sequence[Option], codes: Mapping[str, str]) -> dict[str, str]:
    """What may stand in a cell → our option: first the words, then the code, which never hides another's words."""
    found = {fold(text): codes[o.code] for o in options for text in o.text.values() if text}
    for option in options:
        found.setdefault(fold(option.code), codes[option.code])
    return found


def _code(name: str, taken: set[str]) -> str:
    stem = slugify(name).replace("-", "_")[:34].strip("_") or "q"
    stem = stem if stem[0].isalpha() else f"q_{stem}"
    code, number = stem, 2
    while code in taken:
        code, number = f"{stem}_{number}", number + 1
    taken.add(code)
    return code
