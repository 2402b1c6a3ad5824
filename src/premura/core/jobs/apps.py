from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "premura.core.jobs"
    label = "jobs"
