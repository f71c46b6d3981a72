"""What is offered as choices with a key each: the customer's services, related cases; and MyCX, read at intake."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from segmentation.models import Customer, Service
from tenesa.accounts.models import User
from tenesa.incidents.models import Incident
from tenesa.mail.models import InboundMail
from tenesa.systems.models import ExternalCall
from tenesa.workflow.errors import InvalidInput
from tenesa.workflow.perform import perform
from tests import factories
from tickets import results
from tickets.customer_words import suggested_need
from tickets.forms import MergeForm, NeedForm
from tickets.models import EmailCase

pytestmark = pytest.mark.django_db
VPN, LINE = "4700112-0045127790", "122055501432"


def again(case: EmailCase) -> EmailCase:
    return EmailCase.objects.get(pk=case.pk)


def wrote(case: EmailCase, text: str, *numbers: str) -> None:
    found = {"product_ids": list(numbers), "own": list(numbers)}
    InboundMail.objects.filter(pk=case.last_mail_id).update(subject="Laporan", text=text, extracted=found)


@pytest.fixture
def samudra() -> Customer:
    customer = Customer.objects.create(reference="1", name="PT Samudra", segment="DES", source="SISKAS")
    for number, name, product in ((LINE, "IndiBiz", "INTERNET"), (VPN, "VPN IP", "DATA")):
        Service.objects.create(product_id=number, name=name, product=product, customer=customer)
    return customer


def test_the_services_are_offered_the_broken_one_first_and_none_is_chosen(
    rini: User, samudra: Customer, client: Client
) -> None:
    Incident.objects.create(number="IN10480001", product_id=VPN, status="BACKEND")
    Incident.objects.create(number="IN10480002", product_id=LINE, status="CLOSED")
    case = factories.put(factories.opened(), "SEGMENT_CHECKED", owner=rini, segment="DES", customer=samudra)
    wrote(case, "Internet kami mati.")
    form = NeedForm(case=again(case), actor=rini)
    assert [value for value, _words in form.fields["service"].choices] == [VPN, LINE]  # type: ignore[attr-defined]
    assert form["service"].value() is None
    assert "IN10480001" in str(form.fields["service"].help_text)
    client.force_login(rini)
    page = client.get(reverse("cases:case", args=[case.pk])).content.decode()
    assert f'value="{VPN}"' in page
    assert "IN10480001 BACKEND" in page
    perform(case, "identify", actor=rini, data={"kind": "COMPLAINT", "complaint": "NEW", "service": LINE})
    assert again(case).products == [LINE]


def test_a_named_product_leaves_nothing_to_choose(rini: User, samudra: Customer) -> None:
    case = factories.put(factories.opened(), "SEGMENT_CHECKED", owner=rini, segment="DES", customer=samudra)
    wrote(case, "Link mati.", VPN)
    assert "service" not in NeedForm(case=again(case), actor=rini).fields


def test_merge_offers_open_related_cases_with_why_and_takes_a_free_number(rini: User, samudra: Customer) -> None:
    goes, stays, closed, other = (factories.opened(subject=f"Laporan {n}") for n in range(4))
    for case, state in ((goes, "ASSIGNED"), (stays, "ASSIGNED"), (closed, "CLOSED")):
        factories.put(case, state, owner=rini, customer=samudra)
    form = MergeForm(case=again(goes), actor=rini)
    [(number, words)] = form.fields["related"].choices  # type: ignore[attr-defined]
    assert number == stays.number
    assert "Laporan 1" in words
    assert form["related"].value() is None
    for wrong in ({}, {"related": closed.number}, {"into": "TN9999999"}):
        with pytest.raises(InvalidInput):
            perform(goes, "merge", actor=rini, data={"reason": "sama", **wrong})
        assert again(goes).state == "ASSIGNED"
    perform(goes, "merge", actor=rini, data={"reason": "sama", "related": stays.number})
    assert again(goes).merged_into == stays
    factories.put(other, "ASSIGNED", owner=rini, unread_by="")
    perform(other, "merge", actor=rini, data={"reason": "sama", "into": stays.number.lower()})
    assert again(other).merged_into == stays


def test_cases_of_one_mass_fault_are_related(rini: User) -> None:
    here, there = (factories.put(factories.opened(), "ASSIGNED", owner=rini) for _one in range(2))
    for case, number, product in ((here, "IN10480001", VPN), (there, "IN10480002", LINE)):
        Incident.objects.create(number=number, product_id=product, status="BACKEND", parent="IN10480900")
        case.link_incident(product, number, opened_here=False)
    [(number, words)] = MergeForm(case=again(here), actor=rini).fields["related"].choices  # type: ignore[attr-defined]
    assert number == there.number
    assert "tiket induk" in words.lower()


def searched(case: EmailCase) -> ExternalCall:
    return ExternalCall.objects.get(case_id=case.pk, system="mycx", operation="search")


def answered(call: ExternalCall, status: str, **more: Any) -> None:
    for name, value in {"status": status, **more}.items():
        setattr(call, name, value)
    call.save()
    results.answered(call)


def named(client_words: str = "Link kami mati total.") -> EmailCase:
    case = factories.opened(extracted={"product_ids": [VPN], "own": [VPN]})
    wrote(case, client_words, VPN)
    return case


def test_mycx_is_read_at_intake_and_its_open_ticket_is_evidence(rini: User) -> None:
    case = named()
    call = searched(case)
    assert call.payload == {"search_type": "product_id", "value": VPN}
    ticket = {"incident": "IN10489999", "product_id": VPN, "status": "NEW", "summary": "", "reported_at": "2026-01-01"}
    answered(
        call,
        "ANSWERED",
        answered_at=timezone.now(),
        answer={"customers": [{"tickets": [ticket, {**ticket, "product_id": LINE}]}]},
    )
    kind, complaint, why = suggested_need(again(case))
    assert (kind, complaint) == ("COMPLAINT", "PROGRESS")
    assert "MyCX: IN10489999" in why
    assert again(case).all_lines == []  # evidence alone


def test_mycx_that_is_down_holds_nothing_up(rini: User) -> None:
    case = named()
    answered(searched(case), "WAITING", error_code="UNAVAILABLE", error_message="MyCX tidak menjawab.")
    case.checks.create(tool="nossa", product_id=VPN, state="NORMAL", summary="-")
    assert suggested_need(again(case))[:2] == ("COMPLAINT", "NEW")
    perform(case, "take", actor=rini)
    assert again(case).owner == rini


def told(case: EmailCase, customer: Customer, services: list[str]) -> None:
    """SISKAS answers whose address the sender's is."""
    known = {"reference": customer.reference, "name": customer.name, "segment": customer.segment}
    answer = {
        "customer": known,
        "services": [{"product_id": one, "product": "DATA", "name": "VPN"} for one in services],
    }
    call = ExternalCall.objects.get(case_id=case.pk, system="siskas", operation="find_customer")
    answered(call, "ANSWERED", answered_at=timezone.now(), answer=answer)


