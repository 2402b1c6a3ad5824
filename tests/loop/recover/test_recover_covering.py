"""Occasions that are no meeting: each was asked about, skipped with a reason, explained, or forgotten."""

from datetime import timedelta

import pytest

from premura.core.customers.customers import Meeting, add_customer, add_interaction
from premura.core.customers.models import Customer
from premura.loop.listen.models import Invitation, NotAsked, Trigger
from premura.loop.listen.submissions import receive_submission, unfold_submission
from premura.loop.listen.surveys import current_version
from premura.loop.recover.asking import ask_about, start_asking
from premura.loop.recover.cases import resolve_case
from premura.loop.recover.covering import cases_covered
from premura.loop.understand.occasions_covered import occasions_covered
from premura.loop.understand.windows import Window


@pytest.fixture
def people(vicenza, now):
    """``people(4)``: so many customers of Vicenza with an address each."""

    def make(count):
        return [
            add_customer(by=None, name=f"Cliente {n}", location=vicenza, email=f"c{n}@example.it", at=now)
            for n in range(count)
        ]

    return make


@pytest.fixture
def survey(manager, now):
    return start_asking(by=manager, at=now).survey


@pytest.fixture
def trigger(survey, now):
    return lambda kind: Trigger.objects.create(
        programme=survey.programme, survey=survey, kind=kind, active_from=now - timedelta(days=20)
    )


def test_cases_are_asked_skipped_explained_or_forgotten(
    people, survey, trigger, new_case, colleague, manager, new_person, padova, now
):
    customers = people(6)
    cases = [new_case(customer=customer) for customer in customers]
    done = [resolve_case(case, by=colleague, text="Fatto", apologised=True, at=now) for case in cases]
    new_case(customer=customers[0])  # still open
    row = ask_about(cases[0], done[0], survey, at=now)
    answers = {"resolved": "yes"}
    sent = receive_submission(
        current_version(survey), answers, key="k", language="it", channel="link", token=row.invitation.token, at=now
    )
    unfold_submission(sent)
    by_programme = trigger("case")
    common = {"trigger": by_programme, "location": cases[1].location}
    Invitation.objects.create(
        survey=survey, customer=customers[1], channel="email", asked_at=now, occasion=f"case:{cases[1].pk}", **common
    )
    NotAsked.objects.create(
        customer=customers[2], occasion=f"case:{cases[2].pk}", reason="too_soon", decided_at=now, **common
    )
    Customer.objects.filter(pk=customers[3].pk).update(opted_out_at=now)
    Customer.objects.filter(pk=customers[4].pk).update(email="", phone="")
    today = Window(now.date(), now.date())
    found = cases_covered(manager, today)
    assert (found.total, found.asked, found.answered, found.never) == (6, 2, 1, 1)
    assert (dict(found.skipped), found.opted_out, found.no_address) == ({"too_soon": 1}, 1, 1)
    assert [n for _reason, n in found.reasons] == [1, 1, 1]
    assert cases_covered(new_person("manager", padova, name="Altra"), today).total == 0


def test_silence_and_what_comes_again_count_whom_nobody_asked(
    people, survey, trigger, points, colleague, manager, now, vicenza
):
    customers = people(4)
    for customer in customers:
        meeting = Meeting(touchpoint=points["delivery"], channel="counter", location=vicenza)
        add_interaction(customer, meeting, by=colleague, at=now - timedelta(days=200))
    today = Window(now.date() - timedelta(days=3), now.date())
    [silent] = occasions_covered(manager, today, now)
    assert (silent.kind, silent.never, silent.asked) == ("silence", 4, 0)
    silence, again = trigger("silence"), trigger("schedule")
    common = {"location": vicenza, "trigger": silence}
    Invitation.objects.create(
        survey=survey, customer=customers[0], channel="email", asked_at=now, occasion="silence:1", **common
    )
    NotAsked.objects.create(
        customer=customers[1], occasion="wave:0", reason="too_many", decided_at=now, **common | {"trigger": again}
    )
    Customer.objects.filter(pk=customers[2].pk).update(opted_out_at=now)
    found = {row.kind: row for row in occasions_covered(manager, today, now)}
    assert (found["silence"].asked, found["silence"].never, found["silence"].opted_out) == (1, 1, 1)
    assert (found["schedule"].asked, dict(found["schedule"].skipped)) == (0, {"too_many": 1})
    assert (found["schedule"].never, found["schedule"].opted_out) == (1, 1)
    assert found["silence"].total == 3
