"""Replies and calls looked at together: who leads and who wrote, and nobody else."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from premura.core.errors import NotFound, PremuraError
from premura.core.staff.roles import Ability
from premura.entrypoints.web.door import StaffRequest, signed_in
from premura.entrypoints.web.team.forms import ReviewForm
from premura.loop.recover import reviews as stage
from premura.loop.recover.reads import case_for
from premura.loop.recover.reviewing import Criterion, Found, ReplyReview

PAGE = 30


@signed_in(Ability.WORK_CASES)
def reviews(request: StaffRequest) -> HttpResponse:
    page = Paginator(stage.reviews_of(request.user), PAGE).get_page(request.GET.get("page"))
    return render(request, "team/reviews.html", {"page": page})


@signed_in(Ability.EDIT_RULES)
def review_new(request: StaffRequest, pk: int, message: int) -> HttpResponse:
    case = case_for(request.user, pk)
    reply = stage.reply_for(case, message, request.user)
    if (known := reply.reviews.filter(reviewed_by=request.user).first()) is not None and request.method == "GET":
        return redirect("reply-review", pk=known.pk)
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = stage.review_reply(reply, form.looked, by=request.user)
        except PremuraError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Written down. %(name)s finds it on Today.") % {"name": reply.person})
            return redirect("reply-review", pk=made.pk)
    context = {"form": form, "case": case, "reply": reply}
    return render(request, "team/review_form.html", context, status=422 if form.errors else 200)


@signed_in(Ability.WORK_CASES)
def review(request: StaffRequest, pk: int) -> HttpResponse:
    return _page(request, stage.review_for(request.user, pk))


def _page(request: StaffRequest, found: ReplyReview, problem: str = "") -> HttpResponse:
    context: dict[str, Any] = {
        "review": found,
        "marks": [(one.label, Found(found.marks[one]).label) for one in Criterion if one in found.marks],
        "is_theirs": found.person_id == request.user.pk,
        "is_due": _is_due(found, request),
        "problem": problem,
        "typed": request.POST.get("words", ""),
    }
    return render(request, "team/review.html", context, status=422 if problem else 200)


def _is_due(found: ReplyReview, request: StaffRequest) -> bool:
    """Whether the day has come on which both look again."""
    day = found.again_on
    return day is not None and found.reviewed_by_id == request.user.pk and day <= timezone.localdate()


@signed_in(Ability.WORK_CASES)
@require_POST
def review_answer(request: StaffRequest, pk: int) -> HttpResponse:
    """The person says what they think of it."""
    found, is_agreed = stage.review_for(request.user, pk), request.POST.get("agreed") == "1"
    return _said(
        request, found, lambda words: stage.answer_review(found, by=request.user, is_agreed=is_agreed, words=words)
    )


@signed_in(Ability.WORK_CASES)
@require_POST
def review_closing(request: StaffRequest, pk: int) -> HttpResponse:
    """Who led the talk says what came of it."""
    found = stage.review_for(request.user, pk)
    return _said(request, found, lambda words: stage.close_plan(found, by=request.user, words=words))


def _said(request: StaffRequest, found: ReplyReview, act: Callable[[str], Any]) -> HttpResponse:
    """Do ``act`` with the words, or show the refusal beside them."""
    try:
        act(request.POST.get("words", ""))
    except NotFound:
        raise
    except PremuraError as error:
        return _page(request, found, str(error))
    other = found.reviewed_by if found.person_id == request.user.pk else found.person
    messages.success(request, _("Written down. %(name)s sees it.") % {"name": other})
    return redirect("reply-review", pk=found.pk)
