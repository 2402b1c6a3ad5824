from django.apps import AppConfig


class RecoverConfig(AppConfig):
    name = "premura.loop.recover"
    label = "recover"
