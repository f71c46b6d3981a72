"""The open case: its page, taking steps from it, refusals in words, composer, drafts, preview, undo."""

from __future__ import annotations

import re
import uuid
from itertools import combinations
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tenesa.accounts.models import User
from tenesa.audit.models import Event
from tenesa.documents import supplied, words
from tenesa.documents.models import Clause, Document, Revision, Term
from tenesa.escalation.desk import EscalationDesk
from tenesa.launch.rundir import ROOT
from tenesa.mail.models import InboundMail, OutboundMail
from tenesa.systems.models import ExternalCall
from tenesa.workflow.perform import perform
from tenesa.workspace.desk import desks
from tenesa.workspace.models import Draft
from tests import factories
from tests.platform.test_perform import in_threads
from tests.ui.test_frame import signed_in
from tickets.models import EmailCase

pytestmark = pytest.mark.django_db
HTMX: Any = {"HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL": "http://testserver/cases/?view=mine"}


def step(client: Client, case: EmailCase, name: str, **fields: str) -> Any:
    return client.post(reverse("cases:step", args=[case.pk, name]), fields, **HTMX)


@pytest.fixture
def case() -> EmailCase:
    opened = factories.opened()
    InboundMail.objects.filter(pk=opened.first_mail_id).update(
        procedure=opened.procedure_name(), case_id=opened.pk, html="<p onclick='x()'>Halo<script>alert(1)</script></p>"
    )
    return opened


def test_it_shows_mail_steps_and_rail(case: EmailCase, rini: User) -> None:
    response = signed_in(rini).get(reverse("cases:case", args=[case.pk]))
    page = response.content.decode()
    assert case.number in page
    assert "Bonar 0812-0000-1187" in page
    assert 'id="offer-take"' in page
    fragment = signed_in(rini).get(reverse("cases:case", args=[case.pk]), **HTMX).content.decode()
    assert "<html" not in fragment
    assert 'id="procedure"' in fragment


def test_each_step_stands_beside_its_rule(case: EmailCase, rini: User) -> None:
    supplied.load(Document, Revision, Clause, Term)
    words.forget()
    case = perform(case, "take", actor=rini)
    page = signed_in(rini).get(reverse("cases:case", args=[case.pk])).content.decode()
    address = f"{reverse('documents:document', args=['IN.OCC.TENESA.W-05'])}#c-1.2.2"
    assert f'href="{address}"' in page.partition('id="offer-check_segment"')[2].partition("</details>")[0]
    assert "Cek segmen pelanggan" in page
    factories.put(case, "CLASSIFIED", kind="INFORMATION", segment="DES", segment_source="MANUAL", segment_reason="x")
    page = signed_in(rini).get(reverse("cases:case", args=[case.pk])).content.decode()
    blocked = " ".join(page.partition('<ul class="blocked">')[2].partition("</ul>")[0].split())
    assert blocked.count("<li>") > blocked.count('<span class="clause">')  # lokal: no document has it
    assert blocked.count("rule-of") == blocked.count("<li>") - blocked.count('<span class="clause">')
    words.forget()


def test_no_key_means_two_things_beside_an_open_case() -> None:
    """Decisions on an escalation stand in the rail beside the list and the composer; the help names what is there."""
    frame = (ROOT / "frontend/js/keys.js").read_text() + (ROOT / "templates/ui/_topbar.html").read_text()
    parts = "_queue", "_bar", "_facts"
    beside = frame + "".join((ROOT / f"templates/workspace/{part}.html").read_text() for part in parts)
    fixed = {*re.findall(r'data-key="([^"{]+)"', beside), *re.findall(r"\b([jkx]): ", frame), ".", ","}
    others = [desk for desk in desks() if not isinstance(desk, EscalationDesk)]
    rail = {key for desk in others for key in desk.keys.values()}
    assert fixed >= {"g", "b", "r", "n", "f", "+", "/", "j", "k", "x"}
    assert (fixed - {"u"}) & rail == set()  # what is taken back is undone by the same key
    assert not (fixed | rail) & set(EscalationDesk.keys.values())
    told = (ROOT / "templates/ui/_help.html").read_text()
    assert [key for key in fixed | rail if f">{key}</kbd>" not in told] == []
    for desk in desks():
        for one, other in combinations(desk.keys, 2):
            if desk.keys[one] == desk.keys[other]:
                assert not set(desk.steps[one].source) & set(desk.steps[other].source), (one, other)


