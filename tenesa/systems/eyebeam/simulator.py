"""The simulated Eyebeam: the same telephones and outcomes as the simulated softphone, told in SIP's words."""

from __future__ import annotations

from typing import Any

from tenesa.systems.eyebeam.client import RESULTS, STATES
from tenesa.systems.simulator.contract import Answer, Operation, Params
from tenesa.systems.simulator.store import Store
from tenesa.systems.softphone import simulator as softphone

PREFIX = "EB"
CODES = {result: code for code, result in RESULTS.items()}
IN_ITS_WORDS = {state: own for own, state in STATES.items()}


def call(store: Store, params: Params) -> Answer:
    asked = Params({"number": params.need("to"), "agent": params.need("account")})
    made = softphone.dial(store, asked)
    call_id = _own(made.ref)
    return Answer({"id": call_id, "to": asked.text("number"), "started": made.data["started_at"]}, ref=call_id)


def end(store: Store, params: Params) -> Answer:
    softphone.hang_up(store, Params({"call_id": _theirs(store, params.need("id"))}))
    return history(store, params)


def history(store: Store, params: Params) -> Answer:
    known = softphone.known_call(store, params.need("id"), PREFIX)
    return Answer(_told(softphone.as_it_stands(store, known)))


def _told(stands: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": _own(stands["call_id"]),
        "to": stands["number"],
        "account": stands["agent"],
        "state": IN_ITS_WORDS[stands["state"]],
        "sip": CODES[stands["result"]] if stands["result"] else None,
        "started": stands["started_at"],
        "ended": stands["ended_at"],
        "talk_seconds": stands["duration"],
        "recording": stands["recording"],
    }


def _own(call_id: str) -> str:
    return f"{PREFIX}-{call_id.removeprefix('CALL-')}"


def _theirs(store: Store, own: str) -> str:
    return f"CALL-{softphone.known_call(store, own, PREFIX)['id']:08d}"


OPERATIONS = {
    "call": Operation(call, writes=True),
    "end": Operation(end, writes=True),
    "history": Operation(history),
}
