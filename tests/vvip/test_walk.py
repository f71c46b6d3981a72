"""W-26 from the first word to the last, at both desks (requirements 12.6: stories 9 and 10)."""

from __future__ import annotations

import pytest

from tenesa.accounts.models import User
from tenesa.escalation.models import Escalation
from tenesa.workflow.perform import perform
from tests.journeys.desk import Outside
from tests.vvip import desk
from vvip.callbacks.states import State as CallbackState
from vvip.calls.states import Kind, State
from vvip.models import SpecialCase

BACKEND = {"reason": "Mohon perbaikan port, pelanggan belum pulih."}


pytestmark = pytest.mark.usefixtures("all_hours")


def test_special_and_listed(systems: Outside, sari: User, tio: User) -> None:
    desk.listed("CUT_REINSTALL")
    desk.way_out()
    callback = desk.queued(sari)
    assert callback.state == CallbackState.QUEUED
    assert callback.call.kind == Kind.SPECIAL
    callback = desk.reached(tio, callback)
    assert desk.again(callback.call).state == State.T2_CONTACTED
    perform(callback, "escalate_by_request", actor=tio, data={"how": "GROUP", "text": "Cabut-pasang sesuai daftar."})
    desk.deliver()
    assert desk.again(callback.call).state == State.T2_ESCALATED
    perform(callback, "solve", actor=tio, data={"solution": "Jadwal pasang disepakati.", "informed": True})
    assert desk.again(callback).state == CallbackState.DONE
    assert desk.again(callback.call).state == State.CLOSED


def test_not_listed_is_solved_at_the_desk(systems: Outside, sari: User) -> None:
    desk.customer()
    call = desk.checked(sari)
    assert call.kind == Kind.NOT_LISTED
    call = perform(call, "analyse", actor=sari, data={"analysis": "Modem perlu dinyalakan ulang."})
    call = perform(call, "solve", actor=sari, data={"solution": "Pulih setelah dinyalakan ulang.", "informed": True})
    assert call.state == State.CLOSED


def test_not_listed_goes_to_the_backend(systems: Outside, sari: User, lina: User) -> None:
    desk.customer()
    call = perform(desk.checked(sari), "analyse", actor=sari, data={"analysis": "Kabel putus."})
    call = perform(call, "ask_for_backend", actor=sari, data=BACKEND)
    assert call.state == State.BACKEND_WAIT_APPROVAL
    perform(Escalation.objects.get(), "approve", actor=lina, data={"note": ""})
    assert desk.again(call).state == State.BACKEND
    perform(call, "take_result", actor=sari, data={"answer": "Kabel disambung.", "solved": True})
    assert desk.again(call).state == State.CLOSED


def test_vvip_becomes_a_super_emergency_and_comes_back(systems: Outside, sari: User, tio: User, lina: User) -> None:
    desk.listed("PUBLIC_FIGURE")
    desk.way_out()
    callback = desk.reached(tio, desk.queued(sari))
    perform(callback, "escalate_by_sop", actor=tio, data={"how": "GROUP", "text": "Mohon prioritas."})
    desk.deliver()
    perform(callback, "ask_for_emergency", actor=tio, data=BACKEND)
    perform(Escalation.objects.get(), "approve", actor=lina, data={"note": "Setuju."})
    call: SpecialCase = desk.again(callback.call)
    assert call.state == State.BACKEND
    assert call.is_super_emergency
    assert call.emergency_owner == tio
    assert desk.again(callback).state == CallbackState.DONE
    perform(call, "take_result", actor=lina, data={"answer": "Port diganti.", "solved": False})
    call = desk.again(call)
    assert call.state == State.T2_PICKED
    again = call.callbacks.exclude(pk=callback.pk).get()
    assert again.state == CallbackState.CLAIMED
    assert again.owner == tio
