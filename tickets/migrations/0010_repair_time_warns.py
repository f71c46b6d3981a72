"""The repair time warns at three quarters of its target where nobody has set a warning (ADR-0018)."""

from django.db import migrations
from django.db.models import F


def warn(apps, schema_editor):
    targets = apps.get_model("timers", "Target").objects.filter(procedure="tickets.emailcase", name="ttr")
    targets.filter(warn_minutes=None, minutes__gte=4).update(warn_minutes=F("minutes") * 3 / 4)


class Migration(migrations.Migration):
    dependencies = [("tickets", "0009_watching"), ("timers", "0002_ledger_and_targets")]
    operations = [migrations.RunPython(warn, migrations.RunPython.noop)]
