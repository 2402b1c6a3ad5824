"""The always-open page: anybody tells us something, and reads our answer without saying who they are."""

import pypdfium2
import pytest
import zxingcpp
from django.urls import reverse

from premura.core.limits import RateLimit
from premura.entrypoints.web.tell import public
from premura.loop.listen.models import Response, SurveyVersion
from premura.loop.recover.cases import write_message
from premura.loop.recover.models import Case, CaseRule

KEY = "0123456789abcdef" * 2


@pytest.fixture(autouse=True)
def _fresh_limit(monkeypatch):
    monkeypatch.setattr(public, "_LIMIT", RateLimit(burst=20, per_second=0.001))


@pytest.fixture
def tell(client, company, owner):
    client.cookies["django_language"] = "it"

    def send(**more):
        return client.post(reverse("tell"), {"key": KEY, "told": "praise", "text": "Gentilissimi", **more})

    return send


def test_praise_is_kept_with_its_place_and_channel_and_counts_once(client, client_of, tell, owner, vicenza, work):
    page = client.get(reverse("tell") + "?at=vicenza&via=qr").content.decode()
    assert 'name="at" value="vicenza"' in page
    assert "<script" not in page.split("<main")[1].split("</main>")[0], "works without a script"
    for _twice in range(2):
        sent = tell(at="vicenza", via="qr")
        assert sent.url == reverse("tell-thanks", args=["praise"])
    assert client.get(sent.url).status_code == 200
    work()
    kept = Response.objects.get()
    assert (kept.channel, kept.location, kept.customer) == ("qr", vicenza, None)
    assert not Case.objects.exists()
    shown = client_of(owner).get(reverse("open-page")).content.decode()
    assert "Gentilissimi" in shown
    assert "Elogi <strong>1</strong>" in shown
    # What keeps somebody from telling us is counted as such; who made the page earlier gets a new version of it
    version = kept.version
    SurveyVersion.objects.update(definition=version.definition | {"questions": version.definition["questions"][1:]})
    assert tell(key=KEY[::-1], told="barrier", text="Uno scalino").url == reverse("tell-thanks", args=["barrier"])
    work()
    assert "Ostacoli <strong>1</strong>" in client_of(owner).get(reverse("open-page")).content.decode()
    assert list(version.survey.versions.values_list("number", flat=True).order_by("number")) == [1, 2]
    assert 'value="barrier"' in client.get(reverse("tell") + "?about=barrier").content.decode()


def test_a_complaint_is_one_case_with_a_thread_that_stays_anonymous(client, client_of, tell, owner, work):
    CaseRule.objects.create(code="law", kind="words", words="avvocato", severity="high")
    sent = tell(told="complaint", text="Sporca. Chiamo l'avvocato")
    assert tell(told="complaint", text="Sporca. Chiamo l'avvocato").url == sent.url
    work()
    case = Case.objects.get()
    assert sent.url == reverse("progress", args=[case.token]) + "?new"
    assert (case.severity, case.customer, case.opened_by) == ("high", None, None)
    page = client.get(sent.url).content.decode()
    assert "Sporca. Chiamo l" in page
    assert case.token in page.split("notice-ours")[1]
    write_message(case, "out", "Ci scusi, la laviamo", by=owner, channel="web")
    assert "Ci scusi, la laviamo" in client.get(sent.url).content.decode()
    client.post(reverse("progress-message", args=[case.token]), {"text": "Grazie, e il noleggio?"})
    staff = client_of(owner).get(reverse("case", args=[case.pk])).content.decode()
    assert "e il noleggio?" in staff
    assert "Un reclamo sulla pagina sempre aperta" in staff


def test_who_leaves_a_number_is_shown_to_whoever_answers(client_of, tell, owner):
    tell(told="suggestion", text="Aprite prima", wants_answer="on", name="Ada", phone="0444 555001")
    case = Case.objects.get()
    assert case.severity == "low"
    assert "Ada · 0444 555001" in client_of(owner).get(reverse("case", args=[case.pk])).content.decode()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"website": "http://x"}, "deve restare vuoto"),
        ({"text": "x" * 5001}, "5000"),
        ({"told": "rant"}, "rant"),
        ({"key": "1"}, ""),
        ({"name": "Ada"}, "aggiunga un indirizzo"),
        ({"phone": "chiamami"}, "cinque cifre"),
        ({"text": "  "}, ""),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(tell, wrong, said):
    sent = tell(**({"text": "Parole mie"} | wrong))
    page = sent.content.decode()
    assert sent.status_code == 422
    assert said in page
    if "text" not in wrong:
        assert "Parole mie" in page
    assert not Response.objects.exists()


def test_a_machine_is_told_to_wait(tell, monkeypatch):
    monkeypatch.setattr(public, "_LIMIT", RateLimit(burst=1, per_second=0.001))
    assert tell().status_code == 302
    refused = tell(key=KEY[::-1], text="Ancora io")
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert "Ancora io" in refused.content.decode()
    assert Response.objects.count() == 1