def test_it_takes_a_step_and_shows_the_next(case: EmailCase, rini: User) -> None:
    response = step(signed_in(rini), case, "take", key=str(uuid.uuid4()))
    assert response.status_code == 200
    assert EmailCase.objects.get(pk=case.pk).state == "ASSIGNED"
    assert 'id="offer-check_segment"' in response.content.decode()
    assert response["HX-Push-Url"].startswith(reverse("cases:case", args=[case.pk]))


def test_a_form_posted_twice_is_done_once(case: EmailCase, rini: User) -> None:
    client, key = signed_in(rini), str(uuid.uuid4())
    assert step(client, case, "take", key=key).status_code == 200
    assert step(client, case, "take", key=key).status_code == 200
    assert Event.objects.filter(case_id=case.pk, step="take").count() == 1


def test_it_refuses_in_words_and_writes_nothing(case: EmailCase, rini: User, dewi: User) -> None:
    perform(case, "take", actor=dewi)
    events = Event.objects.count()
    response = step(signed_in(rini), case, "take", key="k")
    assert response.status_code == 409
    assert "Tidak ada yang berubah" in response.content.decode()
    assert Event.objects.count() == events
    plain = signed_in(rini).post(reverse("cases:step", args=[case.pk, "take"]))
    assert plain.status_code == 409


def test_it_refuses_roles_and_unknown_steps(case: EmailCase, rini: User) -> None:
    assert step(signed_in(rini), case, "confirm_void").status_code == 403
    assert step(signed_in(rini), case, "receive").status_code == 403
    assert step(signed_in(rini), case, "no_such_step").status_code == 404


def test_invalid_input_comes_back_with_what_was_typed(case: EmailCase, rini: User) -> None:
    perform(case, "take", actor=rini)
    response = step(signed_in(rini), case, "check_segment", segment="DES", source="MANUAL", reason="")
    page = response.content.decode()
    assert response.status_code == 422
    assert response["HX-Retarget"] == "#procedure"
    assert "perlu alasan" in page
    assert 'aria-invalid="true"' in page
    assert EmailCase.objects.get(pk=case.pk).state == "ASSIGNED"


def test_get_changes_nothing(case: EmailCase, rini: User) -> None:
    assert signed_in(rini).get(reverse("cases:step", args=[case.pk, "take"])).status_code == 405
    assert signed_in(rini).get(reverse("cases:next")).status_code == 405


def test_a_draft_survives_the_browser(case: EmailCase, rini: User, dewi: User) -> None:
    perform(case, "take", actor=rini)
    client = signed_in(rini)
    saved = client.post(reverse("cases:draft", args=[case.pk, "write"]), {"message": "Sedang kami cek"}, **HTMX)
    assert saved.status_code == 200
    again = signed_in(rini).get(reverse("cases:compose", args=[case.pk, "write"]), **HTMX).content.decode()
    assert "Sedang kami cek" in again
    assert not Draft.objects.filter(author=dewi).exists()


@pytest.mark.django_db(transaction=True)
def test_a_draft_on_its_way_and_a_refusal_do_not_block_each_other(rini: User, dewi: User) -> None:
    case = perform(factories.opened(), "take", actor=dewi)
    pages = [signed_in(rini) for _ in range(4)]
    draft = reverse("cases:draft", args=[case.pk, "write"])
    for turn in range(10):
        Draft.objects.all().delete()

        def send(number: int, words: str = f"Sedang kami cek {turn}") -> int:
            page = pages[number]
            sent = page.post(draft, {"message": words}) if number % 2 else step(page, case, "write", message=words)
            return int(sent.status_code)

        assert in_threads(4, send) == [409, 200, 409, 200]
        assert [kept.values for kept in Draft.objects.all()] == [{"message": f"Sedang kami cek {turn}"}]


def test_the_preview_is_exact_and_writes_nothing(case: EmailCase, rini: User) -> None:
    perform(case, "take", actor=rini)
    before = (Event.objects.count(), OutboundMail.objects.count(), EmailCase.objects.get(pk=case.pk).version)
    response = signed_in(rini).post(
        reverse("cases:preview", args=[case.pk, "write"]), {"message": "Sedang kami cek."}, **HTMX
    )
    page = response.content.decode()
    assert "Sedang kami cek." in page
    assert "Salam hormat" in page
    assert before == (Event.objects.count(), OutboundMail.objects.count(), EmailCase.objects.get(pk=case.pk).version)


