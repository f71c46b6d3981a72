from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Column and index stay as they are; only Python says what they are."""

    dependencies = [("pending", "0003_remark")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveIndex("pendingrequest", "pend_awaits"),
                migrations.RenameField("pendingrequest", "awaits", "needs_action"),
                migrations.AlterField(
                    "pendingrequest", "needs_action", models.BooleanField(db_column="awaits", default=True)
                ),
                migrations.AddIndex(
                    "pendingrequest",
                    models.Index(
                        condition=Q(needs_action=True), fields=["desk", "urgent_at", "id"], name="pend_awaits"
                    ),
                ),
            ]
        )
    ]