def test_tickets_of_a_customer_with_few_services_are_read_where_the_mail_names_none(samudra: Customer) -> None:
    case = factories.opened()
    wrote(case, "Internet kami mati.")
    told(again(case), samudra, [])
    asked = ExternalCall.objects.filter(case_id=case.pk, system="nossa", operation="search_by_service")
    assert {call.payload["service_no"] for call in asked} == {VPN, LINE}
    ticket = {"number": "IN10489999", "service_no": VPN, "status": "BACKEND"}
    answer = {"answered_at": timezone.now(), "answer": {"incidents": [ticket]}}
    answered(asked.get(payload__service_no=VPN), "ANSWERED", **answer)
    assert "IN10489999" in again(case).services_to_choose()[0].why
    assert again(case).all_lines == []  # evidence alone


def test_a_ticket_read_late_is_of_no_case_whose_person_named_another_product_or_none(
    rini: User, samudra: Customer
) -> None:
    case = factories.opened()
    wrote(case, "Sudah selesai belum?")
    told(again(case), samudra, [])
    factories.put(again(case), "CLASSIFIED", owner=rini, kind="COMPLAINT", complaint="PROGRESS", segment="DES")
    case.lines.create(product_id=LINE)
    for number in (VPN, LINE):
        call = ExternalCall.objects.get(case_id=case.pk, system="nossa", payload__service_no=number)
        ticket = {"number": f"IN104{number[-5:]}", "service_no": number, "status": "BACKEND"}
        answered(call, "ANSWERED", answered_at=timezone.now(), answer={"incidents": [ticket]})
    assert [(line.product_id, line.incident_number) for line in again(case).all_lines] == [(LINE, f"IN104{LINE[-5:]}")]


def test_of_a_customer_with_many_services_none_is_read(samudra: Customer) -> None:
    case = factories.opened()
    for number in range(8):
        Service.objects.create(product_id=f"4700112-009{number}", product="DATA", customer=samudra)
    told(case, samudra, [])
    assert not ExternalCall.objects.filter(case_id=case.pk, system="nossa").exists()
