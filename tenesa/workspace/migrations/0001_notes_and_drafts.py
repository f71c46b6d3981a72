"""Notes and drafts of every procedure, in the tables of those of the e-mail cases."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("tickets", "0014_notes_and_drafts_move_out"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="Note",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("procedure", models.CharField(max_length=60)),
                        ("case_id", models.BigIntegerField()),
                        ("text", models.TextField()),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "author",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={"db_table": "tickets_note"},
                ),
                migrations.CreateModel(
                    name="Draft",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("procedure", models.CharField(max_length=60)),
                        ("case_id", models.BigIntegerField()),
                        ("step", models.CharField(max_length=60)),
                        ("values", models.JSONField(default=dict)),
                        ("saved_at", models.DateTimeField(auto_now=True)),
                        (
                            "author",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={"db_table": "tickets_draft"},
                ),
            ]
        ),
        migrations.AddIndex(
            model_name="note",
            index=models.Index(fields=["procedure", "case_id", "at"], name="note_of_case"),
        ),
        migrations.AddConstraint(
            model_name="draft",
            constraint=models.UniqueConstraint(
                fields=("procedure", "case_id", "author", "step"), name="draft_once_a_step"
            ),
        ),
    ]
