"""Whom each step of W-05 reaches, by hand: mails by their receiver, calls by system and what they are about."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from tenesa.accounts.models import User
from tenesa.mail.outbox import MailOut
from tenesa.systems.outbox import CallOut
from tenesa.workflow.step import StepContext, steps_of
from tests import factories
from tests.tickets.watched import NUMBER, PRODUCT, watched
from tickets.models import EmailCase

CUSTOMER, COPY = "laras@samudra.example", "adi@samudra.example"  # who wrote last, and who got a copy of it
READ = {f"siskas.find_customer {CUSTOMER}", f"tenoss.get_service {PRODUCT}"}
TICKETS = {f"nossa.search_by_service {PRODUCT}", f"mycx.search {PRODUCT}"}
SEARCH, TELL = {f"nossa.get_incident {NUMBER}"}, {f"nossa.add_worklog {NUMBER}"}
ANSWER = {f"mail {CUSTOMER} {COPY}"}


def handed_over(segment: str) -> set[str]:
    unit = settings.HANDOVER[segment]
    return {*ANSWER, f"mail {unit['address']}", f"coordination.post {unit['group']}"}


# step | whom it reaches; a step that stands nowhere reaches nobody outside
REACHED: dict[str, set[str]] = {
    "receive": {*READ, *TICKETS, "mail bonar@samudra.example"},  # acknowledged is whoever wrote the first mail
    "read_segment": READ,
    "open_split": {*READ, *TICKETS},
    "hand_over_dcs": handed_over("DCS"),
    "hand_over_request": handed_over("DBS"),
    "refer": ANSWER,
    "answer_information": ANSWER,
    "accept_request": {*ANSWER, f"coordination.post {settings.HANDOVER_REQUESTS}"},
    "finish_request": ANSWER,
    "identify": SEARCH,
    "correct_product": SEARCH,
    "look_up": SEARCH,
    "take_as_new": SEARCH,
    "receive_reference": SEARCH,
    "receive_product": SEARCH,
    "start_checks": {f"nossa.search_by_service {PRODUCT}"},
    "read_checks_again": {f"nossa.search_by_service {PRODUCT}"},
    "check_again": {f"nossa.search_by_service {PRODUCT}"},
    "tell_normal": ANSWER,
    "draft_ticket": {"mycx.search 0812"},
    "submit_ticket": {f"mycx.create_ticket {PRODUCT}"},
    "open_ticket": ANSWER,
    "link_existing": {*ANSWER, *SEARCH},
    "delay_ticket": ANSWER,
    "ask_reference": ANSWER,
    "ask_product": ANSWER,
    "ask_again": ANSWER,
    "remind_reference": ANSWER,
    "close_without_reference": ANSWER,
    "tell_progress": {*ANSWER, *TELL},
    "send_update": {*ANSWER, *TELL},
    "tell_mass_fault": ANSWER,
    "add_facts": TELL,
    "look_up_again": {*TELL, *SEARCH},
    "expedite": TELL,
    "persist": TELL,
    "tell_recovery": ANSWER,
    "close": ANSWER,
    "write": ANSWER,
}
# These act on what an earlier step wrote, which is asserted where they are taken.
ON_WHAT_WAS_WRITTEN = {"take_back", "unmerge", "answer_by_phone"}
ABOUT = ("group", "number", "email", "sid", "product_id", "service_no", "value")


@pytest.fixture
def case(rini: User) -> EmailCase:
    """The colleague wrote last, with a copy to another."""
    made = watched(rini)
    last = factories.inbound(
        "Masih mati.", from_address=CUSTOMER, to=["tenesa@telkom.example", COPY], status="FILED",
        procedure=made.procedure_name(), case_id=made.pk,
    )  # fmt: skip
    EmailCase.objects.filter(pk=made.pk).update(
        last_mail=last, sender_address=CUSTOMER, segment="DCS", cause="putus", repair="sambung"
    )
    found: EmailCase = EmailCase.objects.get(pk=made.pk)
    return found


def reached(case: EmailCase, name: str, actor: User) -> Iterator[str]:
    inputs: dict[str, Any] = {
        "message": "Halo", "unit_note": "catatan", "unit": "TELKOM", "product_ids": [PRODUCT], "product_id": PRODUCT,
        "search_type": "phone", "search_value": "0812", "facts": "fakta", "acknowledge": True, "mail": case.last_mail,
        "text": "catatan", "until": timezone.now(), "person": "Ujang", "channel": "PHONE", "answer": "segera",
        "reason": "perlu", "level": "TEAM_LEADER", "source": case,
        "given": case, "said": "bukan DCS", "tool": "nossa", "verdict": "NORMAL",
        "summary": "normal", "check": case.checks.create(tool="nossa", state="NORMAL", summary="-"), "into": case,
        "tool_label": "", "next_at": None,
    }  # fmt: skip
    for effect in steps_of(EmailCase)[name].effects:
        for outgoing in effect.plan(case, StepContext(actor, timezone.now(), inputs)):
            if isinstance(outgoing, MailOut):
                yield " ".join(["mail", *outgoing.to, *outgoing.cc])
            elif isinstance(outgoing, CallOut):
                about = next(str(outgoing.payload[key]) for key in ABOUT if key in outgoing.payload)
                yield f"{outgoing.system}.{outgoing.operation} {about}"


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(set(steps_of(EmailCase)) - ON_WHAT_WAS_WRITTEN))
def test_each_step_reaches_whom_it_is_meant_for(name: str, case: EmailCase, rini: User) -> None:
    if name == "hand_over_request":
        case.segment = "DBS"
    assert set(reached(case, name, rini)) == REACHED.get(name, set())
