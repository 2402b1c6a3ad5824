"""Did we listen critically, or collect compliments? (row S34)"""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from premura.core.company.company import local_date
from premura.core.staff.roles import Ability
from premura.entrypoints.web.door import StaffRequest, signed_in
from premura.entrypoints.web.figures import Measure, Shown
from premura.entrypoints.web.listening.programmes import area_tabs
from premura.entrypoints.web.recovery.cases import number
from premura.entrypoints.web.recovery.forms import places_of
from premura.entrypoints.web.sentence import Choice, Sentence
from premura.loop.understand import rules
from premura.loop.understand.listening_quality import REPEATED_FROM, STRAIGHT_FROM, Quality, listening_quality
from premura.loop.understand.reads import minimum_n
from premura.loop.understand.windows import Window


@dataclass(frozen=True)
class Line:
    """One survey: its figures, and what is striking, each with what to do."""

    quality: Quality
    figures: list[Shown]
    warnings: list[tuple[str, str]]


def _sentence(request: StaffRequest) -> Sentence:
    places = [(str(place.pk), _("in %(place)s") % {"place": place}) for place in places_of(request.user)]
    periods = [("30", _("in the last 30 days")), ("90", _("in the last 90 days")), ("365", _("in the last 12 months"))]
    return Sentence.from_query(
        _("What we heard %(period)s %(place)s"),
        request.GET,
        Choice("period", _("Period"), periods, "90"),
        Choice("place", _("Location"), [("", _("in every place")), *places]),
    )


def _figures(quality: Quality, least: int) -> list[Shown]:
    measures = (
        (_("Nothing but praise"), _("All marks in the best class."), quality.praise),
        (_("A critical point"), _("At least one mark in the worst class."), quality.critical),
        (_("With words"), _("A comment was written."), quality.with_words),
        (
            _("All marks alike"),
            _("%(n)s or more marks, all the same: perhaps nobody read the questions.") % {"n": STRAIGHT_FROM},
            quality.straight,
        ),
        (
            _("The same words"),
            _("A comment of more than %(n)s words that another response holds too.") % {"n": REPEATED_FROM},
            quality.repeated,
        ),
    )
    return [Shown(Measure(name, "percent", definition), estimate, least) for name, definition, estimate in measures]


def _warnings(quality: Quality) -> list[tuple[str, str]]:
    """What is striking, and what to do about it."""
    values = {
        "praise": round(100 * rules.PRAISE_ABOVE),
        "critical": rules.CRITICAL_BELOW,
        "words": rules.WORDS_BELOW,
        "straight": round(100 * rules.STRAIGHT_ABOVE),
        "repeated": round(100 * rules.REPEATED_ABOVE),
    }
    sentences = {
        "praise-only": (
            _("More than %(praise)s%% are nothing but praise, and fewer than %(critical)s hold a critical point."),
            _("Ask deeper: an interview with five customers, or one open question about what to improve."),
        ),
        "few-words": (
            _("Half of the comments have fewer than %(words)s words."),
            _("Ask a more particular question: “What should we have done differently?”"),
        ),
        "straight": (
            _("More than %(straight)s%% gave the same mark to every question."),
            _("Ask fewer questions, and leave out those nobody decides anything with."),
        ),
        "repeated": (
            _("More than %(repeated)s%% hold words that somebody else wrote too."),
            _("Look who fills in the answers, and how: one device, one person, one text prepared?"),
        ),
    }
    return [(what % values, then) for what, then in (sentences[code] for code in quality.warnings)]


@signed_in(Ability.SEE_INSIGHTS)
def listening_quality_page(request: StaffRequest) -> HttpResponse:
    sentence, least = _sentence(request), minimum_n()
    window = Window.ending(local_date(timezone.now()), int(sentence["period"]))
    found = listening_quality(request.user, window, location=number(sentence["place"]))
    context = {
        "tabs": area_tabs("listening-quality") if request.user.may(Ability.ASK) else [],
        "sentence": sentence,
        "lines": [Line(quality, _figures(quality, least), _warnings(quality)) for quality in found],
        "enough": rules.ENOUGH,
    }
    return render(request, "listening/quality.html", context)
