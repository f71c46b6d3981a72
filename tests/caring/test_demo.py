"""The caring of the demonstration (requirements 12.1, 12.5)."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db.models import Count, F
from django.utils import timezone

from caring.demo import loading as demo
from caring.models import CaringResult, Promise, Prospect, Verdict
from caring.prospects.states import State
from caring.results.states import State as ResultState
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.contact.models import ContactAttempt
from tenesa.systems import clients
from tests.journeys.desk import Outside
from tickets.demo.people import load_people

pytestmark = pytest.mark.django_db


@pytest.fixture
def loaded(systems: Outside) -> int:
    load_people()
    return demo.load()


def test_it_is_what_the_requirements_ask_for(loaded: int) -> None:
    assert loaded == 1200
    campaigns = Counter(Prospect.objects.values_list("campaign", flat=True))
    assert (campaigns["PRANPC"], campaigns["CT0"]) == (800, 400)
    assert Prospect.objects.values("period").distinct().count() == 2
    states = Counter(Prospect.objects.values_list("state", flat=True))
    assert set(states) == set(State) - {State.PICKED, State.IN_CALL}
    assert states[State.EXCLUDED] == 48
    called = Counter(CaringResult.objects.values_list("category", flat=True))
    assert abs(sum(called.values()) - 2400) <= 24
    assert abs(called["NONE"] / sum(called.values()) - 0.58) < 0.02
    assert CaringResult.objects.count() == ContactAttempt.objects.count()
    assert User.objects.filter(memberships__role=Role.AGENT_CARING).count() == 14
    assert User.objects.filter(memberships__role=Role.QCO).count() == 4
    _quality()
    _promises()
    _whole()


def _quality() -> None:
    states = set(CaringResult.objects.values_list("state", flat=True))
    assert states >= set(ResultState) - {
        ResultState.DRAFT, ResultState.ENTERING, ResultState.QC_CLAIMED, ResultState.TL_MISMATCH,
    }  # fmt: skip
    late = timezone.now() - timedelta(hours=72)
    assert CaringResult.objects.filter(state=ResultState.RETURNED, returned_at__lt=late).count() == 3
    assert Verdict.objects.filter(kind="APPEAL", decision="APPROVED", supersedes__decision="RETURNED").count() == 1
    returned = Verdict.objects.filter(decision="RETURNED")
    assert abs(returned.count() / Verdict.objects.filter(kind="DECIDING").count() - 0.12) < 0.04
    assert len({code for one in returned for code, met in one.ticks.items() if not met}) == 6
    assert not CaringResult.objects.filter(qco=F("agent")).exists()


def _promises() -> None:
    settled = Promise.objects.filter(state__in=["KEPT", "PARTIAL", "BROKEN", "PAID_BEFORE"])
    assert abs(settled.filter(state="KEPT").count() / settled.count() - 0.6) < 0.1
    assert Promise.objects.filter(state="OPEN").exists()


def _whole() -> None:
    """Chains of hashes and clocks are what they would be; nobody is called twice on a day."""
    for command in ("verify_events", "verify_clocks"):
        call_command(command, stdout=StringIO(), stderr=StringIO())
    assert not CaringResult.objects.values("prospect", "day").annotate(n=Count("pk")).filter(n__gt=1).exists()


def test_i_payment_and_both_applications_say_the_same(loaded: int) -> None:
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


def test_it_is_loaded_once(loaded: int) -> None:
    before = CaringResult.objects.count()
    assert demo.load() == loaded
    assert CaringResult.objects.count() == before
