"""The abbreviations that the pages use and no document defines."""

from django.db import migrations

from tenesa.documents.supplied import load


def add_terms(apps, schema_editor):
    load(*(apps.get_model("documents", name) for name in ("Document", "Revision", "Clause", "Term")))


class Migration(migrations.Migration):
    dependencies = [("documents", "0002_supplied")]
    operations = [migrations.RunPython(add_terms, migrations.RunPython.noop)]
