"""Whole ways of a prospect by REST, each system behind its real contract (P-01 5.1 - 5.3, 8; stories 10 - 12)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from caring.models import CaringResult, Promise, Prospect
from caring.prospects.states import State
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.contact.models import ContactAttempt, Dial
from tenesa.systems.models import ExternalCall
from tests.caring import desk
from tests.caring.test_with_systems import fastel
from tests.journeys.desk import Outside
from tests.vvip.conftest import Clock, freezer

__all__ = ["freezer"]
pytestmark = pytest.mark.django_db(transaction=True)


class Hand:
    """A person who works by REST; whatever a step asks of a system is delivered before the next one."""

    def __init__(self, user: User) -> None:
        self.user, self.client = user, APIClient()
        self.client.force_authenticate(user)

    def take(self, case: Any, step: str, **inputs: Any) -> Any:
        answer = self.client.post(f"{self._address(case)}steps/{step}/", inputs, format="json")
        assert answer.status_code == 200, f"{step}: {answer.status_code} {answer.content.decode()}"
        desk.deliver()
        return desk.again(case)

    def refused(self, case: Any, step: str, **inputs: Any) -> int:
        return int(self.client.post(f"{self._address(case)}steps/{step}/", inputs, format="json").status_code)

    def initial(self, case: Any, step: str) -> dict[str, Any]:
        offers = self.client.get(f"{self._address(case)}steps/").json()
        (offer,) = [one for one in offers if one["step"] == step]
        return {one["name"]: one["initial"] for one in offer["inputs"] if "initial" in one}

    def _address(self, case: Any) -> str:
        return f"/api/{'prospects' if isinstance(case, Prospect) else 'results'}/{case.pk}/"

    # --- stretches ---
    def reach(self, one: Prospect) -> Prospect:
        for step in ("pick", "start_dial", "confirm_payer"):
            one = self.take(one, step)
        return one

    def agree(self, one: Prospect) -> CaringResult:
        """With what the form proposes, and a clear yes."""
        one = self.reach(one)
        self.take(one, "agree", **{"reason": "KEEPS", "offer": "FULL", **self.initial(one, "agree"), "willing": True})
        return CaringResult.objects.filter(prospect=one).latest("pk")


@pytest.fixture
def agent(systems: Outside, citra: User) -> Hand:
    return Hand(citra)


@pytest.fixture
def qco(laras: User) -> Hand:
    return Hand(laras)


@pytest.fixture
def leader(novita: User) -> Hand:
    return Hand(novita)


def test_agreed_entered_approved_final_kept(agent: Hand, qco: Hand, leader: Hand, systems: Outside) -> None:
    result = agent.agree(desk.prospect(fastel=fastel(1)))
    assert (result.state, result.entered_in) == ("QC_QUEUED", ["cwc", "mycx"])
    result = qco.take(qco.take(result, "claim"), "approve", **desk.OK)
    result = leader.take(result, "finalise")
    assert (result.state, result.promise.state) == ("FINAL", Promise.State.OPEN)
    systems._ask("POST", "epayment/pay", json={"fastel": result.fastel})
    leader.take(result, "ask_payments")
    assert Promise.objects.get().state == Promise.State.KEPT


def test_returned_called_again_approved(agent: Hand, qco: Hand, leader: Hand) -> None:
    first = agent.agree(desk.prospect(fastel=fastel(1)))
    first = qco.take(qco.take(first, "claim"), "return_to_agent", **desk.RETURN)
    first = leader.take(first, "pass_on", note="Tolong ditelepon lagi.")
    second = agent.agree(desk.again(first.prospect))
    assert (desk.again(first).state, second.entry, second.supersedes_id) == ("SUPERSEDED", "RECALL", first.pk)
    assert qco.take(qco.take(second, "claim"), "approve", **desk.OK).state == "APPROVED"


@pytest.mark.parametrize(
    ("step", "inputs", "state"), [("approve", desk.OK, "APPROVED"), ("return_to_agent", desk.RETURN, "RETURNED")]
)
def test_an_appeal_is_decided_by_another(agent: Hand, qco: Hand, step: str, inputs: dict[str, str], state: str) -> None:
    result = agent.agree(desk.prospect(fastel=fastel(1)))
    result = qco.take(qco.take(result, "claim"), "return_to_agent", **desk.RETURN)
    result = agent.take(result, "ask_again", reason="Pelanggan menjawab ya pada detik 40.")
    assert qco.refused(result, "claim") == 409
    arbiter = Hand(desk.person("dimas", Role.QCO))
    assert arbiter.take(arbiter.take(result, "claim"), step, **inputs).state == state
    assert agent.refused(result, "ask_again", reason="Sekali lagi.") == 409
    assert CaringResult.objects.get().verdicts.count() == 2


def test_declined_with_the_script_of_its_reason(agent: Hand, leader: Hand) -> None:
    desk.publish_scripts(leader.user)
    one = agent.reach(desk.prospect(fastel=fastel(1)))
    told = {"reason": "EXPENSIVE", "script_read": True}
    assert agent.refused(one, "decline", **told) == 422
    assert agent.client.get(f"/api/prospects/{one.pk}/scripts/reasons/").status_code == 200
    assert agent.take(one, "decline", **told).state == State.DONE_DECLINE
    assert CaringResult.objects.get().entered_in == ["cwc", "mycx"]


def test_not_reached_until_it_is_exhausted(agent: Hand, freezer: Clock) -> None:
    """Nine attempts on several days and parts of the day; in between the rules refuse, and the refusal is kept."""
    one = desk.prospect(fastel=fastel(1))
    for attempt in range(9):
        assert one.state == State.FOLLOW_UP if attempt else State.AVAILABLE
        one = agent.take(agent.take(one, "pick"), "start_dial")
        one = agent.take(one, "miss", reason="RNA")
        if attempt < 8:
            assert agent.refused(one, "pick") == 409
            freezer.move_to(timezone.now() + timedelta(hours=30))
            Prospect.objects.filter(pk=one.pk).update(ready=True, ready_at=timezone.now(), at=timezone.now())
            one = desk.again(one)
    assert one.state == State.EXHAUSTED
    assert ContactAttempt.objects.filter(case_id=one.pk).count() == 9


def test_paid_while_picked(agent: Hand, systems: Outside) -> None:
    one = agent.take(desk.prospect(fastel=fastel(1)), "pick")
    assert one.state == State.PICKED
    systems._ask("POST", "epayment/pay", json={"fastel": one.fastel})
    one = agent.take(one, "read_systems")
    assert one.state == State.PAID
    assert agent.refused(one, "start_dial") == 409
    assert not Dial.objects.exists()


def test_one_system_down_and_back(agent: Hand, systems: Outside) -> None:
    systems.fault("mycx", "result", "http_500")
    result = agent.agree(desk.prospect(fastel=fastel(1)))
    assert (result.state, result.entered_in) == ("ENTERING", ["cwc"])
    systems.heal()
    ExternalCall.objects.filter(system="mycx", status="WAITING").update(next_try_at=timezone.now())
    desk.deliver()
    assert (desk.again(result).state, desk.again(result).entered_in) == ("QC_QUEUED", ["cwc", "mycx"])


def test_a_message_is_left_with_somebody_else(agent: Hand) -> None:
    one = agent.take(agent.take(desk.prospect(fastel=fastel(1)), "pick"), "start_dial")
    assert agent.initial(one, "agree").get("amount_told") is None
    one = agent.take(one, "miss", reason="THIRD_PARTY", note="Istri; kembali pukul 19.")
    assert (one.state, one.phones != []) == (State.FOLLOW_UP, True)
    assert CaringResult.objects.get().reason == "THIRD_PARTY"
