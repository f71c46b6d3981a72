"""Thin doors for the worker."""

from celery import shared_task

from tenesa.escalation import services


@shared_task
def tidy() -> str:
    return f"{services.tidy()} escalations looked after"


@shared_task
def read_units() -> str:
    return f"{services.read_units()} answers of units"
