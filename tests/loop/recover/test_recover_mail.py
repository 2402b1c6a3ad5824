"""A case by mail: answers go out, letters come back into the thread, machines and loops do not."""

from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from django.test import TestCase
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.pictures import picture

from premura.core.customers.customers import add_customer
from premura.core.customers.models import Customer
from premura.core.errors import PremuraError
from premura.core.mail.gateway_rules import TEXT_LIMIT
from premura.core.mail.mail import mark_address
from premura.core.mail.models import Gateway, OutgoingMail
from premura.loop import wiring
from premura.loop.recover import letters
from premura.loop.recover.attachments import Given, path_of, place_of
from premura.loop.recover.letters import is_automatic, read_letter
from premura.loop.recover.mailing import (
    MOST_AN_HOUR,
    code_of,
    letters_of,
    mail_seen,
    receive_mail,
    reply_by_mail,
    take_held,
)
from premura.loop.recover.models import Attachment, Case, Direction, IncomingMail

PNG = picture()


def letter(text="Non parte ancora", *, sender="Rossi <rossi@example.it>", subject="Betoniera", files=(), **headers):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "info@example.it", subject
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    for name, content in files:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


@pytest.fixture
def replied(case, colleague, now):
    return reply_by_mail(case, "Ci scusi, la sostituiamo oggi alle 16.", by=colleague, at=now)


def test_an_answer_goes_out_as_a_letter_with_the_way_back(case, colleague, replied):
    sent = OutgoingMail.objects.get()
    assert sent.address == "rossi@example.it"
    assert f"[#{case.pk}-{code_of(case.pk)}]" in sent.subject
    assert f"/c/{case.token}/" in sent.text
    assert sent.text.startswith("Ci scusi, la sostituiamo oggi alle 16.")
    case.refresh_from_db()
    assert case.first_answered_at == replied.written_at


def test_who_prefers_a_text_message_is_answered_by_one(case, customer, colleague, now):
    customer.phone, customer.preferred_channel = "0444 555001", "whatsapp"
    customer.save()
    reply_by_mail(case, "Per lettera", by=colleague, at=now)
    gateway = Gateway.objects.create(kind="whatsapp", is_on=True, url="https://gateway.example.it/")
    long = "Ci scusi, la sostituiamo oggi alle 16. " * 30
    reply_by_mail(case, long, by=colleague, files=[Given("foto.png", PNG)], at=now)
    letter, text = OutgoingMail.objects.order_by("id")
    assert (letter.channel, letter.address) == ("email", "rossi@example.it"), "no gateway, so by letter"
    assert (text.channel, text.address, text.html) == ("whatsapp", "0444 555001", "")
    assert len(text.text) <= TEXT_LIMIT
    assert text.text.endswith(f"/c/{case.token}/"), "however long the answer is, the way to the whole of it is there"
    assert letters_of(list(case.messages.all())) == {
        message.pk: row for message, row in zip(case.messages.order_by("id"), (letter, text), strict=True)
    }
    gateway.delete()
    Customer.objects.update(email="")
    case.customer.refresh_from_db()
    with pytest.raises(PremuraError):
        reply_by_mail(case, "Nessuna via", by=colleague, at=now)


def test_what_they_answer_comes_into_the_thread(case, replied, now):
    sent = OutgoingMail.objects.get()
    quoted = "Alle 16 va bene.\n\nIl giorno gio 19 mar 2026 alle ore 10:30 Noleggi <info@x.it> ha scritto:\n> Ci scusi"
    by_reference = receive_mail(letter(quoted, References=f"<a@b> {sent.message_id}"), at=now + timedelta(hours=1))
    by_subject = receive_mail(letter("Ho cambiato idea", subject=f"R: {sent.subject}"), at=now + timedelta(hours=2))
    assert {by_reference.case, by_subject.case} == {case}
    assert by_subject.outcome == "thread"
    said = list(case.messages.filter(direction=Direction.IN).values_list("text", "channel"))
    assert said == [("Alle 16 va bene.", "email"), ("Ho cambiato idea", "email")]
    case.refresh_from_db()
    assert case.waiting_since == now + timedelta(hours=1)


def test_an_answer_finds_its_case_without_any_header_of_ours(case, replied, now):
    """By the case's own address, or by its page in what is quoted; a guessed address opens another case."""
    own = f"Cura <cura+c{case.pk}-{code_of(case.pk)}@x.it>"
    quoted = f"Grazie\n\nIl giorno gio 19 mar 2026 ha scritto:\n> pagina del Suo caso: https://x.it/c/{case.token}/"
    by_address = receive_mail(letter("Eccomi", subject="Altro", Cc=own), at=now)
    by_page = receive_mail(letter(quoted, subject="Altro"), at=now)
    assert {by_address.case, by_page.case} == {case}
    guessed = receive_mail(letter(subject="Altro", Cc=f"cura+c{case.pk}-0123456789@x.it"), at=now)
    assert guessed.outcome == "opened"


