"""From the entry of a list to the end of the callback by keys alone, for each kind of entry (W-26 5.1, 5.2, 5.3).

Proposed by the agent, approved by the leader, found at the check of the call, told by the way out, called by Tier 2 and
escalated as the entry orders, or by the SOP where it orders nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from django.utils import timezone

from segmentation.classes import super_emergency_on
from segmentation.lists import ListEntry
from segmentation.models import Customer
from segmentation.special_list.states import Action, Criterion
from tenesa.accounts.models import User
from tests.journeys.browser.conftest import Seat, seat
from tests.journeys.browser.window import Window
from tests.segmentation import entries
from tests.vvip import desk
from tests.vvip.windows import at_call, at_callback, at_entry, is_in, proposed, reached, recorded, until, verified
from vvip.callbacks.states import State, Tier
from vvip.calls.states import Kind, Outcome
from vvip.calls.states import State as CallState
from vvip.models import Callback, SpecialCase

__all__ = ["seat"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("systems", "all_hours"),
]
SOP, REQUEST = "escalate_by_sop", "escalate_by_request"


class Listed(NamedTuple):
    """What the customer stands on the lists for, the entry that decides last; what follows from it."""

    criteria: Sequence[str]
    order: Action
    tier: Tier
    way: str
    kind: Kind = Kind.SPECIAL


KINDS = {
    "high speed": Listed(["HIGH_SPEED"], Action.NONE, Tier.HIGH_SPEED, SOP),
    "no un-isolation": Listed(["NO_UNISOLATE"], Action.TO_PLASA, Tier.MANAGEMENT, REQUEST),
    "cut and reinstall": Listed(["CUT_REINSTALL"], Action.CUT_REINSTALL, Tier.MANAGEMENT, REQUEST),
    "hard complaint": Listed(["HARD_COMPLAINT"], Action.PRIORITY, Tier.HARD_COMPLAINT, REQUEST),
    "super emergency": Listed(["SUPER_EMERGENCY"], Action.PRIORITY, Tier.SUPER_EMERGENCY, REQUEST),
    "VVIP with a term": Listed(["OFFICIAL"], Action.PRIORITY, Tier.VVIP, SOP, Kind.VVIP),
    "VVIP with a measure": Listed(["FOLLOWERS"], Action.PRIORITY, Tier.VVIP, SOP, Kind.VVIP),
    "special and VVIP": Listed(["OFFICIAL", "NO_UNISOLATE"], Action.TO_PLASA, Tier.VVIP, REQUEST, Kind.VVIP),
}
ALWAYS = ("special and VVIP",)  # the others differ by their entry alone


def _of_kind(name: str) -> Any:
    return pytest.param(KINDS[name], id=name, marks=() if name in ALWAYS else pytest.mark.long)


def put_on_the_lists(one: Customer, criteria: Sequence[str], hers: Window, leaders: Window, leader: User) -> None:
    for criterion in criteria:
        if criterion == Criterion.SUPER_EMERGENCY:  # nobody proposes that: an approved case has set it
            super_emergency_on(one, by=leader, case_number="SK0000001", until=timezone.now() + timedelta(days=9))
            continue
        proposed(hers, criterion)
        entry = ListEntry.objects.get(criterion=criterion)
        leaders.open(entry.get_absolute_url())
        at_entry(leaders, "approve")
        assert (entries.again(entry).state, entries.again(entry).approved_by) == ("ACTIVE", leader)


def called(window: Window, listed: Listed) -> Callback:
    """The call, to the callback; what the list orders stands on the page, with the entry that says so."""
    recorded(window, topic="UNISOLATE")
    verified(window)
    call = SpecialCase.objects.get()
    assert (call.kind, call.action) == (listed.kind, "" if listed.order == Action.NONE else listed.order)
    if listed.order != Action.NONE:
        assert call.decided_by_entry == ListEntry.objects.get(criterion=listed.criteria[-1]).number
        window.sees(str(listed.order.label), "#open")
        window.sees(call.decided_by_entry, "#open")
    if len(listed.criteria) > 1:
        window.sees(f"yang paling ketat berlaku: {call.ordered}", "#procedure")
        window.is_fit("call-both-lists")
    if listed.order == Action.TO_PLASA:
        window.sees("Plasa Telkom terdekat", "#procedure")
        window.lacks("#offer-ask_unisolation button:not([disabled])")
    window.sees("tim khusus kami", "#procedure")
    at_call(window, "read_way_out", read=True)
    is_in(window, CallState.WAYOUT_READ)
    at_call(window, "queue_callback")
    is_in(window, CallState.CALLBACK_QUEUED)
    return call.callbacks.get()


@pytest.mark.parametrize("listed", [_of_kind(name) for name in KINDS])
def test_listed_from_the_proposal_to_the_end_of_the_callback(
    sari: User, tio: User, lina: User, seat: Seat, listed: Listed
) -> None:
    one = entries.with_internet(desk.customer(), mbps=100)
    desk.way_out()
    hers = seat(sari)
    put_on_the_lists(one, listed.criteria, hers, seat(lina), lina)
    callback = called(hers, listed)
    assert callback.tier == listed.tier

    window = seat(tio)
    reached(window, callback, "Wulan Sasmita")
    if listed.order != Action.NONE:
        window.sees(callback.call.ordered, "#open")
    if listed.kind == Kind.SPECIAL:
        refused = SOP if listed.way == REQUEST else REQUEST
        window.lacks(f"#offer-{refused} button:not([disabled])")
    text = {} if listed.way == REQUEST else {"text": "Mohon prioritas."}  # else what the list orders stands there
    at_callback(window, listed.way, how="GROUP", **text)
    window.page.wait_for_selector(".htmx-request", state="detached")
    desk.deliver()
    assert desk.again(callback.call).state == CallState.T2_ESCALATED
    window.open(callback.get_absolute_url())
    at_callback(window, "solve", solution="Sesuai permintaan, pelanggan sudah setuju.", informed=True)
    until(callback, State.DONE, window)
    call = desk.again(callback.call)
    assert (call.state, call.outcome) == (CallState.CLOSED, Outcome.SOLVED)
