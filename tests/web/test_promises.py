"""Promises in the browser: made for a day, kept, broken, called off; found by a sentence."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from premura.core.customers.customers import add_customer
from premura.loop.promise.commitments import keep_commitment, make_commitment
from premura.loop.promise.models import Commitment


@pytest.fixture
def customer(vicenza, now):
    return add_customer(by=None, name="Rossi Costruzioni", location=vicenza, at=now)


@pytest.fixture
def promise(colleague, customer, vicenza):
    def make(what="Richiamo", due=None, **fields):
        due = due or timezone.now() + timedelta(days=1)
        fields = {"owner": colleague, "customer": customer, "location": vicenza, "by": None, **fields}
        return make_commitment(what, due=due, **fields)

    return make


def form(colleague, **changes):
    return {"what": "Porto il generatore", "kind": "promise", "due_on": "2099-03-19", "owner": colleague.pk, **changes}


def test_promising_for_a_day(client_of, colleague, customer, vicenza):
    response = client_of(colleague).post(
        reverse("promise-new"), form(colleague, customer="rossi costruzioni", location=vicenza.pk)
    )
    made = Commitment.objects.get()
    assert response.url == reverse("promise", args=[made.pk])
    assert (made.customer, made.is_date_only) == (customer, True)
    assert made.due_at.date() == date(2099, 3, 19)


@pytest.mark.parametrize(
    "changes",
    [
        {"due_on": ""},
        {"due_on": "al più presto"},
        {"due_on": "2020-01-01"},
        {"what": "  "},
        {"customer": "Chi mai"},
        {"owner": "9999"},
        {"kind": "approval"},
    ],
)
def test_what_is_no_promise_is_refused_and_stays_typed(client_of, colleague, vicenza, changes):
    response = client_of(colleague).post(reverse("promise-new"), form(colleague, location=vicenza.pk, **changes))
    assert response.status_code == 422
    assert not Commitment.objects.exists()


@pytest.mark.parametrize("verb", ["keeping", "breaking", "calling-off"])
def test_who_may_end_a_promise(client, client_of, elsewhere, viewer, colleague, promise, verb):
    made = promise()
    address = reverse(f"promise-{verb}", args=[made.pk])
    assert client.post(address).url.startswith("/account/login/")
    assert client_of(elsewhere).post(address, {"note": "x"}).status_code == 404
    assert client_of(viewer).post(address, {"note": "x"}).status_code == 403
    assert client_of(colleague).get(address).status_code == 405
    assert Commitment.objects.get().ended_at is None
    assert client_of(colleague).post(address, {"note": "Era guasto"}).status_code == 302
    assert (
        Commitment.objects.get().outcome.outcome
        == {
            "keeping": "kept",
            "breaking": "broken",
            "calling-off": "called_off",
        }[verb]
    )
    assert client_of(colleague).post(address, {"note": "x"}).status_code == 409


def test_a_duty_of_a_case_is_not_ended_by_a_tap(client_of, colleague, promise):
    made = promise(kind="first_answer")
    assert client_of(colleague).post(reverse("promise-keeping", args=[made.pk])).status_code == 400
    assert Commitment.objects.get().ended_at is None


def test_a_promise_of_another_place_is_not_there(client_of, elsewhere, viewer, promise):
    made = promise()
    assert client_of(elsewhere).get(reverse("promise", args=[made.pk])).status_code == 404
    assert client_of(viewer).get(reverse("promise", args=[made.pk])).status_code == 200
    assert "Richiamo" not in client_of(elsewhere).get(reverse("promises")).content.decode()


def test_the_rate_stands_with_its_interval_and_n(client_of, colleague, promise):
    for number in range(40):
        made = promise(f"promessa {number}", timezone.now() - timedelta(hours=1), at=timezone.now() - timedelta(days=1))
        late = number % 4 == 0
        keep_commitment(made, by=colleague, at=made.due_at + timedelta(minutes=5 if late else -5))
    page = client_of(colleague).get(reverse("promises"), {"state": "kept"}).content.decode()
    # 30 of 40: Wilson's interval is 0.598 to 0.858
    assert "75%" in page
    assert "60%" in page
    assert "86%" in page
    assert "40 promesse" in page


def test_a_few_promises_make_no_rate(client_of, colleague, promise):
    keep_commitment(promise(), by=colleague)
    assert "ancora poche" in client_of(colleague).get(reverse("promises")).content.decode()


def test_the_cost_of_the_list_does_not_grow(client_of, colleague, promise):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    promise()
    browser, counts = client_of(colleague), []
    for number in range(2):
        with CaptureQueriesContext(connection) as captured:
            browser.get(reverse("promises"))
        counts.append(len(captured))
        for more in range(25 * (1 - number)):
            promise(f"promessa {more}")
    assert counts[0] == counts[1]
