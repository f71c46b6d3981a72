from django.db import migrations, models

FILL = """
UPDATE tickets_emailcase c SET warn_at = t.warn_at FROM timers_timer t
 WHERE t.procedure = 'tickets.emailcase' AND t.case_id = c.id AND t.name = c.urgent_for AND t.state = 'RUNNING'
"""


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0003_lists_and_search"),
        ("timers", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="emailcase",
            name="warn_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
