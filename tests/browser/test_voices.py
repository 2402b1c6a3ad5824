"""A story: a customer finds the page that is always open, complains without a name, and reads our answer."""

import io
import re
from urllib.parse import urlsplit

import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect
from tests.browser.conftest import PHONE

pytestmark = pytest.mark.browser
WORDS = "Lo scalino all'ingresso ferma chi ha il carrello."


def code_on_the_poster(staff: Page) -> str:
    """What a phone reads on the printed poster."""
    sheet = staff.request.get("/listening/open/poster.pdf?lang=it")
    page = pypdfium2.PdfDocument(sheet.body())[0].render(scale=2).to_pil()
    [code] = zxingcpp.read_barcodes(page)
    return code.text


def photo() -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (40, 30), "brown").save(kept, "JPEG")
    return kept.getvalue()


def test_a_page_that_takes_long_says_so(demo, visit):
    """Ten million answers can take more than a second: nobody is left before a page that does not move."""
    staff = visit(demo)
    staff.goto("/welcome/entrance/")
    staff.goto("/insights/explorer/?period=all")
    # Nothing comes: the page stays as it is while an answer is long in coming
    staff.evaluate("addEventListener('click', (event) => event.preventDefault())")
    told = staff.locator("#toasts")
    staff.get_by_role("link", name="CSV").click()
    staff.wait_for_timeout(1500)  # a file leaves us on the page: after more than a second there is still nothing to say
    expect(told).not_to_contain_text("c'è molto da contare")
    staff.locator(".tabs").get_by_role("link", name="Commenti").click()
    expect(told).to_contain_text("c'è molto da contare")
    staff.evaluate("dispatchEvent(new Event('pageshow'))")
    expect(told).not_to_contain_text("c'è molto da contare")


def test_a_complaint_without_a_name_is_answered_by_token(demo, visit):
    staff = visit(demo)
    staff.goto("/welcome/entrance/")
    found = urlsplit(code_on_the_poster(staff))
    phone = visit(demo, viewport=PHONE, java_script_enabled=False)
    phone.goto(f"{found.path}?{found.query}")
    phone.get_by_label("Qualcosa è andato storto").check()
    phone.get_by_label("Ci racconti con parole Sue").fill(WORDS)
    phone.get_by_role("button", name="Invia").click()
    expect(phone).to_have_url(re.compile(r"/c/[-\w]+/\?new"))
    own = phone.url.partition("?")[0]
    phone.locator("#write textarea").fill("Ecco una foto.")
    picture = {"name": "scalino.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    phone.locator("#write input[type=file]").set_input_files(picture)
    phone.locator("#write button").click()
    expect(phone.locator(".said-lines")).to_contain_text("scalino.jpg")

    staff.goto("/listening/open/")
    staff.locator(".told li", has_text=WORDS).get_by_role("link", name="Il suo caso").click()
    expect(staff.locator("main")).to_contain_text("scalino.jpg")
    staff.locator("#message [name=direction][value=out]").check()
    staff.locator("#message textarea[name=text]").fill("Ci scusi. La rampa arriva giovedì 3 dicembre.")
    staff.locator("#message button", has_text="Registra").last.click()
    expect(staff.locator("main")).to_contain_text("La rampa arriva")

    again = visit(demo, viewport=PHONE)  # another browser: the address is all that is needed
    again.goto(own)
    expect(again.locator(".said-line.is-ours").last).to_contain_text("La rampa arriva giovedì 3 dicembre.")
