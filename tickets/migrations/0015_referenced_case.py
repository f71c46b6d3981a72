from django.db import migrations, models


class Migration(migrations.Migration):
    """The column keeps its name; only Python says what it is."""

    dependencies = [("tickets", "0014_notes_and_drafts_move_out")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameField("emailcase", "names", "referenced_case"),
                migrations.AlterField(
                    "emailcase",
                    "referenced_case",
                    models.ForeignKey(
                        db_column="names_id",
                        null=True,
                        on_delete=models.deletion.PROTECT,
                        related_name="+",
                        to="tickets.emailcase",
                    ),
                ),
            ]
        )
    ]
