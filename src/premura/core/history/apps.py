from django.apps import AppConfig


class HistoryConfig(AppConfig):
    name = "premura.core.history"
    label = "history"
