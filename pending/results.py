"""NOSSA's answers become steps: only a confirmed call moves a request (W-02 1.2.4 - 1.2.6)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from pending.models import PendingRequest
from pending.services import catch_up
from pending.states import State
from tenesa.accounts.models import SYSTEM, User
from tenesa.contact import dialling
from tenesa.incidents.feed import store_incident
from tenesa.incidents.models import Incident
from tenesa.mail import registry as mail_registry
from tenesa.mail.models import InboundMail
from tenesa.mail.values import Filed, ParsedMail, ThreadMatch
from tenesa.systems import outbox
from tenesa.systems import registry as systems_registry
from tenesa.systems.models import ExternalCall
from tenesa.systems.operations import REPAIRED
from tenesa.workflow.perform import perform

CONFIRMS = {"set_pending": "confirm_hold", "set_owner_group": "confirm_return", "resume": "confirm_resume"}
WAITS_IN = {"set_pending": State.APPLYING, "set_owner_group": State.RETURNING, "resume": State.RESUME_DUE}


def register() -> None:
    """Called once, in `AppConfig.ready`."""
    name = PendingRequest.procedure_name()
    systems_registry.register_results(name, answered, unwanted)
    mail_registry.register(name, receive=receive, visible=visible)


# --- mail ------------------------------------------------------------------------------------------------------------
def receive(inbound: InboundMail, parsed: ParsedMail, thread: ThreadMatch | None) -> Filed:
    """The customer answers a mail of ours: the request shows it, and whoever works here reads it."""
    if thread is None:
        raise LookupError("a pend request begins with a unit, not with a mail")
    request = PendingRequest.objects.get(pk=thread.case_id)
    perform(request, "hear_customer", actor=SYSTEM)
    return Filed(request.pk)


def visible(user: User, case_id: int) -> bool:
    return bool(PendingRequest.objects.visible_to(user).filter(pk=case_id).exists())


# --- calls -----------------------------------------------------------------------------------------------------------
def answered(call: ExternalCall) -> None:
    """Take the step that a call's outcome asks for; called with the call locked, in a transaction."""
    if dialling.heard(call):
        return
    request = PendingRequest.objects.get(pk=call.case_id)
    match call.operation:
        case "get_incident":
            _read(request, call)
        case "add_worklog":
            if call.succeeded:
                perform(request, "note_worklog", actor=SYSTEM, worklog=call.answer["worklog"])
        case "set_pending" | "set_owner_group" | "resume":
            if request.state == WAITS_IN[call.operation]:
                _changed(request, call)
            elif request.state == State.FAILED and request.failed_in == WAITS_IN[call.operation]:
                _after_all(request, call)
        case _:
            pass  # a post to the unit: the outbox shows it


def unwanted(call: ExternalCall) -> str:
    """A call that moves the ticket is made for a request that waits for it; the others do no harm."""
    waits_in = WAITS_IN.get(call.operation)
    if waits_in is None:
        return ""
    request = PendingRequest.objects.get(pk=call.case_id)
    if request.state == waits_in or (request.state == State.FAILED and request.failed_in == waits_in):
        return ""
    words = _("Not tried again: %(number)s is “%(state)s” meanwhile and no longer waits for it.")
    return words % {"number": request.number, "state": request.get_state_display()}


def tell_settled() -> int:
    """Requests that wait for a call which was settled without their hearing of it hear it now; how many. Run by
    beat. What was refused or given up has let a request fail already: only one that never failed hears that."""
    found: list[UUID] = []
    for operation, waits_in in WAITS_IN.items():
        mine = ExternalCall.objects.filter(procedure=PendingRequest.procedure_name(), case_id=OuterRef("pk"))
        newest = mine.filter(operation=operation).order_by("-created_at")[:1]
        requests = PendingRequest.objects.filter(state__in=[waits_in, State.FAILED]).annotate(
            call=Subquery(newest.values("pk")), call_status=Subquery(newest.values("status"))
        )
        never_heard = Q(state=waits_in, call_status__in=outbox.SETTLED)
        after_failure = Q(state=State.FAILED, failed_in=waits_in, call_status=ExternalCall.Status.DONE)
        found += requests.filter(never_heard | after_failure).values_list("call", flat=True)
    for pk in found:
        outbox.tell_again(pk)
    return len(found)


def _read(request: PendingRequest, call: ExternalCall) -> None:
    if request.state != State.CHECKING:
        return
    if call.succeeded:
        _store(call.answer["incident"])
        perform(request, "keep_snapshot", actor=SYSTEM, **_told(call))
        catch_up(request)
    else:
        perform(request, "note_problem", actor=SYSTEM, note=call.error_message[:300])


def _after_all(request: PendingRequest, call: ExternalCall) -> None:
    """A call that was given up, and tried again from the outbox: what NOSSA says counts as if it had come in time."""
    if call.succeeded or call.status == ExternalCall.Status.REFUSED:
        perform(request, "hear_after_all", actor=SYSTEM)
        _changed(request, call)


def _changed(request: PendingRequest, call: ExternalCall) -> None:
    if call.succeeded:
        _store(call.answer["incident"])
        perform(request, CONFIRMS[call.operation], actor=SYSTEM, **_told(call))
        catch_up(request)
    elif call.status == ExternalCall.Status.WAITING:
        perform(request, "note_problem", actor=SYSTEM, note=call.error_message[:300])
    elif call.error_code in {"CLOSED", "CONFLICT"} and "status" in call.answer:
        _overtaken(request, call, str(call.answer["status"]))
    else:
        perform(request, "fail", actor=SYSTEM, note=call.error_message[:300])


def _overtaken(request: PendingRequest, call: ExternalCall, status: str) -> None:
    """NOSSA says that the ticket is not as it was at the check."""
    if request.state == State.RESUME_DUE:
        words = _("In NOSSA the hold had ended already: the ticket is %(status)s.") % {"status": status}
        perform(request, "end_outside", actor=SYSTEM, note=words)
    elif status in REPAIRED:
        words = _("The ticket was closed meanwhile: it is %(status)s in NOSSA.") % {"status": status}
        perform(request, "cancel_closed", actor=SYSTEM, note=words)
    else:
        perform(request, "check_again", actor=SYSTEM, note=call.error_message[:300])


def _told(call: ExternalCall) -> dict[str, Any]:
    incident = call.answer["incident"]
    return {"incident": incident, "status": incident["status"]}


def _store(facts: dict[str, Any]) -> None:
    """Our copy of the ticket, unless the feed has brought a newer one; its history counts the time on hold."""
    known = Incident.objects.filter(number=facts["number"]).values_list("facts", flat=True).first()
    if not known or _place(known) <= _place(facts):
        store_incident(facts)


def _place(facts: dict[str, Any]) -> tuple[str, int]:
    return str(facts.get("status_at") or ""), len(facts.get("worklogs") or ())
