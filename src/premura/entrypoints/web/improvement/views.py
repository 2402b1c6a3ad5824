"""Improvement: what are we fixing, and did it work?"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from premura.core.company.company import local_date
from premura.core.errors import PremuraError
from premura.core.staff.roles import Ability
from premura.entrypoints.web.door import StaffRequest, signed_in
from premura.entrypoints.web.improvement import verdicts
from premura.entrypoints.web.improvement.forms import (
    AbandonmentForm,
    ActionForm,
    CaseCauseForm,
    CauseForm,
    CompletionForm,
)
from premura.entrypoints.web.insights.drawings import period_label
from premura.entrypoints.web.sentence import Choice, Sentence
from premura.loop.improve import reads
from premura.loop.improve.actions import abandon_action, complete_action, open_action
from premura.loop.improve.causes import add_cause, set_cause
from premura.loop.improve.defects import defects
from premura.loop.improve.models import CorrectiveAction, RootCause
from premura.loop.recover.reads import case_for
from premura.loop.understand.metrics import METRICS, Metric, ends_of
from premura.loop.understand.reads import counts_between, minimum_n, period_starts
from premura.loop.understand.windows import Window
from premura.loop.verify import reads as checks
from premura.loop.verify.checks import run_check, schedule_check
from premura.loop.verify.models import CheckResult
from premura.stats.compare import smallest_detectable_change

PAGE = 50
DEFECTS_SHOWN = 8
PERIODS = [
    ("365", gettext_lazy("in the last 12 months")),
    ("90", gettext_lazy("in the last 90 days")),
    ("30", gettext_lazy("in the last 30 days")),
]
#: code of a refusal → the field of the form beside which it stands
FIELDS = {
    "text-needed": "title",
    "effect-needed": "customer_effect",
    "metric-unknown": "metric",
    "change-zero": "expected_change",
    "change-wrong-way": "expected_change",
    "window-too-short": "window_days",
    "date-past": "due_on",
}


def _today() -> date:
    return local_date(timezone.now())


def _sentence(request: StaffRequest) -> Sentence:
    return Sentence.from_query("%(period)s", request.GET, Choice("period", _("when"), PERIODS))


@dataclass(frozen=True)
class ActionLine:
    """One action in a list, with the result that holds now."""

    action: CorrectiveAction
    expected: str
    result: CheckResult | None
    is_late: bool


def _lines(rows: Any, today: date) -> list[ActionLine]:
    """Actions with their latest results: two queries for any number."""
    found = list(rows[:PAGE])
    results = checks.latest_results(found)
    return [
        ActionLine(row, verdicts.expected_words(row), results.get(row.pk), _is_open(row) and row.due_on < today)
        for row in found
    ]


def _is_open(action: CorrectiveAction) -> bool:
    return not hasattr(action, "completion") and not hasattr(action, "abandonment")


@signed_in(Ability.SEE)
def improvement(request: StaffRequest) -> HttpResponse:
    sentence, today = _sentence(request), _today()
    found = reads.causes(request.user, Window.ending(today, int(sentence["period"])))
    most = max([line.all_money for line in found.lines] + [found.unexplained_money], default=0)
    context = {
        "sentence": sentence,
        "causes": found,
        "lines": [(line, round(100 * line.all_money / most) if most else 0) for line in found.lines],
        "unexplained_share": round(100 * found.unexplained_money / most) if most else 0,
        "defects": defects(request.user, waiting=True)[:DEFECTS_SHOWN],
        "open": _lines(reads.actions(request.user, state="open"), today),
        "completed": _lines(reads.actions(request.user, state="completed"), today),
        "abandoned": _lines(reads.actions(request.user, state="abandoned"), today),
    }
    return render(request, "improvement/improvement.html", context)


@signed_in(Ability.SEE)
def cause(request: StaffRequest, pk: int) -> HttpResponse:
    row, today, person = reads.cause_for(pk), _today(), request.user
    window = Window.ending(today, 365)
    ids = reads.with_those_under(row)
    line = next(line for line in reads.causes(person, window).lines if line.cause == row)
    given = reads.money_by_month(person, ids, window)
    months = {
        period_label(start, "month", with_year=True): float(given.get(start, 0))
        for start in period_starts(window, "month")
    }
    context = {
        "cause": row,
        "line": line,
        "children": RootCause.objects.filter(parent=row),
        "money_spec": verdicts.money_spec(months, _("given")) if any(given.values()) else None,
        "page": Paginator(reads.explained_cases(person, ids), PAGE).get_page(request.GET.get("page")),
        "actions": _lines(reads.actions(person, causes=ids), today),
    }
    return render(request, "improvement/cause.html", context)


def _named(name: str) -> dict[str, str]:
    """What somebody wrote, in the language in which they read."""
    from django.utils.translation import get_language

    return {(get_language() or "it")[:2]: name}


@signed_in(Ability.IMPROVE)
def cause_new(request: StaffRequest) -> HttpResponse:
    form = CauseForm(request.POST or None, initial={"parent": request.GET.get("parent")})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        row = add_cause(
            by=request.user, name=_named(data["name"]), parent=data["parent"], touchpoint=data["touchpoint"]
        )
        messages.success(request, _("The cause has a name now. Explain cases by it, or open an action."))
        return redirect("cause", row.pk)
    return render(request, "improvement/cause_form.html", {"form": form}, status=400 if form.errors else 200)


@signed_in(Ability.IMPROVE)
def action_new(request: StaffRequest) -> HttpResponse:
    form = ActionForm(request.POST or None, person=request.user, initial=_initial(request))
    if request.method == "POST" and form.is_valid():
        row = _open(form, request)
        if row is not None:
            messages.success(
                request, _("The action is open. When it is in place, say so: its effect is then verified.")
            )
            return redirect("action", row.pk)
    return render(request, "improvement/action_form.html", {"form": form}, status=400 if form.errors else 200)


def _initial(request: StaffRequest) -> dict[str, Any]:
    """What the address and the cause suggest."""
    wanted = request.GET.get("cause", "")
    row = RootCause.objects.filter(pk=int(wanted)).first() if wanted.isascii() and wanted.isdigit() else None
    suggested = {"metric": "csat", "owner": request.user.pk, "due_on": _today() + timedelta(days=30), "window_days": 90}
    return suggested | ({"cause": row.pk, "touchpoint": row.touchpoint_id} if row else {})


def _open(form: ActionForm, request: StaffRequest) -> CorrectiveAction | None:
    """The action, or ``None`` with the refusal beside its field."""
    data = form.cleaned_data
    names = ("title", "customer_effect", "owner", "due_on", "metric", "touchpoint", "location", "window_days")
    try:
        return open_action(
            data["cause"], by=request.user, expected_change=form.change, **{name: data[name] for name in names}
        )
    except PremuraError as error:
        form.add_error(FIELDS.get(error.code), str(error))
        return None


@signed_in(Ability.SEE)
def action(request: StaffRequest, pk: int) -> HttpResponse:
    row = reads.action_for(request.user, pk)
    return _action_page(request, row)


def _action_page(request: StaffRequest, row: CorrectiveAction, **forms: Form) -> HttpResponse:
    today, least = _today(), minimum_n()
    check = checks.check_of(row)
    found = checks.findings(check, least) if check else []
    latest = next((finding for finding in found if finding.result.is_final), found[0] if found else None)
    context = {
        "action": row,
        "metric": METRICS[row.metric],
        "expected": verdicts.expected_words(row),
        "is_open": _is_open(row),
        "is_late": _is_open(row) and row.due_on < today,
        "check": check,
        "days_left": checks.days_left(check, today) if check else 0,
        "finding": latest,
        "verdict": verdicts.verdict_words(latest) if latest else "",
        "reached": verdicts.reached_words(latest) if latest else "",
        "effect": verdicts.effect_words(latest) if latest else "",
        "spec": verdicts.before_after_spec(latest) if latest and latest.before.estimate.n else None,
        "history": [(finding, verdicts.verdict_words(finding)) for finding in found],
        "detectable": _detectable(row, today) if _is_open(row) else None,
        "completion_form": CompletionForm(today=today),
        "abandonment_form": AbandonmentForm(),
        **forms,
    }
    return render(request, "improvement/action.html", context, status=400 if forms else 200)


@dataclass(frozen=True)
class Detectable:
    """The smallest change that as many answers as in the days until now would show."""

    words: str
    is_more_than_expected: bool


def _widest(metric: Metric) -> float:
    """The greatest change that there can be, from one end to the other; so few answers show nothing."""
    low, high = ends_of(metric.scale) if metric.stats_kind == "mean" else (0, 1)
    return 200 if metric.stats_kind == "nps" else high - low


def _detectable(row: CorrectiveAction, today: date) -> Detectable | None:
    """``None`` where so few answered that no change at all would show."""
    metric = METRICS[row.metric]
    window = Window.ending(today, row.window_days)
    counts = counts_between(
        row.metric, window.first_day, window.last_day, touchpoint=row.touchpoint, location=row.location
    )
    if counts.n < 2:
        return None
    shapes: dict[str, Any] = {"nps": metric.classes(counts), "share": metric.share(counts), "mean": dict(counts)}
    least = smallest_detectable_change(shapes[metric.stats_kind], counts.n, counts.n, kind=metric.stats_kind)
    if least is None or least > _widest(metric):
        return None
    return Detectable(verdicts.in_points(least, metric, signed=False), least > abs(row.expected_change))


@signed_in(Ability.IMPROVE)
@require_POST
def action_completion(request: StaffRequest, pk: int) -> HttpResponse:
    row = reads.action_for(request.user, pk)
    form = CompletionForm(request.POST, today=_today())
    if not form.is_valid():
        return _action_page(request, row, completion_form=form)
    with transaction.atomic():
        complete_action(row, by=request.user, **form.cleaned_data)
        # The worker plans it too; here at once, so that the page can already say when the effect is verified
        row.refresh_from_db()
        schedule_check(row, by=request.user)
    messages.success(request, _("It is in place. The effect is verified by itself when the days after it are over."))
    return redirect("action", pk)


@signed_in(Ability.IMPROVE)
@require_POST
def action_abandonment(request: StaffRequest, pk: int) -> HttpResponse:
    row = reads.action_for(request.user, pk)
    form = AbandonmentForm(request.POST)
    if not form.is_valid():
        return _action_page(request, row, abandonment_form=form)
    abandon_action(row, by=request.user, reason=form.cleaned_data["reason"])
    messages.success(request, _("The action is abandoned; its reason stays with the cause."))
    return redirect("action", pk)


@signed_in(Ability.IMPROVE)
@require_POST
def check_run(request: StaffRequest, pk: int) -> HttpResponse:
    check = checks.check_for(request.user, pk)
    run_check(check, by=request.user)
    messages.success(request, _("Counted again, with the answers of this moment."))
    return redirect("action", check.action_id)


@signed_in(Ability.IMPROVE)
@require_POST
def case_cause(request: StaffRequest, pk: int) -> HttpResponse:
    """Say why a case happened: from the case's page, and back to it."""
    case = case_for(request.user, pk)
    form = CaseCauseForm(request.POST)
    if not form.is_valid():
        return render(request, "improvement/case_cause_form.html", {"form": form, "case": case}, status=400)
    with transaction.atomic():
        row = form.cleaned_data["cause"]
        if form.cleaned_data["new_cause"].strip():
            row = add_cause(
                by=request.user, name=_named(form.cleaned_data["new_cause"]), parent=row, touchpoint=case.touchpoint
            )
        set_cause(case, row, by=request.user, whys=form.whys)
    messages.success(request, _("Now we know why it happened."))
    return redirect(_back(request) or "case", *([] if _back(request) else [pk]))


def _back(request: HttpRequest) -> str:
    target = request.POST.get("next", "")
    return target if url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}) else ""
