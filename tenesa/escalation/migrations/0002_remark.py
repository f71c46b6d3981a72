"""The column `note` is called `remark` in Python, as a step is called `note`; the table stays as it is."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("escalation", "0001_initial")]
    operations = [
        migrations.AlterField(
            "escalation",
            "note",
            models.CharField(blank=True, db_column="note", max_length=300, verbose_name="note"),
        ),
        migrations.RenameField("escalation", "note", "remark"),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveConstraint("escalation", "escalation_returned_note"),
                migrations.AddConstraint(
                    "escalation",
                    models.CheckConstraint(
                        condition=~Q(state="RETURNED") | Q(purpose="TAKE_OVER") | ~Q(remark=""),
                        name="escalation_returned_note",
                    ),
                ),
            ]
        ),
    ]
