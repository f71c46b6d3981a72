"""The customer's page in every look, and the ways between desks by keys alone."""

from __future__ import annotations

import pytest
from django.urls import reverse

from segmentation.services import remember_customer, remember_service
from tenesa.accounts.models import User
from tenesa.incidents.models import Incident
from tests import factories
from tests.journeys.browser.conftest import Seat, seat
from tests.pending.desk import OPEN, OTHER, asked
from tests.workspace.test_customer import CONTACT, FACTS, SID
from tickets.models import Line

__all__ = ["seat"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_one_case_leads_to_the_customer_and_to_another_desk(rini: User, seat: Seat) -> None:
    customer = remember_customer(FACTS, source="SISKAS", contacts=[CONTACT, {**CONTACT, "name": "Sari", "role": ""}])
    remember_service(customer, {"product_id": SID, "name": "Astinet 100M", "address": "Jl. Pelabuhan Tanjung Perak 1"})
    one = Incident.objects.create(number=OPEN, product_id=SID, status="BACKEND", summary="Tautan mati sejak pagi")
    Incident.objects.create(number=OTHER, product_id=SID, status="PENDING", summary="Kecepatan turun pada jam sibuk")
    case = factories.put(factories.opened(subject="Gangguan di kantor pusat"), "NEW", customer=customer)
    Line.objects.create(case=case, product_id=SID, incident=one, incident_number=OPEN)
    hold = asked(rini, OTHER)

    window = seat(rini).open(case.get_absolute_url())
    window.tab_to(f"a[href$='?incident={OPEN}']")
    window.press("Enter")
    window.shows(f"input[name=incident][value={OPEN}]")

    window.open(case.get_absolute_url()).press("f")
    window.tab_to(f"a[href='{customer.get_absolute_url()}']")
    window.press("Enter")
    window.sees("Tiket terbuka", "main")
    window.is_fit("customer")
    window.tab_to(f"a[href='{hold.get_absolute_url()}']")
    window.press("Enter")
    window.shows(f"#open [data-case='{hold.pk}']")


def test_a_tag_and_a_saved_view_by_keys_and_another_window_sees_the_tag(rini: User, bowo: User, seat: Seat) -> None:
    case = factories.opened(subject="Gangguan di kantor pusat")
    other, window = seat(bowo).open(case.get_absolute_url()), seat(rini).open(case.get_absolute_url())
    window.press(";")
    window.type("Gangguan massal")
    window.press("Enter")
    window.sees("Gangguan massal", "#case-head .tag")
    other.sees("Gangguan massal", "#case-head .tag")
    other.sees("Tag dipasang", "#timeline")
    window.press("Escape")
    window.is_fit("tagged")
    window.open(f"{reverse('cases:list')}?view=all&tag=gangguan+massal")
    window.press("'")
    window.shows("#saved-name")
    window.tab_to("#saved-name")
    window.type("Massal")
    window.press("Enter")
    window.tab_to(".saved-one a")
    window.press("Enter")
    window.sees("Massal", "#queue-title")
    other.open(reverse("tags"))
    other.sees("Gangguan massal", "main")
    other.is_fit("tags")
