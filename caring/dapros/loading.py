"""The worker that reads a list: chunk by chunk, so that a killed one is followed by another, and nobody comes twice."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from itertools import islice
from typing import IO

from django.conf import settings
from django.db import DataError, IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from caring import billing
from caring.dapros import entering, reading, store
from caring.dapros.models import DaprosBatch
from caring.dapros.reading import Listing, Question
from caring.dapros.store import Lost
from caring.exclusions import services as exclusions
from tenesa.redis_link import wake
from tenesa.sheets import NotASheet

logger = logging.getLogger(__name__)
Status = DaprosBatch.Status
CHUNK = 5000  # rows whose outcome is kept together
SILENT = timedelta(minutes=2)  # after which whoever read a list is taken for dead
UNREAD = (Status.UPLOADED, Status.READING)


def nudge(pk: int) -> None:
    wake("caring.tasks.read_dapros", pk)


def waiting() -> list[int]:
    """Lists that nobody reads: new ones, resumed ones, and those whose reader fell silent."""
    late = timezone.now() - SILENT
    unread = DaprosBatch.objects.filter(status__in=UNREAD).order_by("status", "at")  # what was begun comes first
    return [pk for pk, alive in unread.values_list("pk", "claimed_at") if alive is None or alive < late]


def read(pk: int) -> str:
    """Read the list from where it was left, if nobody else does and no other is being read; a sentence on what became
    of it."""
    try:
        if not _claim(pk):
            return f"list {pk}: another worker has it, or it is over"
    except IntegrityError:
        return f"list {pk}: waits for another list"
    said = _read_claimed(DaprosBatch.objects.select_related("by").get(pk=pk))
    for following in waiting()[:1]:
        nudge(following)
    return said


def _claim(pk: int) -> bool:
    late, now = timezone.now() - SILENT, timezone.now()
    unread = DaprosBatch.objects.filter(pk=pk, status__in=UNREAD).exclude(claimed_at__gte=late)
    with transaction.atomic():
        return bool(unread.update(status=Status.READING, claimed_at=now))


def _read_claimed(batch: DaprosBatch) -> str:
    pk = batch.pk
    with override(settings.LANGUAGE_CODE):
        try:
            _read(batch)
        except Lost:
            return f"list {pk}: left at row {batch.position}"
        except NotASheet as refusal:
            _end(batch, Status.FAILED, str(refusal))
        except (DataError, ValueError, LookupError, TypeError) as error:  # it would not go better the next time
            logger.exception("list %s cannot be read", pk)
            words = _("The list cannot be read beyond row %(n)d: %(error)s.")
            _end(batch, Status.FAILED, words % {"n": batch.position, "error": type(error).__name__})
        else:
            _end(batch, Status.DONE)
            exclusions.apply_again(batch.at)  # what was approved meanwhile
    return f"list {pk}: {batch.taken} taken, {batch.refused} refused"


def _read(batch: DaprosBatch) -> None:
    with store.opened(batch) as file, reading.opened(file, question_of(batch)) as listing:
        _describe(batch, listing)
        total = listing.learn(partial(_learned, batch))
        _keep(batch, total=total, learned=total)
        outcomes = listing.outcomes(after=batch.position)
        while chunk := list(islice(outcomes, CHUNK)):
            _enter(batch, chunk)


def _enter(batch: DaprosBatch, chunk: list[entering.Outcome]) -> None:
    """Once more where another list brought one of the customers at the same moment: then that is known."""
    try:
        entering.enter(batch, chunk)
    except IntegrityError:
        batch.refresh_from_db()
        entering.enter(batch, chunk)


def question_of(batch: DaprosBatch) -> Question:
    policy = billing.policy_at(batch.period)
    bucket: Callable[..., str] = partial(billing.bucket, period=batch.period, policy=policy)
    return Question(batch.period, bucket, batch.sheet, batch.thousands, batch.campaign)


def check(file: IO[bytes], question: Question) -> None:
    """Whether there is a list in the file, before it is kept. Raises NotASheet."""
    with reading.opened(file, question):
        pass


def _describe(batch: DaprosBatch, listing: Listing) -> None:
    columns = listing.columns
    _keep(
        batch,
        heads=list(columns.heads),
        unknown=list(columns.unknown),
        sheet_read=listing.sheet[:31],
        other_sheets=list(listing.others),
    )


def _learned(batch: DaprosBatch, rows: int) -> None:
    if rows % 20_000 == 0:
        _keep(batch, learned=rows)


def _keep(batch: DaprosBatch, **values: object) -> None:
    """Note how far it is, and that somebody is alive. Raises Lost."""
    now = timezone.now()
    mine = DaprosBatch.objects.filter(pk=batch.pk, status=Status.READING, claimed_at=batch.claimed_at)
    if not mine.update(claimed_at=now, **values):
        raise Lost
    batch.claimed_at = now
    for name, value in values.items():
        setattr(batch, name, value)


def _end(batch: DaprosBatch, status: str, problem: str = "") -> None:
    _keep(batch, status=status, problem=problem[:600], finished_at=timezone.now())
    DaprosBatch.objects.filter(pk=batch.pk).update(claimed_at=None)
    store.forget(batch)
