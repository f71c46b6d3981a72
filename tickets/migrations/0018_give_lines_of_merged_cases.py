"""Cases that were merged before give their products to the one that stays, as later ones do at the merge."""

from typing import Any

from django.db import migrations


def give(apps: Any, _editor: Any) -> None:
    case_model, line_model = apps.get_model("tickets", "EmailCase"), apps.get_model("tickets", "Line")
    for case in case_model.objects.filter(state="MERGED").order_by("changed_at", "pk"):
        for line in line_model.objects.filter(case=case).order_by("pk"):
            same = {"product_id": line.product_id} if line.product_id else {"incident_number": line.incident_number}
            if not line_model.objects.filter(case=case.merged_into_id, **same).exists():
                line_model.objects.create(
                    case_id=case.merged_into_id, product_id=line.product_id, incident_number=line.incident_number,
                    incident_id=line.incident_id, opened_here=line.opened_here, given_by=case,
                )  # fmt: skip


def take_back(apps: Any, _editor: Any) -> None:
    apps.get_model("tickets", "Line").objects.exclude(given_by=None).delete()


class Migration(migrations.Migration):
    dependencies = [("tickets", "0017_lines_of_merged_cases")]
    operations = [migrations.RunPython(give, take_back)]
