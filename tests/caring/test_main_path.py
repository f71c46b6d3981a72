"""From pick to final and back again by QC (P-01 8, steps 1 - 6; story 11)."""

from __future__ import annotations

import pytest

from caring.models import CaringResult, Promise, Prospect
from caring.prospects import queue
from caring.prospects.states import State
from caring.results.states import State as ResultState
from tenesa.accounts.models import SYSTEM, User
from tenesa.workflow.errors import NotNow
from tenesa.workflow.perform import perform
from tests.caring import desk


def test_the_highest_score_is_picked_first(citra: User) -> None:
    desk.prospect()
    best = desk.prospect()
    Prospect.objects.filter(pk=best.pk).update(score=500, place=-500)
    assert queue.pick_next(citra) == best


def test_agree_is_final_after_both_applications_qc_and_the_leader(citra: User, laras: User, novita: User) -> None:
    result = desk.agreed(citra)
    assert result.state == ResultState.ENTERING
    with pytest.raises(NotNow):
        perform(result, "finalise", actor=novita)
    result = perform(desk.entered(result), "claim", actor=laras)
    result = perform(result, "approve", actor=laras, data=desk.OK)
    assert (result.state, result.promise.state) == (ResultState.APPROVED, Promise.State.OPEN)
    assert perform(result, "finalise", actor=novita).state == ResultState.FINAL


def test_one_application_alone_does_not_make_it_entered(citra: User) -> None:
    result = perform(desk.agreed(citra), "confirm_entry", actor=SYSTEM, system="mycx", reference="MX-1")
    assert result.state == ResultState.ENTERING
    assert desk.entered(result).state == ResultState.QC_QUEUED


def test_what_qc_returns_is_called_again_and_superseded(citra: User, laras: User, novita: User) -> None:
    first = perform(desk.at_qc(citra, laras), "return_to_agent", actor=laras, data=desk.RETURN)
    first = perform(first, "pass_on", actor=novita, data={"note": "Tolong ditelepon lagi."})
    one = desk.again(first.prospect)
    assert (one.state, one.promised_to) == (State.FOLLOW_UP, citra)
    second = desk.agreed(citra, one)
    assert desk.again(first).state == ResultState.SUPERSEDED
    assert (second.supersedes, second.entry) == (first, "RECALL")
    assert Promise.objects.filter(state__in=Promise.LIVE).count() == 1
    second = perform(perform(desk.entered(second), "claim", actor=laras), "approve", actor=laras, data=desk.OK)
    assert second.state == ResultState.APPROVED
    assert CaringResult.objects.count() == 2
