"""Drafts that would trap or lose somebody, tried through the pages: each is kept, named, and not published."""

import re

import msgspec
import pytest
from django.urls import reverse

from premura.loop.listen import drafting
from premura.loop.listen.definition import Definition, draft_from
from premura.loop.listen.models import Survey, SurveyVersion
from premura.loop.listen.programmes import add_programme
from premura.loop.listen.questions import Condition, Skip, When
from premura.loop.listen.surveys import add_survey

pytestmark = pytest.mark.django_db


@pytest.fixture
def make(owner):
    programme = add_programme(owner, "Programma", objective="Sapere", decision="Decidere", owner=owner)
    return lambda definition: add_survey(programme, definition, owner, slug="prova")


def asked(*changes) -> Definition:
    """Recommendation, satisfaction, a text; each with what is said of it."""
    definition = Definition({"it": "T", "en": "T"}, ("it", "en"))
    for kind in ("nps", "csat", "text"):
        definition = drafting.with_question(definition, kind)
    questions = [
        msgspec.structs.replace(question, **change)
        for question, change in zip(definition.questions, changes, strict=True)
    ]
    return msgspec.structs.replace(definition, questions=tuple(questions))


def about(code: str, *values: str, test: str = "is") -> When:
    return When((Condition("question", code, test, values),))


@pytest.mark.parametrize(
    ("definition", "words"),
    [
        (asked({"show_if": about("satisfaction", "5")}, {"show_if": about("nps", "9")}, {}), "aspetta"),
        (asked({"show_if": about("nps", "9")}, {}, {}), "aspetta"),
        (asked({}, {"skips": (Skip("nps", about("satisfaction", "1")),)}, {}), "torna indietro"),
        (asked({}, {"skips": (Skip("gone", about("satisfaction", "1")),)}, {}), "prosegue con una domanda"),
        (asked({"skips": (Skip(""),)}, {}, {}), "nessuno può arrivarci"),
        (asked({}, {}, {"show_if": about("satisfaction", "9")}), "nessuno può dare"),
        (asked({}, {}, {"text": {"it": "Solo in italiano"}}), "inglese"),
    ],
)
def test_what_would_trap_somebody_is_named_and_not_published(client_of, owner, make, definition, words):
    survey, browser = make(definition), client_of(owner)
    said = re.search(
        r"editor-missing.*?</details>", browser.get(reverse("survey-edit", args=[survey.pk])).content.decode(), re.S
    )
    assert words in said[0]
    told = browser.post(reverse("survey-publication", args=[survey.pk]), follow=True).content.decode()
    assert words in told
    assert not SurveyVersion.objects.exists()
    assert draft_from(Survey.objects.get().draft) == definition


def test_deleting_a_question_that_others_depend_on_keeps_their_conditions_and_says_so(client_of, owner, make):
    from tests.web.test_instruments import form_of

    survey = make(
        asked({}, {"show_if": about("nps", "6", test="at_most")}, {"text": {"it": "Perché {nps}?", "en": "Why {nps}?"}})
    )
    browser, address = client_of(owner), reverse("survey-edit", args=[survey.pk])
    said = browser.post(address, form_of(browser, survey) | {"do": "delete:0"}, headers={"X-Requested-With": "fetch"})
    status = said.json()["status"]
    assert status.count("<li>") == 2
    left = draft_from(Survey.objects.get().draft)
    assert left.questions[0].show_if == about("nps", "6", test="at_most")
    # What depends on it is still chosen in its field, so that saving anything else does not change it
    survey.refresh_from_db()
    again = form_of(browser, survey)
    assert again["q0.if.c0.what"] == ["question:nps"]
    assert browser.post(reverse("survey-publication", args=[survey.pk])).status_code == 302
    assert not SurveyVersion.objects.exists()
    back = browser.post(address, again | {"do": "undo"}, headers={"X-Requested-With": "fetch"})
    assert "<li>" not in back.json()["status"]
