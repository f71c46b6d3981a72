"""Where a case once had no way on: a ticket nobody knows, a unit that gives back, a fault while somebody decides."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tenesa.accounts.models import SYSTEM, User
from tenesa.escalation.models import Escalation
from tenesa.incidents.feed import Change, store_incident
from tenesa.incidents.models import Incident
from tenesa.timers.models import Timer
from tenesa.workflow.errors import NotNow
from tenesa.workflow.perform import perform
from tests import factories
from tests.tickets.watched import NUMBER, PRODUCT, incident, watched
from tickets import services
from tickets.forms import SegmentForm
from tickets.models import EmailCase, State

pytestmark = pytest.mark.django_db
HELP = {"level": "TEAM_LEADER", "reason": "perlu percepatan"}


def again(case: EmailCase) -> EmailCase:
    found: EmailCase = EmailCase.objects.get(pk=case.pk)
    return found


def looked_up(rini: User, number: str, **known: object) -> EmailCase:
    """A question for progress that was looked up in NOSSA."""
    case = factories.put(
        factories.opened(), State.PROGRESS_LOOKUP, owner=rini, segment="DES", kind="COMPLAINT", complaint="PROGRESS"
    )
    case.lines.create(incident_number=number, **known)
    case.checks.create(tool="nossa", state="UNKNOWN", summary="tidak ditemukan")
    return again(case)


# --- a ticket that nobody knows ---------------------------------------------------------------------------------------
def test_a_question_whose_ticket_is_unknown_becomes_a_new_complaint(rini: User) -> None:
    case = perform(looked_up(rini, "IN99999999"), "take_as_new", actor=rini)
    assert (case.state, case.complaint, list(case.lines.all())) == (State.CLASSIFIED, "NEW", [])


def test_a_closed_ticket_leaves_its_product_to_the_new_complaint(rini: User) -> None:
    old = Incident.objects.create(number="IN10480003", status="CLOSED", product_id=PRODUCT)
    case = perform(looked_up(rini, old.number, incident=old), "take_as_new", actor=rini)
    assert [(line.product_id, line.incident) for line in case.lines.all()] == [(PRODUCT, None)]


def test_a_ticket_that_is_open_is_no_new_complaint(rini: User) -> None:
    running = Incident.objects.create(number=NUMBER, status="BACKEND")
    case = looked_up(rini, running.number, incident=running)
    with pytest.raises(NotNow, match=NUMBER):
        perform(case, "take_as_new", actor=rini)
    assert again(case).complaint == "PROGRESS"


# --- a unit that gives the case back ----------------------------------------------------------------------------------
def test_what_the_unit_said_is_evidence_for_the_next_segment_check(rini: User) -> None:
    done = dict.fromkeys(("educated_at", "forwarded_at", "posted_at"), timezone.now())
    case = factories.put(factories.opened(), State.FORWARDED, owner=rini, segment="DCS", handed_to="DCS", **done)
    case.checks.create(tool="coordination", state="UNKNOWN", summary="Grup DCS: bukan DCS, ini DBS")
    case = perform(again(case), "return_from_unit", actor=rini, data={"said": "Grup DCS: bukan DCS, ini DBS"})
    assert (case.state, case.segment, case.handed_to) == (State.ASSIGNED, "", "")
    assert Timer.objects.filter(case_id=case.pk, name="segment_check", state="RUNNING").exists()
    form = SegmentForm(case=again(case), actor=rini)
    assert (form["source"].value(), form["reason"].value()) == ("MANUAL", "Grup DCS: bukan DCS, ini DBS")
    assert case.checks.filter(tool="coordination", by=rini).exists()


def test_a_second_hand_over_is_confirmed_part_by_part_again(rini: User) -> None:
    done = dict.fromkeys(("educated_at", "forwarded_at", "posted_at"), timezone.now())
    case = factories.put(factories.opened(), State.SEGMENT_CHECKED, owner=rini, segment="DCS", **done)
    case = perform(case, "hand_over_dcs", actor=rini, data={"unit_note": "Mohon dibantu."})
    case = perform(case, "confirm_part", actor=SYSTEM, part="education")
    assert (case.state, case.forwarded_at) == (State.FORWARDING, None)


# --- a fault goes on while somebody decides (P-05 5.7, 5.8, 5.10) -----------------------------------------------------
def test_an_update_from_an_escalated_case_resets_its_clock(rini: User) -> None:
    case = perform(watched(rini), "escalate", actor=rini, data=HELP)
    perform(case, "send_update", actor=rini, data={"message": "Masih dalam perbaikan."})
    first = Timer.objects.get(case_id=case.pk, name="progress_update", state="RUNNING")
    past = timezone.now() - timedelta(minutes=1)
    Timer.objects.filter(pk=first.pk).update(started_at=past - timedelta(hours=2), due_at=past)
    perform(again(case), "update_due", actor=SYSTEM)
    perform(again(case), "send_update", actor=rini, data={"message": "Sedang disambung."})
    clock = Timer.objects.get(case_id=case.pk, name="progress_update", state="RUNNING")
    assert clock.due_at > timezone.now() + timedelta(hours=1)
    assert again(case).state == State.ESCALATED


def test_an_escalated_case_hears_of_its_ticket_and_tells_the_recovery(
    rini: User, django_capture_on_commit_callbacks: pytest.FixtureRequest
) -> None:
    case = perform(watched(rini), "escalate", actor=rini, data=HELP)
    changed = store_incident(incident("RESOLVED", timezone.now()))
    services.incident_changed(Change(changed, opened=False))
    assert (again(case).state, again(case).unread_by) == (State.ESCALATED, "NOSSA")
    told = {"message": "", "cause": "Kabel putus.", "repair": "Kabel disambung."}
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        perform(again(case), "tell_recovery", actor=rini, data=told)
    assert again(case).state == State.RECOVERED_INFORMED
    assert Escalation.objects.get(case_id=case.pk).state == "WITHDRAWN"  # nobody decides what is repaired


def test_what_was_not_watched_is_not_updated_from_the_escalation(rini: User) -> None:
    case = perform(watched(rini, state=State.PROGRESS_LOOKUP), "escalate", actor=rini, data=HELP)
    with pytest.raises(NotNow):
        perform(case, "send_update", actor=rini, data={"message": "x"})
