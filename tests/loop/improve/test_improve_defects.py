"""Defects of the system: reported by colleagues, answered by a named manager by a date; reports add up (row S58)."""

from datetime import timedelta

import pytest

from premura.core.errors import Conflict, NotFound, PremuraError
from premura.core.history.models import Event
from premura.loop.improve.causes import add_cause
from premura.loop.improve.defects import alike, answer_defect, defect_for, defects, report_again, report_defect
from premura.loop.promise.commitments import hand_over_commitment
from premura.loop.promise.models import Commitment

WHAT = "Dopo le cinque non risponde nessuno al telefono."


@pytest.fixture
def reported(colleague, manager, vicenza, now):
    return report_defect(WHAT, by=colleague, location=vicenza, page="/today/", at=now)


def test_a_named_manager_owes_an_answer_within_a_week(reported, manager, now):
    assert reported.answerer == manager
    assert reported.commitment.owner == manager
    assert (reported.commitment.due_at.date() - now.date()).days == 7
    assert WHAT in str(reported.commitment)
    assert Event.objects.get(name="defect.reported").data == {"answerer": manager.pk}


def test_the_answer_keeps_the_promise_and_may_name_a_cause(reported, manager, now):
    cause = add_cause(name={"it": "Nessun turno al telefono"}, by=manager)
    answer_defect(reported, by=manager, text="Da lunedì un turno fino alle sette.", cause=cause, at=now)
    assert Commitment.objects.get().outcome.outcome == "kept"
    assert cause.defects.count() == 1
    with pytest.raises(Conflict):
        answer_defect(reported, by=manager, text="Ancora", at=now)


def test_reports_add_up_once_a_person_and_day(reported, colleague, manager, now):
    with pytest.raises(Conflict):
        report_again(reported, by=colleague, at=now)
    report_again(reported, by=manager, at=now)
    report_again(reported, by=colleague, at=now + timedelta(days=1))
    assert defects(manager).get().times == 3


def test_the_same_thing_in_other_words_is_offered_until_it_is_answered(reported, colleague, elsewhere, manager, now):
    said = "Al telefono non risponde mai nessuno, dopo le cinque"
    assert alike(colleague, said) == [reported]
    assert alike(colleague, "La stampante del banco è rotta") == []
    assert alike(elsewhere, said) == [], "of another place"
    answer_defect(reported, by=manager, text="Da lunedì un turno.", at=now)
    assert alike(colleague, said) == []


def test_who_owes_the_answer_is_who_it_was_handed_over_to(reported, manager, owner):
    hand_over_commitment(reported.commitment, owner, by=manager)
    assert defect_for(owner, reported.pk).owed_by == owner


def test_what_waits_stands_first_the_most_reported_before_the_others(reported, colleague, manager, owner, now):
    once = report_defect("Manca il cartello", by=colleague, at=now)
    done = report_defect("La stampante", by=colleague, at=now)
    report_again(reported, by=owner, at=now)
    answer_defect(done, by=manager, text="Comprata", at=now)
    assert list(defects(owner)) == [reported, once, done]
    assert list(defects(owner, waiting=True)) == [reported, once]


def test_another_place_does_not_see_it(reported, elsewhere, colleague):
    assert list(defects(elsewhere)) == []
    with pytest.raises(NotFound):
        defect_for(elsewhere, reported.pk)
    assert defect_for(colleague, reported.pk) == reported


def test_who_leads_alone_answers_themselves(owner, now):
    assert report_defect(WHAT, by=owner, at=now).answerer == owner


@pytest.mark.parametrize("nothing", ["", "  \r\n "])
def test_nothing_is_no_report_and_no_answer(nothing, reported, colleague, manager):
    with pytest.raises(PremuraError):
        report_defect(nothing, by=colleague)
    with pytest.raises(PremuraError):
        answer_defect(reported, by=manager, text=nothing)


def test_long_and_hostile_words_are_kept_as_words(colleague, manager, now):
    made = report_defect("<script>alert(1)</script>" * 200, by=colleague, at=now)
    assert len(made.what) == 2000
    assert len(made.commitment.what) <= 300


@pytest.mark.parametrize("number", [1, 8])
def test_the_list_costs_one_query(number, colleague, manager, owner, now, django_assert_num_queries):
    for _ in range(number):
        report_defect(WHAT, by=colleague, at=now)
    owner.location_ids()
    with django_assert_num_queries(1):
        assert [(str(row.owed_by), row.commitment.due_at, getattr(row, "answer", None)) for row in defects(owner)]