def test_files_go_with_the_letter_and_the_keeper_signs(case, colleague, owner, monkeypatch):
    from premura.core.customers.customers import change_customer
    from premura.loop.recover import mailing

    change_customer(case.customer, by=owner, keeper=owner)
    reply_by_mail(case, "Ecco la foto.", by=colleague, files=[Given("dopo.png", PNG)])
    monkeypatch.setattr(mailing, "MOST_ENCLOSED", 3)
    reply_by_mail(case, "Ecco le foto.", by=colleague, files=[Given("grande.png", PNG)])
    large, sent = OutgoingMail.objects.order_by("-pk")
    assert (sent.signed_by, sent.files[0]["name"], sent.files[0]["type"]) == (colleague.name, "dopo.png", "image/png")
    assert f"{colleague.name}\n{owner.name} è la Sua persona di riferimento" in sent.text
    assert large.files == []
    assert "Gli allegati si trovano" in large.text
    assert "Gli allegati si trovano" not in sent.text


def test_a_mark_that_was_guessed_opens_no_thread_of_another(case, replied):
    taken = receive_mail(letter(subject=f"Re: [#{case.pk}-0123456789]", sender="ladro@example.com"))
    assert taken.outcome == "opened"
    assert taken.case != case


def test_a_letter_without_a_case_opens_one(customer, vicenza, colleague, now):
    taken = receive_mail(letter(sender="ROSSI@example.it"), at=now)
    assert taken.outcome == "opened"
    assert (taken.case.customer, taken.case.location, taken.case.channel) == (customer, vicenza, "email")
    assert taken.case.messages.get().text == "Non parte ancora"
    unknown = receive_mail(letter("Salve", sender="Ada Nuova <ada@example.org>", subject=""), at=now)
    assert unknown.case.title == "Salve"
    assert Customer.objects.get(email="ada@example.org").name == "Ada Nuova"


def test_an_address_of_two_customers_is_nobody_s(customer, company):
    add_customer(by=None, name="Bianchi", email="rossi@example.it")
    assert receive_mail(letter()).case.customer.name == "Rossi"


def test_the_same_letter_is_taken_once(case, replied):
    sent = OutgoingMail.objects.get()
    raw = letter(In_Reply_To=sent.message_id, Message_ID="<uno@example.it>")
    assert receive_mail(raw) == receive_mail(raw)
    without_id = letter(In_Reply_To=sent.message_id)
    assert receive_mail(without_id) == receive_mail(without_id)
    assert case.messages.filter(direction=Direction.IN).count() == 2


@pytest.mark.parametrize(
    "header",
    [
        {"Auto_Submitted": "auto-replied (vacation)"},
        {"Precedence": "bulk"},
        {"X_Autoreply": "yes"},
        {"Return_Path": "<>"},
        {"List_Id": "<novita.example.it>"},
    ],
)
def test_what_a_machine_writes_is_a_note_and_nobody_waits(case, replied, header):
    sent = OutgoingMail.objects.get()
    taken = receive_mail(letter("Torno lunedì", In_Reply_To=sent.message_id, **header))
    assert taken.outcome == "automatic"
    assert case.messages.last().direction == Direction.NOTE
    case.refresh_from_db()
    assert case.waiting_since is None
    assert receive_mail(letter("Offerta", subject="Sconti", **header)).case is None
    assert Case.objects.count() == 1


def test_a_bounce_without_any_sign_is_known_by_who_sends_it(case, replied):
    sent = OutgoingMail.objects.get()
    back = letter("Undelivered", sender="Mail <MAILER-DAEMON@mx.example>", In_Reply_To=sent.message_id)
    assert receive_mail(back).outcome == "automatic"


def test_a_person_is_no_machine():
    said_so = message_from_bytes(letter(Auto_Submitted="no"), policy=policy.default)
    assert not is_automatic(said_so)


def test_our_own_letters_do_not_come_back_as_a_customer_s(case, replied, settings):
    settings.DEFAULT_FROM_EMAIL = "cura@noleggi.example"
    sent = OutgoingMail.objects.get()
    returned = receive_mail(letter(sender="x@example.org", Message_ID=sent.message_id))
    from_us = receive_mail(letter(sender="Cura <CURA@noleggi.example>", In_Reply_To=sent.message_id))
    assert {returned.outcome, from_us.outcome} == {"ours"}
    assert case.messages.count() == 1


