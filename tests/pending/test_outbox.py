"""What a hold could not send stands where everything stands that is stuck; NOSSA's news reaches whoever can hear."""

from __future__ import annotations

import uuid
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pending import results
from pending.models import PendingRequest
from pending.states import State
from tenesa.accounts.models import User
from tenesa.audit.models import Event
from tenesa.incidents import feed
from tenesa.incidents.models import Incident, NossaFeed
from tenesa.mail.models import Mailbox, OutboundMail
from tenesa.systems import clients
from tenesa.systems.models import ExternalCall
from tenesa.timers.models import Timer
from tenesa.workflow.perform import perform
from tests import factories
from tests.journeys.desk import Outside
from tests.pending.desk import OPEN, again, agreed, ahead, asked, call, contacting, deliver, pended, time_is_up
from tests.pending.test_procedure import longer


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_dead_mail_of_a_hold_is_counted_and_a_leader_sends_it_again(
    ujang: User, rini: User, bowo: User, asing: User
) -> None:
    request = asked(ujang)
    mail = OutboundMail.objects.create(
        procedure=request.procedure_name(), case_id=request.pk, purpose="hold",
        event=Event.objects.get(case_id=request.pk, step="request"),
        mailbox=Mailbox.objects.first() or factories.opened().mailbox, template="reply", template_version=0,
        to=["laras@maju.example"], subject="Penundaan", text="Baik.", message_id=f"<{uuid.uuid4()}@x>",
        idempotency_key=str(uuid.uuid4()), status="DEAD", error="550 tidak dikenal",
    )  # fmt: skip
    address, outbox = reverse("retry-mail", args=[mail.pk]), reverse("outbox")
    page = signed_in(bowo).get(outbox).content.decode()
    assert f'data-count="{outbox}" data-signal="breach">1<' in page
    assert request.number in page
    assert request.get_absolute_url() in page
    assert address in page
    assert signed_in(rini).post(address).status_code == 403
    assert signed_in(asing).post(address).status_code == 404
    mail.refresh_from_db()
    assert mail.status == "DEAD"

    assert signed_in(bowo).post(address).status_code == 200
    mail.refresh_from_db()
    assert mail.status == "WAITING"
    assert Event.objects.get(case_id=request.pk, step="resend").actor == bowo
    assert signed_in(bowo).post(address).status_code == 409  # it is on its way already


