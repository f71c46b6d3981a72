"""The abbreviations that the pages use and no document defines; W-02 sentence by sentence instead of by heading."""

from django.db import migrations

from tenesa.documents.supplied import load


def add_supplied(apps, schema_editor):
    apps.get_model("documents", "Clause").objects.filter(document__short="W-02", number__in=["1.1", "1.2"]).delete()
    load(*(apps.get_model("documents", name) for name in ("Document", "Revision", "Clause", "Term")))


class Migration(migrations.Migration):
    dependencies = [("documents", "0002_supplied")]
    operations = [migrations.RunPython(add_supplied, migrations.RunPython.noop)]
