"""What the desk does with a hold beside the document: notes, mails in free words, help, another owner (ADR-0029)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from pending.models import PendingRequest
from pending.states import State
from tenesa.accounts.models import User
from tenesa.audit.models import Event
from tenesa.audit.verify import broken_links
from tenesa.escalation.models import Escalation
from tenesa.escalation.registry import briefs_of
from tenesa.mail.models import OutboundMail
from tenesa.workflow.errors import InvalidInput, NotNow, NotYourStep
from tenesa.workflow.perform import perform
from tenesa.workspace import drafts, notes
from tests import factories
from tests.journeys.desk import Outside
from tests.pending.desk import again, asked, checked, contacting, pended, placed
from tests.pending.test_letters import arrives

pytestmark = pytest.mark.django_db
WHY = {"level": "TEAM_LEADER", "reason": "Pelanggan minta bicara dengan atasan."}


def page_of(user: User, request: PendingRequest) -> str:
    browser = Client()
    browser.force_login(user)
    return browser.get(reverse("pending:case", args=[request.pk])).content.decode()


# --- notes -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("state", State.values)
def test_everybody_at_the_desk_notes_in_every_state(state: str, ujang: User, dewi: User) -> None:
    request = perform(placed(state, asked(ujang)), "note", actor=dewi, data={"text": f"Catatan {state}"})
    [note] = notes.of(request)
    assert (note.text, note.author, request.state) == (f"Catatan {state}", dewi, state)
    assert "text" not in Event.objects.get(procedure=request.procedure_name(), step="note").data


def test_a_unit_sees_neither_notes_nor_what_is_written_and_asked(ujang: User, rini: User, nossa: Outside) -> None:
    factories.mailbox()
    request = contacting(rini, asked(ujang))
    with pytest.raises(NotYourStep):
        perform(request, "note", actor=ujang, data={"text": "Halo"})
    before = page_of(ujang, request)
    perform(request, "note", actor=rini, data={"text": "Pelanggan marah."})
    perform(request, "write", actor=rini, data={"message": "Kami telepon jam dua."})
    perform(request, "escalate", actor=rini, data=WHY)
    perform(Escalation.objects.get(), "withdraw", actor=rini, data={"note": "Sudah jelas."})
    assert page_of(ujang, request).count("<li") == before.count("<li")
    assert "Sudah jelas." not in page_of(ujang, request)
    assert "Re: " in page_of(rini, request)


# --- mails in free words ---------------------------------------------------------------------------------------------
def test_a_mail_may_be_formatted(ujang: User, rini: User, nossa: Outside) -> None:
    factories.mailbox()
    request = contacting(rini, asked(ujang))
    perform(request, "write", actor=rini, data={"message": "- jam **dua**\n- jam tiga", "formatted": True})
    mail = OutboundMail.objects.get(purpose="reply")
    assert "- jam dua\n- jam tiga" in mail.text
    assert "<li>jam <strong>dua</strong></li>" in page_of(rini, request)


def test_a_mail_is_held_and_taken_back_and_its_state_stays(ujang: User, rini: User, nossa: Outside) -> None:
    factories.mailbox()
    request = contacting(rini, asked(ujang))
    request = perform(request, "write", actor=rini, data={"message": "Kami telepon jam dua.", "cc": "pic@toko.example"})
    mail = OutboundMail.objects.get(purpose="reply")
    assert (mail.to, mail.cc, mail.status) == (["made@pajak-cendana.example"], ["pic@toko.example"], "HELD")
    assert "Kami telepon jam dua." in mail.text
    request = perform(request, "take_back", actor=rini)
    mail.refresh_from_db()
    assert (mail.status, request.state, list(broken_links())) == ("CANCELLED", State.CONTACTING, [])
    with pytest.raises(NotNow):
        perform(request, "take_back", actor=rini)


def test_what_w02_sends_is_not_taken_back(ujang: User, rini: User, nossa: Outside) -> None:
    factories.mailbox()
    with pytest.raises(NotNow):
        perform(pended(rini, ujang), "take_back", actor=rini)


def test_whom_it_goes_to_is_chosen_and_nobody_is_no_choice(ujang: User, rini: User, nossa: Outside) -> None:
    factories.mailbox()
    request = contacting(rini, asked(ujang))
    PendingRequest.objects.filter(pk=request.pk).update(contact_mail="")
    with pytest.raises(InvalidInput) as refused:
        perform(again(request), "write", actor=rini, data={"message": "Halo"})
    assert set(refused.value.errors) == {"to"}
    perform(again(request), "write", actor=rini, data={"message": "Halo", "to": "pic@toko.example"})
    assert OutboundMail.objects.get(purpose="reply").to == ["pic@toko.example"]


def test_a_draft_of_a_hold_is_its_own_and_answers_who_wrote_last(ujang: User, rini: User, nossa: Outside) -> None:
    mailbox = factories.mailbox()
    request = pended(rini, ujang)
    email = factories.opened()
    drafts.keep(email, rini, "write", {"message": "surel"})
    kept = drafts.keep(request, rini, "write", {"message": "tunda", "to": "pic@toko.example"})
    assert kept is not None
    assert [draft.values["message"] for draft in drafts.of(request, rini)] == ["tunda"]
    assert drafts.values_of(kept, again(request)) == {"message": "tunda", "to": "pic@toko.example"}
    arrives(mailbox, OutboundMail.objects.get(purpose="pend_done"))
    assert drafts.values_of(kept, again(request)) == {"message": "tunda"}
    drafts.forget(request, rini, "write")
    assert [draft.values["message"] for draft in drafts.of(email, rini)] == ["surel"]


# --- help ------------------------------------------------------------------------------------------------------------
def test_help_leaves_the_hold_where_it_is(ujang: User, rini: User, bowo: User, nossa: Outside) -> None:
    request = perform(pended(rini, ujang), "escalate", actor=rini, data=WHY)
    one = Escalation.objects.get()
    assert (request.state, one.state, one.procedure, one.case_id) == (
        "PENDED",
        "ASKED",
        "pending.pendingrequest",
        request.pk,
    )
    with pytest.raises(NotNow, match=one.number):
        perform(request, "escalate", actor=rini, data=WHY)
    brief = briefs_of([one])[one.pk]
    assert (brief.number, brief.title, brief.who) == (request.number, request.title, request.unit)

    perform(one, "approve", actor=bowo, data={"note": "Lanjutkan."})
    told = Event.objects.get(procedure=request.procedure_name(), step="note_escalation")
    assert ("Lanjutkan." in told.data["decision"], again(request).state, again(request).owner) == (True, "PENDED", rini)
    assert list(broken_links()) == []
    perform(again(request), "escalate", actor=rini, data=WHY)


def test_a_leader_takes_the_hold_by_decision_or_at_once(
    ujang: User, rini: User, bowo: User, hendra: User, nossa: Outside
) -> None:
    request = perform(checked(rini, asked(ujang)), "escalate", actor=rini, data=WHY)
    perform(Escalation.objects.get(), "take_over", actor=bowo, data={})
    assert (again(request).state, again(request).owner) == (State.CHECKING, bowo)
    taken = perform(again(request), "take_over", actor=hendra, data={"owner": rini.pk, "reason": "Bowo pulang."})
    assert (taken.state, taken.owner) == (State.CHECKING, rini)


def test_the_unit_is_asked_and_its_answer_comes_back(ujang: User, rini: User, bowo: User, nossa: Outside) -> None:
    request = checked(rini, asked(ujang))
    perform(request, "escalate", actor=rini, data={"level": "TELKOM", "reason": "Perlu akses ODP."})
    one = perform(Escalation.objects.get(), "approve", actor=bowo, data={})
    assert one.state == "WITH_UNIT"
    perform(one, "take_answer", actor=rini, data={"answer": "Akses dibuka."})
    told = Event.objects.filter(procedure=request.procedure_name(), step="note_escalation").latest("seq")
    assert "Akses dibuka." in told.data["decision"]


def test_it_is_withdrawn_when_the_hold_ends(
    ujang: User, rini: User, bowo: User, django_capture_on_commit_callbacks: Callable[..., Any], nossa: Outside
) -> None:
    request = perform(checked(rini, asked(ujang)), "escalate", actor=rini, data=WHY)
    with django_capture_on_commit_callbacks(execute=True):
        perform(request, "cancel", actor=bowo, data={"note": "Tidak jadi."})
    one = Escalation.objects.get()
    assert (one.state, request.number in one.remark) == ("WITHDRAWN", True)


def test_a_note_on_an_escalation_is_for_its_parties(
    ujang: User, rini: User, dewi: User, bowo: User, nossa: Outside
) -> None:
    perform(checked(rini, asked(ujang)), "escalate", actor=rini, data=WHY)
    one = Escalation.objects.get()
    for user in (rini, bowo):
        perform(one, "note", actor=user, data={"text": f"Catatan {user}"})
    with override("en"), pytest.raises(NotNow, match="asked by"):
        perform(one, "note", actor=dewi, data={"text": "Saya juga"})
    assert [note.author for note in notes.of(one)] == [rini, bowo]
