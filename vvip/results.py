"""Answers of outside systems become steps: the category of CTI, the escalation that arrived, what was refused."""

from __future__ import annotations

import logging
from typing import Any

from django.utils.translation import gettext as _

from tenesa.accounts.models import SYSTEM
from tenesa.contact import dialling
from tenesa.systems import registry
from tenesa.systems.models import ExternalCall
from tenesa.workflow.errors import Refusal
from tenesa.workflow.perform import perform
from vvip.calls.states import Category
from vvip.models import Callback, SpecialCase

logger = logging.getLogger(__name__)
ESCALATIONS = {("mycx", "create_ticket"), ("nossa", "add_worklog"), ("coordination", "post")}


def register() -> None:
    registry.register_results(SpecialCase.procedure_name(), call_answered)
    registry.register_results(Callback.procedure_name(), callback_answered)


def call_answered(call: ExternalCall) -> None:
    """Called with the call locked, in a transaction. CTI down is a finding as well: the class is read from our list
    alone, and says so."""
    if (call.system, call.operation) != ("cti", "category"):
        return
    category = str(call.answer.get("category") or "") if call.succeeded else Category.DOWN
    known = category if category in Category.values else Category.REGULAR
    _take(SpecialCase.objects.get(pk=call.case_id), "keep_category", category=known)


def callback_answered(call: ExternalCall) -> None:
    if dialling.heard(call) or call.status == ExternalCall.Status.WAITING:
        return
    callback = Callback.objects.get(pk=call.case_id)
    if call.system == "callback":
        _followed(callback, call)
    elif (call.system, call.operation) in ESCALATIONS:
        if call.succeeded:
            _take(callback, "confirm_escalation")
        else:
            _take(callback, "note_problem", note=call.error_message[:300])


def _followed(callback: Callback, call: ExternalCall) -> None:
    """The callback application follows and never gates (ADR-0032): that it knows the item already (DUPLICATE) or ended
    it (CLOSED) is what we want, who else holds it there (CONFLICT) is told. What reached it before the entry did
    (NOT_FOUND) is said again once it has that."""
    if call.operation == "enqueue" and (call.succeeded or call.error_code == "DUPLICATE"):
        missed = ExternalCall.objects.filter(
            procedure=call.procedure, case_id=call.case_id, system="callback", error_code="NOT_FOUND"
        )
        if missed.exists():
            _take(callback, "catch_up")
    elif call.error_code == "CONFLICT":
        words = _("In the callback application %(who)s has taken it: agree with them who calls.")
        _take(callback, "note_application", note=words % {"who": call.answer.get("agent", "?")})


def _take(case: Any, step: str, **inputs: Any) -> None:
    try:
        perform(case, step, actor=SYSTEM, **inputs)
    except Refusal as refusal:
        logger.info("%s: %s not taken: %s", case, step, refusal)
