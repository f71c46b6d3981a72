"""Pend requests for tests: by the real doors, against the real simulator, without a worker process."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pgtrigger
from django.db.models import F, QuerySet
from django.utils import timezone

from pending import services
from pending.models import PendingRequest
from tenesa.accounts.models import User
from tenesa.contact import log
from tenesa.contact.models import ContactAttempt
from tenesa.systems import outbox
from tenesa.systems.models import ExternalCall
from tenesa.timers import sweep
from tenesa.timers.models import Timer
from tenesa.workflow.perform import perform

OPEN = "IN10482219"  # BACKEND in the seed
OTHER = "IN10482301"  # INPROG
NUMBER = "0812-0000-1187"
CALL = {"number": NUMBER, "answered_by": "Bonar Nababan", "recording": "REC-1"}


def ahead(**span: float) -> datetime:
    return (timezone.now() + timedelta(**span)).replace(microsecond=0)


def asked(unit: User, incident: str = OPEN, **changes: Any) -> PendingRequest:
    given = {
        "incident": incident, "reason": "CUST_RESCHEDULE", "reason_text": "Pelanggan minta besok pagi.",
        "until": ahead(hours=5), "unit": "TA Bandung", "person": "Ujang", **changes,
    }  # fmt: skip
    return services.ask(unit, given)[0]


def again(request: PendingRequest) -> PendingRequest:
    found: PendingRequest = PendingRequest.objects.get(pk=request.pk)
    return found


def placed(state: str, request: PendingRequest) -> PendingRequest:
    """A request in a state without its steps: only for tests of what is refused there."""
    columns: dict[str, Any] = {"state": state, "until": ahead(hours=2), "answer": "AGREED", "attempts_made": 1}
    columns |= {"connected_at": ahead(hours=-1), "owner": None}
    if state in {"REFUSED", "RETURNING", "RETURNED"}:
        columns |= {"answer": "REFUSED", "said": "tidak"}
    PendingRequest.objects.filter(pk=request.pk).update(**columns)
    return again(request)


def deliver(request: PendingRequest | None = None, *, worlds: str = "nossa") -> list[str]:
    """Make every call that waits, as a worker would; until nothing waits."""
    done: list[str] = []
    while True:
        calls = ExternalCall.objects.filter(
            procedure="pending.pendingrequest", system=worlds, status="WAITING", next_try_at__lte=timezone.now()
        )
        if request is not None:
            calls = calls.filter(case_id=request.pk)
        pks = list(calls.order_by("created_at", "pk").values_list("pk", flat=True))
        if not pks:
            return done
        done += [outbox.deliver(pk) for pk in pks]


def checked(agent: User, request: PendingRequest) -> PendingRequest:
    perform(request, "pick_up", actor=agent)
    deliver(request)
    return again(request)


def contacting(agent: User, request: PendingRequest) -> PendingRequest:
    given = {"contact_name": "Bonar Nababan", "contact_number": NUMBER}
    return perform(checked(agent, request), "start_contact", actor=agent, data=given)


def call(agent: User, request: PendingRequest, result: str = "NO_ANSWER", **changes: Any) -> PendingRequest:
    return perform(request, "record_attempt", actor=agent, data={**CALL, "result": result, **changes})


def time_passes(request: PendingRequest, minutes: int) -> None:
    """The calls so far, of any request, were made that much earlier."""
    with pgtrigger.ignore("contact.ContactAttempt:append_only"):
        ContactAttempt.objects.update(at=F("at") - timedelta(minutes=minutes))


def comes(request: PendingRequest, minutes: int) -> None:
    """The time that was promised to the customer came so many minutes ago."""
    PendingRequest.objects.filter(pk=request.pk).update(call_back_at=ahead(minutes=-minutes))


def put_attempt(request: PendingRequest, agent: User, **columns: Any) -> ContactAttempt:
    """A row of the log without its step."""
    of_case = {"procedure": request.procedure_name(), "case_id": request.pk}
    return ContactAttempt.objects.create(number="08120000", purpose="hold", agent=agent, **of_case, **columns)


def tried(request: PendingRequest) -> QuerySet[ContactAttempt]:
    return log.of_case(request.procedure_name(), request.pk)


def unreached(agent: User, request: PendingRequest) -> PendingRequest:
    for _number in range(3):
        time_passes(request, 11)
        call(agent, request)
    return again(request)


def agreed(agent: User, request: PendingRequest, until: datetime | None = None) -> PendingRequest:
    call(agent, request, "CONNECTED")
    return perform(request, "agree", actor=agent, data={"until": until or ahead(hours=4), "said_yes": "on"})


def pended(agent: User, unit: User, incident: str = OPEN) -> PendingRequest:
    request = agreed(agent, contacting(agent, asked(unit, incident)))
    deliver(request)
    return again(request)


def time_is_up(request: PendingRequest, name: str) -> None:
    """The named clock is due now, and beat looks: nobody is at work, it is night."""
    past = timezone.now() - timedelta(seconds=1)
    PendingRequest.objects.filter(pk=request.pk, until__gt=past).update(until=past)
    PendingRequest.objects.filter(pk=request.pk, held_until__gt=past).update(held_until=past)
    timers = Timer.objects.filter(procedure="pending.pendingrequest", case_id=request.pk, name=name, state="RUNNING")
    assert timers.update(started_at=past - timedelta(days=1), due_at=past) == 1, list(
        Timer.objects.filter(case_id=request.pk).values("name", "state")
    )
    sweep.fire_due()
