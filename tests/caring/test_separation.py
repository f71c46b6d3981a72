"""Who may not do what, beyond the role of a step (requirements 13, role separation; P-01 4.3)."""

from __future__ import annotations

import json

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from caring.models import CaringResult, Prospect, Verdict
from caring.results import queue
from caring.results.states import State
from tenesa.accounts import tokens
from tenesa.accounts.models import Membership, User
from tenesa.accounts.roles import Role
from tenesa.workflow.errors import NotNow
from tenesa.workflow.perform import perform
from tenesa.workflow.step import steps_of
from tests.caring import desk
from tests.refusals import everything

pytestmark = pytest.mark.django_db


def both(user: User, role: Role) -> User:
    """The person has this role at the desk as well."""
    place = user.memberships.get()
    Membership.objects.create(user=user, role=role, team=place.team)
    return User.objects.get(pk=user.pk)


def test_a_qco_never_judges_an_own_call() -> None:
    citra = both(desk.person("citra", Role.AGENT_CARING), Role.QCO)
    result = desk.entered(desk.agreed(citra))
    assert queue.claim_next(citra) is None
    before = everything()
    with pytest.raises(NotNow):
        perform(result, "claim", actor=citra)
    assert everything() == before


def test_the_database_knows_no_qco_of_an_own_call(citra: User) -> None:
    result = desk.entered(desk.agreed(citra))
    with pytest.raises(IntegrityError), transaction.atomic():
        CaringResult.objects.filter(pk=result.pk).update(qco=citra)


def test_the_leader_who_asked_for_an_appeal_does_not_decide_it(citra: User, laras: User) -> None:
    novita = both(desk.person("novita", Role.TEAM_LEADER), Role.QCO)
    result = perform(desk.at_qc(citra, laras), "return_to_agent", actor=laras, data=desk.RETURN)
    result = perform(result, "ask_again", actor=novita, data={"reason": "Pelanggan jelas bersedia."})
    before = everything()
    for arbiter in (novita, laras):  # who asked, and who judged
        assert queue.claim_next(arbiter) is None
        with pytest.raises(NotNow):
            perform(result, "claim", actor=arbiter)
    assert everything() == before
    hana = desk.person("hana", Role.QCO)
    result = perform(perform(result, "claim", actor=hana), "approve", actor=hana, data=desk.OK)
    assert result.state == State.APPROVED
    appeal = Verdict.objects.get(kind="APPEAL")
    assert (appeal.qco, appeal.supersedes.qco) == (hana, laras)  # type: ignore[union-attr]


def test_the_leader_who_agreed_to_a_draft_does_not_judge_it(citra: User) -> None:
    novita = both(desk.person("novita", Role.TEAM_LEADER), Role.QCO)
    result = desk.agreed(citra)
    result.involve(novita)
    CaringResult.objects.filter(pk=result.pk).update(workers=result.workers)
    desk.entered(desk.again(result))
    assert queue.claim_next(novita) is None


def test_a_machine_loads_prospects_and_takes_no_other_step() -> None:
    """Not of an agent, of QC or of the team leader, whatever the state."""
    taken = {
        (model.__name__, name)
        for model in (Prospect, CaringResult)
        for name, step in steps_of(model).items()
        if Role.API_CLIENT in step.roles
    }
    assert taken == {("Prospect", "load")}


@pytest.mark.parametrize(
    ("path", "step"),
    [("results", "claim"), ("results", "approve"), ("results", "pass_on"), ("results", "finalise"),
     ("results", "find_mismatch"), ("prospects", "pick"), ("prospects", "exclude"), ("prospects", "readmit")],
)  # fmt: skip
def test_a_machine_is_refused_by_rest(path: str, step: str, citra: User) -> None:
    result = desk.entered(desk.agreed(citra))
    case = result if path == "results" else result.prospect
    _token, key = tokens.issue(desk.person("mesin", Role.API_CLIENT), "uji")
    before = (desk.again(result).version, desk.again(result.prospect).version)
    answer = Client().post(
        f"/api/{path}/{case.pk}/steps/{step}/", json.dumps({}), content_type="application/json",
        headers={"Authorization": f"Token {key}"},
    )  # fmt: skip
    assert answer.status_code in {403, 404}, answer.content
    assert (desk.again(result).version, desk.again(result.prospect).version) == before
