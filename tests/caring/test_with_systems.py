"""A prospect through I-payment, Eyebeam, MyCX and CWC, each behind its real contract (P-01 5.1 - 5.3; C-02 - C-10)."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.utils import timezone

from caring.models import CaringResult, Prospect
from caring.prospects.states import State
from caring.results.states import State as ResultState
from tenesa.accounts.models import User
from tenesa.contact.models import ContactAttempt
from tenesa.systems import clients
from tenesa.systems.models import ExternalCall
from tenesa.systems.outbound import every_row
from tenesa.systems.simulator import seed_bills
from tenesa.workflow.errors import InvalidInput, NotNow
from tenesa.workflow.perform import perform
from tests.caring import desk
from tests.journeys.desk import Outside

pytestmark = pytest.mark.django_db(transaction=True)


def fastel(months: int) -> str:
    """A line of the simulated world that owes so many months."""
    return next(line for n in count(1) if seed_bills.debtor(line := f"1310555{n:05d}").owed == months)


def picked(agent: User, months: int, **changes: Any) -> Prospect:
    one = perform(desk.prospect(fastel=fastel(months), **changes), "pick", actor=agent)
    desk.deliver(one)
    found: Prospect = desk.again(one)
    return found


def reached(agent: User, one: Prospect) -> Prospect:
    one = perform(one, "start_dial", actor=agent)
    return perform(one, "confirm_payer", actor=agent, data={"receiver": one.name, "relation": "pemilik"})


def told(one: Prospect, **changes: str) -> dict[str, str]:
    day = timezone.localdate() + timedelta(days=3)
    return {
        "reason": "KEEPS", "offer": "FULL", "promised_on": day.isoformat(), "amount_told": str(one.owed.total),
        "willing": "on", "recording": "EB-1", **changes,
    }  # fmt: skip


def test_what_ipayment_tells_takes_the_place_of_the_list(systems: Outside, citra: User) -> None:
    one = picked(citra, 1)
    price = seed_bills.debtor(one.fastel).price
    assert (one.state, one.total, one.campaign) == (State.PICKED, price, "PRANPC")
    assert one.bills_read_at is not None


def test_whoever_has_paid_hears_of_no_debt(systems: Outside, citra: User) -> None:
    assert picked(citra, 0).state == State.PAID


def test_three_months_due_are_ct0_and_four_are_excluded(systems: Outside, citra: User) -> None:
    assert picked(citra, 3).campaign == "CT0"
    beyond = picked(citra, 4)
    assert (beyond.state, beyond.excluded_why) == (State.EXCLUDED, "BEYOND")


def test_nobody_dials_before_the_bills_are_read(systems: Outside, citra: User) -> None:
    one = perform(desk.prospect(fastel=fastel(1)), "pick", actor=citra)
    with pytest.raises(NotNow, match="I-payment"):
        perform(one, "start_dial", actor=citra)
    assert ContactAttempt.objects.count() == 0


def test_ipayment_down_is_said_and_the_list_stands(systems: Outside, citra: User) -> None:
    systems.fault("epayment", "bills", "http_500")
    one = picked(citra, 1)
    assert one.bills_problem
    assert one.total == 350_000
    assert perform(one, "start_dial", actor=citra).state == State.IN_CALL


def test_one_submit_reaches_both_applications(systems: Outside, citra: User) -> None:
    one = reached(citra, picked(citra, 1))
    perform(one, "agree", actor=citra, data=told(one))
    desk.deliver()
    result = CaringResult.objects.get()
    assert result.state == ResultState.QC_QUEUED
    rows = list(every_row(lambda after: clients.tamara().export(result.day, result.day, after=after)))
    assert [row.note.startswith(f"[{result.key}]") for row in rows] == [True]
    assert (result.mycx_ref, result.tamara_ref) != ("", "")


def test_one_application_down_the_other_keeps_it_until_it_is_back(systems: Outside, citra: User) -> None:
    """C-10, X-04: nothing counts as entered on one confirmation; the rest catches up by itself."""
    systems.fault("cwc", "enter", "http_500")
    one = reached(citra, picked(citra, 1))
    perform(one, "agree", actor=citra, data=told(one))
    desk.deliver()
    result = CaringResult.objects.get()
    assert (result.state, result.entered_in) == (ResultState.ENTERING, ["mycx"])
    systems.heal()
    ExternalCall.objects.filter(system="cwc", status="WAITING").update(next_try_at=timezone.now())
    desk.deliver()
    assert desk.again(result).state == ResultState.QC_QUEUED
    assert ExternalCall.objects.filter(system="mycx", operation="result").count() == 1


def test_the_amount_told_is_what_is_owed(systems: Outside, citra: User) -> None:
    one = reached(citra, picked(citra, 1))
    with pytest.raises(InvalidInput):
        perform(one, "agree", actor=citra, data=told(one, amount_told="1"))
    assert CaringResult.objects.count() == 0


def test_a_result_cannot_be_told_before_the_payer_speaks(systems: Outside, citra: User) -> None:
    one = perform(picked(citra, 1), "start_dial", actor=citra)
    with pytest.raises(NotNow):
        perform(one, "agree", actor=citra, data=told(one))
    missed = perform(one, "miss", actor=citra, data={"reason": "RNA", "note": ""})
    assert missed.attempts == 1
    assert not missed.ready
    assert CaringResult.objects.get().status == "NOT_CONTACTED"
