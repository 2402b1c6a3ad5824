"""A survey as LimeSurvey reads it: each kind of ours as the kind of theirs that asks the same.

LimeSurvey takes at most 5 signs for an answer's code and 20 for a question's; longer ones are numbered. What has no
place there (conditions, jumps, endings of several kinds, the touchpoint of a question) is said in the file itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import override

from premura.importers.exports.limesurvey_document import SETTINGS, Row, document
from premura.loop.listen.definition import Definition, Question
from premura.loop.listen.scales import ends_for, fixed_options, part_names, score_labels

_TITLE, _ANSWER = 20, 5
# Day, month, year with strokes between
_DATES = "5"
Texts = Mapping[str, str]
Pairs = Sequence[tuple[str, Texts]]


@dataclass(frozen=True)
class Theirs:
    """A question as LimeSurvey asks it: its letter, its answers, its rows or options of their own, its settings."""

    letter: str
    answers: Pairs = ()
    rows: Pairs = ()
    attributes: Texts = field(default_factory=dict)


def limesurvey_file(definition: Definition, number: int) -> bytes:
    """The ``.lss`` of a survey; ``number`` becomes its number there if that is free."""
    languages = definition.languages or ("en",)
    return document(languages, _Writer(str(100_000 + number % 900_000), languages).tables(definition), lost(definition))


def lost(definition: Definition) -> list[str]:
    """What of a survey LimeSurvey would not know of, a sentence each."""
    asked = definition.questions
    counted = (
        (sum(bool(q.show_if.conditions or q.options_from) for q in asked),
         _("Conditions are not carried over (questions with conditions: %(count)s): there they are always asked.")),
        (sum(bool(q.skips) for q in asked),
         _("Jumps are not carried over (questions with jumps: %(count)s): there the next question follows.")),
        (len(definition.endings), _("Endings for some only are not carried over (endings: %(count)s).")),
        (sum(bool(q.touchpoint) for q in asked),
         _("Touchpoints are not carried over (questions with one: %(count)s).")),
        (sum(q.kind == "signature" for q in asked),
         _("There are no signatures there: they have become uploads of a file (%(count)s).")),
    )  # fmt: skip
    return [sentence % {"count": count} for count, sentence in counted if count]


class _Writer:
    """Numbers questions and their rows, and collects the rows of every table, one a language."""

    def __init__(self, sid: str, languages: Sequence[str]) -> None:
        self.sid, self.languages = sid, languages
        self.qid = self.gid = 0
        self.titles: set[str] = set()
        self.held: dict[str, list[Row]] = {
            name: [] for name in ("answers", "groups", "questions", "subquestions", "question_attributes")
        }

    def tables(self, definition: Definition) -> dict[str, list[Row]]:
        for order, question in enumerate(definition.questions, start=1):
            if not self.gid or question.starts_page:
                self._group(definition)
            self._question(question, order)
        said = [self._settings(definition, code) for code in self.languages]
        own = {"sid": self.sid, "language": self.languages[0], "additional_languages": " ".join(self.languages[1:])}
        return {**self.held, "surveys": [{**SETTINGS, **own}], "surveys_languagesettings": said}

    def _group(self, definition: Definition) -> None:
        """A page is a group of theirs."""
        self.gid += 1
        for code in self.languages:
            title = definition.title.get(code) or "1"
            row = {"gid": str(self.gid), "sid": self.sid, "group_order": str(self.gid), "language": code}
            self.held["groups"].append({**row, "group_name": title if self.gid == 1 else f"{title} ({self.gid})"})

    def _question(self, question: Question, order: int) -> None:
        theirs = as_theirs(question, self.languages)
        self.qid += 1
        parent = str(self.qid)
        row = {
            "sid": self.sid, "gid": str(self.gid), "qid": parent, "parent_qid": "0", "type": theirs.letter,
            "title": _short(question.code, self.titles), "mandatory": "Y" if question.required else "N",
            "other": "Y" if question.has_other and theirs.letter in "LM" else "N", "question_order": str(order),
            "scale_id": "0", "same_default": "0", "relevance": "1",
        }  # fmt: skip
        for code in self.languages:
            words = {"question": question.text.get(code, ""), "help": question.help.get(code, ""), "language": code}
            self.held["questions"].append({**row, **words})
        self._rows({**row, "parent_qid": parent, "other": "N", "mandatory": "N", "relevance": ""}, theirs)
        self._answers(parent, theirs)
        for name, value in theirs.attributes.items():
            self.held["question_attributes"].append({"qid": parent, "attribute": name, "value": value})

    def _rows(self, row: Row, theirs: Theirs) -> None:
        taken: set[str] = set()
        for place, (own, texts) in enumerate(theirs.rows, start=1):
            self.qid += 1
            named = {**row, "qid": str(self.qid), "title": _short(own, taken), "question_order": str(place)}
            for code in self.languages:
                self.held["subquestions"].append({**named, "question": texts.get(code, own), "language": code})

    def _answers(self, qid: str, theirs: Theirs) -> None:
        taken: set[str] = set()
        for place, (own, texts) in enumerate(theirs.answers, start=1):
            named = {"qid": qid, "code": _code(own, taken), "sortorder": str(place), "scale_id": "0"}
            for code in self.languages:
                # What is not translated yet stays open there, too
                said = {"answer": texts.get(code, "") if texts else own, "language": code, "assessment_value": "0"}
                self.held["answers"].append({**named, **said})

    def _settings(self, definition: Definition, code: str) -> Row:
        return {
            "surveyls_survey_id": self.sid,
            "surveyls_language": code,
            "surveyls_title": definition.title.get(code, ""),
            "surveyls_welcometext": definition.intro.get(code, ""),
            "surveyls_endtext": definition.thanks.get(code, ""),
            "surveyls_dateformat": _DATES,
            "surveyls_numberformat": "0" if code == "en" else "1",
        }


def as_theirs(question: Question, languages: Sequence[str]) -> Theirs:
    """The kind of LimeSurvey that asks the same; a mark that it has no kind for is a list of the marks."""
    kind = question.kind
    if kind in ("matrix", "pair", "kano", "emotion"):
        return _grid(question, languages)
    if kind in ("single", "list", "ranking"):
        letter = {"single": "L", "list": "!", "ranking": "R"}[kind]
        return Theirs(letter, _options(question, languages))
    if kind == "multiple":
        return Theirs("M", rows=_options(question, languages))
    if kind == "solution":
        return Theirs("L", _spoken(fixed_options, "solution", languages))
    if kind == "contact":
        return Theirs("Q", rows=_spoken(_contact, "", languages))
    if kind in ("number", "slider"):
        return Theirs("N", attributes=_limits(question))
    if question.scale:
        return Theirs("5") if question.scale == "1-5" else Theirs("L", _marks(question, languages))
    fixed = {"yesno": "Y", "date": "D", "line": "S", "statement": "X", "photo": "|", "signature": "|"}
    return Theirs(fixed.get(kind, "T"))


def _grid(question: Question, languages: Sequence[str]) -> Theirs:
    """An array of the same scale for every row; of five bare points they have a kind of their own."""
    rows: list[tuple[str, Texts]] = [(row.code, row.text) for row in question.rows if question.kind == "matrix"]
    rows = rows or _spoken(part_names, question.kind, languages)
    if question.scale in ("1-5", "1-10") and question.kind == "matrix":
        return Theirs("A" if question.scale == "1-5" else "B", rows=rows)
    return Theirs("F", _marks(question, languages), rows)


def _marks(question: Question, languages: Sequence[str]) -> Pairs:
    """Every mark of the scale with its words, and with those of its ends."""
    low, high = (int(end) for end in question.scale.split("-"))
    texts: dict[str, dict[str, str]] = {str(mark): {} for mark in range(low, high + 1)}
    for code in languages:
        with override(code):
            labels = dict(score_labels(question.kind, question.scale))
            ends = dict(zip((low, high), ends_for(question, code), strict=True))
        for mark in range(low, high + 1):
            label = labels.get(mark, str(mark))
            said = label if label != str(mark) else ends.get(mark, "")
            texts[str(mark)][code] = f"{mark} – {said}" if said else str(mark)
    return list(texts.items())


def _options(question: Question, languages: Sequence[str]) -> Pairs:
    return [(o.code, {code: o.text.get(code, o.code) for code in languages}) for o in question.options]


def _spoken(names: object, kind: str, languages: Sequence[str]) -> list[tuple[str, Texts]]:
    """What ``names`` calls things, in every language."""
    texts: dict[str, dict[str, str]] = {}
    for code in languages:
        with override(code):
            for own, words in names(kind).items():  # type: ignore[operator]
                texts.setdefault(own, {})[code] = words
    return list(texts.items())


def _contact(_kind: str) -> dict[str, str]:
    return {"name": _("Name"), "email": _("E-mail"), "phone": _("Phone")}


def _limits(question: Question) -> dict[str, str]:
    ends: Iterator[float | None] = iter((question.least, question.most))
    if question.kind == "slider":
        ends = iter([float(end) for end in question.scale.split("-")])
    names = ("min_num_value_n", "max_num_value_n")
    return {name: f"{end:g}" for name, end in zip(names, ends, strict=True) if end is not None}


def _short(code: str, taken: set[str]) -> str:
    """A question's or a row's code: a letter first, then letters and numbers, at most 20, never twice."""
    stem = re.sub(r"[^A-Za-z0-9]", "", code)[:_TITLE] or "Q"
    stem = stem if stem[0].isalpha() else f"Q{stem}"[:_TITLE]
    title, number = stem, 2
    while title.lower() in taken:
        title, number = f"{stem[: _TITLE - 3]}{number}", number + 1
    taken.add(title.lower())
    return title


def _code(code: str, taken: set[str]) -> str:
    bare = re.sub(r"[^A-Za-z0-9]", "", code)
    short = bare if bare and len(bare) <= _ANSWER and bare not in taken else f"A{len(taken) + 1}"
    taken.add(short)
    return short
