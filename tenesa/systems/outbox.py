"""Calls out: a row with the step, made after commit, repeated with the same key until it is answered (X-04)."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Case as Either
from django.db.models import F, Field, Q, Value, When
from django.utils import timezone

from tenesa.accounts.models import SYSTEM, Actor
from tenesa.audit.models import Event
from tenesa.redis_link import FAILURES, asking
from tenesa.systems import breaker
from tenesa.systems.errors import Refused, Unavailable
from tenesa.systems.models import ExternalCall
from tenesa.systems.operation import operation_of
from tenesa.systems.registry import handler_of, why_unwanted
from tenesa.workflow.batched_on_commit import batched, later
from tenesa.workflow.case import Case
from tenesa.workflow.changed import changed

logger = logging.getLogger(__name__)
Status = ExternalCall.Status

BACK_OFF = (timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=5), timedelta(minutes=10))
STALE = timedelta(minutes=2)
FIRST_PAUSE = timedelta(seconds=30)  # before a handler that failed is asked again
CHUNK = 10  # calls that one message may name
QUICK = 0.5  # seconds after which the calls of a message no longer wait for each other
FINAL = (Status.ANSWERED, Status.REFUSED, Status.DEAD)
SETTLED = (Status.DONE, Status.REFUSED, Status.DEAD)  # and the procedure has heard of it


@dataclass(frozen=True)
class CallOut:
    """A call that a step decides on; `write` makes it a row inside the step's transaction.

    `key` is the idempotency key that the system sees; a key that exists already is the same call and is not made again.
    """

    system: str
    operation: str
    payload: Mapping[str, Any]
    key: str
    back_off: Sequence[timedelta] = BACK_OFF

    def write(self, case: Case, event: Event) -> None:
        call = ExternalCall(
            procedure=case.procedure_name(),
            case_id=case.pk,
            event=event,
            system=self.system,
            operation=self.operation,
            payload=dict(self.payload),
            idempotency_key=self.key,
            retry_seconds=[pause.total_seconds() for pause in self.back_off],
        )
        if _insert(call):
            transaction.on_commit(partial(nudge, call.pk, self.system))


@dataclass(frozen=True)
class CancelCalls:
    """Cancel the case's calls of an operation that were not reached and whose payload has these values; `waiting`
    ones too, that is those which failed already and would be tried again."""

    system: str
    operation: str
    payload: Mapping[str, Any]
    waiting: bool = False

    def write(self, case: Case, event: Event) -> None:
        unreached = Q(status=Status.DEAD)
        if self.waiting:
            unreached |= Q(status=Status.WAITING, attempts__gt=0)
        calls = ExternalCall.objects.filter(
            unreached,
            procedure=case.procedure_name(),
            case_id=case.pk,
            system=self.system,
            operation=self.operation,
            payload__contains=dict(self.payload),
        )
        calls.update(status=Status.CANCELLED)


@dataclass(frozen=True)
class TryNow:
    """A person asks for a system by name: also one that counts as down is tried."""

    system: str

    def write(self, case: Case, event: Event) -> None:
        breaker.try_now(self.system)


@cache
def _insert_statement() -> tuple[list[Field[Any, Any]], str]:
    """Written once: building it through the ORM costs more than running it, and needs three statements."""
    fields = list(ExternalCall._meta.concrete_fields)
    columns, places = ", ".join(f'"{field.column}"' for field in fields), ", ".join(["%s"] * len(fields))
    table = ExternalCall._meta.db_table
    return fields, f'INSERT INTO "{table}" ({columns}) VALUES ({places}) ON CONFLICT (idempotency_key) DO NOTHING'  # noqa: S608 - our own names


def _insert(call: ExternalCall) -> bool:
    """Store a new call; False when its key is there already."""
    fields, statement = _insert_statement()
    with connection.cursor() as cursor:
        cursor.execute(
            statement, [field.get_db_prep_save(getattr(call, field.attname), connection) for field in fields]
        )
        return bool(cursor.rowcount)


def nudge(pk: UUID, system: str) -> None:
    """Wake a worker; when the broker is away the sweep finds the row."""
    later(_wake, (system, str(pk)))


def _wake(calls: Sequence[tuple[str, str]]) -> None:
    """One message for the calls of one system; those of another never wait behind them (P-05 6)."""
    from tenesa.systems.tasks import deliver_calls

    systems: dict[str, list[str]] = {}
    for system, pk in calls:
        systems.setdefault(system, []).append(pk)
    try:
        for pks in systems.values():
            for start in range(0, len(pks), CHUNK):
                with asking():
                    deliver_calls.apply_async((pks[start : start + CHUNK],), retry=False)
    except FAILURES:
        logger.warning("no broker to wake a worker for calls %s", calls)


def deliver_together(pks: Sequence[str]) -> list[str]:
    """Make several calls one after the other. Once one was slow, the rest wake workers of their own."""
    statuses: list[str] = []
    started = time.monotonic()
    for place, pk in enumerate(pks):
        if place and time.monotonic() - started > QUICK:
            for left in pks[place:]:
                _wake([("", left)])
            break
        statuses.append(deliver(pk))
    return statuses


def deliver(pk: UUID | str) -> str:
    """Make one call if it is due and nobody else does; return the status it has then."""
    call = _claim(pk)
    if call is None:
        return "not due"
    _make(call)
    if not apply(call.pk):
        changed(call.procedure, call.case_id)  # refused by its handler, or tried again later
    _wake_next(call.system)
    return ExternalCall.objects.values_list("status", flat=True).get(pk=call.pk)


def _make(call: ExternalCall) -> None:
    """Ask the system and store what came of it."""
    healthy = True
    try:
        healthy = breaker.let_through(call.system)
        answer = operation_of(call.system, call.operation)(call.payload, call)
    except Refused as error:
        logger.info("call %s refused: %s %s", call, error.code, error)
        _record(call, Status.REFUSED, error_code=error.code, error_message=str(error), answer=error.data)
        _note_answer(call.system, healthy)
    except Unavailable as error:
        logger.info("call %s not answered: %s %s", call, error.code, error)
        breaker.failed(call.system, error)
        _again(call, error.code, str(error))
    except Exception as error:
        logger.exception("call %s", call)
        _again(call, "INTERNAL", f"{type(error).__name__}: {error}")
    else:
        _record(call, Status.ANSWERED, answer=answer, error_code="", error_message="")
        _note_answer(call.system, healthy)


@contextmanager
def asked(system: str) -> Iterator[None]:
    """Around a call that is no row of the outbox: raises Unavailable at once while the system is down, and keeps
    whether it answers."""
    healthy = breaker.let_through(system)
    try:
        yield
    except Unavailable as error:
        breaker.failed(system, error)
        raise
    except Refused:
        _note_answer(system, healthy)
        raise
    _note_answer(system, healthy)


def probe(system: str) -> bool:
    """Ask a system for a sign of life; what waits for one that is back is called now."""
    back = breaker.probe(system)
    if back:
        _wake_all(system)
    return back


def _note_answer(system: str, healthy: bool) -> None:
    """A system answered; where it had not been `healthy`, what waits for it is called now."""
    if not healthy and breaker.answered(system):
        _wake_all(system)


def _wake_all(system: str) -> None:
    """Nobody waits out a pause for a system that is back; who is not woken here follows by `_wake_next`."""
    waiting = ExternalCall.objects.filter(system=system, status=Status.WAITING)
    waiting.filter(next_try_at__gt=timezone.now()).update(next_try_at=timezone.now())
    for pk in waiting.order_by("next_try_at").values_list("pk", flat=True)[: settings.SYSTEMS_AT_ONCE]:
        nudge(pk, system)


def _wake_next(system: str) -> None:
    """A place became free: the longest due call of this system that found none may have it."""
    now = timezone.now()
    if _being_asked(system, now) == settings.SYSTEMS_AT_ONCE - 1:
        due = ExternalCall.objects.filter(system=system, status=Status.WAITING, next_try_at__lte=now)
        if pk := due.order_by("next_try_at").values_list("pk", flat=True).first():
            nudge(pk, system)


def _being_asked(system: str, now: datetime) -> int:
    return ExternalCall.objects.filter(system=system, status=Status.SENDING, claimed_at__gte=now - STALE).count()


def _claim(pk: UUID | str) -> ExternalCall | None:
    """The call, if it is due, nobody has it, and its system is not yet asked by as many as may at once.

    Those who find no place stay due. Who claims for one system at the same moment waits for the other's count.
    """
    now = timezone.now()
    due = Q(status=Status.WAITING, next_try_at__lte=now) | Q(status=Status.SENDING, claimed_at__lt=now - STALE)
    call = ExternalCall.objects.filter(due, pk=pk).select_related("event__actor").first()
    if call is None:
        return None
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"call:{call.system}"])
        if _being_asked(call.system, now) >= settings.SYSTEMS_AT_ONCE:
            return None
        claimed = ExternalCall.objects.filter(due, pk=pk).update(
            status=Status.SENDING, claimed_at=now, attempts=F("attempts") + 1
        )
    if claimed and call.attempts:
        changed(call.procedure, call.case_id)  # its next try has begun
    call.status, call.claimed_at, call.attempts = Status.SENDING, now, call.attempts + 1
    return call if claimed else None


def _record(call: ExternalCall, status: str, **values: Any) -> None:
    ExternalCall.objects.filter(pk=call.pk, status=Status.SENDING).update(
        status=status, answered_at=timezone.now(), **values
    )


def _again(call: ExternalCall, code: str, message: str) -> None:
    """Wait for the next try, or give up after the last; the first failure is told at once, as a delay."""
    if call.attempts > len(call.retry_seconds):
        _record(call, Status.DEAD, error_code=code, error_message=message)
        return
    pause = timedelta(seconds=call.retry_seconds[call.attempts - 1])
    with transaction.atomic():
        waiting = ExternalCall.objects.filter(pk=call.pk, status=Status.SENDING).update(
            status=Status.WAITING, next_try_at=timezone.now() + pause, error_code=code, error_message=message
        )
        if waiting and not call.error_code:
            _hear(_locked(call.pk))


def apply(pk: UUID | str) -> bool:
    """Let the procedure hear of a final outcome, once. A failing handler leaves the outcome visible with its note."""
    with transaction.atomic():
        call = _locked(pk)
        if call.status not in FINAL or call.applied_at or not _hear(call):
            return False
        done = Status.DONE if call.status == Status.ANSWERED else call.status
        ExternalCall.objects.filter(pk=pk).update(status=done, applied_at=timezone.now(), note="")
        changed(call.procedure, call.case_id)
        return True


def _hear(call: ExternalCall) -> bool:
    """Run the procedure's handler; what it had begun is undone when it fails, and tried again ever more slowly."""
    try:
        with transaction.atomic():
            handler_of(call.procedure)(call)
    except Exception as error:
        logger.exception("outcome of call %s not taken over", call)
        now, this = timezone.now(), ExternalCall.objects.filter(pk=call.pk)
        this.update(note=f"{type(error).__name__}: {error}"[:2000])
        this.filter(status__in=FINAL).update(next_try_at=now + max(FIRST_PAUSE, now - (call.answered_at or now)))
        return False
    return True


