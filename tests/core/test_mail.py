"""Mail against a real SMTP server: sent once, retried, given up with a reason; delivery reports."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.postal import free_port, outbox

from premura.core.customers.customers import add_customer, opt_out
from premura.core.history.models import Event
from premura.core.mail.mail import (
    Enclosed,
    Letter,
    change_server,
    forget,
    queue_letters,
    send_waiting,
    sender_of,
    take_report,
    the_server,
)
from premura.core.mail.models import BadAddress, OutgoingMail
from premura.core.mail.rules import read_bounces
from premura.core.mail.sealing import seal, unseal


@pytest.fixture
def mailbox():
    with outbox() as box:
        yield box


@pytest.fixture
def server(db, mailbox):
    return change_server("", host="127.0.0.1", port=mailbox.port, security="none", sender="cura@example.it")


def _queue(address, key="k", **fields):
    letter = Letter(key=key, address=address, subject="Com'è andata?", text="Ciao", html="<p>Ciao</p>", **fields)
    queue_letters([letter], timezone.now())


def test_a_letter_is_sent_once_with_a_way_out_in_one_click(server, mailbox):
    _queue("anna@example.it", unsubscribe_url="https://example.it/mail/unsubscribe/x/")
    _queue("anna@example.it", unsubscribe_url="https://example.it/mail/unsubscribe/x/")
    assert (send_waiting(), send_waiting()) == (1, 0)
    (letter,) = mailbox.letters
    assert letter["List-Unsubscribe"] == "<https://example.it/mail/unsubscribe/x/>"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter["Message-ID"] == OutgoingMail.objects.get().message_id
    assert {part.get_content_type() for part in letter.walk()} >= {"text/plain", "text/html"}


def test_an_address_where_nobody_lives_is_marked_and_not_written_to_again(server, mailbox):
    _queue("nessuno@example.it", "a")
    _queue("anna@example.it", "b")
    send_waiting()
    assert [letter["To"] for letter in mailbox.letters] == ["anna@example.it"]
    assert BadAddress.objects.get().reason.startswith("550")
    _queue("Nessuno@example.it", "c")
    send_waiting()
    assert OutgoingMail.objects.filter(given_up_at__isnull=False).count() == 2


def test_a_full_mailbox_is_tried_again_later(server, mailbox):
    _queue("pieno@example.it")
    send_waiting()
    mail = OutgoingMail.objects.get()
    assert mail.given_up_at is None
    assert mail.error.startswith("452")
    assert mail.due_at > timezone.now()


def test_a_server_that_is_down_keeps_everything_and_says_so(server, mailbox):
    change_server(None, port=free_port())
    _queue("anna@example.it")
    assert send_waiting() == 0
    assert the_server().down_since is not None
    assert "refused" in the_server().error
    mail = OutgoingMail.objects.get()
    assert (mail.sent_at, mail.given_up_at) == (None, None)
    assert mail.due_at > timezone.now()
    change_server(None, port=mailbox.port)
    assert send_waiting() == 1
    assert the_server().down_since is None


def test_who_opted_out_meanwhile_gets_nothing(server, mailbox, owner):
    customer = add_customer(by=owner, name="Anna", email="anna@example.it")
    _queue("anna@example.it", customer_id=customer.pk, unsubscribe_url="https://example.it/u/")
    opt_out(customer, by=None)
    send_waiting()
    assert mailbox.letters == []


def test_the_letters_of_a_forgotten_customer_name_nobody(server, mailbox, owner):
    customer = add_customer(by=owner, name="Anna", email="anna@example.it")
    _queue("anna@example.it", customer_id=customer.pk)
    forget(customer)
    assert send_waiting() == 0
    mail = OutgoingMail.objects.get()
    assert (mail.address, mail.text, mail.html) == ("", "", "")


REPORT = """From: MAILER-DAEMON@example.it
To: cura@example.it
Subject: Undelivered
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain

Sorry.
--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.it

Final-Recipient: rfc822; {address}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 unknown user

