"""Every kind of question answered in a real browser, with and without JavaScript; the logic is the same in both."""

import json
import sqlite3
import subprocess

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import PHONE, command

from premura.loop.listen.definition import Context, definition_from
from premura.loop.listen.logic import course_of, steps

pytestmark = pytest.mark.browser
SEED = """
import json
from django.utils import timezone
from premura.loop.listen.models import Programme, Survey, SurveyVersion
now = timezone.now()
programme = Programme.objects.create(name="P", created_at=now)
for slug, definition in json.loads({given!r}).items():
    survey = Survey.objects.create(programme=programme, slug=slug, draft=definition, created_at=now)
    SurveyVersion.objects.create(survey=survey, number=1, definition=definition, published_at=now)
"""


def asks(code: str, kind: str, **fields) -> dict:
    return {"code": code, "kind": kind, "text": {"it": f"Domanda {code}", "en": f"Question {code}"}, **fields}


OPTIONS = [{"code": code, "text": {"it": code.upper(), "en": code.upper()}} for code in "abc"]
KINDS = {
    "title": {"it": "Tutti", "en": "All"},
    "languages": ["it", "en"],
    "questions": [
        asks("stars", "csat", look="stars"),
        asks("table", "matrix", rows=OPTIONS),
        asks("item", "pair"),
        asks("feature", "kano"),
        asks("feeling", "emotion"),
        asks("found", "solution"),
        asks("why", "single", options=OPTIONS, has_other=True),
        asks("order", "ranking", options=OPTIONS),
        asks(
            "place",
            "list",
            options=[{"code": f"p{n}", "text": {"it": f"Sede {n}", "en": f"Place {n}"}} for n in range(20)],
        ),
        asks("share", "slider"),
        asks("wait", "number", least=0, most=90),
        asks("day", "date"),
        asks("plate", "line", pattern="AA000AA"),
        asks("reach", "contact"),
        asks("end", "statement"),
    ],
}
IF = {"conditions": [{"name": "score", "test": "at_most", "values": ["6"]}]}
LOGIC = {
    "title": {"it": "Percorso", "en": "Course"},
    "languages": ["it", "en"],
    "questions": [
        asks(
            "score",
            "nps",
            skips=[{"to": "last", "when": {"conditions": [{"name": "score", "test": "is", "values": ["10"]}]}}],
        ),
        asks("low", "yesno", show_if=IF),
        asks("again", "yesno", show_if={"conditions": [{"name": "low", "test": "is_not", "values": ["yes"]}]}),
        asks("middle", "yesno", show_if={"conditions": [{"name": "low", "test": "unanswered"}]}),
        asks("last", "yesno"),
    ],
}
GUIDE = {
    "title": {"it": "Traccia", "en": "Guide"},
    "languages": ["it", "en"],
    "questions": [asks("welcome", "statement"), asks("begun", "yesno"), asks("thanks", "statement")],
}


@pytest.fixture(scope="module")
def surveys(fresh):
    seed = SEED.format(given=json.dumps({"tutti": KINDS, "percorso": LOGIC, "traccia": GUIDE}))
    subprocess.run(command("manage", "shell", "-c", seed), env=fresh.environment, check=True, capture_output=True)
    return fresh


def answer_everything(page) -> None:
    for name, value in {
        "stars": "4",
        "table.a": "2",
        "table.c": "5",
        "item.expectation": "6",
        "item.perception": "3",
        "feature.functional": "1",
        "feature.dysfunctional": "5",
        "feeling.joy": "3",
        "found": "partly",
        "why": "other",
    }.items():
        page.locator(f"[name='q.{name}'][value='{value}']").check()
    for name, value in {
        "found.text": "Con calma",
        "why.text": "Il caso",
        "wait": "12,5",
        "plate": "AB123CD",
        "share": "40",
    }.items():
        page.locator(f"[name='q.{name}']").fill(value)
    page.locator("[name='q.day']").fill("2026-03-19")
    page.locator("[name='q.reach.phone']").fill("0444 123456")
    page.locator("[name='q.reach.consent']").check()
    page.locator("[name='q.order.b']").select_option("1")
    page.locator("[name='q.order.a']").select_option("2")
    page.locator("[name='q.place']").select_option("p7")


EXPECTED = {
    "stars": 4,
    "table": {"a": 2, "c": 5},
    "item": {"expectation": 6, "perception": 3},
    "feature": {"functional": 1, "dysfunctional": 5},
    "feeling": {"joy": 3},
    "found": {"choices": ["partly"], "text": "Con calma"},
    "why": {"choices": ["other"], "text": "Il caso"},
    "order": ["b", "a"],
    "place": ["p7"],
    "share": 40,
    "wait": 12.5,
    "day": "2026-03-19",
    "plate": "AB123CD",
    "reach": {"phone": "0444 123456", "consent": "yes"},
}


