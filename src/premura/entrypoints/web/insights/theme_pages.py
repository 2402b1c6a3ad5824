"""Themes nobody had named: what customers speak of beside the aspects, what rises, and what people make of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from premura.core.errors import PremuraError
from premura.core.ids import id_in
from premura.core.staff.models import Person
from premura.core.staff.roles import Ability, may
from premura.entrypoints.web.door import StaffRequest, back, signed_in
from premura.entrypoints.web.figures import Measure, Shown
from premura.entrypoints.web.insights import tables
from premura.entrypoints.web.insights.comment_pages import WHERE, asked_with_segments
from premura.entrypoints.web.insights.sentence import Asked
from premura.entrypoints.web.insights.theme_words import rise_words, theme_url
from premura.entrypoints.web.insights.views import area_tabs
from premura.entrypoints.web.insights.wording import Change
from premura.entrypoints.web.readings.drawn import Drawing, course_drawing, picture_of, with_pictures
from premura.loop.understand import reads
from premura.loop.understand.comment_reads import may_read_personal_data
from premura.loop.understand.courses import Course
from premura.loop.understand.metrics import ends_of
from premura.loop.understand.models import Theme
from premura.loop.understand.theme_reads import ThemeSeen, hidden_themes, risen, themes_seen
from premura.loop.understand.theme_weeks import theme_weeks
from premura.loop.understand.themes import hide_theme, merge_theme, name_theme, part_theme, pin_theme, theme_for
from premura.stats.estimate import Estimate

#: The most spoken of stand on the page; the rest are a word or two each, below.
MOST_SHOWN = 20


@dataclass(frozen=True)
class ThemeShown:
    """One theme in words: its share with interval, what changed, the score beside the words, and where its rows are."""

    row: ThemeSeen
    share: str
    change: Change | None
    score: Shown
    href: str
    line: list[Estimate | None]
    drawing: Drawing | None


def _drawing(row: ThemeSeen, course: Course | None, asked: Asked, least: int) -> Drawing | None:
    """The theme week by week; nothing where fewer than two weeks have enough comments."""
    if course is None or not course.is_told:
        return None
    measure = Measure(_("share of comments"), "percent", counted="comments")
    words = ngettext(
        "Share of each week's comments; weeks with fewer than %(least)s comment have no mark.",
        "Share of each week's comments; weeks with fewer than %(least)s comments have no mark.",
        least,
    ) % {"least": least}
    drawing = course_drawing(f"theme-{row.theme.pk}", row.theme, course, measure, least, words)
    return with_pictures([drawing], asked.url("themes"))[0]


def _line(course: Course | None) -> list[Estimate | None]:
    """What the small line draws: a week with too few comments is a gap."""
    if course is None:
        return []
    charted = set(course.charted)
    return [one.estimate if i in charted else None for i, one in enumerate(course.moments)]


def _week_rows(rows: list[ThemeSeen], courses: Mapping[int, Course]) -> Iterator[list[tables.Cell]]:
    """Every theme week by week for a file, with the limits of its everyday variation where there are any."""
    yield [
        _("theme"), _("week"), _("comments that say it"), _("comments"), _("share"), _("from"), _("to"),
        _("lower limit"), _("upper limit"), _("beyond everyday variation"),
    ]  # fmt: skip
    for row in rows:
        course = courses.get(row.theme.pk)
        places = {index: place for place, index in enumerate(course.charted)} if course and course.chart else {}
        marked = {signal.index for signal in course.chart.signals} if course and course.chart else set()
        for index, one in enumerate(course.moments if course else ()):
            share, place = one.estimate, places.get(index)
            limits: list[tables.Cell] = ["", ""]
            if course and course.chart and place is not None:
                limits = [course.chart.lower[place], course.chart.upper[place]]
            yield [
                str(row.theme), one.day.isoformat(), round((share.value or 0) * share.n), round(share.n), share.value,
                share.low, share.high, *limits, _("yes") if place in marked else "",
            ]  # fmt: skip


@signed_in(Ability.SEE_INSIGHTS)
def themes(request: StaffRequest) -> HttpResponse:
    """The themes of the days and places asked for, and what rises now."""
    asked, least = asked_with_segments(request), reads.minimum_n()
    compare = asked.period != "all"
    rows = themes_seen(request.user, asked.window, asked.metric, least, compare=compare, **asked.filters)
    courses = theme_weeks(request.user, asked.window, least, **asked.filters) if rows else {}
    if request.GET.get("as") == "csv":
        name = f"premura-themes-{asked.window.first_day}-{asked.window.last_day}"
        return tables.as_csv(list(_week_rows(rows, courses)), name)
    shown = [_shown(row, asked, least, courses.get(row.theme.pk)) for row in rows]
    if picture := picture_of(request, [each.drawing for each in shown if each.drawing], "themes", asked.window):
        return picture
    context = {
        "asked": asked,
        "sentence": asked.sentence("metric", *WHERE),
        "tabs": area_tabs(asked, "comments"),
        "rising": [
            (each.theme, rise_words(each), theme_url(each.theme)) for each in risen(request.user, timezone.now())
        ],
        "themes": shown[:MOST_SHOWN],
        "others": shown[MOST_SHOWN:],
        "choices": [row.theme for row in rows],
        "hidden": hidden_themes(),
        "may_change": may(request.user.role, Ability.EDIT_RULES),
        "is_masked": not may_read_personal_data(request.user),
        "here": request.get_full_path(),
        "csv_url": asked.url("themes", **{"as": "csv"}),
        "comments_url": asked.url("comments", metric=None, by=None, step=None),
    }
    return render(request, "insights/themes.html", context)


def _shown(row: ThemeSeen, asked: Asked, least: int, course: Course | None) -> ThemeShown:
    change = Change(row.change.difference, row.p, "percent", True) if row.change else None
    href = asked.url("comments", theme=str(row.theme.pk), metric=None, by=None, step=None)
    metric = asked.metric
    measure = Measure(metric.name, metric.unit, metric.definition, counted="responses")
    ends = ends_of(metric.scale) if metric.unit == "mean" else None
    score = Shown(measure, row.score, least, scale=ends)
    drawing = _drawing(row, course, asked, least)
    return ThemeShown(row, _share_words(row), change, score, href, _line(course), drawing)


def _share_words(row: ThemeSeen) -> str:
    share, low, high = (round(100 * each) for each in row.share)
    told = ngettext(
        "%(share)s%% of %(of)s comment (from %(low)s to %(high)s)",
        "%(share)s%% of %(of)s comments (from %(low)s to %(high)s)",
        row.of,
    )
    return told % {"share": share, "of": row.of, "low": low, "high": high}


@require_POST
@signed_in(Ability.EDIT_RULES)
def theme_change(request: StaffRequest, pk: int) -> HttpResponse:
    """Name, pin, hide or merge a theme, or take that back; then back to where one was."""
    theme = theme_for(pk)
    try:
        _change(theme, request.POST.get("do", ""), request)
    except PremuraError as error:
        messages.error(request, str(error))
    return back(request, reverse("themes"))


def _change(theme: Theme, do: str, request: StaffRequest) -> None:
    by: Person = request.user
    if do == "name":
        name_theme(theme, request.POST.get("name", ""), by=by)
    elif do in ("pin", "unpin"):
        pin_theme(theme, is_pinned=do == "pin", by=by)
    elif do in ("hide", "show"):
        hide_theme(theme, is_hidden=do == "hide", by=by)
    elif do == "merge":
        merge_theme(theme, theme_for(id_in(request.POST.get("into", "")) or 0), by=by)
    elif do == "part":
        part_theme(theme, by=by)
    else:
        raise PremuraError("theme-change", _("That cannot be done to a theme. Load the page again."))
