"""When a programme asks by itself, and how often a customer may be asked."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from premura.core.journeys.models import Touchpoint
from premura.core.staff.roles import Ability
from premura.entrypoints.web.door import StaffRequest, signed_in
from premura.loop.listen.models import ContactLimits, Programme, Trigger
from premura.loop.listen.reads import programme_for
from premura.loop.listen.trigger_reads import preview_rows, trigger_for
from premura.loop.listen.triggers import ask_by_hand, change_contact_limits, contact_limits, preview, save_trigger


class TriggerForm(forms.ModelForm):  # type: ignore[type-arg]
    days = forms.IntegerField(
        label=gettext_lazy("Days"),
        min_value=0,
        max_value=730,
        help_text=gettext_lazy(
            "After a meeting or a case: how long to wait. Silence: how long nothing was heard. Again and again: from "
            "one round to the next. By hand: who met us in so many days."
        ),
    )
    remind_after_days = forms.IntegerField(
        label=gettext_lazy("Days after which whoever has not answered is reminded, once"),
        min_value=0,
        max_value=30,
        help_text=gettext_lazy("0: nobody is reminded."),
    )

    class Meta:
        model = Trigger
        fields = ("kind", "days", "touchpoint", "survey", "remind_after_days", "says_thanks", "is_on")
        labels = {"is_on": gettext_lazy("Switched on"), "says_thanks": gettext_lazy("Thank whoever has answered")}
        help_texts = {
            "touchpoint": gettext_lazy("An invoice and a delivery are meetings, too: choose their touchpoint here."),
            "says_thanks": gettext_lazy("Once, the same words for everybody, with the offer to speak to a person."),
        }

    def __init__(self, programme: Programme, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = programme.surveys.filter(is_imported=False, perspective="customer")
        survey: Any = self.fields["survey"]
        survey.queryset, survey.empty_label = own, _("choose the survey")
        if len(own[:2]) == 1:
            self.initial["survey"] = self.initial.get("survey") or own[0].pk
        points: Any = self.fields["touchpoint"]
        points.queryset = Touchpoint.objects.filter(is_imported=False).select_related("stage")
        points.empty_label = _("wherever we met")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        waits = cleaned.get("kind") in {Trigger.Kind.MEETING, Trigger.Kind.CASE}
        if not waits and cleaned.get("days") == 0:
            self.add_error("days", _("At least one day here."))
        return cleaned


class LimitsForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = ContactLimits
        fields = ("most", "window_days", "days_between", "spares_cases")
        help_texts = {
            "spares_cases": gettext_lazy(
                "The customer began it, and often answered something else a few days before. Nobody is asked about two "
                "cases within two weeks all the same."
            )
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, low, high in (("most", 1, 50), ("window_days", 1, 730), ("days_between", 0, 365)):
            label = self.fields[name].label
            self.fields[name] = forms.IntegerField(label=label, min_value=low, max_value=high)


@signed_in(Ability.EDIT_LISTENING)
def trigger_new(request: StaffRequest, pk: int) -> HttpResponse:
    programme = programme_for(request.user, pk)
    return _edit(request, programme, Trigger(programme=programme))


@signed_in(Ability.EDIT_LISTENING)
def trigger(request: StaffRequest, pk: int) -> HttpResponse:
    found = trigger_for(request.user, pk)
    return _edit(request, found.programme, found)


def _edit(request: StaffRequest, programme: Programme, row: Trigger) -> HttpResponse:
    """One form: looking who would have been asked writes nothing, saving does."""
    form = TriggerForm(programme, request.POST or None, instance=row)
    shown = None
    if request.method == "POST" and form.is_valid():
        if "look" not in request.POST:
            save_trigger(form.instance, request.user)
            messages.success(request, _("Saved."))
            return redirect("programme", pk=programme.pk)
        shown = preview_rows(request.user, preview(form.instance, timezone.now()))
    context = {"programme": programme, "form": form, "preview": shown, "limits": contact_limits()}
    return render(request, "listening/trigger.html", context, status=422 if form.errors else 200)


@signed_in(Ability.EDIT_LISTENING)
@require_POST
def trigger_pressing(request: StaffRequest, pk: int) -> HttpResponse:
    found = trigger_for(request.user, pk)
    ask_by_hand(found, request.user)
    messages.success(request, _("The letters are on their way. Who is not asked is written down with the reason."))
    return redirect("programme", pk=found.programme_id)


@signed_in(Ability.EDIT_LISTENING)
def contact_limits_page(request: StaffRequest) -> HttpResponse:
    form = LimitsForm(request.POST or None, instance=contact_limits())
    if request.method == "POST" and form.is_valid():
        change_contact_limits(request.user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("listening")
    return render(request, "listening/contact_limits.html", {"form": form}, status=422 if form.errors else 200)
