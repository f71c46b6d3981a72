"""Whom a request is to call, and what was tried: the part of contact that is particular to W-02."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from segmentation.models import Service
from segmentation.segments import Segment
from tenesa.accounts.models import User
from tenesa.contact import dialling, log, zones
from tenesa.contact.dialling import Callee
from tenesa.contact.kinds import Purpose
from tenesa.contact.numbers import normal
from tenesa.contact.policy import Rule, policy_of
from tenesa.contact.rules import Verdict

if TYPE_CHECKING:
    from pending.models import PendingRequest

APPOINTMENT = timedelta(hours=1)  # so long an appointed call may be made, whatever hours and gaps say


def rule() -> Rule:
    """When a customer counts as not reached (W-02 1.2.4; AMB-14)."""
    return policy_of(Purpose.HOLD).rule


def callee_of(request: PendingRequest) -> Callee:
    told, appointed = request.snapshot, request.call_back_at
    name = request.contact_name or str(told.get("reported_by") or "")
    numbers = dict.fromkeys(filter(None, [request.contact_number, str(told.get("contact_phone") or "")]))
    return Callee(
        name=name,
        numbers=list(numbers),
        person=request.once("person", lambda: _person(str(told.get("service_no") or ""), name)),
        zone=zone_of(request),
        purpose=Purpose.HOLD,
        procedure=request.procedure_name(),
        case_id=request.pk,
        desk_id=request.desk_id,
        area_id=request.area_id,
        wished=(appointed, appointed + APPOINTMENT) if appointed else None,
        tried=request.tried,
    )


def zone_of(request: PendingRequest) -> str:
    """ "WIB", "WITA" or "WIT", where the customer of the ticket lives; "" where nobody knows."""
    return zones.key_of(request.witel)


def appointed_in_words(request: PendingRequest) -> str:
    """The agreed time there, with ours beside it where they differ; "" without one."""
    moment = request.call_back_at
    return zones.beside(moment, zones.place_of(zone_of(request))) if moment else ""


def call_verdict(request: PendingRequest, user: User, number: str = "") -> Verdict:
    """Whether the next call may be made, or what came of one be told that was dialled from the page."""
    same = normal(number) == normal(request.contact_number)
    return dialling.may_call(request, user, lambda: callee_of(request), "" if same else number)


def _person(service_no: str, name: str) -> str:
    """The customer of the ticket's service, as all desks know them; the service itself where nobody read them yet."""
    if not service_no:
        return ""
    found, segment = Service.objects.filter(product_id=service_no).values_list(
        "customer__reference", "customer__segment"
    ).first() or ("", "")
    contact = "" if segment == Segment.DCS else name
    return log.customer_key(found, contact) if found else f"service:{service_no}"
