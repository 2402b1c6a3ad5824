"""Causes, actions and verdicts on pages: who may decide, what is refused beside its field, what the verdict says."""

import re
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.template import Context, Template
from django.urls import reverse
from django.utils import timezone, translation

from premura.loop.improve.actions import complete_action, open_action
from premura.loop.improve.causes import add_cause, set_cause
from premura.loop.improve.models import CaseCause, CorrectiveAction, Defect, RootCause
from premura.loop.verify.checks import run_check, schedule_check
from premura.loop.verify.models import CheckResult, EffectivenessCheck


@pytest.fixture
def today(company):
    return timezone.localdate()


@pytest.fixture
def manager(new_person, vicenza):
    return new_person("manager", vicenza, name="Marta Manager")


@pytest.fixture
def delivery(company):
    from premura.core.journeys.models import Journey, Stage, Touchpoint

    journey = Journey.objects.create(code="rental", name={"it": "Noleggio"})
    stage = Stage.objects.create(journey=journey, code="use", name={"it": "Uso"}, position=0)
    return Touchpoint.objects.create(stage=stage, code="delivery", name={"it": "Consegna"}, element="services")


@pytest.fixture
def cause(owner, delivery):
    return add_cause(by=owner, name={"it": "Giro preparato all'ultimo"}, touchpoint=delivery)


@pytest.fixture
def case(vicenza, owner):
    from premura.loop.recover.models import Case, Gesture, Remedy

    case = Case.objects.create(
        title="Consegna in ritardo", channel="phone", opened_at=timezone.now(), location=vicenza, owner=owner
    )
    remedy = Remedy.objects.create(code="refund", kind="refund", name={"it": "Rimborso"}, cost_rule="amount")
    Gesture.objects.create(
        case=case, remedy=remedy, amount=Decimal("42.50"), granted_by=owner, granted_at=timezone.now(), key="k"
    )
    return case


@pytest.fixture
def action_of(cause, owner, delivery, today):
    """``action_of(completed=40, window_days=30)``: an action; completed so many days ago when asked."""

    def make(*, completed=None, location=None, **given):
        at = timezone.now() - timedelta(days=(completed or 0) + 10)
        fields = {"metric": "csat", "expected_change": 0.1, "window_days": 30, "touchpoint": delivery, **given}
        action = open_action(
            cause,
            by=owner,
            title="Giro pronto la sera prima",
            customer_effect="Chi aspetta sa l'ora",
            owner=owner,
            due_on=today + timedelta(days=5),
            location=location,
            at=at,
            **fields,
        )
        if completed is not None:
            complete_action(action, by=owner, completed_on=today - timedelta(days=completed))
            action.refresh_from_db()
        return action

    return make


@pytest.fixture
def answer(delivery):
    from premura.loop.listen.models import Answer, Programme, Response, Subject, Survey, SurveyVersion

    now = timezone.now()
    programme = Programme.objects.create(name="Dopo", created_at=now)
    survey = Survey.objects.create(programme=programme, slug="dopo", created_at=now)
    version = SurveyVersion.objects.create(survey=survey, number=1, definition={}, published_at=now)
    us = Subject.objects.create(name="Noi", is_us=True)

    def make(day, score, n):
        days = {
            "answered_on": day,
            "answered_at": datetime.combine(day, time(9), tzinfo=UTC),
            "week_on": day - timedelta(days=day.weekday()),
        }
        fields = {"survey": survey, "version": version, "subject": us, "channel": "link", "language": "it"}
        rows = Response.objects.bulk_create([Response(**fields, **days) for _ in range(n)])
        Answer.objects.bulk_create(
            [
                Answer(response=row, question="q", kind="csat", scale="1-5", score=score, touchpoint=delivery)
                for row in rows
            ]
        )

    return make


def text_of(client, name, *args, **query):
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.django_db
def test_without_causes_the_page_teaches(client_of, owner, company):
    assert "la sua causa si corregge per tutti" in text_of(client_of(owner), "improvement")


@pytest.mark.django_db
def test_causes_stand_with_their_money(client_of, owner, elsewhere, cause, case):
    set_cause(case, cause, by=owner, whys=["il camion è partito tardi"])
    text = text_of(client_of(owner), "improvement")
    assert "42,50 €" in text
    page = text_of(client_of(owner), "cause", cause.pk)
    assert "Consegna in ritardo" in page
    assert "il camion è partito tardi" in page
    hidden = text_of(client_of(elsewhere), "cause", cause.pk)
    assert "Consegna in ritardo" not in hidden
    assert "42,50" not in hidden


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["cause-new", "action-new"])
def test_front_line_and_viewers_do_not_decide(client_of, colleague, viewer, cause, name):
    for person in (colleague, viewer):
        assert client_of(person).get(reverse(name)).status_code == 403


