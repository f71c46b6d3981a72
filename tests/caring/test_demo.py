"""The caring of the demonstration (requirements 12.1, 12.5)."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from io import StringIO
from random import Random

import pytest
from django.core.management import call_command
from django.db.models import Count, F
from django.utils import timezone

from caring import billing
from caring.demo import loading as demo
from caring.demo import plan
from caring.models import (
    CalibrationRound,
    CaringResult,
    Exclusion,
    Promise,
    Prospect,
    Reconciliation,
    SecondLook,
    Verdict,
)  # fmt: skip
from caring.prospects.states import State
from caring.quality import rescoring
from caring.reconciliation.rows import ZONE
from caring.results.states import State as ResultState
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.audit.models import Event
from tenesa.contact.models import ContactAttempt
from tenesa.systems import clients
from tenesa.systems.apprec import simulator as apprec
from tests.caring.reconciling import compared
from tests.journeys.desk import Outside
from tests.ui.test_frame import signed_in
from tickets.demo.people import load_people

pytestmark = pytest.mark.django_db


@pytest.fixture
def loaded(systems: Outside) -> int:
    load_people()
    return demo.load()


def share(part: float, whole: float, percent: float, *, rows: int = 2) -> None:
    """So many per cent, but for what is rounded and for the days on which nobody works."""
    assert abs(part - whole * percent / 100) <= rows, (part, whole, percent)


def test_it_is_what_the_requirements_ask_for(loaded: int) -> None:
    assert loaded == 1200
    assert User.objects.filter(memberships__role=Role.AGENT_CARING).count() == 14
    assert User.objects.filter(memberships__role=Role.QCO).count() == 4
    states = Counter(Prospect.objects.values_list("state", flat=True))
    assert set(states) == set(State) - {State.PICKED, State.IN_CALL}
    _prospects()
    _attempts()
    _quality()
    _promises()
    _scores()
    _whole()
    _pages()
    _recordings()
    _systems()
    _is_loaded_once(loaded)


def _prospects() -> None:
    """1,200: 800 PRANPC and 400 CT-0 of two months; prices, fines, paid, excluded, regions."""
    assert Counter(Prospect.objects.values_list("campaign", flat=True)) == {"PRANPC": 800, "CT0": 400}
    assert Prospect.objects.values("period").distinct().count() == 2
    assert set(Prospect.objects.values_list("regional", flat=True)) == {"I", "II", "III", "IV", "V", "VI", "VII"}
    for one in Prospect.objects.exclude(state=State.PAID):
        (price,) = set(one.bills.values())
        assert 275_000 <= price <= 750_000
        policy = billing.policy_at(one.period)
        owed = billing.arrears(one.bills, one.period + timedelta(days=27), policy)
        assert owed.amount == one.total == price * len(one.bills)
        assert owed.fine >= policy.fine_least  # from day 21 of the month on
    paid = Prospect.objects.filter(state=State.PAID).count()
    unseen = sum(_is_paid(one) for one in Prospect.objects.filter(state=State.AVAILABLE, attempts=0))
    share(paid + unseen, 1200, 9)
    listed = Prospect.objects.filter(state=State.EXCLUDED, excluded_why="LISTED")
    share(listed.count(), 1200, 4)
    held = Exclusion.objects.in_force(timezone.localdate())
    assert set(held.values_list("value", flat=True)) == set(listed.values_list("fastel", flat=True))


def _is_paid(one: Prospect) -> bool:
    return all(bill.paid_on is not None for bill in clients.epayment().bills(one.fastel).bills)


def _attempts() -> None:
    """2,400: 58 % not contacted, by these reasons; the others agree, follow up or decline."""
    results = CaringResult.objects.all()
    whole = results.count()
    assert whole == ContactAttempt.objects.count()
    share(whole, 2400, 100, rows=24)
    called = Counter(results.values_list("category", flat=True))
    share(called["NONE"], whole, 58, rows=12)
    contacted = whole - called["NONE"]
    for category, percent in (("AGREE", 38), ("FOLLOW_UP", 27), ("DECLINE", 35)):
        share(called[category], contacted, percent, rows=8)
    missed = Counter(results.filter(category="NONE").values_list("reason", flat=True))
    told = {"RNA": 45, "BUSY": 15, "INVALID": 12, "WRONG_NUMBER": 8, "MAILBOX": 12, "REJECTED": 6, "FAX": 2}
    assert set(missed) == set(told)
    for reason, percent in told.items():
        share(missed[reason], called["NONE"], percent, rows=8)
    agrees = results.filter(category="AGREE")
    for offer, percent in (("FULL", 70), ("PDD6", 20), ("PDD12", 10)):
        share(agrees.filter(offer=offer).count(), agrees.count(), percent)
    assert all(timedelta(0) < one.promised_on - one.day <= timedelta(days=10) for one in agrees)
    share(sum(map(len, _mismatches().values())), whole, 2)


def _mismatches() -> dict[str, set[str]]:
    """Rows by system that say something else than ours, as the team leader's export finds them."""
    first, last = (CaringResult.objects.order_by(f"{sign}day").values_list("day", flat=True)[0] for sign in ("", "-"))
    run = compared(None, first=first, last=last)
    assert run.status == Reconciliation.Status.OPEN
    found: dict[str, set[str]] = {}
    assert set(run.differences.values_list("kind", flat=True)) <= {"DIFFERENT", "LATE"}
    for one in run.differences.filter(kind="DIFFERENT"):
        assert one.fields in (["amount"], ["reason"])
        found.setdefault(one.system, set()).add(str(one.result))
    assert set(found) == {"MYCX", "TAMARA"}
    return found


