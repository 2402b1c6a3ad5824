"""Comments: what people wrote, what was understood of it, and what they speak of, well and badly."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from premura.core.company.company import local_date
from premura.core.staff.roles import Ability
from premura.entrypoints.web.door import StaffRequest, signed_in
from premura.entrypoints.web.insights import tables
from premura.entrypoints.web.insights.judging import agreement_lines, judged_of, may_judge, taught_lines
from premura.entrypoints.web.insights.said import (
    FRAME_NAMES,
    MOST_ROWS,
    as_rows,
    aspect_names,
    frame_in,
    heat_of,
    said_in,
    wholes_in,
    with_said,
)
from premura.entrypoints.web.insights.sentence import Asked, read_sentence
from premura.entrypoints.web.insights.sides import drivers_shown, side_of
from premura.entrypoints.web.insights.views import WHERE as PLACES
from premura.entrypoints.web.insights.views import area_tabs, page_of_rows, survey_asked
from premura.loop.listen.models import Answer
from premura.loop.understand import reads
from premura.loop.understand.comment_reads import (
    Said,
    comments_near,
    comments_understood,
    may_read_personal_data,
    spoken_of,
    trends,
    words_for,
)
from premura.loop.understand.comment_sides import NEGATIVE, POSITIVE, aspect_sides
from premura.loop.understand.samples import to_be_judged
from premura.loop.understand.tiers import is_careful_here

MEANING = "meaning"
WHERE = (*PLACES, "segment", "perspective")


def asked_with_segments(request: StaffRequest) -> Asked:
    """What the address asks for, narrowed by the customers' segments as well."""
    return read_sentence(request.user, request.GET, local_date(timezone.now()), with_segments=True)


@signed_in(Ability.SEE_INSIGHTS)
def comments(request: StaffRequest) -> HttpResponse:
    """What people wrote and what was understood of it, the unhappiest first; as a file with ``as=csv``."""
    said, frame = said_in(request.GET), frame_in(request.GET)
    asked, unseen = _searched(request, said, frame)
    rows = _rows(request, asked, said, unseen)
    if request.GET.get("as") == "csv":
        name = f"premura-comments-{asked.window.first_day}-{asked.window.last_day}"
        return tables.as_csv(as_rows(request.user, rows[:MOST_ROWS]), name)
    page, names = page_of_rows(request, rows), aspect_names()
    context = {
        "asked": asked,
        "sentence": with_said(replace(asked, extra=unseen).sentence(*WHERE), said, {**names, **wholes_in(frame, said)}),
        "tabs": area_tabs(replace(asked, extra={}), "comments"),
        "page": page,
        "shown": [(row, words_for(request.user, row), judged_of(row, names)) for row in page.object_list],
        **_heat(request, asked, said, names, frame),
        "agreement": agreement_lines(request.user, reads.minimum_n()),
        "taught": taught_lines(),
        **_waiting(request),
        "here": request.get_full_path(),
        "is_careful": is_careful_here(),
        "is_masked": not may_read_personal_data(request.user),
        "is_narrowed": bool(unseen.get("q") or asked.is_filtered or any(vars(said).values())),
        "csv_url": asked.url("comments", **{"as": "csv"}),
        "kept": [(name, value) for name, value in asked.parameters.items() if name not in {"q", "how"}],
        "survey": survey_asked(asked),
        **_search_form(asked, unseen),
    }
    return render(request, "insights/comments.html", context)


def _waiting(request: StaffRequest) -> dict[str, Any]:
    """How many of the month's comments wait for people, for those who may judge."""
    if not may_judge(request.user):
        return {"may_judge": False}
    waiting_url = f"{reverse('comments')}?period=90&sample=1"
    return {"may_judge": True, "waiting": to_be_judged(request.user, timezone.now()), "waiting_url": waiting_url}


def _heat(request: StaffRequest, asked: Asked, said: Said, names: Mapping[str, Any], frame: str) -> dict[str, Any]:
    """The table of aspects or of a frame's wholes, with what changed where there are days before to compare with."""
    where = {"frame": frame, **asked.filters}
    spoken, least = spoken_of(request.user, asked.window, said, **where), reads.minimum_n()
    changes = trends(request.user, asked.window, said, spoken, **where) if asked.period != "all" else {}
    rows = heat_of(spoken, asked, least, {**names, **wholes_in(frame, said)}, changes)
    # Other pages know neither the search nor what comments must say
    elsewhere = dict.fromkeys(("q", "how", "order", "frame", *vars(said)))
    frames = [(name, asked.url("comments", frame=code or None), code == frame) for code, name in FRAME_NAMES.items()]
    return {
        "heat": rows,
        "least": least,
        "frame": frame,
        "frames": frames,
        "themes_url": asked.url("themes", **elsewhere),
        "has_trend": any(row.blame for row in rows),
        "sides_url": asked.url("comment-sides", **elsewhere),
    }


@signed_in(Ability.SEE_INSIGHTS)
def comment_sides(request: StaffRequest) -> HttpResponse:
    """What makes them happy, what makes them angry: aspect by aspect, with the difference it makes and the quotes."""
    asked, least = asked_with_segments(request), reads.minimum_n()
    names = aspect_names()
    sides = aspect_sides(request.user, asked.window, asked.metric, least, **asked.filters)
    context = {
        "asked": asked,
        "sentence": asked.sentence("metric", *WHERE),
        "tabs": area_tabs(asked, "comments"),
        "rows": [
            (
                names.get(row.aspect, row.aspect),
                side_of(row, POSITIVE, asked, least),
                side_of(row, NEGATIVE, asked, least),
            )
            for row in sides
        ],
        "least": least,
        **drivers_shown(request.user, asked, least, names),
        "is_masked": not may_read_personal_data(request.user),
        "comments_url": asked.url("comments", metric=None, by=None, step=None),
    }
    return render(request, "insights/comment_sides.html", context)


def _searched(request: StaffRequest, said: Said, frame: str) -> tuple[Asked, dict[str, str]]:
    """What the address asks for, and what of it the sentence does not say."""
    search = request.GET.get("q", "").strip()[:200]
    order = "latest" if request.GET.get("order") == "latest" else "worst"
    unseen = {"q": search, "how": MEANING, "order": order} if search else {"order": order}
    if request.GET.get("how") != MEANING:
        unseen.pop("how", None)
    if frame:
        unseen["frame"] = frame
    extra = unseen | {name: value for name, value in vars(said).items() if value}
    return replace(asked_with_segments(request), extra=extra), unseen


def _rows(request: StaffRequest, asked: Asked, said: Said, unseen: dict[str, str]) -> QuerySet[Answer]:
    search = unseen.get("q", "")
    if unseen.get("how"):
        return comments_near(request.user, asked.window, said, search, **asked.filters)
    order = unseen["order"]
    return comments_understood(request.user, asked.window, said, search=search, order=order, **asked.filters)


def _search_form(asked: Asked, unseen: dict[str, str]) -> dict[str, Any]:
    orders = (("worst", _("the unhappiest first")), ("latest", _("the latest first")))
    is_near = bool(unseen.get("how"))
    return {
        "search": unseen.get("q", ""),
        "is_near": is_near,
        "hows": (("", _("with these words"), not is_near), (MEANING, _("with this meaning"), is_near)),
        "orders": [(name, asked.url("comments", order=code), code == unseen["order"]) for code, name in orders],
    }
