"""The queue beside a model of it: any order of calls, claims, leases, appointments, repeats and ends (hypothesis)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tenesa.accounts.models import SYSTEM, User
from tenesa.accounts.roles import Role
from tenesa.workflow.errors import NotNow, Refusal
from tenesa.workflow.perform import perform
from tests.vvip import desk
from tests.vvip.callbacks import waiting
from vvip.callbacks import queue
from vvip.callbacks.states import HELD, LEASE, State, Tier
from vvip.models import Callback

pytestmark = pytest.mark.django_db
TARGET = {0: 5, 1: 15, 2: 30, 3: 60, 4: 60}
AGENTS = ["tio", "wati"]
STEP = timedelta(minutes=4)


@dataclass
class Item:
    """What we believe of one callback, written from requirements 7.1."""

    first: int
    since: datetime
    due: datetime
    expires: datetime
    state: str = State.QUEUED
    owner: str = ""
    rises: int = 0
    calls: int = 1
    lease: datetime | None = None
    at: datetime | None = None
    promised: str = ""
    abandons: int = 0

    @property
    def tier(self) -> int:
        return self.first if self.first <= 1 else max(1, self.first - self.rises - (self.calls - 1))

    def wait(self, now: datetime) -> None:
        self.state, self.owner, self.since, self.rises, self.at = State.QUEUED, "", now, 0, None
        self.due = now + timedelta(minutes=TARGET[self.tier])


@dataclass
class World:
    now: datetime
    items: dict[int, Item] = field(default_factory=dict)

    def held(self, agent: str) -> list[int]:
        return [pk for pk, one in self.items.items() if one.owner == agent and one.state in HELD]

    def first_for(self, agent: str) -> int | None:
        free = [
            (one.tier, one.due, pk)
            for pk, one in self.items.items()
            if one.state == State.QUEUED and one.promised in ("", agent)
        ]
        return min(free)[2] if free else None


class Queue(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.patch = pytest.MonkeyPatch()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.world = World(timezone.now())
        self.patch.setattr(timezone, "now", lambda: self.world.now)
        self.agents: dict[str, User] = {}
        for name in AGENTS:
            self.agents[name] = User.objects.filter(username=name).first() or desk.person(name, Role.AGENT_TIER2)

    def teardown(self) -> None:
        if hasattr(self, "block"):
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)
            self.patch.undo()

    # --- what happens ---
    @precondition(lambda self: len(self.world.items) < 6)
    @rule(tier=st.sampled_from(list(Tier)))
    def call(self, tier: int) -> None:
        one, now = waiting(tier=tier), self.world.now
        Callback.objects.filter(pk=one.pk).update(wish_to=now + timedelta(days=9))
        due = now + timedelta(minutes=TARGET[tier])
        self.world.items[one.pk] = Item(tier, now, due, now + timedelta(hours=96))

    @rule(spans=st.integers(1, 40))
    def time_passes(self, spans: int) -> None:
        self.world.now += STEP * spans

    @rule(agent=st.sampled_from(AGENTS))
    def claim(self, agent: str) -> None:
        expected = self.world.first_for(agent)
        try:
            taken = queue.claim_next(self.agents[agent])
        except NotNow:
            assert expected is not None
            assert len(self.world.held(agent)) == 3
            return
        assert (taken.pk if taken else None) == expected
        if taken is not None:
            assert len(self.world.held(agent)) < 3
            one = self.world.items[taken.pk]
            one.state, one.owner, one.promised, one.lease = State.CLAIMED, agent, "", self.world.now + LEASE

    @rule(data=st.data())
    def give_back(self, data: Any) -> None:
        if pk := self._one(data, State.CLAIMED):
            one = self.world.items[pk]
            self._step(pk, "give_back", one.owner, data={"why": "OTHER", "note": ""})
            one.state, one.owner = State.QUEUED, ""

    @rule(data=st.data())
    def lose_lease(self, data: Any) -> None:
        if pk := self._one(data, State.CLAIMED):
            one = self.world.items[pk]
            over = one.lease is not None and one.lease < self.world.now
            assert self._system(pk, "lose_lease") is over
            if over:
                one.state, one.owner, one.abandons = State.QUEUED, "", one.abandons + 1

    @rule(data=st.data())
    def appoint(self, data: Any) -> None:
        pk = self._one(data, State.CLAIMED)
        if not pk:
            return
        one, mine = self.world.items[pk], data.draw(st.booleans())
        at = (self.world.now + timedelta(hours=2)).replace(second=0, microsecond=0)
        given = {"at": f"{timezone.localtime(at):%Y-%m-%d %H:%M}", "mine": "on" if mine else ""}
        if at >= one.expires:
            with pytest.raises(Refusal):
                self._step(pk, "appoint", one.owner, data=given)
            return
        self._step(pk, "appoint", one.owner, data=given)
        Callback.objects.filter(pk=pk).update(wish_to=at + timedelta(days=9))
        one.state, one.promised, one.owner, one.at = State.SCHEDULED, one.owner if mine else "", "", at

    @rule(data=st.data())
    def come_due(self, data: Any) -> None:
        if pk := self._one(data, State.SCHEDULED):
            one = self.world.items[pk]
            due = one.at is not None and one.at <= self.world.now
            assert self._system(pk, "come_due") is due
            if due:
                one.wait(self.world.now)

    @rule(data=st.data())
    def open_to_all(self, data: Any) -> None:
        if pk := self._one(data, State.QUEUED):
            assert self._system(pk, "open_to_all")
            self.world.items[pk].promised = ""

    @rule(data=st.data())
    def rise(self, data: Any) -> None:
        if pk := self._one(data, State.QUEUED):
            one = self.world.items[pk]
            at = one.since + timedelta(minutes=TARGET[one.first] * 2) * (one.rises + 1)
            rises = one.tier > 1 and at <= self.world.now
            assert self._system(pk, "rise") is rises
            one.rises += rises

    @rule(data=st.data())
    def calls_again(self, data: Any) -> None:
        if pk := self._one(data, State.QUEUED, State.SCHEDULED, State.CLAIMED):
            assert self._system(pk, "join", call="SK1")
            self.world.items[pk].calls += 1

    @rule(data=st.data())
    def expire(self, data: Any) -> None:
        if pk := self._one(data, State.QUEUED, State.SCHEDULED):
            over = self.world.items[pk].expires <= self.world.now
            assert self._system(pk, "expire") is over
            if over:
                self.world.items[pk].state = State.EXPIRED

    # --- what always holds ---
    @invariant()
    def the_rows_say_what_the_model_says(self) -> None:
        if not hasattr(self, "world"):
            return
        names = ("state", "tier", "due_at", "owner__username", "calls", "rises", "abandons", "promised_to__username")
        for pk, *row in Callback.objects.filter(pk__in=self.world.items).values_list("pk", *names):
            one = self.world.items[pk]
            expected = [one.state, one.tier, one.due, one.owner, one.calls, one.rises, one.abandons, one.promised]
            assert [value or "" if value is None else value for value in row] == expected
        for agent in AGENTS:
            assert len(self.world.held(agent)) <= 3

    # --- ---
    def _one(self, data: Any, *states: str) -> int | None:
        fit = sorted(pk for pk, one in self.world.items.items() if one.state in states)
        return data.draw(st.sampled_from(fit)) if fit else None

    def _step(self, pk: int, step: str, agent: str, **more: Any) -> None:
        perform(Callback.objects.get(pk=pk), step, actor=self.agents[agent], **more)

    def _system(self, pk: int, step: str, **inputs: Any) -> bool:
        try:
            perform(Callback.objects.get(pk=pk), step, actor=SYSTEM, **inputs)
        except NotNow:
            return False
        return True


@pytest.mark.hypothesis
def test_the_queue_does_what_its_model_does(db: None) -> None:
    few = settings(max_examples=8, stateful_step_count=25, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Queue, settings=few)
