"""Knowledge cards: what to do, what to say, and whether it helped."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from premura.core.errors import PremuraError
from premura.core.staff.roles import Ability
from premura.entrypoints.web.door import StaffRequest, back, signed_in
from premura.entrypoints.web.recovery.cases import PAGE
from premura.entrypoints.web.recovery.forms import CardForm
from premura.entrypoints.web.recovery.margin import NAMES
from premura.loop.equip import reads
from premura.loop.equip.cards import add_card, change_card, read_card, retire_card, review_card, use_card
from premura.loop.recover.reads import case_for
from premura.loop.recover.replies import card_from


@signed_in(Ability.SEE)
def cards(request: StaffRequest) -> HttpResponse:
    search = request.GET.get("q", "").strip()[:100]
    page = Paginator(reads.cards(search=search), PAGE).get_page(request.GET.get("page"))
    return render(request, "recovery/cards.html", {"page": page, "search": search, "today": timezone.localdate()})


@signed_in(Ability.SEE)
def card(request: StaffRequest, pk: int) -> HttpResponse:
    found = reads.card_for(request.user, pk)
    reading = found.readings.filter(person=request.user).first()
    has_read = reading is not None and reading.read_at >= found.changed_at
    margins = [(NAMES.get(row.note, row.note), row) for row in found.margins.all()]
    context = {"card": found, "has_read": has_read, "today": timezone.localdate(), "margins": margins}
    return render(request, "recovery/card.html", context)


@signed_in(Ability.EDIT_KNOWLEDGE)
def card_new(request: StaffRequest) -> HttpResponse:
    form = CardForm(request.POST or None, initial=_draft(request))
    if request.method == "POST" and form.is_valid():
        try:
            made = add_card(by=request.user, **form.fields_of_card)
        except PremuraError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The card is written. Colleagues find it on the cases it helps with."))
            return redirect("card", pk=made.pk)
    return render(request, "recovery/card_form.html", {"form": form}, status=422 if form.errors else 200)


def _draft(request: StaffRequest) -> dict[str, object]:
    """A card begun from a case that was solved: its words, without telephone numbers, addresses and names."""
    number = request.GET.get("case", "")
    if not number.isdigit() or len(number) > 17:
        return {}
    case = case_for(request.user, int(number))
    return {f"{name}_{request.user.language}": text for name, text in card_from(case).items()} | {
        "touchpoint": case.touchpoint_id
    }


@signed_in(Ability.EDIT_KNOWLEDGE)
@require_POST
def card_review(request: StaffRequest, pk: int) -> HttpResponse:
    review_card(reads.card_for(request.user, pk), by=request.user)
    messages.success(request, _("The card is still right. It comes up again in a year."))
    return redirect("card", pk=pk)


@signed_in(Ability.EDIT_KNOWLEDGE)
def card_edit(request: StaffRequest, pk: int) -> HttpResponse:
    found = reads.card_for(request.user, pk)
    form = CardForm(request.POST or None, initial=CardForm.initial_of(found))
    if request.method == "POST" and form.is_valid():
        change_card(found, by=request.user, **form.fields_of_card)
        messages.success(request, _("Saved. Who had read the card sees that it changed."))
        return redirect("card", pk=pk)
    return render(request, "recovery/card_form.html", {"form": form, "card": found}, status=422 if form.errors else 200)


@signed_in(Ability.EDIT_KNOWLEDGE)
@require_POST
def card_retiring(request: StaffRequest, pk: int) -> HttpResponse:
    retire_card(reads.card_for(request.user, pk), by=request.user)
    messages.success(request, _("The card is no longer offered."))
    return redirect("cards")


@signed_in(Ability.SEE)
@require_POST
def card_reading(request: StaffRequest, pk: int) -> HttpResponse:
    read_card(reads.card_for(request.user, pk), by=request.user)
    messages.success(request, _("Noted: you have read this card."))
    return redirect("card", pk=pk)


@signed_in(Ability.WORK_CASES)
@require_POST
def card_use(request: StaffRequest, pk: int) -> HttpResponse:
    """This helped, or not, on a case that one may see."""
    found = reads.card_for(request.user, pk)
    case = case_for(request.user, int(request.POST.get("case", "0") if request.POST.get("case", "").isdigit() else 0))
    use_card(found, by=request.user, about=f"case:{case.pk}", helped=request.POST.get("helped") == "1")
    messages.success(request, _("Thank you: the most helpful cards come first."))
    return back(request, reverse("case", args=[case.pk]))
