"""Cases: opened by answers and by hand, handed over, written in, put right, reopened, forgotten."""

from datetime import timedelta

import pytest
from django.utils import translation

from premura.core.errors import Conflict, PremuraError
from premura.core.history.models import Event
from premura.loop import wiring
from premura.loop.recover.answers import handle_response
from premura.loop.recover.cases import (
    assign_case,
    rebuild_state,
    reopen_case,
    resolve_case,
    shortened,
    write_message,
)
from premura.loop.recover.models import Case
from premura.loop.recover.reads import CaseFilter, case_for, cases, why_opened


def test_a_low_mark_opens_a_case_that_says_why(answered, rules, colleague, customer, vicenza, work):
    response = answered(recommend=3, comment="La betoniera è arrivata sporca e con mezza giornata di ritardo.")
    work()
    case = Case.objects.get()
    assert case.response == response
    assert (case.customer, case.location, case.owner, case.severity) == (customer, vicenza, colleague, "normal")
    assert case.title == "La betoniera è arrivata sporca e con mezza giornata di ritardo."
    assert [(m.direction, m.text) for m in case.messages.all()] == [("in", case.title)]
    with translation.override("it"):
        assert "3" in why_opened(case)[0]
        assert "Ci consiglierebbe?" in why_opened(case)[0]
    with translation.override("en"):
        assert why_opened(case) == [
            "Gave 3 of 10 to the question “Would you recommend us?”: the rule opens a case from 6 down"
        ]


def test_several_low_marks_open_one_case_of_the_worst_severity(answered, rules, manager, colleague, points, work):
    answered(recommend=2, delivery=1)
    work()
    case = Case.objects.get()
    assert case.severity == "high"
    assert case.owner == manager
    assert case.touchpoint == points["delivery"]
    assert case.title == "Voto basso: Consegna"
    assert [reason["code"] for reason in case.why] == ["detractor", "bad-delivery"]
    assert "Consegna" in " ".join(why_opened(case))


def test_a_good_answer_opens_nothing(answered, rules, work):
    answered(recommend=9, delivery=5, comment="Tutto bene")
    work()
    assert not Case.objects.exists()


def test_an_event_delivered_twice_opens_one_case(answered, rules, colleague, work):
    answered(recommend=0)
    work()
    handle_response(Event.objects.get(name="response.received"))
    assert Case.objects.count() == 1


@pytest.mark.parametrize("changes", [{"perspective": "staff"}, {"perspective": "observer"}, {"moment": "expectation"}])
def test_only_what_customers_say_after_they_met_us_opens_cases(answered, rules, changes, work):
    from premura.loop.listen.models import Response

    response = answered(recommend=0)
    Response.objects.filter(pk=response.pk).update(**changes)
    work()
    assert not Case.objects.exists()


def test_what_is_said_of_a_competitor_opens_no_case(answered, rules, work):
    from premura.loop.listen.models import Response, Subject

    response = answered(recommend=0)
    Response.objects.filter(pk=response.pk).update(subject=Subject.objects.create(name="Altri Noleggi"))
    work()
    assert not Case.objects.exists()


def test_a_rule_that_was_switched_off_opens_nothing(answered, rules, work):
    from premura.loop.recover.models import CaseRule

    CaseRule.objects.update(is_active=False)
    answered(recommend=0, delivery=1)
    work()
    assert not Case.objects.exists()


def test_an_anonymous_answer_opens_a_case_without_a_customer(answered, rules, colleague, work):
    answered(recommend=1, anonymous=True)
    work()
    case = Case.objects.get()
    assert case.customer is None
    assert case.owner == colleague


def test_the_least_loaded_colleague_of_the_place_gets_it(new_case, new_person, vicenza, colleague, elsewhere, owner):
    assert new_case().owner == colleague
    second = new_person("front_line", vicenza, name="Dario Due")
    assert new_case().owner == second


def test_the_owner_takes_what_nobody_else_can(new_case, owner, elsewhere, viewer):
    assert new_case().owner == owner


def test_a_case_needs_words(new_case):
    with pytest.raises(PremuraError, match=r".+") as refused:
        new_case("   ")
    assert refused.value.code == "text-needed"


