from django.db import migrations, models
from django.db.models import Q

QUEUE = Q(owner=None, needs_action=True, triage="")
WAITING = ~Q(state__in=("CLOSED", "VOID", "MERGED")) & Q(needs_action=False)


class Migration(migrations.Migration):
    """Column and indexes stay as they are; only Python says what they are."""

    dependencies = [("tickets", "0015_referenced_case")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveIndex("emailcase", "email_queue"),
                migrations.RemoveIndex("emailcase", "email_waiting"),
                migrations.RenameField("emailcase", "awaits", "needs_action"),
                migrations.AlterField(
                    "emailcase", "needs_action", models.BooleanField(db_column="awaits", default=True)
                ),
                migrations.AddIndex(
                    "emailcase",
                    models.Index(condition=QUEUE, fields=["desk", "urgent_at", "id"], name="email_queue"),
                ),
                migrations.AddIndex(
                    "emailcase",
                    models.Index(condition=WAITING, fields=["desk", "urgent_at", "id"], name="email_waiting"),
                ),
            ]
        )
    ]
