"""A mass fault: its cases found, one text, each customer's own mail, refused cases listed, nothing sent twice."""

from __future__ import annotations

import html
import re
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
from tenesa.notices.models import Notice
from tenesa.workspace import batches, bulk
from tenesa.workspace.models import Batch, BatchItem
from tests import factories
from tests.refusals import everything
from tests.tickets.watched import incident
from tests.ui.test_frame import signed_in
from tickets import mass_fault
from tickets.models import EmailCase, Line, State

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
    assert len(many) <= len(few) <= 16  # with how many there are


def test_cases_that_nobody_has_identified_are_found_by_their_mails(rini: User, bowo: User) -> None:
    known, browser = hit(rini, 11), signed_in(bowo)
    product, ticket = "4700112-0045127712", "IN104812"
    store_incident({**incident("BACKEND", timezone.now()), "number": ticket, "gamas": PARENT, "service_no": product})
    Service.objects.create(
        product_id=product, name="VPN IP 10 Mbps", product="DATA", customer=factories.customer(name="PT 12")
    )
    said = {"product_ids": [product], "incidents": [], "phones": []}
    by_product = factories.put(factories.opened(extracted=said), State.ASSIGNED, owner=rini)
    by_ticket = factories.opened(extracted={**said, "product_ids": [], "incidents": [PARENT]})
    quoted = factories.opened(extracted={**said, "own": []})
    factories.put(factories.opened(extracted=said), State.CLOSED)
    identified = factories.opened(extracted=said)
    identified.lines.create(product_id="4700999-0000000001")
    for words in ({"product": product}, {"product": "4700112-00451277"}, {"product": "vpn ip"}, {"incident": ticket}):
        assert by_product.pk in found(browser, **words), words
    assert found(browser, incident=PARENT) == {known.pk, by_product.pk, by_ticket.pk}
    assert quoted.pk not in found(browser, product=product)
    assert found(browser, product=product, witel="Tegal") == set()
    answer = browser.get(BULK, {"incident": PARENT, "product": "", "witel": ""})
    assert {case.pk: case.certain for case in answer.context["cases"]} == {
        known.pk: True, by_product.pk: False, by_ticket.pk: False,
    }  # fmt: skip
    assert answer.content.decode().count("dari surel") == 2
    Line.objects.create(case=by_product, product_id=product)
    assert by_product.pk in found(browser, incident=ticket), "identified, and NOSSA has not answered yet"


def test_only_mails_that_name_it_are_read_and_found_by_indexes(bowo: User) -> None:
    product = "4700112-0045127712"
    Service.objects.create(
        product_id=product, name="VPN IP 10% Mbps", product="DATA", customer=factories.customer(name="PT 12")
    )
    said = {"product_ids": [product], "incidents": [PARENT], "phones": []}
    mine = factories.opened(extracted=said)
    for number in range(9):
        factories.opened(extracted={**said, "product_ids": [f"4700999-{number:010d}"], "incidents": []})
    over = EmailCase.objects.filter(pk=mine.pk).values().get()
    EmailCase.objects.bulk_create([EmailCase(**{**over, "id": None, "state": State.CLOSED}) for _one in range(900)])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE tickets_emailcase; SET LOCAL enable_seqscan = off")
    asked = dict.fromkeys(("incident", "product", "witel"), "")
    for words in ({"incident": PARENT}, {"product": product[:12]}, {"product": "ip 10% m"}):
        faults = mass_fault._faults({**asked, **words})
        assert list(mass_fault.naming(faults)) == [mine], words
        plan = mass_fault.naming(faults).explain()
        assert "Seq Scan" not in plan, plan
        assert re.search("Scan using email_(open|mine|level) on tickets_emailcase", plan), plan
    for word, found_by in (("%", True), ("ip 10_ m", False), ("\\", False)):
        assert mass_fault.naming(mass_fault._faults({**asked, "product": word})).exists() is found_by, word


def test_a_search_for_nothing_says_so(bowo: User) -> None:
    browser = signed_in(bowo)
    assert "Isi tiket, produk, atau wilayah" not in browser.get(BULK).content.decode()
    assert "Isi tiket, produk, atau wilayah" in browser.get(BULK, {"incident": " ", "product": ""}).content.decode()


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
    assert list(Notice.objects.order_by("case_id").values_list("person", "kind")) == [
        (rini.pk, "ACTED"), (dewi.pk, "ACTED"),
    ]  # fmt: skip
    for mail, number in zip(mails, (11, 12), strict=True):
        assert mail.to == [f"pic{number}@pelanggan.example"]
        assert f"Pelanggan {number}" in mail.text
        assert f"IN1048{number}" in mail.text
        assert TEXT in mail.text
    told = browser.get(answer["Location"]).content.decode()
    assert "pic11@pelanggan.example" in told
    assert "tidak dapat dilakukan" in told or "Tidak ada yang berubah" in told
    assert [line.item.state for line in batches.lines(batch, {case.pk: case for case in cases})] == [
        "DONE", "DONE", "REFUSED",
    ]  # fmt: skip
    assert signed_in(hendra).get(answer["Location"]).status_code == 200
    assert signed_in(dewi).get(answer["Location"]).status_code == 404


