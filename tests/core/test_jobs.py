"""Jobs are claimed once, done at least once, and a failing one steps aside without stopping the line."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from premura.core.jobs.jobs import HANDLE, PAUSES, add_job, beat, claim_jobs, do_due_jobs, do_job, worker_is_alive
from premura.core.jobs.models import Heartbeat, Job


def test_claiming_costs_the_same_however_many_jobs_are_due(db, django_assert_num_queries):
    for number in range(40):
        add_job("x", {"n": number})
    with django_assert_num_queries(3):
        assert len(claim_jobs(timezone.now())) == 40


def test_done_jobs_leave_the_list_in_the_order_they_were_due(db):
    now = timezone.now()
    add_job("second", {}, due_at=now - timedelta(seconds=1))
    add_job("first", {}, due_at=now - timedelta(seconds=2))
    add_job("later", {}, due_at=now + timedelta(hours=1))
    done = []
    assert do_due_jobs(lambda kind, payload: done.append(kind)) == 2
    assert done == ["first", "second"]
    assert list(Job.objects.values_list("kind", flat=True)) == ["later"]


def test_a_key_that_waits_is_not_queued_twice(db):
    add_job("check", {"n": 1}, key="check")
    add_job("check", {"n": 2}, key="check")
    assert Job.objects.get().payload == {"n": 1}


def test_a_job_caused_by_a_job_is_done_in_the_same_round(db):
    add_job("cause", {})
    done = []

    def do(kind, payload):
        done.append(kind)
        if kind == "cause":
            add_job("effect", {})

    do_due_jobs(do)
    assert done == ["cause", "effect"]


def test_what_an_event_calls_for_and_fails_steps_aside_undoes_its_work_and_lets_the_next_pass(db):
    add_job(HANDLE, {})
    add_job("good", {})
    done = []

    def do(kind, payload):
        if kind == HANDLE:
            add_job("must not stay", {})
            raise ValueError("no")
        done.append(kind)

    do_due_jobs(do)
    assert done == ["good"]
    bad = Job.objects.get()
    assert bad.kind == HANDLE
    assert "ValueError: no" in bad.error
    assert bad.due_at > timezone.now()
    assert bad.set_aside_at is None


@pytest.mark.django_db(transaction=True)
def test_long_work_keeps_nobody_from_writing_and_goes_on_after_a_failure():
    add_job("long", {}, key="long")
    steps = []

    def fail(kind, payload):
        assert not connection.in_atomic_block
        steps.append("one")
        raise ValueError("no")

    do_due_jobs(fail)
    assert Job.objects.get().key == "long"

    def do(kind, payload):
        steps.append("two")
        if len(steps) < 3:
            add_job("long", {}, key="long")  # somebody asks for it while it is done

    Job.objects.update(due_at=timezone.now())
    do_due_jobs(do)
    assert steps == ["one", "two", "two"]
    assert not Job.objects.exists()


def test_a_job_that_keeps_failing_is_set_aside_for_a_person(db):
    add_job("bad", {})

    def fail(kind, payload):
        raise ValueError

    for _ in range(len(PAUSES) + 1):
        Job.objects.update(due_at=timezone.now())
        [job] = claim_jobs(timezone.now())
        do_job(job, fail)
    assert Job.objects.get().set_aside_at is not None
    assert claim_jobs(timezone.now() + timedelta(days=30)) == []


def test_a_claim_that_was_abandoned_can_be_taken_again(db):
    add_job("x", {})
    now = timezone.now()
    assert len(claim_jobs(now)) == 1
    assert claim_jobs(now) == []
    assert len(claim_jobs(now + timedelta(minutes=6))) == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_claim_the_same_job():
    for number in range(30):
        add_job("x", {"n": number})

    def claim_all(_):
        claimed = []
        try:
            while jobs := claim_jobs(timezone.now(), 4):
                claimed += [job.pk for job in jobs]
        finally:
            connection.close()
        return claimed

    with ThreadPoolExecutor(3) as pool:
        claimed = [pk for pks in pool.map(claim_all, range(3)) for pk in pks]
    assert sorted(claimed) == sorted(Job.objects.values_list("pk", flat=True))


def test_the_worker_is_alive_while_its_heart_beats(db, django_assert_num_queries):
    assert not worker_is_alive()
    beat("worker")
    # Shown a moment ago: a look, and nothing is written
    with django_assert_num_queries(1):
        beat("worker")
    assert worker_is_alive()
    Heartbeat.objects.update(beat_at=timezone.now() - timedelta(minutes=1))
    assert not worker_is_alive()
    beat("worker")
    assert worker_is_alive()


def test_a_job_that_queues_its_next_part_does_not_keep_its_caller(db):
    def do(kind, payload):
        add_job("part", {}, key=f"part-{Job.objects.count()}-{Job.objects.latest('pk').pk}")

    add_job("part", {}, key="first")
    assert do_due_jobs(do, seconds=0.05, limit=100_000) < 100_000
    assert Job.objects.exists()


def test_what_would_do_nothing_leaves_the_list_undone(db):
    for number in range(4):
        add_job("x", {"n": number})
    done = []
    assert do_due_jobs(lambda kind, payload: done.append(payload["n"]), idle=lambda jobs: [jobs[1].pk, jobs[2].pk]) == 4
    assert done == [0, 3]
    assert not Job.objects.exists()


def test_a_job_is_done_where_nobody_can_tell_whether_it_would_do_nothing(db):
    def fail(jobs):
        raise ValueError

    add_job("x", {})
    done = []
    do_due_jobs(lambda kind, payload: done.append(kind), idle=fail)
    assert done == ["x"]
