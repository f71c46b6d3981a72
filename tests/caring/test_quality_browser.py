"""QC at a window, by keys: judging with the recording beside it, and QC's own pages (P-01 8 step 4, 9)."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from caring.models import CalibrationRound, CaringResult, Verdict
from caring.quality import rescoring, samples
from caring.results.states import State
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.systems.models import ExternalCall
from tenesa.workflow.perform import perform
from tests.caring import desk, results
from tests.caring.windows import at_result, is_in, keyed, opened
from tests.journeys.browser.conftest import Seat, seat

__all__ = ["seat"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Of each table that is wider than its card, moved to its end: how far that was, and where its first column stands.
FIRST_COLUMNS = """() => [...document.querySelectorAll(".scroll:has(> table.list)")].map(part => {
  part.scrollLeft = 10000;
  const left = part.querySelector("tbody > tr > :first-child").getBoundingClientRect().left;
  return [part.scrollLeft, Math.round(left - part.getBoundingClientRect().left - part.clientLeft)]; })"""


def waiting(agent: User, **changes: object) -> CaringResult:
    given = {"call_id": "EB-90000001", **changes}
    return results.made(State.QC_QUEUED, agent, prospect=desk.prospect(), **given)


def test_one_key_takes_and_none_alone_approves_with_the_recording_beside_it(
    seat: Seat, citra: User, laras: User
) -> None:
    one, window = waiting(citra), seat(laras)
    opened(window, one)
    at_result(window, "claim")
    is_in(window, State.QC_CLAIMED)
    window.page.locator(".tape audio").wait_for(state="detached")
    desk.deliver()
    window.shows(".tape audio")
    window.page.locator("#offer-approve [name=gate_RECORDED][value=OK]:checked").first.wait_for(state="attached")
    window.lacks("#offer-approve [data-at-once]")
    window.is_fit("qc-approve")
    loaded = window.page.evaluate(
        """() => new Promise(done => { const audio = document.querySelector(".tape audio");
          audio.onloadedmetadata = () => done(audio.duration); audio.onerror = () => done(-1); audio.load();
          audio.preload = "metadata"; })"""
    )
    assert loaded > 0
    at_result(window, "approve")
    is_in(window, State.APPROVED)
    assert Verdict.objects.get().score == 100


def test_a_return_by_keys(seat: Seat, citra: User, laras: User) -> None:
    one = desk.at_qc(citra, laras)
    ExternalCall.objects.filter(case_id=one.pk, system="apprec").update(status="DONE", answered_at=timezone.now())
    window = seat(laras)
    opened(window, one)
    keyed(window, "q", until="#offer-return_to_agent[open]")
    window.page.locator("#offer-return_to_agent [name=gate_WILLING][value=OK]").focus()
    window.press("ArrowDown")
    window.page.locator("#offer-return_to_agent [name=return_class]").select_option("OFFER")
    window.page.locator("#offer-return_to_agent [name=recommendation]").fill("Pastikan pelanggan bersedia.")
    window.is_fit("qc-return")
    with window.page.expect_response(lambda answer: "/steps/return_to_agent/" in answer.url):
        window.press("Control+Enter")
    is_in(window, State.RETURNED)
    assert Verdict.objects.get().ticks["WILLING"] is False


@pytest.mark.long
def test_the_pages_of_qc_are_fit(seat: Seat, citra: User, laras: User, novita: User) -> None:
    dian, today = desk.person("dian", Role.QCO), timezone.localdate()
    for step, given in (("approve", desk.OK), ("return_to_agent", desk.RETURN)):
        perform(desk.at_qc(citra, laras), step, actor=laras, data=given)
    samples.draw_second_looks("CARING", today)
    opened_round = rescoring.open_round("CARING", novita, first=today, last=today, size=2)
    window = seat(dian)
    for name in ("overview", "validation", "calibrations", "instruments"):
        window.open(reverse(f"qc:{name}") + (f"?day={today:%Y-%m-%d}" if name == "validation" else ""))
        window.is_fit(f"qc-{name}")
        if name == "validation":
            moved = window.page.evaluate(FIRST_COLUMNS)
            assert (any(far for far, _left in moved), {left for _far, left in moved}) == (True, {0}), moved
    first = opened_round.results.order_by("pk")[0]
    window.open(reverse("qc:score", args=[opened_round.pk, first.pk]))
    window.is_fit("qc-score")
    leader = seat(novita)
    leader.open(reverse("qc:instrument-draft", args=["SCORECARD"]))
    leader.is_fit("qc-draft")
    rescoring.close_round(CalibrationRound.objects.get(), novita)
    leader.open(reverse("qc:calibration", args=[opened_round.pk]))
    leader.is_fit("qc-calibration")
