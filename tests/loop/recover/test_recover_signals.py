"""Words of danger, the law, urgency and anger act on the case of a response, each once."""

from datetime import timedelta

import pytest

from premura.core.history.models import Event
from premura.loop.recover.models import Case
from premura.loop.recover.reads import why_opened

pytestmark = pytest.mark.django_db
HURT = "Mi sono fatto male con la scala rotta, sentirete il mio avvocato"


def test_danger_makes_a_serious_case_and_who_leads_owes_a_call(answered, manager, colleague, deadlines, work):
    from premura.loop.promise.models import Commitment

    answered(recommend=9, comment=HURT)
    work()
    case = Case.objects.get()
    assert (case.severity, case.owner) == ("high", manager)
    assert any("pericolo" in sentence or "danger" in sentence for sentence in why_opened(case))
    call = Commitment.objects.get(kind="manager_call")
    assert call.owner.may("edit_rules")
    assert {duty.kind for duty in Commitment.objects.filter(case=case)} == {"manager_call", "first_answer", "solution"}


def test_anger_and_urgency_take_a_case_more_seriously_once(answered, manager, deadlines, work):
    from premura.loop.promise.models import Commitment
    from premura.loop.recover.models import CaseRule
    from premura.loop.recover.signals import handle_comment

    CaseRule.objects.create(code="nps", kind="nps", at_most=6, severity="low")
    answered(recommend=2, comment="È una vergogna, sono furioso! È urgente, rispondete subito")
    work()
    case = Case.objects.get()
    assert case.severity == "normal"
    assert case.mood == "angry"
    due = Commitment.objects.get(case=case, kind="first_answer")
    assert due.due_at < due.made_at + timedelta(hours=8)
    handle_comment(Event.objects.get(name="comment.read"))
    case.refresh_from_db()
    assert case.severity == "normal"
    assert Event.objects.filter(name="case.raised").count() == 1


def test_a_contented_comment_opens_nothing(answered, manager, work):
    answered(recommend=10, comment="Tutto perfetto, grazie")
    work()
    assert not Case.objects.exists()
