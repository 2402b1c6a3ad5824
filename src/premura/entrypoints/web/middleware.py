"""What happens around every page: the reader's language, the first run, refusals in plain words, nothing from other
hosts.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import is_valid_path, reverse
from django.utils import timezone, translation
from django.utils.translation.trans_real import parse_accept_lang_header

from premura.core.company.company import the_company
from premura.core.errors import PremuraError
from premura.core.languages import CODES
from premura.loop.understand.counting import staleness

Next = Callable[[HttpRequest], HttpResponse]

# Vega and Tabler write style attributes; scripts only ever come from our own files, and expressions are interpreted,
# not evaluated
POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; script-src 'self'; "
    "frame-ancestors 'self'; form-action 'self'; base-uri 'none'; object-src 'none'"
)


class ContentSecurityPolicy:
    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        return response


#: Where customers are: what they tell us unasked, and the page of their case. These pages speak whatever a survey does
CUSTOMERS = ("/t/", "/c/")


class ReaderLanguage:
    """A signed-in person reads in their own language; others in the one they chose, their browser's, or the
    company's.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = self._language(request)
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response

    def _language(self, request: HttpRequest) -> str:
        if request.user.is_authenticated:
            return request.user.language
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if request.path.startswith(CUSTOMERS):
            request.offered_languages = CODES  # type: ignore[attr-defined]  # to choose from, on the page
            wanted = parse_accept_lang_header(request.headers.get("Accept-Language", "").lower())
            asked = [chosen, *(code.partition("-")[0] for code, _quality in wanted)]
            return next((code for code in asked if code in CODES), settings.LANGUAGE_CODE)
        if chosen in dict(settings.LANGUAGES):
            return chosen
        return translation.get_language_from_request(request)


class FormAddress:
    """An address that only takes a form says so when it is opened, and leads to the page above it.

    After a form that came back with something to correct, this is what the address bar holds: coming back to it, or
    signing in again, must not end on an empty page.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 405 or request.method != "GET":
            return response
        page = render(request, "form_address.html", {"above": _page_above(request.path)}, status=405)
        page.headers["Allow"] = response.headers["Allow"]
        return page


def _page_above(path: str) -> str:
    parts = path.strip("/").split("/")[:-1]
    while parts and not is_valid_path(f"/{'/'.join(parts)}/"):
        parts.pop()
    return f"/{'/'.join(parts)}/" if parts else "/"


class FirstRun:
    """Before there is a company every page leads to *set up my company*; afterwards times are told where it is.

    Refusals become pages in plain words.
    """

    OPEN = ("/welcome", "/static/", "/language")

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # No name holds a NUL, and PostgreSQL refuses to look for one
        request.META["QUERY_STRING"] = request.META.get("QUERY_STRING", "").replace("%00", "")
        if request.path == "/healthz":
            return self.get_response(request)  # must be able to say that the database is away
        company = the_company()
        request.company = company  # type: ignore[attr-defined]  # read once a page, shown by context.shell
        if company is None and not request.path.startswith(self.OPEN):
            return HttpResponseRedirect(reverse("welcome"))
        with timezone.override(company.timezone if company else settings.TIME_ZONE):
            return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, PremuraError):
            return None
        # What is *not yours to see* is said to colleagues; whoever came by a link of ours is asked to look at the link
        page = "404.html" if exception.code == "not-found" and not request.user.is_authenticated else "refusal.html"
        return render(request, page, {"error": exception}, status=exception.status)


class Freshness:
    """While a page is made it is heard whether its numbers are the last good ones; ``{% freshness %}`` says so."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with staleness():
            return self.get_response(request)
