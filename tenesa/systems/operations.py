"""What the outbox asks of the systems of mail, holds and 147 (requirements 9).

Payloads and answers are JSON. The answer of a read begins with the verdict's keys `tool`, `state` (NORMAL, FAULT,
UNKNOWN), `summary` (an Indonesian sentence) and `measures` (label → text); beside them stands all that was read.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from tenesa.systems import clients
from tenesa.systems.limits import limits_now
from tenesa.systems.mycx.values import NewTicket, SearchType
from tenesa.systems.nossa.values import LogType, NewHold, NewOwner, NewWorklog
from tenesa.systems.operation import Payload, operation, origin_of
from tenesa.systems.readings import plain
from tenesa.systems.securecrt.values import Command
from tenesa.systems.verdict import Condition, Verdict

if TYPE_CHECKING:
    from tenesa.systems.models import ExternalCall
    from tenesa.systems.nossa.values import Incident
    from tenesa.systems.siskas.client import By
    from tenesa.systems.siskas.values import Customer

REPAIRED = {"FINALCHECK", "RESOLVED", "MEDIACARE", "SALAMSIM", "CLOSED"}


# --- MyCX and NOSSA --------------------------------------------------------------------------------------------------
@operation("mycx", "search", _("search of customer and tickets"))
def search_mycx(payload: Payload, call: ExternalCall) -> Payload:
    """`search_type` (product_id, phone, name, ticket), `value` → `customers` with services and tickets. S-02"""
    found = clients.mycx(origin_of(call)).search(SearchType(payload["search_type"]), payload["value"])
    tickets = [ticket for customer in found for ticket in customer.tickets]
    names = ", ".join(customer.name for customer in found[:3])
    named = ", ".join(f"{ticket.incident} ({ticket.product_id})" for ticket in tickets[:5])
    summary = f"{len(found)} pelanggan ({names}), {len(tickets)} tiket terbuka{f': {named}' if named else ''}."
    return Verdict("mycx", Condition.UNKNOWN, summary).answer(customers=found)


@operation("mycx", "create_ticket", _("opening of a ticket"))
def create_ticket(payload: Payload, call: ExternalCall) -> Payload:
    """The fields of `NewTicket` → `incident`, `product_id`, `status`, `created_at`. Refused: DUPLICATE (`incident`),
    INVALID (`fields`). S-03"""
    created = clients.mycx(origin_of(call)).create_ticket(NewTicket(**payload), key=call.idempotency_key)
    return dict(plain(created))


@operation("nossa", "get_incident", _("reading of an incident"))
def get_incident(payload: Payload, call: ExternalCall) -> Payload:
    """`number` → `incident`. S-06"""
    incident = clients.nossa(origin_of(call)).incident(payload["number"])
    return _incidents([incident]).answer(incident=incident)


@operation("nossa", "search_by_service", _("search of incidents"))
def search_by_service(payload: Payload, call: ExternalCall) -> Payload:
    """`service_no` → `incidents`, open ones first, the newest of them first. S-06"""
    incidents = clients.nossa(origin_of(call)).incidents_of(payload["service_no"])
    return _incidents(incidents).answer(incidents=incidents)


def _incidents(incidents: list[Incident] | tuple[Incident, ...]) -> Verdict:
    if not incidents:
        return Verdict("nossa", Condition.NORMAL, "Tidak ada tiket di NOSSA.")
    newest = incidents[0]
    state = Condition.NORMAL if newest.status in REPAIRED else Condition.FAULT
    measures = {"Tiket": newest.number, "Status": newest.status, "Lapul": str(newest.lapul)}
    return Verdict("nossa", state, f"Tiket {newest.number} berstatus {newest.status}.", measures)


@operation("nossa", "add_worklog", _("entry in the worklog"))
def add_worklog(payload: Payload, call: ExternalCall) -> Payload:
    """`number`, `log_type`, `summary`, `detail`, `client_viewable` → `worklog`, `number`, `lapul`, `status`. Refused:
    CONFLICT when closed. S-07"""
    worklog = NewWorklog(**{**payload, "log_type": LogType(payload["log_type"])})
    return dict(plain(clients.nossa(origin_of(call)).add_worklog(worklog, key=call.idempotency_key)))


@operation("nossa", "set_pending", _("putting on hold"))
def set_pending(payload: Payload, call: ExternalCall) -> Payload:
    """`number`, `previous`, `reason`, `until`, `note` → `incident`. Refused: CONFLICT (`status`), CLOSED. S-08"""
    hold = NewHold(**{**payload, "until": datetime.fromisoformat(payload["until"])})
    return dict(plain(clients.nossa(origin_of(call)).set_pending(hold, key=call.idempotency_key)))


@operation("nossa", "resume", _("going on after a hold"))
def resume(payload: Payload, call: ExternalCall) -> Payload:
    """`number`, `status`, `note` → `incident`. Refused: CONFLICT (`status`), CLOSED. S-08"""
    return dict(plain(clients.nossa(origin_of(call)).resume(**payload, key=call.idempotency_key)))


@operation("nossa", "set_owner_group", _("hand-over to the unit"))
def set_owner_group(payload: Payload, call: ExternalCall) -> Payload:
    """`number`, `previous`, `group`, `status`, `note` → `incident`. Refused: CONFLICT (`status`), CLOSED. S-09"""
    owner = NewOwner(**payload)
    return dict(plain(clients.nossa(origin_of(call)).set_owner_group(owner, key=call.idempotency_key)))


# --- customer and service --------------------------------------------------------------------------------------------
@operation("siskas", "find_customer", _("reading of customer and segment"))
def find_customer(payload: Payload, call: ExternalCall) -> Payload:
    """One of `fastel`, `reference`, `phone`, `email`, `domain`, `name` → `customer`, `services`, `contacts`,
    `matched_by`. Refused: AMBIGUOUS (`candidates`). S-11"""
    ways: tuple[By, ...] = ("fastel", "reference", "phone", "email", "domain", "name")
    by = next(way for way in ways if payload.get(way))
    record = clients.siskas(origin_of(call)).find_customer(by, payload[by])
    return {**_customer("siskas", record.customer).answer(), **plain(record)}


@operation("tenoss", "get_service", _("reading of service and segment"))
def get_service(payload: Payload, call: ExternalCall) -> Payload:
    """`sid` → `service`, `customer`, `services` (the one service, in the shape that SISKAS uses). S-12"""
    service = clients.tenoss(origin_of(call)).service(payload["sid"])
    listed = {
        "product_id": service.sid,
        "product": service.product,
        "name": service.name,
        "address": service.address,
        "bandwidth_mbps": service.bandwidth_mbps,
        "mbps": service.bandwidth_mbps or None,
        "node": service.node,
        "port": service.port,
    }
    answer = _customer("tenoss", service.customer).answer(service=service, customer=service.customer)
    return {**answer, "services": [listed]}


def _customer(tool: str, customer: Customer) -> Verdict:
    measures = {"Segmen": customer.segment, "Pelanggan": customer.name, "Nomor pelanggan": customer.reference}
    return Verdict(tool, Condition.NORMAL, f"{customer.name}: segmen {customer.segment}.", measures)


# --- tools of the trouble-shoot: all take `product_id` ---------------------------------------------------------------
@operation("telkom_center", "topology", _("reading of the link's path"))
def topology(payload: Payload, call: ExternalCall) -> Payload:
    """→ `topology`. S-13"""
    read = clients.telkom_center(origin_of(call)).topology(payload["product_id"])
    return read.verdict().answer(topology=read)


@operation("mrtg", "traffic", _("reading of the traffic"))
def traffic(payload: Payload, call: ExternalCall) -> Payload:
    """→ `traffic`. S-15"""
    read = clients.mrtg(origin_of(call)).traffic(payload["product_id"])
    return read.verdict().answer(traffic=read)


@operation("embassy", "line", _("measuring of the line"))
def line(payload: Payload, call: ExternalCall) -> Payload:
    """→ `line`. S-16"""
    read = clients.embassy(origin_of(call)).line(payload["product_id"])
    limits = limits_now()
    return read.verdict(limits).answer(line=read, limits=read.judged(limits))


@operation("securecrt", "check", _("look into the device"))
def check_device(payload: Payload, call: ExternalCall) -> Payload:
    """`product_id`, `command` (interface-status when missing) → `output`. TENOSS tells node and port. S-14"""
    origin = origin_of(call)
    service = clients.tenoss(origin).service(payload["product_id"])
    command = Command(payload.get("command") or Command.INTERFACE_STATUS)
    read = clients.securecrt(origin).check(service.node, service.port, command)
    return read.verdict().answer(output=read)


@operation("epayment", "bills", _("reading of the bills"))
def bills(payload: Payload, call: ExternalCall) -> Payload:
    """→ `account`. S-17"""
    read = clients.epayment(origin_of(call)).bills(payload["product_id"])
    return read.verdict().answer(account=read)


# --- coordination group ----------------------------------------------------------------------------------------------
@operation("coordination", "post", _("message to the group"))
def post(payload: Payload, call: ExternalCall) -> Payload:
    """`group`, `text`, `case` → `message`, `group`, `posted_at`. S-18"""
    group = clients.coordination(origin_of(call))
    return dict(plain(group.post(payload["group"], payload["text"], payload["case"], key=call.idempotency_key)))


@operation("coordination", "replies", _("reading of the group's answers"))
def replies(payload: Payload, call: ExternalCall) -> Payload:
    """`message` → `replies`. S-18"""
    return {"replies": plain(clients.coordination(origin_of(call)).replies(payload["message"]))}


# --- back-end units -------------------------------------------------------------------------------------------------
@operation("backend", "escalate", _("passing on to a unit"))
def escalate(payload: Payload, call: ExternalCall) -> Payload:
    """`case`, `group`, `text` → `reference`, `group`, `accepted_at`. S-22"""
    unit = clients.backend(origin_of(call))
    return dict(plain(unit.escalate(payload["case"], payload["group"], payload["text"], key=call.idempotency_key)))


@operation("backend", "result", _("reading of the unit's answer"))
def unit_result(payload: Payload, call: ExternalCall) -> Payload:
    """`reference` → `answer`, `answered_by`. S-22"""
    return dict(plain(clients.backend(origin_of(call)).result(payload["reference"])))


# --- IOC -------------------------------------------------------------------------------------------------------------
@operation("ioc", "report", _("report of tool trouble"))
def report_trouble(payload: Payload, call: ExternalCall) -> Payload:
    """`tool`, `text`, `since`, `area` → the fields of `Trouble`. S-28"""
    since = datetime.fromisoformat(payload["since"])
    told = clients.ioc(origin_of(call)).report(
        payload["tool"], payload["text"], since, payload["area"], key=call.idempotency_key
    )
    return dict(plain(told))


# --- telephone, scripts and callbacks of 147 -------------------------------------------------------------------------
@operation("cti", "category", _("reading of the caller's category"))
def category_of_caller(payload: Payload, call: ExternalCall) -> Payload:
    """`number` → `number`, `category` (VVIP, REGULAR, UNKNOWN), `name`. S-20"""
    caller = clients.cti(origin_of(call)).category(payload["number"])
    named = {"VVIP": "VVIP", "REGULAR": "reguler"}.get(caller.category.value, "")
    known = f"Kategori di CTI: {named}." if named else "Nomor tidak ada di CTI."
    return {**Verdict("cti", Condition.UNKNOWN, known).answer(), **plain(caller)}


@operation("mykiss", "script", _("reading of a script"))
def read_script(payload: Payload, call: ExternalCall) -> Payload:
    """`path` → `path`, `title`, `script`, `version`, `published_at`. Refused: NOT_FOUND where unpublished. S-19"""
    return dict(plain(clients.mykiss(origin_of(call)).script(payload["path"])))


@operation("callback", "enqueue", _("entry into the callback application"))
def enqueue_callback(payload: Payload, call: ExternalCall) -> Payload:
    """`case`, `number`, `due_at`, `priority` → the fields of `Queued`. Refused: DUPLICATE (`queue_id`). S-21"""
    queue = clients.callback(origin_of(call))
    given = {**payload, "due_at": datetime.fromisoformat(payload["due_at"])}
    return dict(plain(queue.enqueue(**given, key=call.idempotency_key)))


@operation("callback", "claim", _("taking of a callback"))
def claim_callback(payload: Payload, call: ExternalCall) -> Payload:
    """`case`, `agent` → the fields of `Queued`. Refused: CONFLICT (`agent`), CLOSED, NOT_FOUND. S-21"""
    queue = clients.callback(origin_of(call))
    return dict(plain(queue.claim(payload["case"], payload["agent"], key=call.idempotency_key)))


@operation("callback", "complete", _("ending of a callback"))
def complete_callback(payload: Payload, call: ExternalCall) -> Payload:
    """`case`, `result` → the fields of `Queued`. Refused: CLOSED, NOT_FOUND. S-21"""
    queue = clients.callback(origin_of(call))
    return dict(plain(queue.complete(payload["case"], payload["result"], key=call.idempotency_key)))


@operation("callback", "reschedule", _("another time for a callback"))
def reschedule_callback(payload: Payload, call: ExternalCall) -> Payload:
    """`case`, `due_at`, `priority` → the fields of `Queued`. Refused: CLOSED, NOT_FOUND. S-21"""
    queue, due_at = clients.callback(origin_of(call)), datetime.fromisoformat(payload["due_at"])
    return dict(plain(queue.reschedule(payload["case"], due_at, payload["priority"], key=call.idempotency_key)))
