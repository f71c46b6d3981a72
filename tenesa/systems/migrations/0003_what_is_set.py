"""The limits and the table of P-05 11.1 as they are in the beginning; administrators change them afterwards."""

from django.db import migrations

LIMITS = (
    ("rx_dbm", -25.0, -27.0),
    ("attenuation_db", 25.0, 30.0),
    ("snr_db", 15.0, 10.0),
    ("attainable_percent", 110.0, 90.0),
)
TOOLS = ("mycx", "nossa", "epayment", "siskas", "tenoss", "telkom_center", "securecrt", "mrtg", "embassy", "ems")
OF_THE_DOCUMENT = ("JKT", "BDG")


def load(apps, schema_editor):
    for measure, at_risk, breached in LIMITS:
        limit = apps.get_model("systems", "LineLimit")(measure=measure, at_risk=at_risk, breached=breached)
        limit.save()
    site_tool = apps.get_model("systems", "SiteTool")
    for area in apps.get_model("accounts", "Area").objects.all():
        clause = "P-05 11.1" if area.code in OF_THE_DOCUMENT else "lokal: ADR-0014"
        for tool in TOOLS:
            site_tool.objects.create(area=area, tool=tool, clause=clause)


class Migration(migrations.Migration):
    dependencies = [("systems", "0002_applications")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