@pytest.mark.parametrize("with_script", [True, False])
def test_every_kind_is_answered(surveys, visit, with_script):
    page = visit(surveys, java_script_enabled=with_script)
    page.goto("/s/tutti?lang=it")
    answer_everything(page)
    page.locator(".send").click()
    page.wait_for_url("**/thanks**")
    database = sqlite3.connect(f"file:{surveys.environment['PREMURA_DATA']}/premura.sqlite3?mode=ro", uri=True)
    rows = database.execute("SELECT answers FROM listen_submission ORDER BY received_at DESC").fetchall()
    assert json.loads(rows[0][0]) == EXPECTED


def test_a_phone_steps_over_what_asks_nothing(surveys, visit):
    page = visit(surveys, viewport=PHONE)
    page.goto("/s/traccia?lang=it")
    page.locator(".next").click()
    page.locator("[name='q.begun'][value='yes']").check()
    page.locator(".next").click()
    expect(page.locator("[name='q.begun'][value='yes']")).to_be_hidden()
    page.go_back()
    expect(page.locator("[name='q.begun'][value='yes']")).to_be_visible()
    page.go_back()
    expect(page.locator("[name='q.begun'][value='yes']")).to_be_hidden()
    page.locator(".next").click()
    page.locator(".next").click()
    page.locator(".send").click()
    page.wait_for_url("**/thanks**")


def test_script_and_server_ask_the_same_questions(surveys, visit):
    page = visit(surveys)
    page.goto("/s/percorso?lang=it")
    course = course_of(definition_from(LOGIC))
    for score in (3, 6, 7, 10):
        page.locator(f"[name='q.score'][value='{score}']").check()
        for low in ("yes", "no"):
            typed = {"score": str(score)}
            if page.locator(f"[name='q.low'][value='{low}']").is_visible():
                page.locator(f"[name='q.low'][value='{low}']").check()
            typed["low"] = low
            on_page = page.locator("form").evaluate("form => form.premuraAsked()")
            assert on_page == [step.question.code for step in steps(course, typed, Context("it", "link"))]
            visible = page.locator(".q:visible").evaluate_all("all => all.map((q) => q.id.slice(2))")
            assert visible == on_page


def test_two_people_write_one_draft_and_neither_loses_a_word(demo, visit, watch):
    watch.allowed.append("409")  # a browser's console names every refusal
    one = visit(demo)
    one.goto("/welcome/entrance/")
    one.goto("/listening/surveys/new/")
    one.get_by_label("Programma").select_option(index=1)
    one.get_by_role("button", name="Scrivi le domande").click()
    other = one.context.new_page()
    other.goto(one.url)
    one.locator("[name='title.it']").fill("Del primo")
    one.locator("button[value='up:1']").click()
    expect(one.locator("#editor-said")).to_have_text("Salvato: ora è la domanda 1 di 3")
    # The other writes the first question, which is the second now, and adds one
    other.locator("[name='q0.help.it']").evaluate("field => field.closest('details').open = true")
    other.locator("[name='q0.help.it']").fill("Del secondo")
    other.locator("button[value='add:yesno']").click()
    expect(other.locator("[data-card]")).to_have_count(4)
    expect(other.locator("#conflict")).to_contain_text("niente è andato perso")
    assert other.locator("[name='title.it']").input_value() == "Del primo"
    assert other.locator("[name='q1.help.it']").input_value() == "Del secondo"
    # Both in one place: their words stay in sight until somebody decides
    one.locator("[name='title.en']").fill("Of the first")
    expect(one.locator("[name='q1.help.it']")).to_have_value("Del secondo")
    expect(one.locator("#editor-said")).to_have_text("Salvato")
    other.locator("[name='title.en']").fill("Of the second")
    expect(other.locator("[data-both]")).to_contain_text("Of the first")
    other.locator("[data-overwrite]").click()
    expect(other.locator("#editor-said")).to_have_text("Salvato")
    # With the keyboard alone: what was added can be seen, and goes on from there
    other.locator("button[value='ending:']").press("Enter")
    expect(other.locator("#survey-words .leap select").nth(-2)).to_be_focused()
    expect(other.locator("#survey-words .leap").last).to_be_in_viewport()
    # On a narrow screen the survey takes the place of the questions
    other.set_viewport_size(PHONE)
    other.locator("#editor-switch [value='preview']").click()
    expect(other.frame_locator("#editor-preview").get_by_role("heading", level=1)).to_have_text("Del primo")
    expect(other.locator("#cards")).to_be_hidden()
