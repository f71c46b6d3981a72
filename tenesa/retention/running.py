"""Approval and execution of a run, batch by batch, and its certificate (X-08).

A batch is one transaction: its records are gone and their outcomes are there, or neither. A worker that dies leaves
nothing half done, and the next goes on where it was.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from itertools import groupby
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from tenesa.accounts.models import SYSTEM, User
from tenesa.retention import holds, schedule
from tenesa.retention.dossiers import Dossiers, Reason, too_young
from tenesa.retention.kinds import Kind, kinds
from tenesa.retention.listing import Status, nudge, number_of
from tenesa.retention.models import Certificate, Disposal, ListedRecord, Outcome, Why
from tenesa.retention.removing import Removed, remove
from tenesa.retention.who import APPROVERS, must
from tenesa.workflow.errors import InvalidInput, NotNow


def approve(user: User, run: Disposal) -> None:
    """Have the list executed. Raises Refusal; then nothing was written."""
    must(user, APPROVERS)
    if run.drawn_by_id == user.pk:
        raise NotNow([_("Another person approves: you drew this list.")])
    with transaction.atomic():
        _decide(user, run, Status.APPROVED, "")
        transaction.on_commit(partial(nudge, "execute", run.pk))


def drop(user: User, run: Disposal, *, note: str) -> None:
    """Leave everything where it is. Raises Refusal; then nothing was written."""
    must(user, APPROVERS)
    if not note.strip():
        raise InvalidInput({"note": [_("Say why.")]})
    _decide(user, run, Status.DROPPED, note.strip()[:300])


def _decide(user: User, run: Disposal, status: str, note: str) -> None:
    waiting = Disposal.objects.filter(pk=run.pk, status=Status.LISTED)
    if not waiting.update(status=status, decided_by=user, decided_at=timezone.now(), note=note):
        raise NotNow([_("There is no list that waits for a decision here.")])


def execute(pk: int) -> str:
    """Remove what was approved, until nothing is left of it; a sentence on what became of it."""
    while True:
        with transaction.atomic():
            locked = Disposal.objects.select_for_update(skip_locked=True)
            run = locked.filter(pk=pk, status=Status.APPROVED).first()
            if run is None:
                return f"run {pk}: another worker has it, or it is over"
            lines = _next(run)
            if not lines:
                return f"run {pk}: {_certify(run)}"
            _batch(run, kinds()[lines[0].kind], lines)


def _next(run: Disposal) -> list[ListedRecord]:
    """The next whole units of one kind."""
    open_lines = run.records.filter(why="", outcome=None).order_by("place", "unit", "record")
    first = open_lines.first()
    if first is None:
        return []
    mine = open_lines.filter(kind=first.kind)
    units = set(mine.values_list("unit", flat=True)[: kinds()[first.kind].batch])
    return list(mine.filter(unit__in=units))


def _batch(run: Disposal, kind: Kind, lines: Sequence[ListedRecord]) -> None:
    """These records together, or, where one of them cannot go, unit by unit."""
    try:
        with transaction.atomic():
            _remove(run, kind, lines)
    except IntegrityError:
        for _unit, some in groupby(lines, key=lambda line: line.unit):
            unit = list(some)
            try:
                with transaction.atomic():
                    _remove(run, kind, unit)
            except IntegrityError:
                _keep(unit, {}, dict.fromkeys((line.record for line in unit), (Why.REFERRED, "")))


def _remove(run: Disposal, kind: Kind, lines: Sequence[ListedRecord]) -> None:
    holds.none_meanwhile()
    dossiers = Dossiers(kind, {line.record: line.unit for line in lines})
    dossiers.lock()
    dossiers = Dossiers(kind, dossiers.units)  # what was written until the lock was ours
    kept = _held_back(run, kind, dossiers)
    going = [line.record for line in lines if line.record not in kept]
    _keep(lines, remove(dossiers, going) if going else {}, kept)


def _held_back(run: Disposal, kind: Kind, dossiers: Dossiers) -> dict[Any, Reason]:
    """By record, why it is not removed although it was listed. Of a unit all go, or none."""
    until = min(date.fromisoformat(run.until[kind.name]), schedule.until(kind.name, run.cutoff))
    there = set(kind.rows().filter(pk__in=list(dossiers.units)).values_list("pk", flat=True))
    ends, held, referrers = dossiers.ends(), dossiers.held(), dossiers.referrers()
    found: dict[Any, Reason] = {}
    for pk in dossiers.units:
        if pk not in there:
            found[pk] = (Why.GONE, "")
        elif young := too_young(ends[pk], (kind.name, pk), until):
            found[pk] = (young[0][0], number_of(young[1]))
        elif pk in held:
            found[pk] = held[pk]
        elif referrers.get(pk):
            found[pk] = (Why.REFERRED, number_of(min(referrers[pk])))
    staying = {dossiers.units[pk]: pk for pk, why in found.items() if why[0] != Why.GONE}
    for pk, unit in dossiers.units.items():
        if pk not in found and unit in staying:
            found[pk] = (Why.REFERRED, kind.number(staying[unit]))
    return found


def _keep(lines: Sequence[ListedRecord], removed: Mapping[Any, Removed], kept: Mapping[Any, Reason]) -> None:
    outcomes = []
    for line in lines:
        if line.record in removed:
            one = removed[line.record]
            outcomes.append(Outcome(listed=line, removed=True, rows=one.rows, sha256=one.sha256))
        else:
            why, about = kept[line.record]
            outcomes.append(Outcome(listed=line, removed=False, why=why, about=about[:40]))
    Outcome.objects.bulk_create(outcomes)


def _certify(run: Disposal) -> str:
    """The certificate, in the transaction that ends the run."""
    done = Outcome.objects.filter(listed__disposal=run)
    summed = done.values("listed__kind").order_by("listed__kind").annotate(
        gone=Count("pk", filter=Q(removed=True)), skipped=Count("pk", filter=Q(removed=False)), all_rows=Sum("rows")
    )  # fmt: skip
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for row in summed:
        counts[row["listed__kind"]] = {"removed": row["gone"], "skipped": row["skipped"], "rows": row["all_rows"]}
    Certificate.objects.create(
        disposal=run, drawn_by=str(run.drawn_by or SYSTEM), approved_by=str(run.decided_by),
        approved_at=run.decided_at or timezone.now(), counts=counts, digest=digest_of(run),
    )  # fmt: skip
    run.status = Status.DONE
    run.save(update_fields=["status"])
    return f"{sum(one['removed'] for one in counts.values())} records were removed"


def digest_of(run: Disposal) -> str:
    """SHA-256 over "number sha256" of what was removed, in the order of the list: tells whether a line was changed."""
    whole = hashlib.sha256()
    gone = Outcome.objects.filter(listed__disposal=run, removed=True)
    lines = gone.order_by("listed__place", "listed__unit", "listed__record").values_list("listed__number", "sha256")
    for number, sha256 in lines.iterator(2_000):
        whole.update(f"{number} {sha256}\n".encode())
    return whole.hexdigest()
