"""The first minutes: welcome, set up my company, look round a demo company; and the reader's language, and health."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from premura.core.company.company import the_company
from premura.core.company.pack import load_packs
from premura.core.jobs.jobs import add_job, worker_is_alive
from premura.core.jobs.models import Job
from premura.core.languages import CODES
from premura.core.staff.models import Person
from premura.core.staff.roles import Ability, Role
from premura.entrypoints.web.door import open_to_all
from premura.entrypoints.web.start.forms import SetupForm
from premura.importers.demo.progress import DEMO_JOB, read_progress
from premura.loop.founding import found_company

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@open_to_all
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Everybody starts where their work is."""
    if not request.user.is_authenticated:
        return redirect("account_login")
    return redirect("today" if request.user.may(Ability.WORK_CASES) else "insights")


def _only_before_the_company() -> None:
    """Setting up is possible once: afterwards these pages do not exist."""
    if the_company() is not None:
        raise Http404


@open_to_all
@require_GET
def welcome(request: HttpRequest) -> HttpResponse:
    if (company := the_company()) is not None:
        return redirect("demo-entrance" if company.is_demo and not request.user.is_authenticated else "home")
    return render(request, "start/welcome.html", _demo_state())


@open_to_all
def setup(request: HttpRequest) -> HttpResponse:
    _only_before_the_company()
    form = SetupForm(request.POST or None, language=request.LANGUAGE_CODE)
    if request.method == "POST" and form.is_valid():
        owner = found_company(form.founding())
        login(request, owner, backend=BACKEND)
        messages.success(
            request, _("Your company is set up. Your first survey is ready as a draft: read it and publish it.")
        )
        return redirect("listening")
    return render(request, "start/setup.html", {"form": form, "packs": load_packs()})


def _demo_state() -> dict[str, object]:
    """How far the demo company is: nothing when nobody asked for it."""
    job = Job.objects.filter(kind=DEMO_JOB).first()
    if job is None:
        return {}
    return {"progress": read_progress(settings.DATA), "failed": bool(job.error)}


@open_to_all
@require_GET
def progress(request: HttpRequest) -> HttpResponse:
    """A fragment of the welcome page; when the demo company is there the whole page moves on."""
    state = _demo_state()
    if the_company() is not None or not state:
        response = HttpResponse()
        response["HX-Redirect"] = reverse("demo-entrance" if the_company() else "welcome")
        return response
    return render(request, "start/welcome.html#progress", state)


@open_to_all
@require_GET
def demo_entrance(request: HttpRequest) -> HttpResponse:
    """Walk into the demo company as its owner: it holds nothing but invented data, so its door is open."""
    company = the_company()
    if company is None or not company.is_demo:
        raise Http404
    owner = Person.objects.filter(role=Role.OWNER, is_active=True).order_by("pk").first()
    if owner is None:
        raise Http404
    login(request, owner, backend=BACKEND)
    return redirect("insights")


@open_to_all
@require_POST
def demo(request: HttpRequest) -> HttpResponse:
    """Fill the demo company in the background; the page waits for it with its progress."""
    _only_before_the_company()
    add_job(DEMO_JOB, {"language": request.LANGUAGE_CODE}, key=DEMO_JOB)
    return redirect("welcome")


@open_to_all
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Read in another language: kept with the person, or in a cookie for who is not signed in."""
    wanted = request.POST.get("language", "")
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = reverse("home")
    response = HttpResponseRedirect(target)
    if wanted in CODES:
        if request.user.is_authenticated and wanted in dict(settings.LANGUAGES):
            Person.objects.filter(pk=request.user.pk).update(language=wanted)
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, wanted, max_age=365 * 86400, samesite="Lax")
    return response


@open_to_all
@require_GET
def healthz(request: HttpRequest) -> JsonResponse:
    """200 only when the database answers and the worker is at work."""
    parts = {"database": _database_answers(), "worker": False}
    if parts["database"]:
        parts["worker"] = worker_is_alive()
    return JsonResponse(parts, status=200 if all(parts.values()) else 503)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True
