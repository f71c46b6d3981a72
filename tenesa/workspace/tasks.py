"""Thin doors for the worker."""

from celery import shared_task

from tenesa.workspace import batches


@shared_task
def run_batch(pk: int) -> str:
    return f"{batches.run(pk)} cases of batch {pk}"


@shared_task
def sweep_batches() -> str:
    return f"{batches.sweep()} batches woken"
