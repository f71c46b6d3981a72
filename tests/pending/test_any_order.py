"""Whatever happens in whatever order: at rest NOSSA and we agree, and nothing is on hold without evidence."""

from __future__ import annotations

import contextlib
import os
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from pending import services
from pending.models import PendingRequest
from pending.states import ASKED_NOSSA, HELD, LETTER, LIVE, Answer, State
from tenesa.accounts.models import SYSTEM, User
from tenesa.audit.models import Event
from tenesa.audit.verify import broken_links
from tenesa.commitments.models import Commitment
from tenesa.contact.kinds import Result
from tenesa.contact.models import ContactAttempt
from tenesa.incidents.feed import read_feed
from tenesa.systems.models import ExternalCall
from tenesa.timers.models import Timer
from tenesa.workflow.errors import Refusal
from tenesa.workflow.perform import perform
from tests.journeys.desk import Outside
from tests.pending.desk import CALL, OPEN, ahead, asked, deliver, time_is_up, time_passes

RUNS = int(os.environ.get("MODEL_RUNS", "8"))  # `make drill` makes many more
PEOPLE: dict[str, User] = {}
OUTSIDE: list[Outside] = []
THEN = ["work", "work", "wait", "http_500", "INPROG", "BACKEND", "CLOSED"]
ANSWERS = [[Result.CONNECTED], [Result.BUSY] * 3]
REACHED: Counter[str] = Counter()


