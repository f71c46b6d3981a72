from django.db import migrations
from django.db.models import Q


def set_levels(apps, schema_editor):
    """As `tickets.states.handling_of` decides at every step; a case that is ended or with its leader keeps level 0."""
    cases = apps.get_model("tickets", "EmailCase").objects.all()
    other = Q(segment__in=["DCS", "OTHER"]) | Q(state__in=["FORWARDING", "FORWARDED"])
    cases.filter(other).update(handling_level="OTHER_SEGMENT")
    cases = cases.exclude(other)
    cases.filter(
        state__in=["TROUBLESHOOTING", "NORMAL_INFORMED", "TICKET_DRAFT", "TICKET_SUBMITTING"]
    ).update(handling_level="1")
    cases.filter(
        state__in=["TICKET_OPEN", "PROGRESS_INFORMED", "MONITORING", "RECOVERED_INFORMED"]
    ).update(handling_level="MONITORING")


class Migration(migrations.Migration):

    dependencies = [('tickets', '0006_handling_level')]

    operations = [migrations.RunPython(set_levels, migrations.RunPython.noop)]
