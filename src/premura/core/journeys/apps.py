from django.apps import AppConfig


class JourneysConfig(AppConfig):
    name = "premura.core.journeys"
    label = "journeys"
