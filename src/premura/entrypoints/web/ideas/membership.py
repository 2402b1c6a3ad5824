"""Whose browser this is, of the members of the panel; and for whom the board is open.

A member comes by the signed link of a letter. From then on the browser knows them by a cookie that holds the link's
token and goes to the board alone; it is worth nothing once the member has left or has a newer link.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from premura.core.errors import NotFound
from premura.loop.listen.panel import the_board
from premura.loop.listen.panel_links import LINK_LASTS, member_of
from premura.loop.listen.panel_models import PanelMember

MEMBER = "premura_member"


def member_here(request: HttpRequest) -> PanelMember | None:
    """The member whose browser this is, while they are on the panel. One query, none without the cookie."""
    token = request.COOKIES.get(MEMBER, "")[:200]
    if not token:
        return None
    try:
        member = member_of(token)
    except NotFound:
        return None
    return member if member.is_on else None


def remember(request: HttpRequest, response: HttpResponse, token: str) -> HttpResponse:
    response.set_cookie(
        MEMBER,
        token,
        max_age=int(LINK_LASTS.total_seconds()),
        path=reverse("ideas"),
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )
    return response


def stop_remembering(response: HttpResponse) -> HttpResponse:
    response.delete_cookie(MEMBER, path=reverse("ideas"), samesite="Lax")
    return response


def of_the_board(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view is of the board: it is given ``member``, and who may not see the board is told whose it is."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        member = member_here(request)
        if member is None and the_board().is_panel_only and not request.user.is_authenticated:
            return render(request, "ideas/closed.html", status=403)
        return view(request, *args, member=member, **kwargs)

    return guarded
