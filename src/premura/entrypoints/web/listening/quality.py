"""Did we listen critically, or collect compliments? (row S34)"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from premura.core.company.company import local_date
from premura.core.ids import id_in
from premura.core.staff.roles import Ability
from premura.entrypoints.web.door import StaffRequest, signed_in
from premura.entrypoints.web.figures import Measure, Shown
from premura.entrypoints.web.listening.programmes import area_tabs
from premura.entrypoints.web.listening.shown import time_in_words
from premura.entrypoints.web.readings.shown import Making
from premura.entrypoints.web.recovery.forms import places_of
from premura.entrypoints.web.sentence import Choice, Sentence
from premura.loop.listen.models import Survey
from premura.loop.understand import rules
from premura.loop.understand.listening_quality import REPEATED_FROM, STRAIGHT_FROM, Quality, listening_quality
from premura.loop.understand.reads import minimum_n
from premura.loop.understand.windows import Window


@dataclass(frozen=True)
class Line:
    """One survey, and its figures by name."""

    quality: Quality
    figures: list[tuple[str, Shown | None]]

    @property
    def usual_time(self) -> str:
        known = self.quality.counts.median_seconds
        return "" if known is None else time_in_words(known)


def _sentence(request: StaffRequest) -> Sentence:
    places = [(str(place.pk), _("in %(place)s") % {"place": place}) for place in places_of(request.user)]
    periods = [("30", _("in the last 30 days")), ("90", _("in the last 90 days")), ("365", _("in the last 12 months"))]
    return Sentence.from_query(
        _("What we heard %(period)s %(place)s"),
        request.GET,
        Choice("period", _("Period"), periods, "90"),
        Choice("place", _("Location"), [("", _("in every place")), *places]),
    )


def _columns() -> list[tuple[str, str]]:
    """Name and definition of each figure."""
    return [
        (_("Nothing but praise"), _("All marks in the best class.")),
        (_("A critical point"), _("At least one mark in the worst class.")),
        (_("With words"), _("A comment was written.")),
        (
            _("All marks alike"),
            _("%(n)s or more marks, all the same: perhaps nobody read the questions.") % {"n": STRAIGHT_FROM},
        ),
        (
            _("The same words"),
            _("A comment of more than %(n)s words that another response holds too.") % {"n": REPEATED_FROM},
        ),
        (
            _("Too fast to be read"),
            _(
                "Of the responses whose time is known: less than %(seconds)s second an answer, or, from %(n)s known "
                "times on, less than a third of their median. Unknown is on paper, at a tablet, without a script and "
                "in imported answers."
            )
            % {"seconds": rules.SECONDS_AN_ANSWER, "n": rules.TIMES_FROM},
        ),
    ]


def _figures(quality: Quality, least: int, sentence: Sentence) -> list[tuple[str, Shown | None]]:
    """Each figure leads to its answers. Where no mark was asked for, there is neither praise nor criticism to count."""
    has_marks = quality.counts.marked > 0
    told = (
        (quality.praise, {"quality": "praise"}, has_marks),
        (quality.critical, {"quality": "critical"}, has_marks),
        (quality.with_words, {"comment": "1"}, True),
        (quality.straight, {"quality": "straight"}, has_marks),
        (quality.repeated, {"quality": "repeated"}, True),
        (quality.fast, {"quality": "fast"}, quality.counts.timed > 0),
    )
    where = {"survey": quality.survey.pk, "period": sentence["period"], "location": sentence["place"]}
    return [
        (
            name,
            Shown(Measure(name, "percent", definition), estimate, least, _answers(where | sign)) if is_told else None,
        )
        for (name, definition), (estimate, sign, is_told) in zip(_columns(), told, strict=True)
    ]


def _answers(asked: dict[str, Any]) -> str:
    return f"{reverse('responses')}?{urlencode({name: value for name, value in asked.items() if value})}"


def _making(found: list[Quality]) -> Making:
    counts = [quality.counts for quality in found]
    counted = [
        (_("surveys"), len(counts)),
        (_("responses"), sum(each.responses for each in counts)),
        (_("responses with marks"), sum(each.marked for each in counts)),
        (_("responses with a comment"), sum(each.with_words for each in counts)),
        (_("responses whose time to answer is known"), sum(each.timed for each in counts)),
    ]
    return Making(
        _("How many of a survey's responses show one of the signs explained above. A figure opens those responses. "
          "Nothing is left out of any other figure."),
        counted,
        _("responses with the sign ÷ responses of the survey; too fast: ÷ those whose time is known"),
        "wilson",
        "docs/methods/listening-quality.md",
    )  # fmt: skip


def _warnings(quality: Quality) -> list[tuple[str, str]]:
    """What is striking, and what to do about it."""
    values = {
        "praise": round(100 * rules.PRAISE_ABOVE),
        "critical": rules.CRITICAL_BELOW,
        "words": rules.WORDS_BELOW,
        "straight": round(100 * rules.STRAIGHT_ABOVE),
        "repeated": round(100 * rules.REPEATED_ABOVE),
        "fast": round(100 * rules.FAST_ABOVE),
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
        "fast": (
            _("More than %(fast)s%% were answered too fast to have read the questions."),
            _("Look at those answers, and by which way they came; a shorter survey is read more."),
        ),
    }
    return [(what % values, then) for what, then in (sentences[code] for code in quality.warnings)]


def _striking(found: list[Quality]) -> list[tuple[str, str, list[Survey]]]:
    """Each thing that is striking once: what, what to do, and where."""
    by_warning: dict[tuple[str, str], list[Survey]] = {}
    for quality in found:
        for warning in _warnings(quality):
            by_warning.setdefault(warning, []).append(quality.survey)
    return [(what, then, surveys) for (what, then), surveys in by_warning.items()]


@signed_in(Ability.SEE_INSIGHTS)
def listening_quality_page(request: StaffRequest) -> HttpResponse:
    sentence, least = _sentence(request), minimum_n()
    window = Window.ending(local_date(timezone.now()), int(sentence["period"]))
    found = listening_quality(request.user, window, location=id_in(sentence["place"]))
    context = {
        "tabs": area_tabs("listening-quality") if request.user.may(Ability.ASK) else [],
        "sentence": sentence,
        "lines": [Line(quality, _figures(quality, least, sentence)) for quality in found],
        "columns": _columns(),
        "striking": _striking(found),
        "is_few": [quality.survey for quality in found if quality.counts.responses < rules.ENOUGH],
        "enough": rules.ENOUGH,
        "least": least,
        "making": _making(found),
    }
    return render(request, "listening/quality.html", context)
