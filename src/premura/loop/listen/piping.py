"""Words that come from earlier answers, from the link or from the customer: «You said {reason}: tell us more»."""

import re
from collections.abc import Mapping

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from premura.loop.listen.answers import Given, figure
from premura.loop.listen.logic import PIPE, Context, Course
from premura.loop.listen.scales import option_texts, score_labels

Answers = Mapping[str, tuple[Given, ...]]


def filled(text: str, course: Course, answers: Answers, context: Context) -> str:
    """``text`` with what is known put in; what is not known gives way to what stands behind the bar."""
    return PIPE.sub(lambda match: _known(match, course, answers, context) or match[3] or "…", text)


def unfilled(text: str) -> str:
    """``text`` as nobody in particular reads it, for lists of questions.

    >>> unfilled("You said {reason|something}: tell us more, {customer:name}")
    'You said something: tell us more, …'
    """
    return PIPE.sub(lambda match: match[3] or "…", text)


def marked(text: str, course: Course, answers: Answers, context: Context) -> SafeString | str:
    """The same as HTML in which a script finds the places that later answers change."""
    if "{" not in text:
        return text
    pieces: list[SafeString] = []
    end = 0
    for match in PIPE.finditer(text):
        pieces.append(format_html("{}", text[end : match.start()]))
        known, otherwise = _known(match, course, answers, context), match[3] or "…"
        if match[1]:
            pieces.append(format_html("{}", known or otherwise))
        else:
            span = '<span data-pipe="{}" data-else="{}">{}</span>'
            pieces.append(format_html(span, match[2], otherwise, known or otherwise))
        end = match.end()
    pieces.append(format_html("{}", text[end:]))
    return format_html_join("", "{}", ((piece,) for piece in pieces))


def _known(match: re.Match[str], course: Course, answers: Answers, context: Context) -> str:
    if match[1]:
        return (context.fields if match[1] == "field" else context.customer).get(match[2], "")
    question = course.questions.get(match[2])
    if question is None:
        return ""
    words = []
    for given in answers.get(match[2], ()):
        if given.score is not None:
            words.append(dict(score_labels(question.kind, question.scale)).get(given.score, str(given.score)))
        elif given.choices:
            texts = option_texts(question, context.language)
            words += [given.text or texts.get(code, code) for code in given.choices]
        else:
            words.append(given.text or given.day or (figure(given.number) if given.number is not None else ""))
    return ", ".join(filter(None, words))[:300]
