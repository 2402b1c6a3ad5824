"""What Formbricks' own interface answers as JSON: a survey, or its responses; alone, in ``data``, or as a list.

Answers are named by the ids of their questions; a choice is given in its words, a matrix as its rows with a word each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from premura.importers.neutral.errors import SourceError
from premura.importers.neutral.head import Head
from premura.importers.neutral.safe import bytes_of, json_of, language, plain
from premura.importers.neutral.values import Brought, LeftOut, Option, Question, Shape, Survey, rows_of
from premura.importers.table.headers import Header
from premura.importers.table.roles import Role
from premura.importers.table.rows import RawRow

_KINDS = {
    "nps": "nps",
    "multipleChoiceSingle": "single",
    "multipleChoiceMulti": "multiple",
    "matrix": "grid_single",
    "ranking": "ranking",
    "date": "date",
}
_FIXED = ("id", "createdAt", "language", "email")
_RECALL = re.compile(r"#recall:[^#]*#")
_LONGEST = 5_000


def kind_of(start: str) -> str:
    """``survey`` or ``responses`` for the beginning of a file of Formbricks; empty for any other."""
    if not start.startswith(("{", "[")):
        return ""
    if '"surveyId"' in start and '"data"' in start and '"finished"' in start:
        return "responses"
    return "survey" if '"questions"' in start and '"headline"' in start else ""


def _held(head: Head) -> list[Mapping[str, Any]]:
    document = json_of(bytes_of(head.path), head.path.name)
    if isinstance(document, Mapping) and isinstance(document.get("data"), list | Mapping) and "id" not in document:
        document = document["data"]
    return [item for item in (document if isinstance(document, list) else [document]) if isinstance(item, Mapping)]


def read_survey(head: Head) -> Brought:
    """The first survey of the file."""
    name = head.path.name
    survey = next((item for item in _held(head) if isinstance(item.get("questions"), list)), None)
    if survey is None:
        raise SourceError("wrong-shape", name=name, source="Formbricks", what="questions")
    spoken_there = survey.get("languages")
    codes = [(_mapping(_mapping(one).get("language")).get("code"), _mapping(one).get("default"))
             for one in (spoken_there if isinstance(spoken_there, list) else ())]  # fmt: skip
    base = next((language(code) for code, is_default in codes if is_default and code), "en")
    left: list[LeftOut] = []
    questions = tuple(q for one in survey["questions"] if (q := _question(_mapping(one), base, left)))
    if not questions:
        raise SourceError("no-survey", name=name)
    spoken = tuple(dict.fromkeys((base, *(code for q in questions for code in q.text))))
    title = {base: plain(survey.get("name")) or name}
    return Brought("survey", Survey(str(survey.get("id") or ""), title, spoken, questions), left_out=tuple(left))


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _texts(value: Any, base: str) -> dict[str, str]:
    """A text in its languages; what they call ``default`` is the main one. Recalled answers are taken out."""
    held = value if isinstance(value, Mapping) else {"default": value}
    said = {base if code == "default" else language(code): plain(_RECALL.sub("…", str(text or "")))
            for code, text in held.items()}  # fmt: skip
    return {code: text for code, text in said.items() if code and text}


def _question(one: Mapping[str, Any], base: str, left: list[LeftOut]) -> Question | None:
    kind, foreign, scale = _KINDS.get(str(one.get("type")), ""), str(one.get("type") or "?"), ""
    text = _texts(one.get("headline"), base)
    code = str(one.get("id") or "")
    where = (text.get(base) or code)[:80]
    if foreign == "openText":
        kind = "number" if one.get("inputType") == "number" else "text"
    elif foreign in ("rating", "csat", "ces") and one.get("range") in (5, 7, 10):
        kind, scale = "marks", f"1-{one['range']}"
    if not kind or not code or not text:
        left.append(LeftOut("left-kind", where or "?", {"foreign": foreign}))
        return None
    if one.get("logic"):
        left.append(LeftOut("left-condition", where, {"what": "logic"}))
    options = tuple(_options(one.get("columns" if kind == "grid_single" else "choices"), base))
    rows = tuple(_options(one.get("rows"), base)) if kind == "grid_single" else ()
    return Question(code, kind, foreign, text, _texts(one.get("subheader"), base), bool(one.get("required")), options,
                    rows, scale)  # fmt: skip


def _options(value: Any, base: str) -> Iterator[Option]:
    for number, held in enumerate(value if isinstance(value, list) else (), start=1):
        texts = _texts(_mapping(held).get("label", held), base)
        if texts:
            yield Option(str(_mapping(held).get("id") or texts.get(base) or number), texts)


def read_responses(head: Head) -> Brought:
    """The responses, one a row."""
    rows = [_row(item) for item in _held(head) if item.get("id") and isinstance(item.get("data"), Mapping)]
    if not rows:
        raise SourceError("wrong-shape", name=head.path.name, source="Formbricks", what="data")
    asked = list(dict.fromkeys(column for row in rows for column in row if column not in _FIXED))
    header = Header((*_FIXED, *asked), ("",) * (len(_FIXED) + len(asked)), "single", 1)

    def make() -> Iterator[RawRow]:
        yield RawRow(1, list(header.names))
        for line, row in enumerate(rows, start=2):
            yield RawRow(line, [row.get(column, "") for column in header.names])

    roles = {"id": Role.ID, "createdAt": Role.DATE, "language": Role.LANGUAGE, "email": Role.EMAIL}
    return Brought("responses", None, rows_of(head.path, make), header, Shape(roles, joined="; ", split=_split))


def _row(item: Mapping[str, Any]) -> dict[str, str]:
    spoken = item.get("language")
    person = _mapping(item.get("contactAttributes") or item.get("personAttributes"))
    row = {
        "id": str(item["id"])[:120],
        "createdAt": str(item.get("createdAt") or "")[:40],
        "language": "" if spoken in (None, "default") else language(spoken),
        "email": str(person.get("email") or "")[:254],
    }
    for key, value in item["data"].items():
        if isinstance(value, Mapping):
            row |= {f"{key} - {part}"[:200]: str(said)[:_LONGEST] for part, said in value.items() if said is not None}
        elif isinstance(value, list):
            row[str(key)[:200]] = "; ".join(str(one) for one in value if one not in (None, ""))[:_LONGEST]
        elif value is not None:
            row[str(key)[:200]] = str(value)[:_LONGEST]
    return row


def _split(name: str) -> tuple[str, str]:
    question, dash, row = name.partition(" - ")
    return (question, row) if dash else (name, "")
