"""The company's mail server, what goes out, and addresses that do not exist."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from premura.core.customers.models import Customer


class Security(models.TextChoices):
    STARTTLS = "starttls", _("STARTTLS, usually port 587")
    TLS = "tls", _("TLS from the start, usually port 465")
    NONE = "none", _("none: only for a server on this machine or network")


class MailServer(models.Model):
    """One row: how mail leaves, and how the last attempt went. Without a host, what the environment says holds."""

    host = models.CharField(_("server"), max_length=200, blank=True)
    port = models.PositiveIntegerField(_("port"), default=587)
    security = models.CharField(_("encryption"), max_length=10, choices=Security.choices, default=Security.STARTTLS)
    username = models.CharField(_("user name"), max_length=200, blank=True)
    # Encrypted with the installation's key: a copy of the database alone does not open the mailbox
    password_sealed = models.TextField(blank=True)
    sender = models.EmailField(_("sender's address"), blank=True)
    sender_name = models.CharField(_("sender's name"), max_length=120, blank=True)
    reply_to = models.EmailField(_("replies go to"), blank=True)
    # replies+c7-0a1b2c3d4e@example.it: an answer finds its case even where nothing else of our letter is left in it
    tags_replies = models.BooleanField(_("each case has an address of its own for replies"), default=False)
    # Since when the server refuses us or cannot be reached; empty while all is well
    down_since = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=500, blank=True)
    worked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.host


class Mailbox(models.Model):
    """One row: the mailbox whose new letters are read, and how the last attempt went."""

    is_on = models.BooleanField(_("read this mailbox"), default=False)
    host = models.CharField(_("server"), max_length=200, blank=True)
    port = models.PositiveIntegerField(_("port"), default=993)
    security = models.CharField(_("encryption"), max_length=10, choices=Security.choices, default=Security.TLS)
    username = models.CharField(_("user name"), max_length=200, blank=True)
    password_sealed = models.TextField(blank=True)
    folder = models.CharField(_("folder"), max_length=100, default="INBOX")
    down_since = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=500, blank=True)
    worked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.host


class Way(models.TextChoices):
    """How something leaves: as a letter, or as a text message by a gateway."""

    EMAIL = "email", _("e-mail")
    SMS = "sms", _("text message (SMS)")
    WHATSAPP = "whatsapp", _("WhatsApp")


class Gateway(models.Model):
    """One row a kind of text message: the one HTTP request that sends one, with ``{to}`` ``{text}`` ``{id}``,
    ``{secret}`` and ``{receipt}`` in it.
    """

    kind = models.CharField(max_length=10, choices=[(Way.SMS, Way.SMS.label), (Way.WHATSAPP, Way.WHATSAPP.label)])
    is_on = models.BooleanField(_("text messages leave this way"), default=False)
    url = models.CharField(_("address"), max_length=500, blank=True)
    method = models.CharField(_("method"), max_length=4, choices=[("POST", "POST"), ("GET", "GET")], default="POST")
    headers = models.TextField(_("headers"), blank=True)
    body = models.TextField(_("body"), blank=True)
    # Encrypted with the installation's key, as the mail server's password
    secret_sealed = models.TextField(blank=True)
    prefix = models.CharField(_("prefix of numbers without one"), max_length=5, default="+39")
    # A gateway in the own network, only where the owner says so
    allows_private = models.BooleanField(_("it stands on this machine or in our own network"), default=False)
    down_since = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=500, blank=True)
    worked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind"], name="one_gateway_a_kind")]

    def __str__(self) -> str:
        return self.kind

    @property
    def reports(self) -> bool:
        """Whether it is told where to report what became of a message."""
        return "{receipt}" in f"{self.url}{self.headers}{self.body}"


class OutgoingMail(models.Model):
    """One letter to one address, or one text message to one number.

    It waits, is sent, or is given up with the reason; never silently dropped.
    """

    # The same key twice is one letter: "invitation:7", "reminder:7:1"
    key = models.CharField(max_length=120, unique=True)
    # Goes over the wire as Message-ID, and comes back in a delivery report
    message_id = models.CharField(max_length=120, unique=True)
    channel = models.CharField(max_length=10, choices=Way.choices, default=Way.EMAIL)
    # An e-mail address, or a phone number where it is a text message
    address = models.CharField(max_length=254)
    customer = models.ForeignKey(Customer, null=True, blank=True, on_delete=models.CASCADE, related_name="mail")
    subject = models.CharField(max_length=300)
    text = models.TextField()
    html = models.TextField(blank=True)
    # Empty for letters that no list sends, such as a test; else the address that ends the asking
    unsubscribe_url = models.CharField(max_length=300, blank=True)
    # Who wrote it, where a person did: stands before the company's name
    signed_by = models.CharField(max_length=160, blank=True)
    # What makes the address for replies this letter's own; see MailServer.tags_replies
    reply_tag = models.CharField(max_length=40, blank=True)
    # What is enclosed: name, type and path below the media folder; a file that is gone stays out
    files = models.JSONField(default=list)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)
    # A delivery report said that it never arrived
    bounced_at = models.DateTimeField(null=True, blank=True)
    # Text messages only: the gateway reported that it arrived
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at", "id"],
                condition=models.Q(sent_at__isnull=True, given_up_at__isnull=True),
                name="mail_waiting",
            )
        ]

    def __str__(self) -> str:
        return self.key


class BadAddress(models.Model):
    """A mail server told us that nobody lives at this address; nothing is sent there until somebody clears it."""

    address = models.EmailField(unique=True)  # in lower case
    marked_at = models.DateTimeField()
    reason = models.CharField(max_length=500)

    class Meta:
        ordering: ClassVar = ["-marked_at"]

    def __str__(self) -> str:
        return self.address
