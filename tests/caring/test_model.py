"""P-01 in any order of its steps: what is judged stays, promises add up, nobody falls out of sight (hypothesis)."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Q
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

from caring import services
from caring.models import JUDGED, CaringResult, Promise, Prospect, Verdict
from caring.prospects import queue
from caring.prospects.desk import ProspectDesk
from caring.prospects.states import ENDED, HELD, OPEN, State
from caring.prospects.states import JUDGED as ENDED_BY_RESULT
from caring.results.states import ENDED as RESULT_ENDED
from caring.results.states import State as Result
from tenesa.accounts.models import SYSTEM, Actor, User
from tenesa.accounts.roles import Role
from tenesa.contact.dialling import OPEN_FOR
from tenesa.contact.models import Dial
from tenesa.workflow.errors import Refusal
from tenesa.workflow.perform import perform
from tenesa.workflow.step import steps_of
from tests.caring import desk

pytestmark = [pytest.mark.slow, pytest.mark.hypothesis, pytest.mark.django_db]
DAY, RUNS = timedelta(days=1), int(os.environ.get("MODEL_RUNS", "6"))
CONTENT = ("reason", "remark")  # what may differ between versions


class Caring(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.patch = pytest.MonkeyPatch()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.now = timezone.now()
        self.patch.setattr(timezone, "now", lambda: self.now)
        roles = {"citra": Role.AGENT_CARING, "laras": Role.QCO, "hana": Role.QCO, "novita": Role.TEAM_LEADER}
        self.people: dict[str, User] = {
            name: User.objects.filter(username=name).first() or desk.person(name, role) for name, role in roles.items()
        }
        self.first = Prospect.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        self.judged: dict[tuple[int, int], tuple[Any, ...]] = {}
        self.content: dict[tuple[int, int], tuple[Any, ...]] = {}
        for _one in range(2):
            desk.prospect(at=None)

    def teardown(self) -> None:
        if hasattr(self, "block"):
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)
            self.patch.undo()

    # --- what happens ---
    @precondition(lambda self: self.prospects().count() < 4)
    @rule()
    def another(self) -> None:
        desk.prospect(at=None)

    @rule(hours=st.integers(1, 60))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        services.make_ready()

    @rule()
    def pick(self) -> None:
        self._try(lambda: queue.pick_next(self.people["citra"]))

    @rule()
    def leases_end(self) -> None:
        services.expire_leases()

    @rule(data=st.data())
    def call(self, data: Any) -> None:
        if (one := self._one(data, Q(state=State.PICKED))) is None:
            return
        perform(one, "note_bills", actor=SYSTEM, bills=one.bills, isolated=False)
        before, busy = Dial.objects.count(), self._in_call()
        allowed = _callee(one).verdict().allowed
        called = self._step(one, "start_dial", "citra")
        assert called is (allowed and not one.is_paid and not busy)  # no dial outside the contact rules
        assert Dial.objects.count() == before + called
        if called:
            made = {"state": Dial.State.DIALLED, "call_id": f"EB-{self.now.timestamp()}-{one.pk}", "at": self.now}
            Dial.objects.filter(case_id=one.pk, attempt=None).update(**made)
            if data.draw(st.booleans()):
                self._step(one, "confirm_payer", "citra", {"receiver": one.name, "relation": "pemilik"})

    @rule(data=st.data(), how=st.sampled_from(["agree", "decline", "follow_up", "miss"]))
    def result(self, data: Any, how: str) -> None:
        one = self._one(data, Q(state=State.IN_CALL))
        if one is None:
            return
        told = {
            "agree": {
                "reason": "KEEPS", "offer": "FULL", "amount_told": str(one.owed.total), "willing": "on",
                "promised_on": f"{timezone.localdate() + 2 * DAY:%Y-%m-%d}", "recording": f"EB-{one.pk}",
            },
            "decline": {"reason": data.draw(st.sampled_from(["FAULT", "DECEASED", "COMPLAINT"])), "note": "n" * 50},
            "follow_up": {"reason": "CALL_BACK", "mine": "on",
                          "call_at": f"{timezone.localtime(self.now + DAY):%Y-%m-%d %H:%M}"},
            "miss": {"reason": data.draw(st.sampled_from(["RNA", "BUSY", "INVALID", "WRONG_NUMBER"]))},
        }  # fmt: skip
        count = one.results.count()
        taken = self._step(one, how, "citra", told[how])
        assert one.results.count() == count + taken

    @rule(data=st.data())
    def pay(self, data: Any) -> None:
        if one := self._one(data, Q(state__in=OPEN)):
            self._step(one, "find_paid", SYSTEM)

    @rule(data=st.data())
    def applications_answer(self, data: Any) -> None:
        if (one := self._result(data, Result.ENTERING)) is None:
            return
        if data.draw(st.integers(0, 4)):
            for system in {"mycx", "cwc"} - set(one.entered_in):
                perform(one, "confirm_entry", actor=SYSTEM, system=system, reference="R")
        else:
            perform(one, "note_refusal", actor=SYSTEM, problem="INVALID")

    @rule(data=st.data(), qco=st.sampled_from(["laras", "hana"]))
    def claim(self, data: Any, qco: str) -> None:
        if (one := self._result(data, Result.QC_QUEUED)) is None:
            return
        free = not one.appeal_open or one.qco != self.people[qco]
        assert self._step(one, "claim", qco) is free

    @rule(data=st.data(), step=st.sampled_from(["approve", "return_to_agent", "give_back"]))
    def verdict(self, data: Any, step: str) -> None:
        if one := self._result(data, Result.QC_CLAIMED):
            told = {"approve": desk.OK, "return_to_agent": desk.RETURN, "give_back": {"note": "Nanti."}}[step]
            assert self._step(one, step, one.owner, told)

    @rule(data=st.data(), step=st.sampled_from(["pass_on", "ask_again"]))
    def follow_return(self, data: Any, step: str) -> None:
        if (one := self._result(data, Result.RETURNED)) is None:
            return
        if step == "pass_on":
            self._step(one, step, "novita", {"note": "Telepon lagi."})
            return
        open_until = one.appeal_until
        may = one.appealed_at is None and open_until is not None and open_until >= self.now
        assert self._step(one, step, "citra", {"reason": "Jelas."}) is may

    @rule(data=st.data())
    def reconcile(self, data: Any) -> None:
        if one := self._result(data, Result.ENTERED, Result.APPROVED):
            self._step(one, "find_mismatch", SYSTEM, difference="durasi", by=timezone.localdate())
            self._step(one, "ask_reinput", SYSTEM, difference="durasi", by=timezone.localdate())

    @rule(data=st.data(), changed=st.booleans())
    def enter_again(self, data: Any, changed: bool) -> None:
        if (one := self._result(data, Result.REINPUT)) is None:
            return
        note = f"{one.remark}." if changed else one.remark
        assert self._step(one, "reenter", "citra", {"reason": one.reason, "note": note})
        assert desk.again(one).result_version == one.result_version + changed

    @rule(data=st.data(), step=st.sampled_from(["finalise", "allow", "refuse"]))
    def leader(self, data: Any, step: str) -> None:
        if one := self._result(data, Result.DRAFT, Result.ENTERED, Result.APPROVED):
            self._step(one, step, "novita", {"note": "Setuju.", "reason": "Kurang jelas."})

    @rule(data=st.data(), verdict=st.sampled_from(["KEPT", "PARTIAL", "BROKEN"]))
    def promise_is_judged(self, data: Any, verdict: str) -> None:
        open_ = self.results().filter(promise__state=Promise.State.OPEN)
        if pks := sorted(open_.values_list("pk", flat=True)):
            one = CaringResult.objects.get(pk=data.draw(st.sampled_from(pks)))
            assert self._step(one, "judge_promise", SYSTEM, verdict=verdict, paid=1, ask_on=None)

    @rule(data=st.data(), step=st.sampled_from(["exclude", "readmit", "give_to_team"]))
    def leader_moves(self, data: Any, step: str) -> None:
        if one := self._one(data, Q()):
            self._step(one, step, "novita", {"why": "OTHER", "note": "Pindah.", "team": ""})

    # --- what always holds ---
    @invariant()
    def what_was_judged_stays(self) -> None:
        if not hasattr(self, "block"):
            return
        for one in self.results().exclude(judged_version=None):
            now = tuple(getattr(one, name) for name in JUDGED)
            assert self.judged.setdefault((one.pk, 0), now) == now
        for one in self.results().exclude(judged_version=None):
            version = (one.pk, one.result_version)
            now = tuple(getattr(one, name) for name in CONTENT)
            assert self.content.setdefault(version, now) == now

    @invariant()
    def one_verdict_decides_a_version(self) -> None:
        if not hasattr(self, "block"):
            return
        for one in self.results().exclude(judged_version=None):
            deciding = Verdict.objects.filter(result=one, kind__in=Verdict.DECIDES)
            for version in range(1, one.judged_version + 1):
                standing = deciding.filter(result_version=version, superseded_by=None)
                assert standing.count() <= 1
                if version == one.judged_version:
                    assert standing.get().decision == ("APPROVED" if one.approved else "RETURNED")

    @invariant()
    def promises_add_up(self) -> None:
        if not hasattr(self, "block"):
            return
        live: dict[tuple[str, Any], int] = {}
        for promise in Promise.objects.filter(result__in=self.results()).select_related("result"):
            assert sum(promise.lines.values_list("amount", flat=True)) == promise.result.promised_amount
            assert promise.again <= 2
            key = promise.fastel, promise.period
            live[key] = live.get(key, 0) + (promise.state in Promise.LIVE)
        assert all(count <= 1 for count in live.values())

    @invariant()
    def nobody_is_out_of_sight(self) -> None:
        """Every prospect stands in a list of the desk, whose leader has a step for it, or is ended and says why."""
        if not hasattr(self, "block"):
            return
        for one in self.prospects():
            seen = [
                view.slug for view in ProspectDesk.views
                if view.of(Prospect.objects.filter(pk=one.pk), self.people["novita"]).exists()
            ]  # fmt: skip
            assert seen
            assert one.state in OPEN or one.state in ENDED
            assert one.state != State.EXCLUDED or one.excluded_why
            assert one.state not in HELD or one.lease_until is not None or one.lacks_result
            assert one.state not in ENDED_BY_RESULT or one.results.exists()
        for result in self.results().filter(state=Result.RECALL):
            assert result.prospect.recall_id == result.pk
            assert result.prospect.state in OPEN
        for result in self.results().exclude(state__in=RESULT_ENDED):
            assert any(result.state in step.source for step in steps_of(CaringResult).values() if step.target)

    # --- ---
    def prospects(self) -> Any:
        return Prospect.objects.filter(pk__gt=self.first)

    def results(self) -> Any:
        return CaringResult.objects.filter(prospect__pk__gt=self.first)

    def _in_call(self) -> bool:
        """Whether the agent's last call runs, and nobody has said what came of it."""
        last = Dial.objects.filter(agent=self.people["citra"], at__gt=self.now - OPEN_FOR).order_by("-at").first()
        return last is not None and last.is_running and not last.is_told

    def _one(self, data: Any, where: Q) -> Prospect | None:
        pks = sorted(self.prospects().filter(where).values_list("pk", flat=True))
        return Prospect.objects.get(pk=data.draw(st.sampled_from(pks))) if pks else None

    def _result(self, data: Any, *states: str) -> CaringResult | None:
        pks = sorted(self.results().filter(state__in=states).values_list("pk", flat=True))
        return CaringResult.objects.get(pk=data.draw(st.sampled_from(pks))) if pks else None

    def _step(self, case: Any, step: str, who: Actor | str | None, data: Any = None, **inputs: Any) -> bool:
        actor = self.people[who] if isinstance(who, str) else who
        assert actor is not None
        return self._try(lambda: perform(case, step, actor=actor, data=data, **inputs))

    def _try(self, work: Any) -> bool:
        """False where it was refused, and then nothing has happened."""
        try:
            work()
        except Refusal:
            return False
        return True


def _callee(one: Prospect) -> Any:
    from caring.prospects import contact

    return contact.callee_of(desk.again(one))


def test_p01_holds_in_any_order(db: None) -> None:
    few = settings(
        max_examples=RUNS,
        stateful_step_count=30,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Caring, settings=few)
