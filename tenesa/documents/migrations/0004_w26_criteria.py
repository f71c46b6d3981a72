"""W-26 sentence by sentence where its lists are concerned."""

from django.db import migrations

from tenesa.documents.supplied import load


def add_supplied(apps, schema_editor):
    load(*(apps.get_model("documents", name) for name in ("Document", "Revision", "Clause", "Term")))


class Migration(migrations.Migration):
    dependencies = [("documents", "0003_more_supplied")]
    operations = [migrations.RunPython(add_supplied, migrations.RunPython.noop)]
