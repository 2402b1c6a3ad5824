"""A survey as LimeSurvey reads it: a ``.lss`` of the generation with one row a language.

LimeSurvey takes at most 5 signs for an answer's code and 20 for a question's; longer ones are numbered.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

from premura.loop.listen.definition import Definition, Question

_DB_VERSION = "345"
_TITLE, _ANSWER = 20, 5
_KINDS = {"csat": "5", "single": "L", "multiple": "M", "text": "T", "yes_no": "Y", "number": "N", "date": "D",
          "ranking": "R"}  # fmt: skip
_BAD_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
Row = Mapping[str, str]


def limesurvey_file(definition: Definition, number: int) -> bytes:
    """The ``.lss`` of a survey; ``number`` becomes its number there if that is free."""
    sid = str(100_000 + number % 900_000)
    languages = definition.languages or ("en",)
    questions: list[Row] = []
    answers: list[Row] = []
    titles: set[str] = set()
    qid = 0
    for order, question in enumerate(definition.questions, start=1):
        qid += 1
        letter = _letter(question)
        base = {"sid": sid, "gid": "1", "other": "N", "scale_id": "0", "same_default": "0", "relevance": "1"}
        row = {**base, "qid": str(qid), "parent_qid": "0", "type": letter, "title": _short(question.code, titles),
               "mandatory": "Y" if question.required else "N", "question_order": str(order)}  # fmt: skip
        questions += [
            {**row, "question": question.text.get(code, ""), "help": question.help.get(code, ""), "language": code}
            for code in languages
        ]
        parent, codes = qid, set[str]()
        for place, (code, texts) in enumerate(_options(question, languages), start=1):
            short = _code(code, codes)
            if letter == "M":
                qid += 1
                sub = {**base, "qid": str(qid), "parent_qid": str(parent), "type": "M", "title": short,
                       "question_order": str(place)}  # fmt: skip
                questions += [{**sub, "question": texts[one], "language": one} for one in languages]
            else:
                held = {"qid": str(parent), "code": short, "sortorder": str(place), "scale_id": "0"}
                answers += [{**held, "answer": texts[one], "language": one} for one in languages]
    tables: dict[str, Sequence[Row]] = {
        "answers": answers,
        "groups": [
            {
                "gid": "1",
                "sid": sid,
                "group_name": definition.title.get(code, "1"),
                "group_order": "1",
                "language": code,
            }
            for code in languages
        ],
        "questions": [row for row in questions if row["parent_qid"] == "0"],
        "subquestions": [row for row in questions if row["parent_qid"] != "0"],
        "surveys": [{"sid": sid, "language": languages[0], "additional_languages": " ".join(languages[1:])}],
        "surveys_languagesettings": [_settings(definition, sid, code) for code in languages],
    }
    return _document(languages, tables)


def _settings(definition: Definition, sid: str, code: str) -> Row:
    return {
        "surveyls_survey_id": sid,
        "surveyls_language": code,
        "surveyls_title": definition.title.get(code, ""),
        "surveyls_welcometext": definition.intro.get(code, ""),
        "surveyls_endtext": definition.thanks.get(code, ""),
    }


def _letter(question: Question) -> str:
    """Their letter. Marks that LimeSurvey has no kind for become a list of the numbers."""
    if question.kind in _KINDS:
        return _KINDS[question.kind]
    return "5" if question.scale == "1-5" else "L" if question.scale else "T"


def _options(question: Question, languages: Sequence[str]) -> list[tuple[str, Mapping[str, str]]]:
    if question.options and _letter(question) in "LMR":
        return [(o.code, {code: o.text.get(code, o.code) for code in languages}) for o in question.options]
    if question.scale and _letter(question) == "L":
        low, high = question.scale.split("-")
        return [(str(n), dict.fromkeys(languages, str(n))) for n in range(int(low), int(high) + 1)]
    return []


def _short(code: str, taken: set[str]) -> str:
    """A question's code: letters and numbers only, at most 20, never twice."""
    stem = re.sub(r"[^A-Za-z0-9]", "", code)[:_TITLE] or "Q"
    title, number = stem, 2
    while title in taken:
        title, number = f"{stem[: _TITLE - 3]}{number}", number + 1
    taken.add(title)
    return title


def _code(code: str, taken: set[str]) -> str:
    bare = re.sub(r"[^A-Za-z0-9]", "", code)
    short = bare if bare and len(bare) <= _ANSWER and bare not in taken else f"A{len(taken) + 1}"
    taken.add(short)
    return short


def _document(languages: Sequence[str], tables: Mapping[str, Sequence[Row]]) -> bytes:
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<document>", "<LimeSurveyDocType>Survey</LimeSurveyDocType>"]
    lines.append(f"<DBVersion>{_DB_VERSION}</DBVersion><languages>")
    lines += [f"<language>{escape(code)}</language>" for code in languages]
    lines.append("</languages>")
    for name, rows in tables.items():
        if not rows:
            continue
        fields = "".join(f"<fieldname>{field}</fieldname>" for field in dict.fromkeys(f for row in rows for f in row))
        lines.append(f"<{name}><fields>{fields}</fields><rows>")
        lines += ["<row>" + "".join(f"<{key}>{_cdata(value)}</{key}>" for key, value in row.items()) + "</row>"
                  for row in rows]  # fmt: skip
        lines.append(f"</rows></{name}>")
    return "\n".join([*lines, "</document>", ""]).encode("utf-8")


def _cdata(text: str) -> str:
    clean = _BAD_XML.sub("", text).replace("]]>", "]]]]><![CDATA[>")
    return f"<![CDATA[{clean}]]>" if clean else ""
