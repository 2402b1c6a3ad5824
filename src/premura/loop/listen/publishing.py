"""What keeps a survey from being published, in words, each with the place where it can be mended."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from premura.core.i18n import in_language
from premura.core.journeys.models import Touchpoint
from premura.core.languages import CODES, language
from premura.loop.listen.checking import logic_problems
from premura.loop.listen.definition import ASKABLE, Definition, Problem, draft_from, is_same, publishing_problems
from premura.loop.listen.models import Programme, Survey, SurveyVersion


@dataclass(frozen=True)
class Obstacle:
    """One reason against publishing. ``where``: a field of the programme, a question's code, ``title`` or nothing."""

    area: Literal["programme", "survey"]
    code: str
    where: str
    message: str
    language: str = ""


_PROGRAMME: dict[str, str | Promise] = {
    "objective": gettext_lazy("The programme does not say what you want to know."),
    "decision": gettext_lazy("The programme does not say which decision the answers will inform."),
    "owner": gettext_lazy("The programme belongs to nobody: choose whose it is."),
}
# %(name)s is the question in short, or which part of the survey; %(language)s a language's name; %(detail)s a number
_SURVEY: dict[str, str | Promise] = {
    "no-language": gettext_lazy("The survey has no language."),
    "unknown-language": gettext_lazy("The pages do not speak the language «%(detail)s»."),
    "no-question": gettext_lazy("The survey has no question."),
    "too-many-questions": gettext_lazy("The survey has more than %(detail)s questions: nobody would finish it."),
    "duplicate-code": gettext_lazy("%(name)s: another question has the same code."),
    "bad-code": gettext_lazy("%(name)s: its code may have small letters, digits and _ only, and begins with a letter."),
    "missing-text": gettext_lazy("%(name)s: the text in %(language)s is missing."),
    "missing-help": gettext_lazy("%(name)s: the help in %(language)s is missing."),
    "missing-ends": gettext_lazy("%(name)s: words at the ends of the scale are missing in %(language)s."),
    "missing-option": gettext_lazy("%(name)s: an option has no text in %(language)s."),
    "words-too-long": gettext_lazy("%(name)s: the text in %(language)s is too long."),
    "too-few-options": gettext_lazy("%(name)s: a choice needs at least two options."),
    "too-many-options": gettext_lazy("%(name)s: more than %(detail)s options are too many to read."),
    "duplicate-option": gettext_lazy("%(name)s: two options have the same code."),
    "bad-option": gettext_lazy("%(name)s: an option has no code."),
    "too-few-rows": gettext_lazy("%(name)s: a table needs at least one row."),
    "too-many-rows": gettext_lazy("%(name)s: more than %(detail)s rows are too many to read."),
    "duplicate-row": gettext_lazy("%(name)s: two rows have the same code."),
    "bad-row": gettext_lazy("%(name)s: a row has no code, or one with a full stop in it."),
    "missing-row": gettext_lazy("%(name)s: a row has no text in %(language)s."),
    "other-twice": gettext_lazy("%(name)s: an option has the code «other», which «other» itself needs."),
    "bad-dimension": gettext_lazy("%(name)s: there is no such dimension of service quality."),
    "reversed-effort": gettext_lazy("%(name)s: the effort score is asked so that agreeing means easy."),
    "bad-scale": gettext_lazy("%(name)s: its scale is not understood. Write it like 1-5, the smaller number first."),
    "bad-range": gettext_lazy("%(name)s: the smallest number allowed is larger than the largest."),
    "bad-pattern": gettext_lazy("%(name)s: the pattern needs an A for a letter, a 0 for a digit, or a *."),
    "logic-unknown": gettext_lazy("%(name)s: a condition is about a question that is not there."),
    "logic-later": gettext_lazy("%(name)s: a condition is about a question that is only asked later."),
    "logic-cycle": gettext_lazy("%(name)s: it waits for a question that waits for it."),
    "logic-no-value": gettext_lazy("%(name)s: a condition does not say which answer it waits for."),
    "logic-impossible": gettext_lazy("%(name)s: a condition waits for an answer that nobody can give."),
    "logic-unknown-field": gettext_lazy("%(name)s: a condition is about «%(detail)s», which links do not bring along."),
    "logic-unknown-attribute": gettext_lazy("%(name)s: «%(detail)s» is not known of a customer."),
    "skip-unknown": gettext_lazy("%(name)s: it goes on with a question that is not there."),
    "skip-back": gettext_lazy("%(name)s: it goes back; one can only go on with a later question."),
    "carry-unknown": gettext_lazy("%(name)s: it takes its options from a question without options."),
    "pipe-unknown": gettext_lazy("%(name)s: {%(detail)s} in its text is not known at that moment."),
    "unreachable": gettext_lazy("%(name)s: nobody can ever reach it, whatever they answer."),
    "bad-ending": gettext_lazy("%(name)s: two endings have the same code, or one has none."),
    "missing-ending": gettext_lazy("%(name)s: an ending has no text in every language."),
    "not-askable": gettext_lazy("%(name)s: this kind comes from imported files and cannot be asked."),
    "unknown-touchpoint": gettext_lazy("%(name)s: its touchpoint no longer exists."),
    "unchanged": gettext_lazy("Nothing has changed since version %(detail)s, which is published."),
}
_MISSING = frozenset({"missing-text", "missing-help", "missing-ends", "missing-option", "missing-row"})
# So many missing texts of one language are said one by one
_FEW = 3
_PARTS: dict[str, str | Promise] = {
    "title": gettext_lazy("The title"),
    "intro": gettext_lazy("The introduction"),
    "thanks": gettext_lazy("The thanks"),
    "": gettext_lazy("The survey"),
}


