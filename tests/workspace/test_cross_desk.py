"""The cases of a customer over all procedures, and what one desk asks of another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pending.models import PendingRequest
from tenesa.accounts.models import SYSTEM, User
from tenesa.accounts.roles import Role
from tenesa.incidents.models import Incident
from tenesa.workspace import cross_desk
from tenesa.workspace.cross_desk import CustomerKeys, cases_of, mail_case_about
from tests import factories
from tests.pending.desk import OPEN, OTHER, asked
from tickets.models import EmailCase, Line

pytestmark = pytest.mark.django_db
SID = "4700112-0045127790"


@pytest.fixture
def unit(db: None) -> User:
    return factories.person("ujang", Role.TELKOM_UNIT, ready=False)


def about(incident: str, **changes: Any) -> EmailCase:
    case = factories.opened(**changes)
    row, _made = Incident.objects.get_or_create(number=incident, defaults={"status": "BACKEND", "product_id": SID})
    Line.objects.create(case=case, product_id=SID, incident=row, incident_number=incident)
    return case


def test_it_finds_the_customers_cases_over_all_procedures_newest_first(unit: User, rini: User) -> None:
    customer = factories.customer()
    by_reference = factories.put(factories.opened(from_address="a@satu.example"), "NEW", customer=customer)
    by_address = factories.opened(from_address="bonar@dua.example")
    by_incident = about(OTHER, from_address="b@tiga.example")
    hold = asked(unit, OPEN)
    factories.opened(from_address="lain@empat.example")
    known = CustomerKeys(customer.reference, ["bonar@dua.example"], [SID], [OPEN, OTHER])
    assert cases_of(known, rini) == [hold, by_incident, by_address, by_reference]
    assert cases_of(known, rini, most=2) == [hold, by_incident]
    assert cases_of(known, rini, but=hold) == [by_incident, by_address, by_reference]
    assert cases_of(CustomerKeys(), rini) == []
    assert cases_of(CustomerKeys(services=[SID]), rini) == [by_incident]
    assert cases_of(CustomerKeys(incidents=[""]), rini) == []


def test_it_shows_nobody_what_they_may_not_see(unit: User, rini: User, asing: User) -> None:
    case, hold = about(OPEN), asked(unit, OPEN)
    known = CustomerKeys(incidents=[OPEN])
    assert [cases_of(known, who) for who in (rini, asing, unit)] == [[hold, case], [], [hold]]
    factories.put(case, "VOID")
    assert (cases_of(known, rini), cases_of(known, SYSTEM)) == ([hold], [hold])
    assert mail_case_about(OPEN) is None
    factories.put(case, "NEW")
    written = mail_case_about(OPEN)
    assert written
    assert (written.mailbox, written.conversation.answered) == (case.mailbox, case.last_mail)


def test_it_reads_one_query_a_procedure_by_an_index(rini: User) -> None:
    known = CustomerKeys("0000001", ["a@b.example", "c@d.example"], [SID, "122345678901"], [OPEN, OTHER])
    assert rini.places
    with CaptureQueriesContext(connection) as asked_for:
        cases_of(known, rini)
    assert len(asked_for) == 6  # mail cases, holds, calls, callbacks, prospects, results of caring
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for query in asked_for.captured_queries:
            cursor.execute(f"EXPLAIN {query['sql']}")
            plan = "\n".join(row[0] for row in cursor.fetchall())
            assert "Seq Scan" not in plan, plan


def test_a_mail_case_asks_for_a_hold_of_its_incident(
    unit: User, rini: User, client: Client, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    case = about(OPEN)
    client.force_login(rini)
    address = f"{reverse('pend-ask')}?incident={OPEN}"
    assert address in client.get(case.get_absolute_url()).content.decode()
    assert f'value="{OPEN}"' in client.get(address).content.decode()
    assert rini.places
    with django_assert_max_num_queries(2):
        assert cross_desk.openings({"incident": OPEN}, rini)

    assert cross_desk.open_case(EmailCase, {"incident": OPEN}, rini) is None  # nobody registered how
    assert cross_desk.open_case(PendingRequest, {"product": SID}, rini) is None
    manager = factories.person("ratna", Role.MANAGER)
    assert cross_desk.openings({"incident": OPEN}, manager) == []
    Incident.objects.update(status="CLOSED")
    assert cross_desk.openings({"incident": OPEN}, rini) == []
    Incident.objects.update(status="BACKEND")
    hold = asked(unit, OPEN)
    page = client.get(case.get_absolute_url()).content.decode()
    assert (address in page, hold.get_absolute_url() in page) == (False, True)