@pytest.mark.django_db
def test_decisions_are_posted_by_who_may(client_of, colleague, owner, action_of, case):
    open_one, done = action_of(), action_of(completed=3)
    check = schedule_check(done, by=owner)
    decisions = [
        ("action-completion", open_one.pk),
        ("action-abandonment", open_one.pk),
        ("check-run", check.pk),
        ("case-cause", case.pk),
    ]
    for name, pk in decisions:
        address = reverse(name, args=[pk])
        assert client_of(owner).get(address).status_code == 405
        assert client_of(colleague).post(address).status_code == 403
    assert not CheckResult.objects.exists()


@pytest.mark.django_db
def test_a_cause_is_named(client_of, owner, company):
    client = client_of(owner)
    refused = client.post(reverse("cause-new"), {"name": " "})
    assert refused.status_code == 400
    made = client.post(reverse("cause-new"), {"name": "Nessuno avvisa il cantiere"})
    row = RootCause.objects.get()
    assert made.headers["Location"] == reverse("cause", args=[row.pk])
    assert row.name == {"it": "Nessuno avvisa il cantiere"}


@pytest.mark.django_db
def test_an_action_is_opened_in_the_unit_that_people_read(client_of, owner, cause, delivery, today):
    form = {
        "cause": cause.pk,
        "title": "SMS con l'ora",
        "customer_effect": "Sa l'ora",
        "owner": owner.pk,
        "due_on": (today + timedelta(days=20)).isoformat(),
        "metric": "csat",
        "expected_change": "12,5",
        "touchpoint": delivery.pk,
        "window_days": "60",
    }
    response = client_of(owner).post(reverse("action-new"), form)
    row = CorrectiveAction.objects.get()
    assert response.headers["Location"] == reverse("action", args=[row.pk])
    assert row.expected_change == pytest.approx(0.125)
    assert row.commitment.kind == "action"
    page = text_of(client_of(owner), "action", row.pk)
    assert "CSAT +12 punti" in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"expected_change": "-5"}, "expected_change"),
        ({"expected_change": "0"}, "expected_change"),
        ({"due_on": "2020-01-01"}, "due_on"),
        ({"customer_effect": " "}, "customer_effect"),
        ({"metric": "happiness"}, "metric"),
        ({"window_days": "3"}, "window_days"),
    ],
)
def test_a_refusal_stands_beside_its_field_and_what_was_typed_stays(client_of, owner, cause, today, given, field):
    form = {
        "cause": cause.pk,
        "title": "SMS con l'ora di arrivo",
        "customer_effect": "Sa l'ora",
        "owner": owner.pk,
        "due_on": (today + timedelta(days=20)).isoformat(),
        "metric": "csat",
        "expected_change": "10",
        "window_days": "60",
    }
    response = client_of(owner).post(reverse("action-new"), form | given)
    assert response.status_code == 400
    assert field in response.context["form"].errors
    assert "SMS con l&#x27;ora di arrivo" in response.content.decode()
    assert not CorrectiveAction.objects.exists()


@pytest.mark.django_db
def test_who_sees_one_place_changes_things_there(client_of, manager, cause, padova, today):
    form = {
        "cause": cause.pk,
        "title": "SMS",
        "customer_effect": "Sa l'ora",
        "owner": manager.pk,
        "due_on": (today + timedelta(days=20)).isoformat(),
        "metric": "csat",
        "expected_change": "10",
        "window_days": "60",
    }
    client = client_of(manager)
    for location in ("", padova.pk):
        response = client.post(reverse("action-new"), form | {"location": location})
        assert "location" in response.context["form"].errors


@pytest.mark.django_db
def test_completing_plans_the_check_and_says_when(client_of, owner, action_of, today):
    action = action_of()
    client = client_of(owner)
    refused = client.post(
        reverse("action-completion", args=[action.pk]), {"completed_on": (today + timedelta(days=1)).isoformat()}
    )
    assert refused.status_code == 400
    client.post(reverse("action-completion", args=[action.pk]), {"completed_on": today.isoformat()})
    assert EffectivenessCheck.objects.get(action=action).after_to == today + timedelta(days=30)
    assert "finiscono tra 31 giorni" in text_of(client, "action", action.pk)
    again = client.post(reverse("action-completion", args=[action.pk]), {"completed_on": today.isoformat()})
    assert again.status_code == 409


