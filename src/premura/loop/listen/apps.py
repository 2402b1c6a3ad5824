from django.apps import AppConfig


class ListenConfig(AppConfig):
    name = "premura.loop.listen"
    label = "listen"
