from django.db import migrations, models

FILL = "UPDATE caring_promise p SET fastel = r.fastel FROM caring_caringresult r WHERE r.id = p.result_id"
LIVE = models.Q(state__in=["UNCONFIRMED", "OPEN"])


class Migration(migrations.Migration):
    dependencies = [("caring", "0007_quality")]

    operations = [
        migrations.AddField(
            "promise", "fastel",
            models.CharField(default="", max_length=30, verbose_name="internet or telephone number"),
            preserve_default=False,
        ),
        migrations.RemoveConstraint("promise", "promise_one_live"),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddConstraint(
            "promise", models.UniqueConstraint(condition=LIVE, fields=("fastel", "period"), name="promise_one_live")
        ),
        migrations.AddIndex("promise", models.Index(fields=["fastel", "-id"], name="promise_of_line")),
    ]  # fmt: skip
