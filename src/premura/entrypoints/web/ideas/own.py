"""The page of a member of the panel, without an account: what it is, yes or no, one's own ideas, and leaving.

Looking changes nothing on the panel: programs that follow the links of letters join nobody and take nobody off.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from premura.core.errors import NotFound
from premura.entrypoints.web.door import open_to_all
from premura.entrypoints.web.ideas.forms import MemberForm
from premura.entrypoints.web.ideas.membership import remember, stop_remembering
from premura.loop.listen.idea_models import SHOWN
from premura.loop.listen.panel import join_panel, leave_panel, stop_letters
from premura.loop.listen.panel_links import member_of
from premura.loop.listen.panel_models import PanelMember
from premura.loop.listen.panel_reads import said_by


def _by_link(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The member of the link, or a page that says in plain words what is wrong with it and whom to tell."""

    @wraps(view)
    def guarded(request: HttpRequest, token: str) -> HttpResponse:
        try:
            member = member_of(token)
        except NotFound as error:
            response = render(request, "ideas/panel_wrong.html", {"error": error}, status=404)
        else:
            response = view(request, token, member)
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return guarded


@open_to_all
@never_cache
@csrf_exempt  # the link itself is the key: there is no session that could be abused
@require_http_methods(["GET", "HEAD", "POST"])
@_by_link
def panel_own(request: HttpRequest, token: str, member: PanelMember) -> HttpResponse:
    if request.method == "POST" and request.POST.get("do") == "no":
        leave_panel(member)
        return stop_remembering(redirect("panel-own", token=token))
    form = MemberForm(request.POST if request.method == "POST" else None, member=member)
    if form.is_valid():
        said = _("Saved.") if member.is_on else _("Thank you. From now on the board is open to you as a member.")
        join_panel(member, form.cleaned_data["shown_name"], wants_mail=form.cleaned_data["wants_mail"])
        messages.success(request, said)
        return remember(request, redirect("panel-own", token=token), token)
    return _page(request, token, member, form)


def _page(request: HttpRequest, token: str, member: PanelMember, form: MemberForm) -> HttpResponse:
    context: dict[str, Any] = {"member": member, "token": token, "form": form, "shown": SHOWN}
    name = "ideas/panel_join.html"
    if member.is_on:
        name, context["said"] = "ideas/panel_own.html", said_by(member)
    response = render(request, name, context, status=422 if form.errors else 200)
    return remember(request, response, token) if member.is_on else response


@open_to_all
@never_cache
@csrf_exempt  # a mail program has no cookie (RFC 8058)
@require_http_methods(["GET", "HEAD", "POST"])
@_by_link
def panel_leaving(request: HttpRequest, token: str, member: PanelMember) -> HttpResponse:
    """No more letters, which is what the one click of a mail program does; or off the panel altogether."""
    done = ""
    if request.method == "POST" and request.POST.get("do") == "leave":
        leave_panel(member)
        done = "left"
    elif request.method == "POST":
        stop_letters(member)
        done = "quiet"
    context = {"member": member, "token": token, "done": done}
    response = render(request, "ideas/panel_leaving.html", context)
    return stop_remembering(response) if done == "left" else response
