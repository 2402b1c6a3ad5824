import premura.loop.recover.models
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("recover", "0002_append_only")]
    operations = [
        migrations.AddField(
            model_name="gesturerequest",
            name="key",
            field=models.CharField(default=premura.loop.recover.models.new_key, max_length=60, unique=True),
        ),
    ]
