"""What beat and presses have the worker do for the retention of records."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from tenesa.retention import listing, running
from tenesa.retention.models import Disposal

HOURS = 6 * 3600  # a list has any length, and every batch is kept


@shared_task(soft_time_limit=HOURS, time_limit=HOURS + 60)
def draw_list(pk: int) -> str:
    return listing.fill(pk)


@shared_task(soft_time_limit=HOURS, time_limit=HOURS + 60)
def execute(pk: int) -> str:
    return running.execute(pk)


@shared_task(ignore_result=True)
def tend_retention() -> None:
    """The list of the month, and runs whose wake-up was lost or whose worker died."""
    listing.draw_of_month(timezone.now())
    for pk, status in Disposal.objects.filter(status__in=Disposal.UNDER_WAY).order_by("at").values_list("pk", "status"):
        listing.nudge("draw_list" if status == Disposal.Status.DRAWING else "execute", pk)
