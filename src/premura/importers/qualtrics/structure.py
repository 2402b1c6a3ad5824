"""The structure of a Qualtrics survey: elements in any order, some of which name others that do not exist."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from premura.importers.neutral.errors import SourceError
from premura.importers.neutral.safe import language, plain
from premura.importers.neutral.values import LeftOut, Option, Question, Survey

_SINGLE = {"SAVR", "SAHR", "SACOL", "DL", "SB"}
_MULTIPLE = {"MAVR", "MAHR", "MACOL", "MSB"}
_LOGIC = ("DisplayLogic", "SkipLogic", "InPageDisplayLogic")


def survey_of(document: Any, name: str) -> tuple[Survey, list[LeftOut]]:
    """The survey in a ``.qsf`` document, and what of it cannot be carried over."""
    entry = _mapping(document).get("SurveyEntry")
    if not isinstance(entry, Mapping):
        raise SourceError("wrong-shape", name=name, source="Qualtrics", what="SurveyEntry")
    elements = [e for e in _list(_mapping(document).get("SurveyElements")) if isinstance(e, Mapping)]
    base = language(entry.get("SurveyLanguage")) or "en"
    left: list[LeftOut] = []
    asked = {
        str(_mapping(e.get("Payload")).get("QuestionID") or e.get("PrimaryAttribute")): _mapping(e.get("Payload"))
        for e in elements
        if e.get("Element") == "SQ"
    }
    order, unused = _order(elements, list(asked))
    if unused:
        left.append(LeftOut("left-unused", "", {"count": len(unused)}))
    if _has_branches(elements):
        left.append(LeftOut("left-logic"))
    questions = tuple(q for qid in order if qid in asked for q in _question(qid, asked[qid], base, left))
    if not questions:
        raise SourceError("no-survey", name=name)
    languages = tuple(dict.fromkeys(code for q in questions for code in (base, *q.text) if code))
    title = {base: plain(entry.get("SurveyName")) or name}
    return Survey(str(entry.get("SurveyID") or ""), title, languages, questions), left


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else []


def _values(value: Any) -> list[Any]:
    """The members of an object or an array: both are used for the same thing."""
    return list(value.values()) if isinstance(value, Mapping) else _list(value)


def _order(elements: list[Mapping[str, Any]], asked: list[str]) -> tuple[list[str], set[str]]:
    """Questions in the order of the flow's blocks; those in the bin are no part of the survey."""
    blocks: dict[str, Mapping[str, Any]] = {}
    for element in elements:
        if element.get("Element") == "BL":
            for block in _values(element.get("Payload")):
                blocks[str(_mapping(block).get("ID") or len(blocks))] = _mapping(block)
    flow = [_mapping(e.get("Payload")) for e in elements if e.get("Element") == "FL"]
    named = [block for payload in flow for block in _flow_blocks(payload, 0)]
    in_order = [key for key in dict.fromkeys([*named, *blocks]) if key in blocks]
    order: list[str] = []
    unused: set[str] = set()
    for key in in_order:
        ids = [str(_mapping(e).get("QuestionID") or "") for e in _values(blocks[key].get("BlockElements"))]
        if blocks[key].get("Type") == "Trash":
            unused |= set(ids) & set(asked)
        else:
            order += [qid for qid in ids if qid]
    order = list(dict.fromkeys(order))
    unused -= set(order)
    return [*order, *(qid for qid in asked if qid not in order and qid not in unused)], unused


def _flow_blocks(flow: Mapping[str, Any], depth: int) -> Iterator[str]:
    if depth > 20:
        return
    if flow.get("Type") in ("Block", "Standard"):
        yield str(flow.get("ID"))
    for child in _values(flow.get("Flow")):
        yield from _flow_blocks(_mapping(child), depth + 1)


