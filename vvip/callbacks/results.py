"""What is heard of a callback from outside: escalations that arrived or not, its application, the customer's mail."""

from __future__ import annotations

import logging
from typing import Any

from django.utils.translation import gettext as _

from tenesa.accounts.models import SYSTEM, User
from tenesa.contact import dialling
from tenesa.mail import registry as mail_registry
from tenesa.mail.models import InboundMail
from tenesa.mail.values import Filed, ParsedMail, ThreadMatch
from tenesa.systems import registry
from tenesa.systems.models import ExternalCall
from tenesa.systems.mycx.refused import refused_words
from tenesa.workflow.errors import Refusal
from tenesa.workflow.perform import perform
from vvip.models import Callback

logger = logging.getLogger(__name__)
ESCALATIONS = {("mycx", "create_ticket"), ("nossa", "add_worklog"), ("coordination", "post")}


def register() -> None:
    """Called once, in `AppConfig.ready`."""
    name = Callback.procedure_name()
    registry.register_results(name, answered)
    mail_registry.register(name, receive=receive, visible=visible)


# --- mail ------------------------------------------------------------------------------------------------------------
def receive(inbound: InboundMail, parsed: ParsedMail, thread: ThreadMatch | None) -> Filed:
    """The customer answers “we tried to reach you”: the callback shows that they wrote."""
    if thread is None:
        raise LookupError("a callback begins with a call, not with a mail")
    callback = Callback.objects.get(pk=thread.case_id)
    perform(callback, "hear_customer", actor=SYSTEM)
    return Filed(callback.pk)


def visible(user: User, case_id: int) -> bool:
    return bool(Callback.objects.visible_to(user).filter(pk=case_id).exists())


# --- calls -----------------------------------------------------------------------------------------------------------
def answered(call: ExternalCall) -> None:
    """Called with the call locked, in a transaction."""
    if dialling.heard(call) or call.status == ExternalCall.Status.WAITING:
        return
    callback = Callback.objects.get(pk=call.case_id)
    if call.system == "callback":
        _followed(callback, call)
    elif (call.system, call.operation) in ESCALATIONS:
        if call.succeeded:
            _take(callback, "confirm_escalation")
        else:
            _take(callback, "note_problem", note=refused_words(call)[:300])


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


def _take(callback: Callback, step: str, **inputs: Any) -> None:
    try:
        perform(callback, step, actor=SYSTEM, **inputs)
    except Refusal as refusal:
        logger.info("%s: %s not taken: %s", callback, step, refusal)
