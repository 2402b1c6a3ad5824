"""Stories of a complaint: by mail from the first letter to the answer about how it went, and told at the counter."""

import re
import sqlite3
import time
from email.message import EmailMessage

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import PHONE
from tests.browser.test_story import KEY_SECONDS, TAP_SECONDS, comes, give, hire, menu, said, unfold
from tests.postal import PASSWORD, Outbox, inbox, outbox

pytestmark = pytest.mark.browser


@pytest.fixture
def sent():
    """What we send to customers."""
    with outbox() as kept:
        yield kept


@pytest.fixture
def written():
    """What customers write to us: a mailbox on a real IMAP server."""
    with inbox() as kept:
        yield kept


def test_a_complaint_by_mail_is_put_right_and_the_customer_says_how_it_went(demo, visit, sent, written):
    owner = visit(demo)
    owner.goto("/welcome/entrance/")
    name, address = somebody_of_vicenza(demo)
    letters_leave_by(owner, sent.port)
    letters_come_by(owner, written.port)
    phone = hire(owner, visit(demo, viewport=PHONE))
    written.put(
        letter_from(name, address, "Betoniera ferma", "La betoniera era sporca e non partiva: ho perso la giornata.")
    )
    read_the_mailbox(owner)
    phone.goto("/recovery/?state=all&order=new")
    phone.get_by_role("main").get_by_role("link", name="Betoniera ferma").first.click()
    case = phone.url
    if (take := phone.get_by_role("button", name="Me ne occupo io")).count():  # else it is theirs already
        take.click()
    answer_by_mail(phone)
    ours, _words = sent.next("La sostituiamo domani alle 8")
    assert ours["From"].addresses[0].display_name.startswith("Carlo Banco")
    more = "Grazie, ma il noleggio di oggi?"
    written.put(letter_from(name, address, f"R: {ours['Subject']}", more, ours["Message-ID"]))
    read_the_mailbox(owner)
    phone.goto(case)
    expect(phone.get_by_text(more)).to_be_visible()
    give(phone, "Scuse", preview="lo fai subito")
    said(phone, "Fatto: Scuse")
    give(phone, "Rimborso", "40", preview="lo fai subito")
    said(phone, "Fatto: Rimborso")
    give(phone, "Rimborso", "3000", preview="Teresa")
    said(phone, "Ora decide Teresa")
    menu(owner, "Oggi")
    asked = owner.get_by_role("region", name="Un gesto da decidere")
    comes(owner, asked.get_by_text("3.000"))
    asked.get_by_role("button", name="Sì").last.click()
    said(owner, "Concesso")
    resolve(phone)
    says_how_it_went(visit(demo, viewport=PHONE, java_script_enabled=False), sent)
    owner.goto(f"/customers/?q={name}")
    owner.get_by_role("main").get_by_role("link", name=name).first.click()
    comes(owner, owner.get_by_text(re.compile(r"Ha risposto: \d vot")).first)


def somebody_of_vicenza(demo) -> tuple[str, str]:
    """A customer with an address of their own and nothing going on."""
    database = sqlite3.connect(f"file:{demo.environment['PREMURA_DATA']}/premura.sqlite3?mode=ro", uri=True)
    busy = "SELECT customer_id FROM recover_case WHERE customer_id NOT NULL"
    return database.execute(
        "SELECT c.name, c.email FROM customers_customer c JOIN company_location l ON l.id = c.location_id "
        "WHERE l.code = 'vicenza' AND c.email <> '' AND c.language = 'it' AND c.opted_out_at IS NULL "
        f"AND c.preferred_channel = '' AND c.id NOT IN ({busy}) ORDER BY c.id LIMIT 1"
    ).fetchone()


def letters_leave_by(page: Page, port: int) -> None:
    page.goto("/mail/")
    page.locator("#id_host").fill("127.0.0.1")
    page.locator("#id_port").fill(str(port))
    page.locator("#id_security").select_option("none")
    page.locator("#id_sender").fill("cura@trefiumi.example")
    page.get_by_role("button", name="Salva").first.click()


def letters_come_by(page: Page, port: int) -> None:
    page.goto("/mail/mailbox/")
    page.locator("#id_host").fill("127.0.0.1")
    page.locator("#id_port").fill(str(port))
    page.locator("#id_security").select_option("none")
    page.locator("#id_username").fill("noi")
    page.locator("input[type=password]").fill(PASSWORD)
    page.get_by_role("button", name="Salva").first.click()
    said(page, "Salvato")


def read_the_mailbox(page: Page) -> None:
    page.goto("/mail/mailbox/")
    page.get_by_role("button", name="Leggila ora").click()
    said(page, "letta 1 lettera nuova")


def letter_from(name: str, address: str, subject: str, words: str, about: str = "") -> bytes:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = f"{name} <{address}>", "cura@trefiumi.example", subject
    letter["Message-ID"] = f"<{time.monotonic_ns()}@example.org>"
    if about:
        letter["In-Reply-To"] = about
    letter.set_content(words)
    return letter.as_bytes()


def answer_by_mail(page: Page) -> None:
    unfold(page, "Rispondi")
    page.get_by_label("Che cosa è stato detto").fill(
        "Ci scusi per la betoniera sporca e per la giornata persa. La sostituiamo domani alle 8."
    )
    page.get_by_role("checkbox", name=re.compile("e-mail")).check()
    page.get_by_role("button", name="Registra").click()
    said(page, "La tua risposta è in viaggio")


def resolve(page: Page) -> None:
    page.reload()
    unfold(page, "È risolto")
    page.get_by_label("Come si è rimediato").fill("Sostituita con una pulita e rimborsata.")
    page.get_by_label("Ho chiesto scusa o ringraziato il cliente").check()
    page.get_by_role("button", name="Risolvi il caso").click()
    said(page, "Il caso è risolto")


def says_how_it_went(phone: Page, sent: Outbox) -> None:
    """From the letter that comes by itself, in their own words."""
    _letter, words = sent.next("ci ha detto: «La betoniera era sporca")
    link = re.search(r"http\S+/s/\S+", words).group()
    phone.goto(link)
    phone.get_by_role("group", name=re.compile("problema è stato risolto")).get_by_role("radio").first.check()
    for question in ("ascoltato", "rispetto", "giusto", "dalla mia parte"):
        phone.get_by_role("group", name=re.compile(question)).get_by_role("radio").last.check()
    phone.locator("button.send").click()  # without JavaScript a question that depends on another is a page of its own
    if (send := phone.locator("button.send")).count():
        send.click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Grazie")


def test_a_complaint_at_the_counter_is_written_down_in_under_a_minute(demo, visit):
    """Three fields that nobody has filled in beforehand, and two taps."""
    page = visit(demo, viewport=PHONE)
    page.goto("/welcome/entrance/")
    page.goto("/recovery/")
    words, who = "La sega si ferma dopo dieci minuti, rivuole i soldi.", "Bruno Ferri"
    taps = 0
    page.get_by_role("link", name="Apri un caso").click()
    taps += 1
    page.wait_for_url(re.compile("/cases/new/"))
    page.locator("textarea:focus, input:focus").wait_for()  # the first field has the focus
    page.keyboard.type(words)
    page.get_by_label("Cliente").fill(who)
    page.get_by_label("Come l'abbiamo saputo").select_option("banco")
    page.get_by_role("button", name="Apri il caso").click()
    taps += 4  # into the field, the choice and what is chosen, the button
    page.wait_for_url(re.compile(r"/recovery/cases/\d+"))
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("La sega si ferma"))
    assert taps * TAP_SECONDS + len(words + who) * KEY_SECONDS < 60
