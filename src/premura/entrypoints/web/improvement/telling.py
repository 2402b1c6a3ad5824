"""*You told us, we did*: what customers are told once the effect of an action is verified."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy, ngettext

from premura.core.errors import PremuraError
from premura.core.staff.roles import Ability
from premura.entrypoints.web.door import StaffRequest, signed_in
from premura.loop.improve.reads import action_for
from premura.loop.verify.telling import cases_to_tell, draft_of, is_verified, tell_customers


class TellingForm(forms.Form):
    """The words, in each language."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, language in settings.LANGUAGES:
            self.fields[f"text_{code}"] = forms.CharField(
                label=format_lazy("{name} ({language})", name=gettext_lazy("What they read"), language=language),
                max_length=2000,
                required=code == "it",
                widget=forms.Textarea(attrs={"rows": 6}),
            )

    @property
    def texts(self) -> dict[str, str]:
        return {code: self.cleaned_data[f"text_{code}"] for code, _language in settings.LANGUAGES}


@signed_in(Ability.IMPROVE)
def telling(request: StaffRequest, pk: int) -> HttpResponse:
    action = action_for(request.user, pk)
    initial = {f"text_{code}": draft_of(action, code) for code, _language in settings.LANGUAGES}
    form = TellingForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            told = tell_customers(action, form.texts, by=request.user)
        except PremuraError as error:
            form.add_error(None, str(error))
        else:
            n = told.customers
            said = ngettext("%(n)s customer reads it on their page.", "%(n)s customers read it on their page.", n)
            messages.success(request, said % {"n": n})
            return redirect("action", pk=pk)
    context = {
        "action": action,
        "form": form,
        "cases": cases_to_tell(action),
        "is_verified": is_verified(action),
        "told": getattr(action, "telling", None),
    }
    return render(request, "improvement/telling.html", context, status=422 if form.errors else 200)
