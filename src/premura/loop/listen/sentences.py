"""What to do about an answer that does not fit, said to whoever answers, in the language that is active."""

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from premura.loop.listen.asking import pattern_in_words
from premura.loop.listen.marks import ends_of
from premura.loop.listen.problems import Problem
from premura.loop.listen.questions import Question


def answer_sentence(question: Question | None, problem: Problem) -> str:
    """One sentence; ``question`` is the one that the problem names, where there is such a one."""
    if problem.code in {"not-a-number", "out-of-range"}:
        low, high = (ends_of(question.scale) if question else None) or (0, 0)
        return _("Please choose one of the numbers from %(low)s to %(high)s.") % {"low": low, "high": high}
    if problem.code == "text-too-long":
        limit = number_format(int(problem.detail), force_grouping=True)
        return _("This is longer than %(limit)s characters: please shorten it a little.") % {"limit": limit}
    if problem.code == "number-out-of-range":
        low_word, _to, high_word = problem.detail.partition("…")
        return _("Please write a number from %(low)s to %(high)s.") % {"low": low_word, "high": high_word}
    if problem.code == "wrong-pattern":
        return _wrong_pattern(problem.detail)
    return _plain()[problem.code]


def _wrong_pattern(pattern: str) -> str:
    if pattern == "email":
        return _plain()["bad-email"]
    return _plain()["bad-phone"] if pattern == "phone" else pattern_in_words(pattern)


def _plain() -> dict[str, str]:
    return {
        "required": _("Please answer this question: it is required."),
        "parts-missing": _("Please answer every row: all are required."),
        "unknown-option": _("Please choose among the answers shown here."),
        "unknown-part": _("Please answer only the rows shown here."),
        "not-parts": _("This question has several rows: please answer them one by one."),
        "one-option-only": _("Please choose one answer only."),
        "choose-too": _("Please choose an answer as well as writing one."),
        "bad-place": _("Please give each a place among those offered."),
        "same-place": _("Two have the same place: please give each a place of its own."),
        "not-a-figure": _("Please write a number, like 12 or 12.5."),
        "not-a-day": _("Please choose a day, like 2026-03-19."),
        "not-a-text": _("Please answer in words."),
        "bad-email": _("This is no e-mail address: please look at it again."),
        "bad-phone": _("This is no phone number: please look at it again."),
        "not-a-file": _("Please choose a file again: this one did not arrive whole."),
        "file-gone": _("This file is no longer here: please choose it again."),
        "file-kind": _("We can take photos (JPEG, PNG, WebP) and PDF files: please choose one of these."),
        "file-too-large": _("This file is larger than 12 MB: please choose a smaller one."),
        "too-many-pixels": _("This picture is larger than 50 megapixels: please choose a smaller one."),
        "no-way": _("Please add an e-mail address or a phone number, or leave all of it empty."),
        "no-consent": _("To keep this we need your agreement: please tick the box, or leave all of it empty."),
        "unknown-question": _("This survey has no such question."),
        "nothing-answered": _("There is no answer yet: please answer at least one question."),
    }
