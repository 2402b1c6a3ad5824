"""What is printed: posters, tents and cards whose code leads to the survey, and the survey as a form on paper."""

import re

import pypdfium2
import pytest
import zxingcpp
from django.urls import reverse

from premura.entrypoints.web.prints.sheet import printable, unprintable
from premura.loop.listen.definition import Definition, Option, Question
from premura.loop.listen.models import Response
from premura.loop.listen.programmes import add_programme
from premura.loop.listen.surveys import add_survey, publish_survey


def survey_of(owner, *questions: Question, title: str = "Com'è andata?"):
    programme = add_programme(owner, "Dopo", objective="Sapere", decision="Decidere", owner=owner)
    definition = Definition(title={"it": title}, languages=("it",), questions=questions)
    survey = add_survey(programme, definition, owner, slug="come-va")
    publish_survey(survey, owner)
    return survey


NPS = Question("nps", "nps", {"it": "Ci consiglierebbe?"}, required=True)


@pytest.fixture
def survey(owner):
    return survey_of(owner, NPS, Question("improve", "text", {"it": "Che cosa potremmo migliorare?"}))


def pages_of(browser, survey, kind: str, query: str = "") -> pypdfium2.PdfDocument:
    answer = browser.get(reverse("survey-sheet", args=[survey.pk, kind]) + query)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    return pypdfium2.PdfDocument(answer.content)


def codes_on(page) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(page.render(scale=2.5).to_pil())]


def words_on(page) -> str:
    return " ".join(page.get_textpage().get_text_range().split())


@pytest.mark.parametrize(("kind", "count"), [("poster", 1), ("tent", 2), ("cards", 10)])
def test_every_code_leads_to_the_survey_at_its_place(client_of, owner, vicenza, survey, settings, kind, count):
    settings.ADDRESS = "https://care.example.it"
    document = pages_of(client_of(owner), survey, kind, "?at=vicenza")
    assert len(document) == 1
    assert codes_on(document[0]) == ["https://care.example.it/s/come-va?at=vicenza&via=qr"] * count
    assert "care.example.it/s/come-va" in words_on(document[0])
    assert "Com'è andata?" in words_on(document[0])


def test_paper_asks_every_question_and_names_its_version(client_of, owner, vicenza):
    rows = tuple(Option(code, {"it": f"Riga {code}"}) for code in "abc")
    kinds = survey_of(
        owner,
        NPS,
        Question("found", "multiple", {"it": "Che cosa ha trovato?"}, options=rows, has_other=True),
        Question("table", "matrix", {"it": "Quanto è d'accordo?"}, rows=rows, marks="1-5"),
        Question("order", "ranking", {"it": "Che cosa conta di più?"}, options=rows),
        Question("who", "contact", {"it": "Come La raggiungiamo?"}),
        *(Question(f"t{number}", "text", {"it": f"Domanda aperta {number}"}) for number in range(8)),
    )
    document = pages_of(client_of(owner), kinds, "form", "?at=vicenza&lang=it")
    words = " ".join(words_on(page) for page in document)
    for question in ("Ci consiglierebbe?", "(obbligatoria)", "Riga b", "Che cosa conta di più?", "Domanda aperta 7"):
        assert question in words
    assert re.search(r"0 = .+ · 10 = ", words), "the two ends are told apart"
    assert len(document) == 3
    foots = [re.search(r"\d+ (?:di|of) \d+", words_on(page))[0].split()[::2] for page in document]
    assert foots == [["1", "3"], ["2", "3"], ["3", "3"]]


def test_a_pile_of_forms_is_keyed_in_on_one_page(client_of, owner, survey, work):
    browser = client_of(owner)
    page = reverse("ask-answer") + f"?survey={survey.pk}&at=&via=document"
    for number in range(2):
        form = {"survey": survey.pk, "at": "", "via": "document", "key": f"form-{number}", "q.nps": "9"}
        answer = browser.post(reverse("ask-answer"), form)
        assert answer.status_code == 302
        assert answer.url.startswith(reverse("ask-answer"))
        assert "checked" not in browser.get(page).content.decode()
    assert Response.objects.filter(channel="document").count() == 2


def test_what_is_not_published_is_not_printed(client_of, owner):
    programme = add_programme(owner, "Dopo", objective="Sapere", decision="Decidere", owner=owner)
    draft = add_survey(programme, Definition(title={"it": "Bozza"}, languages=("it",), questions=(NPS,)), owner)
    assert client_of(owner).get(reverse("survey-print", args=[draft.pk])).status_code == 404
    assert client_of(owner).get(reverse("survey-sheet", args=[draft.pk, "poster"])).status_code == 404


def test_an_unknown_sheet_does_not_exist(client_of, owner, survey):
    assert client_of(owner).get(reverse("survey-sheet", args=[survey.pk, "banner"])).status_code == 404


def test_letters_that_the_font_lacks_are_said(client_of, owner):
    assert printable("Łódź, perché? 😀\x00") == "Lódz, perché?"
    assert not unprintable(["Perché è così, 100 € – «sì»"])
    assert unprintable(["Sì", "كيف كان ذلك؟", "Здравствуйте"]) == "كيف كان ذلك؟"
    survey = survey_of(owner, NPS, Question("why", "text", {"it": "كيف كان ذلك؟"}))
    browser = client_of(owner)
    assert "كيف كان ذلك؟" in browser.get(reverse("survey-print", args=[survey.pk])).content.decode()
    assert len(pages_of(browser, survey, "poster")) == 1, "a poster does not hold the questions"
    answer = browser.get(reverse("survey-sheet", args=[survey.pk, "form"]))
    assert answer.status_code == 400, "no sheet of question marks"
    assert "كيف كان ذلك؟" in answer.content.decode()
