from django.db import migrations

from premura.core.history.append_only import append_only


LEDGER = ("case_id", "remedy_id", "amount", "granted_by_id", "granted_at", "request_id", "reverses_id", "key")


class Migration(migrations.Migration):
    dependencies = [("recover", "0001_initial")]
    operations = [append_only("recover_gesture", columns=LEDGER)]
