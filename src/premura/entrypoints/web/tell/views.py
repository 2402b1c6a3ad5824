"""Anybody tells us something: one page, no account, no script needed (row S12)."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, override
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from premura.core.errors import NotFound, PremuraError
from premura.core.languages import CODES
from premura.entrypoints.web.door import open_to_all
from premura.entrypoints.web.tell.forms import PersonForm, TellForm
from premura.entrypoints.web.tell.public import channel_of, place_of, refused, waits
from premura.loop.listen.models import Response
from premura.loop.listen.open_page import Told
from premura.loop.recover.heard import Words, answer_of_wish, ask_for_person, hear_openly


@open_to_all
@csrf_exempt  # there is no session that could be abused, and a phone that refuses cookies is heard as well
@require_http_methods(["GET", "HEAD", "POST"])
def tell(request: HttpRequest) -> HttpResponse:
    """The page; what is sent leads to the person's own page, or to the thanks."""
    if request.method != "POST":
        return _page(request, TellForm(initial={"told": request.GET.get("about")}))
    form = TellForm(request.POST)
    if wait := waits(request, "tell"):
        return _later(_page(request, refused(form, wait), status=429), wait)
    if not form.is_valid():
        return _page(request, form, status=422)
    sent = form.cleaned_data
    words = Words(sent["told"], sent["text"], form.contact, sent["wants_answer"])
    try:
        _response, case = hear_openly(
            words,
            key=sent["key"],
            language=(get_language() or "it")[:2],
            channel=channel_of(request),
            location=place_of(request),
        )
    except PremuraError as error:
        form.add_error(None, str(error))
        return _page(request, form, status=422)
    if case is not None:
        return redirect(reverse("progress", args=[case.token]) + "?new")
    return redirect("tell-thanks", told=sent["told"])


def _page(request: HttpRequest, form: TellForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "place": place_of(request), "via": channel_of(request)}
    return render(request, "tell/tell.html", context, status=status)


@open_to_all
@require_safe
def tell_thanks(request: HttpRequest, told: str) -> HttpResponse:
    if told not in Told.values:
        raise NotFound
    return render(request, "tell/thanks.html", {"told": told})


@open_to_all
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, token: str) -> HttpResponse:
    """«Would you like somebody to call you?»: offered after an unhappy answer, leads to the one thread about it; in the
    language of that answer, whatever the browser's.
    """
    response = answer_of_wish(token)
    language = response.language if response.language in CODES else get_language()
    with override(language):
        page = _person(request, response)
    page.headers["Content-Language"] = language or settings.LANGUAGE_CODE
    return page


def _person(request: HttpRequest, response: Response) -> HttpResponse:
    customer = response.customer
    form = PersonForm(
        request.POST or None,
        knows_phone=bool(customer and customer.phone),
        knows_email=bool(customer and customer.email),
    )
    status = 200
    if request.method == "POST":
        wait = waits(request, "person")
        if not wait and form.is_valid():
            case = ask_for_person(response, form.cleaned_data["way"], form.contact, form.cleaned_data["text"])
            return redirect(reverse("progress", args=[case.token]) + "?new")
        status = 429 if wait else 422
        form = refused(form, wait) if wait else form
    context = {"form": form, "customer": customer, "LANGUAGE_CODE": get_language()}
    page = render(request, "tell/person.html", context, status=status)
    page.headers["X-Robots-Tag"] = "noindex, nofollow"
    page.headers["Referrer-Policy"] = "same-origin"
    return page


def _later(response: HttpResponse, wait: int) -> HttpResponse:
    response.headers["Retry-After"] = str(wait)
    return response
