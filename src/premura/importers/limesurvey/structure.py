"""The structure of a LimeSurvey survey, of both generations: texts within the rows, or in tables of their own."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from premura.importers.neutral.errors import SourceError
from premura.importers.neutral.safe import Node, language, plain
from premura.importers.neutral.values import LeftOut, Option, Question, Survey

# Their letter → our neutral kind, and what LimeSurvey calls it
KINDS: Mapping[str, tuple[str, str]] = {
    "1": ("grid_single", "array dual scale"),
    "5": ("marks", "5-point choice"),
    "A": ("grid_marks", "array, 5 points"),
    "B": ("grid_marks", "array, 10 points"),
    "C": ("grid_single", "array yes/no/uncertain"),
    "D": ("date", "date"),
    "E": ("grid_single", "array increase/same/decrease"),
    "F": ("grid_single", "array"),
    "G": ("single", "gender"),
    "H": ("grid_single", "array by column"),
    "I": ("", "language switch"),
    "K": ("grid_number", "multiple numerical input"),
    "L": ("single", "list"),
    "M": ("multiple", "multiple choice"),
    "N": ("number", "numerical input"),
    "O": ("single", "list with comment"),
    "P": ("multiple", "multiple choice with comments"),
    "Q": ("grid_text", "multiple short text"),
    "R": ("ranking", "ranking"),
    "S": ("text", "short free text"),
    "T": ("text", "long free text"),
    "U": ("text", "huge free text"),
    "W": ("single", "list"),
    "X": ("", "text display"),
    "Y": ("yes_no", "yes/no"),
    "Z": ("single", "list"),
    "!": ("single", "drop-down list"),
    ":": ("", "array of numbers"),
    ";": ("", "array of texts"),
    "|": ("", "file upload"),
    "*": ("", "equation"),
}
SCALES = {"5": "1-5", "A": "1-5", "B": "1-10"}
# What that program itself says beside the buttons, code by code in the order of _FIXED_IN
_FIXED_IN = ("it", "en", "de", "fr", "es")
_FIXED: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "C": {
        "Y": ("Sì", "Yes", "Ja", "Oui", "Sí"),
        "U": ("Non so", "Uncertain", "Unsicher", "Sans opinion", "No sé"),
        "N": ("No", "No", "Nein", "Non", "No"),
    },
    "E": {
        "I": ("Aumenta", "Increase", "Zunahme", "Augmente", "Aumenta"),
        "S": ("Uguale", "Same", "Gleich", "Sans changement", "Igual"),
        "D": ("Diminuisce", "Decrease", "Abnahme", "Diminue", "Disminuye"),
    },
    "G": {
        "F": ("Donna", "Female", "Weiblich", "Femme", "Mujer"),
        "M": ("Uomo", "Male", "Männlich", "Homme", "Hombre"),
    },
}
_OTHER = ("Altro", "Other", "Sonstiges", "Autre", "Otro")
_EXPRESSION = re.compile(r"\{[A-Za-z_][^{}\n]{0,200}\}")
OTHER = "-oth-"
_HEADINGS = ("dualscale_headerA", "dualscale_headerB")

Row = Mapping[str, str]


@dataclass
class _Tables:
    """The blocks of the file, each table as rows of column → value."""

    rows: dict[str, list[Row]]
    base: str
    languages: tuple[str, ...]
    texts: dict[tuple[str, str], dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    helps: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))

    def of(self, name: str) -> list[Row]:
        return self.rows.get(name, [])


def survey_of(document: Node, name: str) -> tuple[Survey, list[LeftOut]]:
    """The survey in a ``.lss`` document, and what of it another system cannot have."""
    tables = _tables(document)
    left: list[LeftOut] = []
    questions = tuple(_questions(tables, left))
    if not questions:
        raise SourceError("no-survey", name=name)
    settings = {language(row.get("surveyls_language")): row for row in tables.of("surveys_languagesettings")}

    def words(column: str) -> dict[str, str]:
        found = {code: plain(row.get(column)) for code, row in settings.items()}
        return {code: text for code, text in found.items() if text}

    _say_what_is_left(tables, left)
    survey = next(iter(tables.of("surveys")), {})
    title = words("surveyls_title") or {tables.base: name}
    return (
        Survey(
            survey.get("sid", ""),
            title,
            tables.languages,
            questions,
            intro=words("surveyls_welcometext"),
            thanks=words("surveyls_endtext"),
        ),
        left,
    )


def _tables(document: Node) -> _Tables:
    rows: dict[str, list[Row]] = {
        block.name: [{cell.name: cell.text for cell in row.children} for row in block_rows.all("row")]
        for block in document.children
        if (block_rows := block.first("rows")) is not None
    }
    survey = next(iter(rows.get("surveys", [])), {})
    listed = [node.text for node in (document.first("languages") or Node("")).all("language")]
    named = [survey.get("language", ""), *survey.get("additional_languages", "").split(), *listed]
    languages = tuple(dict.fromkeys(code for code in map(language, named) if code)) or ("en",)
    tables = _Tables(rows, languages[0], languages)
    for row in tables.of("question_l10ns"):
        _take(tables, row, row.get("qid", ""), row.get("question"), row.get("help"))
    for row in (*tables.of("questions"), *tables.of("subquestions")):
        if "question" in row or "language" in row:
            _take(tables, row, row.get("qid", ""), row.get("question"), row.get("help"))
    for row in tables.of("answer_l10ns"):
        tables.texts[("answer", row.get("aid", ""))][language(row.get("language"))] = plain(row.get("answer"))
    return tables


def _take(tables: _Tables, row: Row, qid: str, text: object, help_text: object) -> None:
    code = language(row.get("language")) or tables.base
    if words := plain(text):
        tables.texts[("question", qid)][code] = words
    if words := plain(help_text):
        tables.helps[qid][code] = words


def _once(rows: list[Row], key: str) -> list[Row]:
    """One row an id: older files hold one a language."""
    return list({row.get(key, ""): row for row in reversed(rows)}.values())[::-1]


def _number(text: str | None) -> int:
    return int(text) if text and text.lstrip("-").isdigit() and len(text) < 10 else 0


def _questions(tables: _Tables, left: list[LeftOut]) -> Iterator[Question]:
    order = {row.get("gid", ""): (_number(row.get("group_order")), i) for i, row in enumerate(tables.of("groups"))}
    everything = _once([*tables.of("questions"), *tables.of("subquestions")], "qid")
    under: dict[str, list[Row]] = defaultdict(list)
    for row in everything:
        under[row.get("parent_qid", "0") or "0"].append(row)
    for rows in under.values():
        rows.sort(key=lambda row: _number(row.get("question_order")))
    options = _options(tables)
    for row in sorted(under["0"], key=lambda row: order.get(row.get("gid", ""), (0, 0))):
        yield from _question(tables, row, under[row.get("qid", "")], options[row.get("qid", "")], left)


def _options(tables: _Tables) -> dict[str, list[Row]]:
    """The answers of each question in their order, with their texts under ``answer``."""
    found: dict[str, dict[tuple[str, str], dict[str, str]]] = defaultdict(dict)
    for row in sorted(tables.of("answers"), key=lambda row: _number(row.get("sortorder"))):
        key = (row.get("scale_id", "0"), row.get("code", ""))
        kept = found[row.get("qid", "")].setdefault(key, {"code": key[1], "scale_id": key[0]})
        texts = dict(tables.texts.get(("answer", row.get("aid", "")), {})) if "aid" in row else {}
        if "answer" in row:
            texts[language(row.get("language")) or tables.base] = plain(row["answer"])
        kept.update({f"text:{code}": text for code, text in texts.items() if text})
    return defaultdict(list, {qid: list(rows.values()) for qid, rows in found.items()})


def _fixed(words: tuple[str, ...]) -> dict[str, str]:
    return dict(zip(_FIXED_IN, words, strict=True))


def _option(row: Row) -> Option:
    texts = {key[5:]: text for key, text in row.items() if key.startswith("text:")}
    return Option(row["code"], texts or {"en": row["code"]})


def _question(
    tables: _Tables, row: Row, below: list[Row], answers: list[Row], left: list[LeftOut]
) -> Iterator[Question]:
    letter, qid, code = row.get("type", ""), row.get("qid", ""), row.get("title", "")
    kind, foreign = KINDS.get(letter, ("", letter))
    text = dict(tables.texts.get(("question", qid), {}))
    name = text.get(tables.base) or next(iter(text.values()), code)
    where = name if len(name) <= 80 else f"{name[:77]}…"
    if not kind:
        left.append(LeftOut("left-kind", where, {"foreign": foreign or "?"}))
        return
    _say_what_it_loses(row, where, text, left)
    options = [_option(answer) for answer in answers if answer["scale_id"] in ("0", "")]
    options += [Option(own, _fixed(words)) for own, words in _FIXED.get(letter, {}).items()]
    rows = [
        Option(sub.get("title", ""), tables.texts.get(("question", sub.get("qid", "")), {}))
        for sub in below
        if sub.get("scale_id", "0") in ("0", "")
    ]
    if kind == "multiple":
        options, rows = rows, []
    if row.get("other") == "Y" and kind in ("single", "multiple"):
        options.append(Option("other" if kind == "multiple" else OTHER, _fixed(_OTHER)))
        left.append(LeftOut("left-other", where))
    if kind == "ranking":
        # Their columns are the places
        rows = [Option(str(n), {}) for n in range(1, len(options) + 1)]
    sgqa = f"{row.get('sid', '')}X{row.get('gid', '')}X{qid}"
    question = Question(
        code,
        kind,
        foreign,
        text,
        help=tables.helps.get(qid, {}),
        required=row.get("mandatory") == "Y",
        options=tuple(options),
        rows=tuple(rows) if kind.startswith("grid") or kind == "ranking" else (),
        scale=SCALES.get(letter, ""),
        alias=sgqa,
    )
    if letter == "1":
        yield from _two_scales(tables, question, [_option(answer) for answer in answers if answer["scale_id"] == "1"])
    else:
        yield question


def _two_scales(tables: _Tables, question: Question, second: list[Option]) -> Iterator[Question]:
    """A grid with two scales as two grids, each with its heading; the rows are called ``SQ001#0`` and ``SQ001#1``."""
    headings = _headings(tables, question.alias.rpartition("X")[2])
    for number, options in enumerate((question.options, tuple(second))):
        heading = headings[number]

        def named(row: Option, heading: Mapping[str, str] = heading, number: int = number) -> Option:
            text = {code: f"{words} – {said}" if (said := heading.get(code)) else f"{words} ({number + 1})"
                    for code, words in row.text.items()}  # fmt: skip
            return Option(f"{row.code}#{number}", text)

        if options:
            yield replace(question, options=options, rows=tuple(map(named, question.rows)))


