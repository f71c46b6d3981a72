"""The page of a customer: who it is, its services and open incidents, and its cases at every desk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from segmentation.customers import Customer, Service
from tenesa.accounts.models import User
from tenesa.incidents.models import Incident
from tenesa.systems.operations import REPAIRED
from tenesa.ui.menu import Command
from tenesa.ui.views import current_user
from tenesa.workflow.case import Case
from tenesa.workspace.cross_desk import CustomerKeys, cases_of
from tenesa.workspace.customers import CustomerLabel

SERVICES = 100
INCIDENTS = 50
IN_THE_PALETTE = 5


@dataclass(frozen=True)
class Page:
    customer: Customer
    services: Sequence[Service]
    more_services: bool
    incidents: Sequence[Incident]
    cases: Sequence[Case]


def may_see(user: User) -> bool:
    """Whoever works with customers."""
    return bool(user.workplaces)


@login_required
@require_GET
def customer(request: HttpRequest, reference: str) -> HttpResponse:
    user = current_user(request)
    if not may_see(user):
        raise Http404
    page = page_of(get_object_or_404(Customer, reference=reference), user)
    return render(request, "segmentation/customer.html", {"page": page})


def page_of(one: Customer, user: User) -> Page:
    """Cases about one of the newest incidents count as well as those that name the customer."""
    services = list(one.services.order_by("product_id")[: SERVICES + 1])
    theirs = Incident.objects.filter(product_id__in=one.services.values("product_id")).order_by("-pk")
    incidents = list(theirs.exclude(status__in=REPAIRED).defer("facts", "worklogs")[:INCIDENTS])
    known = CustomerKeys(
        reference=one.reference,
        addresses=[contact["email"] for contact in one.contacts if contact.get("email")],
        services=[service.product_id for service in services[:SERVICES]],
        incidents=theirs.values_list("number", flat=True)[:INCIDENTS],
    )
    return Page(one, services[:SERVICES], len(services) > SERVICES, incidents, cases_of(known, user))


# --- on the pages of others ------------------------------------------------------------------------------------------
def shown_as(known: CustomerKeys) -> CustomerLabel | None:
    """By its number, else as whose service it is."""
    rows = Customer.objects.filter(reference=known.reference) if known.reference else Customer.objects.none()
    if not known.reference and known.services:
        rows = Customer.objects.filter(services__product_id__in=list(known.services))
    one = rows.order_by("pk").first()
    return CustomerLabel(one.name, (str(one.get_segment_display()),), one.get_absolute_url()) if one else None


def commands(request: HttpRequest, words: str) -> Iterator[Command]:
    """Customers in the palette, by the beginning of their number or of a service's."""
    user, wanted = request.user, words.strip()
    number: Any = wanted.replace("-", "")
    if len(wanted) < 4 or not number.isdecimal() or not isinstance(user, User) or not may_see(user):
        return
    by_service = Service.objects.filter(product_id__startswith=wanted).order_by("product_id").values("customer")
    by_number = Customer.objects.filter(reference__startswith=wanted).order_by("reference").values("pk")
    found = by_service[:IN_THE_PALETTE].union(by_number[:IN_THE_PALETTE])
    for one in Customer.objects.filter(pk__in=found).order_by("name", "pk")[:IN_THE_PALETTE]:
        hint = f"{one.reference} · {one.get_segment_display()}"
        yield Command(one.name, "building-2", _("Customers"), url=one.get_absolute_url(), hint=hint, matched=True)