def test_the_first_message_to_the_customer_is_the_first_answer(case, colleague, now, work):
    write_message(case, "note", "Chiamo domani", by=colleague, at=now)
    assert Case.objects.get().first_answered_at is None
    write_message(case, "out", "Ci scusiamo", by=colleague, channel="phone", at=now + timedelta(hours=1))
    write_message(case, "out", "E ancora", by=colleague, at=now + timedelta(hours=2))
    assert Case.objects.get().first_answered_at == now + timedelta(hours=1)
    names = list(Event.objects.filter(subject_type="case").values_list("name", flat=True))
    assert names == ["case.opened", "case.noted", "case.answered", "case.noted"]


def test_an_empty_message_is_refused(case, colleague):
    with pytest.raises(PremuraError):
        write_message(case, "out", " \n ", by=colleague)
    assert not case.messages.exists()


def test_handing_over(case, colleague, elsewhere, manager, viewer, now):
    for nobody in (elsewhere, viewer):
        with pytest.raises(PremuraError) as refused:
            assign_case(case, nobody, by=colleague)
        assert refused.value.code == "cannot-take-cases"
    assign_case(case, manager, by=colleague, reason="serve il responsabile", at=now)
    assign_case(case, manager, by=colleague, at=now)  # already theirs: nothing happens
    assert Case.objects.get().owner == manager
    assert [row.person for row in case.assignments.all()] == [colleague, manager]
    assert Event.objects.filter(name="case.assigned").count() == 1


def test_resolving_needs_an_apology_or_the_reason_why_not(case, colleague, now):
    with pytest.raises(PremuraError) as refused:
        resolve_case(case, by=colleague, text="Sostituita", apologised=False)
    assert refused.value.code == "apology-needed"
    with pytest.raises(PremuraError):
        resolve_case(case, by=colleague, text=" ", apologised=True)
    resolution = resolve_case(
        case, by=colleague, text="Sostituita", apologised=False, no_apology_reason="Era di un altro", at=now
    )
    assert resolution.no_apology_reason == "Era di un altro"
    assert not Case.objects.get().is_open


def test_a_case_is_resolved_once(case, colleague):
    resolve_case(case, by=colleague, text="Sostituita", apologised=True)
    with pytest.raises(Conflict):
        resolve_case(Case.objects.get(), by=colleague, text="Di nuovo", apologised=True)
    assert case.resolutions.count() == 1


def test_reopening_keeps_the_thread(case, colleague, now):
    write_message(case, "in", "È sporca", by=colleague, at=now)
    resolve_case(case, by=colleague, text="Pulita", apologised=True, at=now + timedelta(hours=1))
    with pytest.raises(PremuraError):
        reopen_case(case, by=colleague, reason="")
    reopening = reopen_case(case, by=colleague, reason="Ancora sporca", at=now + timedelta(days=1))
    assert reopening.resolution.text == "Pulita"
    assert Case.objects.get().is_open
    assert case.messages.count() == 1
    with pytest.raises(Conflict):
        reopen_case(case, by=colleague, reason="due volte")
    resolve_case(case, by=colleague, text="Cambiata", apologised=True, at=now + timedelta(days=2))
    assert case.resolutions.count() == 2


CACHES = ("is_open", "owner_id", "first_answered_at", "resolved_at")


@pytest.mark.parametrize("steps", range(6))
def test_the_caches_can_be_rebuilt_from_the_decisions(case, colleague, manager, now, steps):
    verbs = [
        lambda at: write_message(case, "in", "È sporca", by=None, at=at),
        lambda at: assign_case(case, manager, by=colleague, at=at),
        lambda at: resolve_case(case, by=manager, text="Pulita", apologised=True, at=at),
        lambda at: reopen_case(case, by=manager, reason="No", at=at),
        lambda at: write_message(case, "out", "Scusi", by=manager, at=at),
    ]
    for number, verb in enumerate(verbs[:steps]):
        verb(now + timedelta(hours=number))
    expected = Case.objects.values(*CACHES).get()
    Case.objects.update(is_open=not expected["is_open"], owner=None, first_answered_at=now, resolved_at=now)
    rebuild_state(Case.objects.get())
    assert Case.objects.values(*CACHES).get() == expected


