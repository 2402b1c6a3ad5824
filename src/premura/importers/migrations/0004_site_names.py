from django.db import migrations


def name_sites(apps, _editor):
    apps.get_model("importers", "PublicReview").objects.filter(site="google-reviews").update(site="Google")


class Migration(migrations.Migration):
    """A review that came by a file stands beside one of the same site that was written down."""

    dependencies = [("importers", "0003_undoing")]

    operations = [migrations.RunPython(name_sites, migrations.RunPython.noop)]
