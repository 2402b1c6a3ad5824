"""Where customers are asked besides their own phone: a tablet without a connection, a web site, paper keyed in."""

import re
import sqlite3
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import PHONE

pytestmark = pytest.mark.browser

TABLET = {"width": 1024, "height": 768}


def submissions(demo) -> int:
    database = sqlite3.connect(f"file:{demo.environment['PREMURA_DATA']}/premura.sqlite3?mode=ro", uri=True)
    return database.execute("SELECT count(*) FROM listen_submission").fetchone()[0]


def answer_on_the_tablet(page) -> None:
    page.locator(".q:visible input[value='9']").check()
    while page.locator(".next").is_visible():
        page.locator(".next").click()
    page.locator(".send").click()


def test_a_tablet_thanks_starts_again_and_keeps_what_it_cannot_send(demo, visit, watch):
    watch.allowed += ["ERR_INTERNET_DISCONNECTED", "422"]
    before = submissions(demo)
    page = visit(demo, viewport=TABLET)
    page.clock.install()
    page.goto("/s/noleggio/kiosk?at=vicenza&lang=it")
    page.context.set_offline(True)
    for _customer in range(2):
        answer_on_the_tablet(page)
        expect(page.locator(".done")).to_be_visible()
        page.clock.run_for(9_000)
        expect(page.locator(".q:visible")).to_have_count(1)
        assert page.locator("input:checked").count() == 0
    expect(page.locator(".waits")).to_contain_text("2")
    assert submissions(demo) == before
    page.context.set_offline(False)
    page.clock.run_for(25_000)
    expect(page.locator(".waits")).to_be_hidden()
    assert submissions(demo) == before + 2
    # Whoever walks away leaves nothing for the next one to read
    page.locator(".q:visible input[value='3']").check()
    page.clock.run_for(80_000)
    expect(page.locator("input:checked")).to_have_count(0)
    # What is refused when it is sent later is set aside, and comes back on the survey's own page to be put right
    late = "key=refused-1&lang=it&at=vicenza&via=site&q.nps=99&q.improve=Piove+dentro"
    queue = "premura:kiosk:/s/noleggio?send"
    page.evaluate("([name, late]) => localStorage.setItem(name, JSON.stringify([late]))", [queue, late])
    page.clock.run_for(25_000)
    expect(page.locator(".waits")).to_contain_text("Non accettate")
    assert page.evaluate("(name) => localStorage.getItem(name)", queue) is None
    page.goto("/s/noleggio?lang=it")
    expect(page.locator(".notice")).to_contain_text("non sono state accettate")
    expect(page.locator("[name='q.improve']")).to_have_value("Piove dentro")
    page.locator("input[name='q.nps'][value='9']").check()
    page.locator(".send").click()
    expect(page).to_have_url(re.compile("/thanks"))
    assert page.evaluate("Object.keys(localStorage).length") == 0
    assert submissions(demo) == before + 3


def test_a_web_site_asks_with_one_line(demo, visit, watch):
    """Another site, with a strict policy of its own, loads the script; the survey is answered in its frame, which the
    browser allows no storage.
    """
    line = f'<script async src="{demo.address}/s/noleggio/widget.js" data-at="vicenza"></script>'
    policy = f"default-src 'none'; script-src {demo.address}; frame-src {demo.address}"

    class Shop(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = f"<!doctype html><html lang=it><title>Negozio</title><h1>Negozio</h1>{line}".encode()
            self.send_response(200 if self.path == "/" else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        watch.allowed += ["request to another host: http://localhost", "favicon"]
        page = visit(demo, viewport=PHONE)
        page.goto(f"http://localhost:{server.server_port}/")
        page.get_by_role("button", name="Ci dica com'è andata").click()
        survey = page.frame_locator("iframe")
        expect(survey.locator("form")).to_be_visible()
        frame = next(one for one in page.frames if "/s/" in one.url)
        assert frame.evaluate("() => { try { return !!window.localStorage; } catch { return false; } }") is False
        survey.locator(".q:visible input[value='10']").check()
        while survey.locator(".next").is_visible():
            survey.locator(".next").click()
        survey.locator(".send").click()
        expect(survey.get_by_role("heading", name="Grazie")).to_be_visible()
        page.get_by_role("button", name="Chiudi").click()
        assert page.locator("iframe").count() == 0
        assert page.context.cookies() == []
    finally:
        server.shutdown()


def test_paper_is_keyed_in_by_digits(demo, visit):
    before = submissions(demo)
    page = visit(demo)
    page.goto("/welcome/entrance/")
    page.goto("/listening/")
    page.get_by_role("link", name="Il Suo noleggio").first.click()
    page.get_by_role("link", name="Poster, tablet, sito web").click()
    page.get_by_role("link", name="Ricopia i moduli").click()
    expect(page.locator(".keyed-question input").first).to_be_focused()
    page.keyboard.press("9")
    page.keyboard.press("8")
    expect(page.get_by_role("alert")).to_have_text("8 non è tra queste risposte: guarda di nuovo il foglio.")
    page.keyboard.press("4")
    expect(page.get_by_role("alert")).to_have_count(0)
    page.keyboard.press("5")
    values = page.locator(".keyed input:checked").evaluate_all("fields => fields.map(field => field.value)")
    assert values == ["9", "4", "5"]
    page.get_by_role("button", name="Salva la risposta").click()
    expect(page.get_by_text("Questo modulo è salvato")).to_be_visible()
    assert submissions(demo) == before + 1


def test_words_on_paper_are_left_by_enter_and_what_is_heard_begins_without_the_mouse(demo, visit):
    page = visit(demo)
    page.goto("/welcome/entrance/")
    page.goto("/listening/ask/answer/?survey=1&at=&point=&via=document")
    words = page.locator(".keyed textarea").first
    words.fill("Tutto bene")
    words.press("Shift+Enter")
    words.press("Enter")
    expect(words).to_have_value("Tutto bene\n")
    expect(words).not_to_be_focused()
    page.goto("/listening/ask/answer/?survey=1&at=&point=&via=phone")
    expect(page.locator(".keyed-question input").first).to_be_focused()
    words.press("Enter")
    expect(words).to_have_value("\n")