def test_two_machines_that_answer_each_other_are_stopped(case, replied, colleague, owner, now):
    sent = OutgoingMail.objects.get()
    for number in range(MOST_AN_HOUR + 3):
        files = [("foto.png", PNG), ("virus.exe", b"MZ")] if number == MOST_AN_HOUR else []
        raw = letter(f"Numero {number}", In_Reply_To=sent.message_id, files=files)
        receive_mail(raw, at=now + timedelta(minutes=number))
    held = IncomingMail.objects.filter(outcome="held")
    assert held.count() == 3
    assert case.messages.filter(direction=Direction.IN).count() == MOST_AN_HOUR
    first = held.last()
    (kept, refused) = first.files
    assert (kept["name"], refused) == ("foto.png", {"name": "virus.exe"})
    assert take_held(first, by=colleague, at=now + timedelta(hours=2)) == case
    note, words = case.messages.order_by("-written_at", "-pk")[:2]
    assert (words.text, words.attachments.get().name) == ("Numero 12", "foto.png")
    assert path_of(words.attachments.get()).read_bytes().startswith(b"\x89PNG")
    assert "virus.exe" in note.text
    with pytest.raises(PremuraError):
        take_held(first, by=colleague)
    assert receive_mail(letter("Poi", In_Reply_To=sent.message_id), at=now + timedelta(hours=3)).outcome == "thread"


def test_files_are_known_by_their_content_and_the_others_are_named(case, replied):
    sent = OutgoingMail.objects.get()
    files = [("foto.exe", PNG), ("fattura.pdf.exe", b"MZ\x90"), ("../../<b>.html", b"<script>"), ("b.png", PNG)]
    receive_mail(letter(In_Reply_To=sent.message_id, files=files))
    assert [one.name for one in Attachment.objects.all()] == ["foto.png", "b.png"]
    note = case.messages.get(direction=Direction.NOTE).text
    assert "fattura.pdf.exe" in note
    assert "<b>" not in note


def test_too_large_is_refused_and_without_an_address_nothing_is_sent(case, colleague, customer, monkeypatch):
    from premura.loop.recover import mailing

    monkeypatch.setattr(mailing, "LARGEST_MAIL", 100)
    with pytest.raises(PremuraError):
        receive_mail(letter())
    mark_address("rossi@example.it", "550", case.opened_at)
    with pytest.raises(PremuraError):
        reply_by_mail(case, "Ci scusi", by=colleague)
    customer.email = ""
    case.customer = customer
    with pytest.raises(PremuraError):
        reply_by_mail(case, "Ci scusi", by=colleague)
    assert not case.messages.exists()


def test_a_refused_file_keeps_the_whole_answer_back(case, colleague):
    with pytest.raises(PremuraError):
        reply_by_mail(case, "Ecco", by=colleague, files=[Given("virus.exe", b"MZ")])
    assert not case.messages.exists()
    assert not OutgoingMail.objects.exists()


def test_a_page_is_read_as_words():
    page = "<html><head><title>x</title></head><body><p>La macchina<br>non parte</p><script>x()</script></body></html>"
    message = EmailMessage()
    message["From"] = "a@example.it"
    message.set_content(page, subtype="html")
    assert read_letter(message.as_bytes()).text == "La macchina\nnon parte"


@settings(max_examples=60, deadline=None)
@given(
    st.binary(max_size=400), st.sampled_from([b"", b"From: a@b.it\r\nContent-Type: multipart/mixed; boundary=x\r\n"])
)
def test_no_letter_breaks_the_reading(junk, head):
    found = read_letter(head + junk)
    assert found.message_id
    assert len(found.text) <= letters.MOST_TEXT


def test_forgetting_leaves_no_address(case, replied, customer, owner):
    receive_mail(letter("Offerta", Precedence="bulk"))
    receive_mail(letter(In_Reply_To=OutgoingMail.objects.get().message_id))
    for _ in range(MOST_AN_HOUR):
        held = receive_mail(letter(files=[("foto.png", PNG)], Message_ID=f"<{_}@x>"))
    stored = place_of(held.files[0]["stored_as"])
    assert stored.exists()
    with TestCase.captureOnCommitCallbacks(execute=True):
        wiring.forget_customer(customer, by=owner)
    assert not stored.exists()
    assert set(IncomingMail.objects.values_list("address", "subject")) == {("", "")}
    late = receive_mail(letter("Ancora", subject=f"[#{case.pk}-{code_of(case.pk)}]", sender="altro@example.it"))
    assert late.case != case


def test_letters_are_seen_by_who_sees_their_case(case, replied, colleague, elsewhere, owner):
    receive_mail(letter(In_Reply_To=OutgoingMail.objects.get().message_id))
    receive_mail(letter("Offerta", Precedence="bulk"))
    assert [len(mail_seen(person)) for person in (owner, colleague, elsewhere)] == [2, 1, 0]
