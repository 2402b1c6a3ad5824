"""What became of each invitation, as its page tells it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from premura.core.mail.mail import Letter, queue_letters
from premura.core.mail.models import OutgoingMail
from premura.loop.listen.invitations import letter_key, reminder_key
from premura.loop.listen.models import Invitation, Reminder

SENT = timezone.now() - timedelta(days=2)


@pytest.fixture
def invitation(world):
    Invitation.objects.all().delete()
    return Invitation.objects.create(
        survey=world.survey,
        customer=world.customer,
        location=world.customer.location,
        channel="email",
        trigger=world.trigger,
        occasion="meeting:9",
        asked_at=SENT,
    )


@pytest.fixture
def letter(invitation):
    """``letter(sent_at=…)``: the letter that carried it, as the mail server left it."""

    def write(key: str = "", **fate) -> None:
        key = key or letter_key(invitation)
        queue_letters([Letter(key=key, address="info@rossi.example", subject="Com'è andata?", text="…")], SENT)
        OutgoingMail.objects.filter(key=key).update(**fate)

    return write


@pytest.fixture
def words(people, client_of):
    def read(**query) -> str:
        page = client_of(people["owner"]).get(reverse("invitations"), {"period": "all", **query})
        return page.content.decode()

    return read


# What the mail server or the provider did, what is said of it, and whether it counts as lost
FATES = [
    ({}, ["In attesa di invio"], False),
    ({"sent_at": SENT}, ["Inviato: e-mail"], False),
    (
        {"sent_at": SENT, "bounced_at": SENT, "error": "550 no such user"},
        ["Tornato indietro", "non c&#x27;è nessuna casella", "550 no such"],
        True,
    ),
    ({"given_up_at": SENT, "error": "552 <too> large"}, ["Non è stato possibile", "552 &lt;too&gt; large"], True),
    ({"given_up_at": SENT, "error": "opted out"}, ["Non inviato: preferisce"], True),
    (
        {"channel": "sms", "sent_at": SENT, "delivered_at": SENT},
        ["Inviato: messaggio di testo", "Consegnato"],
        False,
    ),
    (
        {"channel": "sms", "bounced_at": SENT, "error": "n. 7"},
        ["Non consegnato, secondo il fornitore", "n. 7"],
        True,
    ),
]


def test_each_fate_is_told_with_its_reason(subtests, letter, words):
    for fate, said, is_lost in FATES:
        with subtests.test(**fate):
            OutgoingMail.objects.all().delete()
            letter(**fate)
            page = words()
            assert [one for one in said if one not in page] == []
            assert ("Nessun invito corrisponde" not in words(fate="lost")) is is_lost


def test_opened_reminded_answered_and_opted_out_stand_in_their_order(invitation, letter, words, client, world):
    letter(sent_at=SENT)
    later = SENT + timedelta(hours=5)
    letter(reminder_key(invitation), bounced_at=later, error="550 gone", sent_at=later)
    Reminder.objects.create(invitation=invitation, reminded_at=later)
    opened = reverse("invitation-opened", args=[invitation.token])
    assert client.get(opened).status_code == 405
    assert (client.post(opened).status_code, client.post(opened).status_code) == (204, 204)
    invitation.refresh_from_db()
    assert invitation.opened_at
    assert "Pagina aperta" in words(fate="opened")
    world.customer.opted_out_at = timezone.now() + timedelta(hours=1)
    world.customer.save()
    page = words()
    places = [
        page.index(one)
        for one in ("Inviato: ", "Promemoria inviato", "550 gone", "Pagina aperta", "Preferisce non ric")
    ]
    assert places == sorted(places)
    assert "Risposto" not in page


def test_nobody_is_called_reminded_by_what_waits_or_was_called_off(invitation, letter, words):
    letter(sent_at=SENT)
    Reminder.objects.create(invitation=invitation, reminded_at=SENT)
    letter(reminder_key(invitation), error="ConnectionRefusedError: [Errno 111] Connection refused")
    page = words()
    assert "Promemoria inviato" not in page
    assert "Il promemoria aspetta di partire" in page
    assert "A questa porta non risponde nessuno" in page
    OutgoingMail.objects.filter(key=reminder_key(invitation)).update(given_up_at=SENT, error="answered")
    page = words()
    assert "Promemoria" not in page
    assert "Non è stato possibile" not in page


def test_the_list_is_read_in_few_queries(invitation, letter, people, client_of, django_assert_max_num_queries):
    letter(sent_at=SENT)
    browser = client_of(people["owner"])
    browser.get(reverse("invitations"))
    with django_assert_max_num_queries(12):
        browser.get(reverse("invitations"))
