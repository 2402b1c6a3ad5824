"""LimeSurvey: ``.lss`` (structure), ``.lsa`` (archive), ``.lsr`` (its answers), VV files, CSV exports of answers.

The three shapes of answers do not share a parser: VV has TABs, ``{code}_{sub}`` and escapes; the CSV export has
``{code}[{sub}]``; older exports name columns ``{sid}X{gid}X{qid}{sub}``. A date of 1 January 1980 means that the survey
kept no dates.
"""

from __future__ import annotations

from pathlib import Path

from premura.importers.limesurvey import answers, structure
from premura.importers.neutral.errors import SourceError
from premura.importers.neutral.head import Head, Sight
from premura.importers.neutral.safe import bytes_of, members_of, xml_of
from premura.importers.neutral.values import Brought, LeftOut

NAME = "LimeSurvey"
# The columns of a structure that was exported as TAB-separated text
_AS_TEXT = frozenset({"class", "type/scale", "name", "relevance", "text"})
_RESPONSES = "<LimeSurveyDocType>Responses"


def recognise(head: Head) -> Sight | None:
    if _RESPONSES in head.text[:2000]:
        return Sight(1.0, "responses")
    if "<LimeSurveyDocType>" in head.text[:2000]:
        return Sight(1.0, "survey")
    if any(member.endswith(".lss") for member in head.members):
        return Sight(1.0, "responses" if any(m.endswith(".lsr") for m in head.members) else "survey")
    if head.names >= _AS_TEXT:
        return Sight(1.0, "survey")
    return answers.recognise(head)


def read(head: Head) -> Brought:
    if any(member.endswith((".lss", ".lsr")) for member in head.members):
        return _archive(head.path)
    if _RESPONSES in head.text[:2000]:
        return _responses(bytes_of(head.path), head.path.name, head.path)
    if head.names >= _AS_TEXT:
        raise SourceError("structure-as-text", name=head.path.name)
    if head.header is not None and "<LimeSurveyDocType>" not in head.text[:2000]:
        return answers.read(head)
    return _structure(bytes_of(head.path), head.path.name)


def _responses(content: bytes, name: str, path: Path) -> Brought:
    """The answers of an archive by themselves; they join the survey that was brought before."""
    source, header, shape = answers.from_archive(path, xml_of(content, name))
    return Brought("responses", None, source, header, shape)


def _structure(content: bytes, name: str) -> Brought:
    survey, left_out = structure.survey_of(xml_of(content, name), name)
    return Brought("survey", survey=survey, left_out=tuple(left_out))


def _archive(path: Path) -> Brought:
    """The survey of an archive and, where it holds them, its answers."""
    members = members_of(path)
    name = next((name for name in sorted(members) if name.endswith(".lss")), None)
    if name is None:
        raise SourceError("archive-unknown", name=path.name)
    brought = _structure(members[name], name)
    left = list(brought.left_out)
    if any(member.endswith((".lst", ".lsi")) for member in members):
        left.append(LeftOut("left-timings"))
    given = next((name for name in sorted(members) if name.endswith(".lsr")), None)
    if given is None:
        return Brought("survey", survey=brought.survey, left_out=tuple(left))
    source, header, shape = answers.from_archive(path, xml_of(members[given], given))
    return Brought("responses", brought.survey, source, header, shape, left_out=tuple(left))
