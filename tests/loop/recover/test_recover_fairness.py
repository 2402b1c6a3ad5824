"""Fair, and on my side: by what was given, on each question's own scale, whichever way the customer was asked."""

from datetime import timedelta
from decimal import Decimal

import pytest

from premura.loop.listen.models import Answer, Invitation, Trigger
from premura.loop.listen.submissions import receive_submission, unfold_submission
from premura.loop.listen.surveys import add_survey, current_version, publish_survey
from premura.loop.listen.transfer import templates
from premura.loop.recover.asking import ask_about, start_asking
from premura.loop.recover.cases import resolve_case
from premura.loop.recover.fairness import fairness
from premura.loop.recover.gestures import give_gesture, reverse_gesture
from premura.loop.recover.models import CaseSurvey
from premura.loop.understand.windows import Window


@pytest.fixture
def survey(manager, now):
    programme = start_asking(by=manager, at=now).survey.programme
    made = add_survey(programme, templates()["fairness"].definition, by=manager, at=now)
    publish_survey(made, by=manager, at=now)
    return made


@pytest.fixture
def judged(survey, new_case, colleague, vicenza, now):
    """``judged(5, 2, gift)``: a case with this gesture is put right, and its customer says how fair it was."""
    from premura.core.customers.customers import add_customer

    made = []

    def say(outcome, treatment, remedy=None, *, by_trigger=False, is_own=False, taken_back=False):
        made.append(outcome)
        key = f"f{len(made)}"
        customer = add_customer(by=None, name=f"Cliente {key}", location=vicenza, at=now)
        case = new_case(customer=customer)
        if remedy is not None:
            given = give_gesture(case, remedy, by=colleague, amount=Decimal(10), key=key, at=now)
            if taken_back:
                reverse_gesture(given, by=colleague, key=f"r{key}", at=now)
        resolution = resolve_case(case, by=colleague, text="Fatto", apologised=True, at=now)
        if by_trigger:
            trigger, _new = Trigger.objects.get_or_create(
                programme=survey.programme, survey=survey, kind="case", defaults={"active_from": now}
            )
            invitation = Invitation.objects.create(
                survey=survey, customer=customer, location=vicenza, channel="email", asked_at=now,
                trigger=trigger, occasion=f"case:{case.pk}",
            )  # fmt: skip
        else:
            invitation = ask_about(case, resolution, survey, at=now).invitation
            CaseSurvey.objects.filter(invitation=invitation).update(is_own=is_own)
        answers = {"fair_outcome": outcome, "fair_treatment": treatment, "improve": f"Voce {key}"}
        sent = receive_submission(
            current_version(survey), answers, key=key, language="it", channel="link", token=invitation.token, at=now
        )
        return unfold_submission(sent)

    return say


def test_shares_stand_by_what_was_given(judged, remedies, limits, manager, now):
    judged(5, 5, remedies["amount"])
    judged(2, 4, remedies["amount"], by_trigger=True)
    judged(1, 5)
    judged(1, 1, remedies["amount"], taken_back=True)
    judged(5, 5, is_own=True)
    found = fairness(manager, Window(now.date(), now.date()))
    assert [item.question for item in found.items] == ["fair_outcome", "fair_treatment"]
    assert [share.value for share in found.whole] == [0.25, 0.75]
    rows = {kind: (cases, [share.value for share in shares]) for kind, cases, shares in found.by_kind}
    kind = remedies["amount"].kind
    assert rows == {kind: (2, [0.5, 1.0]), "": (2, [0.0, 0.5])}
    assert found.cases == 4
    assert {answer.text for answer in found.words} == {f"Voce f{number}" for number in (1, 2, 3, 4)}


def test_scales_are_never_put_together_and_other_days_and_places_stay_apart(judged, manager, new_person, padova, now):
    response = judged(5, 5)
    Answer.objects.filter(response=response, question="fair_outcome").update(scale="1-7")
    judged(2, 2)
    today = Window(now.date(), now.date())
    found = fairness(manager, today)
    assert [(item.question, item.scale) for item in found.items] == [
        ("fair_outcome", "1-5"),
        ("fair_outcome", "1-7"),
        ("fair_treatment", "1-5"),
    ]
    before = now.date() - timedelta(days=1)
    assert fairness(manager, Window(before, before)).items == ()
    assert fairness(new_person("manager", padova, name="Altra"), today).items == ()
