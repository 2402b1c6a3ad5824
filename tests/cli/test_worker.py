"""The worker: unfolds, delivers and keeps the clockwork, in the company's language."""

import argparse
from datetime import timedelta

import pytest
from django.utils import timezone, translation

from premura.core.company.models import Company
from premura.core.jobs.models import Heartbeat, Job
from premura.entrypoints.cli import freshness, postman, worker
from premura.entrypoints.cli.schedule import EVERY, queue_what_is_due
from premura.loop import wiring


@pytest.fixture(autouse=True)
def _one_connection(monkeypatch):
    """The worker is a process of its own; here it shares the connection of the test, which must stay open."""
    monkeypatch.setattr(worker, "close_old_connections", lambda: None)
    monkeypatch.setattr(freshness, "close_old_connections", lambda: None)
    monkeypatch.setattr(postman, "close_old_connections", lambda: None)


def test_it_does_what_is_due_and_stops_when_told_to_do_it_once(company, monkeypatch):
    monkeypatch.setattr(worker.signal, "signal", lambda *_: None)
    assert worker.run(argparse.Namespace(once=True)) == 0
    assert Heartbeat.objects.filter(part="worker").exists()
    assert not Job.objects.exists()


def test_what_it_writes_is_in_the_company_s_language(company, monkeypatch):
    Company.objects.update(language="en")
    spoken = []
    monkeypatch.setattr(worker, "unfold_waiting", lambda limit: spoken.append(translation.get_language()) or 0)
    worker._round()
    assert spoken == ["en"]


def test_a_round_that_fails_does_not_end_the_worker(company, monkeypatch):
    def fail(limit):
        raise ConnectionError

    monkeypatch.setattr(worker, "unfold_waiting", fail)
    monkeypatch.setattr(worker.threading.Event, "wait", lambda self, seconds: None)
    assert worker._round() == 0


def test_each_part_of_the_clockwork_is_queued_once_in_its_time_and_somebody_does_it(db, django_assert_num_queries):
    now = timezone.now()
    assert set(queue_what_is_due(now)) == set(EVERY)
    with django_assert_num_queries(1):
        assert queue_what_is_due(now + timedelta(minutes=1)) == []
    Job.objects.all().delete()
    assert set(queue_what_is_due(now + timedelta(days=1))) == set(EVERY)
    for kind in EVERY:
        worker.do(kind, {})


def test_every_job_of_a_contract_has_a_name_that_no_other_has():
    kinds = [kind for contract in wiring.CONTRACTS for kind in contract.jobs]
    assert len(kinds) == len(set(kinds))
