import django.db.models.functions.datetime
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mail", "0004_safe_to_look_at")]

    operations = [
        migrations.AddField(
            model_name="outboundmail",
            name="body",
            field=models.TextField(
                blank=True, db_default="", help_text="What the person wrote, without the template around"
            ),
        ),
        migrations.AddField(
            model_name="outboundmail",
            name="nudged_at",
            field=models.DateTimeField(
                db_default=django.db.models.functions.datetime.Now(), default=django.utils.timezone.now
            ),
        ),
        migrations.AddIndex(
            model_name="outboundmail",
            index=models.Index(
                fields=["-created_at", "-id"],
                condition=models.Q(
                    ("settled_at", None),
                    models.Q(
                        ("status", "DEAD"),
                        models.Q(("bounced_at__isnull", False), ("status", "SENT")),
                        _connector="OR",
                    ),
                ),
                name="outbound_failed",
            ),
        ),
    ]
