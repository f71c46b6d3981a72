"""Who is meant by a number: nobody, one or several, in one normal form; by index at any size (W-26 5.2.2)."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from segmentation.customers import CustomerNumber
from segmentation.lookup import customers_by
from segmentation.services import remember_customer, remember_service
from tenesa.incidents.models import Incident
from tests.segmentation.entries import INTERNET, customer, with_internet

pytestmark = pytest.mark.django_db


def references(asked: str) -> list[str]:
    return [match.customer.reference for match in customers_by(asked)]


@pytest.mark.parametrize("written", ["0812-0000-4401", "+62 812 0000 4401", "(0812) 00004401", "0062 812-0000-4401"])
def test_one_number_however_it_is_written(written: str) -> None:
    customer()
    assert references(written) == ["3000901"]


def test_by_customer_internet_and_ticket_number() -> None:
    one = with_internet(customer())
    Incident.objects.create(number="IN20000001", product_id=INTERNET, status="BACKEND")
    for asked in ("3000901", INTERNET, "in20000001"):
        assert references(asked) == ["3000901"]
    assert [match.service.product_id for match in customers_by(INTERNET) if match.service] == [INTERNET]
    assert customers_by("3000901")[0].service is None
    for nobody in ("", "halo", "IN29999999", "021-777 1234"):
        assert customers_by(nobody) == []
    assert one.numbers.count() == 3


def test_several_are_all_told() -> None:
    customer("3000902", name="Adi Nugroho")
    customer("3000901")
    assert references("0812-0000-4401") == ["3000901", "3000902"]


def test_one_customer_with_the_number_twice_is_one() -> None:
    one = customer(phone="021-5550 1234")
    remember_service(one, {"product_id": "02155501234"})
    found = customers_by("+62 21 55501234")
    assert [(match.customer.pk, match.service is not None) for match in found] == [(one.pk, True)]


def test_numbers_follow_what_the_systems_say() -> None:
    one, other = with_internet(customer()), customer("3000902", phone="")
    customer("3000901", phone="0812-0000-7777")
    assert (references("0812-0000-4401"), references("081200007777")) == ([], ["3000901"])
    with_internet(other)  # the line changed hands
    assert references(INTERNET) == ["3000902"]
    facts = {"reference": "3000901", "name": one.name, "segment": "DCS"}
    remember_customer(facts, source="TENOSS")  # knows no contacts and no witel: those of before stay
    one.refresh_from_db()
    assert (references("081200007777"), one.witel) == (["3000901"], "BANDUNG")


def test_reading_a_customer_again_writes_no_number() -> None:
    with_internet(customer())
    before = set(CustomerNumber.objects.values_list("pk", flat=True))
    with CaptureQueriesContext(connection) as queries:
        with_internet(customer())
    assert not [query["sql"] for query in queries if "INSERT" in query["sql"] or "DELETE" in query["sql"]]
    assert set(CustomerNumber.objects.values_list("pk", flat=True)) == before


def test_a_number_is_found_by_index() -> None:
    with_internet(customer())
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "customer_number_once" in CustomerNumber.objects.filter(number="081200004401").explain()
