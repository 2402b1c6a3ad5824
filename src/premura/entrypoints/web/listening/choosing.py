"""Which instrument: from the programme's aim to questionnaire, interview or focus group, with the reasons."""

from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from premura.core.staff.roles import Ability
from premura.entrypoints.web.door import StaffRequest, signed_in
from premura.loop.listen.choosing import Advice, Aim, Purpose, advise
from premura.loop.listen.publishing import missing_in_words
from premura.loop.listen.reads import programme_for

MOST_PEOPLE = 10_000_000

_NAMES: dict[str, str | Promise] = {
    "questionnaire": _("A questionnaire"),
    "interview": _("Interviews"),
    "focus_group": _("A focus group"),
}
_STARTS = {
    "questionnaire": "template:nps",
    "interview": "template:interview",
    "focus_group": "template:focus_group",
}
_REASONS: dict[str, str | Promise] = {
    "count": _("You want a number: the same questions, answered by many, can be counted."),
    "same-questions": _("What is compared must have been asked in the same words, on the same scale."),
    "without-a-name": _("What is delicate is said more freely without a name: leave contact details out."),
    "few": _("There are so few people that you can hear each of them."),
    "no-share": _("Of so few a percentage says little: one person more or less would change it."),
    "why": _("Reasons are told in one's own words, and a good question follows from the answer before it."),
    "explore-alone": _("You do not know yet what to ask: let people tell you, one by one."),
    "delicate": _("What is delicate is not said before others."),
    "cannot-meet": _("They cannot come together: talk to each where they are."),
    "too-few-to-meet": _("For a group to talk, six or more have to come."),
    "ideas": _("You look for ideas: nothing is to be counted yet."),
    "hear-each-other": _("People who hear each other think of more than people who are asked alone."),
}
_PEOPLE: dict[str, str | Promise] = {
    "questionnaire": _(
        "Aim for %(people)s answers: a share is then right to within about ten points, in 95 of 100 cases."
    ),
    "interview": _("Talk to %(people)s people: after about twelve, little new is heard."),
    "focus_group": _(
        "Invite %(people)s people in groups of six to eight, with somebody who leads and somebody who writes."
    ),
}
_THEN: dict[str, str | Promise] = {
    "questionnaire": _("Afterwards a questionnaire can tell how many think so."),
    "interview": _("Afterwards a few interviews can tell why they answered as they did."),
}


class AimForm(forms.Form):
    aim = forms.ChoiceField(
        label=_("What do you want to know?"),
        widget=forms.RadioSelect,
        choices=[
            ("measure", _("How many, how much: a number")),
            ("compare", _("Whether something differs: before and after, here and there")),
            ("understand", _("Why people do or feel something")),
            ("explore", _("What we do not know yet: ideas, needs, surprises")),
        ],
    )
    population = forms.IntegerField(
        label=_("How many people is it about?"),
        min_value=1,
        max_value=MOST_PEOPLE,
        help_text=_("Customers, colleagues, visitors: everybody whose answer would count. Roughly is enough."),
    )
    delicate = forms.BooleanField(label=_("It is delicate: they would not say it before others"), required=False)
    apart = forms.BooleanField(label=_("They cannot come together in one place or one call"), required=False)


@signed_in(Ability.EDIT_LISTENING)
def programme_instrument(request: StaffRequest, pk: int) -> HttpResponse:
    """Nothing is recommended before the programme says its objective and its decision."""
    programme = programme_for(request.user, pk)
    form = AimForm(request.GET if "aim" in request.GET or "population" in request.GET else None)
    context: dict[str, Any] = {"programme": programme, "form": form, "missing": missing_in_words(programme)}
    if form.is_bound and form.is_valid() and not context["missing"]:
        context["advice"] = _in_words(advise(_aim(form.cleaned_data)), pk)
    return render(request, "listening/instrument.html", context)


def _aim(given: dict[str, Any]) -> Aim:
    return Aim(
        cast(Purpose, given["aim"]), given["population"], is_delicate=given["delicate"], can_meet=not given["apart"]
    )


def _in_words(advice: Advice, programme: int) -> dict[str, Any]:
    query = urlencode({"programme": programme, "start": _STARTS[advice.instrument]})
    return {
        "name": _NAMES[advice.instrument],
        "reasons": [_REASONS[code] for code in advice.reasons],
        "people": str(_PEOPLE[advice.instrument]) % {"people": f"{advice.people:n}"},
        "then": _THEN[advice.then],
        "begin": f"{reverse('survey-new')}?{query}",
        "is_talk": advice.instrument != "questionnaire",
    }
