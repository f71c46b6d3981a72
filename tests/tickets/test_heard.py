"""What comes too late moves nothing, and what waits for a leader is handed to nobody."""

from __future__ import annotations

import pytest
from django.utils import timezone

from tenesa.accounts.models import User
from tenesa.systems.models import ExternalCall
from tests import factories
from tickets import results
from tickets.models import EmailCase, State
from tickets.services import next_case
from tickets.states import ENDED

pytestmark = pytest.mark.django_db


def again(case: EmailCase) -> EmailCase:
    found: EmailCase = EmailCase.objects.get(pk=case.pk)
    return found


@pytest.mark.parametrize("state", ENDED)
def test_an_answer_that_comes_after_the_end_moves_nothing(state: str) -> None:
    case = factories.opened()
    columns = {"merged_into": factories.opened()} if state == State.MERGED else {}
    case = factories.put(case, state, **columns)
    call = ExternalCall.objects.filter(case_id=case.pk).first()
    assert call is not None
    call.status, call.answered_at = ExternalCall.Status.ANSWERED, timezone.now()
    results.answered(call)
    assert (again(case).version, again(case).state) == (case.version, state)
    assert not case.checks.exists()


@pytest.mark.parametrize("state", ["ESCALATED", "VOID_PROPOSED"])
def test_auto_in_hands_out_nothing_that_waits_for_a_leader(state: str, rini: User) -> None:
    factories.put(factories.opened(), state, owner=None, needs_action=True, triage="", reason="perlu bantuan")
    assert next_case(rini) is None
