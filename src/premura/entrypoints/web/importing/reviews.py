"""Public reviews: what stands there, how soon we reply, and the two forms with which one writes them down."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from premura.core.errors import Conflict
from premura.core.staff.roles import Ability
from premura.entrypoints.web.door import StaffRequest, signed_in
from premura.entrypoints.web.importing.review_forms import ReplyForm, ReviewForm
from premura.entrypoints.web.importing.wording import Shown
from premura.entrypoints.web.sentence import Choice, Sentence
from premura.importers.reviews.by_hand import add_review, note_reply
from premura.importers.reviews.reply_time import REPLIED, REPLY_TIME, reply_times_for, reviews_for
from premura.loop.understand.reads import minimum_n

PAGE = 20
NEGATIVE = 2


def _sentence(request: StaffRequest, sites: list[str]) -> Sentence:
    periods = [("365", _("of the last 12 months")), ("90", _("of the last 90 days")), ("", _("of all times"))]
    states = [("", _("All reviews")), ("open", _("Reviews without a reply")), ("bad", _("Negative reviews"))]
    return Sentence.from_query(
        _("%(state)s %(period)s, %(site)s"),
        request.GET,
        Choice("state", _("Which reviews"), states),
        Choice("period", _("Period"), periods, "365"),
        Choice("site", _("Site"), [("", _("of every site")), *((site, site) for site in sites)]),
    )


@signed_in(Ability.EDIT_LISTENING)
def reviews(request: StaffRequest) -> HttpResponse:
    everything = reviews_for(request.user)
    sites = list(everything.order_by("site").values_list("site", flat=True).distinct()[:50])
    sentence, now = _sentence(request, sites), timezone.now()
    rows = everything
    if sentence["period"]:
        rows = rows.filter(response__answered_at__gte=now - timedelta(days=int(sentence["period"])))
    if sentence["site"]:
        rows = rows.filter(site=sentence["site"])
    context = {"sentence": sentence, "has_any": bool(sites), **_figures(rows, now)}
    if sentence["state"] == "open":
        rows = rows.filter(reply="", replied_at=None)
    elif sentence["state"] == "bad":
        rows = rows.filter(response__answers__kind="csat", response__answers__score__lte=NEGATIVE)
    page = Paginator(rows.prefetch_related("response__answers"), PAGE).get_page(request.GET.get("page"))
    return render(request, "importing/reviews.html", {**context, "page": page, "lines": [_line(row) for row in page]})


def _figures(rows: Any, now: Any) -> dict[str, Any]:
    times, least = reply_times_for(rows, now), minimum_n()
    return {"times": times, "median": Shown(REPLY_TIME, times.median, least),
            "replied": Shown(REPLIED, times.replied, least)}  # fmt: skip


def _line(row: Any) -> dict[str, Any]:
    answers = {answer.question: answer for answer in row.response.answers.all()}
    text = answers.get("text")
    return {"row": row, "stars": answers["stars"].score if "stars" in answers else 0, "text": text.text if text else ""}


@signed_in(Ability.EDIT_LISTENING)
def review_new(request: StaffRequest) -> HttpResponse:
    form = ReviewForm(request.POST or None, person=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            site, place = form.cleaned_data["site"], form.cleaned_data["location"]
            add_review(site, form.review(), location=place, by=request.user, now=timezone.now())
        except Conflict as error:
            form.add_error(None, str(error.message))
        else:
            messages.success(request, _("The review is written down."))
            return redirect("reviews")
    return render(request, "importing/review_form.html", {"form": form}, status=422 if form.errors else 200)


@signed_in(Ability.EDIT_LISTENING)
def review_reply(request: StaffRequest, pk: int) -> HttpResponse:
    """What the company answered in public, and when."""
    found = get_object_or_404(reviews_for(request.user), pk=pk)
    form = ReplyForm(request.POST or None, initial={"reply": found.reply, "replied_at": found.replied_at})
    if request.method == "POST" and form.is_valid():
        try:
            note_reply(found, **form.cleaned_data, by=request.user, now=timezone.now())
        except Conflict as error:
            form.add_error("replied_at", str(error.message))
        else:
            messages.success(request, _("The reply is written down."))
            return redirect("reviews")
    context = {"form": form, "line": _line(found)}
    return render(request, "importing/review_form.html", context, status=422 if form.errors else 200)