def _has_branches(elements: list[Mapping[str, Any]]) -> bool:
    def branches(flow: Mapping[str, Any], depth: int) -> bool:
        if flow.get("Type") in ("Branch", "BlockRandomizer", "Quota"):
            return True
        return depth < 20 and any(branches(_mapping(child), depth + 1) for child in _values(flow.get("Flow")))

    return any(branches(_mapping(e.get("Payload")), 0) for e in elements if e.get("Element") == "FL")


def _texts(payload: Mapping[str, Any], base: str) -> dict[str, str]:
    texts = {base: plain(payload.get("QuestionText"))}
    for code, translated in _mapping(payload.get("Language")).items():
        texts[language(code)] = plain(_mapping(translated).get("QuestionText"))
    return {code: text for code, text in texts.items() if text and code}


def _question(qid: str, payload: Mapping[str, Any], base: str, left: list[LeftOut]) -> Iterator[Question]:
    text = _texts(payload, base)
    code = str(payload.get("DataExportTag") or qid)
    name = text.get(base) or code
    where = name if len(name) <= 80 else f"{name[:77]}…"
    kind, scale = _kind(payload)
    foreign = "/".join(str(payload[key]) for key in ("QuestionType", "Selector", "SubSelector") if payload.get(key))
    if not kind:
        left.append(LeftOut("left-kind", where, {"foreign": foreign or "?"}))
        return
    if any(payload.get(key) for key in _LOGIC):
        left.append(LeftOut("left-condition", where, {"what": "Display/Skip Logic"}))
    choices = _options(payload, "Choices", "ChoiceOrder", base)
    settings = _mapping(_mapping(payload.get("Validation")).get("Settings"))
    if any(_mapping(c).get("TextEntry") for c in _values(payload.get("Choices"))):
        left.append(LeftOut("left-other", where))
    is_grid = kind.startswith("grid")
    yield Question(
        code,
        kind,
        foreign,
        text,
        required=str(settings.get("ForceResponse", "")).upper() == "ON",
        options=_options(payload, "Answers", "AnswerOrder", base) if is_grid else choices if kind != "nps" else (),
        rows=choices if is_grid else (),
        scale=scale,
        alias=qid,
    )


def _kind(payload: Mapping[str, Any]) -> tuple[str, str]:
    """Our neutral kind, and its scale. Only Qualtrics' own NPS is one: eleven choices of another kind stay choices."""
    kind, selector = str(payload.get("QuestionType") or ""), str(payload.get("Selector") or "")
    if kind == "MC":
        if selector == "NPS":
            return "nps", "0-10"
        return ("multiple" if selector in _MULTIPLE else "single" if selector in _SINGLE else ""), ""
    if kind == "Matrix":
        if selector in ("TE", "Profile", "MaxDiff") or payload.get("SubSelector") == "MultipleAnswer":
            return "", ""
        return "grid_single", ""
    if kind == "TE":
        return ("grid_text" if selector == "FORM" else "text"), ""
    return ("ranking" if kind == "RO" else ""), ""


def _options(payload: Mapping[str, Any], key: str, order_key: str, base: str) -> tuple[Option, ...]:
    """Options in their order: an object keyed by id or a plain array; the order holds numbers or strings."""
    held = payload.get(key)
    by_id = (
        {str(code): value for code, value in held.items()}
        if isinstance(held, Mapping)
        else {str(_mapping(value).get("ID", i)): value for i, value in enumerate(_list(held), start=1)}
    )
    order = [str(code) for code in _list(payload.get(order_key)) if str(code) in by_id]
    codes = dict.fromkeys([*order, *by_id])
    return tuple(Option(code, _option_texts(code, key, by_id[code], payload, base)) for code in codes)


def _option_texts(code: str, key: str, value: Any, payload: Mapping[str, Any], base: str) -> dict[str, str]:
    texts = {base: plain(_mapping(value).get("Display") if isinstance(value, Mapping) else value) or code}
    for foreign, translated in _mapping(payload.get("Language")).items():
        there = _mapping(_mapping(_mapping(translated).get(key)).get(code)).get("Display")
        if words := plain(there):
            texts[language(foreign)] = words
    return {language_code: text for language_code, text in texts.items() if language_code}
