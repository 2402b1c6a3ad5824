"""A survey in four languages: begun, filled by translators, refused while half translated, published; staff pages stay
as they are.
"""

import html

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from premura.core.customers.models import Customer
from premura.loop.listen.definition import draft_from
from premura.loop.listen.models import Survey, SurveyVersion
from premura.loop.listen.programmes import add_programme
from premura.loop.listen.translations import texts_of
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
    assert "manca il testo in tedesco" in reasons
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
    from premura.core.mail.unsubscribing import unsubscribe_url

    form = {"name": "Jana Beispiel", "email": "jana@example.de", "language": "de", "location": vicenza.pk}
    assert browser.post(reverse("customer-new"), form).status_code == 302
    customer = Customer.objects.get()
    assert customer.language == "de"
    page = browser.get(unsubscribe_url(customer.pk).removeprefix("http://localhost:8000"))
    assert "Fragen Sie mich nicht mehr" in page.content.decode()


def test_the_breakdown_names_the_languages():
    assert labels("language", ["de", "fr", "pt"]) == {"de": "Tedesco", "fr": "Francese", "pt": "pt"}