def test_a_sent_mail_can_be_taken_back_while_it_is_held(case: EmailCase, rini: User) -> None:
    perform(case, "take", actor=rini)
    client = signed_in(rini)
    sent = step(client, case, "write", message="Terlalu cepat", key="k1")
    mail = OutboundMail.objects.get(case_id=case.pk, automatic=False)
    assert mail.status == "HELD"
    assert reverse("undo-mail", args=[mail.pk]) in sent.content.decode()
    undone = client.post(reverse("undo-mail", args=[mail.pk]), **HTMX)
    assert "tidak ada yang terkirim" in undone.content.decode()
    mail.refresh_from_db()
    assert mail.status == "CANCELLED"
    assert Draft.objects.get(case_id=case.pk, author=rini).values["message"] == "Terlalu cepat"


def test_send_and_next_opens_the_next_case(case: EmailCase, rini: User) -> None:
    other = perform(factories.opened(), "take", actor=rini)
    perform(case, "take", actor=rini)
    response = step(signed_in(rini), case, "write", message="Halo", key="k", next="1")
    assert other.number in response.content.decode()
    assert response["HX-Push-Url"].startswith(reverse("cases:case", args=[other.pk]))


def test_next_takes_the_most_urgent_case_of_the_queue(case: EmailCase, rini: User) -> None:
    response = signed_in(rini).post(reverse("cases:next"))
    assert response["Location"] == reverse("cases:case", args=[case.pk])
    assert EmailCase.objects.get(pk=case.pk).owner == rini


def test_the_original_is_shown_without_anything_that_acts(case: EmailCase, rini: User) -> None:
    response = signed_in(rini).get(reverse("mail:body", args=[case.first_mail_id]))
    page = response.content.decode()
    assert "Halo" in page
    assert "onclick" not in page
    assert "alert" not in page
    assert "sandbox" in response["Content-Security-Policy"]
    assert "default-src 'none'" in response["Content-Security-Policy"]
    source = signed_in(rini).get(reverse("mail:original", args=[case.first_mail_id]))
    assert source["Content-Disposition"].startswith("attachment")


def test_mails_of_another_desk_do_not_exist(case: EmailCase, asing: User) -> None:
    client = signed_in(asing)
    for name in ("mail:body", "mail:original", "mail:formatted"):
        assert client.get(reverse(name, args=[case.first_mail_id])).status_code == 404


def dead_call(case: EmailCase) -> ExternalCall:
    event = Event.objects.filter(case_id=case.pk).latest("seq")
    return ExternalCall.objects.create(
        procedure=case.procedure_name(), case_id=case.pk, event=event, system="mycx", operation="create_ticket",
        idempotency_key=str(uuid.uuid4()), status="DEAD", attempts=5, error_message="MyCX tidak menjawab",
    )  # fmt: skip


def test_only_a_leader_tries_a_dead_call_again(case: EmailCase, rini: User, bowo: User, asing: User) -> None:
    call = dead_call(case)
    address = reverse("retry-call", args=[call.pk])
    assert signed_in(rini).post(address).status_code == 403
    assert signed_in(asing).post(address).status_code == 404
    call.refresh_from_db()
    assert call.status == "DEAD"
    leader = signed_in(bowo)
    assert address in leader.get(reverse("cases:case", args=[case.pk])).content.decode()
    assert address in leader.get(reverse("outbox"), {"tab": "failed"}).content.decode()
    assert leader.post(address).status_code == 200
    call.refresh_from_db()
    assert call.status == "WAITING"


def test_the_step_that_fits_stands_first(case: EmailCase, rini: User) -> None:
    perform(case, "take", actor=rini)
    given = {"segment": "DES", "source": "MANUAL", "reason": "kontrak"}
    perform(case, "check_segment", actor=rini, data=given)
    perform(case, "identify", actor=rini, data={"kind": "INFORMATION"})
    offers = signed_in(rini).get(reverse("cases:case", args=[case.pk])).context["offers"]
    assert offers[0].step.name == "answer_information"
    assert [offer.step.name for offer in offers if offer.open] == ["answer_information"]


def test_it_draws_every_page_of_the_desk(case: EmailCase, bowo: User) -> None:
    client = signed_in(bowo)
    for name in ("outbox", "cases:map", "readiness"):
        assert client.get(reverse(name)).status_code == 200
    for part in ("head", "facts", "timeline", "procedure", "bar"):
        assert client.get(reverse("cases:part", args=[case.pk, part]), **HTMX).status_code == 200
    for tab in ("waiting", "failed", "all"):
        assert client.get(reverse("outbox"), {"tab": tab}).status_code == 200
