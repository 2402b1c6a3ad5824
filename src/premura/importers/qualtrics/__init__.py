"""Qualtrics: ``.qsf`` (structure, JSON), the CSV with three header rows and the legacy CSV with two.

A CSV is known by its third row of ``ImportId``s, never by the second, which is in the user's own language; where
somebody took rows away, by the names of its own columns in the first.
"""

from __future__ import annotations

from premura.importers.neutral.head import Head, Sight
from premura.importers.neutral.safe import bytes_of, json_of
from premura.importers.neutral.values import Brought
from premura.importers.qualtrics import answers, structure

NAME = "Qualtrics"


def recognise(head: Head) -> Sight | None:
    if head.header is not None:
        if head.header.kind in ("qualtrics", "qualtrics-legacy"):
            return Sight(1.0, "responses")
        return Sight(0.9, "responses") if set(head.header.names) >= answers.OWN else None
    start = head.text[:4000]
    return Sight(1.0, "survey") if start.startswith("{") and '"SurveyEntry"' in start else None


def read(head: Head) -> Brought:
    if head.header is not None:
        return answers.read(head)
    survey, left_out = structure.survey_of(json_of(bytes_of(head.path), head.path.name), head.path.name)
    return Brought("survey", survey=survey, left_out=tuple(left_out))