--B
Content-Type: text/rfc822-headers

Message-ID: {message_id}
Subject: x

--B--
"""


def _report(mail, **fields):
    said = {"address": mail.address, "action": "failed", "status": "5.1.1", "message_id": mail.message_id, **fields}
    return REPORT.format(**said).encode()


def test_a_delivery_report_marks_the_address_of_our_letter(db):
    _queue("anna@example.it")
    mail = OutgoingMail.objects.get()
    assert take_report(_report(mail), timezone.now()) == 1
    assert BadAddress.objects.get().address == "anna@example.it"
    assert OutgoingMail.objects.get().bounced_at is not None


@pytest.mark.parametrize(
    "fields",
    [
        {"message_id": "<forged@example.it>"},
        {"address": "altra@example.it"},
        {"action": "delayed", "status": "4.4.1"},
        {"status": "4.2.2"},
    ],
)
def test_no_report_marks_an_address_that_we_did_not_write_to_or_that_is_only_late(db, fields):
    _queue("anna@example.it")
    take_report(_report(OutgoingMail.objects.get(), **fields), timezone.now())
    assert not BadAddress.objects.exists()


def test_anything_else_is_no_report():
    assert read_bounces(b"\xff\x00 nonsense") == []
    assert read_bounces(b"Subject: hello\n\nreplying") == []
    assert read_bounces(b"x" * 2_000_001) == []


def test_a_password_is_sealed_and_a_foreign_seal_opens_nothing(settings):
    sealed = seal("segreta")
    assert "segreta" not in sealed
    assert unseal(sealed) == "segreta"
    settings.SECRET_KEY = "another"
    assert unseal(sealed) == ""


def test_a_letter_that_cannot_be_delivered_for_days_is_given_up_visibly(server, mailbox):
    _queue("pieno@example.it")
    OutgoingMail.objects.update(created_at=timezone.now() - timedelta(days=4))
    send_waiting()
    assert OutgoingMail.objects.get().given_up_at is not None


def test_who_changed_the_server_is_on_record_and_the_password_is_not(owner):
    change_server("segreta", by=owner, host="smtp.example.it", sender="cura@example.it")
    event = Event.objects.get(name="mail.server_changed")
    assert event.person == owner
    assert event.data == {"fields": ["host", "sender"]}


def test_what_a_person_wrote_is_signed_with_its_files_and_comes_back_to_its_own_address(
    server, mailbox, settings, company
):
    change_server(None, sender_name="Nolo Brenta", reply_to="risposte@example.it")
    (settings.MEDIA_ROOT / "cases").mkdir(parents=True, exist_ok=True)
    (settings.MEDIA_ROOT / "cases" / "abc").write_bytes(b"%PDF-1.7")
    files = [Enclosed("preventivo.pdf", "application/pdf", "cases/abc"), Enclosed("x.png", "image/png", "cases/gone")]
    _queue("anna@example.it", "a", signed_by="Carlo Banco", reply_tag="c7-0a1b2c3d4e", files=files)
    send_waiting()
    change_server(None, tags_replies=True)
    _queue("anna@example.it", "b", reply_tag="c7-0a1b2c3d4e")
    send_waiting()
    change_server(None, reply_to="")
    _queue("anna@example.it", "c", reply_tag="c7-0a1b2c3d4e")
    send_waiting()
    first, second, third = mailbox.letters
    assert first["From"].addresses[0].display_name == "Carlo Banco, Nolo Brenta"
    assert [part.get_filename() for part in first.iter_attachments()] == ["preventivo.pdf"]
    change_server(None, sender_name="")
    assert sender_of(the_server()) == "Nolo Prova <cura@example.it>", "never a bare address"
    assert (first["Auto-Submitted"], second["Auto-Submitted"]) == (None, "auto-generated")
    assert first["Reply-To"] == "risposte@example.it"
    assert second["Reply-To"] == "risposte+c7-0a1b2c3d4e@example.it"
    assert third["Reply-To"] == "cura+c7-0a1b2c3d4e@example.it"
