"""How long customers wait: for a first answer, for a solution, and whether that was in time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from premura.core.ids import id_in
from premura.core.staff.models import Person
from premura.core.staff.roles import Ability
from premura.entrypoints.web.door import StaffRequest, signed_in
from premura.entrypoints.web.figures import Measure, Shown
from premura.entrypoints.web.insights.tables import Cell, as_csv, as_spreadsheet
from premura.entrypoints.web.recovery.cases import PERIODS, points_of, window_of
from premura.entrypoints.web.recovery.forms import places_of
from premura.entrypoints.web.sentence import Choice, Sentence
from premura.loop.improve.models import RootCause
from premura.loop.improve.reads import cause_of_cases
from premura.loop.promise.vague import VagueReplies, vague_replies
from premura.loop.promise.waiting import CLOCKS, Clock, Waiting, waiting_times
from premura.loop.recover.effort import first_contact_resolution
from premura.loop.recover.models import Severity
from premura.loop.understand.reads import labels, minimum_n

BY = {
    "severity": gettext_lazy("by severity"),
    "location": gettext_lazy("by place"),
    "touchpoint": gettext_lazy("by touchpoint"),
    "team": gettext_lazy("by team"),
    "owner": gettext_lazy("by person"),
    "cause": gettext_lazy("by cause"),
}
#: The choice of the list of cases that shows the rows behind a group
_IN_LIST = {
    "severity": "severity",
    "location": "place",
    "touchpoint": "point",
    "owner": "owner",
    "team": "team",
    "cause": "cause",
}
NAMES = {"first_answer": gettext_lazy("First answer"), "solution": gettext_lazy("Solution")}


@dataclass(frozen=True)
class Line:
    """One clock of one group: median, P90 and the share in time."""

    name: Any
    median: Shown
    in_time: Shown
    clock: Clock


def _sentence(request: StaffRequest) -> Sentence:
    places = [(str(place.pk), _("in %(place)s") % {"place": place}) for place in places_of(request.user)]
    severities = [(value, _("of %(severity)s severity") % {"severity": label}) for value, label in Severity.choices]
    return Sentence.from_query(
        _("Cases %(period)s %(place)s, %(point)s, %(severity)s"),
        request.GET,
        Choice("period", _("Period"), list(PERIODS.items()), "90"),
        Choice("place", _("Location"), [("", _("in every place")), *places]),
        Choice("point", _("Touchpoint"), [("", _("at every touchpoint")), *points_of()]),
        Choice("severity", _("Severity"), [("", _("of any severity")), *severities]),
        keep=("by",),
    )


def _filters(sentence: Sentence) -> dict[str, Any]:
    chosen = {
        "location_id": id_in(sentence["place"]),
        "touchpoint_id": id_in(sentence["point"]),
        "severity": sentence["severity"],
    }
    return {name: value for name, value in chosen.items() if value}


def _found(request: StaffRequest, sentence: Sentence, by: str) -> tuple[Waiting, dict[Any, Waiting]]:
    causes = cause_of_cases(request.user) if by == "cause" else None
    window = window_of(sentence["period"])
    return waiting_times(request.user, window, timezone.now(), by, groups_of=causes, **_filters(sentence))


def _at_once(request: StaffRequest, sentence: Sentence, least: int) -> Shown:
    """First-contact resolution of the same cases."""
    definition = _("Resolved cases in which the customer had to tell us only once, of all resolved in these days.")
    measure = Measure(_("Solved at the first contact"), "percent", definition, counted="cases")
    known = first_contact_resolution(request.user, window_of(sentence["period"]), **_filters(sentence))
    return Shown(measure, known, least, _rows_url(sentence, state="resolved"))


def _followed(request: StaffRequest, sentence: Sentence, least: int) -> Shown:
    """Of the answers that needed one, those that got it by the deadline (row S35)."""
    definition = _("Answers of customers that opened a case, and had a first answer by the deadline.")
    measure = Measure(_("Unhappy answers that were answered in time"), "percent", definition)
    window, filters = window_of(sentence["period"]), _filters(sentence)
    whole, _groups = waiting_times(request.user, window, timezone.now(), response__isnull=False, **filters)
    return Shown(measure, whole.first_answer.in_time, least, f"{reverse('recovery')}?state=waiting&order=waiting")


def _vague(request: StaffRequest, sentence: Sentence, least: int) -> tuple[Shown, VagueReplies]:
    """Replies that say a time and no day (row S52); the figure opens them."""
    definition = _(
        "Replies in these days that say a time and no day, such as “as soon as possible”; of the latest 300."
    )
    measure = Measure(_("Replies with a vague time"), "percent", definition)
    found = vague_replies(request.user, window_of(sentence["period"]), **_filters(sentence))
    return Shown(measure, found.share, least, "#vague"), found


def _by(request: StaffRequest) -> str:
    """What is broken down by; only who leads sees people apart."""
    by = request.GET.get("by", "severity")
    return by if by in _offered(request) else "severity"


def _offered(request: StaffRequest) -> Mapping[str, Any]:
    return BY if request.user.may(Ability.EDIT_RULES) else {by: name for by, name in BY.items() if by != "owner"}


def _lines(waiting: Waiting, least: int, rows: str) -> list[Line]:
    result = []
    for code, name in NAMES.items():
        clock = CLOCKS[code](waiting)
        median = Measure(name, "hours", _("Half of the customers wait no longer, in working hours."), counted="cases")
        in_time = Measure(
            _("in time"), "percent", _("Deadlines met, of those that ended or are overdue."), counted="cases"
        )
        result.append(Line(name, Shown(median, clock.median, least, rows), Shown(in_time, clock.in_time, least), clock))
    return result


def _rows_url(sentence: Sentence, **changes: str) -> str:
    """The list of the cases behind a figure."""
    kept = {"state": "all", **{name: choice.value for name, choice in sentence.choices.items()}, **changes}
    return f"{reverse('recovery')}?{urlencode({name: value for name, value in kept.items() if value})}"


def _names(by: str, keys: set[Any]) -> dict[Any, str]:
    if by == "severity":
        return {value: str(label) for value, label in Severity.choices}
    if by == "owner":
        return dict(Person.objects.filter(pk__in=keys - {None}).values_list("pk", "name"))
    if by == "cause":
        return {cause.pk: str(cause) for cause in RootCause.objects.filter(pk__in=keys - {None})}
    return {key: key for key in keys if key} if by == "team" else labels(by, keys)


_NOBODY = {
    "location": gettext_lazy("no location"),
    "touchpoint": gettext_lazy("no touchpoint"),
    "team": gettext_lazy("no team"),
    "owner": gettext_lazy("nobody yet"),
    "cause": gettext_lazy("not known yet"),
}


def _groups(by: str, found: dict[Any, Waiting]) -> list[tuple[Any, str, Waiting]]:
    """Severity as it weighs, all others by name: waiting is no contest."""
    names = _names(by, set(found))
    rows = [(key, names.get(key) or str(_NOBODY.get(by, key)), waiting) for key, waiting in found.items()]
    weight = {value: -place for place, value in enumerate(Severity.values)}
    return sorted(rows, key=lambda row: (weight.get(row[0], 0) if by == "severity" else 0, row[1].lower()))


@signed_in(Ability.SEE)
def waiting(request: StaffRequest) -> HttpResponse:
    sentence, by, least = _sentence(request), _by(request), minimum_n()
    whole, found = _found(request, sentence, by)
    groups = [
        (name, found_waiting, _lines(found_waiting, least, _rows_url(sentence, **_narrowed(by, key))))
        for key, name, found_waiting in _groups(by, found)
    ]
    vague, vague_found = _vague(request, sentence, least)
    query = request.GET.copy()
    tabs = []
    for code, name in _offered(request).items():
        query["by"] = code
        tabs.append((name, f"?{query.urlencode()}#groups", code == by))
    context = {
        "sentence": sentence,
        "whole": whole,
        "lines": _lines(whole, least, _rows_url(sentence)),
        "at_once": _at_once(request, sentence, least),
        "followed": _followed(request, sentence, least),
        "vague": vague,
        "vague_found": vague_found.found,
        "late_url": f"{reverse('promises')}?state=overdue",
        "groups": groups,
        "by_tabs": tabs,
        "query": request.GET.urlencode(),
    }
    return render(request, "recovery/waiting.html", context)


def _narrowed(by: str, key: Any) -> dict[str, str]:
    return {_IN_LIST[by]: str(key)} if by in _IN_LIST and key else {}


@signed_in(Ability.SEE)
def waiting_file(request: StaffRequest, kind: str) -> HttpResponse:
    """The page as ``csv`` or ``xlsx``: a row a group and clock."""
    writers = {"csv": as_csv, "xlsx": as_spreadsheet}
    if kind not in writers:
        raise Http404
    sentence, by = _sentence(request), _by(request)
    whole, found = _found(request, sentence, by)
    heading: list[Cell] = [
        str(BY[by]),
        _("clock"),
        _("cases"),
        _("still waiting"),
        _("median, working hours"),
        _("from"),
        _("to"),
        _("nine in ten within, working hours"),
        _("in time"),
        _("from"),
        _("to"),
        _("deadlines judged"),
    ]
    named = [(_("all"), whole), *((name, part) for _key, name, part in _groups(by, found))]
    table = [heading, *(_cells(name, code, part) for name, part in named for code in NAMES)]
    return writers[kind](table, _("waiting times"))


def _cells(name: str, code: str, part: Waiting) -> list[Cell]:
    clock = CLOCKS[code](part)
    median, met = clock.median, clock.in_time
    return [
        name, str(NAMES[code]), part.cases, clock.running, median.value, median.low, median.high, clock.p90,
        met.value, met.low, met.high, int(met.n),
    ]  # fmt: skip
