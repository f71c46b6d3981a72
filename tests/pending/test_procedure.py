"""W-02 row by row (PD-01 - PD-15) against the simulated NOSSA."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from pending import services
from pending.contact import appointed_in_words, callee_of
from pending.desk import PendingDesk
from pending.forms import AgreeForm, AppointForm, BeyondForm
from pending.models import PendingRequest
from pending.states import LIVE, Answer, State
from tenesa.accounts.models import PresenceState, User
from tenesa.accounts.presence import change_presence
from tenesa.audit.models import Event
from tenesa.audit.verify import broken_links
from tenesa.commitments.models import Commitment
from tenesa.contact import zones
from tenesa.contact.kinds import By, Result
from tenesa.contact.policy import Rule, Tried
from tenesa.escalation.models import Escalation
from tenesa.incidents.feed import read_feed
from tenesa.incidents.models import Incident, IncidentStatus
from tenesa.mail.models import OutboundMail
from tenesa.systems.models import ExternalCall
from tenesa.timers.models import Timer
from tenesa.ui.templatetags.ui import when
from tenesa.workflow.errors import InvalidInput, NotNow, NotYourStep, UnknownStep
from tenesa.workflow.perform import perform
from tenesa.workflow.step import steps_of
from tenesa.workspace import drafts
from tenesa.workspace.rail import rail
from tenesa.workspace.timeline import details
from tests import factories
from tests.journeys.desk import Outside
from tests.pending.desk import (
    CALL,
    OPEN,
    OTHER,
    again,
    agreed,
    ahead,
    asked,
    call,
    checked,
    comes,
    contacting,
    deliver,
    pended,
    put_attempt,
    time_is_up,
    time_passes,
    tried,
    unreached,
)

pytestmark = pytest.mark.django_db


def status(nossa: Outside, number: str = OPEN) -> str:
    return str(nossa.incident(number)["status"])


def promises(request: PendingRequest) -> list[str]:
    return list(Commitment.objects.filter(case_id=request.pk).order_by("pk").values_list("state", flat=True))


def sent() -> list[str]:
    return list(OutboundMail.objects.order_by("event__id", "created_at").values_list("purpose", flat=True))


def logs(nossa: Outside, number: str = OPEN) -> str:
    return " ".join(f"{log['summary']} {log['detail']}" for log in nossa.incident(number)["worklogs"])


# --- PD-01, PD-02 ----------------------------------------------------------------------------------------------------
def test_a_request_has_a_ticket_a_listed_reason_and_an_end(ujang: User) -> None:
    with pytest.raises(InvalidInput) as refused:
        services.ask(ujang, {"incident": "7", "reason": "BOSAN", "until": timezone.now(), "unit": " ", "person": "x"})
    assert set(refused.value.errors) == {"incident", "reason", "reason_text", "until", "unit"}
    with pytest.raises(InvalidInput) as refused:
        asked(ujang, reason="ACCESS_PERMIT")
    assert set(refused.value.errors) == {"evidence"}
    request = asked(ujang, reason="ACCESS_PERMIT", evidence="Surat izin 12/XI")
    assert (request.state, request.needs_action, request.requester, request.urgent_for) == (
        "RECEIVED",
        True,
        ujang,
        "pick_up",
    )
    clocks = dict(Timer.objects.values_list("name", "due_at"))
    assert clocks["decide"] - clocks["pick_up"] == timedelta(minutes=105)


def test_one_request_lives_for_a_ticket_and_a_repeat_gives_it_back(ujang: User, asep: User, rini: User) -> None:
    given = _request()  # once: a repeat is the same to the second
    first, made = services.ask(ujang, dict(given), key="k-1")
    assert made
    for key in ("k-1", "k-2", None):
        same, made = services.ask(ujang, dict(given), key=key)
        assert (same.pk, made) == (first.pk, False)
    assert services.ask(rini, _request())[0].pk == first.pk
    with pytest.raises(NotNow, match=OPEN):
        services.ask(asep, _request())
    with pytest.raises(IntegrityError), transaction.atomic():
        PendingRequest.objects.create(
            desk_id="TENESA", incident=OPEN, requester=ujang, reason_id="CUST_REQUEST", reason_text="x",
            state="CHECKING", asked_until=ahead(hours=1),
        )  # fmt: skip
    perform(first, "cancel", actor=ujang, data={"note": "Sudah selesai."})
    assert services.ask(ujang, dict(given), key="k-1")[0].pk == first.pk
    assert services.ask(ujang, _request(), key="k-3")[0].pk != first.pk


def _request() -> dict[str, Any]:
    return {
        "incident": OPEN.lower(), "reason": "CUST_REQUEST", "reason_text": "Diminta.", "until": ahead(hours=2),
        "unit": "TA Bandung", "person": "Ujang",
    }  # fmt: skip


def test_an_agent_takes_it_and_nossa_is_read(ujang: User, rini: User, dewi: User, nossa: Outside) -> None:
    request = perform(asked(ujang), "pick_up", actor=rini)
    assert (request.state, request.owner, request.checked_at) == (State.CHECKING, rini, None)
    with pytest.raises(NotNow):
        perform(request, "start_contact", actor=rini, data={"contact_name": "B", "contact_number": "081200001187"})
    deliver(request)
    request = again(request)
    assert (request.status, request.status_before, request.checked_at is not None) == ("BACKEND", "BACKEND", True)
    assert "worklogs" not in request.snapshot
    assert "contact_phone" not in str(Event.objects.get(step="keep_snapshot").data)
    with pytest.raises(NotNow, match="Rini"):
        perform(request, "read_again", actor=dewi)
    perform(request, "release", actor=rini)
    assert perform(request, "take", actor=dewi).owner == dewi
    change_presence(dewi, PresenceState.OFFLINE)
    assert again(request).owner is None


# --- PD-03, PD-04 ----------------------------------------------------------------------------------------------------
def test_it_is_rejected_with_words_for_the_unit(ujang: User, rini: User, nossa: Outside) -> None:
    nossa.advance(OPEN, status="SLAHOLD")
    request = checked(rini, asked(ujang))
    with pytest.raises(NotNow, match="SLAHOLD"):
        perform(request, "start_contact", actor=rini, data={"contact_name": "B", "contact_number": "081200001187"})
    request = perform(request, "reject", actor=rini, data={"why": "ON_HOLD", "note": "Sudah ditunda."})
    deliver(request)
    assert (request.state, "ditolak. Sudah ditunda." in logs(nossa), status(nossa)) == (State.REJECTED, True, "SLAHOLD")
    assert not Timer.objects.filter(state="RUNNING").exists()


def test_a_closed_ticket_is_no_longer_put_on_hold(ujang: User, rini: User, nossa: Outside) -> None:
    nossa.advance(OPEN, status="CLOSED")
    request = checked(rini, asked(ujang))
    with pytest.raises(NotNow, match="CLOSED"):
        perform(request, "start_contact", actor=rini, data={"contact_name": "B", "contact_number": "081200001187"})
    perform(request, "reject", actor=rini, data={"why": "CLOSED", "note": "Tiket sudah ditutup."})
    assert not ExternalCall.objects.filter(operation="add_worklog").exists()


def test_an_unknown_ticket_says_so(ujang: User, rini: User, nossa: Outside) -> None:
    request = checked(rini, asked(ujang, "IN99999999"))
    assert (request.state, "IN99999999" in request.problem) == (State.CHECKING, True)
    assert (
        perform(request, "reject", actor=rini, data={"why": "UNKNOWN", "note": "Periksa nomornya."}).state == "REJECTED"
    )


def test_the_customer_is_asked_at_a_number_and_may_be_told_before(ujang: User, rini: User, nossa: Outside) -> None:
    factories.mailbox()
    request = checked(rini, asked(ujang))
    with pytest.raises(InvalidInput) as refused:
        perform(request, "start_contact", actor=rini, data={"contact_name": "", "contact_number": "besok"})
    assert set(refused.value.errors) == {"contact_name", "contact_number"}
    given = {"contact_name": "Bonar", "contact_number": "0812-0000-1187", "notice": "on"}
    perform(request, "start_contact", actor=rini, data=given)
    assert sent() == ["pend_notice"]
    assert "1187" not in str(Event.objects.get(step="start_contact").data)


# --- PD-05, PD-08: agreed --------------------------------------------------------------------------------------------
def test_a_yes_puts_the_ticket_on_hold_until_the_agreed_time(ujang: User, rini: User, nossa: Outside) -> None:
    factories.mailbox()
    request = contacting(rini, asked(ujang))
    until = ahead(hours=4)
    with pytest.raises(NotNow):
        perform(request, "agree", actor=rini, data={"until": until, "said_yes": "on"})
    call(rini, request, "WRONG_PERSON")
    with pytest.raises(NotNow):
        perform(request, "agree", actor=rini, data={"until": until, "said_yes": "on"})
    time_passes(request, 11)
    call(rini, request, "CONNECTED")
    for wrong in ({"until": until}, {"until": ahead(hours=-1), "said_yes": "on"}, {"said_yes": "on"}):
        with pytest.raises(InvalidInput):
            perform(request, "agree", actor=rini, data=wrong)
    request = perform(request, "agree", actor=rini, data={"until": until, "said_yes": "on"})
    assert (request.state, request.answer, status(nossa)) == (State.APPLYING, Answer.AGREED, "BACKEND")
    deliver(request)
    request = again(request)
    assert (request.state, request.until, status(nossa)) == (State.PENDED, until, "PENDING")
    assert (request.needs_action, len(request.worklogs), promises(request)) == (False, 1, ["OPEN"])
    assert "menyetujui" in logs(nossa)
    assert nossa.incident(OPEN)["pending_reason"] == "CUST_RESCHEDULE"
    assert sent() == ["pend_agreed", "pend_done"]
    assert dict(Timer.objects.filter(state="RUNNING").values_list("name", "due_at")) == {
        "resume": until, "ending": until - timedelta(minutes=30),
    }  # fmt: skip
    history = IncidentStatus.objects.filter(incident__number=OPEN).order_by("at").values_list("status", flat=True)
    assert list(history)[-1] == "PENDING"  # what the repair time of the incident counts as pending


def test_more_than_seven_days_is_for_the_team_leader(ujang: User, rini: User, bowo: User, nossa: Outside) -> None:
    request = contacting(rini, asked(ujang))
    call(rini, request, "CONNECTED")
    given = {"until": ahead(days=9), "said_yes": "on"}
    with pytest.raises(InvalidInput, match="168"):
        perform(request, "agree", actor=rini, data=given)
    perform(request, "release", actor=bowo)
    perform(request, "take", actor=bowo)
    assert perform(request, "agree", actor=bowo, data=given).state == State.APPLYING


def test_what_the_customer_agreed_to_for_longer_goes_before_the_team_leader_with_its_time(
    ujang: User, rini: User, bowo: User, nossa: Outside
) -> None:
    request = contacting(rini, asked(ujang))
    call(rini, request, "CONNECTED")
    until = ahead(days=9).replace(second=0)
    with pytest.raises(InvalidInput, match="jam"):
        perform(request, "ask_beyond", actor=rini, data={"until": ahead(days=2)})
    drafts.keep(request, rini, "agree", {"until": "2031-01-05T10:00", "said": "Tunggu material."})
    proposed = BeyondForm(case=again(request), actor=rini)
    assert (proposed["until"].value(), proposed["said"].value()) == ("2031-01-05T10:00", "Tunggu material.")
    request = perform(request, "ask_beyond", actor=rini, data={"until": until, "said": "Tunggu material."})
    [asked_for] = Escalation.objects.filter(case_id=request.pk)
    assert (asked_for.state, asked_for.level) == ("ASKED", "TEAM_LEADER")
    assert when(until) in asked_for.reason
    given = {"until": until, "said_yes": "on"}
    with pytest.raises(InvalidInput, match="168"):
        perform(again(request), "agree", actor=rini, data=given)
    perform(asked_for, "approve", actor=bowo, data={})
    form = AgreeForm(case=again(request), actor=rini)
    assert (form["until"].initial, form["said"].initial) == (until, "Tunggu material.")
    with pytest.raises(InvalidInput, match="168"):
        perform(again(request), "agree", actor=rini, data={**given, "until": until + timedelta(days=1)})
    request = perform(again(request), "agree", actor=rini, data=given)
    assert (request.state, request.until) == (State.APPLYING, until)


def test_what_the_team_leader_sent_back_is_not_approved(ujang: User, rini: User, bowo: User, nossa: Outside) -> None:
    request = contacting(rini, asked(ujang))
    call(rini, request, "CONNECTED")
    until = ahead(days=9)
    perform(request, "ask_beyond", actor=rini, data={"until": until})
    perform(Escalation.objects.get(case_id=request.pk), "send_back", actor=bowo, data={"note": "Terlalu lama."})
    with pytest.raises(InvalidInput, match="168"):
        perform(again(request), "agree", actor=rini, data={"until": until, "said_yes": "on"})


def test_an_undecided_customer_is_called_back_once(ujang: User, rini: User, nossa: Outside) -> None:
    request = contacting(rini, asked(ujang))
    with pytest.raises(NotNow):
        perform(request, "appoint", actor=rini, data={"call_back_at": ahead(hours=1)})
    call(rini, request, "CONNECTED")
    request = perform(request, "appoint", actor=rini, data={"call_back_at": ahead(hours=1)})
    assert (request.state, Timer.objects.filter(name="call_back", state="RUNNING").count()) == (State.CONTACTING, 1)
    with pytest.raises(NotNow):
        perform(request, "appoint", actor=rini, data={"call_back_at": ahead(hours=2)})
    with pytest.raises(NotNow):  # reached once: silence is no answer any more
        perform(request, "give_up", actor=rini, data={})
    with pytest.raises(NotNow):  # and what was no answer is no consent
        perform(request, "agree", actor=rini, data={"until": ahead(hours=4), "said_yes": "on"})


def test_the_promised_time_is_kept_whatever_the_gap(ujang: User, rini: User, asing: User, nossa: Outside) -> None:
    request = contacting(rini, asked(ujang))
    call(rini, request, "CONNECTED")
    request = perform(request, "appoint", actor=rini, data={"call_back_at": ahead(minutes=4)})
    early = callee_of(again(request)).verdict()
    assert (early.allowed, early.next_at) == (False, request.call_back_at)
    comes(request, minutes=1)
    time_passes(request, 5)
    put_attempt(request, asing, result="NO_ANSWER", at=ahead(minutes=-3))  # before the hour, by another desk
    assert callee_of(again(request)).verdict().allowed
    call(rini, again(request))
    assert not callee_of(again(request)).verdict().allowed  # in the customer's hour attempts lie apart again
    comes(request, minutes=12)
    time_passes(request, 11)
    assert call(rini, again(request), "CONNECTED").connected_at is not None


def test_an_appointment_is_in_the_customers_time(ujang: User, rini: User, nossa: Outside) -> None:
    request = contacting(rini, asked(ujang))
    call(rini, request, "CONNECTED")
    PendingRequest.objects.filter(pk=request.pk).update(snapshot={**request.snapshot, "witel": "PAPUA"})
    request = again(request)
    at = ahead(hours=2).replace(second=0).astimezone(zones.ZONES["WIT"])
    assert "WIT" in AppointForm(case=request, actor=rini).fields["call_back_at"].help_text
    request = perform(request, "appoint", actor=rini, data={"call_back_at": f"{at:%Y-%m-%dT%H:%M}", "note": ""})
    assert request.call_back_at == at
    assert appointed_in_words(request).startswith(zones.clock(at, zones.ZONES["WIT"]))
    with pytest.raises(NotNow, match="WIT"):
        perform(request, "appoint", actor=rini, data={"call_back_at": ahead(hours=3)})


# --- PD-06, PD-09: not reached ---------------------------------------------------------------------------------------
def test_the_next_call_waits_ten_minutes_but_the_customer_may_call(ujang: User, rini: User, nossa: Outside) -> None:
    request = contacting(rini, asked(ujang))
    call(rini, request)
    with pytest.raises(NotNow, match="10"):
        call(rini, request)
    assert perform(request, "take_call", actor=rini, data=CALL).connected_at is not None


def test_it_is_held_without_an_answer_only_after_the_attempts(ujang: User, rini: User, nossa: Outside) -> None:
    factories.mailbox()
    request = contacting(rini, asked(ujang, until=ahead(days=3)))
    for number in range(3):
        with pytest.raises(NotNow, match=f"{number} "):
            perform(request, "give_up", actor=rini, data={})
        time_passes(request, 11)
        call(rini, request, ["NO_ANSWER", "BUSY", "OFF"][number])
    request = perform(request, "give_up", actor=rini, data={})
    assert request.until is not None
    assert timedelta(hours=23, minutes=59) < request.until - timezone.now() <= timedelta(hours=24)
    deliver(request)
    request = again(request)
    assert (request.state, status(nossa), request.reason_id) == (State.PENDED, "PENDING", "CUST_RESCHEDULE")
    assert "tidak terhubung" in logs(nossa)
    assert logs(nossa).count("••") >= 3 or logs(nossa).count("*") >= 3  # attempts, numbers half hidden
    assert sent() == ["pend_unreached", "pend_done"]


MOMENT = timezone.now()


@pytest.mark.parametrize(
    ("minutes", "counted"),
    [([0, 10, 20], 3), ([0, 9, 18], 2), ([0, 10, 61], 2), ([0, 40, 50, 60, 70], 4), ([], 0), ([0, 30, 60], 3)],
)
def test_attempts_count_apart_and_within_the_window(minutes: list[int], counted: int) -> None:
    rule = Rule(3, timedelta(minutes=10), timedelta(minutes=60))
    tried = [Tried(MOMENT + timedelta(minutes=one), Result.BUSY) for one in minutes]
    assert rule.counted(tried) == counted
    assert rule.counted([*tried, Tried(MOMENT, Result.CONNECTED), Tried(MOMENT, Result.BUSY, By.INBOUND)]) == counted


# --- PD-07, PD-10: refused -------------------------------------------------------------------------------------------
def test_a_no_goes_back_to_the_unit_which_goes_on(ujang: User, rini: User, nossa: Outside) -> None:
    factories.mailbox()
    group = nossa.incident(OPEN)["owner_group"]
    request = contacting(rini, asked(ujang))
    with pytest.raises(NotNow):
        perform(request, "refuse", actor=rini, data={"said": "Tidak mau."})
    call(rini, request, "CONNECTED")
    with pytest.raises(InvalidInput):
        perform(request, "refuse", actor=rini, data={"said": " "})
    request = perform(request, "refuse", actor=rini, data={"said": "Harus selesai hari ini."})
    assert request.state == State.RETURNING
    deliver(request)
    deliver(request, worlds="coordination")
    request = again(request)
    ticket = nossa.incident(OPEN)
    assert (request.state, ticket["status"], ticket["owner_group"]) == (State.RETURNED, "BACKEND", group)
    assert "Harus selesai hari ini." in logs(nossa)
    assert (sent(), promises(request)) == (["pend_refused"], [])
    post = ExternalCall.objects.get(case_id=request.pk, system="coordination", status="DONE")
    assert post.payload["group"] == settings.PENDING["group"]  # the unit hears it where it listens
    assert "Harus selesai hari ini." in post.payload["text"]


# --- PD-11, PD-13: the end of a hold ---------------------------------------------------------------------------------
def test_a_hold_ends_by_itself_at_night(ujang: User, rini: User, nossa: Outside) -> None:
    factories.mailbox()
    request = pended(rini, ujang)
    change_presence(rini, PresenceState.OFFLINE)
    time_is_up(request, "ending")
    assert again(request).state == State.PENDED
    time_is_up(request, "resume")
    assert again(request).state == State.RESUME_DUE
    deliver(request)
    deliver(request, worlds="coordination")
    request = again(request)
    assert (request.state, status(nossa), promises(request)) == (State.RESUMED, "BACKEND", ["KEPT"])
    assert sent()[-1] == "pend_resumed"
    assert len(nossa.calls("coordination", "post")) == 2
    assert not Timer.objects.filter(state="RUNNING").exists()


@pytest.mark.parametrize("who", ["ujang", "rini"])
def test_it_goes_on_early_when_somebody_asks(who: str, ujang: User, asep: User, rini: User, nossa: Outside) -> None:
    request = pended(rini, ujang, OTHER)
    assert status(nossa, OTHER) == "PENDING"
    with pytest.raises(UnknownStep):
        perform(request, "go_on", actor=asep, data={"asked_by": "UNIT", "note": "x"})
    actor = {"ujang": ujang, "rini": rini}[who]
    wanted = {"asked_by": "CUSTOMER", "asker": "Bonar", "note": "Lokasi sudah buka."}
    perform(request, "go_on", actor=actor, data=wanted)
    told = ExternalCall.objects.get(case_id=request.pk, operation="resume").payload["note"]
    assert "Bonar: Lokasi sudah buka." in told
    deliver(request)
    assert (again(request).state, status(nossa, OTHER), promises(request)) == (State.RESUMED, "INPROG", ["KEPT"])


def test_a_hold_that_nossa_ends_late_is_a_broken_promise(ujang: User, rini: User, bowo: User, nossa: Outside) -> None:
    request = pended(rini, ujang)
    nossa.fault("nossa", "resume", "http_500")
    Commitment.objects.update(made_at=ahead(hours=-9), until=ahead(hours=-1))
    time_is_up(request, "resume")
    ExternalCall.objects.filter(operation="resume").update(retry_seconds=[])
    deliver(request)
    assert (again(request).state, again(request).failed_in, promises(request)) == ("FAILED", "RESUME_DUE", ["EXPIRED"])
    nossa.heal()
    perform(request, "retry", actor=bowo)
    deliver(request)
    assert (again(request).state, status(nossa), promises(request)) == (State.RESUMED, "BACKEND", ["BROKEN"])


# --- PD-12: extended -------------------------------------------------------------------------------------------------
def longer(actor: User, request: PendingRequest, **span: float) -> PendingRequest:
    given = {"reason": "CUST_REQUEST", "reason_text": "Perlu waktu lagi.", "until": ahead(**(span or {"hours": 9}))}
    perform(request, "extend", actor=actor, data=given)
    return PendingRequest.objects.get(extends=request)


def test_more_time_is_a_new_agreement(ujang: User, rini: User, nossa: Outside) -> None:
    first = pended(rini, ujang)
    with pytest.raises(InvalidInput):
        longer(ujang, first, hours=1)
    second = longer(ujang, first)
    assert (again(first).state, promises(first)) == (State.EXTENDED, ["EXTENDED"])
    assert (second.state, second.extension, second.held_until, promises(second)) == (
        State.CONTACTING, 1, first.until, ["OPEN"],
    )  # fmt: skip
    with pytest.raises(NotNow):  # the first yes was about the first time
        perform(perform(second, "take", actor=rini), "agree", actor=rini, data={})
    until = ahead(hours=9)
    agreed(rini, second, until)
    deliver(second)
    second = again(second)
    assert (second.state, second.until, status(nossa)) == (State.PENDED, until, "PENDING")
    assert promises(second) == ["EXTENDED", "OPEN"]
    third = longer(ujang, second, hours=12)
    agreed(rini, perform(third, "take", actor=rini), ahead(hours=12))
    deliver(third)
    with pytest.raises(NotNow, match="2"):
        longer(ujang, again(third), hours=20)
    time_is_up(third, "resume")
    deliver(third)
    assert (again(third).state, status(nossa)) == (State.RESUMED, "BACKEND")


def test_without_a_new_agreement_the_old_one_stands(ujang: User, rini: User, nossa: Outside) -> None:
    first = pended(rini, ujang)
    second = longer(ujang, first)
    perform(second, "take", actor=rini)
    call(rini, second, "CONNECTED")
    with pytest.raises(NotNow):
        perform(second, "refuse", actor=rini, data={"said": "tidak"})
    second = perform(second, "keep_agreement", actor=rini, data={"note": "Pelanggan tidak mau lebih lama."})
    assert (second.state, second.held_until, status(nossa)) == (State.PENDED, None, "PENDING")
    agreed_to = (first.reason_id, first.reason_text, first.asked_until, first.until)
    assert (second.reason_id, second.reason_text, second.asked_until, second.until) == agreed_to
    clocks = Timer.objects.filter(procedure=second.procedure_name(), case_id=second.pk, name="resume", state="RUNNING")
    assert clocks.get().due_at == first.until
    time_is_up(second, "resume")
    deliver(second)
    assert (again(second).state, status(nossa)) == (State.RESUMED, "BACKEND")


def test_the_history_of_an_extension_says_who_asked_for_what(ujang: User, rini: User, nossa: Outside) -> None:
    second = longer(ujang, pended(rini, ujang))
    opened = Event.objects.get(procedure=second.procedure_name(), case_id=second.pk, seq=1)
    told = " ".join(map(str, details(steps_of(PendingRequest)[opened.step], opened.data)))
    for words in (str(ujang), str(second.reason), second.reason_text, when(second.asked_until)):
        assert words in told


def test_an_extended_hold_leads_to_the_request_in_which_it_goes_on(ujang: User, rini: User, nossa: Outside) -> None:
    first = pended(rini, ujang)
    second = longer(ujang, first)
    link = rail(PendingDesk(), again(first), rini, []).elsewhere
    assert link is not None
    assert (link.url, link.number) == (second.get_absolute_url(), second.number)


def test_nobody_answering_for_more_time_the_hold_ends_as_agreed(ujang: User, rini: User, nossa: Outside) -> None:
    first = pended(rini, ujang)
    second = longer(ujang, first)
    time_is_up(second, "resume")
    deliver(second)
    assert (again(second).state, status(nossa)) == (State.RESUMED, "BACKEND")
    assert (again(second).reason_id, again(second).reason_text) == (first.reason_id, first.reason_text)
    assert promises(second) == ["KEPT"]


# --- PD-14: NOSSA fails ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("fault", ["http_500", "lost_answer"])
def test_nossa_fails_and_comes_back(fault: str, ujang: User, rini: User, bowo: User, nossa: Outside) -> None:
    request = agreed(rini, contacting(rini, asked(ujang)))
    nossa.fault("nossa", "set_pending", fault, ms=0)
    deliver(request)
    assert (again(request).state, bool(again(request).problem)) == (State.APPLYING, True)
    ExternalCall.objects.filter(operation="set_pending").update(retry_seconds=[], next_try_at=timezone.now())
    deliver(request)
    request = again(request)
    assert (request.state, request.failed_in, request.needs_action) == (State.FAILED, "APPLYING", True)
    with pytest.raises(NotYourStep):
        perform(request, "retry", actor=rini)
    nossa.heal()
    perform(request, "retry", actor=bowo)
    deliver(request)
    assert (again(request).state, status(nossa)) == (State.PENDED, "PENDING")
    keys = {one["key"] for one in nossa.calls("nossa", "set_pending")}
    assert len(keys) == 1  # whatever was lost on the way, it is one call
    assert logs(nossa).count("Pending sampai") == 1


# --- NOSSA changes under us ------------------------------------------------------------------------------------------
def test_a_ticket_that_moved_on_is_checked_again(ujang: User, rini: User, nossa: Outside) -> None:
    read_feed()
    request = contacting(rini, asked(ujang))
    call(rini, request, "CONNECTED")
    nossa.advance(OPEN, status="INPROG")
    perform(request, "agree", actor=rini, data={"until": ahead(hours=4), "said_yes": "on"})
    deliver(request)
    request = again(request)
    assert (request.state, request.status, status(nossa)) == (State.CHECKING, "INPROG", "INPROG")
    assert (request.answer, request.until) == ("", None)
    perform(request, "start_contact", actor=rini, data={"contact_name": "B", "contact_number": "081200001187"})
    perform(request, "agree", actor=rini, data={"until": ahead(hours=4), "said_yes": "on"})
    deliver(request)
    assert (again(request).state, status(nossa), again(request).status_before) == (State.PENDED, "PENDING", "INPROG")
    assert read_feed() == 2
    assert again(request).state == State.PENDED  # the feed told nothing that was not known


def test_the_feed_alone_is_enough_to_check_again(ujang: User, rini: User, nossa: Outside) -> None:
    request = contacting(rini, asked(ujang))
    nossa.advance(OPEN, status="INPROG")
    read_feed()
    assert (again(request).state, "INPROG" in again(request).problem) == (State.CHECKING, True)


@pytest.mark.parametrize("moment", ["contacting", "applying"])
def test_a_ticket_that_closes_meanwhile_cancels_the_request(
    moment: str, ujang: User, rini: User, nossa: Outside
) -> None:
    request = contacting(rini, asked(ujang))
    if moment == "applying":
        agreed(rini, request)
    nossa.advance(OPEN, status="CLOSED")
    deliver(request)
    read_feed()
    request = again(request)
    assert (request.state, "CLOSED" in request.remark, status(nossa)) == (State.CANCELLED, True, "CLOSED")
    assert not Timer.objects.filter(state="RUNNING").exists()


@pytest.mark.parametrize("now", ["INPROG", "CLOSED"])
def test_a_hold_that_somebody_ended_in_nossa_is_over_here_too(
    now: str, ujang: User, rini: User, nossa: Outside
) -> None:
    request = pended(rini, ujang)
    nossa.advance(OPEN, status="SLAHOLD")
    read_feed()
    assert again(request).state == State.PENDED
    nossa.advance(OPEN, status=now)
    read_feed()
    assert (again(request).state, now in again(request).remark) == (State.RESUMED, True)


def test_a_hold_that_ended_in_nossa_before_ours_did_is_no_failure(ujang: User, rini: User, nossa: Outside) -> None:
    request = pended(rini, ujang)
    nossa.advance(OPEN, status="INPROG")
    time_is_up(request, "resume")
    deliver(request)
    assert (again(request).state, status(nossa)) == (State.RESUMED, "INPROG")


# --- PD-15 and evidence ----------------------------------------------------------------------------------------------
def test_the_unit_or_a_leader_cancels_with_a_reason(
    ujang: User, asep: User, rini: User, bowo: User, nossa: Outside
) -> None:
    request = contacting(rini, asked(ujang))
    with pytest.raises(NotYourStep):
        perform(request, "cancel", actor=rini, data={"note": "x"})
    with pytest.raises(UnknownStep):
        perform(request, "cancel", actor=asep, data={"note": "x"})
    with pytest.raises(InvalidInput):
        perform(request, "cancel", actor=bowo, data={"note": ""})
    request = perform(request, "cancel", actor=ujang, data={"note": "Petugas bisa datang hari ini."})
    deliver(request)
    assert (request.state, "dibatalkan" in logs(nossa)) == (State.CANCELLED, True)


def test_the_database_refuses_a_hold_without_evidence(ujang: User) -> None:
    request = asked(ujang)
    for columns in (
        {"state": "PENDED", "until": ahead(hours=1)},
        {"state": "APPLYING", "answer": "AGREED", "attempts_made": 1, "until": ahead(hours=1)},
        {"state": "PENDED", "answer": "UNREACHABLE", "until": ahead(hours=1)},
        {"state": "RETURNED", "answer": "REFUSED"},
        {"state": "PENDED", "answer": "UNREACHABLE", "attempts_made": 3},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            PendingRequest.objects.filter(pk=request.pk).update(**columns)


def test_histories_stay_whole(ujang: User, rini: User, nossa: Outside) -> None:
    request = unreached(rini, contacting(rini, asked(ujang)))
    perform(request, "give_up", actor=rini, data={})
    deliver(request)
    assert list(broken_links()) == []
    assert tried(request).count() == again(request).attempts_made == 3
    assert Incident.objects.get(number=OPEN).status == "PENDING"
    assert again(request).state in LIVE
