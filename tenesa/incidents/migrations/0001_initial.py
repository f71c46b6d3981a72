"""The incidents get a room of their own. Their tables stay where they are: only Django's picture of them moves."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = [("tickets", "0010_repair_time_warns")]
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="Incident",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("number", models.CharField(max_length=20, unique=True, verbose_name="ticket number")),
                        ("product_id", models.CharField(blank=True, db_index=True, max_length=30, verbose_name="product id")),
                        ("status", models.CharField(blank=True, max_length=20, verbose_name="status")),
                        ("summary", models.CharField(blank=True, max_length=300)),
                        ("cause", models.TextField(blank=True)),
                        ("solution", models.TextField(blank=True)),
                        ("facts", models.JSONField(default=dict)),
                        ("worklogs", models.JSONField(default=list)),
                        ("read_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "verbose_name": "incident",
                        "verbose_name_plural": "incidents",
                        "db_table": "tickets_incident",
                    },
                ),
                migrations.CreateModel(
                    name="NossaFeed",
                    fields=[
                        ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                        ("last_change", models.BigIntegerField(default=0)),
                        ("read_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "db_table": "tickets_nossafeed",
                        "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="feed_one_row")],
                    },
                ),
                migrations.CreateModel(
                    name="IncidentStatus",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("status", models.CharField(max_length=20)),
                        ("at", models.DateTimeField()),
                        (
                            "incident",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="history",
                                to="incidents.incident",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "tickets_incidentstatus",
                        "ordering": ["at", "id"],
                        "constraints": [
                            models.UniqueConstraint(fields=("incident", "at", "status"), name="incident_status_once")
                        ],
                    },
                ),
            ]
        )
    ]