@pytest.mark.django_db
def test_abandoning_needs_a_reason(client_of, owner, action_of):
    action = action_of()
    client = client_of(owner)
    assert client.post(reverse("action-abandonment", args=[action.pk]), {"reason": ""}).status_code == 400
    client.post(reverse("action-abandonment", args=[action.pk]), {"reason": "Costa troppo"})
    assert "Costa troppo" in text_of(client, "action", action.pk)


@pytest.mark.django_db
def test_the_verdict_in_words(client_of, owner, action_of, answer, today):
    action = action_of(completed=40)
    check = schedule_check(action, by=owner)
    answer(check.before_to, 5, 62)
    answer(check.before_to, 2, 38)
    client = client_of(owner)
    run_check(check)
    assert "I dati non bastano ancora: risposte prima 100, dopo 0; ne servono 30 per parte" in text_of(
        client, "action", action.pk
    )
    answer(check.after_from, 5, 86)
    answer(check.after_from, 2, 14)
    client.post(reverse("check-run", args=[check.pk]))
    page = text_of(client, "action", action.pk)
    assert "È migliorato: da 62% (da 52% a 71%, 100 risposte) a 86% (da 78% a 91%, 100 risposte)" in page
    assert "e non è il caso" in page
    assert "Atteso +10 punti, trovato +24 punti: la misura attesa è raggiunta, con sicurezza" in page
    assert "I dati non bastano ancora" in page  # the first result stays in the story
    assert "migliorato" in text_of(client, "improvement")


@pytest.mark.django_db
def test_an_action_of_another_place_is_not_found(client_of, elsewhere, owner, action_of, vicenza):
    action = action_of(completed=3, location=vicenza)
    check = schedule_check(action, by=owner)
    assert client_of(elsewhere).get(reverse("action", args=[action.pk])).status_code == 404
    assert "Giro pronto" not in text_of(client_of(elsewhere), "improvement")
    other = client_of(elsewhere)
    elsewhere.role = "manager"
    elsewhere.save()
    for name, pk in (("action-completion", action.pk), ("action-abandonment", action.pk), ("check-run", check.pk)):
        assert other.post(reverse(name, args=[pk]), {"reason": "x"}).status_code == 404


@pytest.mark.django_db
def test_a_case_is_explained_from_its_page(client_of, manager, cause, case):
    client = client_of(manager)
    address = reverse("case-cause", args=[case.pk])
    refused = client.post(address, {"why_1": "il camion è partito tardi"})
    assert refused.status_code == 400
    assert "il camion è partito tardi" in refused.content.decode()
    done = client.post(address, {"cause": cause.pk, "why_1": "partito tardi", "why_2": "giro non pronto"})
    assert done.headers["Location"] == reverse("case", args=[case.pk])
    row = CaseCause.objects.get(is_current=True)
    assert (row.cause, row.whys, row.found_by) == (cause, ["partito tardi", "giro non pronto"], manager)


@pytest.mark.django_db
def test_a_new_cause_becomes_part_of_the_chosen_one(client_of, owner, cause, case):
    client_of(owner).post(
        reverse("case-cause", args=[case.pk]), {"cause": cause.pk, "new_cause": "Lo prepara una persona sola"}
    )
    new = RootCause.objects.get(parent=cause)
    assert CaseCause.objects.get().cause == new


@pytest.mark.django_db
def test_a_case_of_another_place_cannot_be_explained(client_of, elsewhere, cause, case):
    elsewhere.role = "manager"
    elsewhere.save()
    response = client_of(elsewhere).post(reverse("case-cause", args=[case.pk]), {"cause": cause.pk})
    assert response.status_code == 404
    assert not CaseCause.objects.exists()


@pytest.mark.django_db
def test_the_part_for_the_page_of_a_case(owner, viewer, cause, case, rf):
    page = Template('{% include "improvement/_case_cause.html" %}')
    set_cause(case, cause, by=owner, whys=["partito tardi"])
    with translation.override("it"):
        texts = {
            person: page.render(Context({"case": case, "person": person, "request": rf.get("/")}))
            for person in (owner, viewer)
        }
    assert "Giro preparato" in texts[owner]
    assert "partito tardi" in texts[owner]
    assert reverse("case-cause", args=[case.pk]) in texts[owner]
    assert "<form" not in texts[viewer]


