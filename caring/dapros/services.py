"""What people do with lists: hand in, pause, go on, cancel (C-01; P-01 6.4)."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import IO, Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from caring.dapros import loading, store
from caring.dapros.loading import Status
from caring.dapros.models import DaprosBatch
from caring.prospects.procedure.base import LEADERS
from tenesa.accounts.models import Desk, User
from tenesa.accounts.roles import Role
from tenesa.sheets import NotASheet
from tenesa.workflow.errors import InvalidInput, NotNow, NotYourStep

MOST_BYTES = 2 * 2**30
MAY = (*LEADERS, Role.API_CLIENT)
DESK = "CARING"


class SameFile(NotNow):
    """This content was handed in before."""

    def __init__(self, batch: DaprosBatch) -> None:
        at = f"{timezone.localtime(batch.at):%d/%m/%Y %H.%M}"
        words = _("This file was handed in before: “%(name)s”, by %(who)s on %(at)s.")
        super().__init__([words % {"name": batch.name, "who": batch.by, "at": at}])
        self.batch = batch


def may_load(user: User) -> bool:
    """Leaders of the desk and machine clients."""
    return user.has_role(*MAY) and user.sees(DESK, None)


def _refuse_others(user: User) -> None:
    if not user.has_role(*MAY):
        raise NotYourStep(_("Lists of prospects are handed in by the desk's leaders and by machine clients."))
    if not may_load(user):
        desk = Desk.objects.get(code=DESK)
        raise NotYourStep(_("This account is not of the desk “%(desk)s”; the administrator adds it.") % {"desk": desk})


def hand_in(
    user: User,
    file: UploadedFile[Any] | None,
    *,
    period: date | None,
    campaign: str = "",
    sheet: str = "",
    thousands: str = "",
) -> DaprosBatch:
    """Keep the list, to be read in the background. Raises NotYourStep, InvalidInput or SameFile.

    A file without a list in it is refused at once; what stands in its rows is told by its report.
    """
    _refuse_others(user)
    if period is None or period.day != 1:
        raise InvalidInput({"period": [_("Name the month of the list.")]})
    if file is None or not 0 < (file.size or 0) <= MOST_BYTES:
        raise InvalidInput({"file": [_("A file of 1 byte to %(mb)d MB is expected.") % {"mb": MOST_BYTES // 2**20}]})
    digest, size = store.digest_of(file.chunks(store.PIECE))
    batch = DaprosBatch(
        name=(file.name or "–")[-120:], sha256=digest, size=size, period=period, campaign=campaign, sheet=sheet[:31],
        thousands=thousands, by=user,
    )  # fmt: skip
    _refuse_same(digest)
    content: IO[bytes] = file.file  # type: ignore[assignment]
    try:
        loading.check(content, loading.question_of(batch))
    except NotASheet as refusal:
        raise InvalidInput({"file": [str(refusal)]}) from None
    try:
        with transaction.atomic():
            batch.save()
            store.write(batch, content)
            transaction.on_commit(partial(loading.nudge, batch.pk))
    except IntegrityError:
        _refuse_same(digest)
        raise
    return batch


def _refuse_same(digest: str) -> None:
    same = DaprosBatch.objects.exclude(status__in=DaprosBatch.AGAIN).select_related("by").filter(sha256=digest).first()
    if same is not None:
        raise SameFile(same)


def pause(user: User, batch: DaprosBatch) -> None:
    """Stop reading after the rows that are being kept; `resume` goes on behind them. Raises NotYourStep, NotNow."""
    _turn(user, batch, (Status.UPLOADED, Status.READING), Status.PAUSED)


def resume(user: User, batch: DaprosBatch) -> None:
    """Raises NotYourStep, NotNow."""
    _turn(user, batch, (Status.PAUSED,), Status.UPLOADED)
    transaction.on_commit(partial(loading.nudge, batch.pk))


def cancel(user: User, batch: DaprosBatch) -> None:
    """Read no further; what was taken stays in the list of prospects. Raises NotYourStep, NotNow."""
    _turn(user, batch, DaprosBatch.OPEN, Status.CANCELLED, finished_at=timezone.now())
    store.forget(batch)


def _turn(user: User, batch: DaprosBatch, source: tuple[str, ...], target: str, **values: object) -> None:
    _refuse_others(user)
    found = DaprosBatch.objects.filter(pk=batch.pk, status__in=source)
    if not found.update(status=target, claimed_at=None, **values):
        batch.refresh_from_db(fields=["status"])
        raise NotNow([_("The list is now “%(state)s”. Nothing was changed.") % {"state": batch.get_status_display()}])
    batch.refresh_from_db()


TURNS = {"pause": pause, "resume": resume, "cancel": cancel}
