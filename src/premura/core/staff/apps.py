from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "premura.core.staff"
    label = "staff"
