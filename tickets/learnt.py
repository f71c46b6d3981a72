"""What a case learns from one that is merged into it, and forgets when that is taken out again (ADR-0008).

What a person has confirmed since stays, and what was read of the case itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q

from segmentation.segments import Segment
from tenesa.audit.models import Event
from tenesa.timers.models import Mark
from tenesa.workflow.case import CHANGE_AREA
from tickets.states import Unread

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from tickets.models import EmailCase, Line

MERGED = ("take_in", "reopen_with_case")
PARTY = ("reporter_name", "reporter_phone", "reporter_email", "symptom", "description")
CONFIRMS_CUSTOMER, CONFIRMS_PARTY = ("settle_triage", "check_segment"), ("submit_ticket", "enter_ticket")


def to_learn(case: EmailCase, given: EmailCase) -> dict[str, Any]:
    """For the event of the merging: what the case does not know and the other does, and what stood there."""
    learnt: dict[str, Any] = {
        "party": [name for name in PARTY if not getattr(case, name) and getattr(given, name)],
        "tickets": {str(line.pk): line.incident_number for line in _lacking_tickets(case, given)},
        "unread": case.unread_by,
    }
    if case.customer_id is None and given.customer_id is not None:
        learnt |= {"customer": given.customer_id, "triage": case.triage, "area": case.area_id}
    return learnt


def _lacking_tickets(case: EmailCase, given: EmailCase) -> QuerySet[Line]:
    """Its lines without an incident that the other names with one, by the same product or the bare ticket number."""
    known = given.lines.exclude(incident=None)
    products, numbers = known.exclude(product_id=""), known.filter(product_id="")
    same = Q(product_id__in=products.values("product_id")) | Q(incident_number__in=numbers.values("incident_number"))
    return case.lines.filter(same, incident=None)


def learn(case: EmailCase, given: EmailCase) -> None:
    """Called by the body of the step; products and tickets come with its effects, evidence is read with the family."""
    case.has_news(Unread.CUSTOMER)
    if case.customer is None and given.customer is not None:
        case.customer, case.triage = given.customer, case.triage if case.segment == Segment.OTHER else ""
        case.follow_witel(given.customer.witel)
    for name in PARTY:
        setattr(case, name, getattr(case, name) or getattr(given, name))


def forget(case: EmailCase, given: EmailCase) -> None:
    merging = merging_of(case, given)
    learnt = merging.data.get("learnt") if merging else None
    if merging is None or not learnt:  # merged before this was kept
        return
    since = _events(case).filter(seq__gt=merging.seq)
    if not since.filter(step__in=CONFIRMS_PARTY).exists():
        for name in learnt["party"]:
            if getattr(case, name) == getattr(given, name):
                setattr(case, name, "")
    if case.unread_by == Unread.CUSTOMER and not since.filter(step="attach_reply").exists():
        case.unread_by = learnt["unread"]
    _forget_customer(case, learnt, since)
    _forget_tickets(case, given, learnt, merging)


def _forget_customer(case: EmailCase, learnt: dict[str, Any], since: QuerySet[Event]) -> None:
    if case.customer_id is None or case.customer_id != learnt.get("customer"):
        return
    read = Q(step="keep_reading", data__customer=case.customer_id)
    if since.filter(read | Q(step__in=CONFIRMS_CUSTOMER)).exists():
        return
    case.customer, case.triage, area = None, learnt["triage"], learnt["area"]
    sees = case.owner is None or case.owner.sees(case.desk_id, area)
    if area != case.area_id and sees and not since.filter(step=CHANGE_AREA).exists():
        case.move_to(area)


def _forget_tickets(case: EmailCase, given: EmailCase, learnt: dict[str, Any], merging: Event) -> None:
    read = case.checks.filter(tool="nossa", at__gt=merging.at).values("product_id")
    lines = case.lines.filter(pk__in=learnt["tickets"], opened_here=False).exclude(product_id__in=read)
    for line in lines.filter(incident__in=given.lines.values("incident")):
        line.incident, line.incident_number = None, learnt["tickets"][str(line.pk)]
        line.save(update_fields=["incident", "incident_number"])


def stopped_waiting(case: EmailCase, given: EmailCase, names: tuple[str, ...]) -> bool:
    """Did the merging stop these clocks, which wait for the customer, and has nothing come of them since?"""
    merging = merging_of(case, given)
    if merging is None or _events(case).filter(seq__gt=merging.seq, step="attach_reply").exists():
        return False
    own = {"timer__procedure": case.procedure_name(), "timer__case_id": case.pk, "timer__name__in": names}
    return Mark.objects.filter(**own, kind=Mark.Kind.STOPPED, seq=merging.seq).exists()


def merging_of(case: EmailCase, given: EmailCase) -> Event | None:
    """The event of the case by which the other came to it last."""
    return _events(case).filter(step__in=MERGED, data__merged=given.number).order_by("-seq").first()


def _events(case: EmailCase) -> QuerySet[Event]:
    return Event.objects.filter(procedure=case.procedure_name(), case_id=case.pk)
