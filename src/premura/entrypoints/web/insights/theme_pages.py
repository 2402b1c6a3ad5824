"""Themes nobody had named: what customers speak of beside the aspects, what rises, and what people make of it."""

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
from premura.entrypoints.web.insights.comment_pages import WHERE, asked_with_segments
from premura.entrypoints.web.insights.sentence import Asked
from premura.entrypoints.web.insights.theme_words import rise_words, theme_url
from premura.entrypoints.web.insights.views import area_tabs
from premura.entrypoints.web.insights.wording import Change
from premura.loop.understand import reads
from premura.loop.understand.comment_reads import may_read_personal_data
from premura.loop.understand.metrics import ends_of
from premura.loop.understand.models import Theme
from premura.loop.understand.theme_reads import ThemeSeen, hidden_themes, risen, themes_seen
from premura.loop.understand.themes import hide_theme, merge_theme, name_theme, part_theme, pin_theme, theme_for

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


@signed_in(Ability.SEE_INSIGHTS)
def themes(request: StaffRequest) -> HttpResponse:
    """The themes of the days and places asked for, and what rises now."""
    asked, least = asked_with_segments(request), reads.minimum_n()
    compare = asked.period != "all"
    rows = themes_seen(request.user, asked.window, asked.metric, least, compare=compare, **asked.filters)
    shown = [_shown(row, asked, least) for row in rows]
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
        "comments_url": asked.url("comments", metric=None, by=None, step=None),
    }
    return render(request, "insights/themes.html", context)


def _shown(row: ThemeSeen, asked: Asked, least: int) -> ThemeShown:
    change = Change(row.change.difference, row.p, "percent", True) if row.change else None
    href = asked.url("comments", theme=str(row.theme.pk), metric=None, by=None, step=None)
    metric = asked.metric
    measure = Measure(metric.name, metric.unit, metric.definition, counted="responses")
    ends = ends_of(metric.scale) if metric.unit == "mean" else None
    score = Shown(measure, row.score, least, scale=ends)
    return ThemeShown(row, _share_words(row), change, score, href)


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
