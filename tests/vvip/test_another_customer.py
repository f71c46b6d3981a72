"""A caller whose telephone is not the customer's: who was chosen is read, named and shown, the caller's number half."""

from __future__ import annotations

import pytest

from segmentation.models import Customer
from tenesa.accounts.models import User
from tenesa.systems.models import ExternalCall
from tenesa.workflow.perform import perform
from tenesa.workspace.readings_panel import panel_of
from tenesa.workspace.timeline import timeline
from tests.journeys.desk import Outside
from tests.segmentation import entries
from tests.vvip import desk
from vvip.calls.desk import CallDesk
from vvip.models import SpecialCase

pytestmark = pytest.mark.usefixtures("all_hours")
CALLER = "081200003100"


def chosen(agent: User, customer: Customer) -> SpecialCase:
    call = desk.recorded(agent, internet_number="", phone_number=CALLER, caller_number=CALLER)
    return perform(call, "choose_customer", actor=agent, data={"number": customer.reference})


def asked(call: SpecialCase) -> dict[str, dict[str, str]]:
    found = ExternalCall.objects.filter(procedure=call.procedure_name(), case_id=call.pk).order_by("created_at")
    return {one.system: one.payload for one in found if one.operation != "category"}


def test_the_systems_are_read_by_a_registered_number_of_whoever_was_chosen(systems: Outside, sari: User) -> None:
    dewi = entries.customer("4100054", phone="0812-0000-5454")
    call = chosen(sari, dewi)
    assert asked(call)["mycx"] == {"search_type": "phone", "value": "081200005454"}
    assert asked(call)["siskas"] == {"reference": "4100054"}


def test_they_are_read_by_their_one_service(systems: Outside, sari: User) -> None:
    dewi = entries.with_internet(entries.customer("4100054", phone="0812-0000-5454"), "122055500054")
    call = chosen(sari, dewi)
    assert asked(call)["mycx"] == {"search_type": "product_id", "value": "122055500054"}
    assert asked(call)["nossa"] == {"service_no": "122055500054"}
    assert CALLER not in str(asked(call))


def test_the_caller_who_is_the_customer_is_read_by_what_they_said(systems: Outside, sari: User) -> None:
    customer = entries.customer("4100054", phone=CALLER)
    call = chosen(sari, customer)
    assert asked(call)["siskas"] == {"phone": CALLER}


def test_their_number_is_half_hidden_where_the_systems_answer(systems: Outside, sari: User) -> None:
    call = desk.recorded(sari, internet_number="", phone_number=CALLER, caller_number=CALLER)
    desk.deliver()
    cards = {card.tool: card for card in panel_of(CallDesk(), desk.again(call), sari).cards}
    assert {cards[one].about for one in ("cti", "mycx", "siskas")} == {"0812••••••00"}
    assert CALLER not in cards["mycx"].summary
    assert "0812••••••00" in cards["mycx"].summary


def test_the_history_names_who_was_chosen(systems: Outside, sari: User) -> None:
    dewi = entries.customer("4100054", name="Dewi Suryani")
    call = chosen(sari, dewi)
    told = [
        entry for entry in timeline(CallDesk(), call, sari, [call.last_event()]) if entry.template.endswith("step.html")
    ]
    assert ("Pelanggan", "Dewi Suryani") in told[-1].details
