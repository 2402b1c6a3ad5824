"""Readings of the experience itself: what delights and what is owed (Kano), and what is remembered (peak and end)."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from premura.core.staff.roles import Ability
from premura.entrypoints.web.door import StaffRequest, signed_in
from premura.entrypoints.web.figures import Measure, Shown
from premura.entrypoints.web.insights.sentence import Asked
from premura.entrypoints.web.insights.tables import Cell
from premura.entrypoints.web.readings.drawings import Axis, Corners, quadrant_chart
from premura.entrypoints.web.readings.drawn import Drawing, course_drawing, picture_of, shares_of, with_pictures
from premura.entrypoints.web.readings.quarters import code_of, quarter_name
from premura.entrypoints.web.readings.shown import (
    Making,
    address,
    asked_by,
    cells_of,
    estimate_headings,
    file_of,
    page_context,
    wants_file,
    where,
)
from premura.entrypoints.web.readings.views import rows_url
from premura.loop.understand import reads
from premura.loop.understand.courses import course_of
from premura.loop.understand.episodes import Episode, JourneyMemory, names_of
from premura.loop.understand.kano import KANO_SCALE, Attribute, Move, kano_attributes, moves
from premura.loop.understand.questions import Item, QuestionBook, question_book
from premura.loop.understand.remembered import memories

#: Episodes that the page lists, the worst remembered first.
LISTED = 15
#: So many attributes are drawn through time; of the others the table tells.
MOST_DRAWN = 6


def category_names() -> dict[str, str]:
    return {
        "A": _("attractive"),
        "O": _("one-dimensional"),
        "M": _("must-be"),
        "I": _("indifferent"),
        "R": _("reverse"),
        "Q": _("contradictory"),
    }


def category_words() -> dict[str, str]:
    """What each category means, for who never heard of Kano."""
    return {
        "A": _("delights when it is there, is not missed when it is not"),
        "O": _("the more of it, the better"),
        "M": _("taken for granted: not praised when it is there, missed when it is not"),
        "I": _("makes no difference"),
        "R": _("people would rather not have it"),
        "Q": _("the two answers contradict each other"),
    }


@signed_in(Ability.SEE_INSIGHTS)
def kano(request: StaffRequest) -> HttpResponse:
    """The category of every attribute, quarter by quarter, and those that moved."""
    asked = asked_by(request, "all")
    attributes = kano_attributes(request.user, asked.window, **where(asked))
    book, least = question_book(), reads.minimum_n()
    if kind := wants_file(request):
        return file_of(_kano_cells(attributes, book), "kano", asked.window, kind)
    drawings = _kano_drawings(attributes, book, least)
    if picture := picture_of(request, drawings, "kano", asked.window):
        return picture
    days = sorted({quarter.day for attribute in attributes for quarter in attribute.quarters})
    context = page_context(asked, "kano", "period", "location", "survey") | {
        "rows": [_kano_row(attribute, book, asked, least) for attribute in attributes],
        "days": [quarter_name(code_of(day)) for day in days],
        "grid": [(book.text(_item(one)), _cells_by_quarter(one, days, least)) for one in attributes],
        "moved": [_move_words(move, book) for move in moves(attributes, least)],
        "legend": [(letter, name, category_words()[letter]) for letter, name in category_names().items()],
        "drawings": with_pictures(drawings, address(asked, "kano")),
        "making": _kano_making(attributes),
        "least": least,
    }
    return render(request, "readings/kano.html", context)


def _item(one: Attribute | Move) -> Item:
    return Item(one.question, "", KANO_SCALE, kind="kano", survey=one.survey)


def _kano_row(attribute: Attribute, book: QuestionBook, asked: Asked, least: int) -> dict[str, Any]:
    latest, names = attribute.latest(least), category_names()
    summary = latest.summary
    href = rows_url(asked, _item(attribute), side="kano")
    return {
        "name": book.text(_item(attribute)),
        "category": names.get(str(summary.mode), "–"),
        "letter": summary.mode,
        "quarter": quarter_name(code_of(latest.day)),
        "tied": summary.tied,
        "better": Shown(Measure(pgettext("kano", "better"), "percent"), summary.better, least, href=href),
        "worse": Shown(Measure(pgettext("kano", "worse"), "percent"), summary.worse, least),
        "questionable": summary.questionable,
        "questionable_share": summary.questionable_share,
        "few": summary.n < least,
        "letters": [(names[letter], latest.letters.get(letter, 0)) for letter in names],
    }


def _cells_by_quarter(attribute: Attribute, days: list[Any], least: int) -> list[dict[str, Any]]:
    known = {quarter.day: quarter for quarter in attribute.quarters}
    cells = []
    for day in days:
        quarter = known.get(day)
        letter = str(quarter.summary.mode) if quarter else ""
        n = sum(quarter.letters.values()) if quarter else 0
        cells.append({"letter": letter, "name": category_names().get(letter, ""), "n": n, "few": n < least})
    return cells


def _move_words(move: Move, book: QuestionBook) -> dict[str, Any]:
    names = category_names()
    return {
        "move": move,
        "name": book.text(_item(move)),
        "before": names[move.before],
        "after": names[move.after],
        "from": quarter_name(code_of(move.from_day)),
        "to": quarter_name(code_of(move.to_day)),
        "since": quarter_name(code_of(move.since)),
        "until": quarter_name(code_of(move.until)),
    }


def _kano_drawings(attributes: list[Attribute], book: QuestionBook, least: int) -> list[Drawing]:
    """All attributes in the latest quarter, and the most answered of them through time."""
    if not attributes:
        return []
    words = _(
        "The latest quarter with enough answers. What delights becomes a duty with time: points move to the right and "
        "down."
    )
    drawings = [Drawing("main", _("Having it, lacking it"), words, _kano_spec(attributes, book, least))]
    measure = Measure(_("Having it raises satisfaction"), "percent")
    for number, attribute in enumerate(attributes[:MOST_DRAWN], 1):
        better = {quarter.day: quarter.summary.better for quarter in attribute.quarters}
        course = course_of(better, "quarter", least=least, shares=shares_of(better))
        if course.is_told:
            name = book.text(_item(attribute))
            drawings.append(course_drawing(f"attribute-{number}", name, course, measure, least, measure.name + "."))
    return drawings


def _kano_spec(attributes: list[Attribute], book: QuestionBook, least: int) -> dict[str, Any]:
    names, points = category_names(), []
    for attribute in attributes:
        latest = attribute.latest(least)
        summary = latest.summary
        if summary.better.value is None or summary.worse.value is None:
            continue
        points.append({
            "name": book.text(_item(attribute)), "x": -summary.worse.value, "y": summary.better.value,
            "category": names.get(str(summary.mode), ""), "quarter": quarter_name(code_of(latest.day)),
            "n": summary.n, "few": summary.n < least,
        })  # fmt: skip
    x = Axis(_("how much lacking it lowers satisfaction"), "percent", 0.5, (0.0, 1.0))
    y = Axis(_("how much having it raises satisfaction"), "percent", 0.5, (0.0, 1.0))
    corners = Corners(names["A"], names["O"], names["I"], names["M"])
    columns = {"category": _("category"), "quarter": _("quarter"), "n": _("answers")}
    return quadrant_chart(points, x, y, corners, columns=columns)


def _kano_making(attributes: list[Attribute]) -> Making:
    counted = [
        (_("attributes"), len(attributes)),
        (_("pairs of answers"), sum(attribute.n for attribute in attributes)),
        (_("of these contradictory, left out of the coefficients"), sum(a.letters.get("Q", 0) for a in attributes)),
    ]
    return Making(
        _("Two questions for each attribute: how would you feel if it were there, how if it were not. The two answers "
          "of a person give one of six letters; the category is the most frequent one; on a tie must-be comes first."),
        counted,
        _("better = (A + O) ÷ (A + O + M + I); worse = −(O + M) ÷ (A + O + M + I)"),
        "wilson",
        "docs/methods/kano.md",
    )  # fmt: skip


def _kano_cells(attributes: list[Attribute], book: QuestionBook) -> list[list[Cell]]:
    letters = list(category_names())
    better, worse = pgettext("kano", "better"), pgettext("kano", "worse")
    head: list[Cell] = [_("attribute"), _("quarter"), _("category"), *letters]
    lines = [[*head, better, *estimate_headings(), worse, *estimate_headings()]]
    for attribute in attributes:
        for quarter in attribute.quarters:
            summary = quarter.summary
            counts: list[Cell] = [quarter.letters.get(letter, 0) for letter in letters]
            first: list[Cell] = [book.text(_item(attribute)), code_of(quarter.day), str(summary.mode or "")]
            lines.append([*first, *counts, *cells_of(summary.better), *cells_of(summary.worse)])
    return lines


@signed_in(Ability.SEE_INSIGHTS)
def peak_end(request: StaffRequest) -> HttpResponse:
    """What is remembered of an episode, journey by journey."""
    asked = asked_by(request)
    kind, least = wants_file(request), reads.minimum_n()
    found = memories(request.user, asked.window, **where(asked), listed=None if kind else LISTED)
    journeys, points = names_of(found)
    if kind:
        return file_of(_episode_cells(found.journeys, journeys, points), "peak-end", asked.window, kind)
    context = page_context(asked, "peak-end", "period", "location", "survey") | {
        "found": found,
        "journeys": [_journey_figures(memory, journeys, points, least) for memory in found.journeys],
        "least": least,
        "making": _memory_making(found.journeys, found.single),
        "drawn": found.drawn,
    }
    return render(request, "readings/peak_end.html", context)


def _journey_figures(
    memory: JourneyMemory, journeys: dict[int, str], points: dict[int, str], least: int
) -> dict[str, Any]:
    felt = {
        "score": (_("Remembered"), _("Half the strongest moment, half the last one, from −2 to +2."), memory.score),
        "plain": (_("Plain mean"), _("All moments alike, from −2 to +2."), memory.plain),
        "peak": (_("Strongest moment"), "", memory.peak),
        "worst": (_("Worst moment"), "", memory.worst),
        "end": (_("Last moment"), "", memory.end),
    }
    figures = [
        Shown(Measure(name, "gap", words, "episodes"), estimate, least) for name, words, estimate in felt.values()
    ]
    overall = Shown(
        Measure(_("NPS of the same episodes"), "points", _("The overall rating."), "episodes"), memory.overall, least
    )
    return {
        "memory": memory,
        "name": journeys.get(memory.journey, ""),
        "figures": [*figures[:2], overall, *figures[2:]],
        "places": [(points.get(place.touchpoint, ""), place) for place in memory.places],
        "episodes": [_episode_words(episode, points) for episode in memory.episodes[:LISTED]],
        "shown": min(LISTED, memory.n),
    }


def _episode_words(episode: Episode, points: dict[int, str]) -> dict[str, Any]:
    moments = (("peak", episode.peak), ("worst", episode.worst), ("end", episode.end))
    named = {key: (points.get(moment.touchpoint, ""), moment.felt) for key, moment in moments}
    return {"episode": episode, "response": episode.end.response, **named}


def _memory_making(journeys: tuple[JourneyMemory, ...], single: int) -> Making:
    counted = [
        (_("episodes with two moments or more"), sum(memory.n for memory in journeys)),
        (_("episodes with one moment only, not counted"), single),
    ]
    return Making(
        _("An episode is the meetings of one customer with the same reference, else one meeting, else one response. "
          "Its moments are the satisfaction scores of touchpoints in time order; a score from 1 to 5 stands for a "
          "feeling from −2 to +2 (3 is 0)."),
        counted,
        _("remembered = (strongest moment + last moment) ÷ 2; of equally strong moments the first counts"),
        "t",
        "docs/methods/peak-end.md",
    )  # fmt: skip


def _episode_cells(
    journeys: tuple[JourneyMemory, ...], names: dict[int, str], points: dict[int, str]
) -> list[list[Cell]]:
    lines: list[list[Cell]] = [
        [_("journey"), _("ended on"), _("moments"), _("strongest moment"), _("felt"), _("worst moment"), _("felt"),
         _("last moment"), _("felt"), _("remembered"), _("plain mean"), _("overall rating")]
    ]  # fmt: skip
    for memory in journeys:
        for one in memory.episodes:
            cells: list[Cell] = [names.get(memory.journey, ""), one.ended_on.isoformat(), len(one.moments)]
            for moment in (one.peak, one.worst, one.end):
                cells += [points.get(moment.touchpoint, ""), moment.felt]
            lines.append([*cells, one.remembered.score, one.remembered.mean, one.overall])
    return lines
