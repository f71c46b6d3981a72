"""W-26 and P-01 sentence by sentence."""

from django.db import migrations

from tenesa.documents.supplied import load


def add_supplied(apps, schema_editor):
    load(*(apps.get_model("documents", name) for name in ("Document", "Revision", "Clause", "Term")))
    # places follow the order of the sentences, also of those that were there before
    clause = apps.get_model("documents", "Clause")
    from tenesa.documents.supplied import CLAUSES

    for short in ("W-26", "P-01"):
        for place, (number, _text, _by) in enumerate(CLAUSES[short]):
            clause.objects.filter(document__short=short, number=number).update(place=place)


class Migration(migrations.Migration):
    dependencies = [("documents", "0004_w26_criteria")]
    operations = [migrations.RunPython(add_supplied, migrations.RunPython.noop)]
