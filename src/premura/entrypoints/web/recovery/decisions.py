"""What one decides on a case: each decision is posted to an address of its own, and comes back to the case."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from premura.core.errors import Conflict, NotFound, PremuraError
from premura.core.staff.models import Person
from premura.core.staff.roles import Ability
from premura.core.staff.staff import people_who_may
from premura.entrypoints.web import wording
from premura.entrypoints.web.door import StaffRequest, back, signed_in
from premura.entrypoints.web.progress.forms import given as given_files
from premura.entrypoints.web.progress.views import handed_out
from premura.entrypoints.web.recovery import forms
from premura.entrypoints.web.recovery.cases import show_case
from premura.entrypoints.web.recovery.margin import card_of, suggested
from premura.loop.promise.calls import call_owed, log_call
from premura.loop.promise.commitments import make_commitment
from premura.loop.promise.reads import duties_of
from premura.loop.recover.attachments import write_with_files
from premura.loop.recover.cases import (
    assign_case,
    end_pause,
    pause_case,
    reopen_case,
    resolve_case,
    write_message,
)
from premura.loop.recover.gestures import approve_gesture, give_gesture, refuse_gesture, reverse_gesture
from premura.loop.recover.joining import link_cases, merge_case, split_case
from premura.loop.recover.mailing import reply_by_mail
from premura.loop.recover.models import Case, Direction, Gesture, Mood, new_key
from premura.loop.recover.moods import set_mood, tick_step
from premura.loop.recover.playbooks import playbook
from premura.loop.recover.reads import attachment_for, authority_of, case_for, gesture_for, request_for
from premura.loop.recover.remedies import cost_of
from premura.loop.recover.replies import count_margin, notes_for


def _decided(
    request: StaffRequest, case: Case, name: str, form: Any, act: Callable[[dict[str, Any]], str]
) -> HttpResponse:
    """Do ``act`` with what a right form says and go back to the case; a wrong form or a refusal is shown beside it."""
    if form.is_valid():
        try:
            messages.success(request, act(form.cleaned_data))
            return redirect("case", pk=case.pk)
        except PremuraError as error:
            form.add_error(None, str(error))
            if isinstance(error, Conflict):
                # A colleague was faster: the page may have no such form any more, and its words are said all the same
                messages.error(request, " ".join(filter(None, [str(error), _typed(form)])))
    return show_case(request, case, {name: form})


def _typed(form: Any) -> str:
    """What somebody wrote and nobody keeps: to be copied."""
    text = str(form.cleaned_data.get("text", "")).strip()
    return _("You had written: “%(text)s”") % {"text": text} if text else ""


@signed_in(Ability.WORK_CASES)
@require_POST
def message(request: StaffRequest, pk: int) -> HttpResponse:
    case = case_for(request.user, pk)

    def act(given: dict[str, Any]) -> str:
        is_reply = given["direction"] == Direction.OUT
        left = notes_for(case, given["text"]) if is_reply else []
        files = given_files(given["attachments"])
        if given.get("send"):
            reply_by_mail(case, given["text"], by=request.user, files=files)
        else:
            write_with_files(case, given["direction"], given["text"], files, by=request.user, channel=given["channel"])
        if is_reply:
            count_margin(card_of(request), suggested(request), [note.code for note in left])
        if vague := [note.phrase for note in left if note.code == "vague"]:
            words = _("You wrote “%(phrase)s”: when is that? Promise the customer an exact day.") % {"phrase": vague[0]}
            messages.warning(request, words)
        return _("Your answer is on its way.") if given.get("send") else _("Written down.")

    return _decided(request, case, "message", forms.MessageForm(request.POST, request.FILES, case=case), act)


@signed_in(Ability.WORK_CASES)
@require_POST
def no_answer(request: StaffRequest, pk: int) -> HttpResponse:
    """What the customer wrote needs no answer, and why: a note, and they no longer wait."""
    case = case_for(request.user, pk)
    write_message(case, Direction.NOTE, request.POST.get("reason", "")[:300], by=request.user, ends_waiting=True)
    messages.success(request, _("Written down."))
    return redirect("case", pk=pk)


@signed_in(Ability.SEE)
@require_GET
def file(request: StaffRequest, pk: int, file: int) -> FileResponse:
    """A file of the thread, as a download."""
    return handed_out(attachment_for(case_for(request.user, pk), file))


@signed_in(Ability.WORK_CASES)
@require_POST
def assignment(request: StaffRequest, pk: int) -> HttpResponse:
    case = case_for(request.user, pk)
    people = people_who_may(Ability.WORK_CASES, case.location)

    def act(given: dict[str, Any]) -> str:
        assign_case(case, given["person"], by=request.user, reason=given["reason"])
        return _("The case is now with %(name)s.") % {"name": given["person"]}

    return _decided(request, case, "assignment", forms.AssignmentForm(request.POST, people=people), act)


@signed_in(Ability.WORK_CASES)
@require_POST
def call(request: StaffRequest, pk: int) -> HttpResponse:
    """The call of who leads was made (``reached=1``), or tried."""
    case = case_for(request.user, pk)
    owed = call_owed(duties_of([case])[case.pk])
    if owed is None:
        raise Conflict("no-call-owed", _("No call is owed in this case any more. Nothing was changed."))
    reached = request.POST.get("reached") == "1"

    def act(given: dict[str, Any]) -> str:
        log_call(owed, given["said"], by=request.user, reached=reached)
        return _("The call is written down.") if reached else _("Written down. The call is still owed.")

    return _decided(request, case, "call", forms.CallForm(request.POST), act)


@signed_in(Ability.WORK_CASES)
@require_POST
def gesture(request: StaffRequest, pk: int) -> HttpResponse:
    case = case_for(request.user, pk)

    def act(given: dict[str, Any]) -> str:
        made = give_gesture(
            case,
            given["remedy"],
            by=request.user,
            **{name: given[name] for name in ("amount", "words", "channel", "key")},
        )
        if isinstance(made, Gesture):
            return _("Done: %(gesture)s.") % {"gesture": made.remedy}
        return _("%(name)s is asked to decide, and has it on their page Today.") % {"name": made.routed_to}

    return _decided(request, case, "gesture", forms.GestureForm(request.POST), act)


@signed_in(Ability.WORK_CASES)
@require_GET
def gesture_preview(request: StaffRequest, pk: int) -> HttpResponse:
    """What would happen if the gesture were sent now: done at once, or who would be asked. A fragment."""
    case = case_for(request.user, pk)
    form = forms.GestureForm(request.GET)
    form.is_valid()
    remedy, amount = form.cleaned_data.get("remedy"), form.cleaned_data.get("amount")
    context: dict[str, Any] = {"problem": ""}
    if remedy is None:
        return render(request, "recovery/_gesture_preview.html", context)
    try:
        cost = cost_of(remedy, amount)
    except PremuraError as error:
        context["problem"] = str(error) if request.GET.get("amount") else ""
    else:
        standing = authority_of(request.user, case)
        context |= {
            "cost": cost,
            "asks": standing.asks(cost),
            "is_possible": standing.is_possible(cost),
            "is_known": True,
        }
    return render(request, "recovery/_gesture_preview.html", context)


@signed_in(Ability.WORK_CASES)
@require_POST
def promise(request: StaffRequest, pk: int) -> HttpResponse:
    case = case_for(request.user, pk)

    def act(given: dict[str, Any]) -> str:
        due: Any = given["due_on"]
        if given["due_time"]:
            due = datetime.combine(due, given["due_time"])
        made = make_commitment(given["what"], owner=request.user, due=due, by=request.user, case=case)
        words = wording.due(timezone.localtime(made.due_at), None, made.is_date_only)
        return _("Promised: %(day)s. It is on your page Today.") % {"day": words}

    return _decided(request, case, "promise", forms.PromiseForm(request.POST), act)


@signed_in(Ability.WORK_CASES)
@require_POST
def resolution(request: StaffRequest, pk: int) -> HttpResponse:
    case = case_for(request.user, pk)

    def act(given: dict[str, Any]) -> str:
        resolve_case(case, by=request.user, **given)
        return _("The case is resolved.")

    return _decided(request, case, "resolution", forms.ResolutionForm(request.POST), act)


@signed_in(Ability.WORK_CASES)
@require_POST
def reopening(request: StaffRequest, pk: int) -> HttpResponse:
    case = case_for(request.user, pk)

    def act(given: dict[str, Any]) -> str:
        reopen_case(case, by=request.user, reason=given["reason"])
        return _("The case is open again.")

    return _decided(request, case, "reopening", forms.ReopeningForm(request.POST), act)


@dataclass(frozen=True)
class Button:
    """What a single button does: what it is about, the verb, and what is said when it is done."""

    find: Callable[[Person, int], Any]
    act: Callable[[Any, Person], Any]
    words: Callable[[Any], str]


def _resume(case: Case, by: Person) -> bool:
    if not end_pause(case, by=by):
        raise Conflict("not-paused", _("The clock of this case does not stand still. Nothing was changed."))
    return True


BUTTONS = {
    "approval": Button(
        request_for,
        lambda asked, by: approve_gesture(asked, by=by),
        lambda asked: _("Granted. %(name)s can tell the customer.") % {"name": asked.asked_by},
    ),
    "reversal": Button(
        gesture_for,
        lambda given, by: reverse_gesture(given, by=by, key=new_key()),
        lambda given: _("Taken back: %(gesture)s.") % {"gesture": given.remedy},
    ),
    "resumption": Button(case_for, _resume, lambda _case: _("The clock runs again.")),
    "splitting": Button(
        case_for, lambda case, by: split_case(case, by=by), lambda _case: _("The case is on its own again.")
    ),
}


@signed_in(Ability.WORK_CASES)
@require_POST
def pressed(request: StaffRequest, pk: int, button: str) -> HttpResponse:
    """A decision that needs no words: a button, and back to the case or to where it was pressed."""
    chosen = BUTTONS[button]
    row = chosen.find(request.user, pk)
    chosen.act(row, request.user)
    messages.success(request, chosen.words(row))
    return back(request, reverse("case", args=[row.pk if isinstance(row, Case) else row.case_id]))


@signed_in(Ability.WORK_CASES)
@require_POST
def refusal(request: StaffRequest, pk: int) -> HttpResponse:
    asked = request_for(request.user, pk)
    refuse_gesture(asked, by=request.user, reason=request.POST.get("reason", ""))
    messages.success(request, _("Not granted. %(name)s sees your reason on the case.") % {"name": asked.asked_by})
    return back(request, reverse("case", args=[asked.case_id]))


@signed_in(Ability.WORK_CASES)
@require_POST
def pause(request: StaffRequest, pk: int) -> HttpResponse:
    case = case_for(request.user, pk)

    def act(given: dict[str, Any]) -> str:
        pause_case(case, by=request.user, waiting_for=given["waiting_for"])
        return _("The solution clock stands still until the customer writes, or until you say that it goes on.")

    return _decided(request, case, "pause", forms.PauseForm(request.POST), act)


@signed_in(Ability.WORK_CASES)
@require_POST
def joining(request: StaffRequest, pk: int) -> HttpResponse:
    """Merge into another case, or only link the two."""
    case = case_for(request.user, pk)

    def act(given: dict[str, Any]) -> str:
        other = _other_case(request.user, given["other"])
        if given["how"] == "link":
            link_cases(case, other, by=request.user)
            return _("The two cases are linked.")
        merge_case(case, other, by=request.user)
        return _("From now on this case is dealt with in case %(number)s.") % {"number": other.pk}

    return _decided(request, case, "joining", forms.JoiningForm(request.POST), act)


def _other_case(person: Person, number: int) -> Case:
    try:
        return case_for(person, number)
    except NotFound:
        words = _("There is no case %(number)s, or you may not see it.") % {"number": number}
        raise NotFound("no-such-case", words) from None


@signed_in(Ability.WORK_CASES)
@require_POST
def mood(request: StaffRequest, pk: int) -> HttpResponse:
    """How the customer feels, as who has spoken to them says: other steps follow."""
    case = case_for(request.user, pk)
    if request.POST.get("mood") in Mood.values:
        set_mood(case, request.POST["mood"], by=request.user)
    return redirect(reverse("case", args=[pk]) + "#playbook")


@signed_in(Ability.WORK_CASES)
@require_POST
def step(request: StaffRequest, pk: int, step: str) -> HttpResponse:
    """A step of the playbook is done, or not after all."""
    case = case_for(request.user, pk)
    if step in {one.code for one in playbook(case.mood, case.severity)}:
        tick_step(case, step, by=request.user, is_done=request.POST.get("done") == "1")
    return redirect(reverse("case", args=[pk]) + "#playbook")
