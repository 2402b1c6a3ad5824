"""History: written with the change it tells of, delivered once to each stage that wants it, never rewritten."""

import pytest
from django.db import DatabaseError, connection, transaction

from premura.core.contract import Contract
from premura.core.customers.customers import add_customer
from premura.core.history import history
from premura.core.history.append_only import allowing, forbidding
from premura.core.history.history import record
from premura.core.history.models import Event
from premura.core.jobs.jobs import do_due_jobs
from premura.core.jobs.models import Job
from premura.loop import wiring


@pytest.mark.django_db(transaction=True)
def test_an_event_needs_the_transaction_of_its_change(company):
    with pytest.raises(RuntimeError, match="in the transaction"):
        record("x.happened", by=None, about=company)


def test_an_event_that_nobody_wants_is_kept_and_not_delivered(company, monkeypatch):
    monkeypatch.setattr(history, "_wanted", {"y.happened": ["listen", "verify"]})
    with transaction.atomic():
        record("x.happened", by=None, about=company)
        record("y.happened", by=None, about=company)
    assert Event.objects.count() == 2
    assert [job.payload["stage"] for job in Job.objects.order_by("id")] == ["listen", "verify"]


def test_a_change_that_fails_leaves_no_event(company):
    with transaction.atomic():
        record("x.happened", by=None, about=company)
        transaction.set_rollback(True)
    assert not Event.objects.exists()
    assert not Job.objects.exists()


def test_an_event_says_who_what_when_about_whom(owner, vicenza, now):
    customer = add_customer(name="Anna Blu", location=vicenza, by=owner, at=now)
    event = Event.objects.get()
    assert (event.name, event.person, event.customer, event.location) == ("customer.added", owner, customer, vicenza)
    assert (event.subject_type, event.subject_id, event.happened_at) == ("customer", str(customer.pk), now)
    assert "Anna" not in str(event.data)


@pytest.mark.parametrize("statement", ["UPDATE history_event SET name = 'y'", "DELETE FROM history_event"])
def test_the_database_refuses_to_rewrite_history(company, statement):
    with transaction.atomic():
        record("x.happened", by=None, about=company)
    _set_triggers_again()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def _set_triggers_again():
    """The test database drops the triggers against deleting (see conftest): set them as the migration does."""
    statements = [*allowing(connection.vendor, "history_event"), *forbidding(connection.vendor, "history_event")]
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.mark.parametrize("known", [True, False])  # who wants an event, when it is recorded
def test_each_stage_that_wants_an_event_gets_it_once_and_a_failing_one_does_not_stop_the_others(
    company, monkeypatch, known
):
    got = []

    def fail(event):
        raise ValueError("this stage is broken")

    contracts = (
        Contract(stage="listen", wants={"x.happened": lambda event: got.append("listen")}),
        Contract(stage="recover", wants={"x.happened": fail}),
        Contract(stage="verify", wants={"x.happened": lambda event: got.append("verify"), "y.happened": fail}),
    )
    stages = {"x.happened": ["listen", "recover", "verify"], "y.happened": ["verify"]}
    monkeypatch.setattr(history, "_wanted", stages if known else None)
    monkeypatch.setattr(wiring, "_STAGES", stages)
    monkeypatch.setattr(wiring, "_BY_STAGE", {contract.stage: contract for contract in contracts})
    with transaction.atomic():
        record("x.happened", by=None, about=company)
    do_due_jobs(wiring.do)
    assert got == ["listen", "verify"]
    assert Job.objects.get().payload["stage"] == "recover"
