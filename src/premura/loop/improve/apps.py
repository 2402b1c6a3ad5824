from django.apps import AppConfig


class ImproveConfig(AppConfig):
    name = "premura.loop.improve"
    label = "improve"
