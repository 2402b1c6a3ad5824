"""The desk where the company looks at ideas, says what becomes of each, and puts duplicates together."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from premura.core.errors import NotFound, PremuraError
from premura.core.staff.roles import Ability
from premura.entrypoints.web.door import StaffRequest, signed_in
from premura.entrypoints.web.ideas.forms import AnswerForm, DecisionForm, MergeForm
from premura.entrypoints.web.listening.programmes import area_tabs
from premura.entrypoints.web.sentence import Choice, Sentence
from premura.loop.listen.idea_comments import add_comment, look_at_comment
from premura.loop.listen.idea_models import SHOWN, Idea, IdeaComment, IdeaStatus
from premura.loop.listen.idea_reads import any_idea, board, count_by_status, similar_to, waiting_comments
from premura.loop.listen.ideas import decide_idea, merge_idea, place_idea

PAGE = 50


@signed_in(Ability.ASK)
def idea_desk(request: StaffRequest) -> HttpResponse:
    counts = count_by_status()
    first = IdeaStatus.WAITING if counts.get(IdeaStatus.WAITING) else ""
    statuses = [(one.value, f"{one.label} ({counts.get(one, 0)})") for one in IdeaStatus]
    sentence = Sentence.from_query(
        _("Ideas: %(status)s, %(order)s first"),
        request.GET,
        Choice("status", _("Which"), [("", _("all")), *statuses], first),
        Choice("order", _("Order"), [("votes", _("those most people are for")), ("new", _("the newest"))]),
        keep=("q",),
    )
    search = request.GET.get("q", "").strip()[:100]
    rows = board(order=sentence["order"], status=sentence["status"], search=search, is_staff=True)
    context = {
        "sentence": sentence,
        "search": search,
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "has_any": bool(counts),
        "to_look_at": waiting_comments()[:PAGE],
        "tabs": area_tabs("idea-desk"),
    }
    return render(request, "ideas/desk.html", context)


@signed_in(Ability.EDIT_LISTENING)
def idea_handling(request: StaffRequest, pk: int) -> HttpResponse:
    """One idea, what was decided about it, and the next decision."""
    found = any_idea(pk)
    form = _decision(found, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                decide_idea(found, form.cleaned_data["status"], form.cleaned_data["reason"], by=request.user)
                place_idea(found, form.cleaned_data["touchpoint"], by=request.user)
        except PremuraError as error:
            form.add_error("reason" if error.code == "reason-needed" else None, str(error))
        else:
            messages.success(request, _("Said. Customers read it on the board."))
            return redirect("idea-desk")
    return _page(request, found, form, MergeForm())


def _decision(found: Idea, data: QueryDict | None = None) -> DecisionForm:
    return DecisionForm(data, initial={"touchpoint": found.touchpoint_id})


def _page(
    request: StaffRequest, found: Idea, form: DecisionForm, merging: MergeForm, answer: AnswerForm | None = None
) -> HttpResponse:
    context = {
        "idea": found,
        "form": form,
        "merging": merging,
        "similar": similar_to(found),
        "decisions": list(found.decisions.select_related("decided_by", "into"))[::-1],
        "comments": list(found.comments.select_related("written_by", "member")),
        "answer_form": answer or AnswerForm(),
        "can_answer": found.status in SHOWN,
        "is_merged": found.status == IdeaStatus.MERGED,
    }
    is_wrong = form.errors or merging.errors or (answer is not None and answer.errors)
    return render(request, "ideas/handling.html", context, status=422 if is_wrong else 200)


@signed_in(Ability.EDIT_LISTENING)
@require_POST
def idea_merging(request: StaffRequest, pk: int) -> HttpResponse:
    found, form = any_idea(pk), MergeForm(request.POST)
    if form.is_valid():
        into = Idea.objects.filter(pk=form.cleaned_data["into"]).first()
        if into is None:
            form.add_error("into", _("There is no idea with this number."))
        else:
            try:
                merge_idea(found, into, by=request.user)
            except PremuraError as error:
                form.add_error("into", str(error))
            else:
                messages.success(request, _("Put together: who was for either is for that one, once."))
                return redirect("idea-handling", pk=into.pk)
    return _page(request, found, _decision(found), form)


@signed_in(Ability.EDIT_LISTENING)
@require_POST
def idea_answer(request: StaffRequest, pk: int) -> HttpResponse:
    """What the company says under an idea."""
    found, form = any_idea(pk), AnswerForm(request.POST)
    if form.is_valid():
        try:
            add_comment(found, form.cleaned_data["text"], key=form.cleaned_data["key"], by=request.user)
        except PremuraError as error:
            form.add_error("text", str(error))
        else:
            messages.success(request, _("Said. Everybody reads it under the idea."))
            return redirect("idea-handling", pk=pk)
    return _page(request, found, _decision(found), MergeForm(), form)


@signed_in(Ability.EDIT_LISTENING)
@require_POST
def idea_comment_look(request: StaffRequest, pk: int) -> HttpResponse:
    """Show a customer's comment, or not."""
    comment = IdeaComment.objects.filter(pk=pk).first()
    if comment is None:
        raise NotFound
    is_shown = request.POST.get("show") == "yes"
    look_at_comment(comment, is_shown=is_shown, by=request.user)
    messages.success(request, _("The comment is shown.") if is_shown else _("The comment is not shown."))
    return redirect("idea-desk") if request.POST.get("back") == "desk" else redirect("idea-handling", comment.idea_id)
