"""A wrong list is taken back as a whole, or restored: what nobody touched, chunk by chunk (ADR-0042).

As a list comes by COPY, so it goes: a chunk of prospects in one statement, with the event of each in the same
transaction as the place that was reached. Who was picked or called stays with whoever has them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from caring import scoring
from caring.dapros.copying import copy_rows
from caring.dapros.models import DaprosBatch, Withdrawal
from caring.exclusions import services as exclusions
from caring.models import Prospect
from caring.prospects.procedure.base import LEADERS
from caring.prospects.states import Excluded, State
from tenesa.accounts.models import SYSTEM, User
from tenesa.audit.models import Event
from tenesa.redis_link import wake
from tenesa.workflow.errors import InvalidInput, NotNow, NotYourStep
from tenesa.workflow.step import steps_of
from tenesa.workspace import second_person

DESK = "CARING"
CHUNK = 2000
SILENT = timedelta(minutes=2)
Kind, Status = Withdrawal.Kind, Withdrawal.Status
_MOVE = """
UPDATE caring_prospect p SET state = %(state)s, version = p.version + 1, chain = v.chain, changed_at = %(now)s,
    excluded_why = %(why)s, withdrawal_id = %(withdrawal)s, ready = %(ready)s, awaits = %(ready)s,
    ready_at = CASE WHEN %(ready)s THEN %(now)s ELSE p.ready_at END
