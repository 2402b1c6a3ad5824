"""Saved views: a question of the explorer or of a reading under a name, own or shared; renamed, deleted with undo."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from premura.core.company.company import local_date
from premura.core.errors import NotFound, PremuraError
from premura.core.staff.roles import Ability
from premura.entrypoints.web.door import StaffRequest, signed_in
from premura.entrypoints.web.insights.sentence import read_sentence
from premura.entrypoints.web.insights.views import area_tabs, asked_by
from premura.entrypoints.web.readings.shown import ASKABLE, READINGS
from premura.loop.understand.saved_views import (
    change_view,
    delete_view,
    restore_view,
    save_view,
    view_for,
    views_of,
)


@signed_in(Ability.SEE_INSIGHTS)
def saved_views(request: StaffRequest) -> HttpResponse:
    """The list; a POST saves the question of the explorer under a name."""
    if request.method == "POST":
        return _save(request)
    context = {"views": views_of(request.user), "tabs": area_tabs(asked_by(request), "explorer")}
    return render(request, "insights/saved_views.html", context)


def _save(request: StaffRequest) -> HttpResponse:
    query = QueryDict(request.POST.get("question", "")[:2_000])
    if (page := query.get("page")) in READINGS:
        parameters = {name: query[name] for name in (*ASKABLE, "quarter") if query.get(name)}
        return _kept(request, {"page": str(page), **parameters}, f"{reverse(str(page))}?{urlencode(parameters)}")
    asked = read_sentence(request.user, query, local_date(timezone.now()), with_segments=True)
    sort = query.get("sort", "")[:10]
    parameters = asked.parameters | ({"sort": sort} if sort else {})
    return _kept(request, parameters, asked.url("explorer", **({"sort": sort} if sort else {})))


def _kept(request: StaffRequest, parameters: dict[str, str], back: str) -> HttpResponse:
    """Saved under the name that was given; then back to where the question was asked."""
    try:
        view = save_view(
            request.POST.get("name", ""), parameters, by=request.user, is_shared=bool(request.POST.get("shared"))
        )
    except PremuraError as error:
        messages.error(request, str(error))
        return redirect(f"{back}#save")
    messages.success(request, _("Saved as «%(name)s».") % {"name": view.name})
    return redirect(back)


@signed_in(Ability.SEE_INSIGHTS)
def saved_view(request: StaffRequest, pk: int) -> HttpResponse:
    """Open it: the question is asked again, by whoever opens it and through their own door."""
    view = view_for(request.user, pk)
    query = QueryDict(mutable=True)
    query.update({str(name): str(value) for name, value in view.parameters.items()})
    page = query.pop("page", ["explorer"])[0]
    try:
        read_sentence(request.user, query, local_date(timezone.now()), with_segments=True)
    except NotFound:
        words = _("«%(name)s» asks about a place, a survey or a group that is no longer there or not yours to see.")
        messages.error(request, words % {"name": view.name})
        return redirect("saved-views")
    return redirect(f"{reverse(page if page in READINGS else 'explorer')}?{query.urlencode()}")


@signed_in(Ability.SEE_INSIGHTS)
@require_POST
def saved_view_change(request: StaffRequest, pk: int) -> HttpResponse:
    view = view_for(request.user, pk)
    try:
        change_view(
            view, by=request.user, name=request.POST.get("name", ""), is_shared=bool(request.POST.get("shared"))
        )
        messages.success(request, _("Saved as «%(name)s».") % {"name": view.name})
    except NotFound:
        raise
    except PremuraError as error:
        messages.error(request, str(error))
    return redirect("saved-views")


@signed_in(Ability.SEE_INSIGHTS)
@require_POST
def saved_view_delete(request: StaffRequest, pk: int) -> HttpResponse:
    view = view_for(request.user, pk)
    delete_view(view, by=request.user)
    undo = reverse("saved-view-restore", args=[pk])
    messages.success(request, _("«%(name)s» is deleted.") % {"name": view.name}, extra_tags=f"undo {undo}")
    return redirect("saved-views")


@signed_in(Ability.SEE_INSIGHTS)
@require_POST
def saved_view_restore(request: StaffRequest, pk: int) -> HttpResponse:
    """Undo."""
    try:
        view = restore_view(pk, by=request.user)
        messages.success(request, _("«%(name)s» is back.") % {"name": view.name})
    except NotFound:
        raise
    except PremuraError as error:
        messages.error(request, str(error))
    return redirect("saved-views")
