"""Thin doors for the worker."""

from celery import shared_task

from tenesa.workspace import batches, notice_mail


@shared_task
def run_batch(pk: int) -> str:
    return f"{batches.run(pk)} cases of batch {pk}"


@shared_task
def sweep_batches() -> str:
    return f"{batches.sweep()} batches woken"


@shared_task
def mail_notices() -> str:
    return f"{notice_mail.sweep()} mails of notices woken"


@shared_task
def mail_notices_to(pk: int) -> str:
    return notice_mail.deliver(pk)
