"""The column `note` is called `remark` in Python, as a step is called `note`; the table stays as it is."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pending", "0002_letters")]
    operations = [
        migrations.AlterField(
            "pendingrequest",
            "note",
            models.CharField(blank=True, db_column="note", max_length=300, verbose_name="note"),
        ),
        migrations.RenameField("pendingrequest", "note", "remark"),
    ]
