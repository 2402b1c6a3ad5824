from django.apps import AppConfig


class UnderstandConfig(AppConfig):
    name = "premura.loop.understand"
    label = "understand"
