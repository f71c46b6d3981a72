"""What a hold could not send stands where everything stands that is stuck; NOSSA's news reaches whoever can hear."""

from __future__ import annotations

import uuid
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from pending.states import State
from tenesa.accounts.models import User
from tenesa.audit.models import Event
from tenesa.incidents import feed
from tenesa.incidents.models import Incident, NossaFeed
from tenesa.mail.models import Mailbox, OutboundMail
from tenesa.systems import clients
from tests import factories
from tests.journeys.desk import Outside
from tests.pending.desk import OPEN, again, asked, contacting


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
