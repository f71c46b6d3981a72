"""The open cases of a mass fault: by their lines, or by what their mails name where nobody has identified them yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from segmentation.models import Service
from tenesa.incidents.models import Incident
from tickets.models import EmailCase, Line
from tickets.states import ENDED


@dataclass(frozen=True)
class Fault:
    """How a case is known to be of it: by a line, or by one of the numbers that its mails name."""

    lines: Q
    named: Callable[[str], bool]


def affected(asked: Mapping[str, str]) -> tuple[Q, Q]:
    """Cases whose lines are of the fault, and those together with the ones of which only the mails say so.

    By NOSSA's ticket or its parent, by a product id, its beginning or the service's name, by witel; all that is given
    holds."""
    witel = Q(customer__witel__iexact=asked["witel"]) if asked["witel"] else Q()
    certain, all_of_them = witel, witel
    said = _said_in_mails() if asked["incident"] or asked["product"] else {}
    for fault in _faults(asked, said):
        lines = Line.objects.filter(fault.lines, ~Q(case__state__in=ENDED))
        certain &= Q(pk__in=lines.values("case"))
        by_mail = Q(pk__in=[pk for pk, numbers in said.items() if any(map(fault.named, numbers))])
        all_of_them &= Q(pk__in=lines.values("case")) | by_mail
    return certain, all_of_them


def _faults(asked: Mapping[str, str], said: Mapping[int, list[str]]) -> list[Fault]:
    faults = [_of_ticket(asked["incident"].upper())] if asked["incident"] else []
    if product := asked["product"]:
        faults.append(_of_product(product, {number for numbers in said.values() for number in numbers}))
    return faults


def _of_ticket(number: str) -> Fault:
    """The ticket, those below it, and whatever names one of their products and stands for no other ticket."""
    found = Incident.objects.filter(Q(number=number) | Q(parent=number)).values_list("number", "product_id")
    tickets = {number, *(ticket for ticket, _product in found)}
    products = {product for _ticket, product in found if product}
    lines = Q(incident_number__in=tickets) | Q(incident__number__in=tickets)
    without = Q(incident=None, incident_number="", product_id__in=products)
    return Fault(lines | without, (tickets | products).__contains__)


def _of_product(word: str, said: set[str]) -> Fault:
    services = Service.objects.filter(name__icontains=word).values("product_id")
    named = set(services.filter(product_id__in=said).values_list("product_id", flat=True))
    lines = Q(product_id__startswith=word) | Q(product_id__in=services)
    return Fault(lines, lambda number: number in named or number.startswith(word))


def _said_in_mails() -> dict[int, list[str]]:
    """Products and tickets that the mails name of each open case without a line."""
    unknown = EmailCase.objects.filter(~Q(state__in=ENDED), ~Exists(Line.objects.filter(case=OuterRef("pk"))))
    mails = unknown.select_related("first_mail", "last_mail").only("first_mail__extracted", "last_mail__extracted")
    return {case.pk: case.in_mails("product_ids") + case.in_mails("incidents") for case in mails}
