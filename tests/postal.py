"""Real servers of mail for the tests: one that takes what we send (SMTP), one that keeps what comes to us (IMAP)."""

import getpass
import grp
import mailbox as folders
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

PATIENCE_SECONDS = 60
PASSWORD = "s3cret"
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
  args = password={password}
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


class Outbox:
    """What a mail server does: takes letters, refuses who does not live here, is busy now and then."""

    def __init__(self) -> None:
        self.letters = []
        self.port = free_port()

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address.startswith("nessuno"):
            return "550 5.1.1 no such user"
        if address.startswith("pieno"):
            return "452 4.2.2 mailbox full"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"

    def next(self, words: str):
        """The letter in which these words stand, once it has come, and its text."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            for letter in self.letters:
                text = letter.get_body(("plain",)).get_content()
                if words in text:
                    return letter, text
            assert time.monotonic() < deadline, [letter["Subject"] for letter in self.letters]
            time.sleep(0.1)  # between two looks


@contextmanager
def outbox() -> Iterator[Outbox]:
    kept = Outbox()
    controller = Controller(kept, hostname="127.0.0.1", port=kept.port)
    controller.start()
    yield kept
    controller.stop()


class Inbox:
    """A mailbox on a server that listens at ``port`` (plain; STARTTLS goes on from there) and ``tls_port``.

    Its ``certificate`` is its own; ``here`` lies its log.
    """

    def __init__(self, here: Path) -> None:
        self.here = here
        self.port, self.tls_port = free_port(), free_port()
        self.certificate = here / "cert.pem"
        self.folder = folders.Maildir(here / "mail", create=True)

    def put(self, raw: bytes) -> None:
        """Delivered as a mail server does: readable by whoever the mailbox belongs to."""
        path = Path(self.folder._path) / "new" / self.folder.add(raw)
        os.chown(path, *((NOBODY, NOBODY) if os.getuid() == 0 else (-1, -1)))


@contextmanager
def inbox() -> Iterator[Inbox]:
    """A real server (Dovecot, where it is installed)."""
    if DOVECOT is None:
        pytest.skip("no IMAP server is installed here: apt-get install dovecot-imapd")
    # Not under pytest's folder: where root runs the tests, the server's parts are other users and could not go there
    here = Path(tempfile.mkdtemp(prefix="premura-imap-"))
    here.chmod(0o755)
    (here / "run").mkdir()
    config = here / "dovecot.conf"
    user, group = getpass.getuser(), grp.getgrgid(os.getgid()).gr_name
    own = f"default_internal_user = {user}\ndefault_internal_group = {group}\ndefault_login_user = {user}"
    is_root = os.getuid() == 0
    uid, gid = (NOBODY, NOBODY) if is_root else (os.getuid(), os.getgid())
    _make_certificate(here)
    kept = Inbox(here)
    ports = {"port": kept.port, "tls_port": kept.tls_port}
    users = "" if is_root else own
    config.write_text(CONFIG.format(here=here, password=PASSWORD, users=users, uid=uid, gid=gid, **ports))
    for part in (here, *here.rglob("mail*/**"), here / "mail") if is_root else ():
        os.chown(part, uid, gid)
    process = subprocess.Popen([DOVECOT, "-F", "-c", str(config)])
    end = time.monotonic() + 10
    while not _is_ready(kept.port):
        assert time.monotonic() < end, (here / "log").read_text() if (here / "log").exists() else "no log"
        os.sched_yield()
    yield kept
    process.terminate()
    process.wait(10)
    shutil.rmtree(here)


def _is_ready(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


def _make_certificate(here: Path) -> None:
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
