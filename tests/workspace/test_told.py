"""An open page hears of everything that it shows: what a step writes by the step, what comes of it later by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tenesa.mail import imap, outbox, smtp
from tenesa.mail.models import OutboundMail
from tenesa.systems import operation
from tenesa.systems import outbox as calls
from tenesa.systems.errors import Refused, Unavailable
from tenesa.systems.models import ExternalCall
from tenesa.ui import live
from tenesa.workflow.case import Case
from tenesa.workflow.perform import listeners, perform
from tenesa.workflow.readings import Reading
from tenesa.workspace import case_page, readings_panel, side_panels
from tenesa.workspace.desk import Desk, desks
from tests import factories
from tests.tickets.watched import watched
from tickets.models import EmailCase
from tickets.states import State

pytestmark = pytest.mark.django_db
# Written by steps of the case alone, by the clocks, which tell by `tenesa.workspace.alarms`, or told by itself (tags).
BY_STEPS = {
    "audit.Event", "caring.Promise", "contact.ContactAttempt", "contact.DialRefusal", "mail.InboundMail",
    "mail.InboundAttachment", "mail.OutboundAttachment", "mail.CaseFile", "tickets.Expedite", "tickets.Line",
    "tickets.ToolCheck", "timers.Mark", "workspace.Note", "workspace.CaseTag", "caring.Verdict", "caring.FaultReport",
}  # fmt: skip
BY_DELIVERY = {"mail.OutboundMail", "systems.ExternalCall"}  # below
# One's own draft; how the applications are, and NOSSA's mirror: read beside the case and shown with their hour;
# scripts that were shown, before the result was there.
OWN_PULSE = {
    "workspace.Draft", "mail.MailFolder", "systems.Notice", "systems.SystemState", "incidents.Incident",
    "segmentation.Service", "caring.ScriptSeen",
}  # fmt: skip


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The cases of which pages heard."""
    heard: list[str] = []
    monkeypatch.setattr("tenesa.workflow.perform.listeners", [lambda case: heard.append(live.name_of(case))])
    assert live.publish in listeners
    return heard


# --- mails -----------------------------------------------------------------------------------------------------------
def raising(error: Exception) -> Callable[..., Any]:
    def act(*_args: Any, **_more: Any) -> Any:
        raise error

    return act


def leaves(mail: OutboundMail, monkeypatch: pytest.MonkeyPatch, send: Callable[..., Any]) -> None:
    monkeypatch.setattr(smtp, "send", send)
    monkeypatch.setattr(imap, "append_sent", lambda *_args: None)
    monkeypatch.setattr(imap, "find_sent", lambda *_args: False)
    outbox.deliver(mail.pk)


ACCEPTED, REFUSED, LATER = lambda *_args: "", raising(smtp.Refused("550")), raising(smtp.NotSent("421"))
MAIL_ACTS: dict[str, tuple[dict[str, Any], Callable[[OutboundMail, Any], Any], str]] = {
    "left": ({}, lambda mail, patch: leaves(mail, patch, ACCEPTED), "SENT"),
    "refused": ({}, lambda mail, patch: leaves(mail, patch, REFUSED), "DEAD"),
    "tried again later": ({}, lambda mail, patch: leaves(mail, patch, LATER), "WAITING"),
    "bounced": (
        {"status": "SENT", "sent_at": timezone.now()},
        lambda mail, _patch: outbox.bounced(mail, "550 unknown"),
        "SENT",
    ),
    "cancelled": ({}, lambda mail, _patch: outbox.cancel(mail.pk), "CANCELLED"),
    "sent now": ({}, lambda mail, _patch: outbox.send_now(mail.pk), "WAITING"),
    "sent again": ({"status": "DEAD", "error": "550"}, lambda mail, _patch: outbox.retry(mail.pk), "WAITING"),
    "dealt with": ({"status": "DEAD", "error": "550"}, lambda mail, _patch: outbox.settle(mail.pk), "CANCELLED"),
}


@pytest.mark.parametrize("act", MAIL_ACTS)
def test_what_becomes_of_a_mail(
    act: str, rini: Any, told: list[str], monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    case = watched(rini)
    perform(case, "write", actor=rini, data={"message": "Sedang kami periksa."})
    before, become, after = MAIL_ACTS[act]
    mine = OutboundMail.objects.filter(case_id=case.pk, purpose="reply")
    mine.update(send_after=timezone.now() - timedelta(seconds=1), **before)
    living = factories.put(factories.opened(), State.ASSIGNED, owner=rini)
    EmailCase.objects.filter(pk=case.pk).update(state=State.MERGED, merged_into=living)
    told.clear()
    with django_capture_on_commit_callbacks(execute=True):
        become(mine.get(), monkeypatch)
    assert mine.get().status == after
    assert {live.name_of(case), live.name_of(living)} <= set(told)


# --- calls -----------------------------------------------------------------------------------------------------------
def asks(answer: Callable[..., Any]) -> Callable[[ExternalCall, pytest.MonkeyPatch], Any]:
    def act(call: ExternalCall, patch: pytest.MonkeyPatch) -> None:
        patch.setattr(calls, "operation_of", lambda *_names: answer)
        patch.setattr("tenesa.systems.registry._handlers", {call.procedure: lambda _call: None})
        calls.deliver(call.pk)

    return act


CALL_ACTS: dict[str, tuple[dict[str, Any], Callable[[ExternalCall, pytest.MonkeyPatch], Any], str]] = {
    "answered": ({}, asks(lambda *_args: {}), "DONE"),
    "refused": ({}, asks(raising(Refused("NOT_FOUND", "Tidak dikenal."))), "REFUSED"),
    "not reached": ({}, asks(raising(Unavailable("TIMEOUT", "Tidak menjawab."))), "WAITING"),
    "given up": ({"retry_seconds": []}, asks(raising(Unavailable("TIMEOUT", "Tidak menjawab."))), "DEAD"),
    "tried again": ({"status": "DEAD"}, lambda call, _patch: calls.retry(call.pk), "WAITING"),
}


@pytest.mark.parametrize("act", CALL_ACTS)
def test_what_becomes_of_a_call(
    act: str, rini: Any, told: list[str], monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    assert operation.label_of("siskas", "find_customer")
    case = factories.opened()
    before, become, after = CALL_ACTS[act]
    pk = ExternalCall.objects.filter(case_id=case.pk).values_list("pk", flat=True).first()
    assert pk is not None
    mine = ExternalCall.objects.filter(pk=pk)
    mine.update(**before)
    told.clear()
    with django_capture_on_commit_callbacks(execute=True):
        become(mine.get(), monkeypatch)
    assert mine.get().status == after
    assert live.name_of(case) in told


# --- everything else -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("desk", desks(), ids=lambda desk: desk.slug)
def test_it_is_known_who_tells_of_every_row_of_a_page(desk: Desk) -> None:
    shown: list[Reading] = [
        *case_page.OF_EVERY_PAGE, readings_panel.NEWEST, *side_panels.readings, *desk.readings
    ]  # fmt: skip
    case: Any = desk.model()
    case.pk = 1
    models = {reading.rows(case).model for reading in shown}
    others = {model._meta.label for model in models if not issubclass(model, Case)}
    assert others <= BY_STEPS | BY_DELIVERY | OWN_PULSE
