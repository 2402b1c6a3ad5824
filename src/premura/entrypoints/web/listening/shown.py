"""Answers in words, for lists and for the page of one answer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.formats import localize
from django.utils.translation import gettext as _

from premura.entrypoints.web import wording
from premura.loop.listen.definition import Question
from premura.loop.listen.kinds import CONTACT, FILED
from premura.loop.listen.models import Answer, Attachment
from premura.loop.listen.rules import loyalty_of
from premura.loop.listen.scales import fixed_options, option_texts, part_in_words, score_in_words


@dataclass(frozen=True)
class ShownAnswer:
    """``words`` for scores and choices, ``text`` for what was written; ``chip`` is the badge's kind."""

    question: str
    words: str
    text: str
    chip: str
    is_loyalty: bool = False
    # Which row of a question that has several
    part: str = ""
    file: Attachment | None = None

    @property
    def is_empty(self) -> bool:
        return not self.words and not self.text


def shown_answers(answers: Iterable[Answer], questions: Sequence[Question] = ()) -> list[ShownAnswer]:
    """``answers`` in words; options have their text where ``questions`` are given, else they are left out."""
    known = {question.code: question for question in questions}
    return [_shown(answer, known.get(answer.question)) for answer in answers]


def chief_score(answers: Sequence[ShownAnswer]) -> ShownAnswer | None:
    """The one score that a list shows: of loyalty where it was asked, else the first."""
    scored = [answer for answer in answers if answer.words and not answer.part]
    return next((answer for answer in scored if answer.is_loyalty), scored[0] if scored else None)


def _shown(answer: Answer, question: Question | None) -> ShownAnswer:
    words, chip, is_loyalty = _in_words(answer, question), "quiet", False
    if answer.kind == "nps" and answer.scale == "0-10" and answer.score is not None:
        words, chip = _loyalty(answer.score)
        is_loyalty = True
    part = part_in_words(question, answer.kind, answer.part) if answer.part else ""
    # A question that takes files has few answers: one look-up each, on the page of one answer alone
    file = Attachment.objects.filter(answer=answer).first() if question and answer.kind in FILED else None
    return ShownAnswer(answer.question, words, answer.text, chip, is_loyalty, part, file)


def _in_words(answer: Answer, question: Question | None) -> str:
    if answer.score is not None:
        return score_in_words(answer.kind, answer.score, answer.scale)
    if answer.choices:
        texts = option_texts(question) if question is not None else fixed_options(answer.kind)
        if question is None and not texts:
            return ""
        named = [texts.get(code, code) for code in answer.choices]
        ranked = [f"{place}. {name}" for place, name in enumerate(named, 1)]
        return ", ".join(ranked if answer.kind == "ranking" else named)
    if answer.number is not None:
        return str(localize(answer.number.normalize() if answer.number % 1 else int(answer.number)))
    if answer.given_on is not None:
        return wording.day(answer.given_on, answer.response.answered_on)
    if answer.kind == "photo":
        return _("a photo or a file")
    if answer.kind == "signature":
        return answer.contact.get("name") or _("signed by hand")
    return " · ".join(answer.contact[name] for name in CONTACT if answer.contact.get(name))


def _loyalty(score: int) -> tuple[str, str]:
    names = {
        "promoter": (_("%(score)s of 10, promoter"), "good"),
        "passive": (_("%(score)s of 10, passive"), "quiet"),
        "detractor": (_("%(score)s of 10, detractor"), "bad"),
    }
    words, chip = names[loyalty_of(score)]
    return words % {"score": score}, chip


def time_in_words(seconds: float) -> str:
    """How long somebody took, as one says it."""
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return _("%(seconds)s s") % {"seconds": rest}
    if minutes < 60:
        return _("%(minutes)s min %(seconds)s s") % {"minutes": minutes, "seconds": rest}
    return _("more than an hour")