def test_lists_by_filter_and_door(new_case, colleague, elsewhere, viewer, padova, now):
    open_one = new_case("Betoniera sporca")
    done = new_case("Fattura errata", severity="high")
    far = new_case("Ritardo a Padova", location=padova)
    resolve_case(done, by=colleague, text="Corretta", apologised=True, at=now)
    assert set(cases(viewer, CaseFilter())) == {open_one, far}
    assert set(cases(colleague, CaseFilter())) == {open_one}
    assert set(cases(elsewhere, CaseFilter(state="all"))) == {far}
    assert set(cases(viewer, CaseFilter(state="resolved"))) == {done}
    assert set(cases(viewer, CaseFilter(state="all", severity="high"))) == {done}
    assert set(cases(viewer, CaseFilter(search="beton"))) == {open_one}
    assert set(cases(viewer, CaseFilter(search="rossi"))) == {open_one, far}
    assert set(cases(viewer, CaseFilter(search=str(far.pk)))) == {far}
    assert case_for(elsewhere, far.pk) == far
    with pytest.raises(PremuraError):
        case_for(elsewhere, open_one.pk)


def test_forgetting_empties_words_and_keeps_rows(case, customer, colleague, remedies, limits, now, work):
    from premura.loop.recover.gestures import give_gesture
    from premura.loop.recover.models import Gesture

    write_message(case, "in", "Sono Rossi, chiamatemi al 333", by=None, at=now)
    gesture = give_gesture(case, remedies["fixed"], by=colleague, words="al signor Rossi", key="k", at=now)
    resolve_case(case, by=colleague, text="Chiamato Rossi", apologised=False, no_apology_reason="Rossi era contento")
    reopen_case(case, by=colleague, reason="Rossi richiama")
    work()
    wiring.forget_customer(customer, by=colleague)
    wiring.forget_customer(customer, by=colleague)
    case = Case.objects.get()
    assert (case.title, case.customer, case.opened_at) == ("", None, now)
    assert str(case)
    assert [message.text for message in case.messages.all()] == [""]
    resolution = case.resolutions.get()
    assert "Rossi" not in resolution.text + resolution.no_apology_reason + resolution.reopening.reason
    kept = Gesture.objects.get(pk=gesture.pk)
    assert (kept.words, kept.amount) == ("", gesture.amount)
    assert "Rossi" not in str(list(case.commitments.values()))


def test_titles_are_cut_between_words():
    assert shortened("  una   due tre ", 20) == "una due tre"
    assert shortened("parola " * 30).endswith("parola…")
    assert len(shortened("x" * 500)) == 80


def test_the_pack_brings_rules_deadlines_and_remedies_once(owner, company):
    from premura.core.company.pack import load_packs
    from premura.loop.recover.models import CaseRule, Deadline, Remedy

    packs = load_packs()
    assert packs
    for pack in packs:
        wiring.install_pack(pack, by=owner)
    counts = CaseRule.objects.count(), Deadline.objects.count(), Remedy.objects.count()
    assert all(counts)
    Deadline.objects.update(solution_hours=99)
    wiring.install_pack(packs[0], by=owner)
    assert (CaseRule.objects.count(), Deadline.objects.count(), Remedy.objects.count()) == counts
    assert set(Deadline.objects.values_list("solution_hours", flat=True)) == {99}


def test_what_leaves_every_stage_cold_is_told_of_many_at_once(answered, rules, django_assert_num_queries):
    from premura.core.jobs.models import Job

    for _ in range(3):
        answered(recommend=9, delivery=5)
    moving = [answered(recommend=2), answered(recommend=9, comment="Tutto bene")]
    jobs = list(Job.objects.filter(kind="handle"))
    # Thanking, words, rules, responses, answers, and the events themselves
    with django_assert_num_queries(6):
        spared = set(wiring.idle(jobs))
    before = Event.objects.count()
    for job in jobs:
        if job.pk in spared:
            wiring.do(job.kind, job.payload)
    assert (Case.objects.count(), Event.objects.count()) == (0, before)
    left = [(job.payload["stage"], job.payload["event"]) for job in jobs if job.pk not in spared]
    events = [Event.objects.get(name="response.received", subject_id=str(response.pk)).pk for response in moving]
    assert sorted(left) == sorted([("recover", events[0]), ("understand", events[1])])
