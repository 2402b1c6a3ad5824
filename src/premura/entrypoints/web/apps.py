from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "premura.entrypoints.web"
    label = "web"
