"""Tier 2 escalates (W-26 5.3.4 c, V-10): what the form proposes, what MyCX refuses, what one key proposes after it."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from segmentation.models import Customer, Service
from tenesa.accounts.models import SYSTEM, User
from tenesa.audit.models import Event
from tenesa.systems.mycx.refused import FIELDS
from tenesa.systems.simulator.seed import DES_DOWN_VPN
from tenesa.workflow.errors import InvalidInput, NotNow
from tenesa.workflow.perform import perform
from tenesa.workspace.suggestions import suggested
from tests.journeys.desk import Outside
from tests.ui.test_frame import signed_in
from tests.vvip import desk
from tests.vvip.callbacks import claimed
from vvip.callbacks.desk import CallbackDesk
from vvip.callbacks.forms import EscalateForm
from vvip.callbacks.states import Tier
from vvip.callbacks.suggestions import TABLE as SUGGESTIONS
from vvip.calls.page import link_of
from vvip.calls.suggestions import TABLE as CALL_SUGGESTIONS
from vvip.models import Callback

pytestmark = pytest.mark.django_db
TICKET = {"how": "TICKET", "text": "Mohon prioritas perbaikan."}


def _connected(agent: User) -> Callback:
    one = perform(claimed(agent, tier=Tier.VVIP), "analyse", actor=agent, data=desk.FOUND)
    perform(one, "start_dial", actor=agent)
    return perform(one, "connect", actor=agent, data={"answered_by": "Pelanggan"})


def proposed(one: Callback, agent: User, **given: Any) -> dict[str, Any]:
    """What stands in the form before anybody writes."""
    form = EscalateForm(case=desk.again(one), actor=agent)
    return {bound.name: bound.value() for bound in form if bound.value()} | given


def at_line(systems: Outside, sari: User, tio: User) -> Callback:
    """A VVIP on the telephone whose call knows the service."""
    desk.listed("PUBLIC_FIGURE")
    desk.way_out()
    one = desk.reached(tio, desk.queued(sari))
    desk.deliver()
    Service.objects.update(product_id=DES_DOWN_VPN)  # one that MyCX knows
    found: Callback = desk.again(one)
    return found


def test_a_ticket_goes_out_with_what_the_form_proposes(
    systems: Outside, sari: User, tio: User, all_hours: None
) -> None:
    one = at_line(systems, sari, tio)
    contacts = [{"name": "Wulan Sasmita", "role": "", "email": "wulan@surel.example", "phone": ""}]
    Customer.objects.update(contacts=contacts)
    given = proposed(one, tio, text=TICKET["text"])
    assert (given["how"], given["reporter_email"]) == ("TICKET", "wulan@surel.example")
    perform(one, "escalate_by_sop", actor=tio, data=given)
    desk.deliver()
    one = desk.again(one)
    assert (one.problem_words, bool(one.escalated_at)) == ("", True)


def test_without_an_address_the_group_is_proposed_and_a_ticket_asks_for_one(
    systems: Outside, sari: User, tio: User, all_hours: None
) -> None:
    one = at_line(systems, sari, tio)
    Customer.objects.update(contacts=[])
    assert proposed(one, tio)["how"] == "GROUP"
    with pytest.raises(InvalidInput) as refused:
        perform(one, "escalate_by_sop", actor=tio, data=TICKET)
    assert set(refused.value.errors) == {"reporter_email"}
    perform(one, "escalate_by_sop", actor=tio, data={**TICKET, "reporter_email": "budi@surel.example"})
    desk.deliver()
    assert desk.again(one).escalated_at


def test_what_mycx_refused_stands_in_the_form_again(systems: Outside, sari: User, tio: User, all_hours: None) -> None:
    one = at_line(systems, sari, tio)
    perform(one, "escalate_by_sop", actor=tio, data={**TICKET, "reporter_email": '"wulan\\ n"@surel.example'})
    desk.deliver()
    one = desk.again(one)
    assert "reporter_email" not in one.problem_words
    assert str(FIELDS["reporter_email"]) in one.problem_words
    assert proposed(one, tio)["text"] == TICKET["text"]
    row, words = suggested(SUGGESTIONS, one, {"escalate_by_sop", "solve", "appoint"})
    assert row is not None
    assert (row.step, one.problem_words in words) == ("escalate_by_sop", True)


def test_after_the_escalation_one_key_agrees_when_they_hear_of_it(tio: User) -> None:
    """Nothing is solved in the talk in which it went out."""
    one = perform(_connected(tio), "escalate_by_sop", actor=tio, data={"how": "GROUP", "text": "x"})
    one = perform(one, "confirm_escalation", actor=SYSTEM)
    row, _words = suggested(SUGGESTIONS, one, {"escalate_by_sop", "solve", "appoint"})
    assert row is not None
    assert row.step == "appoint"
    Callback.objects.filter(pk=one.pk).update(connected_at=timezone.now())
    row, _words = suggested(SUGGESTIONS, desk.again(one), {"escalate_by_sop", "solve", "appoint"})
    assert row is not None
    assert row.step == "solve"


def test_with_the_back_end_the_news_are_proposed_and_no_stranger_types_its_answer(
    sari: User, tio: User, lina: User, all_hours: None
) -> None:
    call = desk.emergency(sari, tio, lina)
    row, _words = suggested(CALL_SUGGESTIONS, call, {"tell_news", "take_result"})
    assert row is not None
    assert row.step == "tell_news"
    answer = {"answer": "Port diganti.", "solved": False}
    with pytest.raises(NotNow, match=str(tio)):
        perform(call, "take_result", actor=sari, data=answer)
    perform(call, "take_result", actor=tio, data=answer)
    assert desk.again(call).backend_answer == "Port diganti."


def test_the_leader_decides_on_the_callback_that_waits_for_them(
    sari: User, tio: User, lina: User, all_hours: None
) -> None:
    desk.listed("PUBLIC_FIGURE")
    desk.way_out()
    one = desk.again(desk.asking_for_emergency(sari, tio))
    address = reverse("callbacks:case", args=[one.pk])
    shown, own = (signed_in(who).get(address).content.decode() for who in (lina, tio))
    mine = CallbackDesk().warnings
    assert (any("Anda mengajukan" in words for words in mine(one, lina)), "Anda mengajukan" in own) == (False, True)
    assert desk.asked(one.call).number in shown
    perform(desk.asked(one.call), "approve", actor=lina, data={"note": "Setuju."})
    told = Event.objects.filter(case_id=one.call_id, step="note_escalation").latest("seq")
    assert str(lina) in told.data["decision"]
    one = desk.again(one)
    assert one.call.is_super_emergency
    assert "selesai" in str(link_of(one, one.title, seen=True).more)
    chips = [str(chip.text) for chip in CallbackDesk().chips(one)]
    assert len(chips) == len(set(chips))
