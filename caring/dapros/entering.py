"""A chunk of outcomes into the tables, in one transaction with the place that was reached (ADR-0038).

Prospects come by COPY, not by `perform`: a list has a million of them. Each has the event of its opening step `load`
all the same, so that its history is whole; every later state is written by `perform`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone

from caring import scoring
from caring.dapros.copying import copy_rows
from caring.dapros.models import DaprosBatch, DaprosRow
from caring.dapros.reasons import Reason
from caring.dapros.rows import ProspectRow, RefusedRow
from caring.dapros.screening import screened
from caring.dapros.store import Lost
from caring.models import Prospect
from caring.prospects.states import State
from caring.score import ScoreFacts, score_of
from tenesa.accounts.areas import area_of
from tenesa.accounts.models import SYSTEM, areas_at
from tenesa.accounts.roles import Role
from tenesa.audit.models import Event
from tenesa.systems.outbox import CallOut
from tenesa.workflow.case import NO_CLOCK
from tenesa.workflow.step import START, steps_of

DESK = "CARING"
ORDERS = 1000  # that MyCX takes at once
OWN = (  # columns of a prospect in which one row of a list differs from another
    "id", "state", "chain", "awaits", "ready", "row_number", "period", "campaign", "ncli", "fastel", "name", "address",
    "city", "regional", "witel", "zone", "package", "mbps", "bills", "total", "oldest_month", "isolated",
    "last_paid_on", "phones", "email", "excluded_why", "remark", "area_id", "score", "place", "score_facts",
)  # fmt: skip
ROWS = ("batch_id", "row_number", "refused", "cells", "said")
Outcome = ProspectRow | RefusedRow
Refused = tuple[int, Sequence[Any], tuple[Reason, ...]]  # row number, cells, reasons


def enter(batch: DaprosBatch, outcomes: Sequence[Outcome]) -> None:
    """Keep what became of these rows. Raises Lost, and IntegrityError where another list brought the same customer
    just now; then nothing of it is kept."""
    with transaction.atomic():
        held = DaprosBatch.objects.select_for_update().filter(pk=batch.pk, status=DaprosBatch.Status.READING)
        if held.values_list("position", "claimed_at").first() != (batch.position, batch.claimed_at):
            raise Lost
        taken, refused = _without_doubles(batch, outcomes)
        taken = screened(taken)
        _prospects(batch, taken)
        _rows(batch, taken, refused)
        _count(batch, taken, refused, outcomes[-1].row_number)


def _without_doubles(batch: DaprosBatch, outcomes: Sequence[Outcome]) -> tuple[list[ProspectRow], list[Refused]]:
    """Prospects that are new, and refused rows with those whose customer is there already."""
    found = [one for one in outcomes if isinstance(one, ProspectRow)]
    known = _known(batch, [one.fastel for one in found])
    taken: list[ProspectRow] = []
    refused: list[Refused] = [
        (one.row_number, one.cells, one.reasons) for one in outcomes if isinstance(one, RefusedRow)
    ]
    for one in found:
        if one.fastel in known:
            of, number, name = known[one.fastel]
            facts = {"fastel": one.fastel, "row": number or "–", "list": name or "–"}
            reason = Reason("TWICE" if of == batch.pk else "KNOWN", facts=facts)
            refused.append((one.row_number, one.cells, (reason,)))
        else:
            known[one.fastel] = batch.pk, one.row_number, batch.name
            taken.append(one)
    return taken, refused


def _known(batch: DaprosBatch, numbers: list[str]) -> dict[str, tuple[int | None, int | None, str | None]]:
    """Which of these are prospects of the period: list, row and name of the list."""
    with connection.cursor() as cursor:  # as one array: the ORM would look at each of thousands of values
        cursor.execute(_KNOWN, [batch.period, numbers])
        return {fastel: (of, number, name) for fastel, of, number, name in cursor.fetchall()}


_KNOWN = """
    SELECT p.fastel, p.batch_id, p.row_number, b.name FROM caring_prospect p
      LEFT JOIN caring_daprosbatch b ON b.id = p.batch_id
     WHERE p.period = %s AND p.fastel = ANY(%s) AND p.withdrawal_id IS NULL"""


# --- prospects -------------------------------------------------------------------------------------------------------
def _prospects(batch: DaprosBatch, rows: Sequence[ProspectRow]) -> None:
    """The prospects with the event of their opening, and their orders in MyCX (C-01)."""
    if not rows:
        return
    now = timezone.now()
    ids, events = (_next_ids(model, len(rows)) for model in (Prospect, Event))
    opening = _opening(batch, now)
    told: list[list[Any]] = []

    areas = areas_at(DESK)

    def lines() -> Iterator[Sequence[Any]]:
        scored = scoring.facts_of_new(rows, now)
        for pk, event_pk, one, facts in zip(ids, events, rows, scored, strict=True):
            state = State.EXCLUDED if one.excluded_why else State.AVAILABLE
            opening.case_id, opening.target, opening.data = pk, state.value, {"list": batch.pk, "row": one.row_number}
            opening.hash = opening.digest()
            told.append([event_pk, pk, opening.target, opening.data, opening.hash])
            yield (pk, state.value, opening.hash, *_own(one, areas), *_scored(one, facts))

    same = {name: value for name, value in _by_column(_blank(batch, now)).items() if name not in OWN}
    copy_rows(Prospect._meta.db_table, OWN, lines(), same)
    _events(opening, told)
    orders = [(pk, event_pk, one) for pk, event_pk, one in zip(ids, events, rows, strict=True) if not one.excluded_why]
    for start in range(0, len(orders), ORDERS):
        _order(batch, orders[start : start + ORDERS])


def _blank(batch: DaprosBatch, now: datetime) -> Prospect:
    return Prospect(
        desk_id=DESK, batch=batch, opened_at=now, changed_at=now, urgent_at=now + NO_CLOCK, version=1, scored_at=now,
        touched_at=now, ready_at=now,
    )  # fmt: skip


def _own(one: ProspectRow, areas: Collection[str]) -> Sequence[Any]:
    called, area = not one.excluded_why, area_of(one.witel)
    return (
        called, called, one.row_number, one.period, one.campaign, one.ncli, one.fastel, one.name, one.address, one.city,
        one.regional, one.witel, one.zone, one.package, one.mbps, one.bills, one.total, one.oldest_month, one.isolated,
        one.last_paid_on, one.phones, one.email, one.excluded_why,
        one.remark, area if area in areas else None,
    )  # fmt: skip


def _scored(one: ProspectRow, facts: ScoreFacts) -> Sequence[Any]:
    """Score, place and facts; of one that is not called there are none."""
    score = 0 if one.excluded_why else score_of(facts)
    return score, -score, {} if one.excluded_why else facts.stored()


def _opening(batch: DaprosBatch, now: datetime) -> Event:
    step = steps_of(Prospect)["load"]
    return Event(
        procedure=Prospect.procedure_name(), seq=1, at=now, actor_id=batch.by_id, role=_role(batch), step=step.name,
        clause=step.clause, revision=f"{Prospect.document} rev {Prospect.revision}", source=START,
    )  # fmt: skip


def _role(batch: DaprosBatch) -> str:
    roles = steps_of(Prospect)["load"].roles
    return min(roles & batch.by.roles or roles & SYSTEM.roles, key=list(Role).index)


def _events(opening: Event, told: Sequence[Sequence[Any]]) -> None:
    own = ("id", "case_id", "target", "data", "hash")
    same = {name: value for name, value in _by_column(opening).items() if name not in own}
    copy_rows(Event._meta.db_table, own, told, same)


def _by_column(one: Model) -> dict[str, Any]:
    return {field.column: getattr(one, field.attname) for field in one._meta.concrete_fields if field.column}


def _order(batch: DaprosBatch, rows: Sequence[tuple[int, int, ProspectRow]]) -> None:
    """MyCX: the orders of these prospects (S-04), by a call that stands with the first of them."""
    pk, event_pk, _first = rows[0]
    content = [
        {
            "key": f"{Prospect.prefix}{number:07d}", "fastel": one.fastel, "campaign": one.campaign,
            "period": f"{one.period:%Y-%m}", "name": one.name, "witel": one.witel, "total": one.total,
        }
        for number, _event, one in rows
    ]  # fmt: skip
    call = CallOut("mycx", "load_orders", {"rows": content}, key=f"dapros:{batch.pk}:{rows[0][2].row_number}")
    call.write(Prospect(pk=pk), Event(pk=event_pk))


def _next_ids(model: type[Prospect] | type[Event], count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [pk for (pk,) in cursor.fetchall()]


# --- what is told of them --------------------------------------------------------------------------------------------
def _rows(batch: DaprosBatch, taken: Sequence[ProspectRow], refused: Sequence[Refused]) -> None:
    lines = [
        [batch.pk, number, True, _Json(cells), _Json(one.as_json() for one in said)] for number, cells, said in refused
    ]
    lines += [
        [batch.pk, one.row_number, False, _Json(), _Json(said.as_json() for said in one.notes)]
        for one in taken
        if one.notes
    ]
    copy_rows(DaprosRow._meta.db_table, ROWS, lines)


class _Json(list[Any]):
    """A list that is written as JSON, not as an array."""


def _count(batch: DaprosBatch, taken: Sequence[ProspectRow], refused: Sequence[Refused], position: int) -> None:
    codes = Counter(batch.reasons)
    for said in [*(said for _number, _cells, said in refused), *(one.notes for one in taken)]:
        codes.update({reason.code for reason in said})
    batch.taken += len(taken)
    batch.excluded += sum(bool(one.excluded_why) for one in taken)
    batch.refused += len(refused)
    batch.position, batch.reasons, batch.claimed_at = position, dict(codes), timezone.now()
    batch.save(update_fields=["taken", "excluded", "refused", "position", "reasons", "claimed_at"])
