"""Ways of a callback by keys alone: unreached to its end, an appointment kept by another, VVIP solved, emergency.

Time is moved by the rows; outside systems are asked by `deliver`, as a worker would. Pages are looked at by axe.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tenesa.accounts.models import SYSTEM, User
from tenesa.accounts.roles import Role
from tenesa.contact import dialling
from tenesa.contact.models import ContactAttempt, Dial
from tenesa.escalation.models import Escalation
from tenesa.workflow.perform import perform
from tests.journeys.browser.conftest import Seat, seat
from tests.journeys.browser.window import Window
from tests.journeys.desk import Outside
from tests.vvip import desk
from tests.vvip.callbacks import waiting
from tests.vvip.windows import at_callback as does
from tests.vvip.windows import dialled, reached, until
from vvip.callbacks.desk import CallbackDesk
from vvip.callbacks.states import State, Tier
from vvip.calls.states import State as CallState
from vvip.models import Callback

__all__ = ["seat"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def hangs_up(window: Window) -> None:
    button = window.page.locator("#dial button[hx-post*='/end/']")
    button.focus()
    button.press("Enter")
    window.until("#dial:not(:has(button[hx-post*='/end/']))")


@pytest.mark.long
def test_unreached_until_the_leader_closes_it(
    systems: Outside, seat: Seat, tio: User, lina: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialling, "RINGS_OUT", timedelta(0))
    one, window = waiting(), seat(tio)
    for attempt in range(6):
        if attempt:
            before = timezone.now() - timedelta(hours=1)
            Callback.objects.filter(pk=one.pk).update(at=before)
            Dial.objects.update(at=before)
            perform(one, "come_due", actor=SYSTEM)
        dialled(window, one)
        hangs_up(window)
        does(window, "miss")  # it had rung for long enough
        until(one, State.RETRY_WAIT, window)
    assert ContactAttempt.objects.filter(case_id=one.pk).count() == 6
    window.is_fit("callback-unreached")
    leader = seat(lina, size="phone").open(one.get_absolute_url())
    leader.is_fit("callback-leader-phone")
    does(leader, "close_unreached", note="enam kali tidak tersambung")
    until(one, State.EXPIRED, leader)


def test_an_appointment_is_kept_by_another_agent(systems: Outside, seat: Seat, tio: User) -> None:
    one, window = waiting(), seat(tio)
    reached(window, one)
    window.press(CallbackDesk.keys["appoint"])
    window.lands_in("#offer-appoint[open]")
    at = timezone.localtime(timezone.now() + timedelta(hours=2))
    window.page.locator("#offer-appoint [name=at]").fill(f"{at:%Y-%m-%dT%H:%M}")
    window.submit()
    until(one, State.SCHEDULED, window)
    past = timezone.now() - timedelta(minutes=16)
    Callback.objects.filter(pk=one.pk).update(at=past, wish_from=past)
    perform(one, "come_due", actor=SYSTEM)
    perform(one, "open_to_all", actor=SYSTEM)
    other = seat(desk.person("wati", Role.AGENT_TIER2), scheme="dark")
    dialled(other, one)
    assert desk.again(one).owner.username == "wati"
    other.is_fit("callback-dialling-dark")
    does(other, "connect", answered_by="Pelanggan")
    until(one, State.CONNECTED, other)
    does(other, "solve", solution="Pulih setelah ONT diganti.", informed="on")
    until(one, State.DONE, other)


def test_a_vvip_becomes_a_super_emergency_and_comes_back(systems: Outside, seat: Seat, tio: User, lina: User) -> None:
    one, window = waiting(tier=Tier.VVIP), seat(tio)
    reached(window, one, "Ajudan")
    does(window, "escalate_by_sop", how="GROUP", text="Mohon prioritas perbaikan.")
    window.until("#open:not(:has(#offer-escalate_by_sop))")
    desk.deliver()
    window.open(one.get_absolute_url())
    does(window, "ask_for_emergency", reason="Belum tersolusikan.")
    perform(Escalation.objects.get(), "approve", actor=lina, data={"note": "Setuju."})
    call = desk.again(one.call)
    assert (call.state, call.is_super_emergency) == (CallState.BACKEND, True)
    perform(call, "take_result", actor=lina, data={"answer": "Port diganti.", "solved": False})
    new = call.callbacks.exclude(pk=one.pk).get()
    window.open(new.get_absolute_url())
    until(new, State.CLAIMED, window)
    window.is_fit("callback-back-from-backend")


def test_the_queue_shows_its_order_and_why(systems: Outside, seat: Seat, tio: User) -> None:
    slow, vvip = waiting(tier=Tier.HIGH_SPEED), waiting(tier=Tier.VVIP)
    window = seat(tio).open("/callbacks/")
    rows = window.page.locator("[data-row]")
    assert [rows.nth(place).get_attribute("data-row") for place in range(2)] == [str(vvip.pk), str(slow.pk)]
    window.is_fit("callback-queue")


def test_a_late_class_is_taken_by_its_key(systems: Outside, seat: Seat, tio: User) -> None:
    """CTI answers while Tier 2 has the case open: the page tells it by itself, and one key takes the new class."""
    one, window = waiting(), seat(tio)
    window.open(one.get_absolute_url())
    does(window, "claim")
    until(one, State.CLAIMED, window)
    perform(one.call, "keep_category", actor=SYSTEM, category="VVIP")
    window.sees("VVIP sejak", "#procedure")
    window.is_fit("callback-late-class")
    does(window, "take_class")
    window.page.wait_for_selector("#offer-take_class", state="detached")
    one = desk.again(one)
    assert (one.tier, one.call.kind) == (Tier.VVIP, "VVIP")
