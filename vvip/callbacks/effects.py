"""What the steps of a callback set going: the step of the call, the callback application, the dial, clocks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenesa.accounts.models import User
from tenesa.contact import rules
from tenesa.contact.kinds import By, Result
from tenesa.contact.models import ContactAttempt
from tenesa.systems.outbox import CallOut, TryNow
from tenesa.timers.outgoing import StartTimer, StopTimer
from tenesa.workflow.other_case import StepOn
from tenesa.workflow.step import AddRow, Outgoing, StepContext, effect
from vvip.callbacks.guards import PURPOSE
from vvip.callbacks.states import DUE, EXPIRY, OPENS_TO_ALL_AFTER, PICKUP, PROMISED, RISE, How, State
from vvip.calls.states import Asked
from vvip.calls.states import State as CallState

if TYPE_CHECKING:
    from vvip.models import Callback


def key(callback: Callback, part: str) -> str:
    return f"callback:{callback.pk}:{part}"


# --- the call moves with it ------------------------------------------------------------------------------------------
def on_call(step: str, label: Any, *names: str) -> Any:
    """An effect: the call takes this step, given the named inputs."""

    @effect(label)
    def moves(callback: Callback, taken: StepContext) -> Iterable[Outgoing]:
        yield StepOn(callback.call, step, {name: taken.inputs[name] for name in names})

    return moves


call_analysed = on_call("tier2_analyses", gettext_lazy("the call: analysed by Tier 2"), "analysis")
call_reached = on_call("tier2_reaches", gettext_lazy("the call: customer reached"))
call_solved = on_call("tier2_solves", gettext_lazy("the call: solved"), "solution")


@effect(gettext_lazy("the call: taken by Tier 2"))
def call_taken(callback: Callback, taken: StepContext) -> Iterable[Outgoing]:
    if callback.owner is not None and callback.call.state == CallState.CALLBACK_QUEUED:
        yield StepOn(callback.call, "tier2_takes", {"agent": callback.owner})


@effect(gettext_lazy("the call: back in the queue"))
def call_waits(callback: Callback, taken: StepContext) -> Iterable[Outgoing]:
    if callback.call.state != CallState.CALLBACK_QUEUED:
        yield StepOn(callback.call, "back_in_queue")


@effect(gettext_lazy("the call: closed, nobody was reached"))
def call_expired(callback: Callback, taken: StepContext) -> Iterable[Outgoing]:
    note = taken.inputs.get("note") or _("The customer was not reached within the time of the callback.")
    yield StepOn(callback.call, "callback_expired", {"note": note})


def call_asks(asked: Asked, label: Any) -> Any:
    """An effect: the call waits for the team leader's decision."""

    @effect(label)
    def asks(callback: Callback, taken: StepContext) -> Iterable[Outgoing]:
        inputs = {"asked": asked, "reason": taken.inputs["reason"], "asked_by": taken.actor}
        yield StepOn(callback.call, "tier2_asks", inputs)

    return asks


# --- the callback application (S-21): our table decides, it follows --------------------------------------------------
@effect(gettext_lazy("callback application: entered (S-21)"))
def enter(callback: Callback, taken: StepContext) -> Iterable[Outgoing]:
    due_at = (callback.at or callback.due_at).isoformat()
    payload = {
        "case": callback.number, "number": callback.number_to_call, "due_at": due_at, "priority": callback.tier,
    }  # fmt: skip
    yield CallOut("callback", "enqueue", payload, key=key(callback, "enqueue"))


@effect(gettext_lazy("callback application: taken (S-21)"))
def claimed(callback: Callback, taken: StepContext) -> Iterable[Outgoing]:
    agent = taken.actor.username if isinstance(taken.actor, User) else "system"
    payload = {"case": callback.number, "agent": agent}
    yield CallOut("callback", "claim", payload, key=key(callback, f"v{callback.version}:claim"))


@effect(gettext_lazy("callback application: another time (S-21)"))
def rescheduled(callback: Callback, taken: StepContext) -> Iterable[Outgoing]:
    due_at = (callback.at or taken.at).isoformat()
    payload = {"case": callback.number, "due_at": due_at, "priority": callback.tier}
    yield CallOut("callback", "reschedule", payload, key=key(callback, f"v{callback.version}:reschedule"))


@effect(gettext_lazy("callback application: completed (S-21)"))
def completed(callback: Callback, taken: StepContext) -> Iterable[Outgoing]:
    payload = {"case": callback.number, "result": str(callback.state)}
    yield CallOut("callback", "complete", payload, key=key(callback, "complete"))


