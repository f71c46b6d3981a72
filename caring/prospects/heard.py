"""What is heard of a prospect from outside: bills, orders of MyCX, calls."""

from __future__ import annotations

import logging
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from caring.models import CaringResult, Prospect
from caring.prospects import contact
from caring.prospects.states import OPEN
from tenesa.accounts.models import SYSTEM, Actor, User
from tenesa.contact import dialling
from tenesa.contact.models import Dial
from tenesa.systems import registry
from tenesa.systems.models import ExternalCall
from tenesa.workflow.case import Case
from tenesa.workflow.errors import Refusal
from tenesa.workflow.perform import perform
from tenesa.workflow.perform import refused as refused_steps
from tenesa.workflow.step import Step

ASKS_THE_RULES = {"pick", "start_dial"}
logger = logging.getLogger(__name__)


def register() -> None:
    """Called once, in `AppConfig.ready`."""
    registry.register_results(Prospect.procedure_name(), answered)
    refused_steps.append(keep_refusal)


def keep_refusal(case: Case, step: Step, actor: Actor) -> None:
    """A claim or dial that the contact rules refused is kept with its proof (8.1)."""
    if not isinstance(case, Prospect) or step.name not in ASKS_THE_RULES or not isinstance(actor, User):
        return
    now = Prospect.objects.get(pk=case.pk)
    if now.state in step.source and contact.number_of(now) and not (verdict := contact.verdict_now(now)).allowed:
        dialling.keep_refusal(contact.callee_of(now), "", verdict, agent=actor)


def answered(call: ExternalCall) -> None:
    """Called with the call locked, in a transaction."""
    if dialling.heard(call):
        _log(call)
        return
    if (call.system, call.operation) == ("mycx", "load_orders"):
        _orders(call)
        return
    prospect = Prospect.objects.get(pk=call.case_id)
    if (call.system, call.operation) == ("epayment", "bills"):
        _bills(prospect, call)


def _log(call: ExternalCall) -> None:
    """How a call went that was still running when its result was kept; the first silence of the softphone is told as
    well, so that both applications wait for nobody."""
    call_id = call.payload.get("call_id")
    if call.operation != "call_log" or not call_id:
        return
    made = Dial.objects.filter(call_id=call_id).first()
    told = {"duration": made.duration or 0, "recording": made.recording} if made else {}
    lacks = Q(log_awaited=True) | Q(duration=0) if told.get("duration") else Q(log_awaited=True)
    for result in CaringResult.objects.filter(lacks, prospect=call.case_id, call_id=call_id):
        _take(result, "note_call_log", **told)


def _orders(call: ExternalCall) -> None:
    """The orders of a chunk of a list, set-wise and no step, as no state changes (S-04)."""
    if not call.succeeded:
        return
    known = {int(key.removeprefix(Prospect.prefix)): order for key, order in call.answer["orders"].items()}
    found = list(Prospect.objects.filter(pk__in=known).only("pk", "mycx_order", "state"))
    for prospect in found:
        prospect.mycx_order = known[prospect.pk]
    Prospect.objects.bulk_update(found, ["mycx_order"], batch_size=500)


def _bills(prospect: Prospect, call: ExternalCall) -> None:
    """Paid: out of the list. Still due: what is due now. No answer: said so, and the list's figures stand."""
    if prospect.state not in OPEN:
        return
    if not call.succeeded:
        words = _("I-payment does not answer: %(why)s The figures are those of the list.")
        told = words % {"why": call.error_message or _("it is tried again.")}
        _take(prospect, "note_bills", bills=prospect.bills, isolated=prospect.isolated, problem=told)
        return
    account = call.answer["account"]
    unpaid = {bill["month"]: bill["amount"] for bill in account["bills"] if bill["paid_on"] is None}
    due = {month: amount for month, amount in unpaid.items() if month <= f"{prospect.period:%Y-%m}"}
    if not due:
        _take(prospect, "find_paid", isolated=account["isolated"])
        return
    _take(prospect, "note_bills", bills=due, isolated=account["isolated"])


def _take(case: Prospect | CaringResult, step: str, **inputs: Any) -> None:
    try:
        perform(case, step, actor=SYSTEM, **inputs)
    except Refusal as refusal:
        logger.info("%s: %s not taken: %s", case, step, refusal)
