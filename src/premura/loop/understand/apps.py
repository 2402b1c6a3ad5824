from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class UnderstandConfig(AppConfig):
    name = "premura.loop.understand"
    label = "understand"

    def ready(self) -> None:
        from premura.loop.understand.marks import after_migrations, before_migrations

        pre_migrate.connect(before_migrations, sender=self)
        post_migrate.connect(after_migrations, sender=self)
