"""What a mail server's failure means, and what to do: in words, beside what the server or the machine said itself."""

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

#: What is found in the words of the failure → what it means. The first that fits counts; certificates come first,
#: because their sentences hold the words of others.
_TROUBLES = (
    (
        re.compile(r"CERTIFICATE_VERIFY_FAILED.*(?:mismatch|doesn't match|not valid for)", re.I | re.S),
        gettext_lazy(
            "The server's certificate is made out to another name. Write the server here as its provider calls it."
        ),
    ),
    (
        re.compile(r"CERTIFICATE_VERIFY_FAILED", re.I),
        gettext_lazy(
            "This machine does not trust the server's certificate, so nothing was sent to it: no password, no letter. "
            "Whoever runs the server needs a valid certificate, or this machine must be told of theirs."
        ),
    ),
    (
        re.compile(r"WRONG_VERSION_NUMBER|UNKNOWN_PROTOCOL|RECORD_LAYER_FAILURE|NO_PROTOCOLS|EOF occurred", re.I),
        gettext_lazy(
            "The server does not begin with encryption at this port. Choose STARTTLS, or the port that its provider "
            "names for TLS from the start."
        ),
    ),
    (
        re.compile(r"STARTTLS.*(?:not supported|extension)|TLS not supported|unknown command.*STARTTLS", re.I),
        gettext_lazy(
            "The server does not offer encryption by STARTTLS at this port. Choose TLS from the start with its port."
        ),
    ),
    (
        re.compile(r"gaierror|Name or service not known|nodename nor servname|getaddrinfo", re.I),
        gettext_lazy("There is no server of this name. Look for a typing error; the provider's help names the server."),
    ),
    (
        re.compile(r"ConnectionRefused|Connection refused", re.I),
        gettext_lazy("Nothing answers at this port. Check the port, and whether the server is on."),
    ),
    (
        re.compile(r"timed? ?out|unreachable|No route", re.I),
        gettext_lazy(
            "The server does not answer. Check its name and port; a firewall in between may close the way."
        ),
    ),
    (
        re.compile(r"authentication ?failed|invalid credentials|login failed|LOGIN command error|\b535\b", re.I),
        gettext_lazy(
            "The server does not accept name and password. Type them again; many providers want a password made for "
            "one program instead of your own."
        ),
    ),
    (
        re.compile(r"mailbox doesn't exist|NONEXISTENT|no such mailbox|unknown mailbox", re.I),
        gettext_lazy("There is no folder of this name in the mailbox. The one for new letters is called INBOX."),
    ),
)  # fmt: skip


def what_to_do(error: str) -> str:
    """What ``error``, as it was kept, means and what to do about it, in the reader's language.

    >>> from django.utils.translation import override
    >>> with override("en"):
    ...     what_to_do("ConnectionRefusedError: [Errno 111] Connection refused")
    'Nothing answers at this port. Check the port, and whether the server is on.'
    """
    known = next((words for pattern, words in _TROUBLES if pattern.search(error)), None)
    return str(known) if known is not None else _("Give these words to whoever looks after your mail.")
