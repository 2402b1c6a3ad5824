"""One question as every page shows it, the public page, the preview, the counter: fields, words, what was typed.

A field is called ``q.<question>``, or ``q.<question>.<part>`` where a question has several: the same names everywhere.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from premura.core.i18n import in_language
from premura.loop.listen.answers import WORDS, figure
from premura.loop.listen.kinds import CHOICES, CONTACT, FILED, FIXED, PARTED, SCORED
from premura.loop.listen.marks import ends_of, expression_of
from premura.loop.listen.questions import LINE_LIMIT, TEXT_LIMIT, Question
from premura.loop.listen.scales import ends_for, is_worded, option_texts, part_in_words, score_labels

PREFIX = "q."
# How long a kind of question takes to answer, for «about a minute»; measured on nobody, so it says «about»
SECONDS = {
    "nps": 8,
    "csat": 8,
    "ces": 10,
    "single": 10,
    "yesno": 6,
    "multiple": 14,
    "text": 30,
    "pair": 18,
    "kano": 18,
    "ranking": 25,
    "emotion": 20,
    "contact": 30,
    "photo": 30,
    "signature": 15,
    "statement": 5,
}
_SECONDS_A_ROW = 7


@dataclass(frozen=True, slots=True)
class Choice:
    """One button of a question."""

    value: str
    label: str
    # Said to screen readers after the label, where sighted readers see it at the end of the scale
    meaning: str = ""
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Buttons of which one, or several, are chosen; with a label where a question has several groups."""

    name: str
    label: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """One line to be filled in. ``choices`` make it a list to choose from."""

    name: str
    id: str
    label: str
    type: str = "text"
    value: str = ""
    inputmode: str = ""
    pattern: str = ""
    maxlength: str = ""
    min: str = ""
    max: str = ""
    step: str = ""
    autocomplete: str = "off"
    choices: tuple[Choice, ...] = ()
    # What was kept already and travels on with the form, and how to say so
    hidden: tuple[tuple[str, str], ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question. ``layout``: ``choices``, ``rows`` of choices, ``area``, ``fields``, ``statement``."""

    number: int
    code: str
    kind: str
    layout: str
    name: str
    text: str
    help: str
    is_required: bool
    seconds: str
    groups: tuple[Group, ...] = ()
    fields: tuple[Field, ...] = ()
    ends: tuple[str, str] = ("", "")
    typed: str = ""
    limit: str = ""
    look: str = ""
    hint: str = ""
    error: str = ""
    is_first_error: bool = False

    @property
    def choices(self) -> tuple[Choice, ...]:
        return self.groups[0].choices if self.groups else ()

    @property
    def is_bar(self) -> bool:
        """Whether its buttons stand side by side on a phone too."""
        if self.kind == "likert":
            return bool(self.ends[0] or self.ends[1])
        return self.kind in {"ces", "pair", "matrix", "emotion", "rating"} or bool(self.look)

    @property
    def is_multiple(self) -> bool:
        return self.kind == "multiple"


def minutes_of(seconds: int) -> int:
    """The minutes that a page or a poster promises: rather one too many than one too few.

    >>> minutes_of(20), minutes_of(70), minutes_of(80), minutes_of(200)
    (1, 1, 2, 4)
    """
    return max(1, round(seconds / 60 + 0.25))


def seconds_of(question: Question) -> int:
    if question.kind == "matrix":
        return 4 + _SECONDS_A_ROW * len(question.rows)
    return SECONDS.get(question.kind, 10)


def ask(
    question: Question, language: str, number: int = 0, typed: object = None, error: str = "", *, is_first: bool = False
) -> Asked:
    """``question`` in ``language`` (which must be active), with what was typed and what is wrong with it."""
    layout, groups, fields, hint = _shape(question, language, typed)
    return Asked(
        number=number,
        code=question.code,
        kind=question.kind,
        layout=layout,
        name=PREFIX + question.code,
        text=in_language(question.text, language),
        help=in_language(question.help, language),
        is_required=question.required and question.kind != "statement",
        seconds=str(seconds_of(question)),
        groups=groups,
        fields=fields,
        ends=ends_for(question, language) if _has_bare_numbers(question) else ("", ""),
        typed=typed if isinstance(typed, str) and question.kind == "text" else "",
        limit=str(TEXT_LIMIT) if question.kind == "text" else "",
        look=question.look if question.kind == "csat" else "",
        hint=hint,
        error=error,
        is_first_error=is_first,
    )


_Shape = tuple[str, tuple[Group, ...], tuple[Field, ...], str]


def _shape(question: Question, language: str, typed: object) -> _Shape:
    """Layout, groups of buttons, fields, and a hint how to answer."""
    kind = question.kind
    if kind in PARTED:
        return "rows", _rows(question, language, typed), (), _hint(kind)
    if kind == "slider":
        return "fields", (), (_slider(question, typed),), ""
    if kind in SCORED:
        return "choices", (Group(PREFIX + question.code, "", _scores(question, language, _one(typed))),), (), ""
    if kind == "list":
        return "fields", (), (_list(question, language, typed),), ""
    if kind == "ranking":
        return "fields", (), _places(question, language, typed), _hint(kind)
    if kind in CHOICES or kind in FIXED:
        return "choices", (_options(question, language, typed),), _words_field(question, typed), _hint(kind)
    if kind in {"number", "date", "line"}:
        return "fields", (), (_line(question, typed),), _range_hint(question)
    if kind == "contact":
        return "fields", (), _contact(question, typed), ""
    if kind in FILED:
        return "fields", (), (_file(question, typed),), _hint(kind)
    return ("area" if kind == "text" else "statement"), (), (), ""


def _hint(kind: str) -> str:
    hints = {
        "photo": _(
            "A photo or a PDF, up to 12 MB. Place, day and camera are taken out of photos before they are kept."
        ),
        "signature": _("Type your name; where the screen allows it you can also draw."),
        "multiple": _("You can choose more than one."),
        "ranking": _("1 is the most important. You can leave some without a place."),
    }
    return hints.get(kind, "")


def _one(typed: object) -> set[str]:
    """What is chosen, as text."""
    if isinstance(typed, bool):
        return {"yes" if typed else "no"}
    return {str(value) for value in (typed if isinstance(typed, list | tuple) else [typed]) if value is not None}


def _part(typed: object, part: str) -> object:
    return typed.get(part) if isinstance(typed, Mapping) else None


def _text(value: object) -> str:
    return figure(value) if isinstance(value, int | float) and not isinstance(value, bool) else str(value or "")


def _has_bare_numbers(question: Question) -> bool:
    """Whether the two ends need words: of a table, whose columns are too narrow for them, and of what has none."""
    is_narrow = question.kind == "matrix" or bool(question.look and question.kind == "csat")
    return is_narrow or not is_worded(question.kind, question.scale)


def _scores(question: Question, language: str, chosen: set[str]) -> tuple[Choice, ...]:
    labels = score_labels(question.kind, question.scale)
    if question.kind == "rating":
        low, high = ends_of(question.scale) or (0, 0)
        labels = [(score, str(score)) for score in range(low, high + 1)]
    meanings: dict[int, str] = {}
    if _has_bare_numbers(question) and is_worded(question.kind, question.scale):
        meanings = dict(labels)
        labels = [(score, str(score)) for score, _label in labels]
    elif labels and _has_bare_numbers(question):
        low_word, high_word = ends_for(question, language)
        meanings = {labels[0][0]: low_word, labels[-1][0]: high_word}
    return tuple(Choice(str(n), label, meanings.get(n, ""), str(n) in chosen) for n, label in labels)


def _rows(question: Question, language: str, typed: object) -> tuple[Group, ...]:
    groups = []
    for part in question.parts:
        chosen = _one(_part(typed, part))
        choices = _scores(question, language, chosen)
        if question.kind == "emotion":
            # The way back, without JavaScript too
            choices = (Choice("", pgettext("intensity", "no"), "", not chosen - {""}), *choices)
        label = part_in_words(question, question.kind, part, language)
        groups.append(Group(f"{PREFIX}{question.code}.{part}", label or "…", choices))
    return tuple(groups)


def _options(question: Question, language: str, typed: object) -> Group:
    chosen = _one((typed.get("choices") or typed.get("")) if isinstance(typed, Mapping) else typed)
    texts = option_texts(question, language)
    choices = tuple(Choice(code, texts.get(code) or "…", "", code in chosen) for code in question.choice_codes)
    return Group(PREFIX + question.code, "", choices)


def _words_field(question: Question, typed: object) -> tuple[Field, ...]:
    """Words beside the choices: what «other» is, or how the solution was found."""
    if question.kind == "solution":
        label, limit = _("How, or what was missing?"), TEXT_LIMIT
    elif question.has_other and question.kind in {"single", "multiple"}:
        label, limit = _("If other: what?"), LINE_LIMIT
    else:
        return ()
    name = f"{PREFIX}{question.code}.{WORDS}"
    return (Field(name, f"o-{question.code}", label, value=_text(_part(typed, WORDS)), maxlength=str(limit)),)


def _slider(question: Question, typed: object) -> Field:
    low, high = ends_of(question.scale) or (0, 100)
    label = _("A number from %(low)s to %(high)s") % {"low": low, "high": high}
    return Field(
        PREFIX + question.code,
        f"t-{question.code}",
        label,
        type="number",
        value=_text(typed) if isinstance(typed, str | int) else "",
        inputmode="numeric",
        min=str(low),
        max=str(high),
        step="1",
    )


def _list(question: Question, language: str, typed: object) -> Field:
    chosen = _one(typed)
    texts = option_texts(question, language)
    choices = tuple(Choice(code, texts.get(code) or "…", "", code in chosen) for code in question.choice_codes)
    return Field(
        PREFIX + question.code, f"t-{question.code}", "", choices=(Choice("", _("choose from the list")), *choices)
    )


def _places(question: Question, language: str, typed: object) -> tuple[Field, ...]:
    places: dict[str, str] = {}
    if isinstance(typed, Mapping):
        places = {str(code): _text(place) for code, place in typed.items()}
    elif isinstance(typed, list | tuple):
        places = {str(code): str(place) for place, code in enumerate(typed, 1)}
    texts = option_texts(question, language)
    numbers = [str(number) for number in range(1, len(question.options) + 1)]
    return tuple(
        Field(
            f"{PREFIX}{question.code}.{code}",
            f"t-{question.code}-{place}",
            texts.get(code) or "…",
            choices=(Choice("", "–"), *(Choice(n, n, "", places.get(code) == n) for n in numbers)),
        )
        for place, code in enumerate(question.choice_codes)
    )


def _line(question: Question, typed: object) -> Field:
    name, ident, value = (
        PREFIX + question.code,
        f"t-{question.code}",
        _text(typed) if isinstance(typed, str | int | float) else "",
    )
    if question.kind == "date":
        return Field(name, ident, "", type="date", value=value, min="1900-01-01", max="2200-12-31")
    if question.kind == "number":
        return Field(name, ident, "", value=value, inputmode="decimal", maxlength="20")
    named = {"email": ("email", "email"), "phone": ("tel", "tel")}.get(question.pattern)
    if named:
        return Field(name, ident, "", type=named[0], value=value, autocomplete=named[1], maxlength=str(LINE_LIMIT))
    return Field(name, ident, "", value=value, pattern=expression_of(question.pattern), maxlength=str(LINE_LIMIT))


def _range_hint(question: Question) -> str:
    if question.kind == "number":
        low, high = question.least, question.most
        if low is not None and high is not None:
            return _("From %(low)s to %(high)s.") % {"low": figure(low), "high": figure(high)}
        if low is not None:
            return _("%(low)s or more.") % {"low": figure(low)}
        return _("%(high)s or less.") % {"high": figure(high)} if high is not None else ""
    if question.kind == "line" and expression_of(question.pattern):
        return pattern_in_words(question.pattern)
    return ""


def pattern_in_words(pattern: str) -> str:
    """How a mask reads: an example."""
    example = pattern.replace("0", "1").replace("*", "X").replace("A", "A")
    return _("Written like this: %(example)s") % {"example": example}


def _contact(question: Question, typed: object) -> tuple[Field, ...]:
    labels = {
        "name": pgettext("contact", "Name"),
        "email": pgettext("contact", "E-mail"),
        "phone": pgettext("contact", "Phone"),
    }
    types = {"name": ("text", "name"), "email": ("email", "email"), "phone": ("tel", "tel")}
    lines = [
        Field(
            f"{PREFIX}{question.code}.{name}",
            f"t-{question.code}-{name}",
            labels[name],
            type=types[name][0],
            value=_text(_part(typed, name)),
            autocomplete=types[name][1],
            maxlength=str(LINE_LIMIT),
        )
        for name in CONTACT
    ]
    consent = Field(
        f"{PREFIX}{question.code}.consent",
        f"t-{question.code}-consent",
        _("You may keep this and use it to get in touch with me about my answer."),
        type="checkbox",
        value="yes" if _part(typed, "consent") else "",
    )
    return (*lines, consent)


def _file(question: Question, typed: object) -> Field:
    """A file to choose, or a name to sign with; what arrived before stays with the form."""
    prefix = PREFIX + question.code
    kept, name = _text(_part(typed, "file")), _text(_part(typed, "name"))
    if question.kind == "signature":
        drawn = ((f"{prefix}.file", kept),) if kept else ()
        note = _("Your drawn signature is kept.") if kept else ""
        label = _("Your name, as your signature")
        limit = str(LINE_LIMIT)
        ident = f"t-{question.code}"
        return Field(
            f"{prefix}.name", ident, label, value=name, maxlength=limit, autocomplete="name", hidden=drawn, note=note
        )
    hidden = ((f"{prefix}.file", kept), (f"{prefix}.name", name)) if kept else ()
    note = _("«%(name)s» is kept; choose another file to replace it.") % {"name": name or "…"} if kept else ""
    return Field(prefix, f"t-{question.code}", _("Choose a photo or a file"), type="file", hidden=hidden, note=note)


def named_in(form: Iterable[tuple[str, str]]) -> dict[str, object]:
    """The raw answers of a form's fields: a name that comes again makes a list, a name with a part a mapping."""
    answers: dict[str, object] = {}
    for name, value in form:
        if name.startswith(PREFIX):
            code, _dot, part = name.removeprefix(PREFIX).partition(".")
            _add(answers, code, part, value)
    return answers


def _add(answers: dict[str, object], code: str, part: str, value: str) -> None:
    before = answers.get(code)
    if part:
        if not isinstance(before, dict):
            before = answers[code] = {} if before is None else {"": before}
        _add(before, part, "", value)
    elif isinstance(before, dict):
        _add(before, "", "", value) if "" in before else before.__setitem__("", value)
    elif before is None:
        answers[code] = value
    elif isinstance(before, list):
        before.append(value)
    else:
        answers[code] = [before, value]
