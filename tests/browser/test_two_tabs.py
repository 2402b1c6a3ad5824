"""One survey in several tabs of one browser: nothing that differs is lost, nothing that is the same counts twice."""

import json
import re
import sqlite3
import subprocess
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from tests.browser.conftest import ARGUMENTS, CHROMIUM, DESK, PHONE, Installation, command

pytestmark = pytest.mark.browser
SEED = """
import json
from django.utils import timezone
from premura.loop.listen.models import Programme, Survey, SurveyVersion
now = timezone.now()
programme = Programme.objects.create(name="P", created_at=now)
definition = json.loads({definition!r})
survey = Survey.objects.create(programme=programme, slug="schede", draft=definition, created_at=now)
SurveyVersion.objects.create(survey=survey, number=1, definition=definition, published_at=now)
"""
DEFINITION = {
    "title": {"it": "Schede"},
    "languages": ["it"],
    "questions": [
        {"code": "nps", "kind": "nps", "text": {"it": "Ci consiglierebbe?"}},
        {"code": "why", "kind": "text", "text": {"it": "Perché?"}},
    ],
}
AGAIN, FURTHER = "contata una volta sola", "contano tutte e due"


@pytest.fixture(scope="module")
def survey(fresh) -> Installation:
    seed = SEED.format(definition=json.dumps(DEFINITION))
    subprocess.run(command("manage", "shell", "-c", seed), env=fresh.environment, check=True, capture_output=True)
    return fresh


@pytest.fixture
def kept(survey) -> Callable[[], list[int]]:
    """``kept()``: the marks that came in since the test began, oldest first."""
    database = sqlite3.connect(f"file:{survey.environment['PREMURA_DATA']}/premura.sqlite3?mode=ro", uri=True)
    query = "SELECT json_extract(answers, '$.nps') FROM listen_submission ORDER BY received_at, id"
    before = len(database.execute(query).fetchall())
    return lambda: [mark for (mark,) in database.execute(query).fetchall()[before:]]


@pytest.fixture(scope="module", params=[False, True], ids=["loaded-again", "kept-whole"])
def browser(request, chromium) -> Iterator[Browser]:
    """One that loads a page anew on the way back, out of what it keeps for the address, as after a while or when memory
    is short; and one that keeps left pages as they were, as people's do.
    """
    if not request.param:
        yield chromium
        return
    dropped = ["--disable-back-forward-cache"]
    whole = chromium.browser_type.launch(executable_path=CHROMIUM, args=ARGUMENTS, ignore_default_args=dropped)
    yield whole
    whole.close()


@pytest.fixture(params=["phone", "desk", "without-script"])
def context(request, browser, survey, watch) -> Iterator[BrowserContext]:
    has_script, viewport = request.param != "without-script", PHONE if request.param == "phone" else DESK
    context = browser.new_context(
        locale="it-IT", viewport=viewport, java_script_enabled=has_script, base_url=survey.address
    )
    watch.over(context, survey.address)
    yield context
    context.close()


def opened(context: BrowserContext, mark: int) -> Page:
    page = context.new_page()
    page.goto("/s/schede")
    answer(page, mark)
    return page


def answer(page: Page, mark: int) -> None:
    option = page.locator(f"[name='q.nps'][value='{mark}']")
    while not option.is_visible():
        page.locator(".back").click()
    option.check()


def to_the_end(page: Page) -> None:
    while page.locator(".next").is_visible():
        page.locator(".next").click()


def send(page: Page) -> str:
    """Presses «send»; returns what the thanks page says beside its thanks."""
    to_the_end(page)
    page.locator(".send").click()
    page.wait_for_url("**/thanks**")
    return " ".join(page.locator("p.notice").all_inner_texts())


def back(page: Page) -> None:
    page.go_back(wait_until="commit")  # a page that was kept whole is not loaded
    expect(page.locator("form")).to_be_visible()
    expect(page.locator("input:checked")).to_have_count(1)  # as it was left


