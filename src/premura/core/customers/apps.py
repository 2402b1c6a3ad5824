from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "premura.core.customers"
    label = "customers"
