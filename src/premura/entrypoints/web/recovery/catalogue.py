"""The catalogue of remedies, the rules that open cases, and the deadlines: everything says itself in words."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from premura.core.staff.roles import Ability
from premura.entrypoints.web.door import StaffRequest, signed_in
from premura.entrypoints.web.recovery.forms import DeadlineForm, RemedyForm
from premura.entrypoints.web.recovery.rules import ABOUT
from premura.loop.promise.forewarning import would_open
from premura.loop.recover.asking import survey_after_cases, surveys_about_cases
from premura.loop.recover.case_rules import change_rule, set_deadline
from premura.loop.recover.models import CaseRule, Deadline, Remedy, RuleHold, Severity
from premura.loop.recover.reads import rule_sentence
from premura.loop.recover.remedies import add_remedy, change_remedy


def _remedy_initial(remedy: Remedy) -> dict[str, Any]:
    names = {f"name_{code}": text for code, text in remedy.name.items()}
    return {
        **names,
        "kind": remedy.kind,
        "cost_rule": remedy.cost_rule,
        "cost": remedy.cost,
        "is_active": remedy.is_active,
    }


@signed_in(Ability.EDIT_RULES)
def remedies(request: StaffRequest) -> HttpResponse:
    form = RemedyForm(request.POST or None, prefix="new")
    if request.method == "POST" and form.is_valid():
        given = form.fields_of_remedy
        is_active = given.pop("is_active")
        made = add_remedy(by=request.user, **given)
        change_remedy(made, by=request.user, is_active=is_active)
        messages.success(request, _("“%(name)s” is in the catalogue.") % {"name": made})
        return redirect("remedies")
    return _remedies_page(request, new=form)


def _remedies_page(request: StaffRequest, new: RemedyForm, wrong: dict[int, RemedyForm] | None = None) -> HttpResponse:
    wrong = wrong or {}
    rows = [
        (
            remedy,
            wrong.get(remedy.pk) or RemedyForm(prefix=str(remedy.pk), initial=_remedy_initial(remedy)),
            remedy.pk in wrong,
        )
        for remedy in Remedy.objects.order_by("-is_active", "position", "pk")
    ]
    return render(
        request, "recovery/remedies.html", {"rows": rows, "form": new}, status=422 if wrong or new.errors else 200
    )


@signed_in(Ability.EDIT_RULES)
@require_POST
def remedy(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Remedy, pk=pk)
    form = RemedyForm(request.POST, prefix=str(pk))
    if not form.is_valid():
        return _remedies_page(request, RemedyForm(prefix="new"), {pk: form})
    change_remedy(found, by=request.user, **form.fields_of_remedy)
    messages.success(request, _("Saved. What the ledger says of earlier gestures stays as it was."))
    return redirect("remedies")


@signed_in(Ability.EDIT_RULES)
@require_safe
def rules(request: StaffRequest) -> HttpResponse:
    return _rules_page(request)


def _rules_page(request: StaffRequest, wrong: dict[str, DeadlineForm] | None = None) -> HttpResponse:
    wrong = wrong or {}
    known = {deadline.severity: deadline for deadline in Deadline.objects.all()}
    deadlines = [
        (
            severity,
            label,
            known.get(severity),
            wrong.get(severity) or _deadline_form(severity, known.get(severity)),
            severity in wrong,
        )
        for severity, label in reversed(Severity.choices)
    ]
    held = {hold.rule_id: hold for hold in RuleHold.objects.filter(decided_at=None)}
    found = CaseRule.objects.select_related("touchpoint").order_by("-is_active", "kind", "at_most", "pk")
    rows = [(rule, rule_sentence(rule), held.get(rule.pk)) for rule in found]
    context = {"rows": rows, "deadlines": deadlines, "about": ABOUT}
    context |= {"surveys": surveys_about_cases(), "asked": survey_after_cases()}
    return render(request, "recovery/rules.html", context, status=422 if wrong else 200)


def _deadline_form(severity: str, deadline: Deadline | None) -> DeadlineForm:
    initial = (
        {name: getattr(deadline, name).normalize() for name in ("first_answer_hours", "solution_hours")}
        if deadline
        else {}
    )
    return DeadlineForm(prefix=severity, initial={name: f"{value:f}" for name, value in initial.items()})


@signed_in(Ability.EDIT_RULES)
@require_POST
def rule_switch(request: StaffRequest, pk: int) -> HttpResponse:
    """On or off; cases keep the reason for which they were opened."""
    rule = get_object_or_404(CaseRule.objects.select_related("touchpoint"), pk=pk)
    is_active = request.POST.get("is_active") == "1"
    change_rule(rule, by=request.user, count=would_open, is_active=is_active)
    if rule.is_active:
        messages.success(request, _("The rule holds from now on."))
    elif request.POST.get("is_active") == "1":
        messages.warning(request, _("Held back: this rule would open more cases than people can look at."))
    else:
        messages.success(request, _("The rule opens no more cases."))
    return redirect("rules")


@signed_in(Ability.EDIT_RULES)
@require_POST
def deadline(request: StaffRequest, severity: str) -> HttpResponse:
    if severity not in Severity.values:
        return redirect("rules")
    form = DeadlineForm(request.POST, prefix=severity)
    if not form.is_valid():
        return _rules_page(request, {severity: form})
    set_deadline(severity, by=request.user, **form.cleaned_data)
    messages.success(request, _("Saved: it holds for cases opened from now on."))
    return redirect("rules")
