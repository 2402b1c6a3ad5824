"""The board as customers see it: read, search, be for something, propose.

A browser is for an idea once: a random token in a cookie of its own, set when somebody presses the button and not
before. That holds honest people to one vote; who deletes cookies could vote again, which the page says. Members of the
panel, who come by a link of their own, are for an idea once wherever they are.
"""

import secrets
from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from premura.core.errors import PremuraError
from premura.entrypoints.web.door import open_to_all
from premura.entrypoints.web.ideas.forms import CommentForm, IdeaForm
from premura.entrypoints.web.ideas.membership import of_the_board
from premura.entrypoints.web.sentence import Choice, Sentence
from premura.entrypoints.web.tell.public import refused, waits
from premura.loop.listen.idea_comments import add_comment
from premura.loop.listen.idea_models import OPEN, SHOWN, Idea
from premura.loop.listen.idea_reads import became_of, board, comments_of, shown_idea, voted_for
from premura.loop.listen.ideas import idea_of_token, own_token, propose_idea, vote_for
from premura.loop.listen.panel_models import PanelMember

PAGE = 20
VOTER = "premura_voter"
_YEAR = 365 * 24 * 3600
# How long the board tells a browser what became of the ideas that it is for
_NEWS = timedelta(days=60)


@open_to_all
@never_cache
@require_safe
@of_the_board
def ideas(request: HttpRequest, member: PanelMember | None) -> HttpResponse:
    sentence = Sentence.from_query(
        _("%(status)s, %(order)s first"),
        request.GET,
        Choice("status", _("Which"), [("", _("All ideas")), *((one.value, _of(one)) for one in SHOWN)]),
        Choice("order", _("Order"), [("votes", _("those most people are for")), ("new", _("the newest"))]),
        keep=("q",),
    )
    search = request.GET.get("q", "").strip()[:100]
    rows = board(order=sentence["order"], status=sentence["status"], search=search)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "sentence": sentence,
        "search": search,
        "page": page,
        "mine": voted_for(_voter(request), page.object_list, member),
        "became": became_of(_voter(request), since=timezone.now() - _NEWS, member=member),
        "open": OPEN,
        "member": member,
        "is_narrowed": bool(search or sentence["status"]),
    }
    return render(request, "ideas/ideas.html", context)


def _of(status: Any) -> str:
    return _("Ideas: %(status)s") % {"status": status.label}


def _voter(request: HttpRequest) -> str:
    return request.COOKIES.get(VOTER, "")[:64]


@open_to_all
@never_cache
@require_safe
@of_the_board
def idea(request: HttpRequest, pk: int, member: PanelMember | None) -> HttpResponse:
    return _idea_page(request, member, shown_idea(pk), CommentForm())


def _idea_page(
    request: HttpRequest, member: PanelMember | None, found: Idea, form: CommentForm, status: int = 200
) -> HttpResponse:
    context = _of_one(found) | {
        "mine": voted_for(_voter(request), [found], member),
        "comments": Paginator(comments_of(found), PAGE).get_page(request.GET.get("page")),
        "comment_form": form,
        "member": member,
        "was_commented": "commented" in request.GET,
    }
    return render(request, "ideas/idea.html", context, status=status)


def _of_one(found: Idea) -> dict[str, Any]:
    return {"idea": found, "decisions": list(found.decisions.all())[::-1], "open": OPEN}


@open_to_all
@csrf_exempt  # as below
@require_POST
@of_the_board
def idea_comment(request: HttpRequest, pk: int, member: PanelMember | None) -> HttpResponse:
    """What somebody thinks about the idea: kept, and shown when one of us has looked at it."""
    found, form = shown_idea(pk), CommentForm(request.POST)
    if wait := waits(request, "idea-comments"):
        response = _idea_page(request, member, found, refused(form, wait), status=429)
        response.headers["Retry-After"] = str(wait)
        return response
    if form.is_valid():
        try:
            add_comment(found, form.cleaned_data["text"], key=form.cleaned_data["key"], member=member)
        except PremuraError as error:
            form.add_error("text", str(error))
        else:
            return redirect(f"{reverse('idea', args=[pk])}?commented#comments")
    return _idea_page(request, member, found, form, status=422)


@open_to_all
@require_POST
@of_the_board
def idea_vote(request: HttpRequest, pk: int, member: PanelMember | None) -> HttpResponse:
    """For it, or no more; a second press of the same button changes nothing."""
    # A member needs no token of the browser; what it is for already is taken over
    found, token = shown_idea(pk), _voter(request) or ("" if member else secrets.token_urlsafe(24))
    if waits(request, f"idea:{pk}"):
        raise PremuraError(
            "too-often", _("A lot of votes for this idea came from one connection. Please try again later.")
        )
    vote_for(found, token, is_for=request.POST.get("for") != "no", member=member)
    back = request.POST.get("back", "")
    address = reverse("idea", args=[pk]) if back != "list" else f"{reverse('ideas')}#idea-{pk}"
    response = redirect(address)
    if token:
        path, is_secure = reverse("ideas"), request.is_secure()
        response.set_cookie(VOTER, token, max_age=_YEAR, path=path, httponly=True, samesite="Lax", secure=is_secure)
    return response


@open_to_all
@csrf_exempt  # there is no session that could be abused, and a phone that refuses cookies is heard as well
@require_http_methods(["GET", "HEAD", "POST"])
@of_the_board
def idea_new(request: HttpRequest, member: PanelMember | None) -> HttpResponse:
    if request.method != "POST":
        return render(request, "ideas/idea_new.html", {"form": IdeaForm(), "member": member})
    form, wait = IdeaForm(request.POST), waits(request, "ideas")
    if wait:
        response = render(request, "ideas/idea_new.html", {"form": refused(form, wait), "member": member}, status=429)
        response.headers["Retry-After"] = str(wait)
        return response
    if form.is_valid():
        sent = form.cleaned_data
        try:
            made = propose_idea(
                sent["title"],
                sent["text"],
                key=sent["key"],
                language=(get_language() or "it")[:2],
                touchpoint=sent["touchpoint"],
                member=member,
            )
        except PremuraError as error:
            form.add_error("title", str(error))
        else:
            return redirect("idea-mine", token=own_token(made))
    return render(request, "ideas/idea_new.html", {"form": form, "member": member}, status=422)


@open_to_all
@never_cache
@require_safe
def idea_mine(request: HttpRequest, token: str) -> HttpResponse:
    """What became of an idea, for whoever proposed it: also before anybody else reads it, and when nobody will."""
    found = idea_of_token(token)
    context = _of_one(found) | {
        "own_address": request.build_absolute_uri(),
        "is_shown": found.status in SHOWN,
        "other": found.merged_into if found.merged_into and found.merged_into.status in SHOWN else None,
    }
    response = render(request, "ideas/idea_mine.html", context)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
