"""Conditions in plain words: «if the answer to «Would you recommend us?» is at most 6»."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from premura.core.channels import Channel
from premura.core.i18n import in_language
from premura.core.languages import language_name
from premura.loop.listen.checking import ATTRIBUTES
from premura.loop.listen.kinds import CHOICES, FILED, FIXED
from premura.loop.listen.questions import VALUELESS, Condition, Definition, Question, When
from premura.loop.listen.scales import option_texts, part_in_words, score_labels


def tests_for(question: Question | None) -> list[tuple[str, str]]:
    """The comparisons that make sense, with their words."""
    plain = [("is", _("is")), ("is_not", _("is not"))]
    ordered = [("at_least", _("is at least")), ("at_most", _("is at most"))]
    there = [("answered", _("has an answer")), ("unanswered", _("has no answer"))]
    if question is None:
        return [*plain, *there]
    if question.kind == "multiple":
        return [*plain, *there, ("several", _("has several answers"))]
    has_order = bool(question.scale) or question.kind in {"number", "date"}
    is_written = question.kind in {"text", "contact", *FILED}
    return there if is_written else [*plain, *(ordered if has_order else []), *there]


def values_for(definition: Definition, condition: Condition) -> list[tuple[str, str]] | None:
    """What may be waited for, with its words; ``None`` where it must be written."""
    if condition.about == "language":
        return [(code, language_name(code)) for code in definition.languages]
    if condition.about == "channel" or (condition.about == "customer" and condition.name == "channel"):
        return [(value, str(label)) for value, label in Channel.choices]
    if condition.about == "customer":
        return [("yes", pgettext("answer", "Yes"))] if condition.name == "known" else None
    question = definition.question(condition.name.partition(".")[0]) if condition.about == "question" else None
    if question is None:
        return None
    if question.kind in CHOICES or question.kind in FIXED:
        source = definition.question(question.options_from)
        return [*(option_texts(source).items() if source else ()), *option_texts(question).items()]
    if question.scale and question.kind != "slider":
        return [(str(score), label) for score, label in score_labels(question.kind, question.scale)]
    return None


def source_in_words(definition: Definition, condition: Condition) -> str:
    if condition.about == "question":
        code, _dot, part = condition.name.partition(".")
        question = definition.question(code)
        text = shortened(in_language(question.text) if question else code)
        return f"«{text}: {part_in_words(question, question.kind, part)}»" if part and question else f"«{text}»"
    if condition.about == "language":
        return _("the language")
    if condition.about == "channel":
        return _("how they came")
    if condition.about == "field":
        return _("«%(name)s» of the link") % {"name": condition.name}
    return attribute_names().get(condition.name, condition.name)


def attribute_names() -> dict[str, str]:
    names = {
        "known": _("whether we know who it is"),
        "language": _("the customer's language"),
        "channel": _("the customer's preferred channel"),
        "account": _("the customer's company"),
    }
    return {name: names[name] for name in ATTRIBUTES}


def when_in_words(definition: Definition, when: When) -> str:
    """Empty where there is no condition."""
    words = []
    some = [("at_least", _("is at least")), ("at_most", _("is at most")), ("several", _("has several answers"))]
    names = dict([*tests_for(None), *some])
    for condition in when.conditions:
        known = dict(values_for(definition, condition) or ())
        test = names[condition.test]
        values = f" {_('or')} ".join(known.get(value, value) for value in condition.values)
        shown = values if condition.test not in VALUELESS else ""
        words.append(" ".join(filter(None, (source_in_words(definition, condition), test, shown))))
    return (f" {_('and')} " if when.match == "all" else f" {_('or')} ").join(words)


def shortened(text: str, most: int = 60) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
