"""What beat runs for P-01."""

from __future__ import annotations

from celery import shared_task

from caring import scoring, services
from caring.promises import judging


@shared_task(ignore_result=True)
def expire_leases() -> int:
    return services.expire_leases()


@shared_task(ignore_result=True)
def make_ready() -> int:
    return services.make_ready()


@shared_task(ignore_result=True)
def ask_about_promises() -> int:
    return judging.ask_about_due()


@shared_task(ignore_result=True)
def remind_of_promises() -> int:
    return judging.remind()


@shared_task(ignore_result=True)
def refresh_scores() -> int:
    return scoring.refresh()
