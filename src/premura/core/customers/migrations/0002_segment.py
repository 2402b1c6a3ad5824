from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("customers", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="customer",
            name="segment",
            field=models.CharField(blank=True, db_index=True, max_length=60, verbose_name="segment"),
        ),
    ]
