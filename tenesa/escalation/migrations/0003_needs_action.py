from django.db import migrations, models


class Migration(migrations.Migration):
    """The column keeps its name; only Python says what it is."""

    dependencies = [("escalation", "0002_remark")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameField("escalation", "awaits", "needs_action"),
                migrations.AlterField("escalation", "needs_action", models.BooleanField(db_column="awaits", default=True)),
            ]
        )
    ]
