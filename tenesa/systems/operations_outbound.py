"""What the outbox asks of the systems of outbound calls (P-01 11; requirements 9).

Payloads and answers are JSON, shaped as in `operations`. Exports, lists for QC, recordings' sound and Nonatero's counts
are no operations: they are read a page at a time by whoever needs them, with `clients`, and kept in no call's row.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from tenesa.systems import clients
from tenesa.systems.epayment.values import of_payments
from tenesa.systems.mycx.orders import NewOrder
from tenesa.systems.operation import Payload, operation, origin_of
from tenesa.systems.outbound import Outcome
from tenesa.systems.readings import plain

if TYPE_CHECKING:
    from tenesa.systems.models import ExternalCall
    from tenesa.systems.mycx.client import MycxClient
    from tenesa.systems.tamara.client import TamaraClient


# --- orders of prospects ---------------------------------------------------------------------------------------------
@operation("mycx", "load_orders", _("loading of prospects"))
def load_orders(payload: Payload, call: ExternalCall) -> Payload:
    """`rows` (the fields of `NewOrder`, at most 1,000) → `orders` (our key → order), `refused` (our key → why). S-04"""
    rows = [NewOrder(**row) for row in payload["rows"]]
    return dict(plain(clients.mycx(origin_of(call)).load(rows, key=call.idempotency_key)))


@operation("mycx", "pick_order", _("picking of an order"))
def pick_order(payload: Payload, call: ExternalCall) -> Payload:
    """`order`, `agent` → the fields of `Order`. Refused: CONFLICT (`agent`), NOT_FOUND. S-04"""
    return dict(plain(clients.mycx(origin_of(call)).pick(**payload, key=call.idempotency_key)))


@operation("mycx", "release_order", _("giving back of an order"))
def release_order(payload: Payload, call: ExternalCall) -> Payload:
    """`order` → the fields of `Order`. Refused: NOT_FOUND. S-04"""
    return dict(plain(clients.mycx(origin_of(call)).release(payload["order"], key=call.idempotency_key)))


# --- results and verdicts: the payload of a result is the same for all three -----------------------------------------
@operation("mycx", "result", _("entry of the result"))
def enter_in_mycx(payload: Payload, call: ExternalCall) -> Payload:
    """The fields of `Outcome`, moments and days as ISO texts → `reference`, `key`, `entered_at`. Refused: INVALID
    (`fields`), CLOSED. S-05"""
    return dict(plain(clients.mycx(origin_of(call)).result(Outcome.of(payload), key=call.idempotency_key)))


@operation("cwc", "enter", _("entry of the result"))
def enter_in_cwc(payload: Payload, call: ExternalCall) -> Payload:
    """The fields of `Outcome` → `reference` (CWC's own), `key`, `entered_at`; TAMARA's row is read by `tamara.find`.
    Refused: INVALID (`fields`), CONFLICT (`locked_by`), CLOSED. S-24"""
    return dict(plain(clients.cwc(origin_of(call)).enter(Outcome.of(payload), key=call.idempotency_key)))


@operation("tamara", "write", _("entry of the result"))
def write_in_tamara(payload: Payload, call: ExternalCall) -> Payload:
    """As `cwc.enter`, without CWC: `reference` is TAMARA's. S-23"""
    return dict(plain(clients.tamara(origin_of(call)).write(Outcome.of(payload), key=call.idempotency_key)))


@operation("tamara", "find", _("reading of the result"))
def find_in_tamara(payload: Payload, call: ExternalCall) -> Payload:
    """`key` → the fields of `Row`. Refused: NOT_FOUND. S-23, AMB-28"""
    return dict(plain(clients.tamara(origin_of(call)).find(payload["key"])))


@operation("mycx", "verdict", _("entry of the verdict"))
def verdict_in_mycx(payload: Payload, call: ExternalCall) -> Payload:
    """`key` of the result, `valid` (Valid, Not Valid), `qco` (login), `note` → the fields of `Row`. Refused:
    NOT_FOUND, INVALID, CLOSED. S-05"""
    return _verdict(clients.mycx(origin_of(call)), payload, call)


@operation("tamara", "verdict", _("entry of the verdict"))
def verdict_in_tamara(payload: Payload, call: ExternalCall) -> Payload:
    """As `mycx.verdict`. Refused as well: CONFLICT (`locked_by`). S-23"""
    return _verdict(clients.tamara(origin_of(call)), payload, call)


def _verdict(client: MycxClient | TamaraClient, payload: Payload, call: ExternalCall) -> Payload:
    told = client.verdict(
        payload["key"], payload["valid"], payload["note"], qco=payload["qco"], key=call.idempotency_key
    )
    return dict(plain(told))


# --- payments --------------------------------------------------------------------------------------------------------
@operation("epayment", "payments", _("reading of the payments"))
def payments(payload: Payload, call: ExternalCall) -> Payload:
    """`product_id`, `since` (ISO day) → `payments` (`payment`, `amount`, `value_date`, `posted_on`), oldest first.
    S-17"""
    since = date.fromisoformat(payload["since"])
    read = clients.epayment(origin_of(call)).payments(payload["product_id"], since)
    return of_payments(read).answer(payments=read)


# --- calls and their recordings --------------------------------------------------------------------------------------
@operation("softphone", "call_log", _("reading of a call"))
def call_log(payload: Payload, call: ExternalCall) -> Payload:
    """`call_id` → the fields of `CallLog`. Dialling is no operation of the outbox: nobody is called later. S-25"""
    return dict(plain(clients.softphone(origin_of(call)).call_log(payload["call_id"])))


@operation("eyebeam", "call_log", _("reading of a call"))
def eyebeam_log(payload: Payload, call: ExternalCall) -> Payload:
    """As that of the softphone. S-25"""
    return dict(plain(clients.eyebeam(origin_of(call)).call_log(payload["call_id"])))


@operation("apprec", "find", _("search of the recording"))
def find_recording(payload: Payload, call: ExternalCall) -> Payload:
    """`call_id` → `recording`, `call_id`, `duration`, `media`. Refused: NOT_FOUND. S-27"""
    return dict(plain(clients.apprec(origin_of(call)).find(payload["call_id"])))
