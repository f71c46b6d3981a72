from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mail", "0001_squashed"),
    ]

    operations = [
        migrations.AddField(
            model_name="outboundmail",
            name="formatted",
            field=models.BooleanField(
                db_default=False, default=False, help_text="Its body is Markdown; else it is plain text"
            ),
        ),
        migrations.AddField(
            model_name="outboundattachment",
            name="content_id",
            field=models.CharField(
                blank=True, db_default="", default="", help_text="Of a picture that stands in the text", max_length=200
            ),
        ),
    ]
