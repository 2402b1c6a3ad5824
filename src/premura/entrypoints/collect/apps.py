from django.apps import AppConfig


class CollectConfig(AppConfig):
    name = "premura.entrypoints.collect"
    label = "collect"
