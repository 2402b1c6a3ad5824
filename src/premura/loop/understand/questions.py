"""What the questions say: texts, dimensions and directions as the published surveys asked them.

Read from the frozen versions as plain JSON, so that a survey of any age and any source can be read.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from premura.core.i18n import in_language
from premura.loop.listen.models import SurveyVersion

#: The halves of questions that ask for two scores at once; any other part names a row of a question.
HALVES = frozenset({"expectation", "perception", "functional", "dysfunctional"})
#: The five dimensions of service quality, in their usual order.
DIMENSIONS = ("tangibles", "reliability", "responsiveness", "assurance", "empathy")


@dataclass(frozen=True, order=True)
class Item:
    """What was asked: the question, its row if it has rows, and the scale; never two scales in one item."""

    question: str
    row: str
    scale: str

    @classmethod
    def of(cls, question: str, part: str, scale: str) -> "Item":
        return cls(question, "" if part in HALVES else part, scale)

    @property
    def key(self) -> tuple[str, str]:
        return self.question, self.row


@dataclass(frozen=True)
class QuestionBook:
    """Code → the question as it was asked last."""

    entries: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def text(self, item: Item) -> str:
        """The question in the reader's language, with its row; the code where nobody wrote a text."""
        entry = self.entries.get(item.question, {})
        text = in_language(_texts(entry.get("text"))) or item.question
        return f"{text} · {self._row(entry, item.row)}" if item.row else text

    def touchpoint(self, item: Item) -> str:
        """The code of the touchpoint that it measures; empty for the whole experience and for a row."""
        return "" if item.row else str(self.entries.get(item.question, {}).get("touchpoint") or "")

    def _row(self, entry: Mapping[str, Any], code: str) -> str:
        rows = entry.get("rows") or entry.get("options") or ()
        found = next((row for row in rows if isinstance(row, Mapping) and row.get("code") == code), {})
        return in_language(_texts(found.get("text"))) or code

    def dimension(self, question: str) -> str:
        """One of ``DIMENSIONS``, or empty."""
        said = str(self.entries.get(question, {}).get("dimension") or "")
        return said if said in DIMENSIONS else ""

    def is_reversed(self, question: str) -> bool:
        """Whether it is worded the other way round: much is bad."""
        return self.entries.get(question, {}).get("is_reversed") is True

    @property
    def reversed_questions(self) -> frozenset[str]:
        """All that are worded the other way round."""
        return frozenset(code for code in self.entries if self.is_reversed(code))

    def with_dimension(self) -> list[str]:
        """The questions that belong to a dimension, dimension by dimension."""
        found = [(DIMENSIONS.index(self.dimension(code)), code) for code in self.entries if self.dimension(code)]
        return [code for _, code in sorted(found)]


def question_book(surveys: Iterable[int] | None = None) -> QuestionBook:
    """The questions of these surveys (all without an answer to which), the latest version last. One query."""
    versions = SurveyVersion.objects.order_by("published_at", "number", "pk")
    if surveys is not None:
        versions = versions.filter(survey__in=set(surveys))
    entries: dict[str, Mapping[str, Any]] = {}
    for definition in versions.values_list("definition", flat=True):
        questions = definition.get("questions") if isinstance(definition, Mapping) else None
        for entry in questions or ():
            if isinstance(entry, Mapping) and isinstance(entry.get("code"), str):
                entries[entry["code"]] = entry
    return QuestionBook(entries)


def _texts(value: Any) -> dict[str, str]:
    return {str(k): str(v) for k, v in value.items()} if isinstance(value, Mapping) else {}
