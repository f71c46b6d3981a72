"""From every situation of every procedure somebody whose turn it is comes to an end by the steps that are offered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone

from segmentation.models import Service
from tenesa.accounts.models import SYSTEM, User
from tenesa.escalation.models import Escalation
from tenesa.escalation.services import withdraw_moot
from tenesa.incidents.models import Incident
from tenesa.mail.models import OutboundMail
from tenesa.systems.models import ExternalCall
from tenesa.workflow.perform import perform
from tests import factories
from tests.oracle.walk import Answer, Walk, Way
from tickets.models import EmailCase
from tickets.states import ENDED, FOR_THE_LEADER, SERVED, State

pytestmark = pytest.mark.django_db
VPN, WIFI = "4700112-0045127790", "122710005432"
NOT_HERE = {  # mail that is held, cases merged or named, an escalation that nobody decides, who gets a new case
    "take_back", "unmerge", "join_case", "return_escalation", "assign",
}  # fmt: skip
RUNNING, OVER = "IN10482301", "IN10480003"
MANUAL = {"source": "MANUAL", "reason": "menurut nama perusahaan"}


# --- W-05, P-05 -------------------------------------------------------------------------------------------------------
def needs(case: EmailCase) -> list[dict[str, Any]]:
    """All that a mail can mean; later on, that it was meant otherwise."""
    complaint = {"kind": "COMPLAINT", "product_ids": "", "incident": ""}
    otherwise = [{"kind": "INFORMATION", "product_ids": VPN}, {**complaint, "complaint": "NEW", "product_ids": VPN}]
    if OutboundMail.objects.filter(case_id=case.pk, status="DEAD"):
        return []  # what came back is looked at alone
    if case.state != State.SEGMENT_CHECKED:
        return otherwise
    return [
        *otherwise,
        {"kind": "REQUEST", "product_ids": VPN},
        {**complaint, "complaint": "NEW"},
        {**complaint, "complaint": "PROGRESS"},
        {**complaint, "complaint": "PROGRESS", "product_ids": VPN},
        {**complaint, "complaint": "PROGRESS", "incident": RUNNING},
    ]


def mail_answers(case: EmailCase) -> Iterator[Answer]:
    """What customers, units, MyCX and NOSSA may say to the case as it is."""
    state = case.state
    system = lambda step, **inputs: lambda: perform(case, step, actor=SYSTEM, **inputs)  # noqa: E731
    if state in {State.CLASSIFIED, State.PROGRESS_LOOKUP} and case.all_lines and not case.incidents:
        if not any(check.tool == "nossa" for check in case.all_checks):
            yield Answer("NOSSA knows none", lambda: nossa(case, ""))
        yield Answer("NOSSA knows an open ticket", lambda: nossa(case, RUNNING))
        if case.complaint == "PROGRESS":
            yield Answer("NOSSA knows a closed ticket", lambda: nossa(case, OVER))
    if state == State.TICKET_SUBMITTING:
        yield Answer("ticket", system("note_ticket", product_id=case.products[0], incident="IN19999999"))
        yield Answer("refused", system("correct_ticket", problem="symptom"))
        yield Answer("known already", system("link_existing", product_id=case.products[0], incident=RUNNING))
        yield Answer("silent to the last try", lambda: ExternalCall.objects.update(status="DEAD"))
    if state == State.FORWARDING and case.posted_at is None:
        yield Answer("all three confirmed", lambda: confirm(case, "education", "forward", "post"))
        yield Answer("the education comes back", lambda: bounce(case, "education", "forward", "post"))
    if state == State.INFO_ANSWERED and not OutboundMail.objects.filter(status="DEAD"):
        yield Answer(
            "a mail comes back", lambda: lost(OutboundMail.objects.filter(case_id=case.pk).latest("created_at"))
        )
    if state == State.FORWARDED:
        check = case.checks.model(case=case, tool="coordination", state="UNKNOWN", summary="bukan DCS")
        yield Answer("the unit gives it back", system("note_group_reply", check=check))
    if state in SERVED and any(one.is_open for one in case.incidents):
        yield Answer("repaired", lambda: Incident.objects.update(status="RESOLVED"))
    if state == State.CLOSED:
        yield Answer("the customer writes again", system("reopen", mail=case.last_mail))
    if state == State.ESCALATED:
        bowo = User.objects.get(username="bowo")
        asked = Escalation.objects.get(case_id=case.pk, state="ASKED")
        yield Answer("answered", lambda: perform(asked, "send_back", actor=bowo, data={"note": "ya"}), by_people=True)


def nossa(case: EmailCase, incident: str) -> None:
    for product in [line.product_id for line in case.all_lines]:
        check = case.checks.model(case=case, tool="nossa", product_id=product, state="UNKNOWN", summary="-")
        perform(case, "keep_reading", actor=SYSTEM, check=check, incident=incident)


def confirm(case: EmailCase, *parts: str) -> None:
    for part in parts:
        perform(case, "confirm_part", actor=SYSTEM, part=part)


def bounce(case: EmailCase, which: str, *others: str) -> None:
    confirm(case, *others)
    lost(OutboundMail.objects.filter(case_id=case.pk, purpose=which).latest("created_at"))


def lost(mail: OutboundMail) -> None:
    OutboundMail.objects.filter(pk=mail.pk).update(status="DEAD", error="550", sent_at=None)


def known(case: EmailCase) -> tuple[Any, ...]:
    """What decides beside the offers; before the need is known the products decide nothing."""
    before = case.state_before if case.state in FOR_THE_LEADER else ""
    if case.state not in {State.CLASSIFIED, State.PROGRESS_LOOKUP, *SERVED}:
        return case.segment, bool(case.triage), before, len(case.known_product_ids()) > 1
    lines = {f"{bool(one.product_id)} {one.incident and one.incident.is_open}" for one in case.all_lines}
    return case.kind, case.complaint, before, *sorted(lines)


def at_rest(case: EmailCase) -> None:
    """Mails that wait have left, and what follows a commit has followed."""
    withdraw_moot(case.procedure_name(), case.pk)
    OutboundMail.objects.filter(status__in=["HELD", "WAITING"]).update(status="SENT", sent_at=timezone.now())


def mail_owed(case: EmailCase) -> bool:
    """The server takes a mail, MyCX gives a number, NOSSA answers, the unit repairs."""
    if case.state == State.PROGRESS_LOOKUP:
        return not any(check.tool == "nossa" for check in case.all_checks)
    if case.state == State.FORWARDING:
        return not OutboundMail.objects.filter(case_id=case.pk, status="DEAD").exists()
    if case.state == State.TICKET_SUBMITTING:
        return not ExternalCall.objects.filter(case_id=case.pk, status="DEAD").exists()
    return case.state in SERVED


def mail_way(rini: User, bowo: User, other: EmailCase) -> Way:
    def turn(case: EmailCase) -> Iterator[tuple[EmailCase, User]]:
        if case.state in FOR_THE_LEADER or case.triage:
            yield case, bowo
        yield case, rini

    return Way(
        turn,
        lambda case: case.state in ENDED,
        inputs={
            "check_segment": lambda _case: [{**MANUAL, "segment": one} for one in ("DES", "DBS", "DCS", "OTHER")],
            "settle_triage": lambda _case: [{"segment": "DES", "reason": "x"}, {"segment": "OTHER", "reason": "x"}],
            "identify": needs,
            "answer_information": lambda _case: [{"message": "Ya.", "none_fits": "tidak ada"}],
            "receive_reference": lambda _case: [{"incident": RUNNING}, {"product_ids": VPN}],
            "receive_product": lambda _case: [{"product_ids": VPN}],
            "correct_product": lambda _case: [{"product_ids": VPN}],
            "record_check": lambda case: [
                {"product_id": VPN, "tool": "mrtg", "verdict": "FAULT", "summary": "-"}
            ] if case.state == State.TROUBLESHOOTING else [],
            "tell_normal": lambda _case: [{"message": "Normal.", "reason": "beban wajar"}],
            "draft_ticket": lambda _case: [{"search_type": "phone", "search_value": "0812", "reason": "keluhan tetap"}],
            "submit_ticket": lambda case: [
                {"product_ids": case.products, "reporter_name": "Bonar", "reporter_phone": "0812-0000-1187",
                 "reporter_email": "bonar@samudra.example", "symptom": "OFFLINE", "description": "x", "rechecked": "on"}
            ] if any(line.incident is None for line in case.all_lines) else [],
            "enter_ticket": lambda case: [{"product_id": case.products[0], "incident": "IN18888888", "reason": "x"}],
            "merge": lambda _case: [{"into": other.number, "reason": "sama"}],
            "escalate": lambda _case: [{"level": "TEAM_LEADER", "reason": "perlu bantuan"}],
            "answer_by_phone": lambda case: [
                {"mail": OutboundMail.objects.filter(status="DEAD").values_list("pk", flat=True)[0], "said": "x",
                 "called_name": "Bonar", "called_number": "0812-0000-1187", "called_at": "2026-11-01T08:00"}
            ],
        },
        answers=mail_answers,
        facts=known,
        arrive=at_rest,
        owed=mail_owed,
        aside={
            "change_area",
            "note", "write", "take_back", "ask_for_case", "take_over", "hand_back", "release", "pick_up", "snooze",
            "expedite", "add_facts", "send_update", "tell_mass_fault", "read_segment", "read_checks_again", "resend",
            "send_now", "cancel_mail",
        },
        detours={"escalate", "propose_void", "merge", "join_case", "the customer writes again", "a mail comes back"},
    )  # fmt: skip


@pytest.fixture
def mail(rini: User, bowo: User) -> Walk:
    """Three mails: without a product, with one, with services of two segments."""
    for number, status in ((RUNNING, "BACKEND"), (OVER, "CLOSED")):
        Incident.objects.create(number=number, status=status, product_id=VPN)
    for product, segment in ((VPN, "DES"), (WIFI, "DCS")):
        Service.objects.create(product_id=product, customer=factories.customer(segment, f"PT {segment}"))
    factories.product()
    walk = Walk(mail_way(rini, bowo, factories.opened()))
    for products in ([], [VPN, WIFI]):
        walk.go(factories.opened(extracted={"product_ids": products, "incidents": [], "phones": []}))
    return walk


def test_no_mail_case_is_stuck(mail: Walk) -> None:
    assert mail.states == set(State)
    assert mail.dead_ends() == []
    assert mail.untaken(EmailCase, but=NOT_HERE) == set()

    # were these steps not there, the walk would say so
    assert State.RECOVERED_INFORMED in {one.state for one in mail.dead_ends(without={"close"})}
    unknown = {"take_as_new", "ask_again"}
    assert State.PROGRESS_LOOKUP in {one.state for one in mail.dead_ends(without=unknown)}
    assert State.SEGMENT_CHECKED in {one.state for one in mail.dead_ends(without={"split"})}
