from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "premura.core.mail"
    label = "mail"
