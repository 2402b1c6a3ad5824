"""Answers in words, for lists and for the page of one answer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from premura.core.i18n import in_language
from premura.loop.listen.definition import Question
from premura.loop.listen.models import Answer
from premura.loop.listen.rules import loyalty_of
from premura.loop.listen.scales import score_in_words


@dataclass(frozen=True)
class ShownAnswer:
    """``words`` for scores and choices, ``text`` for what was written; ``chip`` is the badge's kind."""

    question: str
    words: str
    text: str
    chip: str
    is_loyalty: bool = False

    @property
    def is_empty(self) -> bool:
        return not self.words and not self.text


def shown_answers(answers: Iterable[Answer], questions: Sequence[Question] = ()) -> list[ShownAnswer]:
    """``answers`` in words; options have their text where ``questions`` are given, else they are left out."""
    known = {question.code: question for question in questions}
    return [_shown(answer, known.get(answer.question)) for answer in answers]


def chief_score(answers: Sequence[ShownAnswer]) -> ShownAnswer | None:
    """The one score that a list shows: of loyalty where it was asked, else the first."""
    scored = [answer for answer in answers if answer.words]
    return next((answer for answer in scored if answer.is_loyalty), scored[0] if scored else None)


def _shown(answer: Answer, question: Question | None) -> ShownAnswer:
    words, chip, is_loyalty = "", "quiet", False
    if answer.score is not None:
        words = score_in_words(answer.kind, answer.score)
        if answer.kind == "nps" and answer.scale == "0-10":
            words, chip = _loyalty(answer.score)
            is_loyalty = True
    elif answer.choices and question is not None:
        texts = {option.code: in_language(option.text) for option in question.options}
        words = ", ".join(texts.get(code, code) for code in answer.choices)
    return ShownAnswer(answer.question, words, answer.text, chip, is_loyalty)


def _loyalty(score: int) -> tuple[str, str]:
    names = {
        "promoter": (_("%(score)s of 10, promoter"), "good"),
        "passive": (_("%(score)s of 10, passive"), "quiet"),
        "detractor": (_("%(score)s of 10, detractor"), "bad"),
    }
    words, chip = names[loyalty_of(score)]
    return words % {"score": score}, chip