def test_the_form_says_who_stays_out_and_goes_to_the_others_alone(rini: User, bowo: User) -> None:
    ready, early = hit(rini, 11), hit(rini, 12, state=State.CLASSIFIED)
    page = signed_in(bowo).get(f"{BULK}?case={early.pk}&case={ready.pk}&step=tell_mass_fault")
    text = page.content.decode()
    assert "1 dari 2 kasus" in text
    assert [one.case.pk for one in page.context["left_out"]] == [early.pk]
    assert early.get_state_display() in page.context["left_out"][0].refusal
    assert f'name="case" value="{ready.pk}"' in text
    assert f'name="case" value="{early.pk}"' not in text
    assert "IN104811 BACKEND" in page.context["ready"][0].note
    assert text.count("autofocus") == 1
    alone = signed_in(bowo).get(f"{BULK}?case={early.pk}&step=tell_mass_fault").content.decode()
    assert 'method="post" action="/cases/bulk/"' not in alone


def test_whoever_sent_it_takes_it_back_while_it_is_held(rini: User, bowo: User, hendra: User) -> None:
    cases = [hit(rini, number) for number in (11, 12, 13)]
    browser = signed_in(bowo)
    at = browser.post(BULK, wanted(cases))["Location"]
    batch, undo = Batch.objects.get(), reverse("cases:undo_batch", args=[Batch.objects.get().pk])
    last = batch.items.latest("pk")
    BatchItem.objects.filter(pk=last.pk).update(state="TAKEN", claimed_at=timezone.now())
    assert batches.run(batch.pk) == 2
    BatchItem.objects.filter(pk=last.pk).update(state="WAITING")
    OutboundMail.objects.filter(case_id=cases[1].pk).update(status="SENT", sent_at=timezone.now())
    assert f'action="{undo}"' in browser.get(at).content.decode()
    assert f'action="{undo}"' not in signed_in(hendra).get(at).content.decode()
    assert signed_in(hendra).post(undo).status_code == 404
    told = browser.post(undo, follow=True).content.decode()
    assert "Ditarik kembali pada 1 kasus. Pada 1 kasus surelnya sudah telanjur terkirim." in told
    assert "hx-trigger" not in told.split('id="batch"')[1].split(">")[0]
    assert "1 selesai · 1 ditarik kembali" in " ".join(told.split())
    assert f'action="{undo}"' not in told
    assert set(OutboundMail.objects.values_list("case_id", "status")) == {
        (cases[0].pk, "CANCELLED"), (cases[1].pk, "SENT"),
    }  # fmt: skip
    assert batches.run(batch.pk) == 0, "whose turn had not come is left alone"


def test_the_page_asks_again_until_the_mails_have_left(rini: User, bowo: User) -> None:
    browser = signed_in(bowo)
    at = browser.post(BULK, wanted([hit(rini, 11)]))["Location"]
    batches.run(Batch.objects.get().pk)
    assert "every 2s" in browser.get(at).content.decode()
    OutboundMail.objects.update(status="SENT", sent_at=timezone.now())
    assert "every 2s" not in browser.get(at).content.decode()


def test_more_than_can_be_taken_at_once_are_counted_and_come_page_by_page(
    rini: User, bowo: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [hit(rini, number).pk for number in (11, 12, 13)]
    monkeypatch.setattr(bulk, "AT_MOST", 2)
    browser = signed_in(bowo)
    page = browser.get(BULK, {"incident": PARENT, "product": "", "witel": ""})
    words = page.content.decode()
    assert ([case.pk for case in page.context["cases"]], "3 kasus terbuka" in words) == (cases[:2], True)
    assert "Sekaligus hanya 2 kasus" in words
    following = html.unescape(words).split('href="?page=2')[1].split('"')[0]
    page = browser.get(f"{BULK}?page=2{following}")
    assert ([case.pk for case in page.context["cases"]], "3 kasus terbuka" in page.content.decode()) == (
        cases[2:],
        True,
    )


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
