"""Thin doors for Celery: ids in, one call, a sentence out."""

from __future__ import annotations

from celery import shared_task

from tenesa.mail import intake, ledger, outbox, oversize, polling, scan
from tenesa.mail.models import Mailbox, MailFolder
from tenesa.mail.nudge import nudge


@shared_task
def poll_mailboxes() -> str:
    """Beat's tick: one task a folder, so that a slow server does not hold up the others."""
    folders = polling.due()
    for pk in folders:
        nudge("poll_folder", pk)
    return f"{len(folders)} folders"


@shared_task
def poll_mailbox(pk: int) -> str:
    mailbox = Mailbox.objects.filter(pk=pk, active=True).first()
    return f"{polling.poll(mailbox)} new mails" if mailbox else "no such mailbox"


@shared_task
def poll_folder(pk: int) -> str:
    folder = MailFolder.objects.filter(pk=pk, active=True, mailbox__active=True).first()
    return f"{polling.poll_folder(folder)} new mails" if folder else "no such folder"


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
def scan_mail(pk: int) -> str:
    return scan.scan_mail(pk)


@shared_task
def scan_case_files(procedure: str, case_id: int) -> str:
    return scan.scan_case_files(procedure, case_id)


@shared_task
def tell_sender(pk: int) -> str:
    return oversize.tell_sender(pk)


@shared_task
def check_ledger() -> str:
    """Beat's tick: what the servers hold against the ledger, written down for the page."""
    checked = ledger.check_all(ledger.folders())
    return f"{len(checked)} folders, {sum(len(day.missing) for _folder, days, _why in checked for day in days)} missing"


@shared_task
def deliver_mail(pk: str) -> str:
    return outbox.deliver(pk)


@shared_task
def sweep_mail() -> str:
    """Finds what a lost wake-up left lying, in and out."""
    return f"{intake.sweep()} in, {outbox.sweep()} out"
