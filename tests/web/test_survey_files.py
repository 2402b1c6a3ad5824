"""A draft goes out as a workbook and comes back; a file with a row that cannot be read changes nothing."""

import html
import io

import msgspec
import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from premura.loop.listen.definition import Definition, Question, draft_from, is_same
from premura.loop.listen.models import Survey
from premura.loop.listen.programmes import add_programme
from premura.loop.listen.sheets import sheets_of
from premura.loop.listen.surveys import add_survey, save_draft
from premura.loop.listen.transfer import SurveyFile, templates

pytestmark = pytest.mark.django_db


@pytest.fixture
def programme(owner):
    return add_programme(owner, "Programma", objective="Sapere", decision="Decidere", owner=owner)


@pytest.fixture
def survey(programme, owner):
    definition = templates()["nps"].definition
    odd = Question("odd", "text", {"it": '=HYPERLINK("http://x")', "en": "_x0041_ <b>\ttwo\nlines"})
    return add_survey(
        programme, msgspec.structs.replace(definition, questions=(*definition.questions, odd)), owner, slug="prova"
    )


def book_of(sheets) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"strings_to_formulas": False}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_draft_goes_out_as_a_table_and_starts_another(client_of, owner, programme, survey, kind):
    browser = client_of(owner)
    saved = browser.get(reverse("survey-file", args=[survey.pk]) + f"?as={kind}")
    assert f'filename="prova.{kind}"' in saved["Content-Disposition"]
    form = {"title": "Altro", "programme": programme.pk, "languages": ["it"], "start": "empty"}
    upload = SimpleUploadedFile("s.xlsx", saved.content)
    assert browser.post(reverse("survey-new"), form | {"file": upload}).status_code == 302
    made = Survey.objects.exclude(pk=survey.pk).get()
    assert draft_from(made.draft).questions == draft_from(survey.draft).questions
    assert browser.get(reverse("survey-file", args=[survey.pk]) + "?as=ods").status_code == 404


def test_a_changed_workbook_comes_back_whole_or_not_at_all(client_of, owner, survey):
    browser, address = client_of(owner), reverse("survey-bringing", args=[survey.pk])

    def bring(sheets, **more):
        return browser.post(address, {"file": SimpleUploadedFile("s.xlsx", book_of(sheets)), **more})

    sheets = sheets_of(SurveyFile(draft_from(survey.draft)), "prova/1")
    place = sheets["questions"][0].index("text.it")
    sheets["questions"][1][place] = "Ci consiglierebbe a un amico?"
    kind = sheets["questions"][0].index("kind")
    sheets["questions"][2][kind] = "stelline"
    refused = bring(sheets)
    assert refused.status_code == 422
    assert "foglio «questions», riga 3" in refused.content.decode().lower()
    assert Survey.objects.get().revision == 1
    sheets["questions"][2][kind] = "text"
    assert bring(sheets).status_code == 302
    assert draft_from(Survey.objects.get().draft).questions[0].text["it"] == "Ci consiglierebbe a un amico?"


def test_a_workbook_saved_before_somebody_else_wrote_overwrites_nothing(client_of, owner, survey):
    browser, address = client_of(owner), reverse("survey-bringing", args=[survey.pk])
    sheets = book_of(sheets_of(SurveyFile(draft_from(survey.draft)), "prova/1"))
    save_draft(survey, Definition({"it": "Di un'altra"}, ("it",)), 1, owner)
    told = browser.post(address, {"file": SimpleUploadedFile("s.xlsx", sheets), "revision": "2"})
    assert told.status_code == 422
    assert "all_the_same" in told.content.decode()
    assert Survey.objects.get().draft["title"] == {"it": "Di un'altra"}
    decided = {"file": SimpleUploadedFile("s.xlsx", sheets), "all_the_same": "on"}
    assert browser.post(address, decided).status_code == 302
    assert is_same(Survey.objects.get().draft, draft_from(survey.draft))


KIND = b'{"definition": {"title": {}, "languages": [], "questions": [{"code": "a", "kind": "hologram", "text": {}}]}}'
TWICE = KIND.replace(b"hologram", b"nps").replace(b"}]}}", b'}, {"code": "a", "kind": "text", "text": {}}]}}')


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"PK\x03\x04 no archive", "oppure il file è troncato"),
        (b"{}", "oppure il file è troncato"),
        (b'{"definition": {"ti', "oppure il file è troncato"),
        (TWICE, "il codice «a»"),
        (KIND, "«definition.questions[0].kind»"),
        (b"[survey]\r\nwhat;value\r\n[other]\r\n", "«[other]» non è una parte"),
        (book_of({"survey": [["what"]], "others": [["a"]]}), "foglio «questions»"),
        (b"\x00" * 3_000_000, "più grande"),
    ],
)
def test_what_is_no_survey_is_refused_in_words(client_of, owner, survey, data, words):
    told = client_of(owner).post(
        reverse("survey-bringing", args=[survey.pk]), {"file": SimpleUploadedFile("s.xlsx", data)}
    )
    assert told.status_code == 422
    assert words in html.unescape(told.content.decode())
    assert Survey.objects.get().revision == 1
