"""The sample procedure from its first step to its last, against the simulator of the back-end."""

from __future__ import annotations

from typing import Any

import pytest

from tenesa.accounts.models import User
from tenesa.audit.verify import broken_links
from tenesa.systems import outbox
from tenesa.systems.models import ExternalCall
from tenesa.timers.models import Timer
from tenesa.workflow.errors import NotNow
from tenesa.workflow.perform import perform
from tests.pending.conftest import nossa
from tests.workspace.sample.procedure import State, Visit
from tests.workspace.worked import WORK, visit

__all__ = ["nossa"]
pytestmark = pytest.mark.django_db
AT = dict(WORK["sample.visit"].inputs)


def ordered(agent: User) -> Visit:
    """A visit that was planned, and the answer of its unit."""
    case = perform(visit(), "plan", actor=agent, data=AT)
    call = ExternalCall.objects.get(procedure="sample.visit", case_id=case.pk)
    outbox.deliver(call.pk)
    found: Visit = Visit.objects.get(pk=case.pk)
    return found


def test_a_visit_is_ordered_confirmed_and_ended_by_whose_it_is(rini: User, dewi: User, nossa: Any) -> None:
    case = ordered(rini)
    assert (case.state, case.owner, case.needs_action) == (State.PLANNED, rini, True)
    assert list(Timer.objects.filter(case_id=case.pk).values_list("name", "state")) == [("unit_answer", "STOPPED")]
    with pytest.raises(NotNow):
        perform(case, "finish", actor=dewi, data={"finding": "Kabel putus."})
    case = perform(case, "finish", actor=rini, data={"finding": "Kabel putus."})
    assert (case.state, case.finding, case.needs_action) == (State.DONE, "Kabel putus.", False)
    assert list(broken_links()) == []


def test_a_unit_that_refuses_lets_it_be_planned_again(rini: User, nossa: Any) -> None:
    case = perform(visit(), "plan", actor=rini, data=AT)
    call = ExternalCall.objects.get(procedure="sample.visit", case_id=case.pk)
    ExternalCall.objects.filter(pk=call.pk).update(payload={**call.payload, "group": "TIDAK-ADA"})
    outbox.deliver(call.pk)
    case = Visit.objects.get(pk=case.pk)
    assert (case.state, case.needs_action) == (State.FAILED, True)
    assert perform(case, "plan", actor=rini, data=AT).state == State.PLANNING