def test_the_poster_leads_to_the_page_at_its_place(client_of, owner, vicenza, settings):
    settings.ADDRESS = "https://care.example.it"
    answer = client_of(owner).get(reverse("open-page-sheet", args=["poster"]) + "?at=vicenza&lang=it")
    page = pypdfium2.PdfDocument(answer.content)[0]
    assert [code.text for code in zxingcpp.read_barcodes(page.render(scale=2).to_pil())] == [
        "https://care.example.it/t/?at=vicenza&via=qr"
    ]
    assert "care.example.it/t/" in page.get_textpage().get_text_range()
    german = client_of(owner).get(reverse("open-page-sheet", args=["cards"]) + "?lang=de")
    assert "Sagen Sie uns" in pypdfium2.PdfDocument(german.content)[0].get_textpage().get_text_range()


@pytest.fixture
def answered(owner, company, vicenza):
    """``answered(nps)``: an answer that still waits to be unfolded, and the address of its offer."""
    from premura.loop.listen.definition import Definition, Question
    from premura.loop.listen.links import wish_token
    from premura.loop.listen.programmes import add_programme
    from premura.loop.listen.submissions import receive_submission
    from premura.loop.listen.surveys import add_survey, publish_survey

    programme = add_programme(owner, "Dopo", objective="Sapere", decision="Decidere", owner=owner)
    questions = (Question("nps", "nps", {"it": "Ci consiglierebbe?"}), Question("why", "text", {"it": "Perché?"}))
    survey = add_survey(
        programme, Definition(title={"it": "Com'è andata?"}, languages=("it",), questions=questions), owner
    )
    version = publish_survey(survey, owner)

    def make(nps: int, **more) -> str:
        sent = {"nps": nps, "why": "Freddo"}
        row = receive_submission(version, sent, key="a", language="it", channel="qr", **more)
        return reverse("tell-person", args=[wish_token(row.pk.hex)])

    return make


def test_who_wants_a_person_gets_one_thread_about_the_answer(client, client_of, answered, owner, work):
    CaseRule.objects.create(code="low", kind="nps", at_most=2, severity="high")
    client.cookies["django_language"] = "it"
    address = answered(1)
    form = client.post(address, {"key": KEY, "way": "call"})
    assert form.status_code == 422
    assert "Ci serve un numero" in form.content.decode()
    # Whoever answered in German is spoken to in German
    Response.objects.update(language="de")
    refused = client.post(address, {"key": KEY, "way": "call"})
    assert "Wir brauchen eine Nummer" in refused.content.decode()
    assert (refused.headers["Content-Language"], '<html lang="de"' in refused.content.decode()) == ("de", True)
    Response.objects.update(language="it")
    for _twice in range(2):
        sent = client.post(address, {"key": KEY, "way": "call", "name": "Ada", "phone": "0444 555002"})
    work()
    case = Case.objects.get()
    assert case.severity == "high", "the rules hold as ever, and open no second case"
    assert sent.url == reverse("progress", args=[case.token]) + "?new"
    page = client.get(sent.url).content.decode()
    assert page.count("Mi chiami, per favore. Ada · 0444 555002") == 1
    assert "Freddo" in page
    assert "di parlare con una persona" in client_of(owner).get(reverse("case", args=[case.pk])).content.decode()


def test_of_a_known_customer_nothing_is_asked_that_we_know(client, answered, vicenza, owner):
    from premura.core.customers.customers import add_customer
    from premura.loop.listen.invitations import invite_customer
    from premura.loop.listen.models import Survey

    customer = add_customer(by=owner, name="Bruno", phone="0444 555003")
    invitation = invite_customer(Survey.objects.get(), customer, "email", owner)
    address = answered(6, token=invitation.token)
    page = client.get(address).content.decode()
    assert 'name="phone"' not in page
    assert 'name="email"' in page
    client.post(address, {"key": KEY, "way": "call"})
    assert Case.objects.get().customer == customer


def test_a_forged_or_old_wish_leads_nowhere(client, answered, monkeypatch):
    address = answered(1)
    forged = client.get(address.replace("/person/", "/person/x"))
    assert forged.status_code == 404
    assert 'href="/t/"' in forged.content.decode(), "whoever is not of ours is led to where they are heard"
    monkeypatch.setattr("time.time", lambda: 4e9)
    assert client.get(address).status_code == 404


def test_forgetting_a_customer_empties_what_was_left_in_their_name(tell, owner, company):
    from premura.core.customers.customers import add_customer
    from premura.loop.recover.forgetting import forget

    customer = add_customer(by=owner, name="Ada", phone="0444 555004")
    tell(told="complaint", text="Mi richiami allo 0444 555004")
    forget(customer)
    assert Case.objects.get().messages.get().text == ""
