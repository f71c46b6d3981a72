"""The 147 desk of the demonstration (requirements 12.1, 12.4)."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from segmentation.customers import Customer
from segmentation.special_list import demo as lists
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.audit.models import Event
from tenesa.escalation.models import Escalation
from tenesa.escalation.states import State as Decision
from tenesa.knowledge import demo as knowledge
from tests.journeys.desk import Outside
from tickets.demo.people import load_people, sign_ins
from vvip import demo
from vvip.callbacks.states import State as CallbackState
from vvip.calls import paths
from vvip.calls.states import AT_TIER1, State
from vvip.models import Audit, Callback, SpecialCase

TRANSIENT = {State.VERIFY_FAILED, State.SUPER_EMERGENCY, State.SOLVED}  # a call passes through them in one step


@pytest.fixture
def loaded(systems: Outside, settings: Settings) -> int:
    load_people()
    knowledge.load()
    lists.load()
    return demo.load()


def test_there_are_30_calls_in_every_state(loaded: int) -> None:
    assert loaded == 30
    states = Counter(SpecialCase.objects.values_list("state", flat=True))
    assert set(states) == set(State) - TRANSIENT
    assert states[State.BACKEND_WAIT_APPROVAL] == 2
    waiting = Escalation.objects.filter(state=Decision.ASKED)
    assert waiting.count() == demo.NOT_LISTED.count("asked") + demo.VVIP.count("asked")
    assert SpecialCase.objects.filter(is_super_emergency=True).count() == 3
    callbacks = set(Callback.objects.values_list("state", flat=True))
    assert callbacks >= set(CallbackState) - {
        CallbackState.DIALLING, CallbackState.EXPIRED, CallbackState.CANCELLED,
    }  # fmt: skip
    assert not paths.off_path(SpecialCase.objects.all()).exists()
    assert set(Audit.objects.values_list("state", flat=True)) == {"DRAWN", "DONE", "OBJECTED"}
    _came_over_weeks()
    _people()
    _is_loaded_once()


def _came_over_weeks() -> None:
    """What is solved came days and weeks ago, every step in its order; nobody waits at the desk since yesterday."""
    now = timezone.now()
    days = {
        (now - at).days for at in SpecialCase.objects.filter(state=State.CLOSED).values_list("opened_at", flat=True)
    }
    assert len(days) >= 5
    assert max(days) >= 14
    assert not SpecialCase.objects.filter(state__in=AT_TIER1, opened_at__lt=now - timedelta(hours=12)).exists()
    for call in SpecialCase.objects.all():
        events = Event.objects.filter(procedure=call.procedure_name(), case_id=call.pk).order_by("seq")
        moments = list(events.values_list("at", flat=True))
        assert moments == sorted(moments)
        assert moments[0] - call.opened_at < timedelta(minutes=1)


def test_what_was_broken_off_goes_on(
    systems: Outside, settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The process ends within the third call: the next run makes the others, and no step is refused."""
    load_people()
    knowledge.load()
    lists.load()
    walk = demo._Desk.walk

    def breaks(self: demo._Desk, customer: Customer, way: str, place: int, pass_by: Any) -> None:
        if place == 2:
            raise ConnectionError
        walk(self, customer, way, place, pass_by)

    monkeypatch.setattr(demo, "VVIP", demo.VVIP[:2])
    monkeypatch.setattr(demo, "SPECIAL", demo.SPECIAL[:2])
    monkeypatch.setattr(demo, "NOT_LISTED", ("solved", "analysed"))
    monkeypatch.setattr(demo._Desk, "walk", breaks)
    with pytest.raises(ConnectionError):
        demo.load()
    assert SpecialCase.objects.count() == 2
    monkeypatch.setattr(demo._Desk, "walk", walk)
    assert demo.load() == 6
    assert set(SpecialCase.objects.values_list("callbacks__state", flat=True)) >= {None, "QUEUED"}
    assert not [record for record in caplog.records if record.name == "vvip.demo"]


def _is_loaded_once() -> None:
    before = SpecialCase.objects.count(), Audit.objects.count()
    assert demo.load() == 30
    assert (SpecialCase.objects.count(), Audit.objects.count()) == before


def _people() -> None:
    """Those of the desk are there, and printed."""
    here = User.objects.filter(memberships__team__desk="147")
    roles = Counter(here.values_list("memberships__role", flat=True).filter(memberships__team__desk="147"))
    assert (roles[Role.AGENT_147], roles[Role.AGENT_TIER2], roles[Role.TEAM_LEADER]) == (10, 6, 1)
    printed = {user: role for role, user, _password in sign_ins()}
    assert printed["sekar"] == str(Role.AGENT_147.label)
    assert printed["galih"] == str(Role.AGENT_TIER2.label)
    assert "nadia" in printed
    assert "bowo" in printed
