"""A survey in four languages: begun, filled by translators, refused while half translated, published; staff pages stay
as they are.
"""

import html
from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from tests.unspoken import listening_behind

from premura.core.customers.models import Customer
from premura.core.mail.unsubscribing import unsubscribe_url
from premura.loop.listen.definition import draft_from
from premura.loop.listen.models import Survey, SurveyVersion
from premura.loop.listen.programmes import add_programme
from premura.loop.listen.translations import texts_of
from premura.loop.recover.cases import open_case, resolve_case
from premura.loop.recover.models import Reopening
from premura.loop.understand.dimensions import labels

pytestmark = pytest.mark.django_db
FOUR = ["it", "en", "de", "fr"]


@pytest.fixture
def browser(client_of, owner):
    return client_of(owner)


@pytest.fixture
def survey(browser, owner):
    """Begun from a template, which has Italian and English."""
    programme = add_programme(owner, "Dopo", objective="Sapere", decision="Decidere", owner=owner)
    form = {"programme": programme.pk, "languages": FOUR, "start": "template:csat"}
    assert browser.post(reverse("survey-new"), form).status_code == 302
    return Survey.objects.get()


def shown(response) -> str:
    return html.unescape(response.content.decode())


def translated(browser, survey, language, kind):
    """Out to a translator as a file, and in again with every text translated."""
    address = reverse("survey-translations", args=[survey.pk])
    file = browser.get(address, {"as": kind, "from": "it", "to": language}).content.decode()
    for address_of, texts in texts_of(draft_from(survey.draft)).items():
        words = f"[{language}] {texts['it']}"
        if kind == "csv":
            file = file.replace(f"{address_of};{texts['it']};\r\n", f"{address_of};{texts['it']};{words}\r\n")
        else:
            source = f"<source>{html.escape(texts['it'], quote=False)}</source>"
            file = file.replace(f"{source}</", f"{source}<target>{html.escape(words, quote=False)}</target></")
    upload = SimpleUploadedFile("words", file.encode())
    return browser.post(address, {"file": upload}, follow=True)


def test_a_survey_in_four_languages_from_a_template_to_its_publication(browser, survey):
    page = shown(browser.get(reverse("survey-edit", args=[survey.pk])))
    for code, name in {"de": "Tedesco", "fr": "Francese", "es": "Spagnolo"}.items():
        assert f'name="languages" value="{code}"' in page
        assert name in page
    assert 'id="title-de" name="title.de" lang="de" value="" maxlength="120" placeholder="Manca" data-needed' in page
    browser.post(reverse("survey-publication", args=[survey.pk]))
    assert not SurveyVersion.objects.exists()
    reasons = shown(browser.get(reverse("survey", args=[survey.pk])))
    assert "Il titolo e altro: mancano 5 testi in tedesco." in reasons
    assert reverse("survey-translations", args=[survey.pk]) in reasons
    assert translated(browser, survey, "de", "csv").status_code == 200
    assert translated(browser, survey, "fr", "xliff20").status_code == 200
    survey.refresh_from_db()
    assert {*map(len, texts_of(draft_from(survey.draft)).values())} == {4}
    browser.post(reverse("survey-publication", args=[survey.pk]))
    assert SurveyVersion.objects.get().definition["languages"] == FOUR
    preview = browser.get(reverse("survey-preview", args=[survey.pk]), {"frame": "", "lang": "de"}).content.decode()
    assert "Meine Antworten senden" in preview


@pytest.mark.parametrize("kind", ["json", "xlsx"])
def test_every_language_goes_out_and_comes_back(browser, survey, kind):
    translated(browser, survey, "de", "csv")
    saved = browser.get(reverse("survey-file", args=[survey.pk]), {"as": kind}).content
    form = {"programme": survey.programme_id, "languages": ["it"], "start": "empty"}
    form["file"] = SimpleUploadedFile(f"s.{kind}", saved)
    assert browser.post(reverse("survey-new"), form).status_code == 302
    survey.refresh_from_db()
    made = draft_from(Survey.objects.exclude(pk=survey.pk).get().draft)
    assert made.languages == tuple(FOUR)
    assert texts_of(made) == texts_of(draft_from(survey.draft))


def test_the_pages_of_the_staff_are_never_half_german(client, browser, company):
    for one in (client.get(reverse("account_login"), headers={"Accept-Language": "de"}), browser.get("/")):
        assert one.headers["Content-Language"] == "it"
    client.cookies["django_language"] = "de"
    assert client.get(reverse("account_login")).headers["Content-Language"] == "it"


def test_a_customer_may_speak_any_of_them_and_is_told_so_in_theirs(browser, owner, vicenza):
    form = {"name": "Jana Beispiel", "email": "jana@example.de", "language": "de", "location": vicenza.pk}
    assert browser.post(reverse("customer-new"), form).status_code == 302
    customer = Customer.objects.get()
    assert customer.language == "de"
    assert "<dd>Tedesco</dd>" in shown(browser.get(reverse("customer", args=[customer.pk])))
    page = browser.get(unsubscribe_url(customer.pk).removeprefix("http://localhost:8000"))
    assert "Fragen Sie mich nicht mehr" in page.content.decode()


@pytest.mark.parametrize(
    ("language", "day"),
    [("de", "Mittwoch, 7. Januar 2015"), ("fr", "mercredi 7 janvier 2015"), ("es", "miércoles 7 de enero")],
)
def test_where_the_way_leads_on_is_in_their_language_too(client, company, owner, monkeypatch, language, day):
    """Speaking to a person, telling us something, the page of the case: with what is wrong, and with a day."""
    found = listening_behind(language, monkeypatch)
    asks = {"headers": {"Accept-Language": f"{language};q=0.9,it;q=0.1"}}
    case = open_case(
        "Sporca", by=owner, why=[{"code": "by-hand"}], channel="phone", at=datetime(2015, 1, 7, 9, tzinfo=UTC)
    )
    resolve_case(case, by=owner, text="Lavata", apologised=True)
    told = {"key": "0123456789abcdef" * 2, "told": "complaint", "text": "Zu spät", "phone": "1"}
    pages = [
        client.get(reverse("tell"), **asks),
        client.post(reverse("tell"), {**told, "text": "", "name": "Jana"}, **asks),
        client.post(reverse("tell"), told, **asks),
        client.get(reverse("tell-thanks", args=["praise"]), **asks),
        client.get(reverse("progress", args=[case.token]), **asks),
        client.post(reverse("progress-message", args=[case.token]), {"text": ""}, **asks),
        client.get("/c/nothing/", **asks),
    ]
    assert [page.status_code for page in pages] == [200, 422, 422, 200, 200, 422, 404]
    for page in pages:
        assert page.headers["Content-Language"] == language
    assert day in pages[4].content.decode()
    assert found.asked == []
    client.post(reverse("progress-message", args=[case.token]), {"text": "Nein", "not_solved": "on"}, **asks)
    # What the staff read of it is in theirs
    assert Reopening.objects.get().reason == "Il cliente dice che non è risolto"


def test_the_breakdown_names_the_languages():
    assert labels("language", ["de", "fr", "pt"]) == {"de": "Tedesco", "fr": "Francese", "pt": "pt"}
