"""Services of a customer, for a mail that names none: what is known to be out of order first, with its evidence."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from segmentation.models import Service
from tenesa.incidents.models import Incident
from tenesa.ui.templatetags.ui import clock

OFFERED = 9  # a digit each


@dataclass(frozen=True)
class ServiceChoice:
    """`why` says what is out of order; "" where nothing is known to be."""

    product_id: str
    name: str
    address: str
    why: str

    @property
    def words(self) -> str:
        return " · ".join(filter(None, [self.product_id, self.name, self.address, self.why]))


def choices_of(customer_id: int) -> list[ServiceChoice]:
    """By index, two questions; the newest open ticket first, the others in the order of their ids."""
    services = {one.product_id: one for one in Service.objects.filter(customer=customer_id).order_by("product_id")}
    incidents = Incident.objects.filter(product_id__in=services).order_by("pk") if services else ()
    running = {one.product_id: one for one in incidents if one.is_open}
    newest = sorted(running, key=lambda product_id: -running[product_id].pk)
    order = [*newest, *(product_id for product_id in services if product_id not in running)]
    return [_choice(services[product_id], running.get(product_id)) for product_id in order[:OFFERED]]


def few_of(customer_id: int) -> list[str]:
    """The products of a customer who has so few that all of them are offered; of any other customer none."""
    services = Service.objects.filter(customer=customer_id).order_by("product_id")
    ids = list(services.values_list("product_id", flat=True)[: OFFERED + 1])
    return ids if len(ids) <= OFFERED else []


def _choice(service: Service, incident: Incident | None) -> ServiceChoice:
    why = ""
    if incident is not None:
        said = {"number": incident.number, "status": incident.status, "time": clock(incident.read_at)}
        why = _("NOSSA: %(number)s %(status)s, read at %(time)s.") % said
    return ServiceChoice(service.product_id, service.name, service.address, why)
