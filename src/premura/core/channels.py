"""The ways in which a customer and the company reach each other."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    LINK = "link", _("link")
    QR = "qr", _("QR code")
    COUNTER = "counter", _("counter")
    PHONE = "phone", _("phone")
    EMAIL = "email", _("e-mail")
    WEB = "web", _("web site")
    SITE = "site", _("on site")
    DELIVERY = "delivery", _("delivery")
    DOCUMENT = "document", _("letter or document")
    REVIEW = "review", _("public review")
    IMPORT = "import", _("imported file")


#: How a customer may like to be reached: besides the ways in which we meet, text messages
PREFERRED = [*Channel.choices, ("sms", _("text message (SMS)")), ("whatsapp", "WhatsApp")]
