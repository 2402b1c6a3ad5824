"""A mailbox read over IMAP from a real server (Dovecot, where it is installed): each letter once, none lost."""

import getpass
import grp
import mailbox as folders
import os
import shutil
import socket
import subprocess
import tempfile
import time
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.utils import translation

from premura.core.errors import PremuraError
from premura.core.history.models import Event
from premura.core.mail.fetching import FetchError, change_mailbox, fetch_new
from premura.core.mail.models import Mailbox
from premura.core.mail.troubles import what_to_do

NOBODY = 65534
DOVECOT = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin")
CONFIG = """
base_dir = {here}/run
state_dir = {here}/run
log_path = {here}/log
protocols = imap
ssl = yes
ssl_cert = <{here}/cert.pem
ssl_key = <{here}/key.pem
disable_plaintext_auth = no
auth_failure_delay = 0
listen = 127.0.0.1
mail_location = maildir:{here}/mail
{users}
first_valid_uid = 0
first_valid_gid = 0
passdb {{
  driver = static
  args = password=s3cret
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={here}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service anvil {{
  chroot =
}}
"""


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def ready(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


class Server(NamedTuple):
    """Its letters, its ports (plain, from which STARTTLS goes on, and TLS from the start), and its certificate."""

    folder: folders.Maildir
    port: int
    tls_port: int
    certificate: Path


def make_certificate(here: Path) -> None:
    """A certificate of its own, which nobody trusts who was not told."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "prova")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (here / "cert.pem").write_bytes(certificate.public_bytes(pem))
    plain = serialization.NoEncryption()
    (here / "key.pem").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))


@pytest.fixture
def server():
    """A mail server that listens."""
    if DOVECOT is None:
        pytest.skip("no IMAP server is installed here: apt-get install dovecot-imapd")
    # Not under pytest's folder: where root runs the tests, the server's parts are other users and could not go there
    here, port = Path(tempfile.mkdtemp(prefix="premura-imap-")), free_port()
    tls_port = free_port()
    here.chmod(0o755)
    (here / "run").mkdir()
    config = here / "dovecot.conf"
    user, group = getpass.getuser(), grp.getgrgid(os.getgid()).gr_name
    own = f"default_internal_user = {user}\ndefault_internal_group = {group}\ndefault_login_user = {user}"
    is_root = os.getuid() == 0
    uid, gid = (NOBODY, NOBODY) if is_root else (os.getuid(), os.getgid())
    make_certificate(here)
    config.write_text(
        CONFIG.format(here=here, port=port, tls_port=tls_port, users="" if is_root else own, uid=uid, gid=gid)
    )
    folder = folders.Maildir(here / "mail", create=True)
    for part in (here, *here.rglob("mail*/**"), here / "mail") if is_root else ():
        os.chown(part, uid, gid)
    process = subprocess.Popen([DOVECOT, "-F", "-c", str(config)])
    end = time.monotonic() + 10
    while not ready(port):
        assert time.monotonic() < end, (here / "log").read_text() if (here / "log").exists() else "no log"
        os.sched_yield()
    yield Server(folder, port, tls_port, here / "cert.pem")
    process.terminate()
    process.wait(10)
    shutil.rmtree(here)


def put(folder: folders.Maildir, raw: bytes) -> None:
    """Delivered as a mail server does: readable by whoever the mailbox belongs to."""
    path = Path(folder._path) / "new" / folder.add(raw)
    os.chown(path, *((NOBODY, NOBODY) if os.getuid() == 0 else (-1, -1)))


@pytest.fixture
def box(owner, server):
    settings = {"host": "127.0.0.1", "port": server.port, "security": "none", "username": "noi", "is_on": True}
    return change_mailbox("s3cret", by=owner, **settings)


def letter(number: int) -> bytes:
    return f"Message-ID: <{number}@x.it>\r\nFrom: ada@x.it\r\nSubject: {number}\r\n\r\nÈ rotta\r\n".encode()


def test_each_letter_is_taken_once_and_stays_in_the_mailbox(server, box):
    folder = server.folder
    for number in range(3):
        put(folder, letter(number))
    seen: list[bytes] = []
    assert fetch_new(seen.append, box) == 3
    assert sorted(raw.split(b"@")[0] for raw in seen) == [b"Message-ID: <0", b"Message-ID: <1", b"Message-ID: <2"]
    assert "È rotta".encode() in seen[0]
    assert fetch_new(seen.append, box) == 0
    assert len(folder) == 3
    assert Mailbox.objects.get().worked_at


def test_a_letter_that_cannot_be_taken_is_left_for_a_person_and_stops_no_other(server, box):
    folder = server.folder
    for number in range(3):
        put(folder, letter(number))
    seen = []

    def take(raw: bytes) -> None:
        if b"<0@" in raw:
            raise PremuraError("mail-too-large", "")
        if b"<1@" in raw:
            raise ZeroDivisionError
        seen.append(raw)

    assert fetch_new(take, box) == 1
    assert fetch_new(take, box) == 0, "they are not tried for ever"
    assert sorted(message.get_flags() for message in folder) == ["F", "F", "S"]


def test_a_wrong_password_or_folder_is_said_and_lifted_when_it_works(server, box, owner):
    seen: list[bytes] = []
    for wrong in ({"username": "noi", "folder": "Altro"}, {"folder": "INBOX"}):
        row = change_mailbox("s3cret" if "username" in wrong else "x", by=owner, **wrong)
        with pytest.raises(FetchError):
            fetch_new(seen.append, row)
        assert Mailbox.objects.get().down_since
    assert fetch_new(seen.append, change_mailbox("s3cret", by=owner)) == 0
    row = Mailbox.objects.get()
    assert (row.down_since, row.error) == (None, "")
    assert "s3cret" not in row.password_sealed + "".join(map(str, Event.objects.values_list("data", flat=True)))


def test_a_server_that_is_away_is_said(owner):
    row = change_mailbox("s3cret", by=owner, host="127.0.0.1", port=free_port(), security="none")
    with pytest.raises(FetchError, match="refused"):
        fetch_new(print, row)
    assert Mailbox.objects.get().down_since


def in_english(error: object) -> str:
    with translation.override("en"):
        return what_to_do(str(error))


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_over_tls_only_a_trusted_certificate_sees_the_password(server, box, owner, security, monkeypatch):
    put(server.folder, letter(1))
    port = server.tls_port if security == "tls" else server.port
    row, seen = change_mailbox(None, by=owner, security=security, port=port), []
    with pytest.raises(FetchError, match="CERTIFICATE_VERIFY_FAILED"):
        fetch_new(seen.append, row)
    assert in_english(Mailbox.objects.get().error).startswith("This machine does not trust")
    assert "noi" not in (server.certificate.parent / "log").read_text()
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