def test_whoever_cannot_hear_news_keeps_it_from_nobody_else(
    ujang: User, rini: User, nossa: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = contacting(rini, asked(ujang))
    feed.read_feed()

    def deaf(change: feed.Change) -> None:
        Event.objects.filter(case_id=request.pk).first()
        raise ValueError("a fault of a colleague")

    monkeypatch.setattr(feed, "_listeners", [deaf, *feed._listeners])
    nossa.advance(OPEN, status="INPROG")
    assert feed.read_feed() == 1
    assert again(request).state == State.CHECKING
    assert Incident.objects.get(number=OPEN).status == "INPROG"
    assert feed.read_feed() == 0


def test_a_change_that_another_worker_was_quicker_to_read_is_heard_once(
    ujang: User, rini: User, nossa: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = contacting(rini, asked(ujang))
    feed.read_feed()
    nossa.advance(OPEN, status="INPROG")
    late = clients.nossa().changes(since=NossaFeed.objects.get().last_change)
    assert feed.read_feed() == len(late) == 1
    told = Event.objects.filter(case_id=request.pk).count()
    monkeypatch.setattr(feed, "nossa", lambda: SimpleNamespace(changes=lambda since: late))
    heard: list[object] = []
    monkeypatch.setattr(feed, "_listeners", [heard.append])
    feed.read_feed()
    assert (heard, Event.objects.filter(case_id=request.pk).count()) == ([], told)


# --- tried again from the outbox -------------------------------------------------------------------------------------
def failed(request: PendingRequest, operation: str, nossa: Outside) -> ExternalCall:
    """NOSSA was not reached to the last try; now it answers again."""
    nossa.fault("nossa", operation, "http_500")
    ExternalCall.objects.filter(case_id=request.pk, operation=operation).update(retry_seconds=[])
    deliver(request)
    nossa.heal()
    assert again(request).state == State.FAILED
    return ExternalCall.objects.get(case_id=request.pk, operation=operation, status="DEAD")


def held_back(kind: str, unit: User, agent: User) -> PendingRequest:
    """A request that waits for NOSSA to put it on hold, to give it back, or to end it."""
    if kind == "resume":
        request = pended(agent, unit)
        return perform(request, "go_on", actor=unit, data={"asked_by": "UNIT", "note": "Lokasi sudah buka."})
    request = contacting(agent, asked(unit))
    if kind == "set_pending":
        return agreed(agent, request)
    call(agent, request, "CONNECTED")
    return perform(request, "refuse", actor=agent, data={"said": "Tidak mau ditunda."})


REACHED = {"set_pending": State.PENDED, "set_owner_group": State.RETURNED, "resume": State.RESUMED}


@pytest.mark.parametrize("operation", REACHED)
def test_what_the_outbox_tried_again_moves_the_request_by_itself(
    operation: str, ujang: User, rini: User, bowo: User, nossa: Outside
) -> None:
    request = held_back(operation, ujang, rini)
    dead = failed(request, operation, nossa)
    assert signed_in(bowo).post(reverse("retry-call", args=[dead.pk])).status_code == 200
    deliver(request)
    request = again(request)
    assert (request.state, request.problem) == (REACHED[operation], "")
    assert not Timer.objects.filter(case_id=request.pk, name="retry", state="RUNNING").exists()
    assert len({one["key"] for one in nossa.calls("nossa", operation)}) == 1


def test_a_call_on_its_way_again_is_not_doubled_by_the_step(
    ujang: User, rini: User, bowo: User, nossa: Outside
) -> None:
    request = held_back("set_pending", ujang, rini)
    dead = failed(request, "set_pending", nossa)
    signed_in(bowo).post(reverse("retry-call", args=[dead.pk]))
    perform(again(request), "retry", actor=bowo)
    assert again(request).state == State.APPLYING
    deliver(request)
    assert again(request).state == State.PENDED
    assert ExternalCall.objects.filter(case_id=request.pk, operation="set_pending").count() == 1


def test_trying_again_hears_an_answer_that_nobody_took_over(
    ujang: User, rini: User, bowo: User, nossa: Outside, django_capture_on_commit_callbacks: Any
) -> None:
    request = held_back("set_pending", ujang, rini)
    dead = failed(request, "set_pending", nossa)
    answer = {"incident": nossa.incident(OPEN)}
    told = {"status": "DONE", "answer": answer, "answered_at": timezone.now(), "applied_at": timezone.now()}
    ExternalCall.objects.filter(pk=dead.pk).update(**told)
    with django_capture_on_commit_callbacks(execute=True):
        perform(again(request), "retry", actor=bowo)
    assert again(request).state == State.PENDED


def test_what_nossa_refused_is_asked_anew(ujang: User, rini: User, bowo: User, nossa: Outside) -> None:
    request = held_back("set_pending", ujang, rini)
    key = ExternalCall.objects.get(case_id=request.pk, operation="set_pending").idempotency_key
    nossa.client.post("/nossa/set_pending", json={"number": "IN0"}, headers={"Idempotency-Key": key})
    deliver(request)  # a key of which NOSSA has heard other words
    assert again(request).state == State.FAILED
    perform(again(request), "retry", actor=bowo)
    assert again(request).state == State.APPLYING
    deliver(request)
    assert again(request).state == State.PENDED


# --- settled, and nobody heard ---------------------------------------------------------------------------------------
def settled(call: ExternalCall, nossa: Outside, status: str = "DONE") -> None:
    """As the house before the outbox told of a late answer has left it."""
    answer = {"incident": nossa.incident(OPEN)}
    told = {"status": status, "answer": answer, "answered_at": timezone.now(), "applied_at": timezone.now()}
    ExternalCall.objects.filter(pk=call.pk).update(**told)


@pytest.mark.parametrize("waits", [False, True])
@pytest.mark.parametrize("operation", REACHED)
def test_what_was_settled_unheard_is_heard_by_the_sweep_once(
    operation: str, *, waits: bool, ujang: User, rini: User, nossa: Outside, django_capture_on_commit_callbacks: Any
) -> None:
    """Failed, or brought back by a leader to wait for an answer that had come already."""
    request = held_back(operation, ujang, rini)
    waits_in = again(request).state
    settled(failed(request, operation, nossa), nossa)
    if waits:
        PendingRequest.objects.filter(pk=request.pk).update(state=waits_in)
    with django_capture_on_commit_callbacks(execute=True):
        assert results.tell_settled() == 1
    assert again(request).state == REACHED[operation]
    assert results.tell_settled() == 0


def test_a_refusal_that_nobody_heard_lets_it_fail_so_that_a_leader_may_try_again(
    ujang: User, rini: User, nossa: Outside, django_capture_on_commit_callbacks: Any
) -> None:
    request = held_back("set_pending", ujang, rini)
    settled(failed(request, "set_pending", nossa), nossa, "REFUSED")
    assert results.tell_settled() == 0  # it has failed, which is what a refusal says
    PendingRequest.objects.filter(pk=request.pk).update(state=State.APPLYING)
    with django_capture_on_commit_callbacks(execute=True):
        assert results.tell_settled() == 1
    assert again(request).state == State.FAILED
    assert results.tell_settled() == 0


def test_what_nobody_waits_for_any_more_is_not_tried_again(ujang: User, rini: User, bowo: User, nossa: Outside) -> None:
    """More time was agreed, NOSSA was away until the old time was over, and the work goes on."""
    more = perform(longer(ujang, pended(rini, ujang)), "take", actor=rini)
    more = agreed(rini, more, ahead(hours=9))
    dead, made = failed(more, "set_pending", nossa), len(nossa.calls("nossa", "set_pending"))
    time_is_up(more, "resume")
    deliver(more)
    assert again(more).state == State.RESUMED
    row = signed_in(bowo).post(reverse("retry-call", args=[dead.pk])).content.decode()
    assert ("Dibatalkan" in row, "tidak lagi menunggunya" in row, more.number in row) == (True, True, True)
    deliver(more)
    dead.refresh_from_db()
    assert (dead.status, len(nossa.calls("nossa", "set_pending"))) == ("CANCELLED", made)
    assert (again(more).state, nossa.incident(OPEN)["status"]) == (State.RESUMED, "BACKEND")


# --- its page --------------------------------------------------------------------------------------------------------
def test_the_row_that_is_tried_again_follows_its_call_until_it_is_answered(
    ujang: User, rini: User, bowo: User, asing: User, nossa: Outside
) -> None:
    request = held_back("set_pending", ujang, rini)
    dead, leader = failed(request, "set_pending", nossa), signed_in(bowo)
    address = reverse("outbox-call", args=[dead.pk])
    before = leader.get(reverse("outbox")).content.decode()
    assert ("percobaan habis" in before, f'hx-get="{address}"' in before) == (True, False)
    row = leader.post(reverse("retry-call", args=[dead.pk])).content.decode()
    assert ("percobaan habis" in row, f'hx-get="{address}"' in row) == (False, True)
    deliver(request)
    row = leader.get(address).content.decode()
    assert ("Dijawab" in row, "hx-get" in row, "hx-post" in row) == (True, False, False)
    assert signed_in(asing).get(address).status_code == 404


def test_the_failed_are_those_that_the_badge_counts_and_only_what_waits_is_said_to_be_tried_again(
    ujang: User, rini: User, bowo: User, nossa: Outside
) -> None:
    request = held_back("set_pending", ujang, rini)
    failed(request, "set_pending", nossa)
    read = ExternalCall.objects.get(case_id=request.pk, operation="get_incident")
    ExternalCall.objects.filter(pk=read.pk).update(status="REFUSED", error_code="NOT_FOUND")
    leader, by_itself = signed_in(bowo), "Semuanya dicoba lagi secara otomatis"
    page = leader.get(reverse("outbox"), {"tab": "failed"})
    shown = page.content.decode()
    assert len(page.context["items"]) == 1
    assert f'data-count="{reverse("outbox")}" data-signal="breach">1<' in shown
    assert by_itself not in shown
    assert by_itself in leader.get(reverse("outbox"), {"tab": "waiting"}).content.decode()
    assert "Tidak ditemukan" in leader.get(reverse("outbox"), {"tab": "all"}).content.decode()
