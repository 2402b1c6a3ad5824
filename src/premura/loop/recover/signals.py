"""What a comment says of danger, the law, urgency and anger acts on the case of its response (row S43).

Danger, injury and lawyers make a serious case at once, whatever the marks, and somebody who leads owes the customer a
call. Urgency and anger take a case that is there one step more seriously: its steps and its deadlines follow. Each
signal acts once: it stands among the reasons of the case.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from premura.core.history.history import record
from premura.core.history.models import Event
from premura.loop.listen.models import Moment, Perspective, Response
from premura.loop.recover.answers import answers_and_reasons, open_for
from premura.loop.recover.cases import deadline_hours
from premura.loop.recover.models import Case, Severity
from premura.loop.recover.rules import Reason
from premura.loop.understand.models import CommentReading

SIGNAL = "signal"
SAFETY, LEGAL, URGENT, ANGER = "safety", "legal", "urgent", "anger"
GRAVE = (SAFETY, LEGAL)
#: From which probability each acts. A danger overlooked costs more than a call too many; urgency and anger sound from
#: most complaints, and only where they are plain does a case change.
ACTS_FROM: Mapping[str, float] = {"safety": 0.6, "legal": 0.7, "urgent": 0.9, "anger": 0.8}
#: Why a case is serious, or more serious than its marks.
WORDS: Mapping[str, Any] = {
    SAFETY: _("Their words speak of danger or injury: somebody who leads is told at once"),
    LEGAL: _("Their words speak of lawyers or the law: somebody who leads is told at once"),
    URGENT: _("Their words say that it is urgent"),
    ANGER: _("Their words are angry"),
}
_HIGHER = {Severity.LOW.value: Severity.NORMAL.value, Severity.NORMAL.value: Severity.HIGH.value}


def handle_comment(event: Event) -> None:
    """The words of a response are read; delivered twice they act once."""
    found = _signals(event)
    response = (
        Response.objects.select_related("customer", "location", "survey__touchpoint")
        .filter(pk=event.subject_id, perspective=Perspective.CUSTOMER, moment=Moment.PERCEPTION, subject__is_us=True)
        .first()
        if found
        else None
    )
    if response is None:
        return
    grave = [name for name in found if name in GRAVE]
    with transaction.atomic():
        case = Case.objects.select_for_update().filter(response=response).first()
        if case is not None:
            raise_case(case, found, event)
        elif grave:
            _open_grave(response, found, event)


def _signals(event: Event) -> list[str]:
    """What acts, the gravest first."""
    p: dict[str, float] = {}
    for reading in CommentReading.objects.filter(answer__in=event.data["answers"]):
        likely = {name: each["p"] for name, each in reading.signals.items()}
        likely |= {each["label"]: each["p"] for each in reading.emotions if each["label"] == ANGER}
        p |= {name: max(value, p.get(name, 0.0)) for name, value in likely.items()}
    return [name for name, least in ACTS_FROM.items() if p.get(name, 0.0) >= least]


def _open_grave(response: Response, found: Iterable[str], event: Event) -> None:
    answers, _reasons = answers_and_reasons(response)
    reasons = [Reason(code=SIGNAL, kind=SIGNAL, touchpoint="", severity=Severity.HIGH, word=name) for name in found]
    open_for(response, answers, reasons, event.happened_at)


def raise_case(case: Case, found: Iterable[str], event: Event) -> None:
    """Take a case more seriously for what its words say, once for each signal; a closed one is left alone."""
    known = {reason.get("word") for reason in case.why if reason["code"] == SIGNAL}
    new = [name for name in found if name not in known]
    if not new or not case.is_open:
        return
    is_grave = any(name in GRAVE for name in new)
    before, case.severity = case.severity, Severity.HIGH if is_grave else _HIGHER.get(case.severity, case.severity)
    case.why = [*case.why, *({"code": SIGNAL, "kind": SIGNAL, "word": name} for name in new)]
    case.save(update_fields=["severity", "why"])
    if case.severity != before:
        data = {"severity": case.severity, "from": before, **deadline_hours(case.severity)}
        at, customer, location = event.happened_at, case.customer, case.location
        record("case.raised", by=None, about=case, customer=customer, location=location, at=at, data=data)
