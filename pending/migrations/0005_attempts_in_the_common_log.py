"""The attempts of holds move to the log of all desks, every row of them; back again where this is undone."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.db import migrations

from tenesa.contact.numbers import normal

PROCEDURE, BATCH = "pending.pendingrequest", 2_000
SAME = ("at", "by", "result", "answered_by", "recording", "note", "agent_id")


def forwards(apps: Any, _editor: Any) -> None:
    log = apps.get_model("contact", "ContactAttempt")
    rows = apps.get_model("pending", "Attempt").objects.order_by("pk").iterator(BATCH)
    moved = (
        log(
            procedure=PROCEDURE, case_id=old.request_id, purpose="hold", number=normal(old.number),
            **{name: getattr(old, name) for name in SAME},
        )
        for old in rows
    )  # fmt: skip
    log.objects.bulk_create(moved, BATCH)


def backwards(apps: Any, _editor: Any) -> None:
    log = apps.get_model("contact", "ContactAttempt")
    attempts = apps.get_model("pending", "Attempt")
    mine = log.objects.filter(procedure=PROCEDURE).order_by("pk")
    columns = (
        attempts(
            request_id=row.case_id, number=row.number, **{name: getattr(row, name) for name in SAME}
        )
        for row in mine.iterator(BATCH)
    )
    attempts.objects.bulk_create(columns, BATCH)
    with pgtrigger.ignore("contact.ContactAttempt:append_only"):
        mine.delete()


class Migration(migrations.Migration):
    dependencies = [("pending", "0004_needs_action"), ("contact", "0002_persons")]
    operations = [migrations.RunPython(forwards, backwards)]