def _quality() -> None:
    states = set(CaringResult.objects.values_list("state", flat=True))
    assert states >= set(ResultState) - {
        ResultState.DRAFT, ResultState.ENTERING, ResultState.QC_CLAIMED, ResultState.TL_MISMATCH,
    }  # fmt: skip
    late = timezone.now() - timedelta(hours=72)
    assert CaringResult.objects.filter(state=ResultState.RETURNED, returned_at__lt=late).count() == 3
    assert Verdict.objects.filter(kind="APPEAL", decision="APPROVED", supersedes__decision="RETURNED").count() == 1
    returned = Verdict.objects.filter(kind="DECIDING", decision="RETURNED")
    share(returned.count(), CaringResult.objects.filter(category="AGREE").count(), 12)
    codes = Counter(code for one in returned for code, met in one.ticks.items() if not met)
    assert len(codes) == 6
    assert max(codes.values()) - min(codes.values()) <= 1
    assert not CaringResult.objects.filter(qco=F("agent")).exists()


def _promises() -> None:
    settled = Promise.objects.filter(state__in=["KEPT", "PARTIAL", "BROKEN", "PAID_BEFORE"])
    share(settled.filter(state="KEPT").count(), settled.count(), 60)
    assert Promise.objects.filter(state="OPEN").exists()


def _scores() -> None:
    """A calibration that is closed, with figures; one that is open, and second looks that are done and that wait."""
    closed, still = CalibrationRound.objects.order_by("pk")
    assert all(one.found.raw is not None for one in rescoring.figures([closed], closed.gate))
    assert (still.closed_at, closed.rulings.count()) == (None, 1)
    qcos = User.objects.filter(memberships__role=Role.QCO)
    assert any(rescoring.to_score(still, one).exists() for one in qcos)
    assert set(SecondLook.objects.values_list("done", flat=True)) == {True, False}


def _pages() -> None:
    """Whatever state a case is in, its page opens."""
    browser = signed_in(User.objects.get(username="novita"))
    for model in (Prospect, CaringResult):
        for one in model.objects.order_by("state", "-pk").distinct("state"):
            assert browser.get(one.get_absolute_url()).status_code == 200, (model, one.state)


def _whole() -> None:
    """Chains of hashes and clocks are what they would be; nobody is called twice on a day."""
    for command in ("verify_events", "verify_clocks"):
        call_command(command, stdout=StringIO(), stderr=StringIO())
    assert not CaringResult.objects.values("prospect", "day").annotate(n=Count("pk")).filter(n__gt=1).exists()


def _recordings() -> None:
    """Those of the past are found, and no event tells the debt."""
    calls = CaringResult.objects.exclude(call_id="").values_list("call_id", flat=True)
    found = [apprec.CALL.fullmatch(call) for call in calls]
    assert found
    assert all(one is not None and apprec.PAST.fullmatch(one["number"]) for one in found)
    agreed = [str(one.data) for one in Event.objects.filter(step="agree")]
    assert agreed
    assert not [data for data in agreed if "amount_told" in data]  # as the step leaves it out


def _systems() -> None:
    """I-payment and both applications say the same."""
    left = Prospect.objects.filter(state=State.AVAILABLE).order_by("?")[:40]
    for one in left:
        account = clients.epayment().bills(one.fastel)
        unpaid = {bill.month: bill.amount for bill in account.bills if bill.paid_on is None}
        assert not unpaid or unpaid == one.bills
    result = CaringResult.objects.filter(state=ResultState.FINAL).latest("pk")
    assert clients.tamara().find(result.key).reference.replace("TM", "CWC") == result.tamara_ref
    assert not CaringResult.objects.filter(state=ResultState.FINAL, mycx_ref="").exists()
    told = clients.nonatero().counts(result.day, result.day)
    assert sum(one.called for one in told) == CaringResult.objects.filter(day=result.day).count()


def _is_loaded_once(loaded: int) -> None:
    before = CaringResult.objects.count()
    assert demo.load() == loaded
    assert CaringResult.objects.count() == before


@pytest.mark.parametrize("day", range(24, 31))
def test_qc_returns_its_share_on_whatever_day_the_demonstration_begins(db: None, day: int) -> None:
    """Monday mornings, too: what was called on Saturday is judged later that day."""
    for hour in (3, 12, 20):
        now = datetime(2026, 11, day, hour, 44, tzinfo=ZONE)
        calls = [call for one in plan.stories(now, date(2026, 11, 1), 14) for call in one.calls[-1:]]
        fresh = [call for call in calls if call.way in {"returned", "recall"} and call.at > now - timedelta(days=5)]
        diary = plan.Diary(now, 14, Random(1))
        assert 6 <= len(fresh) <= 8, hour  # a quiet day has fewer agreements
        assert all(diary.next_day(timezone.localdate(call.at)) < now.date() for call in fresh)
