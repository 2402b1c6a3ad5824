"""The customer's page of their case: a token, no account."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from tests.pictures import picture

from premura.loop.recover.cases import assign_case, open_case, resolve_case, write_message
from premura.loop.recover.models import Attachment, Case, Deadline


@pytest.fixture
def case(company, vicenza, colleague, work):
    Deadline.objects.create(severity="normal", first_answer_hours=4, solution_hours=24)
    why = [{"code": "by-hand"}]
    made = open_case("Betoniera sporca", by=colleague, why=why, channel="phone", location=vicenza, at=timezone.now())
    work()
    return made


@pytest.fixture
def address(case):
    return reverse("progress", args=[case.token])


def test_four_steps_and_what_was_written_without_an_account(client, case, address, colleague):
    client.cookies["django_language"] = "it"
    page = client.get(address)
    text = page.content.decode()
    assert f"{colleague.name} se ne sta occupando" in text
    assert "Betoniera sporca" not in text, "the title may be a colleague's words"
    assert page.headers["X-Robots-Tag"].startswith("noindex")
    write_message(case, "note", "Segreto", by=colleague)
    write_message(case, "out", "La sostituiamo domani.", by=colleague, channel="email")
    resolve_case(case, by=colleague, text="Interno", apologised=True)
    text = client.get(address).content.decode()
    assert "La sostituiamo domani." in text
    assert "Segreto" not in text
    assert "Interno" not in text


def test_a_wrong_token_finds_nothing(client, address):
    assert client.get(address.replace("/c/", "/c/x")).status_code == 404


def test_the_customer_writes_sends_a_picture_and_finds_both_again(client, case, address, client_of, colleague, manager):
    photo = SimpleUploadedFile("foto.png", picture(), content_type="image/png")
    sent = client.post(reverse("progress-message", args=[case.token]), {"text": "Ecco la foto", "attachments": [photo]})
    assert sent.status_code == 302
    assert "Ecco la foto" in client.get(address).content.decode()
    kept = Attachment.objects.get()
    for browser, where in (
        (client, reverse("progress-file", args=[case.token, kept.pk])),
        (client_of(colleague), reverse("case-file", args=[case.pk, kept.pk])),
    ):
        handed = browser.get(where)
        assert b"".join(handed.streaming_content).startswith(b"\x89PNG")
        assert handed.headers["Content-Disposition"] == 'attachment; filename="foto.png"'
        assert handed.headers["X-Content-Type-Options"] == "nosniff"
    bad = SimpleUploadedFile("foto.png", b"MZ", content_type="image/png")
    refused = client.post(reverse("progress-message", args=[case.token]), {"text": "Altra", "attachments": [bad]})
    assert refused.status_code == 422
    assert "Altra" in refused.content.decode(), "nothing typed is lost"
    assert Attachment.objects.count() == 1


@pytest.fixture
def manager(new_person, vicenza):
    return new_person("manager", vicenza, name="Marta Manager")


def test_after_closing_they_can_say_that_it_is_not_solved(client, case, address, colleague):
    resolve_case(case, by=colleague, text="Fatto", apologised=True)
    post = reverse("progress-message", args=[case.token])
    client.post(post, {"text": "Non è arrivato", "not_solved": "on"})
    assert Case.objects.get().is_open


def test_who_waits_is_seen_in_the_list_and_on_the_case(client_of, case, colleague, manager):
    write_message(case, "out", "Ci scusi", by=colleague, at=timezone.now() - timedelta(days=3))
    write_message(case, "in", "Quando?", by=None, channel="web", at=timezone.now() - timedelta(days=2))
    browser = client_of(colleague)
    assert "aspetta una risposta da" in browser.get(reverse("recovery") + "?state=waiting").content.decode()
    assert "aspetta una risposta" in browser.get(reverse("case", args=[case.pk])).content.decode()
    browser.post(reverse("case-no-answer", args=[case.pk]), {"reason": "Ringraziava"})
    assert Case.objects.get().waiting_since is None
    assign_case(case, manager, by=colleague)
    write_message(case, "note", "@marta chiama tu", by=colleague)
    browser = client_of(manager)
    assert "marta chiama tu" in browser.get(reverse("recovery")).content.decode()
    browser.get(reverse("case", args=[case.pk]))
    assert "marta chiama tu" not in browser.get(reverse("recovery")).content.decode()
