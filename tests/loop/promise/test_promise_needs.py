"""What customers need, what we propose, whether it was met; and the next best thing to do."""

from datetime import timedelta

import pytest

from premura.core.customers.customers import add_customer
from premura.core.errors import Conflict, NotFound, PremuraError
from premura.core.history.models import Event
from premura.loop import wiring
from premura.loop.promise.models import Need, NeedState
from premura.loop.promise.need_reads import need_for, needs, needs_of
from premura.loop.promise.needs import add_need, propose_solution, rebuild_state, settle_need
from premura.loop.promise.next_step import Facts, next_step


@pytest.fixture
def anna(owner, vicenza):
    return add_customer(name="Anna Blu", location=vicenza, by=owner)


@pytest.fixture
def need(anna, owner, now):
    return add_need(anna, "  Una consegna   la notte ", by=owner, at=now)


def test_a_need_a_proposal_and_how_it_ended(need, owner, now):
    assert (need.what, need.state) == ("Una consegna la notte", NeedState.OPEN)
    propose_solution(need, "Consegna alle 6", by=owner, at=now + timedelta(hours=1))
    assert need.state == NeedState.PROPOSED
    settle_need(need, is_met=False, note="Troppo tardi", by=owner, at=now + timedelta(days=1))
    propose_solution(need, "Chiave della cassetta", by=owner, at=now + timedelta(days=2))
    outcome = settle_need(need, is_met=True, by=owner, at=now + timedelta(days=3))
    assert outcome.proposal.what == "Chiave della cassetta"
    assert need.state == NeedState.MET
    names = ["need.added", "need.proposed", "need.not_met", "need.proposed", "need.met"]
    assert list(Event.objects.filter(name__startswith="need.").order_by("pk").values_list("name", flat=True)) == names


def test_the_state_can_be_worked_out_anew(need, owner, now):
    propose_solution(need, "Consegna alle 6", by=owner, at=now + timedelta(hours=1))
    Need.objects.update(state="met", state_since=now)
    need.refresh_from_db()
    assert rebuild_state(need).state == NeedState.PROPOSED
    assert need.state_since == now + timedelta(hours=1)


def test_what_is_settled_is_settled_once(need, owner):
    settle_need(need, is_met=True, by=owner)
    stale = Need.objects.get()
    for act in (
        lambda: settle_need(stale, is_met=True, by=owner),
        lambda: settle_need(stale, is_met=False, note="Non più", by=owner),
        lambda: propose_solution(stale, "Altro", by=owner),
    ):
        with pytest.raises(Conflict):
            act()
    assert need.outcomes.count() == 1


def test_empty_words_are_refused(anna, need, owner):
    for act in (
        lambda: add_need(anna, "  ", by=owner),
        lambda: propose_solution(need, "", by=owner),
        lambda: settle_need(need, is_met=False, note=" ", by=owner),
    ):
        with pytest.raises(PremuraError):
            act()


def test_another_place_sees_no_need(need, elsewhere, colleague):
    assert list(needs(elsewhere)) == []
    assert [row.pk for row in needs(colleague, search="notte")] == [need.pk]
    with pytest.raises(NotFound):
        need_for(elsewhere, need.pk)


def test_the_list_holds_what_is_not_met(need, anna, owner, now):
    late = add_need(anna, "Un ponteggio", by=owner, at=now + timedelta(days=1))
    met = add_need(anna, "Fattura mensile", by=owner, at=now)
    settle_need(met, is_met=True, by=owner)
    assert list(needs(owner)) == [need, late]
    assert list(needs(owner, state="met")) == [met]
    assert needs_of(owner, anna)[-1] == met


def test_forgetting_leaves_the_count_and_no_words(need, anna, owner):
    propose_solution(need, "Consegna alle 6", by=owner)
    settle_need(need, is_met=False, note="Anna la vuole alle 4", by=owner)
    wiring.forget_customer(anna, by=owner)
    need.refresh_from_db()
    assert (need.what, need.customer, need.state) == ("", None, NeedState.NOT_MET)
    assert need.proposals.get().what == need.outcomes.get().note == ""


def test_the_first_rule_that_fits_is_said(now):
    before, after = now - timedelta(days=9), now + timedelta(days=2)
    everything = {
        "late_since": before, "waits_since": before, "case_open_since": before, "due_at": after, "unmet_since": before,
        "proposed_since": before, "fell_below": True, "praised_at": before, "is_silent": True,
    }  # fmt: skip
    order = []
    for name in list(everything):
        order.append(next_step(Facts(**everything), now).code)
        del everything[name]
    assert order == ["keep", "answer", "solve", "due", "propose", "ask_fit", "recover", "thank", "ask"]
    assert next_step(Facts(), now).code == "nothing"


def test_who_asked_not_to_be_asked_is_not(now):
    assert next_step(Facts(is_silent=True, may_be_asked=False), now).code == "nothing"


def test_praise_is_thanked_for_until_we_have_met_again(now):
    praised = Facts(praised_at=now - timedelta(days=3))
    assert next_step(praised, now).code == "thank"
    met = Facts(praised_at=now - timedelta(days=3), met_at=now - timedelta(days=1))
    assert next_step(met, now).code == "nothing"
    assert next_step(praised, now + timedelta(days=40)).code == "nothing"
