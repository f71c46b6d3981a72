"""What stands around the cases of every desk: several at once, palette, map, outbox, board, reports, REST."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.mail.models import OutboundMail
from tenesa.systems.models import ExternalCall
from tenesa.ui.live import name_of
from tenesa.workflow.offered import offered
from tenesa.workflow.procedures import procedures
from tenesa.workflow.sop import document
from tenesa.workspace import notes
from tenesa.workspace.desk import desks
from tenesa.workspace.rail import rail
from tenesa.workspace.step_names import NOTE
from tenesa.workspace.suggestions import KEY
from tests import factories
from tests.platform.test_api import client as rest
from tests.ui.test_frame import signed_in
from tests.workspace.rooms import SAID, Room, rest_of, text_of
from tests.workspace.worked import WORK

pytestmark = pytest.mark.django_db


def test_every_desk_is_worked_here() -> None:
    assert {desk.procedure for desk in desks()} == set(WORK) <= set(procedures())


# --- together --------------------------------------------------------------------------------------------------------
def test_a_step_is_taken_on_several_at_once(room: Room) -> None:
    cases = [room.open() for _one in range(2)]
    chosen = {"case": [case.pk for case in cases]}
    page = room.browser.get(room.desk.url("bulk"), chosen)
    offered_here = {choice.step.name: choice.number for choice in page.context["choices"]}
    assert set(offered_here) <= set(room.desk.bulk)
    assert offered_here[NOTE] == 2
    done = room.browser.post(room.desk.url("bulk"), {**chosen, "step": NOTE, "text": SAID, "token": "sekali"})
    assert [outcome.refusal for outcome in done.context["outcomes"]] == ["", ""]
    assert all([note.text for note in notes.of(case)] == [SAID] for case in cases)
    alone = next(name for name in room.desk.steps if name not in room.desk.bulk)
    assert room.browser.get(room.desk.url("bulk"), {**chosen, "step": alone}).status_code == 404


def test_next_opens_the_most_urgent_one(room: Room) -> None:
    case = room.open()
    answer = room.browser.post(room.desk.url("next"))
    assert answer["Location"] == case.get_absolute_url()


# --- what comes next --------------------------------------------------------------------------------------------------
def test_what_is_suggested_can_be_taken_where_it_is_suggested() -> None:
    for desk in desks():
        for row in desk.suggestions:
            assert set(map(str, row.states)) <= set(map(str, dict(desk.labels))), (desk.slug, row.step)
            assert set(map(str, row.states)) & set(desk.steps[row.step].source), (desk.slug, row.step)
        assert KEY not in desk.keys.values()


def test_the_suggested_step_says_why_and_has_the_one_key(room: Room) -> None:
    case = room.open()
    suggested = [offer for offer in rail(room.desk, case, room.worker, []).offers if offer.reason]
    page = text_of(room.browser.get(case.get_absolute_url()))
    if not suggested:  # a decision or a verdict is a person's alone
        assert not room.desk.suggestions or room.work.step == "approve"
        return
    [offer] = suggested
    assert offer.open
    assert offer.reason in page
    assert [one.split() for one in re.findall(r'data-key="([^"]*)"', page) if KEY in one.split()] != []


def test_nobody_who_leads_is_asked_to_take_what_is_an_agents(room: Room) -> None:
    """Where a key takes a case for an agent, a leader's gives it to somebody, or proposes nothing."""
    taking, leads = {"take", "pick_up", "claim", "pick"}, room.people[Role.TEAM_LEADER]
    case = room.open()
    if room.desk.delivers_to or room.work.step in taking:
        room.desk.model._default_manager.filter(pk=case.pk).update(owner=None)
        case = room.again(case)
        agent, leader = (
            {offer.step.name for offer in rail(room.desk, case, who, []).offers if offer.reason}
            for who in (room.worker, leads)
        )
        assert agent & taking, room.desk.slug
        assert leader <= {"assign", "take_over"}, room.desk.slug


# --- around ----------------------------------------------------------------------------------------------------------
def test_the_palette_offers_the_steps_of_the_open_case_and_the_map(room: Room) -> None:
    case = room.open()
    text = text_of(room.browser.get(reverse("palette"), {"case": name_of(case)}))
    for offer in rail(room.desk, case, room.worker, []).offers:
        assert f'data-press="{offer.key or offer.number}"' in text
    assert room.desk.url("map") in text


