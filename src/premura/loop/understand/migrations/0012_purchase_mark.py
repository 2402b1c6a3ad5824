from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('understand', '0011_careful_tier'),
    ]

    operations = [
        migrations.CreateModel(
            name='PurchaseMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month_on', models.DateField()),
                ('is_claimed', models.BooleanField(db_default=False, default=False)),
                ('marked_at', models.DateTimeField()),
                ('transaction', models.BigIntegerField(null=True)),
            ],
        ),
    ]
