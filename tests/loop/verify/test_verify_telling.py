"""You told us, we did: who is told, what, and only once the effect is shown."""

from datetime import timedelta

import pytest

from premura.core.customers.customers import add_customer
from premura.core.errors import Conflict
from premura.loop.improve.causes import set_cause
from premura.loop.promise.models import Commitment
from premura.loop.recover.cases import open_case, resolve_case, write_message
from premura.loop.recover.models import Message
from premura.loop.recover.progress import thread_of
from premura.loop.verify.checks import run_check
from premura.loop.verify.models import EffectivenessCheck
from premura.loop.verify.telling import cases_to_tell, draft_of, is_verified, tell_customers

from .conftest import COMPLETED


@pytest.fixture
def raised(owner, now):
    """``raised(action, "Rossi")``: a customer raised the point before it was changed, and their case is closed."""

    def make(action, name, *, customer=None, closed=True, language="it"):
        customer = customer or add_customer(by=None, name=name, at=now)
        customer.language = language
        customer.save()
        at = now - timedelta(days=10)
        case = open_case(name, by=owner, why=[{"code": "by-hand"}], channel="phone", customer=customer, at=at)
        set_cause(case, action.cause, by=owner, whys=["Perché"])
        if closed:
            resolve_case(case, by=owner, text="Fatto", apologised=True, at=at)
        return case

    return make


@pytest.fixture
def action(completed, answer, work):
    made = completed()
    for offset in range(1, 21):
        answer(COMPLETED - timedelta(days=offset), 2, n=6)
        answer(COMPLETED + timedelta(days=offset), 5, n=6)
    work()
    return made


def conclude(action, work):
    run_check(EffectivenessCheck.objects.get(action=action))
    work()


def test_everybody_who_raised_the_point_is_told_once_and_in_their_language(action, raised, owner, now, work):
    rossi, smith = raised(action, "Rossi"), raised(action, "Smith", language="en")
    again = raised(action, "Rossi ancora", customer=rossi.customer)
    raised(action, "Aperto", closed=False)
    write_message(raised(action, "Aspetta"), "in", "E allora?", by=None, channel="web")
    gone = raised(action, "In pace").customer
    gone.opted_out_at = now
    gone.save()
    assert {case.customer_id for case in cases_to_tell(action)} == {rossi.customer_id, smith.customer_id}
    conclude(action, work)
    assert is_verified(action)
    owed = Commitment.objects.get(about=f"telling:{action.pk}")
    told = tell_customers(action, {"it": "Abbiamo cambiato", "en": "We changed"}, by=owner)
    assert told.customers == 2
    texts = dict(Message.objects.filter(direction="out").values_list("case__customer__name", "text"))
    assert texts == {"Rossi": "Abbiamo cambiato", "Smith": "We changed"}
    assert {one.case_id for one in Message.objects.filter(direction="out")} <= {rossi.pk, again.pk, smith.pk}
    assert [line.text for line in thread_of(smith)[0]] == ["We changed"]
    owed.refresh_from_db()
    assert owed.ended_at is not None
    with pytest.raises(Conflict):
        tell_customers(action, {"it": "Di nuovo"}, by=owner)
    assert Message.objects.filter(direction="out").count() == 2


def test_nothing_is_told_of_what_did_not_help(completed, raised, owner, work):
    action = completed()
    raised(action, "Rossi")
    work()
    conclude(action, work)
    assert not Commitment.objects.filter(about=f"telling:{action.pk}").exists()
    with pytest.raises(Conflict):
        tell_customers(action, {"it": "Ecco"}, by=owner)


def test_the_draft_speaks_the_customers_language(action):
    assert draft_of(action, "it").startswith("Ci aveva segnalato questo: «Giro»")
    assert "Giro pronto la sera prima" in draft_of(action, "en")
