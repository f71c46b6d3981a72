"""Notes and drafts hang on (procedure, case id) like events and timers; their rows stay where they are.

The tables belong to `tenesa.workspace` afterwards, which gives them their index and their constraint.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tickets", "0013_incidents_move_out")]

    operations = [
        migrations.RemoveIndex("note", "note_case_at"),
        migrations.RemoveConstraint("draft", "draft_once"),
        *(
            operation
            for model in ("note", "draft")
            for operation in (
                migrations.AlterField(model, "case", models.BigIntegerField(db_column="case_id")),
                migrations.AddField(
                    model,
                    "procedure",
                    models.CharField(max_length=60, default="tickets.emailcase"),
                    preserve_default=False,
                ),
            )
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.DeleteModel("Note"), migrations.DeleteModel("Draft")]
        ),
    ]
