"""What the steps of a callback set going: the step of the call, the callback application, the dial, clocks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenesa.accounts.models import User
from tenesa.contact import dialling
from tenesa.contact.kinds import Result
from tenesa.contact.outgoing import Dialled, attempted
from tenesa.mail.outbox import MailOut
from tenesa.mail.salutation import addressed
from tenesa.systems.outbox import CallOut, TryNow
from tenesa.timers.outgoing import StartTimer, StopTimer
from tenesa.workflow.claiming import OnlySoMany
from tenesa.workflow.other_case import StepOn
from tenesa.workflow.step import Outgoing, StepContext, effect
from vvip.callbacks import contact
from vvip.callbacks.states import (
    DUE,
    EXPIRY,
    HELD,
    LEFT,
    OPENS_TO_ALL_AFTER,
    PASSED_ON,
    PICKUP,
    PROMISED,
    RISE,
    TOO_OFTEN_LEFT,
    How,
    State,
)
from vvip.calls.effects import readings_of
from vvip.calls.states import AT_TIER2, REACHED, Asked
from vvip.calls.states import State as CallState

if TYPE_CHECKING:
    from vvip.models import Callback, SpecialCase

AT_ONCE = timedelta(seconds=1)
OF_QUEUE = (PICKUP, DUE, PROMISED, RISE, LEFT)


def key(callback: Callback, part: str) -> str:
    return f"callback:{callback.pk}:{part}"


# --- the call moves with it ------------------------------------------------------------------------------------------
def _call(callback: Callback) -> SpecialCase:
    """The call by its number alone: what it is now is read under its lock."""
    model: Any = type(callback)._meta.get_field("call").related_model
    call: SpecialCase = model(pk=callback.call_id)
    return call


def on_call(step: str, label: Any, *names: str) -> Any:
    """An effect: the call takes this step, given the named inputs."""

    @effect(label)
    def moves(callback: Callback, taken: StepContext) -> Iterable[Outgoing]:
        yield StepOn(_call(callback), step, {name: taken.inputs[name] for name in names})

    return moves


call_analysed = on_call("tier2_analyses", gettext_lazy("the call: analysed by Tier 2"), "analysis")
call_reached = on_call("tier2_reaches", gettext_lazy("the call: customer reached"))
call_sees_class = on_call("tier2_sees_class", gettext_lazy("the call: of the new class"))
call_solved = on_call("tier2_solves", gettext_lazy("the call: solved"), "solution")


@effect(gettext_lazy("the call: taken by Tier 2"))
def call_taken(callback: Callback, taken: StepContext) -> Iterable[Outgoing]:
    if callback.owner is None:
        return
    yield StepOn(_call(callback), "tier2_takes", {"agent": callback.owner}, where={CallState.CALLBACK_QUEUED})
    yield from call_as_noted.plan(callback, taken)


@effect(gettext_lazy("the call: analysed, where that was noted before"))
def call_as_noted(callback: Callback, taken: StepContext) -> Iterable[Outgoing]:
    if callback.analysis:
        noted = {"analysis": callback.analysis}
        yield StepOn(_call(callback), "tier2_analyses", noted, where={CallState.T2_PICKED})


@effect(gettext_lazy("the call: back in the queue"))
def call_waits(callback: Callback, taken: StepContext) -> Iterable[Outgoing]:
    yield StepOn(_call(callback), "back_in_queue", where=AT_TIER2)


@effect(gettext_lazy("the call: somebody else of Tier 2 has it"))
def call_changes_hands(callback: Callback, taken: StepContext) -> Iterable[Outgoing]:
    yield StepOn(_call(callback), "tier2_changes", {"agent": callback.owner})


@effect(gettext_lazy("the call: closed, nobody was reached"))
def call_expired(callback: Callback, taken: StepContext) -> Iterable[Outgoing]:
    note = taken.inputs.get("note") or _("The customer was not reached within the time of the callback.")
    yield StepOn(_call(callback), "callback_expired", {"note": note})


def call_asks(asked: Asked, label: Any) -> Any:
    """An effect: the call waits for the team leader's decision."""

    @effect(label)
    def asks(callback: Callback, taken: StepContext) -> Iterable[Outgoing]:
        inputs = {"asked": asked, "reason": taken.inputs["reason"], "asked_by": taken.actor}
        yield StepOn(_call(callback), "tier2_asks", inputs)

    return asks


# --- who holds it ----------------------------------------------------------------------------------------------------
@effect(gettext_lazy("no more open items than allowed"))
def only_so_many(callback: Callback, taken: StepContext) -> Iterable[Outgoing]:
    if callback.owner is not None:
        yield OnlySoMany(callback.owner, HELD, settings.W26["open_items"])


# --- readings --------------------------------------------------------------------------------------------------------
@effect(gettext_lazy("MyCX, SISKAS, NOSSA, EMBASSY, E-Payment are read (S-02, S-06, S-11, S-16, S-17)"))
def read_all(callback: Callback, taken: StepContext) -> Iterable[Outgoing]:
    yield from readings_of(callback.call, key(callback, f"v{callback.version}"))


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
    if callback.owner is not None:
        payload = {"case": callback.number, "agent": callback.owner.username}
        yield CallOut("callback", "claim", payload, key=key(callback, f"v{callback.version}:claim"))


@effect(gettext_lazy("callback application: back in its queue (S-21)"))
def rescheduled(callback: Callback, taken: StepContext) -> Iterable[Outgoing]:
    due_at = (callback.at or callback.due_at).isoformat()
    payload = {"case": callback.number, "due_at": due_at, "priority": callback.tier}
    yield CallOut("callback", "reschedule", payload, key=key(callback, f"v{callback.version}:reschedule"))


