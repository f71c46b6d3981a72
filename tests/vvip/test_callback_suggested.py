"""What one key proposes of a callback that was dialled: what the softphone told (W-26 5.2.6 c, 5.3.4 c)."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from tenesa.accounts.models import User
from tenesa.contact.models import ContactAttempt, Dial
from tenesa.workflow.errors import NotNow
from tenesa.workflow.perform import perform
from tenesa.workspace.dialling import part_of
from tenesa.workspace.rail import RailOffer, rail
from tests.vvip import desk
from tests.vvip.callbacks import claimed
from vvip.callbacks.desk import CallbackDesk
from vvip.callbacks.states import State
from vvip.models import Callback

pytestmark = pytest.mark.django_db


def dialled(agent: User, **told: Any) -> Callback:
    one = perform(claimed(agent), "analyse", actor=agent, data=desk.FOUND)
    one = perform(one, "start_dial", actor=agent)
    Dial.objects.update(state="DIALLED", call_id="CALL-1", **told)
    found: Callback = desk.again(one)
    return found


def suggested(one: Callback, agent: User) -> RailOffer | None:
    return next((offer for offer in rail(CallbackDesk(), one, agent, []).offers if offer.reason), None)


def test_one_key_records_a_busy_line_as_not_reached(tio: User) -> None:
    one = dialled(tio, result="BUSY", ended_at=timezone.now(), duration=0)
    offer = suggested(one, tio)
    assert offer is not None
    assert offer.form is not None
    assert (offer.step.name, offer.at_once) == ("miss", True)
    assert "sibuk" in offer.reason.lower()
    given = {bound.name: bound.value() for bound in offer.form if bound.value()}
    assert perform(one, "miss", actor=tio, data=given).state == State.RETRY_WAIT
    assert ContactAttempt.objects.get().result == "BUSY"


def test_while_it_rings_nothing_says_that_the_customer_answered(tio: User) -> None:
    assert suggested(dialled(tio), tio) is None


def test_a_line_in_a_call_is_named_before_the_next_dial_and_one_key_dials_after_it(tio: User) -> None:
    one = perform(claimed(tio), "analyse", actor=tio, data=desk.FOUND)
    other = Dial.objects.create(number="081299990001", purpose="callback", agent=tio, state="DIALLED", call_id="CALL-9")
    with pytest.raises(NotNow, match="akhiri dulu"):
        perform(one, "start_dial", actor=tio)
    offer = suggested(one, tio)
    assert offer is None or offer.step.name != "start_dial"
    part = part_of(CallbackDesk(), desk.again(one), tio)
    assert part is not None
    assert part.running == other
    Dial.objects.update(ended_at=timezone.now())
    offer = suggested(desk.again(one), tio)
    assert offer is not None
    assert offer.step.name == "start_dial"


@pytest.mark.parametrize(
    "told", [{"result": "CONNECTED"}, {"result": "CONNECTED", "ended_at": "now"}, {"ended_at": "now"}]
)
def test_an_answered_call_and_one_that_nothing_is_known_of_are_as_tier_2_says(tio: User, told: dict[str, Any]) -> None:
    given = {name: timezone.now() if value == "now" else value for name, value in told.items()}
    offer = suggested(dialled(tio, **given), tio)
    assert offer is not None
    assert offer.step.name == "connect"
