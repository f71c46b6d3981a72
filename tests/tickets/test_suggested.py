"""Which step of a mail case is suggested by which facts, and with which words."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django.utils.translation import override

from segmentation.models import Service
from tenesa.accounts.models import User
from tenesa.escalation.models import Escalation
from tenesa.incidents.feed import store_incident
from tenesa.mail.models import InboundMail, OutboundMail
from tenesa.systems.models import ExternalCall
from tenesa.timers.models import Timer
from tenesa.workflow.errors import InvalidInput
from tenesa.workflow.perform import perform
from tenesa.workspace.rail import rail
from tests import factories
from tests.oracle.test_mail_guards import VPN, WIFI, Arrange, check, columns, line, mail
from tests.tickets.watched import incident, watched
from tickets import guards
from tickets.desk import EmailDesk
from tickets.forms import NeedForm
from tickets.models import EmailCase, State

pytestmark = pytest.mark.django_db
IS_NEW, ASKS = {"kind": "COMPLAINT", "complaint": "NEW"}, {"kind": "COMPLAINT", "complaint": "PROGRESS"}
DONE = dict.fromkeys(("educated_at", "forwarded_at", "posted_at"), timezone.now())


def state(name: str, **more: Any) -> Arrange:
    return columns(state=name, **{"segment": "DES", "unread_by": "", **more})


def named(system: str, segment: str) -> Arrange:
    told = {"customer": {"segment": segment}}
    return lambda case, rini, dewi: case.checks.create(tool=system, state="NORMAL", summary="-", snapshot=told)


def said(words: str) -> Arrange:
    return lambda case, rini, dewi: case.checks.create(tool="coordination", state="UNKNOWN", summary=words)


def searching(case: EmailCase, rini: User, dewi: User) -> None:
    ExternalCall.objects.create(
        procedure=case.procedure_name(), case_id=case.pk, event=case.last_event(), system="mycx", operation="search",
        payload={"search_type": "product_id", "value": VPN}, idempotency_key="1",
    )  # fmt: skip


def two_segments(case: EmailCase, rini: User, dewi: User) -> None:
    for product, segment in ((VPN, "DES"), (WIFI, "DCS")):
        case.lines.create(product_id=product)
        Service.objects.create(product_id=product, customer=factories.customer(segment, f"PT {segment}"))


DUE = {"urgent_for": "progress_update", "urgent_at": timezone.now() - timedelta(minutes=5)}
# facts | the step | what its reason says
TABLE: list[tuple[list[Arrange], str, str]] = [
    ([state("NEW")], "take", "Belum ada pemegang"),
    ([state("ASSIGNED", segment="")], "check_segment", "Segmen belum pasti"),
    ([state("ASSIGNED", segment=""), named("siskas", "DES")], "check_segment", "SISKAS: DES"),
    ([state("ASSIGNED", segment=""), said("Grup DCS: bukan DCS")], "check_segment", "bukan DCS"),
    ([state("SEGMENT_CHECKED", segment="DCS")], "hand_over_dcs", "DCS"),
    ([state("SEGMENT_CHECKED")], "identify", "DES"),
    ([state("SEGMENT_CHECKED"), two_segments], "split", "segmen"),
    ([state("CLASSIFIED", kind="INFORMATION")], "answer_information", "informasi"),
    ([state("CLASSIFIED", kind="REQUEST")], "accept_request", "Permintaan"),
    ([state("CLASSIFIED", kind="REQUEST", segment="DBS")], "hand_over_request", "DBS"),
    ([state("CLASSIFIED", **IS_NEW)], "ask_product", "ID produk"),
    ([state("CLASSIFIED", **IS_NEW), line(), check("nossa")], "start_checks", VPN),
    ([state("CLASSIFIED", **IS_NEW), line(VPN, "IN10482301", "BACKEND")], "identify", "IN10482301"),
    ([state("CLASSIFIED", **ASKS)], "ask_reference", "Nomor tiket"),
    ([state("CLASSIFIED", **ASKS), line()], "look_up", VPN),
    ([state("PROGRESS_LOOKUP", **ASKS), line(VPN, "IN10482301", "BACKEND")], "tell_progress", "BACKEND"),
    ([state("PROGRESS_LOOKUP", **ASKS), line(), check("nossa", "UNKNOWN")], "take_as_new", VPN),
    ([state("PROGRESS_LOOKUP", **ASKS), line("", "IN1"), check("nossa", "UNKNOWN")], "ask_again", "IN1"),
    ([state("TROUBLESHOOTING", **IS_NEW), line(), check("mrtg", "FAULT")], "draft_ticket", "MRTG: Gangguan"),
    ([state("TROUBLESHOOTING", **IS_NEW), line(), check("mrtg")], "tell_normal", "MRTG: Normal"),
    ([state("TICKET_DRAFT", **IS_NEW, ticket_problem="symptom"), line()], "submit_ticket", "symptom"),
    ([state("TICKET_DRAFT", **IS_NEW), line()], "submit_ticket", "belum ada di MyCX"),
    ([state("TICKET_DRAFT", **IS_NEW), line(), searching], "submit_ticket", "MyCX masih dicari"),
    ([state("TICKET_DRAFT", **IS_NEW), line(), check("mycx", "UNKNOWN")], "submit_ticket",
     f"Di MyCX tidak ada tiket terbuka untuk {VPN}"),
    ([state("MONITORING", **IS_NEW), line(VPN, "IN10482301", "RESOLVED")], "tell_recovery", "RESOLVED"),
    ([state("MONITORING", **IS_NEW, **DUE), line(VPN, "IN10482301", "BACKEND")], "send_update", "jatuh tempo"),
    ([state("ESCALATED", **IS_NEW, **DUE, reason="x", state_before="MONITORING"),
      line(VPN, "IN10482301", "BACKEND")], "send_update", "jatuh tempo"),
    ([state("ESCALATED", **IS_NEW, reason="x", state_before="MONITORING"),
      line(VPN, "IN10482301", "RESOLVED")], "tell_recovery", "RESOLVED"),
    ([state("FORWARDED", segment="DCS", **DONE), said("Grup DCS: bukan DCS")], "return_from_unit", "bukan DCS"),
    ([state("FORWARDED", segment="DCS", **DONE), said("Grup DCS: kami tangani")], "close", "sudah diberi tahu"),
    ([state("INFO_ANSWERED"), mail("DEAD")], "answer_by_phone", "tidak sampai"),
    ([state("INFO_ANSWERED", unread_by="CUSTOMER")], "identify", "menulis lagi"),
]  # fmt: skip


def suggestion(case: EmailCase, user: User) -> tuple[str, str]:
    with override("id"):
        offers = rail(EmailDesk(), EmailCase.objects.get(pk=case.pk), user, []).offers
    return next(((offer.step.name, offer.reason) for offer in offers if offer.reason), ("", ""))


@pytest.mark.parametrize(
    ("facts", "step", "words"), TABLE, ids=[f"{row[1]} {place}" for place, row in enumerate(TABLE)]
)
def test_the_facts_ask_for_the_step(facts: list[Arrange], step: str, words: str, rini: User, dewi: User) -> None:
    case = factories.put(factories.opened(), State.NEW)
    for arrange in facts:
        arrange(EmailCase.objects.get(pk=case.pk), rini, dewi)
    if step != "take":
        EmailCase.objects.filter(pk=case.pk).update(owner=rini)
    found, reason = suggestion(case, rini)
    assert found == step
    assert words in reason


def test_an_answered_escalation_is_told_to_the_customer(rini: User, bowo: User) -> None:
    case = perform(watched(rini), "escalate", actor=rini, data={"level": "TEAM_LEADER", "reason": "perlu"})
    perform(Escalation.objects.get(case_id=case.pk), "send_back", actor=bowo, data={"note": "Teknisi tiba pukul 14."})
    found, reason = suggestion(case, rini)
    assert found == "send_update"
    assert "Teknisi tiba pukul 14." in reason


def test_it_says_since_when_nossa_says_so(rini: User) -> None:
    case = watched(rini)
    at = timezone.localtime() - timedelta(minutes=1)
    store_incident(incident("RESOLVED", at))
    assert suggestion(case, rini)[1].endswith(f"RESOLVED sejak {at:%H.%M}.")


def test_need_and_ticket_are_suggested_with_evidence_and_taken_by_nobody(rini: User) -> None:
    """The customer's words and NOSSA's answer fill the form; without the answer, old or new stays open."""
    case = factories.put(factories.opened(), "SEGMENT_CHECKED", owner=rini, segment="DES", unread_by="")
    InboundMail.objects.filter(pk=case.last_mail_id).update(
        subject="Laporan", text="Link kami mati total.", extracted={"product_ids": [VPN], "own": [VPN]}
    )
    form = NeedForm(case=EmailCase.objects.get(pk=case.pk), actor=rini)
    assert (form["kind"].value(), form["complaint"].value()) == ("COMPLAINT", "")
    check("nossa")(EmailCase.objects.get(pk=case.pk), rini, rini)
    again = EmailCase.objects.get(pk=case.pk)
    [offer] = [one for one in rail(EmailDesk(), again, rini, []).offers if one.step.name == "identify"]
    assert offer.at_once
    assert "mati total" in offer.reason
    assert VPN in offer.reason
    assert (again.kind, again.all_lines) == ("", [])  # evidence alone: a person's key takes it
    InboundMail.objects.filter(pk=case.last_mail_id).update(text="Link mati. Berapa harga paket lain?")
    both = EmailCase.objects.get(pk=case.pk)
    assert NeedForm(case=both, actor=rini)["kind"].value() == ""  # two needs are named: a person decides
    [offer] = [one for one in rail(EmailDesk(), both, rini, []).offers if one.step.name == "identify"]
    assert not offer.at_once


def test_send_and_close_is_one_act_refused_whole(rini: User) -> None:
    case = factories.put(factories.opened(), "CLASSIFIED", owner=rini, segment="DES", kind="INFORMATION")
    answer = {"message": "Tersedia 10 Mbps.", "none_fits": "lengkap", "and_close": "on"}
    mail("WAITING")(EmailCase.objects.get(pk=case.pk), rini, rini)
    with pytest.raises(InvalidInput):
        perform(case, "answer_information", actor=rini, data=answer)
    assert EmailCase.objects.get(pk=case.pk).state == "CLASSIFIED"
    assert not OutboundMail.objects.filter(case_id=case.pk, template="info_answer").exists()
    OutboundMail.objects.filter(case_id=case.pk).update(status=OutboundMail.Status.CANCELLED)
    with pytest.raises(InvalidInput):
        perform(case, "answer_information", actor=rini, data={**answer, "send_at": "2099-01-01T10:00"})
    closed = perform(case, "answer_information", actor=rini, data=answer)
    assert closed.state == "CLOSED"
    [told] = OutboundMail.objects.filter(case_id=case.pk, template="info_answer")
    assert "Tersedia 10 Mbps." in told.text
    assert f"nomor {case.number} kami tutup" in told.text
    assert not Timer.objects.filter(case_id=case.pk, state=Timer.State.RUNNING).exists()


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({}, "Belum ada tiket yang ditemukan di NOSSA."),
        ({"measures": {"incidents": ["IN10482301"]}}, "NOSSA menyebut IN10482301"),
    ],
)
def test_a_ticket_that_nossa_told_is_not_said_to_be_unknown(told: dict[str, Any], words: str, rini: User) -> None:
    """It is evidence alone: closed, or read before somebody said what the case is about."""
    case = factories.put(factories.opened(), State.PROGRESS_LOOKUP, owner=rini, segment="DES", **ASKS)
    case.lines.create(product_id=VPN)
    case.checks.create(tool="nossa", product_id=VPN, state="NORMAL", summary="IN10482301: CLOSED", **told)
    with override("id"):
        assert words in guards.has_incident.refuses(EmailCase.objects.get(pk=case.pk), rini)
