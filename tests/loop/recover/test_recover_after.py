"""After the case: the customer is asked by itself, staff never rate their own case, and what the answers say."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from premura.core.customers.customers import add_customer
from premura.core.mail.models import OutgoingMail
from premura.loop.listen.invitations import invite_customer
from premura.loop.listen.models import NotAsked
from premura.loop.listen.submissions import receive_submission, unfold_submission
from premura.loop.listen.surveys import current_version
from premura.loop.listen.triggers import change_contact_limits
from premura.loop.recover.after import after_cases, same_problem
from premura.loop.recover.asking import ask_after_cases, start_asking, surveys_about_cases
from premura.loop.recover.cases import reopen_case, resolve_case, write_message
from premura.loop.recover.covering import cases_covered
from premura.loop.recover.gestures import give_gesture, reverse_gesture
from premura.loop.recover.models import CaseSurvey
from premura.loop.understand.windows import Window


@pytest.fixture
def asking(manager, now):
    return start_asking(by=manager, at=now).survey


@pytest.fixture
def said(asking, new_case, colleague, vicenza, now, work):
    """``said("yes", 5, 4)``: another customer's case is put right, and they say how it went."""
    from premura.core.customers.customers import add_customer

    count = iter(range(100))

    def say(resolved, heard, respected, *, apologised=True, by=None, **case):
        number = next(count)
        customer = add_customer(by=None, name=f"Cliente {number}", location=vicenza, at=now)
        made = new_case(customer=customer, **case)
        why = "" if apologised else "Nessun errore nostro"
        resolve_case(made, by=colleague, text="Fatto", apologised=apologised, no_apology_reason=why, at=now)
        work()
        token = CaseSurvey.objects.get(case=made).invitation.token
        answers = {"resolved": resolved, "heard": heard, "respected": respected}
        kept = {name: answer for name, answer in answers.items() if answer is not None}
        sent = receive_submission(
            current_version(asking),
            kept,
            key=f"a{number}",
            language="it",
            channel="link",
            token=token,
            person=by,
            at=now,
        )
        unfold_submission(sent)
        work()
        return made

    return say


def test_the_customer_is_asked_once_a_resolution_and_not_twice_in_two_weeks(asking, case, colleague, now, work):
    assert surveys_about_cases() == [asking]
    resolve_case(case, by=colleague, text="Fatto", apologised=True, at=now)
    work()
    assert CaseSurvey.objects.get().invitation.channel == "email"
    reopen_case(case, by=colleague, reason="No", at=now + timedelta(days=1))
    resolve_case(case, by=colleague, text="Rifatto", apologised=True, at=now + timedelta(days=2))
    work()
    assert CaseSurvey.objects.count() == 1
    reopen_case(case, by=colleague, reason="No", at=now + timedelta(days=20))
    resolve_case(case, by=colleague, text="Rifatto", apologised=True, at=now + timedelta(days=21))
    work()
    assert CaseSurvey.objects.count() == 2


def test_the_question_goes_out_as_a_letter_in_their_own_words(asking, new_case, colleague, vicenza, now, work):
    today, case = timezone.now(), new_case()
    write_message(case, "in", "La betoniera era sporca.", by=None, channel="email", at=today)
    resolve_case(case, by=colleague, text="Cambiata", apologised=True, at=today)
    by_phone = new_case(customer=add_customer(by=None, name="Bianchi", phone="0444 1234", location=vicenza, at=now))
    resolve_case(by_phone, by=colleague, text="Cambiata", apologised=True, at=today)
    work()
    letter = OutgoingMail.objects.get()
    asked = CaseSurvey.objects.get(case=case).invitation
    assert letter.address == "rossi@example.it"
    assert "ci ha detto: «La betoniera era sporca»" in letter.text
    assert asked.token in letter.text
    assert CaseSurvey.objects.get(case=by_phone).invitation.channel == "link"


def test_who_opted_out_and_nobody_in_particular_are_not_asked(
    asking, new_case, customer, colleague, manager, now, work
):
    resolve_case(new_case(customer=None), by=colleague, text="Fatto", apologised=True, at=now)
    customer.opted_out_at = now
    customer.save()
    resolve_case(new_case(), by=colleague, text="Fatto", apologised=True, at=now)
    work()
    ask_after_cases(None, by=manager)
    assert not CaseSurvey.objects.exists()


def test_the_limits_hold_after_a_case_and_the_reason_is_kept_unless_cases_are_spared(
    asking, new_case, colleague, manager, now, work
):
    first, second = new_case(), new_case()
    invite_customer(asking, first.customer, "counter", colleague, at=now - timedelta(days=3))
    resolve_case(first, by=colleague, text="Fatto", apologised=True, at=now)
    work()
    assert not CaseSurvey.objects.exists()
    skipped = NotAsked.objects.get()
    assert (skipped.occasion, skipped.reason, skipped.trigger) == (f"case:{first.pk}", "too_soon", None)
    assert cases_covered(manager, Window(now.date(), now.date())).skipped == {"too_soon": 1}
    change_contact_limits(manager, spares_cases=True)
    resolve_case(second, by=colleague, text="Fatto", apologised=True, at=now)
    work()
    assert CaseSurvey.objects.get().case == second


def test_resolved_and_empathy_are_two_things(said, colleague, now, django_assert_num_queries):
    said("yes", 5, 5)
    said("yes", 2, 5)
    said("no", 5, 4, apologised=False)
    said("no", None, None)
    window = Window(now.date(), now.date())
    with django_assert_num_queries(4):
        found = after_cases(colleague, window)
    assert (found.asked, found.answered, found.own) == (4, 4, 0)
    assert found.cells["yes", True] == found.cells["yes", False] == found.cells["no", True] == 1
    assert found.cells["no", False] == 0
    assert (found.felt["yes"].value, found.felt["yes"].n) == (0.5, 2)
    assert (found.items["heard"].value, found.items["heard"].n) == (pytest.approx(2 / 3), 3)
    assert (found.apology.with_it.n, found.apology.without.n) == (2, 1)


def test_staff_never_rate_their_own_case(said, colleague, owner, now):
    said("yes", 5, 5, by=colleague)
    said("yes", 5, 5, by=owner)
    found = after_cases(colleague, Window(now.date(), now.date()))
    assert (found.answered, found.own) == (2, 1)
    assert sum(found.cells.values()) == 1


def test_the_same_problem_with_different_remedies(new_case, points, remedies, limits, colleague, manager, now):
    made = [new_case(touchpoint=points["delivery"]) for _ in range(3)]
    given = give_gesture(made[0], remedies["amount"], by=colleague, amount=Decimal(30), key="a", at=now)
    give_gesture(made[1], remedies["fixed"], by=colleague, key="b", at=now)
    back = give_gesture(made[2], remedies["amount"], by=colleague, amount=Decimal(50), key="c", at=now)
    reverse_gesture(back, by=colleague, key="d", at=now)
    for one in made:
        resolve_case(one, by=colleague, text="Fatto", apologised=True, at=now)
    problem = same_problem(manager, Window(now.date(), now.date()))[0]
    assert (problem.cases, problem.with_nothing) == (3, 1)
    assert (problem.least, problem.middle, problem.most) == (Decimal(0), Decimal("12.50"), given.amount)
    assert [count for _name, count in problem.remedies] == [1, 1]
