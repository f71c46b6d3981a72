"""Thin doors for the worker."""

from celery import shared_task

from tenesa.systems import outbox


@shared_task
def deliver_call(pk: str) -> str:
    return outbox.deliver(pk)


@shared_task
def sweep_calls() -> str:
    return f"{outbox.sweep()} calls nudged"
