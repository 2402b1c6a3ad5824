"""The first deadline that runs in each open case, from the duties that wait."""

from django.db import migrations
from django.db.models import Min


def fill(apps, schema_editor):
    case, commitment = apps.get_model("recover", "Case"), apps.get_model("promise", "Commitment")
    waiting = commitment.objects.filter(
        ended_at__isnull=True, paused_at__isnull=True, case__isnull=False, kind__in=("first_answer", "solution")
    )
    for row in waiting.order_by().values("case").annotate(first=Min("due_at")).iterator():
        case.objects.filter(pk=row["case"]).update(next_due_at=row["first"])


class Migration(migrations.Migration):
    dependencies = [("promise", "0004_pauses_and_merges"), ("recover", "0011_inbox")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
