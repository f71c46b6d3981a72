from django.db import migrations, models


class Migration(migrations.Migration):
    """The column keeps its name; only Python says what it is."""

    dependencies = [("reporting", "0004_fill_months")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameField("export", "asked", "report_query"),
                migrations.AlterField("export", "report_query", models.CharField(blank=True, db_column="asked", max_length=500)),
            ]
        )
    ]
