from django.apps import AppConfig


class EquipConfig(AppConfig):
    name = "premura.loop.equip"
    label = "equip"
