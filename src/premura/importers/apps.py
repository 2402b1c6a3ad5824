from django.apps import AppConfig


class ImportersConfig(AppConfig):
    name = "premura.importers"
    label = "importers"
