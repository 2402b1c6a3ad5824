"""What the questions say: texts, dimensions and directions as the published surveys asked them.

Read from the frozen versions as plain JSON, so that a survey of any age and any source can be read.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from premura.core.i18n import in_language
from premura.core.journeys.models import Touchpoint
from premura.loop.listen.models import Perspective, Survey, SurveyVersion
from premura.loop.listen.piping import unfilled

#: The halves of questions that ask for two scores at once; any other part names a row of a question.
HALVES = frozenset({"expectation", "perception", "functional", "dysfunctional"})
#: The five dimensions of service quality, in their usual order.
DIMENSIONS = ("tangibles", "reliability", "responsiveness", "assurance", "empathy")


@dataclass(frozen=True, order=True)
class Item:
    """What was asked: the question's code, its row if it has rows, and the scale; never two scales in one item.

    Codes are given survey by survey («csat» is the first satisfaction question of any survey), so two surveys ask the
    same only where kind and touchpoint agree too. ``survey`` is set where an item is that of one survey; 0 is none.
    """

    question: str
    row: str
    scale: str
    kind: str = ""
    touchpoint: int = 0
    survey: int = 0

    @classmethod
    def of(cls, question: str, part: str, scale: str, kind: str = "", touchpoint: int | None = None) -> "Item":
        return cls(question, "" if part in HALVES else part, scale, kind, touchpoint or 0)


@dataclass(frozen=True)
class QuestionBook:
    """(survey, code) → the question as it was asked last, the surveys published last standing last.

    ``points``: id of a touchpoint → its code.
    """

    entries: Mapping[tuple[int, str], Mapping[str, Any]] = field(default_factory=dict)
    points: Mapping[int, str] = field(default_factory=dict)

    @cached_property
    def _latest(self) -> dict[tuple[str, ...], Mapping[str, Any]]:
        found: dict[tuple[str, ...], Mapping[str, Any]] = {}
        for (_survey, code), entry in self.entries.items():
            found[code,] = entry
            found[code, str(entry.get("kind") or ""), str(entry.get("touchpoint") or "")] = entry
        return found

    def entry(self, item: Item) -> Mapping[str, Any]:
        """The question itself: as its own survey asks it, else as any survey last asked the same."""
        if own := self.entries.get((item.survey, item.question)):
            return own
        same = self._latest.get((item.question, item.kind, self.points.get(item.touchpoint, "")))
        return same or self._latest.get((item.question,), {})

    def text(self, item: Item) -> str:
        """The question in the reader's language, with its row; the code where nobody wrote a text."""
        entry = self.entry(item)
        text = unfilled(in_language(_texts(entry.get("text")))) or item.question
        return f"{text} · {_row(entry, item.row)}" if item.row else text

    def dimension(self, survey: int, question: str) -> str:
        """One of ``DIMENSIONS``, or empty."""
        said = str(self.entries.get((survey, question), {}).get("dimension") or "")
        return said if said in DIMENSIONS else ""

    def is_reversed(self, survey: int, question: str) -> bool:
        """Whether it is worded the other way round: much is bad."""
        return self.entries.get((survey, question), {}).get("is_reversed") is True

    @property
    def turned(self) -> frozenset[tuple[int, str]]:
        """All that are worded the other way round: (survey, code)."""
        return frozenset(key for key in self.entries if self.is_reversed(*key))


def question_book(surveys: Iterable[int] | None = None) -> QuestionBook:
    """The questions of these surveys (all without an answer to which). Two queries."""
    versions = SurveyVersion.objects.order_by("published_at", "number", "pk")
    if surveys is not None:
        versions = versions.filter(survey__in=set(surveys))
    entries: dict[tuple[int, str], Mapping[str, Any]] = {}
    for survey, definition in versions.values_list("survey", "definition"):
        questions = definition.get("questions") if isinstance(definition, Mapping) else None
        for entry in questions or ():
            if isinstance(entry, Mapping) and isinstance(entry.get("code"), str):
                entries.pop((survey, entry["code"]), None)
                entries[survey, entry["code"]] = entry
    return QuestionBook(entries, dict(Touchpoint.objects.values_list("pk", "code")))


def asked_of_customers(book: QuestionBook) -> frozenset[tuple[str, str]]:
    """(code, kind) of what anybody but colleagues is asked. Asked of colleagues too it is how the company sees itself;
    what they alone are asked is about their work, and never the same figure. One query.
    """
    theirs = set(Survey.objects.exclude(perspective=Perspective.STAFF).values_list("pk", flat=True))
    told = ((survey, code, str(entry.get("kind") or "")) for (survey, code), entry in book.entries.items())
    return frozenset((code, kind) for survey, code, kind in told if survey in theirs)


def _row(entry: Mapping[str, Any], code: str) -> str:
    rows = entry.get("rows") or entry.get("options") or ()
    found = next((row for row in rows if isinstance(row, Mapping) and row.get("code") == code), {})
    return in_language(_texts(found.get("text"))) or code


def _texts(value: Any) -> dict[str, str]:
    return {str(k): str(v) for k, v in value.items()} if isinstance(value, Mapping) else {}
