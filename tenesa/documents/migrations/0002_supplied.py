from django.db import migrations

from tenesa.documents.supplied import load


def add_supplied(apps, schema_editor):
    load(*(apps.get_model("documents", name) for name in ("Document", "Revision", "Clause", "Term")))


class Migration(migrations.Migration):

    dependencies = [('documents', '0001_initial')]

    operations = [migrations.RunPython(add_supplied, migrations.RunPython.noop)]
