"""Lists of what is due at a day: the dry run of every disposal. Nothing is removed here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from tenesa.accounts.models import User
from tenesa.redis_link import wake
from tenesa.retention import schedule
from tenesa.retention.dossiers import Dossiers, Reason, Record, behind, too_young
from tenesa.retention.kinds import Kind, kinds
from tenesa.retention.models import Disposal, ListedRecord, Why
from tenesa.retention.structure import in_order
from tenesa.retention.who import DRAWERS, must
from tenesa.workflow.case import Case
from tenesa.workflow.errors import InvalidInput, NotNow
from tenesa.workflow.procedures import procedures

TOGETHER = 500  # records looked at in one go
Status = Disposal.Status


@dataclass
class Candidate:
    """A record that is old enough by itself, and what holds it back."""

    record: Record
    closed_on: date | None
    why: Reason = ("", "")
    referrers: set[Record] = field(default_factory=set)


def draw(user: User | None, cutoff: date) -> Disposal:
    """A run whose list a worker draws. Raises Refusal; then nothing was written."""
    if user is not None:
        must(user, DRAWERS)
    if cutoff > timezone.localdate():
        raise InvalidInput({"cutoff": [_("A day that has not come cannot be the cut-off day.")]})
    if user is not None and Disposal.objects.filter(status__in=Disposal.UNDER_WAY).exists():
        raise NotNow([_("Another run is under way; draw the list when it has ended.")])
    with transaction.atomic():
        run = Disposal.objects.create(cutoff=cutoff, drawn_by=user)
        transaction.on_commit(partial(nudge, "draw_list", run.pk))
    return run


def draw_of_month(now: datetime) -> Disposal | None:
    """The list that the house draws by itself, as of the first of each month. None: it is there already."""
    first = timezone.localdate(now).replace(day=1)
    if Disposal.objects.filter(drawn_by=None, cutoff=first).exists():
        return None
    try:
        return draw(None, first)
    except IntegrityError:  # another tick was quicker
        return None


def nudge(task: str, pk: int) -> None:
    wake(f"tenesa.retention.tasks.{task}", pk)


def fill(pk: int) -> str:
    """Draw the list of a run, whole or not at all, and by one worker alone; a sentence on what became of it."""
    with transaction.atomic():
        run = Disposal.objects.select_for_update(skip_locked=True).filter(pk=pk, status=Status.DRAWING).first()
        if run is None:
            return f"run {pk}: another worker has it, or its list is there"
        run.until = {name: schedule.until(name, run.cutoff).isoformat() for name in kinds()}
        candidates = {one.record: one for one in find(run)}
        settle(candidates)
        found = list(_lines(run, candidates))
        ListedRecord.objects.bulk_create(found, batch_size=2_000)
        due = sum(not one.why for one in found)
        run.status, run.listed_at = Status.LISTED if due else Status.EMPTY, timezone.now()
        run.save()
    return f"run {pk}: {due} records are due, {len(found) - due} are held back"


def find(run: Disposal) -> Iterator[Candidate]:
    """Every record that is old enough by itself, kind by kind."""
    for name in in_order():
        kind, until = kinds()[name], date.fromisoformat(run.until[name])
        for pks in _old_enough(kind, until):
            yield from _looked_at(kind, pks, until)


def _old_enough(kind: Kind, until: date) -> Iterator[list[int]]:
    """Keys of the records that were closed by this day, and of cases that have been open for as long."""
    limit = behind(until)
    where = kind.final & Q(**{f"{kind.closed}__lt": limit})
    if issubclass(kind.model, Case):
        where |= ~kind.final & Q(**{f"{kind.opened}__lt": limit})
    last = 0
    while pks := list(kind.rows().filter(where, pk__gt=last).order_by("pk").values_list("pk", flat=True)[:TOGETHER]):
        yield pks
        last = pks[-1]


def _looked_at(kind: Kind, pks: list[int], until: date) -> Iterator[Candidate]:
    dossiers = Dossiers(kind, {pk: pk for pk in pks})
    ends, held, referrers = dossiers.ends(), dossiers.held(), dossiers.referrers()
    for pk in pks:
        record = (kind.name, pk)
        young = too_young(ends[pk], record, until)
        own = next((ended.on for one, ended in ends[pk] if one == record), None)
        last = max((ended.on for _one, ended in ends[pk] if ended.on), default=own)
        candidate = Candidate(record, last, referrers=referrers.get(pk, set()))
        if young:
            (why, part), about = young
            candidate.why = (why, number_of(about) if part or about != record else "")
        else:
            candidate.why = held.get(pk, ("", ""))
        yield candidate


def settle(candidates: dict[Record, Candidate]) -> None:
    """Hold back what is referred to by a record that stays, until nothing changes any more."""
    due = {record for record, one in candidates.items() if not one.why[0]}
    changed = True
    while changed:
        changed = False
        for record in sorted(due):
            staying = sorted(candidates[record].referrers - due)
            if staying:
                candidates[record].why = (Why.REFERRED, number_of(staying[0]))
                due.discard(record)
                changed = True


def _lines(run: Disposal, candidates: dict[Record, Candidate]) -> Iterator[ListedRecord]:
    places = {name: place for place, name in enumerate(in_order())}
    due = {record: one.referrers for record, one in candidates.items() if not one.why[0]}
    together = {record: record[1] for record in candidates} | units(due)
    for (name, pk), one in candidates.items():
        why, about = one.why
        yield ListedRecord(
            disposal=run, place=places[name], kind=name, record=pk, unit=together[name, pk],
            number=kinds()[name].number(pk), closed_on=one.closed_on, why=why, about=about[:40],
        )  # fmt: skip


def units(referrers: dict[Record, set[Record]]) -> dict[Record, Any]:
    """By record, the smallest number of the records of its kind that it is linked with: they go together."""
    leader = {record: record for record in referrers}

    def find_leader(record: Record) -> Record:
        while leader[record] != record:
            leader[record] = leader[leader[record]]
            record = leader[record]
        return record

    for record, others in referrers.items():
        for other in _of_kind(record[0], others, leader):
            low, high = sorted((find_leader(record), find_leader(other)))
            leader[high] = low
    return {record: find_leader(record)[1] for record in referrers}


def _of_kind(name: str, others: Iterable[Record], known: dict[Record, Record]) -> Iterator[Record]:
    return (other for other in others if other[0] == name and other in known)


def number_of(record: Record) -> str:
    """How a record, or a row that is none, is named; nothing of a person is in it."""
    name, pk = record
    if name in kinds():
        return kinds()[name].number(pk)
    if name in procedures():
        return f"{procedures()[name].prefix}{pk:07d}"
    return f"{name.rpartition('.')[2]} {pk}"
