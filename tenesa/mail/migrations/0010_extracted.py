from django.db import migrations, models


class Migration(migrations.Migration):
    """The column keeps its name; only Python says what it is."""

    dependencies = [("mail", "0009_mails_without_case")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameField("inboundmail", "found", "extracted"),
                migrations.AlterField("inboundmail", "extracted", models.JSONField(db_column="found", default=dict)),
            ]
        )
    ]
