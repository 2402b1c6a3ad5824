"""Reads the seven contracts; no other wiring exists.

An event is queued once for each stage that wants it; the worker hands every job to :func:`do`.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from premura.core.company.pack import Pack
from premura.core.contract import Contract
from premura.core.customers.customers import forget_details
from premura.core.customers.models import Customer
from premura.core.history.history import deliver_to
from premura.core.history.models import Event
from premura.core.jobs.jobs import DELIVER, HANDLE, add_jobs
from premura.core.jobs.models import Job
from premura.core.journeys.journeys import install_journey
from premura.core.mail import mail
from premura.core.staff.models import Person
from premura.core.staff.staff import install_authority
from premura.loop.equip.contract import CONTRACT as EQUIP
from premura.loop.improve.contract import CONTRACT as IMPROVE
from premura.loop.listen.contract import CONTRACT as LISTEN
from premura.loop.promise.contract import CONTRACT as PROMISE
from premura.loop.recover.contract import CONTRACT as RECOVER
from premura.loop.understand.contract import CONTRACT as UNDERSTAND
from premura.loop.verify.contract import CONTRACT as VERIFY

CONTRACTS: tuple[Contract, ...] = (LISTEN, UNDERSTAND, EQUIP, RECOVER, PROMISE, IMPROVE, VERIFY)
_BY_STAGE = {contract.stage: contract for contract in CONTRACTS}
_JOBS = {kind: handler for contract in CONTRACTS for kind, handler in contract.jobs.items()}
_STAGES = {
    name: [contract.stage for contract in CONTRACTS if name in contract.wants]
    for names in (contract.wants for contract in CONTRACTS)
    for name in names
}
deliver_to(_STAGES)


def do(kind: str, payload: Mapping[str, Any]) -> None:
    """Do one job: let one stage handle an event, or a job of a stage's own."""
    if kind == DELIVER:  # recorded where nobody had said yet who wants it
        name = Event.objects.values_list("name", flat=True).get(pk=payload["event"])
        add_jobs((HANDLE, {**payload, "stage": stage}) for stage in _STAGES.get(name, ()))
    elif kind == HANDLE:
        event = Event.objects.get(pk=payload["event"])
        _BY_STAGE[payload["stage"]].wants[event.name](event)
    else:
        _JOBS[kind](payload)


def idle(jobs: Sequence[Job]) -> list[int]:
    """The jobs that would do nothing, because a stage says so of the events that they are about. Few queries."""
    handing = {job.pk: job.payload for job in jobs if job.kind == HANDLE}
    events = Event.objects.in_bulk({payload["event"] for payload in handing.values()}) if handing else {}
    asked: dict[tuple[str, str], dict[int, int]] = defaultdict(dict)
    for pk, payload in handing.items():
        if event := events.get(payload["event"]):
            asked[payload["stage"], event.name][event.pk] = pk
    found: list[int] = []
    for (stage, name), job_of in asked.items():
        told = _BY_STAGE[stage].idle.get(name)
        if told and len(job_of) > 1:  # one alone is asked fastest by doing it
            found += [job_of[event] for event in told([events[pk] for pk in job_of])]
    return found


def install_pack(pack: Pack, *, by: Person) -> None:
    """Give every stage what it takes from a sector pack, in order and in one transaction."""
    with transaction.atomic():
        install_journey(pack, by=by)
        install_authority(pack)
        for contract in CONTRACTS:
            contract.install_pack(pack, by=by)


def forget_customer(customer: Customer, *, by: Person | None) -> None:
    """Erase what names ``customer`` from every stage; counts stay true because the rows stay."""
    with transaction.atomic():
        for contract in CONTRACTS:
            contract.forget(customer)
        mail.forget(customer)
        forget_details(customer, by=by)
