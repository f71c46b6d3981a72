"""From the append-only history to measurements: read what is new, measure its cases anew, keep the differences.

A case is always measured whole, from all its events, so events may be read twice or in any order, and a rebuild gives
the same rows (X-12). One measurer works at a time.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby, islice
from operator import attrgetter
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.utils import timezone

from tenesa.accounts.models import Membership
from tenesa.audit.models import Event
from tenesa.reporting import tally
from tenesa.reporting.models import Measurement, Reading
from tenesa.reporting.registry import Measured, Procedure, procedures

EVENTS, CASES = 5_000, 250
LOCK = 0x7E4E5A12  # any number that no other advisory lock has
Key = tuple[int, str, int]  # case, KPI, event

_NEW = "SELECT id, procedure, case_id, seq FROM audit_event WHERE id > %s AND id <= %s ORDER BY id LIMIT %s"
_FURTHEST = 2**63 - 1


def measure_new(passes: int = 100) -> int:
    """Measure the cases with events that were not read yet; return how many. 0 also where another one measures."""
    seen: dict[tuple[str, int], int] = {}
    for _pass in range(passes):
        with transaction.atomic():
            if not _only_one() or not _read_on(seen):
                break
    return len(seen)


def measure_again() -> int:
    """Measure every case anew and add the tally up from nothing. What is new meanwhile waits."""
    done = 0
    with _alone():
        for procedure in procedures:
            cases = apps.get_model(procedure.name)._base_manager.order_by("pk").values_list("pk", flat=True)
            for ids in _some(cases.iterator(chunk_size=2000)):
                with transaction.atomic():
                    done += measure_cases(procedure, ids, with_tally=False)
        with transaction.atomic():
            tally.rebuild()
    return done


def _read_on(seen: dict[tuple[str, int], int]) -> bool:
    """One pass over the history (see `Reading`); False when there is nothing more to read now.

    The transaction has no number of its own until it writes, which is after it has read: that number is the horizon.
    """
    reading = Reading.objects.filter(pk=1).first() or Reading(pk=1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        settled = cursor.fetchone()[0] >= reading.horizon
        again: list[Any] = []
        if settled and reading.safe < reading.ahead:
            cursor.execute(_NEW, [reading.safe, reading.ahead, None])
            again = cursor.fetchall()
        cursor.execute(_NEW, [reading.ahead, _FURTHEST, EVENTS])
        new = cursor.fetchall()
        if not new and not (settled and reading.safe < reading.ahead):
            return False
        _measure([row[1:] for row in (*again, *new)], seen)
        reading.safe = reading.ahead if settled else reading.safe
        reading.ahead = new[-1][0] if new else reading.ahead
        reading.read_at = timezone.now()
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        reading.horizon = cursor.fetchone()[0] if new else reading.horizon
        reading.save()
    return True


def _measure(events: Iterable[Sequence[Any]], seen: dict[tuple[str, int], int]) -> None:
    """Measure the cases of these (procedure, case, seq), but those that were measured with that event already."""
    touched: defaultdict[str, set[int]] = defaultdict(set)
    for name, case_id, seq in events:
        if seen.get((name, case_id), 0) < seq:
            seen[name, case_id] = seq
            touched[name].add(case_id)
    for name, ids in touched.items():
        if procedure := procedures.get(name):
            for some in _some(iter(sorted(ids))):
                measure_cases(procedure, some)


def _some(ids: Iterator[int]) -> Iterator[list[int]]:
    while some := list(islice(ids, CASES)):
        yield some


def _only_one() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


@contextmanager
def _alone() -> Iterator[None]:
    """No other measurer from here to the end, over as many transactions as it takes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


# --- some cases -----------------------------------------------------------------------------------------------------
def measure_cases(procedure: Procedure, case_ids: Sequence[int], *, with_tally: bool = True) -> int:
    """Make the measurements of these cases what their histories say, and the tally with them."""
    found = {(one.case_id, one.kpi, one.seq): one for one in procedure.measure(_histories(procedure, case_ids))}
    stored = {
        (row.case_id, row.kpi, row.seq): row
        for row in Measurement.objects.filter(procedure=procedure.name, case_id__in=case_ids)
    }
    teams = Teams(found.values())
    rows = {key: _row(procedure, one, stored.get(key), teams) for key, one in found.items()}
    old = [row for key, row in stored.items() if key not in rows or _differs(row, rows[key])]
    new = [row for key, row in rows.items() if key not in stored or _differs(stored[key], row)]
    Measurement.objects.filter(pk__in=[row.pk for row in old]).delete()
    Measurement.objects.bulk_create(new, batch_size=2000)
    if with_tally:
        tally.add(new, less=old)
    return len(case_ids)


def _histories(procedure: Procedure, case_ids: Sequence[int]) -> Mapping[int, Sequence[Event]]:
    columns = ("case_id", "seq", "at", "actor_id", "step", "source", "target", "data")
    events = Event.objects.filter(procedure=procedure.name, case_id__in=case_ids).only(*columns)
    by_case = groupby(events.order_by("case_id", "seq").iterator(chunk_size=2000), key=attrgetter("case_id"))
    return {case_id: list(history) for case_id, history in by_case}


_COMPARED = (
    *("kpi", "day", "desk_id", "area_id", "team_id", "agent_id", "segment", "part"),
    *("at", "reference", "met", "seconds"),
)


def _differs(one: Measurement, other: Measurement) -> bool:
    return any(getattr(one, name) != getattr(other, name) for name in _COMPARED)


def _row(procedure: Procedure, one: Measured, known: Measurement | None, teams: Teams) -> Measurement:
    """The row to store. Who changes teams takes no past figures along: a row that stays keeps its team."""
    stays = known is not None and known.agent_id == one.agent_id
    return Measurement(
        procedure=procedure.name,
        day=timezone.localdate(one.at),
        team_id=known.team_id if known and stays else teams.of(one),
        **{**vars(one), "part": one.part[:60], "reference": one.reference[:60]},
    )


@dataclass(frozen=True)
class _Place:
    team_id: int
    area_id: str | None


class Teams:
    """Which team a person works for at a desk: the one of the case's area before one of all areas."""

    def __init__(self, found: Iterable[Measured]) -> None:
        agents = {one.agent_id for one in found if one.agent_id}
        rows = Membership.objects.filter(user__in=agents).order_by("team__code", "pk")
        self._places: defaultdict[tuple[int, str], list[_Place]] = defaultdict(list)
        for user, desk, team, area in rows.values_list("user_id", "team__desk_id", "team_id", "team__area_id"):
            self._places[user, desk].append(_Place(team, area))

    def of(self, one: Measured) -> int | None:
        places = self._places.get((one.agent_id or 0, one.desk_id), [])
        return min(places, key=lambda place: place.area_id != one.area_id).team_id if places else None


def drift() -> Iterator[str]:
    """One sentence a cell where the tally is not what the measurements add up to; nothing when all is well."""
    for kept in tally.KEPT:
        wanted, present = Counter(tally.counted(kept)), Counter(tally.stored(kept))
        for row in (wanted - present).keys() | (present - wanted).keys():
            yield f"{row[0]} {row[1]} in {kept.table} is not what its measurements say"
