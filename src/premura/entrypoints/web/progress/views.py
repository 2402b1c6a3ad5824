"""The customer follows their case, by a token and without an account: where it stands, who looks at it, by when."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from premura.core.errors import PremuraError
from premura.entrypoints.web.door import open_to_all
from premura.entrypoints.web.progress.forms import CustomerMessageForm, given
from premura.loop.listen.links import public_path
from premura.loop.promise.models import Commitment
from premura.loop.promise.reads import duties_of
from premura.loop.recover.asking import survey_after_cases
from premura.loop.recover.attachments import TYPES, path_of
from premura.loop.recover.models import Attachment, Case
from premura.loop.recover.progress import WRITTEN, case_by_token, dealt_with_in, hear_customer, thread_of


@dataclass(frozen=True)
class Step:
    """One of the four: ``is_done``, or what is still to come with the instant by which it will."""

    title: str
    is_done: bool
    done_at: Any = None
    due: Commitment | None = None
    by: Any = None

    @property
    def is_late(self) -> bool:
        return self.due is not None and self.due.due_at < timezone.now()


@open_to_all
@never_cache
@require_safe
def progress(request: HttpRequest, token: str) -> HttpResponse:
    return _page(request, case_by_token(token))


def _page(request: HttpRequest, case: Case, form: CustomerMessageForm | None = None) -> HttpResponse:
    lead = dealt_with_in(case)
    duties = duties_of([lead])[lead.pk]
    thread, said = thread_of(case)
    context = {
        "case": case,
        "is_open": lead.is_open,
        "steps": _steps(case, lead, duties),
        "promises": [duty for duty in duties if duty.made_by_id is not None and duty.ended_at is None],
        "thread": thread,
        "hidden": said - len(thread),
        "survey_path": _survey_path(case),
        "is_new": "new" in request.GET,
        "own_address": request.build_absolute_uri(reverse("progress", args=[case.token])),
        "form": form or CustomerMessageForm(is_open=lead.is_open),
    }
    response = render(request, "progress/progress.html", context, status=422 if form else 200)
    # The address is the key: it stays out of search engines and of the addresses that other sites are told
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def _survey_path(case: Case) -> str:
    """Where the customer says how it went, once it was put right; empty when they have, or nobody asks."""
    asked = case.surveys.select_related("invitation__survey", "invitation__response").first()
    if case.is_open:
        return ""
    if asked is not None:
        answered = hasattr(asked.invitation, "response")
        return "" if answered else public_path(asked.invitation.survey, token=asked.invitation.token)
    survey = survey_after_cases() if case.customer_id is None else None
    return public_path(survey) if survey else ""


def _steps(case: Case, lead: Case, duties: list[Commitment]) -> list[Step]:
    """``lead`` is where the case is dealt with."""
    waiting = {duty.kind: duty for duty in duties if duty.ended_at is None and duty.paused_at is None}
    answered_at = case.first_answered_at or lead.first_answered_at
    return [
        Step(_("Received"), True, case.opened_at),
        Step(_("Being looked at"), lead.owner is not None, by=lead.owner),
        Step(
            _("Our answer"), answered_at is not None, answered_at, None if answered_at else waiting.get("first_answer")
        ),
        Step(_("Resolved"), not lead.is_open, lead.resolved_at, waiting.get("solution") if lead.is_open else None),
    ]


@open_to_all
@require_POST
def message(request: HttpRequest, token: str) -> HttpResponse:
    """What the customer writes: into the case's one thread."""
    case = case_by_token(token)
    form = CustomerMessageForm(request.POST, request.FILES, is_open=dealt_with_in(case).is_open)
    if not form.is_valid():
        return _page(request, case, form)
    sent = form.cleaned_data
    try:
        hear_customer(case, sent["text"], files=given(sent["attachments"]), not_solved=sent.get("not_solved", False))
    except PremuraError as error:
        form.add_error(None, str(error))
        return _page(request, case, form)
    messages.success(request, _("Thank you. We have your message."))
    return redirect(reverse("progress", args=[token]) + "#thread")


@open_to_all
@require_safe
def attachment(request: HttpRequest, token: str, pk: int) -> HttpResponse | FileResponse:
    """A file of the customer's own thread; never one of a note."""
    rows = Attachment.objects.filter(message__case=case_by_token(token), message__channel__in=WRITTEN)
    return handed_out(get_object_or_404(rows.exclude(message__direction="note"), pk=pk))


def handed_out(found: Attachment) -> FileResponse:
    """As a download under a harmless name: no browser opens it as a page of ours."""
    response = FileResponse(
        path_of(found).open("rb"), as_attachment=True, filename=found.name, content_type=TYPES[found.kind]
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