@effect(gettext_lazy("callback application: completed (S-21)"))
def completed(callback: Callback, taken: StepContext) -> Iterable[Outgoing]:
    payload = {"case": callback.number, "result": str(callback.state)}
    yield CallOut("callback", "complete", payload, key=key(callback, f"v{callback.version}:complete"))


@effect(gettext_lazy("callback application: what it missed (S-21)"))
def catch_up(callback: Callback, taken: StepContext) -> Iterable[Outgoing]:
    """It was down when the item was entered, and heard of what followed before it knew the item."""
    if callback.state in HELD:
        yield from claimed.plan(callback, taken)
    elif callback.state in {State.DONE, State.EXPIRED, State.CANCELLED}:
        yield from completed.plan(callback, taken)
    else:
        yield from rescheduled.plan(callback, taken)


# --- clocks ----------------------------------------------------------------------------------------------------------
@effect(gettext_lazy("clocks: take it, next tier; its end"))
def waiting_clocks(callback: Callback, taken: StepContext) -> Iterable[Outgoing]:
    """By state: an appointment or the next attempt waits for its time, the queue for somebody who takes it."""
    yield StopTimer((*OF_QUEUE, PASSED_ON))
    if callback.state == State.QUEUED:
        yield StartTimer(PICKUP, until=_not_past(callback.due_at, taken), warn=_two_thirds(callback, taken))
        yield from _rise(callback, taken)
        if callback.promised_to_id:
            yield StartTimer(PROMISED, due=OPENS_TO_ALL_AFTER, step="open_to_all")
    elif callback.at is not None and not callback.with_leader:
        yield StartTimer(DUE, until=_not_past(callback.at, taken), step="come_due")
    # overdue it goes on, so that the leaders on duty hear of the end
    yield StartTimer(EXPIRY, until=_not_past(callback.expires_at, taken), step="expire", goes_on=True)


def _not_past(moment: datetime, taken: StepContext) -> datetime:
    """A clock that is over already is overdue at the next sweep."""
    return max(moment, taken.at + AT_ONCE)


def _two_thirds(callback: Callback, taken: StepContext) -> Any:
    left = callback.due_at - taken.at
    return left * 2 / 3 if left > AT_ONCE else None


@effect(gettext_lazy("after three abandons, clock overdue at once: the leaders hear of it"))
def left_clock(callback: Callback, taken: StepContext) -> Iterable[Outgoing]:
    if callback.abandons % TOO_OFTEN_LEFT == 0:
        yield StartTimer(LEFT, due=AT_ONCE)


@effect(gettext_lazy("clock: next tier"))
def rise_clock(callback: Callback, taken: StepContext) -> Iterable[Outgoing]:
    yield StopTimer((RISE,))
    if callback.state == State.QUEUED:
        yield from _rise(callback, taken)


@effect(gettext_lazy("clocks: take it, next tier"))
def place_clocks(callback: Callback, taken: StepContext) -> Iterable[Outgoing]:
    yield StopTimer((RISE,))
    if callback.state == State.QUEUED:
        yield StartTimer(PICKUP, until=_not_past(callback.due_at, taken), warn=_two_thirds(callback, taken))
        yield from _rise(callback, taken)


def _rise(callback: Callback, taken: StepContext) -> Iterable[Outgoing]:
    moment = callback.rises_at()
    if moment is not None:
        yield StartTimer(RISE, until=_not_past(moment, taken), step="rise")


@effect(gettext_lazy("clocks of the queue stop"))
def held_clocks(callback: Callback, taken: StepContext) -> Iterable[Outgoing]:
    yield StopTimer((*OF_QUEUE, PASSED_ON))


@effect(gettext_lazy("clock, overdue at once: the leaders hear that somebody has to go on"))
def passed_on_clock(callback: Callback, taken: StepContext) -> Iterable[Outgoing]:
    yield StartTimer(PASSED_ON, due=AT_ONCE)


@effect(gettext_lazy("clocks stop"))
def stop_clocks(callback: Callback, taken: StepContext) -> Iterable[Outgoing]:
    yield StopTimer()


# --- the customer ----------------------------------------------------------------------------------------------------
@effect(gettext_lazy("softphone: dial (S-25)"))
def dial(callback: Callback, taken: StepContext) -> Iterable[Outgoing]:
    if isinstance(taken.actor, User) and callback.dial is not None:
        yield Dialled(contact.callee_of(callback), taken.actor, callback.dial)


@effect(gettext_lazy("the attempt is kept (contact rules)"))
def keep_attempt(callback: Callback, taken: StepContext) -> Iterable[Outgoing]:
    told, agent = taken.inputs, taken.actor
    if not isinstance(agent, User):
        return
    callee, made = contact.callee_of(callback), dialling.open_dial(callback.procedure_name(), callback.pk, agent)
    result = told.get("result") or Result.CONNECTED
    said = {name: told.get(name, "") for name in ("answered_by", "recording", "note")}
    yield from attempted(callee, agent=agent, at=taken.at, result=result, dial=made, **said)


@effect(gettext_lazy("“we tried to reach you” to the customer, where an address is known"))
def tell_unreached(callback: Callback, taken: StepContext) -> Iterable[Outgoing]:
    mailbox = contact.mailbox_of(callback)
    if callback.message_at == taken.at and callback.message_to and mailbox is not None:
        context = {
            "customer": addressed(callback.who), "subject": callback.title, "number": callback.call.number,
            "contact": settings.W26["contact"],
        }  # fmt: skip
        yield MailOut(
            purpose="callback_unreached", mailbox=mailbox, to=[callback.message_to], context=context, automatic=True
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
            "reporter_email": taken.inputs["reporter_email"],
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
    yield StepOn(_call(callback), "tier2_escalates", where=REACHED)  # else it is with the team leader already
