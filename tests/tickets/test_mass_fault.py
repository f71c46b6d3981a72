"""A mass fault: its cases found, one text, each customer's own mail, refused cases listed, nothing sent twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from segmentation.models import Customer, Service
from tenesa.accounts.models import User
from tenesa.incidents.feed import store_incident
from tenesa.incidents.models import Incident
from tenesa.mail.models import OutboundMail
from tenesa.workspace import batches, bulk
from tenesa.workspace.models import Batch, BatchItem
from tests import factories
from tests.refusals import everything
from tests.tickets.watched import incident
from tests.ui.test_frame import signed_in
from tickets.models import EmailCase, State

pytestmark = pytest.mark.django_db
PARENT, BULK, TEXT = "IN10480003", "/cases/bulk/", "Kabel utama putus; perbaikan selesai pukul 21.00."


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "wake", lambda _task, _pk: None)


def hit(owner: User | None, number: int, *, state: str = State.MONITORING, parent: str = PARENT) -> EmailCase:
    """A case of the fault, with a ticket of its own below the parent's, of a customer in Tegal."""
    told = {**incident("BACKEND", timezone.now()), "number": f"IN1048{number}", "gamas": parent}
    store_incident({**told, "service_no": f"4700112-00451277{number}"})
    person = Customer.objects.create(reference=f"C{number}", name=f"PT {number}", segment="DES", witel="Tegal")
    product = Service.objects.create(
        product_id=f"4700112-00451277{number}", name="Astinet", product="DATA", customer=person
    ).product_id
    mail = factories.inbound(from_address=f"pic{number}@pelanggan.example", from_name=f"Pelanggan {number}")
    case = factories.put(factories.opened(), state, owner=owner, segment="DES", kind="COMPLAINT", complaint="NEW")
    EmailCase.objects.filter(pk=case.pk).update(customer=person, first_mail=mail, last_mail=mail)
    case.lines.create(product_id=product, incident_number=told["number"], incident=Incident.objects.latest("pk"))
    return EmailCase.objects.get(pk=case.pk)


def found(browser: Client, **words: str) -> set[int]:
    answer = browser.get(BULK, {"incident": "", "product": "", "witel": "", **words})
    assert answer.status_code == 200
    return {case.pk for case in answer.context["cases"]}


def wanted(cases: list[EmailCase], **more: Any) -> dict[str, Any]:
    chosen = {"case": [case.pk for case in cases], "step": "tell_mass_fault", "token": "sekali", "parent": PARENT}
    return {**chosen, "message": TEXT, "about": f"GAMAS {PARENT}", **more}


def test_its_cases_are_found_by_parent_product_and_witel(rini: User, bowo: User, asing: User) -> None:
    cases = [hit(rini, number) for number in (11, 12)]
    alone = hit(rini, 13, parent="")
    hit(rini, 14, state=State.CLOSED)
    browser, every = signed_in(bowo), {case.pk for case in cases}
    assert found(browser) == set()
    assert found(browser, incident=PARENT.lower()) == every
    assert found(browser, incident="IN104811") == {cases[0].pk}
    assert found(browser, product="astinet") == {*every, alone.pk} == found(browser, witel="TEGAL")
    assert found(browser, product="4700112-0045127711", witel="Tegal") == {cases[0].pk}
    assert found(browser, witel="Medan") == found(signed_in(asing), incident=PARENT) == set()
    Customer.objects.update(witel="Tegal")
    with CaptureQueriesContext(connection) as few:
        found(browser, incident="IN104811")
    with CaptureQueriesContext(connection) as many:
        found(browser, witel="tegal")
    assert len(many) <= len(few) <= 14


def test_each_customer_gets_their_own_mail_once_and_the_refused_are_listed(
    rini: User, dewi: User, bowo: User, hendra: User
) -> None:
    cases = [hit(rini, 11), hit(dewi, 12), hit(rini, 13, state=State.CLASSIFIED)]
    browser = signed_in(bowo)
    page = browser.get(BULK, {"case": [case.pk for case in cases]})
    assert {choice.step.name: choice.number for choice in page.context["choices"]}["tell_mass_fault"] == 2
    assert browser.post(BULK, wanted(cases, message="")).status_code == 422
    assert not Batch.objects.exists()
    answer = browser.post(BULK, wanted(cases))
    assert browser.post(BULK, wanted(cases))["Location"] == answer["Location"]
    assert browser.post(BULK, wanted(cases, message="Lain.")).status_code == 422
    assert browser.post(BULK, wanted(cases[:1])).status_code == 422
    batch = Batch.objects.get()
    assert answer["Location"] == reverse("cases:batch", args=[batch.pk])
    assert 'hx-trigger="every 2s"' in browser.get(answer["Location"]).content.decode()
    assert not OutboundMail.objects.exists()

    assert batches.run(batch.pk) == 3
    before = everything()
    assert batches.run(batch.pk) == 0
    BatchItem.objects.update(state="TAKEN", claimed_at=timezone.now() - timedelta(minutes=5), reason="", seq=None)
    assert batches.run(batch.pk) == 3, "a worker that died after the step and before its row takes nothing twice"
    assert [row for row in everything() if row[0] != "workspace_batchitem"] == [
        row for row in before if row[0] != "workspace_batchitem"
    ]
    mails = list(OutboundMail.objects.order_by("case_id"))
    assert [mail.case_id for mail in mails] == [cases[0].pk, cases[1].pk]
    for mail, number in zip(mails, (11, 12), strict=True):
        assert mail.to == [f"pic{number}@pelanggan.example"]
        assert f"Pelanggan {number}" in mail.text
        assert f"IN1048{number}" in mail.text
        assert TEXT in mail.text
    told = browser.get(answer["Location"]).content.decode()
    assert "hx-trigger" not in told.split('id="batch"')[1].split(">")[0]
    assert "pic11@pelanggan.example" in told
    assert "tidak dapat dilakukan" in told or "Tidak ada yang berubah" in told
    assert [line.item.state for line in batches.lines(batch, {case.pk: case for case in cases})] == [
        "DONE", "DONE", "REFUSED",
    ]  # fmt: skip
    assert signed_in(hendra).get(answer["Location"]).status_code == 200
    assert signed_in(dewi).get(answer["Location"]).status_code == 404


def test_an_agent_may_not_and_many_cases_go_in_the_background(
    rini: User, bowo: User, asing: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [hit(rini, number) for number in (11, 12, 13)]
    before = everything()
    assert signed_in(rini).post(BULK, wanted(cases)).status_code == 403
    assert signed_in(asing).post(BULK, wanted(cases)).status_code == 404
    assert everything() == before
    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    browser = signed_in(bowo)
    page = browser.get(BULK, {"case": [case.pk for case in cases]})
    assert all(choice.number is None for choice in page.context["choices"])
    given = {"owner": bowo.pk, "reason": "Gangguan massal.", "step": "take_over", "token": "lain"}
    browser.post(BULK, {"case": [case.pk for case in cases], **given})
    assert EmailCase.objects.filter(owner=bowo).count() == 0
    woken: list[int] = []
    monkeypatch.setattr(batches, "wake", lambda _task, pk: woken.append(pk))
    assert batches.sweep() == 1
    batches.run(woken[0])
    assert EmailCase.objects.filter(owner=bowo).count() == 3
    assert batches.sweep() == 0
