"""A reconciliation that was a mistake is withdrawn with its reason; a refused file says of which side it was."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("caring", "0001_squashed"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("reconciliation", "refused_side", models.CharField(
            blank=True, choices=[("TAMARA", "TAMARA / CWC"), ("MYCX", "MyCX")], db_default="", default="", max_length=6
        )),
        migrations.AddField("reconciliation", "withdrawn_at", models.DateTimeField(null=True)),
        migrations.AddField("reconciliation", "withdrawn_by", models.ForeignKey(
            db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
            to=settings.AUTH_USER_MODEL, verbose_name="withdrawn by",
        )),
        migrations.AddField("reconciliation", "withdrawn_why", models.CharField(
            blank=True, db_default="", default="", max_length=300
        )),
        migrations.AlterField("reconciliation", "status", models.CharField(
            choices=[
                ("WAITING", "Waits"), ("RUNNING", "Running"), ("OPEN", "To be answered"), ("SIGNED", "Signed"),
                ("FAILED", "Failed"), ("WITHDRAWN", "Withdrawn"),
            ],
            default="WAITING", max_length=9, verbose_name="state",
        )),
        migrations.RemoveConstraint("reconciliation", "recon_status_known"),
        migrations.AddConstraint("reconciliation", models.CheckConstraint(
            condition=Q(status__in=["WAITING", "RUNNING", "OPEN", "SIGNED", "FAILED", "WITHDRAWN"]),
            name="recon_status_known",
        )),
        migrations.AddConstraint("reconciliation", models.CheckConstraint(
            condition=~Q(status="WITHDRAWN")
            | (Q(withdrawn_by__isnull=False, withdrawn_at__isnull=False) & ~Q(withdrawn_why="")),
            name="recon_withdrawn_says_why",
        )),
    ]  # fmt: skip
