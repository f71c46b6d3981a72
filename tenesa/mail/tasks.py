"""Thin doors for Celery: ids in, one call, a sentence out."""

from __future__ import annotations

from celery import shared_task
from django.db.models import Q
from django.utils import timezone

from tenesa.mail import intake, outbox
from tenesa.mail.models import Mailbox
from tenesa.mail.nudge import nudge


@shared_task
def poll_mailboxes() -> str:
    """Beat's tick: one task a mailbox, so that a slow server does not hold up the others."""
    due = Q(next_poll_at=None) | Q(next_poll_at__lte=timezone.now())
    boxes = list(Mailbox.objects.filter(due, active=True).values_list("pk", flat=True))
    for pk in boxes:
        nudge("poll_mailbox", pk)
    return f"{len(boxes)} mailboxes"


@shared_task
def poll_mailbox(pk: int) -> str:
    mailbox = Mailbox.objects.filter(pk=pk, active=True).first()
    return f"{intake.poll(mailbox)} new mails" if mailbox else "no such mailbox"


@shared_task
def file_mail(pk: int) -> str:
    return intake.file_mail(pk)


@shared_task
def file_mails(pks: list[int]) -> str:
    return f"{intake.file_batch(pks)} of {len(pks)} settled"


@shared_task
def file_mails_again(pks: list[int]) -> str:
    return f"{intake.file_again(pks)} of {len(pks)} settled"


@shared_task
def deliver_mail(pk: str) -> str:
    return outbox.deliver(pk)


@shared_task
def sweep_mail() -> str:
    """Finds what a lost wake-up left lying, in and out."""
    return f"{intake.sweep()} in, {outbox.sweep()} out"