def test_two_tabs_are_two_answers_even_where_they_say_the_same(context, kept):
    one, other, third = opened(context, 9), opened(context, 3), opened(context, 9)
    assert [send(other), send(one), send(third)] == ["", "", ""]
    assert kept() == [3, 9, 9]


def test_back_and_something_else_loses_neither_tabs_answers(context, kept):
    one, other = opened(context, 9), opened(context, 3)
    send(one)
    back(one)
    answer(one, 6)
    send(one)
    send(other)
    assert kept() == [9, 6, 3]


def test_one_tab_says_the_same_again_and_then_something_else(context, kept):
    page = opened(context, 9)
    send(page)
    back(page)
    assert AGAIN in send(page)
    back(page)
    answer(page, 2)
    assert FURTHER in send(page)
    back(page)
    assert AGAIN in send(page)
    assert kept() == [9, 2]


@pytest.mark.parametrize("context", ["phone", "desk"], indirect=True)
def test_back_or_a_reload_and_the_same_counts_once_whatever_other_tabs_do(context, kept):
    one, other = opened(context, 9), opened(context, 3)
    send(one)
    back(one)
    assert AGAIN in send(one)
    assert send(other) == ""
    back(other)
    other.reload()
    answer(other, 3)
    assert AGAIN in send(other)
    back(one)
    assert AGAIN in send(one)
    assert kept() == [9, 3]


@pytest.mark.parametrize("context", ["phone"], indirect=True)
def test_a_doubled_tab_loses_nothing(context, kept):
    one = opened(context, 9)
    send(one)
    back(one)
    # A browser copies the tab's history into the double
    state = one.evaluate("history.state")
    double = context.new_page()
    double.goto("/s/schede")
    double.evaluate("state => history.replaceState(state, '')", state)
    double.reload()
    answer(double, 4)
    assert FURTHER in send(double)
    assert AGAIN in send(one)
    assert kept() == [9, 4]


@pytest.mark.parametrize("context", ["phone"], indirect=True)
def test_two_tabs_without_a_connection_wait_beside_each_other(context, kept, watch):
    watch.allowed += ["ERR_INTERNET_DISCONNECTED"]
    one, other = opened(context, 9), opened(context, 3)
    to_the_end(one)
    to_the_end(other)
    context.set_offline(True)
    for page in (one, other):
        page.locator(".send").click()
        expect(page.locator(".notice")).to_contain_text("non sono ancora partite")
    context.set_offline(False)
    # A third tab finds what waits on the device and sends it; the two go on by themselves
    third = context.new_page()
    third.goto("/s/schede")
    for page in (one, other):
        expect(page).to_have_url(re.compile("/thanks"))
    assert sorted(kept()) == [3, 9]
    answer(third, 7)
    send(third)
    assert sorted(kept()) == [3, 7, 9]
    assert third.evaluate("Object.keys(localStorage).length") == 0


@pytest.mark.parametrize("context", ["desk"], indirect=True)
def test_the_next_customer_at_the_counter_is_somebody_else(context, kept):
    page = context.new_page()
    page.goto("/s/schede?via=counter")
    answer(page, 9)
    send(page)
    page.go_back(wait_until="commit")
    expect(page.locator("form")).to_be_visible()
    expect(page.locator("input:checked")).to_have_count(0)
    answer(page, 9)
    assert send(page) == ""
    assert kept() == [9, 9]


def test_what_was_written_is_there_on_the_way_back(context, kept):
    """On a phone the questions that are not shown are out of the page while it is being opened."""
    page = opened(context, 7)
    to_the_end(page)
    page.locator("textarea").fill("Piove dentro")
    send(page)
    back(page)
    expect(page.locator("textarea")).to_have_value("Piove dentro")
    assert AGAIN in send(page)
    assert kept() == [7]


def test_pressed_twice_it_counts_once(context, kept):
    page = opened(context, 8)
    to_the_end(page)
    page.locator(".send").dblclick()
    page.wait_for_url("**/thanks**")
    assert kept() == [8]
