"""Ways of a prospect by keys alone that go wrong and come right (P-01 5.2, 6.8, 8; stories 10 - 12)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from caring.models import CaringResult, Prospect
from caring.prospects.states import State
from caring.results.states import State as ResultState
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.contact.models import ContactAttempt, Dial, DialRefusal
from tenesa.workflow.perform import perform
from tests import factories
from tests.caring import desk
from tests.caring.windows import agreed, at_prospect, at_result, in_call, is_in, judged, keyed, opened, owing, returned
from tests.journeys.browser.conftest import Seat, seat
from tests.journeys.browser.window import Window
from tests.journeys.desk import Outside
from tests.vvip.conftest import Clock, freezer
from vvip.models import SpecialCase

__all__ = ["freezer", "seat"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def window(systems: Outside, seat: Seat, citra: User, novita: User) -> Window:
    """Citra's, with the five scripts published."""
    desk.publish_scripts(novita)
    return seat(citra)


def test_returned_passed_on_called_again_by_the_same_agent_and_approved(
    window: Window, seat: Seat, laras: User, novita: User
) -> None:
    first, qc, leader = agreed(window, owing(1)), seat(laras), seat(novita)
    returned(qc, first)
    opened(leader, first)
    at_result(leader, "pass_on", note="Tolong ditelepon lagi.")
    is_in(leader, ResultState.RECALL)
    opened(window, first)
    keyed(window, "0", until=f'#open [data-case="{first.prospect_id}"]')  # the page of the result leads to the call
    window.sees("Pastikan pelanggan bersedia.")  # what QC said stands where it is called again
    second = agreed(window, desk.again(first.prospect))
    assert (desk.again(first).state, second.entry, second.supersedes_id) == ("SUPERSEDED", "RECALL", first.pk)
    judged(qc, second)


def test_an_appeal_won_and_an_appeal_lost(window: Window, seat: Seat, citra: User, laras: User) -> None:
    arbiter = seat(desk.person("dimas", Role.QCO))
    for won in (True, False):
        result = perform(desk.at_qc(citra, laras), "return_to_agent", actor=laras, data=desk.RETURN)
        opened(window, result)
        at_result(window, "ask_again", reason="Pelanggan menjawab ya pada detik 40.")
        is_in(window, ResultState.QC_QUEUED)
        if won:
            judged(arbiter, result)
        else:
            returned(arbiter, result)
        opened(window, result)
        window.lacks("#offer-ask_again")  # once
        assert result.verdicts.count() == 2


def test_a_fault_is_handed_over_and_the_decline_follows(window: Window, systems: Outside) -> None:
    factories.desk("147")
    one = in_call(window, owing(1))
    keyed(window, "i", until="#offer-agree[open]")
    window.take("report_fault", report="Internet mati sejak pagi.")
    number = SpecialCase.objects.get().number
    window.sees(number)
    keyed(window, "q", until="#script-reasons .prose")
    window.lands_in("#offer-decline")
    window.fill(reason="FAULT", note="Gangguan sejak pagi, tagihan tidak mau dibayar.")
    window.submit()
    is_in(window, State.DONE_DECLINE)
    window.sees(number)
    assert CaringResult.objects.get(prospect=one).reason == "FAULT"


def test_the_ninth_attempt_exhausts_and_before_its_time_the_rules_refuse(
    window: Window, citra: User, freezer: Clock
) -> None:
    one, now = owing(1), timezone.now()
    for place in range(8):  # on several days and in all parts of the day; the last an hour ago
        ContactAttempt.objects.create(
            person=f"customer:{one.ncli}", number=one.phones[0], purpose="caring", procedure="caring.prospect",
            case_id=one.pk, agent=citra, result="NO_ANSWER", at=now - timedelta(hours=1 + place * 29),
        )  # fmt: skip
    Prospect.objects.filter(pk=one.pk).update(attempts=8, at=None, state="AVAILABLE")
    opened(window, one)
    window.lacks("#offer-pick")
    at_prospect(window, "postpone")  # the customer may not be called yet: one key puts it off until then
    assert DialRefusal.objects.filter(case_id=one.pk).exists()
    freezer.move_to(now + timedelta(hours=2))
    Prospect.objects.filter(pk=one.pk).update(ready=True, ready_at=timezone.now())
    in_call(window, desk.again(one))
    at_prospect(window, "miss", reason="RNA")
    is_in(window, State.EXHAUSTED)


def test_paid_while_picked_and_nothing_is_dialled(window: Window, systems: Outside) -> None:
    one = owing(1)
    opened(window, one)
    at_prospect(window, "pick")
    desk.deliver()
    window.until("#offer-start_dial")
    systems._ask("POST", "epayment/pay", json={"fastel": one.fastel})
    with window.page.expect_response(lambda answer: "/steps/read_systems/" in answer.url):
        window.press("a")
    desk.deliver()
    window.until("#case-above .say[data-signal=met]")
    is_in(window, State.PAID)
    expect(window.page.locator("#offer-start_dial")).to_have_count(0)
    assert not Dial.objects.exists()


def test_a_new_number_told_by_whoever_answered_is_dialled_next(window: Window) -> None:
    one = in_call(window, owing(1))
    window.take("note_number", number="0812-1000-0009")
    window.sees("baru", ".caring-calls")
    at_prospect(window, "miss", reason="WRONG_NUMBER")
    is_in(window, State.FOLLOW_UP)
    window.sees("081210000009")
    assert desk.again(one).phones == ["081210000009"]
