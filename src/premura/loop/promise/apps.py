from django.apps import AppConfig


class PromiseConfig(AppConfig):
    name = "premura.loop.promise"
    label = "promise"
