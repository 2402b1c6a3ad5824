"""Customers: found, written down, changed, asked no more, forgotten; each through the door."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from premura.core.customers.customers import Meeting, add_customer, add_interaction
from premura.core.customers.models import Customer, Interaction
from premura.core.journeys.journeys import touchpoint_named
from premura.core.journeys.models import Touchpoint
from premura.entrypoints.web.customers.story import Heard, Said, marks_in_words
from premura.loop.recover.models import Case


@pytest.fixture
def anna(owner, vicenza):
    return add_customer(name="Anna Blu", email="anna@example.it", location=vicenza, by=owner)


def names(response) -> list[str]:
    return [row.name for row in response.context["page"].object_list]


def test_the_empty_list_teaches(client_of, owner):
    page = client_of(owner).get(reverse("customers")).content.decode()
    assert "Ancora nessun cliente" in page
    assert reverse("customer-new") in page


def test_one_finds_by_name_mail_phone_and_place(client_of, owner, anna, padova):
    add_customer(name="Bruno Verdi", phone="0444 987", location=padova, by=owner)
    client = client_of(owner)
    assert names(client.get("/customers/?q=anna@")) == ["Anna Blu"]
    assert names(client.get("/customers/?q=987")) == ["Bruno Verdi"]
    assert names(client.get(f"/customers/?location={padova.pk}")) == ["Bruno Verdi"]
    assert names(client.get("/customers/?q=nessuno")) == []


def test_silent_is_who_was_met_and_not_heard(client_of, owner, anna, vicenza):
    add_customer(name="Mai Incontrato", location=vicenza, by=owner)
    meeting = Meeting(touchpoint=touchpoint_named("Banco"), channel="counter", location=vicenza)
    add_interaction(anna, meeting, by=owner, at=timezone.now() - timedelta(days=3))
    assert names(client_of(owner).get("/customers/?state=silent")) == ["Anna Blu"]
    assert "Silenzioso" in client_of(owner).get(reverse("customer", args=[anna.pk])).content.decode()


@pytest.fixture
def a_street(owner, vicenza, anna):
    """Anna and five more; four met on different days, one with an open case."""
    people = [anna, *(add_customer(name=f"Cliente {n}", location=vicenza, by=owner) for n in "fcabe")]
    now, bench = timezone.now(), touchpoint_named("Banco")
    for days, one in ((9, people[1]), (2, people[2]), (5, people[4]), (1, people[0])):
        for back in (days, days + 30):
            meeting = Meeting(touchpoint=bench, channel="counter", location=vicenza)
            add_interaction(one, meeting, by=owner, at=now - timedelta(days=back))
    Case.objects.create(customer=people[3], location=vicenza, title="Vasca rotta", channel="phone", opened_at=now)
    return people


def test_the_order_is_the_same_however_it_is_found(client_of, owner, a_street, monkeypatch):
    client, ordered = client_of(owner), ["Anna Blu", "Cliente c", "Cliente b", "Cliente f", "Cliente a", "Cliente e"]
    assert names(client.get("/customers/?sort=recent")) == ordered
    assert names(client.get("/customers/?sort=cases"))[:2] == ["Cliente a", "Anna Blu"]
    assert names(client.get("/customers/?state=case")) == ["Cliente a"]
    assert names(client.get("/customers/?state=silent&sort=recent")) == ordered[:4]
    monkeypatch.setattr("premura.entrypoints.web.customers.views.PAGE", 2)
    for latest in (1, 3, 100):
        monkeypatch.setattr("premura.entrypoints.web.customers.listed.LATEST_MEETINGS", latest)
        pages = [names(client.get(f"/customers/?sort=recent&page={page}")) for page in (1, 2, 3)]
        assert [name for page in pages for name in page] == ordered


def test_a_long_list_is_counted_no_further_than_needed(client_of, owner, a_street, monkeypatch):
    monkeypatch.setattr("premura.entrypoints.web.paging.MOST_COUNTED", 4)
    monkeypatch.setattr("premura.entrypoints.web.customers.views.PAGE", 2)
    page = client_of(owner).get("/customers/?page=2").content.decode()
    assert "oltre 4 clienti" in page
    assert "3–4 di oltre 4" in page
    # Who asks for a later one gets the last that can be turned to
    assert names(client_of(owner).get("/customers/?page=9")) == ["Cliente b", "Cliente c"]


def test_strange_parameters_break_nothing(client_of, owner, anna):
    for query in ("?page=999", "?page=x", "?location=abc", "?sort=;drop", "?q=%00", "?state=%3Cb%3E"):
        assert client_of(owner).get("/customers/" + query).status_code == 200


def test_another_place_s_customer_does_not_exist(client_of, elsewhere, anna):
    client = client_of(elsewhere)
    assert names(client.get("/customers/")) == []
    for name in ("customer", "customer-edit"):
        assert client.get(reverse(name, args=[anna.pk])).status_code == 404
    for name in ("customer-meeting", "customer-opt-out"):
        assert client.post(reverse(name, args=[anna.pk])).status_code == 404


def test_writing_down_and_changing(client_of, colleague, vicenza):
    client = client_of(colleague)
    form = {"name": "  Carla   Neri ", "language": "it", "location": vicenza.pk, "email": "c@example.it"}
    created = client.post(reverse("customer-new"), form)
    carla = Customer.objects.get()
    assert created["Location"] == reverse("customer", args=[carla.pk])
    assert carla.name == "Carla Neri"
    client.post(reverse("customer-edit", args=[carla.pk]), {**form, "name": "Carla Bianchi"})
    carla.refresh_from_db()
    assert carla.name == "Carla Bianchi"


def test_who_sees_one_place_writes_down_customers_of_that_place_only(client_of, colleague, padova):
    form = {"name": "X", "language": "it", "location": padova.pk}
    response = client_of(colleague).post(reverse("customer-new"), form)
    assert "location" in response.context["form"].errors
    response = client_of(colleague).post(reverse("customer-new"), {"name": "X", "language": "it"})
    assert "location" in response.context["form"].errors


def test_markup_in_a_name_is_shown_as_text(client_of, owner, vicenza):
    customer = add_customer(name="<script>alert(1)</script>", notes="<b>x</b>", location=vicenza, by=owner)
    page = client_of(owner).get(reverse("customer", args=[customer.pk])).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_a_contact_is_written_down(client_of, colleague, anna, vicenza):
    touchpoint = touchpoint_named("Banco")
    touchpoint.is_imported = False
    touchpoint.save()
    form = {
        "touchpoint": touchpoint.pk,
        "channel": "counter",
        "location": vicenza.pk,
        "note": "ritirata la carotatrice",
    }
    client_of(colleague).post(reverse("customer-meeting", args=[anna.pk]), form)
    assert Interaction.objects.get().person == colleague
    wrong = client_of(colleague).post(reverse("customer-meeting", args=[anna.pk]), {"note": "resta scritto"})
    assert wrong.status_code == 422
    assert "resta scritto" in wrong.content.decode()


def test_forgetting_asks_first_and_is_for_the_owner(client_of, owner, colleague, anna):
    address = reverse("customer-forgetting", args=[anna.pk])
    assert client_of(colleague).post(address).status_code == 403
    assert "Anna Blu" in client_of(owner).get(address).content.decode()
    assert Customer.objects.get().name == "Anna Blu"
    client_of(owner).post(address)
    assert Customer.objects.get().name == ""
    assert names(client_of(owner).get("/customers/")) == []
    assert client_of(owner).get(reverse("customer", args=[anna.pk])).status_code == 200


def test_a_list_of_many_costs_as_much_as_a_list_of_few(client_of, owner, vicenza, django_assert_max_num_queries):
    for number in range(60):
        add_customer(name=f"Cliente {number}", location=vicenza, by=owner)
    client = client_of(owner)
    client.get("/customers/")
    with django_assert_max_num_queries(9):
        client.get("/customers/")


def test_the_page_holds_the_last_experience_against_the_expectation(client_of, owner, elsewhere, anna, vicenza, now):
    from uuid import uuid4

    from premura.loop.listen.models import Answer, Programme, Response, Survey, SurveyVersion
    from premura.loop.listen.surveys import us

    address = reverse("customer", args=[anna.pk])
    assert "Ultima esperienza e attesa" not in client_of(owner).get(address).content.decode()
    programme = Programme.objects.create(name="Dopo", created_at=now)
    survey = Survey.objects.create(programme=programme, slug="dopo", created_at=now)
    version = SurveyVersion.objects.create(survey=survey, number=1, definition={}, published_at=now)
    for days, score in enumerate((5, 4, 3, 2)):
        when = now + timedelta(days=days)
        response = Response.objects.create(
            id=uuid4(), survey=survey, version=version, subject=us(), location=vicenza, channel="link", language="it",
            customer=anna, answered_at=when, answered_on=when.date(), week_on=when.date(),
        )  # fmt: skip
        Answer.objects.create(response=response, question="q", kind="csat", scale="1-5", score=score)
    page = client_of(owner).get(address).content.decode()
    assert "Ultima esperienza e attesa" in page
    assert "sotto le attese (-2,0), attesa 4,0, media di 3 voti precedenti" in page
    assert client_of(elsewhere).get(address).status_code == 404


def test_the_page_holds_what_was_expected_beside_what_was_found(client_of, owner, anna, vicenza, now):
    from uuid import uuid4

    from premura.loop.listen.models import Answer, Programme, Response, Survey, SurveyVersion
    from premura.loop.listen.surveys import us

    address = reverse("customer", args=[anna.pk])
    client = client_of(owner)
    assert "Atteso e trovato" not in client.get(address).content.decode()
    text = {"it": "Mantiene l'ora <b>promessa</b>"}
    asked = [{"code": "hour", "kind": "pair", "dimension": "reliability", "text": text}]
    programme = Programme.objects.create(name="Dopo", created_at=now)
    survey = Survey.objects.create(programme=programme, slug="dopo", created_at=now)
    version = SurveyVersion.objects.create(survey=survey, number=1, definition={"questions": asked}, published_at=now)
    response = Response.objects.create(
        id=uuid4(), survey=survey, version=version, subject=us(), location=vicenza, channel="link", language="it",
        customer=anna, answered_at=now, answered_on=now.date(), week_on=now.date(),
    )  # fmt: skip
    for part, score in (("expectation", 6), ("perception", 4)):
        Answer.objects.create(response=response, question="hour", part=part, kind="pair", scale="1-7", score=score)
    page = client.get(address).content.decode()
    assert "Atteso e trovato" in page
    assert "atteso 6, trovato 4 (-2)" in page
    assert "Mantiene l&#x27;ora &lt;b&gt;promessa" in page
    # What could not be written down shows the same page again
    wrong = client.post(reverse("customer-meeting", args=[anna.pk]), {})
    assert wrong.status_code == 422
    assert "atteso 6, trovato 4 (-2)" in wrong.content.decode()


def test_a_need_is_written_down_proposed_for_and_met(client_of, colleague, anna):
    client, address = client_of(colleague), reverse("customer", args=[anna.pk])
    client.post(reverse("need-new", args=[anna.pk]), {"what": "Consegna la notte"})
    need = anna.needs.get()
    assert "Proponi una soluzione: Consegna la notte" in client.get(address).content.decode()
    assert "Consegna la notte" in client.get(reverse("needs")).content.decode()
    client.post(reverse("need-proposal", args=[need.pk]), {"what": "Consegna alle 6"})
    assert "Consegna alle 6" in client.get(address).content.decode()
    refused = client.post(reverse("need-outcome", args=[need.pk]), {"met": "0"})
    assert refused.status_code == 400
    assert "che cosa manca" in refused.content.decode()
    client.post(reverse("need-outcome", args=[need.pk]), {"met": "1"})
    again = client.post(reverse("need-proposal", args=[need.pk]), {"what": "Resta scritto"})
    assert again.status_code == 409
    assert reverse("need-new", args=[anna.pk]) in again.content.decode()
    assert "Nessuna esigenza aperta" in client.get(reverse("needs")).content.decode()


def test_the_whole_customer_stands_on_one_page(client_of, people, world, django_assert_num_queries):
    client, address = client_of(people["colleague"]), reverse("customer", args=[world.customer.pk])
    client.get(address)
    with django_assert_num_queries(23):
        page = client.get(address).content.decode()
    for _each in range(30):
        add_interaction(world.customer, Meeting(touchpoint=Touchpoint.objects.first(), channel="counter"), by=None)
    with django_assert_num_queries(23):  # a long story costs as many
        client.get(address)
    for words in ("Rimborso", "L'ultimo percorso", "Ultime risposte", "Una consegna la notte", "Che cosa fare ora"):
        assert words.replace("'", "&#x27;") in page or words in page, words


def test_the_form_of_a_contact_comes_when_it_is_asked_for(client_of, colleague, anna):
    browser, address = client_of(colleague), reverse("customer", args=[anna.pk])
    form = f'action="{reverse("customer-meeting", args=[anna.pk])}"'
    closed = browser.get(address).content.decode()
    assert form not in closed
    assert "?contact=1#contact" in closed
    assert form in browser.get(address + "?contact=1").content.decode()


def test_a_letter_is_part_of_the_story(client_of, owner, elsewhere, anna, now):
    from premura.core.mail.mail import Letter, queue_letters

    queue_letters(
        [Letter(key="k", address=anna.email, subject="La sua <consegna>", text="x", customer_id=anna.pk)], now
    )
    page = client_of(owner).get(reverse("customer", args=[anna.pk])).content.decode()
    assert "Lettera: La sua &lt;consegna&gt;" in page
    assert "Aspetta di essere spedita." in page


def test_an_address_whose_letters_come_back_says_so(client_of, owner, vicenza):
    from premura.core.customers.customers import add_customer
    from premura.core.mail.mail import mark_address

    customer = add_customer(by=owner, name="Ada", email="Ada@example.org")
    browser, address = client_of(owner), reverse("customer", args=[customer.pk])
    assert "tornano indietro" not in browser.get(address).content.decode()
    mark_address("ada@example.org", "550 5.1.1 no such user", timezone.now())
    page = browser.get(address).content.decode()
    assert "tornano indietro" in page
    assert "550 5.1.1" in page


def test_whether_the_solution_was_found_stands_beside_the_needs(client_of, owner, colleague, elsewhere, vicenza):
    from premura.core.customers.customers import add_customer
    from premura.loop.listen.definition import Definition
    from premura.loop.listen.drafting import with_question
    from premura.loop.listen.invitations import invite_customer
    from premura.loop.listen.programmes import add_programme
    from premura.loop.listen.solutions import solutions_said
    from premura.loop.listen.submissions import receive_submission, unfold_submission
    from premura.loop.listen.surveys import add_survey, publish_survey
    from premura.loop.promise.models import Need

    customer = add_customer(by=owner, name="Anna Bianchi", location=vicenza, email="anna@example.it")
    programme = add_programme(owner, "Dopo", objective="Sapere", decision="Decidere", owner=owner)
    survey = add_survey(programme, with_question(Definition({"it": "Com'è andata?"}, ("it",)), "solution"), owner)
    version = publish_survey(survey, owner)
    for number, said in enumerate(["yes", {"choices": ["partly"], "text": "Manca la <b>prolunga"}]):
        token = invite_customer(survey, customer, "qr", None, location=vicenza).token if number else ""
        sent = receive_submission(
            version,
            {"solution": said},
            key=f"k{number}",
            language="it",
            channel="qr",
            location_code="vicenza",
            token=token,
        )
        unfold_submission(sent)
    # The first was left without a name
    assert [(one.found, one.how) for one in solutions_said(owner, customer)] == [("partly", "Manca la <b>prolunga")]
    assert solutions_said(elsewhere, customer) == []
    browser, address = client_of(colleague), reverse("customer", args=[customer.pk])
    page = browser.get(address).content.decode()
    assert 'value="Manca la &lt;b&gt;prolunga"' in page
    assert browser.post(reverse("need-new", args=[customer.pk]), {"what": "Manca la prolunga"}).status_code == 302
    assert Need.objects.get().customer == customer


def test_marks_have_names_that_people_use():
    nps, likert = Said("nps", "0-10", 9, ""), Said("likert", "1-5", 4, "")
    with translation.override("it"):
        assert marks_in_words(Heard(1, timezone.now(), [nps, *[likert] * 3])) == "NPS 9 su 10, altri 3 voti"
        assert marks_in_words(Heard(1, timezone.now(), [likert])) == "1 voto"
        assert marks_in_words(Heard(1, timezone.now(), [Said("text", "", None, "Bene")])) == "solo parole"