def _locked(pk: UUID | str) -> ExternalCall:
    """The call, locked after its case: steps lock in that order too, so nobody waits for each other in a circle."""
    procedure, case_id = ExternalCall.objects.values_list("procedure", "case_id").get(pk=pk)
    cases = apps.get_model(procedure)._base_manager
    list(cases.select_for_update().filter(pk=case_id).values_list("pk"))
    return ExternalCall.objects.select_for_update().get(pk=pk)


@transaction.atomic
def retry(pk: UUID | str, actor: Actor = SYSTEM) -> bool:
    """Try a call again that was not reached, from the first try and with the same key; False when it is not DEAD, or
    when its case no longer wants it: then it is cancelled and says why."""
    call, dead = _locked(pk), ExternalCall.objects.filter(pk=pk, status=Status.DEAD)
    if call.status == Status.DEAD and (words := why_unwanted(call)):
        dead.update(status=Status.CANCELLED, error_code="", error_message=words)
        changed(call.procedure, call.case_id)
        return False
    moved = dead.update(
        status=Status.WAITING, attempts=0, next_try_at=timezone.now(), applied_at=None, error_code="", note=""
    )
    if moved:
        changed(call.procedure, call.case_id)
        breaker.try_now(call.system)
        logger.info("call %s tried again by %s", pk, actor)
        transaction.on_commit(partial(nudge, UUID(str(pk)), call.system))
    return bool(moved)


def tell_again(pk: UUID) -> None:
    """The procedure hears an outcome once more: it came while the case did not wait for it."""
    settled = ExternalCall.objects.filter(pk=pk, status__in=SETTLED)
    status = Either(When(status=Status.DONE, then=Value(Status.ANSWERED)), default="status")
    settled.update(status=status, applied_at=None, next_try_at=timezone.now())
    transaction.on_commit(partial(apply, pk))


def sweep(now: datetime | None = None, limit: int = 500) -> int:
    """Nudge again what is due or hangs in SENDING, and apply outcomes that no procedure has heard of."""
    now = now or timezone.now()
    due = Q(status=Status.WAITING, next_try_at__lte=now) | Q(status=Status.SENDING, claimed_at__lt=now - STALE)
    calls = list(ExternalCall.objects.filter(due).order_by("next_try_at").values_list("pk", "system")[:limit])
    with batched():
        for pk, system in calls:
            nudge(pk, system)
    unheard = ExternalCall.objects.filter(status__in=FINAL, applied_at=None, next_try_at__lte=now)
    unheard_pks = list(unheard.order_by("answered_at").values_list("pk", flat=True)[:limit])
    for pk in unheard_pks:
        apply(pk)
    return len(calls) + len(unheard_pks)
