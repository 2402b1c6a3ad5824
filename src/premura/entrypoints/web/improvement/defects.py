"""Defects of the system: reported from any page by anybody, answered by a named manager by a date."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from premura.core.staff.roles import Ability
from premura.entrypoints.web.door import StaffRequest, signed_in
from premura.entrypoints.web.improvement.forms import DefectAnswerForm, DefectForm
from premura.entrypoints.web.recovery.forms import places_of
from premura.loop.improve.defects import alike, answer_defect, defect_for, defects, report_again, report_defect
from premura.loop.improve.models import Defect

PAGE = 50


@signed_in(Ability.SEE)
def defects_page(request: StaffRequest) -> HttpResponse:
    page = Paginator(defects(request.user), PAGE).get_page(request.GET.get("page"))
    return render(request, "improvement/defects.html", {"page": page})


@signed_in(Ability.SEE)
def defect_new(request: StaffRequest) -> HttpResponse:
    form = DefectForm(request.POST or None, initial={"page": _ours(request)}, places=places_of(request.user))
    near = []
    if request.method == "POST" and form.is_valid():
        # Reports of one thing add up; who says that theirs is another is believed
        near = [] if request.POST.get("is_new") == "1" else alike(request.user, form.cleaned_data["what"])
    if request.method == "POST" and form.is_valid() and not near:
        made = report_defect(by=request.user, **form.cleaned_data)
        messages.success(request, _("Reported. %(name)s answers you.") % {"name": made.answerer})
        return redirect("defect", pk=made.pk)
    context = {"form": form, "near": near}
    return render(request, "improvement/defect_form.html", context, status=422 if form.errors else 200)


def _ours(request: StaffRequest) -> str:
    """The page from which somebody came, if it is one of ours."""
    address = request.GET.get("page", "")
    return address if url_has_allowed_host_and_scheme(address, allowed_hosts=None) and address[:1] == "/" else ""


@signed_in(Ability.SEE)
def defect(request: StaffRequest, pk: int) -> HttpResponse:
    return _shown(request, defect_for(request.user, pk))


def _shown(request: StaffRequest, found: Defect, form: Any = None) -> HttpResponse:
    context = {
        "defect": found,
        "reports": found.reports.select_related("person"),
        "answer": getattr(found, "answer", None),
        "form": form or DefectAnswerForm(),
    }
    return render(request, "improvement/defect.html", context, status=422 if form else 200)


@signed_in(Ability.SEE)
@require_POST
def defect_report(request: StaffRequest, pk: int) -> HttpResponse:
    report_again(defect_for(request.user, pk), by=request.user)
    messages.success(request, _("Added to the others: reports add up."))
    return redirect("defect", pk=pk)


@signed_in(Ability.IMPROVE)
@require_POST
def defect_answer(request: StaffRequest, pk: int) -> HttpResponse:
    found, form = defect_for(request.user, pk), DefectAnswerForm(request.POST)
    if not form.is_valid():
        return _shown(request, found, form)
    answer_defect(found, by=request.user, **form.cleaned_data)
    messages.success(request, _("Answered. Whoever reported it sees it here."))
    return redirect(reverse("defect", args=[pk]))
