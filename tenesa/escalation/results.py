"""Answers to an escalation's calls become its steps: the unit's reference, the group's message, a failure."""

from __future__ import annotations

import logging
from typing import Any

from tenesa.accounts.models import SYSTEM
from tenesa.escalation.models import Escalation
from tenesa.escalation.states import State
from tenesa.systems import registry
from tenesa.systems.models import ExternalCall
from tenesa.workflow.errors import Refusal
from tenesa.workflow.perform import perform

logger = logging.getLogger(__name__)


def register() -> None:
    registry.register_results(Escalation.procedure_name(), answered)


def answered(call: ExternalCall) -> None:
    """Called with the call locked, in a transaction; whoever withdrew meanwhile does not wait for it any more."""
    escalation = Escalation.objects.get(pk=call.case_id)
    if escalation.state != State.WITH_UNIT or call.status == ExternalCall.Status.WAITING:
        return
    match call.operation, call.succeeded:
        case "escalate", True:
            if not escalation.reference:
                _take(escalation, "record_reference", reference=call.answer["reference"])
        case "post", True:
            if not escalation.message:
                _take(escalation, "note_posted", message=call.answer["message"])
        case _:
            _take(escalation, "want_attention", note=call.error_message[:300])


def _take(escalation: Escalation, step: str, **inputs: Any) -> None:
    try:
        perform(escalation, step, actor=SYSTEM, **inputs)
    except Refusal as refusal:
        logger.info("%s: %s not taken: %s", escalation, step, refusal)
