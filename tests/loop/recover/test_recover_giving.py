"""A new case goes to who is there, knows it and has room; the case says why."""

from datetime import time

from premura.core.staff.staff import set_rota
from premura.loop.recover.models import Case


def test_who_is_on_duty_and_knows_the_touchpoint_gets_it_and_the_case_says_why(
    new_case, new_person, vicenza, colleague, owner, points, now
):
    knows = new_person("front_line", vicenza, name="Ada Brava")
    new_case(at=now)
    assert Case.objects.get().owner == colleague
    assert Case.objects.get().assignments.get().reason == "È della sede di Vicenza, non ha più casi aperti degli altri."
    # Thursday 10:30 in Vicenza
    set_rota(knows, by=owner, shifts=[(3, time(8), time(12))], touchpoints=[points["delivery"]])
    third = new_case("Fattura", touchpoint=points["counter"], at=now)
    assert third.owner == knows  # fewest cases
    fourth = new_case("Consegna", touchpoint=points["delivery"], at=now)
    assert fourth.owner == knows
    assert fourth.assignments.get().reason == "È della sede di Vicenza, conosce bene «Consegna»."
    set_rota(knows, by=owner, shifts=[(3, time(14), time(18))], touchpoints=[points["delivery"]])
    fifth = new_case("Consegna", touchpoint=points["delivery"], at=now)
    assert fifth.owner == colleague
    assert fifth.assignments.get().reason == "È della sede di Vicenza, è di turno."


def test_when_nobody_is_on_duty_somebody_has_it_all_the_same(new_case, colleague, owner, now):
    set_rota(colleague, by=owner, shifts=[(6, time(8), time(12))], touchpoints=[])
    case = new_case(at=now)
    assert case.owner == colleague
    assert "nessuno è di turno ora" in case.assignments.get().reason
