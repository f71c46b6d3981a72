"""The parent tickets that NOSSA named before they had a column."""

from django.db import migrations

FILL = """
UPDATE tickets_incident SET parent = left(facts ->> 'gamas', 20)
WHERE coalesce(facts ->> 'gamas', '') <> '' AND parent = ''
"""


class Migration(migrations.Migration):
    dependencies = [("incidents", "0002_incident_parent")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
