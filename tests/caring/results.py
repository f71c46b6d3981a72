"""Results in a state without their steps: for tests of what is refused there, of lists and of the desk."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from caring.models import CaringResult
from caring.results.states import State
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tests.caring import desk


def made(state: str = State.ENTERED, agent: User | None = None, **changes: Any) -> CaringResult:
    """An agreement as the database keeps it; `changes` are its columns."""
    agent = agent or User.objects.filter(username="pemegang").first() or _agent()
    one, now = changes.pop("prospect", None) or desk.prospect("TENESA"), timezone.now()
    given: dict[str, Any] = {
        "desk_id": one.desk_id, "prospect": one, "campaign": one.campaign, "period": one.period, "fastel": one.fastel,
        "ncli": one.ncli, "name": one.name, "agent": agent, "login": agent.username, "day": timezone.localdate(now),
        "called_at": now, "status": "CONTACTED", "category": "AGREE", "reason": "KEEPS", "receiver": one.name,
        "relation": "pemilik", "is_payer": True, "willing": True, "arrears": one.total, "amount_told": one.total,
        "offer": "FULL", "promised_on": timezone.localdate(now), "promised_amount": one.total,
        "recording": f"EB-{one.pk}", "entered_in": ["cwc", "mycx"], "sampled": True, "workers": [agent.pk],
        "awaits": "OFFER" if state == State.DRAFT else "", "state": state, **changes,
    }  # fmt: skip
    return CaringResult.objects.create(**given)


def placed(state: str) -> CaringResult:
    columns: dict[str, Any] = {}
    if state == State.QC_CLAIMED:
        columns["owner"] = User.objects.filter(username="pemeriksa").first() or desk.person(
            "pemeriksa", Role.QCO, "TENESA"
        )
    return made(state, **columns)


def opened() -> CaringResult:
    """An agreement that waits for QC, by its steps."""
    agent = User.objects.filter(username="pemegang").first() or _agent()
    return desk.entered(desk.agreed(agent, desk.prospect("TENESA")))


def _agent() -> User:
    return desk.person("pemegang", Role.AGENT_CARING, "TENESA")
