"""Holds (W-02), 147 calls with their callbacks (W-26), prospects with results and promises (P-01): nobody is stuck."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from pytest_django import Settings

from caring.models import CaringResult, Promise, Prospect
from caring.prospects.states import ENDED as CALLED_OUT
from caring.prospects.states import State as ProspectState
from caring.quality import samples
from caring.results.states import ENDED as RESULT_ENDED
from caring.results.states import State as ResultState
from pending.models import PendingRequest
from pending.states import ENDED as HOLD_ENDED
from pending.states import State as HoldState
from segmentation.lists import ListEntry
from tenesa.accounts.models import SYSTEM, User
from tenesa.accounts.roles import Role
from tenesa.contact.models import Dial
from tenesa.escalation.models import Escalation
from tenesa.workflow.perform import perform
from tests import factories
from tests.caring import desk as caring
from tests.oracle.walk import Answer, Walk, Way
from tests.pending import desk as holds
from tests.vvip import desk as calls
from vvip.callbacks.states import State as CallbackState
from vvip.calls.states import State as CallState
from vvip.models import Callback, SpecialCase

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _any_hour(settings: Settings) -> None:
    """Customers may be called day and night: what is walked does not depend on the hour of the test."""
    day = (0, 24 * 60)
    settings.CONTACT = {name: {**rule, "hours": day, "rest": day} for name, rule in settings.CONTACT.items()}


def by_system(case: Any, step: str, **inputs: Any) -> Any:
    return lambda: perform(case, step, actor=SYSTEM, **inputs)


def days_pass() -> None:
    """No gap between two calls stands in the way."""
    holds.time_passes(PendingRequest(), 5 * 24 * 60)
    Dial.objects.exclude(attempt=None).update(at=F("at") - timedelta(days=5))


# --- W-02 -------------------------------------------------------------------------------------------------------------
def hold_answers(case: PendingRequest) -> Iterator[Answer]:
    def nossa(status: str) -> dict[str, Any]:
        told = {"number": case.incident, "status": status, "status_at": timezone.now().isoformat()}
        return {**told, "service_no": "4700112-0045127790", "worklogs": []}

    if case.state == HoldState.CHECKING and not case.snapshot:
        for status in ("BACKEND", "PENDING", "CLOSED"):
            yield Answer(f"NOSSA: {status}", by_system(case, "keep_snapshot", incident=nossa(status)))
    if case.state == HoldState.APPLYING:
        yield Answer("on hold", by_system(case, "confirm_hold", incident=nossa("PENDING")))
        yield Answer("changed", by_system(case, "check_again", note="status berubah"))
    if case.state == HoldState.RETURNING:
        yield Answer("back", by_system(case, "confirm_return", incident=nossa("BACKEND")))
    if case.state == HoldState.RESUME_DUE:
        yield Answer("goes on", by_system(case, "confirm_resume", incident=nossa("BACKEND")))
    if case.state in {HoldState.APPLYING, HoldState.RETURNING, HoldState.RESUME_DUE}:
        yield Answer("refused", by_system(case, "fail", note="NOSSA menolak"))


def hold_facts(case: PendingRequest) -> tuple[Any, ...]:
    tried = min(case.attempts_made, 3)
    return case.snapshot.get("status"), case.connected_at is not None, tried, bool(case.extends_id), case.answer


@pytest.fixture
def hold(rini: User, bowo: User) -> Walk:
    unit = factories.person("ujang", Role.TELKOM_UNIT, ready=False)

    def turn(case: PendingRequest) -> Iterator[tuple[Any, User]]:
        yield case, case.owner or rini
        if case.state in {HoldState.RECEIVED, HoldState.FAILED}:
            yield case, bowo

    called = {**holds.CALL, "answered_by": "Bonar"}
    way = Way(
        turn,
        lambda case: case.state in HOLD_ENDED,
        inputs={
            "start_contact": lambda _case: [{"contact_name": "Bonar", "contact_number": holds.NUMBER}],
            "record_attempt": lambda _case: [{**called, "result": one} for one in ("CONNECTED", "NO_ANSWER")],
            "take_call": lambda _case: [called],
            "agree": lambda _case: [{"until": holds.ahead(hours=4), "said_yes": "on"}],
            "give_up": lambda _case: [{}],
            "extend": lambda _case: [{"reason": "CUST_REQUEST", "reason_text": "lagi", "until": holds.ahead(hours=30)}],
        },
        answers=hold_answers,
        facts=hold_facts,
        arrive=lambda case: holds.time_passes(case, 11),
        owed=lambda case: (
            case.state in {HoldState.APPLYING, HoldState.RETURNING, HoldState.RESUME_DUE}
            or (case.state == HoldState.CHECKING and not case.snapshot)
        ),
        aside={"change_area", "note", "write", "take_back", "escalate", "ask_beyond", "take_over", "resend",
               "read_letter", "release", "take", "read_again", "appoint"},
    )  # fmt: skip
    walk = Walk(way)
    walk.go(holds.asked(unit))
    extended = holds.placed("PENDED", holds.asked(unit, holds.OTHER))
    PendingRequest.objects.filter(pk=extended.pk).update(owner=rini)
    more = {"reason": "CUST_REQUEST", "reason_text": "lagi", "until": holds.ahead(hours=30)}
    perform(extended, "extend", actor=rini, data=more)
    walk.go(PendingRequest.objects.get(extends=extended))
    return walk


def test_no_hold_is_stuck(hold: Walk) -> None:
    passed_through = {HoldState.APPROVED, HoldState.UNREACHABLE, HoldState.REFUSED}  # the next step follows at once
    assert hold.states == set(HoldState) - passed_through
    assert hold.dead_ends() == []
    assert hold.untaken(PendingRequest, but={"take_back"}) == set()

    # were these steps not there, the walk would say so
    assert HoldState.FAILED in {one.state for one in hold.dead_ends(without={"retry"})}
    assert HoldState.CONTACTING in {one.state for one in hold.dead_ends(without={"agree", "refuse", "give_up"})}


# --- W-26 -------------------------------------------------------------------------------------------------------------
def callback_of(call: SpecialCase) -> Callback | None:
    return call.callbacks.order_by("-pk").first()


def call_answers(call: SpecialCase) -> Iterator[Answer]:
    callback = callback_of(call)
    if callback is None:
        return
    if callback.state in {CallbackState.SCHEDULED, CallbackState.RETRY_WAIT}:
        yield Answer("the time comes", lambda: time_comes(callback))
    if callback.state == CallbackState.CONNECTED and callback.how and not callback.escalated_at:
        yield Answer("the unit has it", by_system(callback, "confirm_escalation"))


def time_comes(callback: Callback) -> None:
    Callback.objects.filter(pk=callback.pk).update(at=timezone.now() - timedelta(seconds=1))
    perform(callback, "come_due", actor=SYSTEM)


def call_facts(call: SpecialCase) -> tuple[Any, ...]:
    callback = callback_of(call)
    asked = sorted(Escalation.objects.filter(case_id=call.pk, state="ASKED").values_list("purpose", flat=True))
    listed = next(iter(ListEntry.objects.values_list("criterion", flat=True)), "")
    if callback is None:
        return listed, call.kind, call.customer_id is not None, call.owner_id is not None, *asked
    escalated = bool(callback.how), callback.escalated_at is not None
    return (
        listed,
        call.kind,
        callback.state,
        bool(callback.analysis),
        *escalated,
        callback.with_leader,
        min(callback.attempts, 6),
        *asked,
    )


@pytest.fixture(params=["NO_UNISOLATE", pytest.param("PUBLIC_FIGURE", marks=pytest.mark.long)])
def call(request: pytest.FixtureRequest) -> Walk:
    """Of a customer, and of one who is on the list by this criterion."""
    sari, tio = calls.person("sari", Role.AGENT_147), calls.person("tio", Role.AGENT_TIER2)
    lina = calls.person("lina", Role.TEAM_LEADER)

    def turn(one: SpecialCase) -> Iterator[tuple[Any, User]]:
        yield one, one.owner or sari
        if one.state == CallState.BACKEND:
            yield one, lina
        callback = callback_of(one)
        if callback is not None:
            yield callback, lina if callback.with_leader else callback.owner or tio
        for asked in Escalation.objects.filter(case_id=one.pk, state="ASKED"):
            yield asked, lina

    analysed = {**calls.ASKED, "analysis": "x"}
    way = Way(
        turn,
        lambda one: one.state == CallState.CLOSED,
        inputs={
            "confirm_identity": lambda _one: [calls.ASKED],
            "help_now": lambda _one: [{**analysed, "solution": solution} for solution in ("", "y")],
            "queue_callback": lambda _one: [{"number_to_call": calls.PHONE, "contact_name": "Wulan"}],
            "take_result": lambda _one: [{"answer": "x", "solved": "on"}, {"answer": "x"}],
            "appoint": lambda _one: [{"at": f"{timezone.localtime() + timedelta(hours=2):%Y-%m-%d %H:%M}", "mine": ""}],
            "miss": lambda _one: [{"result": "NO_ANSWER"}, {"result": "INVALID"}],
            "escalate_by_request": lambda _one: [{"how": "GROUP", "text": "x"}],
            "escalate_by_sop": lambda _one: [{"how": "GROUP", "text": "x"}],
            "call_again": lambda _one: [{"number": calls.PHONE, "note": "x"}],
        },
        answers=call_answers,
        facts=call_facts,
        arrive=lambda _one: days_pass(),
        aside={
            "change_area",
            "note", "release", "take_over", "assign", "note_report", "choose_customer", "read_systems",
            "ask_unisolation", "refuse_caller", "name_owner", "tell_news", "end_emergency", "postpone", "add_level",
            "delegate", "pass_to_unit",
        },
    )  # fmt: skip
    walk = Walk(way)
    for begin in (calls.customer, lambda: calls.listed(request.param)):
        back = transaction.savepoint()
        begin()
        calls.way_out()
        walk.go(calls.recorded(sari))
        transaction.savepoint_rollback(back)
    return walk


def test_no_call_and_no_callback_is_stuck(call: Walk) -> None:
    passed_through = {CallState.VERIFY_FAILED, CallState.SOLVED, CallState.SUPER_EMERGENCY}  # closed, handed on at once
    assert call.states == set(CallState) - passed_through
    assert call.dead_ends() == []
    assert call.untaken(SpecialCase, but={"join_callback"}) == set()  # a second call: tests/vvip
    # customers may be called at any hour here; a leader gives what anybody may take (tests/vvip)
    assert call.untaken(Callback, but={"postpone", "assign"}) == set()

    # were these steps not there, the walk would say so
    assert CallState.T1_ANALYSED in {one.state for one in call.dead_ends(without={"solve", "ask_for_backend", "drop"})}
    assert CallState.CALLBACK_QUEUED in {one.state for one in call.dead_ends(without={"claim", "help_now"})}


# --- P-01 -------------------------------------------------------------------------------------------------------------
def result_of(one: Prospect) -> CaringResult | None:
    return one.results.order_by("-pk").first()


def promise_of(one: Prospect) -> Promise | None:
    return Promise.objects.filter(result__prospect=one).order_by("-pk").first()


def caring_answers(one: Prospect) -> Iterator[Answer]:
    result, promise = result_of(one), promise_of(one)
    if one.state == ProspectState.PICKED:
        yield Answer("I-payment: arrears", by_system(one, "note_bills", bills=one.bills, isolated=False))
        yield Answer("I-payment: paid", by_system(one, "find_paid"))
    if result is not None and result.state == ResultState.ENTERING:
        yield Answer("entered", lambda: entered(result))
        yield Answer("refused", by_system(result, "note_refusal", problem="INVALID"))
    if result is not None and result.state == ResultState.ENTERED and result.sampled is None:
        yield Answer("not drawn", lambda: CaringResult.objects.filter(pk=result.pk).update(sampled=False))
        yield Answer("drawn", lambda: samples.draw(result.desk_id, result.day))
    if promise is not None and promise.state == Promise.State.OPEN:
        for verdict in ("KEPT", "PARTIAL", "BROKEN"):
            yield Answer(verdict, by_system(promise.result, "judge_promise", verdict=verdict, paid=1, ask_on=None))


def entered(result: CaringResult) -> None:
    for system in ("mycx", "cwc"):
        perform(result, "confirm_entry", actor=SYSTEM, system=system, reference="R")


def caring_facts(one: Prospect) -> tuple[Any, ...]:
    result, promise = result_of(one), promise_of(one)
    told: tuple[Any, ...] = ()
    if result is not None and result.state not in RESULT_ENDED:
        told = result.state, result.awaits, result.appeal_open, result.sampled
    return one.payer_confirmed_at is not None, one.is_paid, *told, promise and promise.state in Promise.LIVE


def ready(one: Prospect) -> None:
    """Days later: it may be picked now, and the softphone has made the call."""
    now = timezone.now()
    waiting = Prospect.objects.filter(pk=one.pk, state__in=["AVAILABLE", "FOLLOW_UP"])
    waiting.update(at=now, ready=True, ready_at=now, promised_to=None)
    days_pass()
    for dial in Dial.objects.filter(case_id=one.pk, attempt=None):
        Dial.objects.filter(pk=dial.pk).update(state=Dial.State.DIALLED, call_id=f"EB-{dial.pk}", at=now)


@pytest.fixture
def prospect() -> Walk:
    people = {name: caring.person(name, role) for name, role in (
        ("citra", Role.AGENT_CARING), ("laras", Role.QCO), ("hana", Role.QCO), ("novita", Role.TEAM_LEADER),
        ("hendra", Role.SUPERVISOR),
    )}  # fmt: skip

    def turn(one: Prospect) -> Iterator[tuple[Any, User]]:
        yield one, people["citra"]
        if one.state in CALLED_OUT:
            yield one, people["novita"]
        if (result := result_of(one)) is None:
            return
        judge = people["hana"] if result.appeal_open else people["laras"]
        for who in {
            ResultState.DRAFT: ("hendra",), ResultState.ENTERED: ("novita",), ResultState.APPROVED: ("novita",),
            ResultState.RETURNED: ("citra", "novita"), ResultState.REINPUT: ("citra",),
            ResultState.TL_MISMATCH: ("novita",),
        }.get(ResultState(result.state), ()):  # fmt: skip
            yield result, people[who]
        if result.state in {ResultState.QC_QUEUED, ResultState.QC_CLAIMED}:
            yield result, judge

    def ended(one: Prospect) -> bool:
        result, promise = result_of(one), promise_of(one)
        judged = result is None or result.state in RESULT_ENDED
        return one.state in CALLED_OUT and judged and (promise is None or promise.state not in Promise.LIVE)

    note = "n" * 50
    way = Way(
        turn,
        ended,
        inputs={
            "agree": lambda one: [{
                "reason": "KEEPS", "offer": "FULL", "amount_told": str(one.owed.total), "willing": "on",
                "promised_on": f"{timezone.localdate() + timedelta(days=2):%Y-%m-%d}", "recording": "EB-1",
            }],
            "decline": lambda _one: [{"reason": reason, "note": note} for reason in ("FAULT", "DECEASED", "COMPLAINT")],
            "follow_up": lambda _one: [
                {"reason": "CALL_BACK", "call_at": f"{timezone.localtime() + timedelta(days=1):%Y-%m-%d %H:%M}"}
            ],
            "miss": lambda _one: [{"reason": "RNA"}, {"reason": "INVALID"}],
            "approve": lambda _one: [caring.OK],
            "return_to_agent": lambda _one: [caring.RETURN],
        },
        answers=caring_answers,
        facts=caring_facts,
        arrive=ready,
        owed=lambda one: (
            (one.state == ProspectState.PICKED and one.bills_read_at is None)
            or ((found := result_of(one)) is not None and found.state == ResultState.ENTERING)
            or (found is not None and found.state == ResultState.ENTERED and found.sampled is None)
            or ((made := promise_of(one)) is not None and made.state == Promise.State.OPEN)
        ),
        aside={
            "note", "read_systems", "give_to_team", "take_over", "postpone", "choose_number", "note_number",
            "ask_payments",
        },
        detours={
            "exclude", "readmit", "find_mismatch", "ask_again", "refused", "PARTIAL", "BROKEN",
            "I-payment: paid",
        },
    )  # fmt: skip
    walk = Walk(way)
    walk.go(caring.prospect())
    return walk


def test_no_prospect_no_result_and_no_promise_is_stuck(prospect: Walk) -> None:
    assert prospect.states == set(ProspectState)
    results = {fact for one in prospect.edges for fact in one.facts if isinstance(fact, str)}  # type: ignore[attr-defined]
    assert set(ResultState) - set(RESULT_ENDED) <= results
    assert prospect.dead_ends() == []
    assert prospect.untaken(Prospect, but={"take_over"}) == set()
    assert prospect.untaken(CaringResult, but={"reject"}) == set()  # a third verdict is switched off

    # were these steps not there, the walk would say so
    stuck = {str(one) for one in prospect.dead_ends(without={"pass_on"})}
    assert any(ResultState.RETURNED in words for words in stuck)
    assert prospect.dead_ends(without={"finalise"})
