"""The incidents stand in a room of their own now; no table changes."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tickets", "0012_unread_by"), ("incidents", "0001_initial")]
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="line",
                    name="incident",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="incidents.incident",
                    ),
                ),
                migrations.DeleteModel(name="IncidentStatus"),
                migrations.DeleteModel(name="Incident"),
                migrations.DeleteModel(name="NossaFeed"),
            ]
        )
    ]
