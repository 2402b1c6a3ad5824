from django.apps import AppConfig


class CompanyConfig(AppConfig):
    name = "premura.core.company"
    label = "company"
