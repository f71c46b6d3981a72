"""Runs of the reconciliation: asked for by a leader, by REST or by the day's end; read, compared and kept (C-18)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import asdict
from datetime import date, datetime, timedelta
from functools import partial
from itertools import islice
from tempfile import TemporaryFile
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Min, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from caring.models import CaringResult
from caring.reconciliation import sides, uploads
from caring.reconciliation.engine import Theirs, by_ref, reconcile
from caring.reconciliation.models import Difference, Reconciliation, SideFile, System
from caring.reconciliation.names import CURRENT, names
from caring.reconciliation.rows import Finding, Kind, Proof, Row
from caring.reconciliation.spool import Spool
from caring.results.states import CHECKED, State
from tenesa.accounts.models import User
from tenesa.redis_link import wake
from tenesa.sheets import NotASheet
from tenesa.systems.errors import Refused, Unavailable
from tenesa.workflow.errors import InvalidInput

DESK = "CARING"
LONGEST = timedelta(days=92)
MOST_BYTES = 50 * 2**20  # of an export: about 300,000 rows
SILENT = timedelta(minutes=10)  # after which whoever works on a run is taken for dead
TOGETHER = 1_000
SIGN_OF_LIFE = 5_000  # rows
OF_AGENT = (State.TL_MISMATCH, State.REINPUT)
Status = Reconciliation.Status


def ask(
    user: User | None,
    *,
    first: date,
    last: date,
    campaign: str = "",
    files: Mapping[str, tuple[str, bytes]] | None = None,
) -> Reconciliation:
    """A run that a worker takes up; `files` are (name, content) of the exports that stand for a side, by system.

    Raises InvalidInput; then nothing was kept.
    """
    if last < first:
        raise InvalidInput({"last": [_("The last day lies before the first.")]})
    if not last <= first + LONGEST or first > timezone.localdate():
        raise InvalidInput({"last": [_("Give a period of at most %(n)d days that has begun.") % {"n": LONGEST.days}]})
    for system, (_name, content) in (files or {}).items():
        if not 0 < len(content) <= MOST_BYTES:
            words = _("A file of 1 byte to %(mb)d MB is expected.") % {"mb": MOST_BYTES // 2**20}
            raise InvalidInput({system.lower(): [words]})
    with transaction.atomic():
        run = Reconciliation.objects.create(desk_id=DESK, first=first, last=last, campaign=campaign, asked_by=user)
        SideFile.objects.bulk_create(
            SideFile(reconciliation=run, system=system, name=name[-120:], content=content,
                     sha256=hashlib.sha256(content).hexdigest())
            for system, (name, content) in (files or {}).items()
        )  # fmt: skip
        transaction.on_commit(partial(nudge, run.pk))
    return run


def ask_daily(now: datetime) -> Reconciliation | None:
    """The batch of this day, once it is late enough: from the oldest result that is not final. None: not now.

    One a day, withdrawn or not: whoever withdrew it compares the days by hand, or leaves them to the next day's batch.
    """
    local = timezone.localtime(now)
    if local.time() < settings.CARING["reconcile_at"]:
        return None
    day = local.date()
    if Reconciliation.objects.filter(desk_id=DESK, asked_by=None, last=day).exists():
        return None
    waiting = CaringResult.objects.filter(state__in=[*CHECKED, *OF_AGENT], day__gte=day - LONGEST, day__lte=day)
    return ask(None, first=waiting.aggregate(first=Min("day"))["first"] or day, last=day)


def nudge(pk: int) -> None:
    wake("caring.tasks.reconcile", pk)


def waiting() -> list[int]:
    """Runs that nobody works on: new ones, those that wait for a system, and those whose worker fell silent."""
    found = Reconciliation.objects.filter(status__in=[Status.WAITING, Status.RUNNING]).filter(_nobody(timezone.now()))
    return list(found.order_by("at").values_list("pk", flat=True))


def _nobody(now: datetime) -> Q:
    return Q(claimed_at=None) | Q(claimed_at__lt=now - SILENT)


def run(pk: int) -> str:
    """Read the three sides and compare them, if nobody else does; a sentence on what became of it.

    A system that does not answer leaves the run waiting, and the sweep takes it up again; nothing is kept of half a
    side.
    """
    now = timezone.now()
    free = Reconciliation.objects.filter(_nobody(now), pk=pk, status__in=[Status.WAITING, Status.RUNNING])
    if not free.update(status=Status.RUNNING, claimed_at=now):
        return f"reconciliation {pk}: another worker has it, or it is over"
    asked = Reconciliation.objects.get(pk=pk)
    with override(settings.LANGUAGE_CODE):  # whoever reads the run reads the house's language
        try:
            _compare(asked)
        except Unavailable as error:
            _leave(asked, Status.WAITING, _("%(words)s It is tried again by itself.") % {"words": error.message})
        except (Refused, NotASheet) as error:
            _leave(asked, Status.FAILED, str(error))
    return f"reconciliation {pk}: {asked.status}"


def _leave(asked: Reconciliation, status: str, problem: str) -> None:
    """What became of it; of one that was withdrawn meanwhile nothing more."""
    asked.status = status
    told = {"status": status, "problem": problem[:600], "refused_side": asked.refused_side, "claimed_at": None}
    Reconciliation.objects.filter(pk=asked.pk, status=Status.RUNNING).update(**told)


def _compare(asked: Reconciliation) -> None:
    reads = {name: sides.Read() for name in ("OURS", *System.values)}
    with Spool(by_ref) as ours, ExitStack() as opened:
        asked.read_at = timezone.now()
        for row in _alive(asked, sides.ours(asked.first, asked.last, asked.campaign, reads["OURS"])):
            ours.add(row)
        theirs = {}
        for system in System:
            theirs[system] = opened.enter_context(Theirs())
            for row in _alive(asked, _rows_of(asked, system, reads[system])):
                theirs[system].add(row)
        with transaction.atomic():
            _keep(asked, ours, theirs, reads)


def _rows_of(asked: Reconciliation, system: System, read: sides.Read) -> Iterator[Row]:
    file = asked.files.filter(system=system).defer("content").first()
    if file is None:
        yield from sides.fetched(system, asked.first, asked.last, asked.campaign, read)
        return
    with TemporaryFile() as content:
        for part in file.parts():
            content.write(part)
        content.seek(0)
        try:
            yield from uploads.rows(content, asked.first, asked.last, asked.campaign, read)
        except NotASheet as error:
            asked.refused_side = system
            raise NotASheet(f"{system.label}, “{file.name}”: {error}") from None


def _alive(asked: Reconciliation, rows: Iterable[Row]) -> Iterator[Row]:
    """The rows, with a sign of life now and then."""
    for number, row in enumerate(rows, start=1):
        if number % SIGN_OF_LIFE == 0:
            Reconciliation.objects.filter(pk=asked.pk).update(claimed_at=timezone.now())
        yield row


def _keep(asked: Reconciliation, ours: Spool, theirs: Mapping[System, Theirs], reads: Mapping[str, sides.Read]) -> None:
    """The findings and the proof, all or nothing, and by one worker alone."""
    locked = Reconciliation.objects.select_for_update().get(pk=asked.pk)
    if locked.status != Status.RUNNING:
        return
    explained, closes = _explained(asked), all(read.is_whole for read in reads.values())
    for system, rows in theirs.items():
        proof = Proof()
        found = (one for one in reconcile(ours, rows, names(CURRENT), proof) if one.kind != Kind.EQUAL)
        while part := list(islice(found, TOGETHER)):
            Difference.objects.bulk_create(_differences(asked, system, part, explained))
        asked.counts[system] = {"ours": dict(proof.ours.kinds), "theirs": dict(proof.theirs.kinds)}
        closes = closes and proof.closes
    asked.reads = {name: asdict(read) for name, read in reads.items()}
    asked.closes, asked.names_version = closes, CURRENT
    asked.status, asked.problem, asked.claimed_at = Status.OPEN, "", None
    asked.save()


def _differences(
    asked: Reconciliation, system: System, part: list[Finding], explained: Mapping[str, Difference]
) -> Iterator[Difference]:
    pks = [int(one.ours.id) for one in part if one.ours]
    asked_of = CaringResult.objects.filter(pk__in=pks, state__in=OF_AGENT, reinput_by__isnull=False).in_bulk()
    for found in part:
        one = Difference(
            reconciliation=asked, system=system, kind=found.kind, fields=list(found.fields), group=found.group[:120],
            result_id=int(found.ours.id) if found.ours else None, ours=as_json(found.ours),
            theirs=as_json(found.theirs),
        )  # fmt: skip
        before = explained.get(digest(one))
        if found.kind == Kind.LATE:
            one.state = Difference.State.SETTLED
        elif before is not None:
            one.state, one.reason = Difference.State.EXPLAINED, before.reason
            one.answered_by, one.answered_at = before.answered_by, before.answered_at
        elif one.is_reentered and (result := asked_of.get(one.result_id or 0)):
            one.state, one.owner_id, one.due = Difference.State.ASKED, result.agent_id, result.reinput_by
        yield one


def as_json(row: Row | None) -> dict[str, Any] | None:
    """The values of a row as they are kept and shown; what its system does not keep is left out."""
    if row is None:
        return None
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in row._asdict().items()
        if value is not None and name != "under_way"
    }


def digest(one: Difference) -> str:
    """The same for the same question about the same values."""
    told = [one.system, one.kind, one.ours, one.theirs]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _explained(asked: Reconciliation) -> dict[str, Difference]:
    """What was explained of these days before: nobody is asked twice about the same values. A withdrawn run explains
    nothing: what is missing in a wrong file is not explained by its being the wrong one."""
    runs = Reconciliation.objects.filter(desk_id=asked.desk_id, first__lte=asked.last, last__gte=asked.first)
    runs = runs.exclude(status=Status.WITHDRAWN)
    found = Difference.objects.filter(reconciliation__in=runs, state=Difference.State.EXPLAINED)
    return {digest(one): one for one in found.select_related("answered_by").iterator(TOGETHER)}
