"""How a view asks for a signed-in person with an ability."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from premura.core.company.models import Company
from premura.core.staff.models import Person
from premura.core.staff.scope import require

View = Callable[..., HttpResponseBase]


class StaffRequest(HttpRequest):
    """A request of somebody who is signed in; there is a company, which the middleware has read."""

    user: Person
    company: Company


def signed_in(ability: str) -> Callable[[View], View]:
    """The view is for signed-in people who have ``ability`` (see ``core.staff.roles.Ability``)."""

    def decorate(view: View) -> View:
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            require(cast(Person, request.user), ability)
            return view(request, *args, **kwargs)

        guarded.ability = ability  # type: ignore[attr-defined]  # read by the table test of who sees what
        return guarded

    return decorate


def is_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a piece of the page rather than the whole."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"


def open_to_all(view: View) -> View:
    """The view needs no sign-in; said aloud so that the table test can tell a decision from an oversight."""
    view.ability = None  # type: ignore[attr-defined]
    return view


def back(request: StaffRequest, otherwise: str) -> HttpResponse:
    """Where the button was pressed, if that is one of our pages."""
    address = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return redirect(address if is_ours and address else otherwise)
