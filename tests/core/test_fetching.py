"""A mailbox read over IMAP from a real server (Dovecot, where it is installed): each letter once, none lost."""

import pytest
from django.utils import translation
from tests.postal import PASSWORD, free_port, inbox

from premura.core.errors import PremuraError
from premura.core.history.models import Event
from premura.core.mail.fetching import FetchError, change_mailbox, fetch_new
from premura.core.mail.models import Mailbox
from premura.core.mail.troubles import what_to_do


@pytest.fixture(scope="module")
def running():
    with inbox() as found:
        yield found


@pytest.fixture
def server(running):
    running.folder.clear()
    return running


@pytest.fixture
def box(owner, server):
    settings = {"host": "127.0.0.1", "port": server.port, "security": "none", "username": "noi", "is_on": True}
    return change_mailbox(PASSWORD, by=owner, **settings)


def letter(number: int) -> bytes:
    return f"Message-ID: <{number}@x.it>\r\nFrom: ada@x.it\r\nSubject: {number}\r\n\r\nÈ rotta\r\n".encode()


def test_each_letter_is_taken_once_and_stays_in_the_mailbox(server, box):
    for number in range(3):
        server.put(letter(number))
    seen: list[bytes] = []
    assert fetch_new(seen.append, box) == 3
    assert sorted(raw.split(b"@")[0] for raw in seen) == [b"Message-ID: <0", b"Message-ID: <1", b"Message-ID: <2"]
    assert "È rotta".encode() in seen[0]
    assert fetch_new(seen.append, box) == 0
    assert len(server.folder) == 3
    assert Mailbox.objects.get().worked_at


def test_a_letter_that_cannot_be_taken_is_left_for_a_person_and_stops_no_other(server, box):
    for number in range(3):
        server.put(letter(number))
    seen = []

    def take(raw: bytes) -> None:
        if b"<0@" in raw:
            raise PremuraError("mail-too-large", "")
        if b"<1@" in raw:
            raise ZeroDivisionError
        seen.append(raw)

    assert fetch_new(take, box) == 1
    assert fetch_new(take, box) == 0, "they are not tried for ever"
    assert sorted(message.get_flags() for message in server.folder) == ["F", "F", "S"]


def test_a_wrong_password_or_folder_is_said_and_lifted_when_it_works(server, box, owner):
    seen: list[bytes] = []
    for wrong in ({"username": "noi", "folder": "Altro"}, {"folder": "INBOX"}):
        row = change_mailbox(PASSWORD if "username" in wrong else "x", by=owner, **wrong)
        with pytest.raises(FetchError):
            fetch_new(seen.append, row)
        assert Mailbox.objects.get().down_since
    assert fetch_new(seen.append, change_mailbox(PASSWORD, by=owner)) == 0
    row = Mailbox.objects.get()
    assert (row.down_since, row.error) == (None, "")
    assert PASSWORD not in row.password_sealed + "".join(map(str, Event.objects.values_list("data", flat=True)))


def test_a_server_that_is_away_is_said(owner):
    row = change_mailbox(PASSWORD, by=owner, host="127.0.0.1", port=free_port(), security="none")
    with pytest.raises(FetchError, match="refused"):
        fetch_new(print, row)
    assert Mailbox.objects.get().down_since


def in_english(error: object) -> str:
    with translation.override("en"):
        return what_to_do(str(error))


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_over_tls_only_a_trusted_certificate_sees_the_password(server, box, owner, security, monkeypatch):
    server.put(letter(1))
    port = server.tls_port if security == "tls" else server.port
    row, seen = change_mailbox(None, by=owner, security=security, port=port), []
    before = len((server.here / "log").read_text())
    with pytest.raises(FetchError, match="CERTIFICATE_VERIFY_FAILED"):
        fetch_new(seen.append, row)
    assert in_english(Mailbox.objects.get().error).startswith("This machine does not trust")
    # Whoever gave the letter to the server may be written down as gone only now; who comes in is named otherwise
    assert "user=<noi>" not in (server.here / "log").read_text()[before:]
    monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
    assert fetch_new(seen.append, row) == 1
    if security == "tls":
        other = change_mailbox(None, by=owner, host="localhost")
        with pytest.raises(FetchError) as refused:
            fetch_new(seen.append, other)
        assert in_english(refused.value).startswith("The server's certificate is made out to another name")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"security": "tls"}, "The server does not begin with encryption"),
        ({"username": ""}, "The server does not accept name"),
        ({"folder": "Altro"}, "There is no folder"),
        ({"host": "posta.invalid"}, "There is no server of this name"),
        ({"port": 1}, "Nothing answers at this port"),
    ],
)
def test_what_is_wrong_is_said_in_words(server, box, owner, fields, words):
    row = change_mailbox("sbagliata" if "username" in fields else None, by=owner, **fields)
    with pytest.raises(FetchError) as refused:
        fetch_new(print, row)
    assert in_english(refused.value).startswith(words), str(refused.value)
