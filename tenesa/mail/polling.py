"""From the server into the ledger: bytes, ledger rows and cursor are committed together, then the filing is woken.

One folder is read by one reader at a time. A reader that dies leaves the cursor where the last commit put it.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Generator, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import Error as DatabaseProblem
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenesa.mail import imap, pop3
from tenesa.mail.models import Blob, InboundMail, Mailbox, MailFolder
from tenesa.mail.nudge import nudge_filing
from tenesa.mail.parse import message_id_of
from tenesa.mail.values import Fetched

logger = logging.getLogger(__name__)
Status = InboundMail.Status

BACK_OFF = (5, 10, 30, 60, 120, 300)
MOVED_AT_ONCE = 200
_MOVED = [Status.FILED, Status.DUPLICATE, Status.IGNORED]


def due(now: datetime | None = None) -> list[int]:
    """The folders to read now: of every active mailbox those that are not backing off."""
    now = now or timezone.now()
    boxes = Mailbox.objects.filter(active=True).prefetch_related("folders")
    folders = [folder for mailbox in boxes for folder in mailbox.folders_to_read()]
    return [folder.pk for folder in folders if folder.next_poll_at is None or folder.next_poll_at <= now]


def poll(mailbox: Mailbox) -> int:
    """Read every folder of a mailbox; returns how many mails were new."""
    return sum(poll_folder(folder) for folder in mailbox.folders_to_read())


def poll_folder(folder: MailFolder) -> int:
    """Store what is new on the server; returns how many. A failure is noted on the folder and backs off."""
    with only_one(folder) as mine:
        if not mine:
            return 0
        folder = MailFolder.objects.select_related("mailbox").get(pk=folder.pk)
        try:
            count = _store_new(folder)
            _move_filed(folder)
        except imap.Unavailable as error:
            _note_failure(folder, str(error))
            return 0
        MailFolder.objects.filter(pk=folder.pk).update(
            polled_at=timezone.now(), failures=0, last_error="", next_poll_at=None
        )
        return count


def _store_new(folder: MailFolder) -> int:
    count = 0
    with contextlib.closing(_mails(folder)) as batches:
        for uid_validity, batch in batches:
            stored = store(folder, uid_validity, batch)
            if stored is None:
                break  # somebody else moved the cursor; the next reading goes on from there
            count += len(stored)
    return count


def _mails(folder: MailFolder) -> Generator[tuple[int, list[Fetched]], None, None]:
    if folder.mailbox.protocol == Mailbox.Protocol.POP3:
        return pop3.read(folder, partial(known_uidls, folder.mailbox_id))
    return imap.read(folder)


def known_uidls(mailbox_id: int, names: list[str]) -> set[str]:
    """Which of these the ledger has, whatever became of them."""
    rows = InboundMail.objects.filter(mailbox=mailbox_id, uidl__in=names)
    return set(rows.values_list("uidl", flat=True)) if names else set()


def store(folder: MailFolder, uid_validity: int, batch: Sequence[Fetched]) -> list[int] | None:
    """Commit a batch: bytes, ledger rows, cursor. None when the cursor is not where this reader left it.

    A changed UIDVALIDITY starts again from the first mail; those seen before become duplicates when they are filed.
    """
    with transaction.atomic():
        row = MailFolder.objects.select_for_update().get(pk=folder.pk)
        if (row.uid_validity, row.last_uid) != (folder.uid_validity, folder.last_uid):
            return None
        if not batch:
            return []
        blobs = Blob.keep([mail.content for mail in batch])
        rows = InboundMail.objects.bulk_create(
            _ledger_row(folder, uid_validity, mail, blob) for mail, blob in zip(batch, blobs, strict=True)
        )
        folder.uid_validity, folder.last_uid = uid_validity, batch[-1].uid
        MailFolder.objects.filter(pk=folder.pk).update(uid_validity=uid_validity, last_uid=batch[-1].uid)
        pks = [row.pk for row in rows if row.status == Status.STORED]
        nudge_filing("file_mails", pks)
    return [row.pk for row in rows]


def _ledger_row(folder: MailFolder, uid_validity: int, mail: Fetched, blob: Blob) -> InboundMail:
    row = InboundMail(
        mailbox_id=folder.mailbox_id,
        folder=folder.name,
        uid_validity=uid_validity,
        uid=mail.uid,
        uidl=mail.uidl,
        blob=blob,
        message_id=message_id_of(mail.content),
        whole_size=mail.whole_size,
        arrived_at=mail.arrived_at or timezone.now(),
    )
    if not mail.content:
        row.status, row.reason = Status.QUARANTINED, _("The mail server lists this mail but does not give its content.")
    return row


def _move_filed(folder: MailFolder) -> None:
    """Move the server's copies of what was filed, where the folder is set to that (IMAP only).

    A death between the move and its record is repaired by the next turn: the numbers name nothing any more.
    """
    if not folder.move_to or folder.uid_validity is None or folder.mailbox.protocol != Mailbox.Protocol.IMAP:
        return
    here = InboundMail.objects.filter(mailbox=folder.mailbox_id, folder=folder.name, uid_validity=folder.uid_validity)
    filed = here.filter(moved_at=None, status__in=_MOVED)
    rows = dict(filed.order_by("arrived_at").values_list("pk", "uid")[:MOVED_AT_ONCE])
    if rows:
        imap.move(folder, sorted(rows.values()))
        InboundMail.objects.filter(pk__in=rows).update(moved_at=timezone.now())


@contextlib.contextmanager
def only_one(folder: MailFolder) -> Iterator[bool]:
    """One reader a folder at a time. Two would be correct too (`store` checks the cursor), only wasteful.

    The lock belongs to the database session and ends with it, however the worker ends. Behind a pooler that shares
    sessions it would outlive us, so there it is not taken.
    """
    if settings.DATABASES["default"].get("DISABLE_SERVER_SIDE_CURSORS"):
        yield True
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext('tenesa.mail.poll'), %s)", [folder.pk])
        mine = bool(cursor.fetchone()[0])
    try:
        yield mine
    finally:
        if mine:
            with contextlib.suppress(DatabaseProblem), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtext('tenesa.mail.poll'), %s)", [folder.pk])


def _note_failure(folder: MailFolder, error: str) -> None:
    logger.warning("%s: %s", folder, error)
    seconds = BACK_OFF[min(folder.failures, len(BACK_OFF) - 1)]
    MailFolder.objects.filter(pk=folder.pk).update(
        failures=folder.failures + 1, last_error=error, next_poll_at=timezone.now() + timedelta(seconds=seconds)
    )