def _headings(tables: _Tables, qid: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """What the two scales are called, by language."""
    found: tuple[dict[str, str], dict[str, str]] = ({}, {})
    for row in tables.of("question_attributes"):
        name, words = row.get("attribute", ""), plain(row.get("value"))
        if row.get("qid") == qid and name in _HEADINGS and words:
            found[_HEADINGS.index(name)][language(row.get("language")) or tables.base] = words
    return found


def _say_what_it_loses(row: Row, where: str, text: Mapping[str, str], left: list[LeftOut]) -> None:
    relevance = (row.get("relevance") or "").strip()
    if relevance not in ("", "1"):
        left.append(LeftOut("left-condition", where, {"what": relevance[:120]}))
    if check := (row.get("preg") or "").strip():
        left.append(LeftOut("left-validation", where, {"what": check[:120]}))
    if found := next((match for words in text.values() if (match := _EXPRESSION.search(words))), None):
        left.append(LeftOut("left-expression", where, {"what": found.group()[:120]}))


def _say_what_is_left(tables: _Tables, left: list[LeftOut]) -> None:
    if conditions := tables.of("conditions"):
        left.append(LeftOut("left-conditions", "", {"count": len(conditions)}))
    if any(row.get("surveyls_email_invite") for row in tables.of("surveys_languagesettings")):
        left.append(LeftOut("left-emails"))
    if tables.of("quota"):
        left.append(LeftOut("left-quotas", "", {"count": len(tables.of("quota"))}))