@pytest.mark.django_db
def test_the_number_of_queries_does_not_grow(client_of, owner, cause, action_of, case, django_assert_max_num_queries):
    client = client_of(owner)
    for n in (1, 6):
        for _ in range(n):
            schedule_check(action_of(completed=2), by=owner)
            action_of()
            set_cause(case, add_cause(by=owner, name={"it": "Altra"}, parent=cause), by=owner)
        with django_assert_max_num_queries(22):
            text_of(client, "improvement")
        with django_assert_max_num_queries(24):
            text_of(client, "cause", cause.pk)


def test_a_colleague_reports_and_a_manager_answers(client_of, colleague, new_person, vicenza):
    """Row S58: from any page, to a named manager, by a date."""
    manager = new_person("manager", vicenza, name="Marta Manager")
    works, leads = client_of(colleague), client_of(manager)
    assert f"{reverse('defect-new')}?page=/today/" in works.get(reverse("today")).content.decode()
    sent = {"what": "Dopo le cinque <b>nessuno</b> risponde", "page": "/today/", "location": str(vicenza.pk)}
    address = works.post(reverse("defect-new"), sent).url
    page = works.get(address).content.decode()
    assert "&lt;b&gt;nessuno&lt;/b&gt;" in page
    assert "risponde Marta Manager" in page
    assert works.post(reverse("defect-new"), {"what": " "}).status_code == 422
    again = {**sent, "what": "Nessuno risponde dopo le cinque di sera"}
    offered = works.post(reverse("defect-new"), again).content.decode()
    assert "È una di queste?" in offered
    assert "Nessuno risponde dopo le cinque di sera" in offered, "nothing typed is lost"
    assert Defect.objects.count() == 1
    works.post(reverse("defect-new"), {**again, "is_new": "1"})
    assert Defect.objects.count() == 2
    assert "Rispondi a un collega: Dopo le cinque" in leads.get(reverse("today")).content.decode()
    pk = address.rstrip("/").split("/")[-1]
    assert leads.post(reverse("defect-answer", args=[pk]), {"text": ""}).status_code == 422
    assert leads.post(reverse("defect-answer", args=[pk]), {"text": "Un turno fino alle sette."}).url == address
    assert "Un turno fino alle sette." in works.get(address).content.decode()


def test_the_page_it_came_from_is_one_of_ours(client_of, owner):
    browser = client_of(owner)
    for strange in ("//evil.example/", "https://evil.example/", "javascript:alert(1)"):
        page = browser.get(reverse("defect-new"), {"page": strange}).content.decode()
        assert "evil" not in page.split("<main")[1]
        assert "javascript:" not in page.split("<main")[1]


def test_a_target_is_set_shown_and_followed_by_the_next(client_of, new_person, vicenza):
    """Row S61: with its days and its reason; the form for the next one is filled in."""
    manager = new_person("manager", vicenza, name="Marta Manager")
    leads = client_of(manager)
    sent = {"metric": "csat", "value": "75", "valid_from": "2026-01-01", "valid_to": "2026-03-31", "why": "Come prima"}
    assert leads.post(reverse("target-new"), {**sent, "value": "175"}).status_code == 422
    assert leads.post(reverse("target-new"), {**sent, "valid_to": "2025-01-01"}).status_code == 422
    address = leads.post(reverse("target-new"), sent).url
    page = leads.get(address).content.decode()
    assert "75%" in page
    assert "nessuna risposta" in page
    assert "Di nuovo lo stesso" in page
    making = unescape(re.search(r'href="([^"]*/making/[^"]*)"', page)[1])
    assert "metric=csat" in making
    assert leads.get(making).status_code == 200
    assert f"{reverse('target-new')}?metric=csat&amp;value=75&amp;valid_from=2026" in page
    for given, shown in (("4.3", 'value="4,3"'), ("abc", 'value="abc"'), ("NaN", "value")):
        assert shown in leads.get(reverse("target-new"), {"value": given}).content.decode()
    assert "Guarda l&#x27;obiettivo: CSAT" in leads.get(reverse("today")).content.decode()
    assert "75%" in leads.get(reverse("targets")).content.decode()
