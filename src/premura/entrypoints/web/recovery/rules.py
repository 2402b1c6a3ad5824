"""The rules that open cases, written and changed by who leads, who sees what each would have opened last month."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from premura.core.staff.roles import Ability
from premura.entrypoints.web.door import StaffRequest, signed_in
from premura.entrypoints.web.recovery.forms import RULE_FORMS, RuleForm
from premura.loop.promise.forewarning import examples, would_open
from premura.loop.recover.case_rules import HOLD_ABOVE, add_rule, change_rule, decide_hold, plain_rule
from premura.loop.recover.models import CaseRule, RuleHold
from premura.loop.recover.reads import rule_sentence
from premura.loop.recover.rules import OTHER_KINDS

#: What a rule may be about, in the address; a mark is one of three kinds of question
ABOUT = {
    "mark": (gettext_lazy("a low mark"), "alert"),
    "words": (gettext_lazy("a word that customers write"), "message"),
    "contacts": (gettext_lazy("a contact too many about one problem"), "phone"),
    "silence": (gettext_lazy("silence after a failure"), "clock"),
    "falling": (gettext_lazy("a customer's marks that fall"), "arrow-down"),
    "late": (gettext_lazy("a promise that is late"), "truck"),
    "near": (gettext_lazy("a promise that is nearly due"), "calendar"),
}


@signed_in(Ability.EDIT_RULES)
def rule_new(request: StaffRequest, about: str) -> HttpResponse:
    return _rule_page(request, about if about in ABOUT else "mark", None)


@signed_in(Ability.EDIT_RULES)
def rule_edit(request: StaffRequest, pk: int) -> HttpResponse:
    rule = get_object_or_404(CaseRule.objects.select_related("touchpoint"), pk=pk)
    return _rule_page(request, rule.kind if rule.kind in OTHER_KINDS else "mark", rule)


def _rule_page(request: StaffRequest, about: str, rule: CaseRule | None) -> HttpResponse:
    """The form; with *show* what the rule would have opened, with *save* the rule."""
    form = RULE_FORMS[about](request.POST or None, initial=RuleForm.initial_of(rule))
    context: dict[str, Any] = {"form": form, "rule": rule, "about": ABOUT[about][0]}
    if request.method == "POST" and form.is_valid():
        if "show" not in request.POST:
            return _saved(request, form, rule)
        context |= _preview(request, form)
    return render(request, "recovery/rule_form.html", context, status=422 if form.errors else 200)


def _preview(request: StaffRequest, form: RuleForm) -> dict[str, Any]:
    tried = CaseRule(**form.fields_of_rule)
    found = would_open(plain_rule(tried), timezone.now())
    return {
        "preview": found,
        "most": HOLD_ABOVE,
        "sentence": rule_sentence(tried),
        "examples": examples(plain_rule(tried), found, request.user),
    }


def _saved(request: StaffRequest, form: RuleForm, rule: CaseRule | None) -> HttpResponse:
    if rule is None:
        rule = add_rule(by=request.user, count=would_open, **form.fields_of_rule)
    else:
        change_rule(rule, by=request.user, count=would_open, **form.fields_of_rule)
    if rule.holds.filter(decided_at=None).exists():
        messages.warning(request, _("Saved, and held back: this rule would open more cases than people can look at."))
    elif rule.is_active:
        messages.success(request, _("From now on: %(rule)s.") % {"rule": rule_sentence(rule)})
    else:
        messages.success(request, _("Saved. The rule is switched off."))
    return redirect("rules")


@signed_in(Ability.EDIT_RULES)
@require_POST
def rule_hold(request: StaffRequest, pk: int) -> HttpResponse:
    """The manager's word on a rule that was held back."""
    hold = get_object_or_404(RuleHold.objects.select_related("rule"), pk=pk)
    decide_hold(hold, by=request.user, release=request.POST.get("release") == "1")
    released = request.POST.get("release") == "1"
    messages.success(request, _("The rule holds from now on.") if released else _("The rule opens no more cases."))
    return redirect("rules")
