"""Thin doors for the worker."""

from celery import shared_task

from tenesa.systems import outbox


@shared_task
def deliver_calls(pks: list[str]) -> str:
    return ", ".join(outbox.deliver_together(pks))


@shared_task
def sweep_calls() -> str:
    return f"{outbox.sweep()} calls nudged"
