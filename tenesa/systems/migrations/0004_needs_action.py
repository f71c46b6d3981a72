from django.db import migrations, models


class Migration(migrations.Migration):
    """The column keeps its name; only Python says what it is."""

    dependencies = [("systems", "0003_what_is_set")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameField("troublereport", "awaits", "needs_action"),
                migrations.AlterField("troublereport", "needs_action", models.BooleanField(db_column="awaits", default=True)),
            ]
        )
    ]