class Desk(RuleBasedStateMachine):
    """One ticket; a unit, an agent, a leader, NOSSA's own people, beat and a worker act as they like."""

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.nossa = OUTSIDE[0]
        self.nossa.reset()
        self.agent, self.unit, self.leader = PEOPLE["rini"], PEOPLE["ujang"], PEOPLE["bowo"]

    def teardown(self) -> None:
        """However it went: at rest, and once more after the end of a hold that runs."""
        try:
            self.at_rest_both_agree()
            if Timer.objects.filter(name="resume", state="RUNNING").exists():
                self.the_time_comes()
                self.at_rest_both_agree()
            REACHED.update(Event.objects.filter(procedure="pending.pendingrequest").values_list("step", flat=True))
        finally:
            transaction.set_rollback(True)
            self.transaction.__exit__(None, None, None)

    @property
    def live(self) -> PendingRequest | None:
        return services.live_of(OPEN)

    @property
    def newest(self) -> PendingRequest | None:
        return PendingRequest.objects.filter(incident=OPEN).order_by("-pk").first()

    def _take(self, step: str, actor: User, **data: Any) -> None:
        request = self.live
        if request is not None:
            with contextlib.suppress(Refusal):
                perform(request, step, actor=actor, data=data)

    # --- people ---
    @initialize(results=st.sampled_from(ANSWERS), then=st.sampled_from(THEN))
    def begins(self, results: list[str], then: str) -> None:
        self.the_customer_is_asked(results, then)

    @rule()
    def an_agent_goes_on(self) -> None:
        """The steps that lead on from wherever it is, to the customer."""
        asked(self.unit)
        self._take("pick_up", self.agent)
        self._take("take", self.agent)
        deliver()
        self._take("start_contact", self.agent, contact_name="Bonar", contact_number=CALL["number"])

    @rule(result=st.sampled_from(Result.values), minutes=st.sampled_from([1, 11, 30]))
    def an_agent_calls(self, result: str, minutes: int) -> None:
        if request := self.live:
            time_passes(request, minutes)
        self._take("record_attempt", self.agent, **{**CALL, "result": result})

    @rule(results=st.sampled_from(ANSWERS), then=st.sampled_from(THEN))
    def the_customer_is_asked(self, results: list[str], then: str) -> None:
        """The whole way to an answer, and perhaps NOSSA's word on it."""
        self.an_agent_goes_on()
        for result in results:
            self.an_agent_calls(result, 11)
        self.an_agent_decides("agree" if results == [Result.CONNECTED] else "give_up")
        if then in {"INPROG", "BACKEND", "CLOSED"}:  # NOSSA's people are quicker
            self.nossa.advance(OPEN, status=then)
        if then == "http_500":
            self.nossa_fails_until_it_is_given_up(then)
        elif then != "wait":
            deliver()

    @rule(how=st.sampled_from(["extend", "go_on", "INPROG", "SLAHOLD", "CLOSED"]))
    def a_hold_is_disturbed(self, how: str) -> None:
        if how in {"extend", "go_on"}:
            self.an_agent_decides(how)
        else:
            self.nossa.advance(OPEN, status=how)
            read_feed()

    @rule(step=st.sampled_from(["agree", "give_up", "refuse", "reject", "go_on", "keep_agreement", "extend"]))
    def an_agent_decides(self, step: str) -> None:
        given: dict[str, dict[str, Any]] = {
            "agree": {"until": ahead(hours=4), "said_yes": "on"},
            "give_up": {},
            "refuse": {"said": "tidak"},
        }
        more: dict[str, Any] = {"reason": "CUST_REQUEST", "reason_text": "lagi", "until": ahead(hours=30)}
        other: dict[str, dict[str, Any]] = {
            "reject": {"why": "REASON", "note": "x"},
            "go_on": {"asked_by": "UNIT", "note": "x"},
            "extend": more,
        }
        self._take(step, self.agent, **{**given, **other, "keep_agreement": {"note": "x"}}[step])

    @rule(step=st.sampled_from(["cancel", "retry", "retry"]))
    def a_leader_acts(self, step: str) -> None:
        self._take(step, self.leader, note="tidak perlu")

    # --- the world ---
    @rule(status=st.sampled_from(["INPROG", "BACKEND", "INPROG", "BACKEND", "SLAHOLD", "CLOSED"]))
    def nossas_people_move_the_ticket(self, status: str) -> None:
        self.nossa.advance(OPEN, status=status)

    @rule()
    def the_feed_is_read(self) -> None:
        read_feed()

    @rule()
    def the_worker_works(self) -> None:
        deliver()
        if (request := self.newest) is not None:
            perform(request, "hear_customer", actor=SYSTEM)  # a mail was among what it did
            self._take("read_letter", self.agent)

    @rule(fault=st.sampled_from(["http_500", "lost_answer"]))
    def nossa_fails_until_it_is_given_up(self, fault: str) -> None:
        self.nossa.fault("nossa", "*", fault, ms=0)
        ExternalCall.objects.filter(status="WAITING").update(retry_seconds=[], next_try_at=timezone.now())
        deliver()
        self.nossa.heal()

    @precondition(lambda self: Timer.objects.filter(name="resume", state="RUNNING").exists())
    @rule()
    def the_time_comes(self) -> None:
        timer = Timer.objects.get(name="resume", state="RUNNING")
        time_is_up(PendingRequest.objects.get(pk=timer.case_id), "resume")

    # --- what always holds ---
    @invariant()
    def nothing_is_on_hold_without_evidence(self) -> None:
        for one in PendingRequest.objects.filter(state__in=[State.APPLYING, State.PENDED]):
            tried = ContactAttempt.objects.filter(case_id__in=[each.pk for each in family(one)])
            if one.answer == Answer.AGREED:
                assert tried.filter(result=Result.CONNECTED).exists()
            else:
                assert one.answer == Answer.UNREACHABLE
                assert tried.exclude(result=Result.CONNECTED).count() >= 3
        assert PendingRequest.objects.filter(incident=OPEN, state__in=LIVE).count() <= 1

    @invariant()
    def a_hold_has_a_clock_and_a_promise(self) -> None:
        for one in PendingRequest.objects.filter(state=State.PENDED):
            assert Timer.objects.filter(case_id=one.pk, name="resume", state="RUNNING").exists()
            assert Commitment.objects.filter(case_id=one.pk, state="OPEN").count() == 1
        ended = PendingRequest.objects.exclude(state__in=LIVE).values("pk")
        assert not Timer.objects.filter(case_id__in=ended, state="RUNNING").exclude(name=LETTER).exists()
        assert not Commitment.objects.filter(case_id__in=ended, state__in=["OPEN", "EXPIRED"]).exists()

    @rule()
    def at_rest_both_agree(self) -> None:
        """The worker has made every call, the feed is read, a leader has tried again what had failed."""
        for _round in range(4):
            ExternalCall.objects.filter(status="WAITING").update(next_try_at=timezone.now())
            deliver()
            read_feed()
            if (request := self.live) and request.state == State.FAILED:
                perform(request, "retry", actor=self.leader)
        request, status = self.live, self.nossa.incident(OPEN)["status"]
        assert request is None or request.state not in ASKED_NOSSA
        if request is not None and (request.state == State.PENDED or request.held_until):
            assert status in HELD
        ours = PendingRequest.objects.filter(incident=OPEN, state=State.RESUMED).order_by("-resumed_at").first()
        if status == "PENDING" and (request is None or request.state in {State.RECEIVED}) and ours is not None:
            logs = self.nossa.incident(OPEN)["worklogs"]
            last = [log for log in logs if log["summary"].startswith(("Pending sampai", "Tiket pending", "["))][-1]
            assert not last["summary"].startswith("Pending sampai")  # on hold by others, not by us
        assert list(broken_links()) == []


def family(one: PendingRequest) -> list[PendingRequest]:
    """The request and those whose hold it extends: what runs was agreed there."""
    found = [one]
    while found[-1].extends is not None:
        found.append(PendingRequest.objects.get(pk=found[-1].extends.pk))
    return found


@pytest.mark.hypothesis
@pytest.mark.django_db
def test_any_order(nossa: Outside, ujang: User, rini: User, bowo: User) -> None:
    PEOPLE.update(rini=rini, ujang=ujang, bowo=bowo)
    OUTSIDE[:] = [nossa]
    run: Callable[..., None] = run_state_machine_as_test
    run(
        Desk,
        settings=settings(
            max_examples=RUNS, stateful_step_count=10, database=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
    wanted = {"confirm_hold", "end_hold", "check_again", "fail", "retry"}
    assert len(wanted & set(REACHED)) >= 2, REACHED  # worth looking at; how quickly NOSSA answers has its part in it