# --- clocks ----------------------------------------------------------------------------------------------------------
@effect(gettext_lazy("clocks: take it, next tier; its end"))
def waiting_clocks(callback: Callback, taken: StepContext) -> Iterable[Outgoing]:
    """By state: an appointment or the next attempt waits for its time, the queue for somebody who takes it."""
    yield StopTimer((PICKUP, DUE, PROMISED, RISE))
    if callback.state == State.QUEUED:
        yield StartTimer(PICKUP, until=callback.due_at, warn=callback.target * 2 / 3)
        yield from _rise(callback)
        if callback.promised_to_id:
            yield StartTimer(PROMISED, due=OPENS_TO_ALL_AFTER, step="open_to_all")
    elif callback.at is not None and not callback.with_leader:
        yield StartTimer(DUE, until=callback.at, step="come_due")
    yield StartTimer(EXPIRY, until=callback.expires_at, step="expire", unless_alive=True)


@effect(gettext_lazy("clock: next tier"))
def rise_clock(callback: Callback, taken: StepContext) -> Iterable[Outgoing]:
    yield from _rise(callback)


def _rise(callback: Callback) -> Iterable[Outgoing]:
    moment = callback.rises_at()
    if moment is not None:
        yield StartTimer(RISE, until=moment, step="rise")


@effect(gettext_lazy("clocks of the queue stop"))
def held_clocks(callback: Callback, taken: StepContext) -> Iterable[Outgoing]:
    yield StopTimer((PICKUP, DUE, PROMISED, RISE))


@effect(gettext_lazy("clocks stop"))
def stop_clocks(callback: Callback, taken: StepContext) -> Iterable[Outgoing]:
    yield StopTimer()


# --- the customer ----------------------------------------------------------------------------------------------------
@effect(gettext_lazy("softphone: dial (S-25)"))
def dial(callback: Callback, taken: StepContext) -> Iterable[Outgoing]:
    agent = taken.actor.username if isinstance(taken.actor, User) else "system"
    yield TryNow("softphone")
    payload = {"number": callback.number_to_call, "agent": agent}
    yield CallOut("softphone", "dial", payload, key=callback.dial)


@effect(gettext_lazy("the attempt is kept (contact rules)"))
def keep_attempt(callback: Callback, taken: StepContext) -> Iterable[Outgoing]:
    told, agent = taken.inputs, taken.actor
    if isinstance(agent, User):
        yield AddRow(
            ContactAttempt(
                person=callback.person,
                number=callback.number_to_call,
                purpose=PURPOSE,
                procedure=callback.procedure_name(),
                case_id=callback.pk,
                at=taken.at,
                by=By.PHONE,
                result=told.get("result") or Result.CONNECTED,
                answered_by=told.get("answered_by", ""),
                recording=told.get("recording", ""),
                note=told.get("note", ""),
                call_id=callback.dial,
                agent=agent,
            )
        )


@effect(gettext_lazy("MyCX, NOSSA or the group gets it (S-03, S-07, S-18)"))
def escalate(callback: Callback, taken: StepContext) -> Iterable[Outgoing]:
    call, text, how = callback.call, taken.inputs["text"], taken.inputs["how"]
    part = f"v{callback.version}:escalate"
    if how == How.TICKET:
        payload: dict[str, Any] = {
            "product_id": call.service.product_id if call.service else "",
            "reporter_name": callback.contact_name or call.who,
            "reporter_phone": callback.number_to_call,
            "reporter_email": "",
            "symptom": call.topic,
            "description": text,
            "segment": call.customer.segment if call.customer else "",
            "channel": "147",
        }
        yield TryNow("mycx")
        yield CallOut("mycx", "create_ticket", payload, key=key(callback, part))
    elif how == How.WORKLOG:
        payload = {
            "number": call.incident_numbers()[0],
            "log_type": "WORK",
            "summary": f"[{call.number}] {text}"[:200],
            "detail": text,
            "client_viewable": False,
        }
        yield CallOut("nossa", "add_worklog", payload, key=key(callback, part))
    else:
        payload = {"group": settings.W26["group"], "text": f"[{call.number}] {text}", "case": call.number}
        yield CallOut("coordination", "post", payload, key=key(callback, part))


@effect(gettext_lazy("the call: escalated by Tier 2"))
def call_escalated(callback: Callback, taken: StepContext) -> Iterable[Outgoing]:
    yield StepOn(callback.call, "tier2_escalates")


def rule() -> rules.Rule:
    """How often and how far apart Tier 2 tries (requirements 7: three times, 30 minutes apart)."""
    return rules.policy_of(PURPOSE).rule
