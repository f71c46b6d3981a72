"""Callbacks that stand in the queue without the call's own way there: for tests of the queue, drills and benchmarks."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from segmentation.models import Customer
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.knowledge.models import Version
from tenesa.workflow.perform import perform
from tests import factories
from tests.vvip import desk
from vvip import services
from vvip.callbacks.states import HELD, State, Tier
from vvip.calls.states import State as CallState
from vvip.models import Callback, SpecialCase

_numbers = count(1)


def script() -> Version:
    known = Version.objects.filter(approved_by__isnull=False).first()
    if known is None:
        desk.way_out()
        return Version.objects.get()
    return known


def call(*, tier: int = Tier.HIGH_SPEED, desk_code: str = services.DESK, at: datetime | None = None) -> SpecialCase:
    """A call whose customer was told the way out, just before the callback is entered."""
    number, now = next(_numbers), at or timezone.now()
    customer = Customer.objects.create(
        reference=f"77{number:08d}", name=f"Pelanggan {number}", segment="DCS", witel="BANDUNG", source="SISKAS",
        contacts=[{"name": f"Pelanggan {number}", "role": "", "email": f"p{number}@surel.example", "phone": ""}],
    )  # fmt: skip
    return SpecialCase.objects.create(
        desk=factories.desk(desk_code), state=CallState.CALLBACK_QUEUED, internet_number=f"12{number:010d}",
        caller_number=f"0812{number:08d}", customer=customer, report=f"Internet mati ({number}).", verified_at=now,
        checked_at=now, kind="VVIP" if tier <= Tier.VVIP else "SPECIAL", tier=tier, script=script(),
        script_opened_at=now, script_read_at=now,
    )  # fmt: skip


def waiting(
    *, tier: int = Tier.HIGH_SPEED, desk_code: str = services.DESK, at: datetime | None = None, **facts: Any
) -> Callback:
    """A callback in the queue. `at`: it came then. The customer may be called now, whatever the hour."""
    now = at or timezone.now()
    wish = {"wish_from": timezone.now() - timedelta(minutes=1), "wish_to": timezone.now() + timedelta(hours=4)}
    made = call(tier=tier, desk_code=desk_code, at=at).open_callback({**wish, **facts}, now)
    if at is not None:
        made.wait(at)
        Callback.objects.filter(pk=made.pk).update(waits_from=at, due_at=made.due_at, opened_at=at)
    found: Callback = desk.again(made)
    return found


def opened(_people: Any = None) -> Callback:
    return waiting(desk_code="TENESA")


def placed(state: str) -> Callback:
    """A callback in a state without its steps: only for tests of what is refused there."""
    pk, columns = opened().pk, {}
    if state in HELD:
        holder = User.objects.filter(username="pemegang").first()
        columns["owner"] = holder or factories.person("pemegang", Role.AGENT_TIER2)
    Callback.objects.filter(pk=pk).update(state=state, **columns)
    return Callback.objects.get(pk=pk)


def claimed(agent: User, **more: Any) -> Callback:
    return perform(waiting(**more), "claim", actor=agent)


def states() -> dict[str, int]:
    return {state: Callback.objects.filter(state=state).count() for state in State}
