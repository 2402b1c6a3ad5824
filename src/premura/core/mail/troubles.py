"""What the failure of a mail server or a gateway means, and what to do: in words, beside what was said itself."""

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

#: What is found in the words of the failure → what it means. The first that fits counts; certificates come first,
#: because their sentences hold the words of others.
_TROUBLES = (
    (re.compile(r"^opted out$"), gettext_lazy("Whom it was for wants no more letters that ask.")),
    (re.compile(r"^answered$"), gettext_lazy("Whom it was to remind had answered before it left.")),
    (
        re.compile(r"^no such number$"),
        gettext_lazy(
            "This is no telephone number: it takes 8 to 15 digits, with + and the country or without. Correct it on "
            "the customer's page."
        ),
    ),
    (
        re.compile(r"leads into this machine or a private network"),
        gettext_lazy(
            "The address leads into this machine or a private network, and nothing was sent there. Correct the "
            "address, or allow it if the gateway is yours."
        ),
    ),
    (
        re.compile(r"apprise is not installed"),
        gettext_lazy("Services of apprise need premura[apprise]: whoever looks after this server can install it."),
    ),
    (
        re.compile(r"apprise knows no such service"),
        gettext_lazy(
            "Apprise knows no service of this name, or the address lacks a part: its list of services shows the whole "
            "address of each."
        ),
    ),
    (
        re.compile(r"this service does not leave the machine"),
        gettext_lazy("This service would write onto the server itself, and not to a customer. Choose another."),
    ),
    (
        re.compile(r"\b5\.1\.[0-3]\b|no such user|user unknown|unknown user|mailbox unavailable", re.I),
        gettext_lazy("Nobody has a mailbox at this address. Ask the customer, and correct it on their page."),
    ),
    (
        re.compile(r"\b[45]\.2\.2\b|mailbox (?:is )?full|over quota|quota exceeded", re.I),
        gettext_lazy(
            "The customer's mailbox is full; it is tried again for three days. Call them, or write another way."
        ),
    ),
    (
        re.compile(r"^40[13]\b"),
        gettext_lazy("The gateway does not accept the key. Type it again, and look where its provider wants it."),
    ),
    (
        re.compile(r"^(?:400|404|406|410|413|422)\b"),
        gettext_lazy(
            "The gateway does not take the message in this form. Compare address, headers and body with what its "
            "provider describes, and see whether the number exists."
        ),
    ),
    (
        re.compile(r"^(?:429|402)\b"),
        gettext_lazy("The gateway takes no more for the moment: perhaps the credit is used up, or it was too fast."),
    ),
    (
        re.compile(r"^3\d\d\b"),
        gettext_lazy("The gateway points to another address, and that is not followed. Write that address here."),
    ),
    (
        re.compile(r"^50\d\b(?! 5\.)"),
        gettext_lazy("The gateway itself has a fault. It is tried again; if it lasts, ask its provider."),
    ),
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
            "The server does not begin with encryption at this port. For mail choose STARTTLS, or the port that its "
            "provider names for TLS from the start; in an address with https:// correct the port."
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


def meaning_of(error: str) -> str:
    """What ``error``, as it was kept, means and what to do about it, in the reader's language; empty when unknown."""
    return str(next((words for pattern, words in _TROUBLES if pattern.search(error)), ""))


def what_to_do(error: str) -> str:
    """:func:`meaning_of`, and where that is unknown, whom to ask.

    >>> from django.utils.translation import override
    >>> with override("en"):
    ...     what_to_do("ConnectionRefusedError: [Errno 111] Connection refused")
    'Nothing answers at this port. Check the port, and whether the server is on.'
    """
    return meaning_of(error) or _("Give these words to whoever looks after your mail.")
