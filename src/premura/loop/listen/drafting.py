"""How a draft changes in the editor: add, copy, move, delete a question. Pure: definition in, definition out.

A question's code is given once, when it is added, and never changes: answers of every version meet under it.
"""

from collections.abc import Iterable

import msgspec

from premura.loop.listen.definition import CHOICES, Definition, Kind, Option, Question
from premura.loop.listen.kinds import CES_VERSION
from premura.loop.listen.questions import LIST_LIMIT, When

# The field's own wordings: NPS as Reichheld asks it, CES as the statement of its second version,
# and the question that ends every survey
WORDINGS: dict[Kind, dict[str, str]] = {
    "nps": {
        "it": "Quanto è probabile che ci consigli a un collega o a un conoscente?",
        "en": "How likely are you to recommend us to a friend or colleague?",
    },
    "csat": {"it": "Quanto è soddisfatto di come è andata?", "en": "How satisfied are you with how it went?"},
    "ces": {
        "it": "Mi hanno reso facile ottenere ciò di cui avevo bisogno.",
        "en": "They made it easy for me to get what I needed.",
    },
    "single": {"it": "Come ci ha conosciuto?", "en": "How did you hear about us?"},
    "multiple": {"it": "Che cosa ha apprezzato di più?", "en": "What did you appreciate most?"},
    "text": {"it": "Che cosa potremmo migliorare?", "en": "What could we do better?"},
    "solution": {
        "it": "Ha trovato la giusta soluzione a ciò di cui aveva bisogno?",
        "en": "Did you find the right solution to what you needed?",
    },
    "yesno": {"it": "Tornerebbe da noi?", "en": "Would you come back to us?"},
    "likert": {
        "it": "Ho sentito che l'azienda stava dalla mia parte.",
        "en": "I felt that the company was on my side.",
    },
    "matrix": {"it": "Quanto è d'accordo con queste frasi?", "en": "How much do you agree with these sentences?"},
    "pair": {
        "it": "Il lavoro è fatto bene la prima volta.",
        "en": "The work is done well the first time.",
    },
    "kano": {"it": "Consegna entro il giorno dopo", "en": "Delivery by the next day"},
    "emotion": {"it": "Come si è sentito?", "en": "How did you feel?"},
    "ranking": {"it": "Che cosa conta di più per Lei?", "en": "What matters most to you?"},
    "list": {"it": "In quale sede è stato?", "en": "Which of our places did you visit?"},
    "slider": {
        "it": "Quanto del problema è stato risolto, da 0 a 100?",
        "en": "How much of the problem was solved, from 0 to 100?",
    },
    "number": {"it": "Quanti minuti ha aspettato?", "en": "How many minutes did you wait?"},
    "date": {"it": "Quando è stato da noi?", "en": "When were you here?"},
    "line": {"it": "Qual è il numero dell'ordine?", "en": "What is the number of the order?"},
    "contact": {"it": "Come possiamo richiamarLa?", "en": "How can we reach you?"},
    "photo": {"it": "Vuole mostrarci che cosa è successo?", "en": "Would you like to show us what happened?"},
    "signature": {"it": "La Sua firma", "en": "Your signature"},
    "statement": {
        "it": "Ora qualche domanda su come è stato assistito.",
        "en": "Now a few questions about how you were served.",
    },
}
# What everybody asks in the same words comes with them; elsewhere they are an example of what others ask. A sentence
# that is there only to be written over would stay behind in the other languages, and each would ask something else.
READY: frozenset[Kind] = frozenset(
    {"nps", "csat", "ces", "solution", "emotion", "text", "yesno", "contact", "photo", "signature"}
)
_CODES: dict[Kind, str] = {
    "nps": "nps",
    "csat": "satisfaction",
    "ces": "effort",
    "single": "choice",
    "multiple": "choices",
    "text": "improve",
}


# Colleagues: whether they would recommend working here is another question than whether customers recommend us
STAFF_WORDINGS: dict[Kind, dict[str, str]] = {
    "nps": {
        "it": "Quanto è probabile che consigli a un amico di lavorare qui?",
        "en": "How likely are you to recommend working here to a friend?",
    },
}
_STAFF_CODES: dict[Kind, str] = {"nps": "enps"}


def _code_of(kind: Kind, *, of_staff: bool = False) -> str:
    """A question that is added to a survey of colleagues is their own: under a code that customers' surveys have, its
    answers would be read as what colleagues think that customers say. What both are asked begins from the customers'.
    """
    code = _CODES.get(kind, kind)
    return _STAFF_CODES.get(kind, f"work_{code}") if of_staff else code


_EMPTY = (Option("1", {}), Option("2", {}))


def with_question(definition: Definition, kind: Kind, after: str = "", *, of_staff: bool = False) -> Definition:
    """``definition`` with a new question of ``kind`` after the question ``after``, or at the end."""
    return _inserted(definition, new_question(kind, _codes(definition), of_staff=of_staff), after)


