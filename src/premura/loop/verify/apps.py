from django.apps import AppConfig


class VerifyConfig(AppConfig):
    name = "premura.loop.verify"
    label = "verify"
