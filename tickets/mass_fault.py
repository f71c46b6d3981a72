"""The open cases of a mass fault: by their lines, or by what their mails name where nobody has identified them yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import BooleanField, Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from segmentation.models import Service
from tenesa.incidents.models import Incident
from tickets.models import EmailCase, Line
from tickets.states import ENDED

# Does one of its two mails name one of the numbers, one that begins so, or a product whose service is called so?
_NAMES = """EXISTS (
    SELECT 1 FROM mail_inboundmail AS mail, LATERAL jsonb_array_elements_text(
              coalesce(mail.found -> 'product_ids', '[]') || coalesce(mail.found -> 'incidents', '[]')) AS said (number)
     WHERE mail.id IN (tickets_emailcase.first_mail_id, tickets_emailcase.last_mail_id)
       AND (said.number = ANY (%s) OR said.number LIKE %s OR (
           SELECT name FROM segmentation_service WHERE product_id = said.number) ILIKE %s))"""


@dataclass(frozen=True)
class Fault:
    """How a case is known to be of it: by a line, or by a number that its mails name, of which `named` tells those of
    the fault. `numbers` and `word` (the beginning of a product id, or a service's name) are looked for in the mails."""

    lines: Q
    named: Callable[[set[str]], set[str]]
    numbers: frozenset[str] = frozenset()
    word: str = ""

    def names(self) -> RawSQL:
        plain = self.word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        likes = [f"{plain}%", f"%{plain}%"] if plain else [None, None]
        return RawSQL(_NAMES, [list(self.numbers), *likes], BooleanField())  # noqa: S611 - values are bound


def affected(asked: Mapping[str, str]) -> tuple[Q, Q]:
    """Cases whose lines are of the fault, and those together with the ones of which only the mails say so.

    By NOSSA's ticket or its parent, by a product id, its beginning or the service's name, by witel; all that is given
    holds."""
    witel = Q(customer__witel__iexact=asked["witel"]) if asked["witel"] else Q()
    certain, all_of_them = witel, witel
    faults = _faults(asked)
    said = _said_in_mails(faults) if faults else {}
    for fault in faults:
        lines = Line.objects.filter(fault.lines, ~Q(case__state__in=ENDED))
        certain &= Q(pk__in=lines.values("case"))
        named = fault.named({number for numbers in said.values() for number in numbers})
        by_mail = Q(pk__in=[pk for pk, numbers in said.items() if not named.isdisjoint(numbers)])
        all_of_them &= Q(pk__in=lines.values("case")) | by_mail
    return certain, all_of_them


def _faults(asked: Mapping[str, str]) -> list[Fault]:
    faults = [_of_ticket(asked["incident"].upper())] if asked["incident"] else []
    return [*faults, _of_product(asked["product"])] if asked["product"] else faults


def _of_ticket(number: str) -> Fault:
    """The ticket, those below it, and whatever names one of their products and stands for no other ticket."""
    found = Incident.objects.filter(Q(number=number) | Q(parent=number)).values_list("number", "product_id")
    tickets = {number, *(ticket for ticket, _product in found)}
    products = {product for _ticket, product in found if product}
    lines = Q(incident_number__in=tickets) | Q(incident__number__in=tickets)
    without = Q(incident=None, incident_number="", product_id__in=products)
    numbers = frozenset(tickets | products)
    return Fault(lines | without, numbers.intersection, numbers)  # type: ignore[arg-type]


def _of_product(word: str) -> Fault:
    services = Service.objects.filter(name__icontains=word).values_list("product_id", flat=True)
    lines = Q(product_id__startswith=word) | Q(product_id__in=services)

    def named(numbers: set[str]) -> set[str]:
        return {*services.filter(product_id__in=numbers), *(one for one in numbers if one.startswith(word))}

    return Fault(lines, named, word=word)


def naming(faults: Iterable[Fault]) -> QuerySet[EmailCase]:
    """Open cases without a line whose mails name what each of the faults is known by, or quote it."""
    unknown = EmailCase.objects.filter(~Q(state__in=ENDED), ~Exists(Line.objects.filter(case=OuterRef("pk"))))
    for fault in faults:
        unknown = unknown.filter(fault.names())
    return unknown


def _said_in_mails(faults: Iterable[Fault]) -> dict[int, list[str]]:
    """The products and tickets that their mails name."""
    mails = naming(faults).select_related("first_mail", "last_mail")
    mails = mails.only("first_mail__extracted", "last_mail__extracted")
    return {case.pk: case.in_mails("product_ids") + case.in_mails("incidents") for case in mails}