FROM unnest(%(ids)s::bigint[], %(chains)s::text[]) AS v(id, chain) WHERE p.id = v.id
"""


# --- asked and decided ------------------------------------------------------------------------------------------------
def ask(user: User, batch: DaprosBatch, kind: str, why: str) -> Withdrawal:
    """Ask to take the list back, or to restore it; another person decides. Raises NotYourStep, InvalidInput, NotNow."""
    _only_leaders(user)
    if not why.strip():
        raise InvalidInput({"why": [_("Say why.")]})
    if not batch.is_over:
        raise NotNow([_("The list is still being read: cancel the reading first.")])
    if not rows_of(batch, kind).exists():
        raise NotNow([_("There is no such prospect in this list.")])
    try:
        with transaction.atomic():
            made = Withdrawal.objects.create(batch=batch, kind=kind, why=why.strip()[:300], by=user)
            second_person.asked(made, made.why)
    except IntegrityError:
        raise NotNow([_("Somebody has asked for that already.")]) from None
    return made


def decide(user: User, one: Withdrawal, *, approved: bool) -> Withdrawal:
    """By another person than who asked; then it begins. Raises NotYourStep, NotNow."""
    _only_leaders(user)
    with transaction.atomic():
        locked = Withdrawal.objects.select_for_update(of=("self",)).select_related("batch").get(pk=one.pk)
        if locked.status != Status.ASKED:
            raise NotNow([_("This was decided on already.")])
        if locked.by_id == user.pk:
            raise NotYourStep(_("Whoever asked does not approve it: another person does."))
        locked.status = Status.RUNNING if approved else Status.REFUSED
        locked.decided_by, locked.decided_at = user, timezone.now()
        locked.total = rows_of(locked.batch, locked.kind).count()
        locked.save(update_fields=["status", "decided_by", "decided_at", "total"])
        second_person.decided(locked, user, str(_("Approved") if approved else _("Refused")))
        if approved:
            transaction.on_commit(partial(nudge, locked.pk))
    return locked


def rows_of(batch: DaprosBatch, kind: str) -> QuerySet[Any]:
    """The prospects that would go: untouched ones, or withdrawn ones whose customer came with no other list since."""
    rows: QuerySet[Any] = Prospect.objects.filter(batch=batch).order_by("pk")
    if kind == Kind.WITHDRAW:
        return rows.filter(state=State.AVAILABLE, attempts=0, owner=None, recall=None)
    same = Prospect.objects.filter(fastel=OuterRef("fastel"), period=OuterRef("period"), withdrawal=None)
    return rows.filter(state=State.EXCLUDED, excluded_why=Excluded.WITHDRAWN).exclude(Exists(same))


def left_of(batch: DaprosBatch) -> QuerySet[Any]:
    """What a withdrawal leaves: whom somebody picked or called, newest work first."""
    rows: QuerySet[Any] = Prospect.objects.filter(batch=batch).exclude(state=State.EXCLUDED)
    return rows.select_related("owner").order_by("-touched_at", "-pk")


# --- in the background ------------------------------------------------------------------------------------------------
def nudge(pk: int) -> None:
    wake("caring.tasks.withdraw_dapros", pk)


def waiting() -> list[int]:
    """Those on which nobody works: new ones, and those whose worker fell silent."""
    late = timezone.now() - SILENT
    running = Withdrawal.objects.filter(status=Status.RUNNING).order_by("pk").values_list("pk", "claimed_at")
    return [pk for pk, alive in running if alive is None or alive < late]


def run(pk: int) -> str:
    """Go on from where it was left, if nobody else does; a sentence on what became of it."""
    late, now = timezone.now() - SILENT, timezone.now()
    free = Withdrawal.objects.filter(pk=pk, status=Status.RUNNING).exclude(claimed_at__gte=late)
    if not free.update(claimed_at=now):
        return f"withdrawal {pk}: another worker has it, or it is over"
    claim = now
    while True:
        claim, found = _chunk(pk, claim)
        if claim is None:
            return f"withdrawal {pk}: another worker has it"
        if not found:
            break
    one = Withdrawal.objects.select_related("batch").get(pk=pk)
    if one.kind == Kind.RESTORE:
        exclusions.apply_again(one.batch.at)
        scoring.refresh()
    return f"withdrawal {pk}: {one.moved} moved, {one.left} left"


def _chunk(pk: int, claim: Any) -> tuple[Any, int]:
    """One chunk; the new sign of life, None where the claim was lost, and how many were looked at."""
    with transaction.atomic():
        mine = Withdrawal.objects.select_for_update(of=("self",)).select_related("batch", "decided_by")
        one = mine.filter(pk=pk, status=Status.RUNNING, claimed_at=claim).first()
        if one is None:
            return None, 0
        rows = rows_of(one.batch, one.kind).filter(pk__gt=one.position)
        some = list(rows.select_for_update(of=("self",), skip_locked=True)[:CHUNK])
        one.claimed_at = timezone.now()
        if some:
            _move(one, some)
            one.position, one.moved = some[-1].pk, one.moved + len(some)
        else:
            one.status, one.finished_at, one.claimed_at = Status.DONE, timezone.now(), None
            one.left = left_of(one.batch).count() if one.kind == Kind.WITHDRAW else _withdrawn(one.batch)
        one.save(update_fields=["position", "moved", "left", "status", "finished_at", "claimed_at"])
    return one.claimed_at or claim, len(some)


def _withdrawn(batch: DaprosBatch) -> int:
    return Prospect.objects.filter(batch=batch, excluded_why=Excluded.WITHDRAWN).count()


def _move(one: Withdrawal, rows: Sequence[Prospect]) -> None:
    now, goes = timezone.now(), one.kind == Kind.WITHDRAW
    step = steps_of(Prospect)["withdraw" if goes else "restore"]
    target = State.EXCLUDED if goes else State.AVAILABLE
    events = [_event(one, row, step, target, now) for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(
            _MOVE,
            {
                "state": target.value, "now": now, "why": Excluded.WITHDRAWN if goes else "", "ready": not goes,
                "withdrawal": one.pk if goes else None, "ids": [row.pk for row in rows],
                "chains": [event.hash for event in events],
            },
        )  # fmt: skip
    fields = [field for field in Event._meta.concrete_fields if not field.primary_key]
    lines = ([getattr(event, field.attname) for field in fields] for event in events)
    copy_rows(Event._meta.db_table, [str(field.column) for field in fields], lines)


def _event(one: Withdrawal, row: Prospect, step: Any, target: str, now: Any) -> Event:
    event = Event(
        procedure=Prospect.procedure_name(), case_id=row.pk, seq=row.version + 1, at=now, role=min(SYSTEM.roles),
        step=step.name, clause=step.clause, revision=f"{Prospect.document} rev {Prospect.revision}", source=row.state,
        target=target, previous_hash=row.chain, data={"withdrawal": one.pk, "why": one.why},
    )  # fmt: skip
    event.hash = event.digest()
    return event


def may_withdraw(user: User) -> bool:
    return user.has_role(*LEADERS) and user.sees(DESK, None)


def _only_leaders(user: User) -> None:
    if not may_withdraw(user):
        raise NotYourStep(_("Lists are taken back by the desk's leaders."))
