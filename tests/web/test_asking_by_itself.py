"""The pages on which a programme learns to ask by itself, and the way out for customers."""

import html

import pytest
from django.urls import reverse
from django.utils import translation

from premura.core.company.company import the_company
from premura.core.mail.mail import the_server
from premura.core.mail.models import Gateway
from premura.core.mail.sealing import unseal
from premura.core.mail.troubles import meaning_of, what_to_do
from premura.core.mail.unsubscribing import unsubscribe_url
from premura.loop.listen.models import ContactLimits, Invitation, Trigger


@pytest.fixture
def browser(world, people, client_of):
    return client_of(people["owner"])


def _form(world, **fields):
    return {"kind": "meeting", "days": 0, "survey": world.survey.pk, "remind_after_days": 5, "is_on": "on", **fields}


def test_looking_names_customers_and_writes_nothing_saving_does(browser, world):
    address = reverse("trigger-new", args=[world.programme.pk])
    before = Invitation.objects.count(), Trigger.objects.count()
    Invitation.objects.update(trigger=None)
    ContactLimits.objects.create(pk=1, most=50, window_days=1, days_between=0)
    page = browser.post(address, _form(world, look="1")).content.decode()
    assert "Rossi Costruzioni" in page
    assert "Avrebbe chiesto a 2 clienti." in page
    assert (Invitation.objects.count(), Trigger.objects.count()) == before
    assert browser.post(address, _form(world)).status_code == 302
    assert Trigger.objects.count() == before[1] + 1


def test_a_silence_of_no_days_is_refused_beside_the_field(browser, world):
    answer = browser.post(reverse("trigger", args=[world.trigger.pk]), _form(world, kind="silence"))
    assert answer.status_code == 422
    assert "Qui serve almeno un giorno." in answer.content.decode()


def test_the_password_of_the_server_is_kept_and_never_shown(browser):
    said = {"host": "smtp.example.org", "port": 587, "security": "starttls", "username": "noi"}
    said |= {"sender": "cura@example.org", "sender_name": "", "reply_to": ""}
    browser.post(reverse("mail"), {**said, "password": "segretissima"})
    assert "segretissima" not in browser.get(reverse("mail")).content.decode()
    browser.post(reverse("mail"), {**said, "password": "", "port": 25})
    assert (the_server().port, unseal(the_server().password_sealed)) == (25, "segretissima")


def test_looking_at_the_way_out_changes_nothing_one_click_ends_the_asking(client, world):
    address = unsubscribe_url(world.customer.pk)
    page = client.get(address).content.decode()
    world.customer.refresh_from_db()
    assert "Preferisce non ricevere altre domande?" in page
    assert world.customer.opted_out_at is None
    assert client.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    world.customer.refresh_from_db()
    assert world.customer.opted_out_at is not None
    assert "Non Le chiederemo più nulla" in client.get(address).content.decode()


def test_a_link_of_ours_that_was_cut_off_is_explained_to_whoever_came_by_it(client, client_of, people, world):
    """In the words for customers, whichever link it is; colleagues hear that it may not be theirs to see."""
    for address in (unsubscribe_url(world.customer.pk)[:-4] + "/", "/stories/1.x/", "/ideas/mine/1.x/", "/ideas/99/"):
        refused = client.get(address, headers={"accept-language": "it"})
        page = html.unescape(refused.content.decode())
        assert (refused.status_code, "Riprovi con il collegamento o il codice" in page) == (404, True), address
        assert "non lo puoi vedere" not in page
        assert f"<strong>{html.escape(the_company().name)}</strong>" in page
    assert "non lo puoi vedere" in html.unescape(client_of(people["owner"]).get("/stories/1.x/").content.decode())


def test_a_gateway_is_set_up_tried_and_its_key_never_shown(client_of, owner):
    browser, address = client_of(owner), reverse("gateway", args=["sms"])
    said = {"url": "https://127.0.0.1:1/{to}", "method": "POST", "headers": "X-Key: {secret}", "prefix": "+39"}
    wrong = browser.post(address, said | {"is_on": "on", "body": "to={to}", "headers": "Host: x"})
    assert wrong.status_code == 422
    assert "{text}" in wrong.content.decode()
    assert "Host: x" in wrong.content.decode()
    assert browser.post(address, said | {"body": "to={to}&b={text}", "secret": "s3cret"}).status_code == 302
    assert "s3cret" not in browser.get(address).content.decode()
    browser.post(address, said | {"body": "to={to}&text={text}"})
    assert Gateway.objects.get().secret_sealed, "an empty field leaves the key that is kept"
    tried = browser.post(reverse("gateway-test", args=["sms"]), {"number": "0444 555001"}, follow=True)
    assert "private network" in tried.content.decode()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"body": '{"to": "{to}", "text": "{text}", "from": "{sender}"}'}, "{sender} non è conosciuto"),
        ({"body": '{"to": "{to}",\n "text": {text}}'}, "dalla riga 2 in poi"),
        ({"url": "https://x y/{to}"}, "https://"),
        ({"headers": "X-Key: {secret}"}, "nessuna chiave"),
        ({"url": "nosuch://{secret}@{to}", "secret": "s3cret"}, "Apprise non conosce"),
        ({"url": "syslog://user"}, "sul server stesso"),
    ],
)
def test_what_a_template_gets_wrong_is_said_when_it_is_saved_in_the_readers_words(client_of, owner, changed, said):
    browser, address = client_of(owner), reverse("gateway", args=["sms"])
    owner.language = "it"
    owner.save()
    form = {"url": "https://x.it/", "method": "POST", "prefix": "+39", "body": '{"to": "{to}", "text": "{text}"}'}
    refused = browser.post(address, form | {"is_on": "on"} | changed, headers={"accept-language": "it"})
    assert refused.status_code == 422
    words = html.unescape(refused.content.decode())
    assert said in words
    assert "apprise knows" not in words
    assert not Gateway.objects.exists()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("401 {}", "non accetta la chiave"),
        ("422 {}", "non prende il messaggio in questa forma"),
        ("503 busy", "ha un guasto"),
        ("302 ", "rimanda a un altro indirizzo"),
        ("ValueError: the name leads into this machine or a private network", "rete privata"),
        ("no such number", "non è un numero di telefono"),
    ],
)
def test_what_a_gateway_says_is_explained(error, said):
    with translation.override("it"):
        assert said in what_to_do(error)
        assert said in meaning_of(error)
        assert "gateway" not in meaning_of("550 5.1.1 unknown")


def test_a_gateway_may_be_a_service_of_apprise(client_of, owner):
    browser, address = client_of(owner), reverse("gateway", args=["whatsapp"])
    said = {"method": "POST", "prefix": "+39", "is_on": "on", "secret": "s3cret"}
    for wrong in ("dbus://{to}", "nosuch://{secret}@{to}", "clicksend://me:{secret}@39333"):
        refused = browser.post(address, said | {"url": wrong})
        assert refused.status_code == 422
        assert wrong in refused.content.decode(), "what was typed is still there"
    assert browser.post(address, said | {"url": "clicksend://me:{secret}@{to}"}).status_code == 302
    assert Gateway.objects.get().is_on
