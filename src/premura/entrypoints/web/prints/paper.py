"""The survey as a form on paper: the same questions in the same order, boxes to cross, lines to write on."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from premura.core.i18n import in_language
from premura.entrypoints.web.prints.sheet import FACE, GREEN, INK, QUIET, Sheet
from premura.loop.listen.asking import Asked, Choice, Field, ask
from premura.loop.listen.conditions import when_in_words
from premura.loop.listen.definition import Context, Definition
from premura.loop.listen.logic import course_of, with_all_options
from premura.loop.listen.piping import filled

_LEFT, _WIDTH, _TOP, _BOTTOM = 20.0, 170.0, 22.0, 276.0
_BOX, _LINE = 3.6, 8.5
# Lines for words of one's own; a form with long lists prints the list once, two columns wide
_WRITING_LINES = 4


@dataclass(frozen=True)
class PaperForm:
    """A published survey in one language, and where it is filled in. ``link`` answers it on a phone instead."""

    definition: Definition
    language: str
    company: str
    place: str
    version: int
    link: str


def render_paper_form(form: PaperForm, made_at: datetime) -> bytes:
    """As many A4 pages as the questions need; a question is never cut by the end of a page unless it is longer."""
    title = in_language(form.definition.title, form.language)
    with translation.override(form.language):
        sheet = Sheet(title=title, language=form.language, made_at=made_at)
        sheet.add_page()
        y = _head(sheet, form, title)
        for number, (asked, only_if) in enumerate(_asked(form), 1):
            y = _fitting(sheet, y, partial(_question, sheet, asked, number, only_if))
        _fitting(sheet, y, lambda at: at + sheet.write_block(_thanks(form), (_LEFT, at + 4, _WIDTH, 12), size=10))
        _number_pages(sheet, form)
        return bytes(sheet.output())


def _asked(form: PaperForm) -> list[tuple[Asked, str]]:
    """Every question with all its options and, in words, when it is to be answered."""
    course = course_of(form.definition)
    found = []
    for question in form.definition.questions:
        shown = ask(with_all_options(question, course), form.language)
        text = filled(shown.text, course, {}, Context(form.language))
        found.append((replace(shown, text=text), when_in_words(form.definition, question.show_if)))
    return found


def _fitting(sheet: Sheet, y: float, draw: Callable[[float], float]) -> float:
    """Draw at ``y``, or at the top of the next page where it would not fit here; where the next thing may begin."""
    with sheet.offset_rendering():
        ends = draw(y)
    if ends > _BOTTOM and y > _TOP + 1:
        sheet.add_page()
        y = _TOP
    return draw(y)


def _head(sheet: Sheet, form: PaperForm, title: str) -> float:
    side = 30.0
    words = _WIDTH - side - 8
    sheet.draw_code(form.link, _LEFT + _WIDTH - side, 16, side)
    sheet.write_block(
        _("Or answer on your phone"), (_LEFT + _WIDTH - side, 47, side, 4), size=7, least=6, colour=QUIET, align="C"
    )
    sheet.write_block(form.company, (_LEFT, 18, words, 6), size=11, bold=True, colour=GREEN)
    y = 26 + sheet.write_block(title, (_LEFT, 26, words, 20), size=20, least=13, bold=True, leading=1.12)
    intro = in_language(form.definition.intro, form.language)
    y += 2 + sheet.write_block(intro, (_LEFT, y + 2, words, 24), size=10, least=8)
    return max(y, 51.0) + 5


def _thanks(form: PaperForm) -> str:
    return in_language(form.definition.thanks, form.language) or _("Thank you.")


def _number_pages(sheet: Sheet, form: PaperForm) -> None:
    """Survey, version, place and page at the foot: whoever keys it in knows what they hold."""
    foot = " · ".join(filter(None, (in_language(form.definition.title, form.language), form.place)))
    for number in range(1, sheet.pages_count + 1):
        sheet.page = number
        sheet.set_font(FACE, "B", 8)  # said anew on this page: fpdf2 leaves out what it believes to be set
        which = _("Version %(version)s · page %(page)s of %(pages)s") % {
            "version": form.version,
            "page": number,
            "pages": sheet.pages_count,
        }
        sheet.write_block(foot, (_LEFT, 284, 110, 5), size=8, colour=QUIET)
        sheet.write_block(which, (_LEFT + 110, 284, _WIDTH - 110, 5), size=8, colour=QUIET, align="R")


def _question(sheet: Sheet, asked: Asked, number: int, only_if: str, y: float) -> float:
    """One question from ``y`` down; where it ends, with the space below it."""
    if only_if:
        said = _("Only if %(words)s") % {"words": only_if}
        y += sheet.write_block(said, (_LEFT + 8, y, _WIDTH - 8, 10), size=8.5, colour=QUIET)
    if asked.layout != "statement":
        sheet.write_block(f"{number}.", (_LEFT, y, 8, 6), size=11, bold=True, colour=GREEN)
    text = asked.text + (f"  ({pgettext('question', 'required')})" if asked.is_required else "")
    y += sheet.write_block(text, (_LEFT + 8, y, _WIDTH - 8, 40), size=11, bold=asked.layout != "statement")
    for words in filter(None, (asked.help, asked.hint)):
        y += sheet.write_block(words, (_LEFT + 8, y, _WIDTH - 8, 16), size=8.5, colour=QUIET)
    y += 2.5
    if asked.layout == "area":
        y = _writing_lines(sheet, y, _WRITING_LINES)
    elif asked.layout == "rows":
        y = _rows(sheet, asked, y)
    elif asked.groups:
        y = _choices(sheet, asked, y)
    for field in asked.fields:
        y = _field(sheet, field, y)
    return y + 6


def _choices(sheet: Sheet, asked: Asked, y: float) -> float:
    """Numbers stand side by side with their ends; words stand below one another, in two columns where they are many."""
    choices = asked.groups[0].choices
    if all(len(choice.label) <= 3 for choice in choices):
        return _scale(sheet, choices, asked.ends, y)
    columns = 2 if len(choices) > 7 else 1
    width = (_WIDTH - 8) / columns
    rows = -(-len(choices) // columns)
    for place, choice in enumerate(choices):
        x, at = _LEFT + 8 + place // rows * width, y + place % rows * 6.4
        _box(sheet, x, at + 0.7)
        sheet.write_block(choice.label, (x + 6, at, width - 8, 5.6), size=10, least=7)
    return y + rows * 6.4


def _scale(sheet: Sheet, choices: tuple[Choice, ...], ends: tuple[str, str], y: float) -> float:
    step = min(14.0, (_WIDTH - 8) / max(1, len(choices)))
    for place, choice in enumerate(choices):
        x = _LEFT + 8 + place * step
        _box(sheet, x, y)
        sheet.write_block(choice.label, (x + _BOX + 1, y - 0.7, step - _BOX - 1, 5.2), size=10, least=7)
    y += 5.5
    meanings = (ends[0] or choices[0].meaning, ends[1] or choices[-1].meaning)
    if any(meanings):
        said = f"{choices[0].label} = {meanings[0]} · {choices[-1].label} = {meanings[1]}"
        y += sheet.write_block(said, (_LEFT + 8, y, _WIDTH - 8, 5), size=8.5, least=6, colour=QUIET)
    return y


def _rows(sheet: Sheet, asked: Asked, y: float) -> float:
    """A table: what is asked at the left, one column of boxes a mark."""
    choices = asked.groups[0].choices
    words = 74.0
    step = (_WIDTH - 8 - words) / max(1, len(choices))
    tallest = 0.0
    for place, choice in enumerate(choices):
        box = (_LEFT + 8 + words + place * step, y, step - 1, 9.0)
        tallest = max(tallest, sheet.write_block(choice.label, box, size=8.5, least=5.5, colour=QUIET, align="C"))
    y += tallest + 1.5
    for group in asked.groups:
        height = max(6.0, sheet.write_block(group.label, (_LEFT + 8, y, words - 3, 14), size=10, least=7.5))
        for place in range(len(choices)):
            _box(sheet, _LEFT + 8 + words + place * step + (step - 1 - _BOX) / 2, y + (height - _BOX) / 2)
        y += height + 1
        sheet.draw_line(_LEFT + 8, y - 0.4, _LEFT + _WIDTH, y - 0.4)
    if any(asked.ends):
        said = f"{choices[0].label} = {asked.ends[0]} · {choices[-1].label} = {asked.ends[1]}"
        y += sheet.write_block(said, (_LEFT + 8, y + 0.5, _WIDTH - 8, 5), size=8.5, least=6, colour=QUIET)
    return y + 1


def _field(sheet: Sheet, field: Field, y: float) -> float:
    """A line to write on; a box to tick; a list to cross in, where it is short enough to be printed."""
    if field.type == "checkbox":
        _box(sheet, _LEFT + 8, y + 0.7)
        return y + max(6.4, sheet.write_block(field.label, (_LEFT + 14, y, _WIDTH - 14, 10), size=9))
    listed = [choice.label for choice in field.choices if choice.value]
    if listed and not all(label.isdigit() for label in listed):
        words = ", ".join(listed)
        y += 1 + sheet.write_block(words, (_LEFT + 8, y, _WIDTH - 8, 60), size=8.5, least=6, colour=QUIET)
    label = field.label
    sheet.set_font(FACE, "", 10)
    taken = 0.0
    if label:
        taken = min(sheet.get_string_width(label) + 3, 90.0)
        sheet.write_block(label, (_LEFT + 8, y + 1.5, taken, 6), size=10, least=7)
    ends = _LEFT + 8 + taken + (18 if listed and taken else _WIDTH - 8 - taken)
    sheet.draw_line(_LEFT + 8 + taken, y + 6.5, ends, y + 6.5)
    return y + _LINE


def _writing_lines(sheet: Sheet, y: float, count: int) -> float:
    for _number in range(count):
        y += _LINE
        sheet.draw_line(_LEFT + 8, y, _LEFT + _WIDTH, y)
    return y


def _box(sheet: Sheet, x: float, y: float) -> None:
    sheet.set_draw_color(*INK)
    sheet.set_line_width(0.25)
    sheet.rect(x, y, _BOX, _BOX)