def test_the_map_counts_the_open_cases_of_every_state(room: Room) -> None:
    case = room.open()
    page = room.browser.get(room.desk.url("map"))
    nodes = {node.state: node.count for node in page.context["chart"].nodes}
    assert {state for state in room.desk.labels if state in nodes} == set(room.desk.labels)
    assert nodes[case.state] == 1
    assert sum(nodes.values()) == 1


def test_what_failed_is_in_the_outbox_and_a_leader_tries_it_again(room: Room) -> None:
    case, boss = room.open(), room.people[Role.TEAM_LEADER]
    about = {"procedure": room.desk.procedure, "case_id": case.pk, "event": case.last_event()}
    call = ExternalCall.objects.create(**about, system="nossa", operation="incident", payload={}, status="DEAD")
    mail = OutboundMail.objects.create(
        **about, mailbox=factories.mailbox(), purpose="reply", template="reply", template_version=0, subject="Re:",
        to=["bonar@samudra.example"], text=SAID, status="DEAD", error="550",
    )  # fmt: skip
    text = text_of(signed_in(boss).get(reverse("outbox"), {"tab": "failed"}))
    for name, row in (("retry-call", call), ("retry-mail", mail)):
        assert reverse(name, args=[row.pk]) in text
    assert case.get_absolute_url() in text
    assert signed_in(boss).post(reverse("retry-call", args=[call.pk])).status_code == 200
    call.refresh_from_db()
    assert call.status == "WAITING"
    again = signed_in(boss).post(reverse("retry-mail", args=[mail.pk]))
    mail.refresh_from_db()
    if "resend" in room.desk.steps:
        assert (again.status_code, mail.status) == (200, "WAITING")
    else:
        assert (again.status_code, mail.status) == (404, "DEAD")


def test_a_leader_sees_it_on_the_board_and_in_the_reports(room: Room) -> None:
    case, boss = room.open(), room.people[Role.TEAM_LEADER]
    room.desk.model._default_manager.filter(pk=case.pk).update(urgent_at=timezone.now() - timedelta(minutes=1))
    board = signed_in(boss).get(reverse("board"))
    if not room.desk.own_cards:
        card = next(card for card in board.context["cards"] if card.key == room.desk.slug)
        assert {name: card.obj[name] for name in ("open", "waiting")} == {"open": 1, "waiting": 1}
        assert (card.obj["late"], card.obj["oldest"]) == (int(bool(case.urgent_for)), case.opened_at)
    for slug in (f"{room.desk.slug}_states", room.desk.own_ageing or f"{room.desk.slug}_ages"):
        listed = signed_in(boss).get(reverse("reporting:list", args=[slug]))
        assert case.number in text_of(listed), slug
        assert room.desk.state(case.state) in text_of(listed), slug


# --- REST ------------------------------------------------------------------------------------------------------------
def test_rest_lists_reads_offers_and_takes(room: Room) -> None:
    case, api = room.open(), rest(room.worker)
    assert [row["id"] for row in api.get(rest_of(room.desk)).json()["results"]] == [case.pk]
    assert api.get(rest_of(room.desk, case)).json()["state"] == case.state
    told = {offer["step"]: offer["allowed"] for offer in api.get(f"{rest_of(room.desk, case)}steps/").json()}
    assert told == {offer.step.name: offer.allowed for offer in offered(case, room.worker)}
    address = f"{rest_of(room.desk, case)}steps/{room.work.step}/"
    done = api.post(address, dict(room.work.inputs), HTTP_IDEMPOTENCY_KEY="sekali")
    assert (done.status_code, done.json()["state"]) == (200, room.again(case).state)
    assert done.json()["state"] != case.state
    assert api.post(address, dict(room.work.inputs), HTTP_IDEMPOTENCY_KEY="sekali").status_code == 200


def test_the_schema_and_the_written_procedure_name_it(room: Room, rini: User) -> None:
    paths = rest(rini).get("/api/schema/?format=json").json()["paths"]
    base = f"/api/{room.desk.rest_path}/"
    assert {base, f"{base}{{id}}/", f"{base}{{id}}/steps/", f"{base}{{id}}/steps/{{step}}/"} <= set(paths)
    text = document(room.desk.model)
    for step in room.desk.steps.values():
        assert step.clause in text
        assert step.name in text