def obstacles(survey: Survey, current: SurveyVersion | None) -> list[Obstacle]:
    """Every reason why ``survey`` cannot be published now; ``current`` is its published version. At most one query."""
    definition = draft_from(survey.draft)
    found = missing_in_words(survey.programme)
    found += _together([_obstacle(definition, problem) for problem in publishing_problems(definition)], definition)
    found += [_obstacle(definition, problem) for problem in logic_problems(definition)]
    found += [_obstacle(definition, problem) for problem in _outside_problems(definition)]
    if current is not None and not found and is_same(current.definition, definition):
        found.append(_obstacle(definition, Problem("unchanged", "", str(current.number))))
    return found


def missing_in_words(programme: Programme) -> list[Obstacle]:
    """What the programme must still say before anything of it is published (row S3)."""
    return [Obstacle("programme", "missing", name, str(_PROGRAMME[name])) for name in programme.missing]


def _outside_problems(definition: Definition) -> Iterator[Problem]:
    """What only the company's own rows and settings can tell."""
    yield from (Problem("unknown-language", "", code) for code in definition.languages if code not in CODES)
    codes = {question.touchpoint for question in definition.questions if question.touchpoint}
    there = set(Touchpoint.objects.filter(code__in=codes).values_list("code", flat=True)) if codes else set()
    for question in definition.questions:
        if question.kind not in ASKABLE:
            yield Problem("not-askable", question.code)
        if question.touchpoint and question.touchpoint not in there:
            yield Problem("unknown-touchpoint", question.code)


def _together(found: list[Obstacle], definition: Definition) -> list[Obstacle]:
    """One reason for all the texts that a language lacks, where they are many: sixty of a kind hide the others."""
    lacking = Counter(one.language for one in found if one.code in _MISSING)
    said: list[Obstacle] = []
    for one in found:
        count = lacking[one.language] if one.code in _MISSING else 0
        if count <= _FEW:
            said.append(one)
        elif not any(other.code == "missing-texts" and other.language == one.language for other in said):
            words = {"name": _name_of(definition, one.where), "count": count, "language": language(one.language).within}
            message = _("%(name)s, and more: %(count)s texts are missing in %(language)s.") % words
            said.append(Obstacle("survey", "missing-texts", one.where, message, one.language))
    return said


def _obstacle(definition: Definition, problem: Problem) -> Obstacle:
    is_text = problem.code in _MISSING or problem.code == "words-too-long"
    lacking = problem.detail if is_text else ""
    words: dict[str, Any] = {
        "name": _name_of(definition, problem.where),
        "language": str(language(lacking).within),
        "detail": problem.detail,
    }
    return Obstacle("survey", problem.code, problem.where, str(_SURVEY[problem.code]) % words, lacking)


def _name_of(definition: Definition, where: str) -> str:
    question = definition.question(where)
    if question is None:
        return str(_PARTS.get(where, where))
    number = definition.questions.index(question) + 1
    text = in_language(question.text)
    short = text if len(text) <= 60 else f"{text[:57].rstrip()}…"
    return (
        _("Question %(number)s, «%(text)s»") % {"number": number, "text": short}
        if short
        else _("Question %(number)s") % {"number": number}
    )
