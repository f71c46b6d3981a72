from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    """Keys are kept as hashes, with a fingerprint of what was asked; events of before cannot be changed, nor have one."""

    dependencies = [("audit", "0002_roles")]

    operations = [
        migrations.AlterField(
            model_name="event",
            name="key",
            field=models.CharField(
                help_text="SHA-256 of the form's or client's own key: posted twice, done once",
                max_length=64,
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="event",
            name="fingerprint",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="SHA-256 of step, actor and inputs, with a key",
                max_length=64,
            ),
        ),
        AddConstraintNotValid(
            model_name="event",
            constraint=models.CheckConstraint(
                condition=models.Q(("key__isnull", True), models.Q(("fingerprint", ""), _negated=True), _connector="OR"),
                name="event_key_has_fingerprint",
            ),
        ),
    ]
