"""What is heard of a result from outside: both applications, and the payments of a promise."""

from __future__ import annotations

import logging
from typing import Any

from caring.models import CaringResult
from caring.promises import judging
from tenesa.accounts.models import SYSTEM
from tenesa.systems import registry
from tenesa.systems.models import ExternalCall
from tenesa.workflow.errors import Refusal
from tenesa.workflow.perform import perform

logger = logging.getLogger(__name__)
ENTRIES = {("mycx", "result"): "mycx", ("cwc", "enter"): "cwc"}


def register() -> None:
    """Called once, in `AppConfig.ready`."""
    registry.register_results(CaringResult.procedure_name(), answered)


def answered(call: ExternalCall) -> None:
    """Called with the call locked, in a transaction. A call that still waits is tried again by the outbox: the other
    application keeps what it has, and the result is not entered before both have it."""
    if call.status == ExternalCall.Status.WAITING:
        return
    result = CaringResult.objects.get(pk=call.case_id)
    system = ENTRIES.get((call.system, call.operation))
    if system is not None:
        _entered(result, call, system)
    elif (call.system, call.operation) == ("epayment", "payments") and call.succeeded:
        _paid(result, call)
    elif (call.system, call.operation) == ("apprec", "find") and call.succeeded:
        _take(result, "note_recording", recording=call.answer["recording"])


def _entered(result: CaringResult, call: ExternalCall, system: str) -> None:
    if call.payload.get("key") != result.key:
        return  # an earlier version; what holds now was sent after it
    if call.succeeded:
        _take(result, "confirm_entry", system=system, reference=str(call.answer["reference"]))
    elif call.status == ExternalCall.Status.REFUSED:
        _take(result, "note_refusal", problem=f"{system.upper()}: {call.error_message}")


def _paid(result: CaringResult, call: ExternalCall) -> None:
    found = judging.judge(result, call.answer["payments"])
    if found is not None:
        _take(result, "judge_promise", verdict=found.state, paid=found.paid, ask_on=found.ask_on)


def _take(result: CaringResult, step: str, **inputs: Any) -> None:
    try:
        perform(result, step, actor=SYSTEM, **inputs)
    except Refusal as refusal:
        logger.info("%s: %s not taken: %s", result, step, refusal)
