from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("importers", "0002_brought")]

    operations = [
        migrations.AlterField(
            model_name="importedfile",
            name="state",
            field=models.CharField(
                choices=[
                    ("looked", "looked at"),
                    ("waiting", "waiting"),
                    ("running", "under way"),
                    ("done", "done"),
                    ("failed", "failed"),
                    ("undoing", "being taken back"),
                    ("undone", "undone"),
                ],
                default="done",
                max_length=20,
            ),
        ),
    ]