def new_question(kind: Kind, taken: Iterable[str], *, of_staff: bool = False) -> Question:
    """A question of ``kind`` in its usual wording where it has one; the second of a kind waits for its words."""
    usual = _code_of(kind, of_staff=of_staff)
    code = _unused(usual, set(taken))
    return Question(
        code=code,
        kind=kind,
        text=usual_words(kind, of_staff=of_staff) if code == usual else {},
        options=_EMPTY if kind in CHOICES else (),
        rows=_EMPTY if kind == "matrix" else (),
        version=CES_VERSION if kind == "ces" else "",
    )


def usual_words(kind: Kind, *, of_staff: bool = False) -> dict[str, str]:
    """The words that a new question of ``kind`` comes with; none where each survey needs its own."""
    words = STAFF_WORDINGS.get(kind, WORDINGS[kind]) if of_staff else WORDINGS[kind]
    return dict(words) if kind in READY else {}


def with_kind(question: Question, kind: Kind, *, of_staff: bool = False) -> Question:
    """The same question asked in another way. Words that somebody wrote stay; usual ones give way to the new kind's."""
    is_usual = question.text in [*WORDINGS.values(), *STAFF_WORDINGS.values()] or not any(question.text.values())
    text = usual_words(kind, of_staff=of_staff) if is_usual else question.text
    options = question.options if kind in CHOICES else ()
    return msgspec.structs.replace(
        question,
        kind=kind,
        text=text,
        options=options or (_EMPTY if kind in CHOICES else ()),
        rows=question.rows or (_EMPTY if kind == "matrix" else ()),
        version=CES_VERSION if kind == "ces" else "",
        marks="",
    )


def with_copy(definition: Definition, code: str) -> Definition:
    """``definition`` with a copy of the question ``code`` behind it, under a code of its own."""
    question = definition.question(code)
    if question is None:
        return definition
    stem = code.rstrip("0123456789").rstrip("_") or code
    copy = msgspec.structs.replace(question, code=_unused(stem, _codes(definition)))
    return _inserted(definition, copy, code)


def with_kept(definition: Definition, question: Question) -> Definition:
    """``definition`` with ``question``, which comes from elsewhere, at its end, under a code of its own."""
    own = msgspec.structs.replace(alone(question), code=_unused(question.code, _codes(definition)))
    return _inserted(definition, own, "")


def alone(question: Question) -> Question:
    """``question`` without what it says of other questions of its survey: conditions, skips, options carried on."""
    return msgspec.structs.replace(question, show_if=When(), skips=(), options_from="", starts_page=False)


def moved(definition: Definition, code: str, steps: int) -> Definition:
    """``definition`` with the question ``code`` moved by ``steps`` places; never past an end."""
    questions = list(definition.questions)
    old = next((place for place, question in enumerate(questions) if question.code == code), None)
    if old is None:
        return definition
    question = questions.pop(old)
    questions.insert(max(0, min(len(questions), old + steps)), question)
    return msgspec.structs.replace(definition, questions=tuple(questions))


def without(definition: Definition, code: str) -> Definition:
    """``definition`` without the question ``code``."""
    left = tuple(question for question in definition.questions if question.code != code)
    return msgspec.structs.replace(definition, questions=left)


def put_back(definition: Definition, question: Question, position: int) -> Definition:
    """Undo of :func:`without`: ``question`` at ``position``, under its old code; nothing when it is there already."""
    if definition.question(question.code) is not None:
        return definition
    questions = list(definition.questions)
    questions.insert(position, question)
    return msgspec.structs.replace(definition, questions=tuple(questions))


def with_option(question: Question) -> Question:
    """``question`` with one more, empty option; a number that was never an option's code here becomes its code."""
    return msgspec.structs.replace(question, options=(*question.options, _next_option(question.options)))


def with_lines(question: Question, lines: Iterable[str], language: str) -> Question:
    """``question`` with an option for each line, in ``language``; options without any words take the first lines."""
    options, written = list(question.options), [" ".join(line.split()) for line in lines]
    free = [place for place, option in enumerate(options) if not any(option.text.values())]
    for line in filter(None, written):
        if free:
            place = free.pop(0)
            options[place] = Option(options[place].code, {language: line})
        elif len(options) < LIST_LIMIT:
            options.append(Option(_next_option(tuple(options)).code, {language: line}))
    return msgspec.structs.replace(question, options=tuple(options))


def with_row(question: Question) -> Question:
    """``question`` with one more, empty row."""
    return msgspec.structs.replace(question, rows=(*question.rows, _next_option(question.rows)))


def _next_option(options: tuple[Option, ...]) -> Option:
    taken = {option.code for option in options}
    numbers = [int(code) for code in taken if code.isdecimal() and len(code) < 9]
    return Option(_unused(str(max(numbers, default=0) + 1), taken), {})


def _codes(definition: Definition) -> set[str]:
    return {question.code for question in definition.questions}


def _inserted(definition: Definition, question: Question, after: str) -> Definition:
    questions = list(definition.questions)
    places = [place for place, other in enumerate(questions, 1) if other.code == after]
    questions.insert(places[0] if places else len(questions), question)
    return msgspec.structs.replace(definition, questions=tuple(questions))


def _unused(stem: str, taken: set[str]) -> str:
    """``stem``, else ``stem_2`` and so on; within the 40 characters of a code."""
    code, number = stem[:40], 2
    while code in taken:
        tail = f"_{number}"
        code, number = stem[: 40 - len(tail)] + tail, number + 1
    return code
