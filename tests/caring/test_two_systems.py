"""One submit, two systems, as both really take it (P-01 5.3, 8 langkah 6; AMB-28)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from caring import tree
from tenesa.accounts.models import User
from tenesa.systems import clients
from tenesa.systems.models import ExternalCall
from tenesa.systems.outbound import every_row
from tenesa.systems.simulator import outbound
from tenesa.workflow.perform import perform
from tests.caring import desk
from tests.journeys.desk import Outside


@pytest.fixture
def outside(db: None) -> Outside:
    found = Outside()
    found.reset()
    return found


def test_a_result_stands_in_both_and_qc_tells_both(outside: Outside, citra: User, laras: User) -> None:
    result = desk.agreed(citra)
    desk.deliver(result)
    result = desk.again(result)
    row = clients.tamara().find(result.key)
    days = (result.day - timedelta(days=1), result.day)
    (theirs,) = every_row(lambda after: clients.mycx().results(*days, after=after))
    assert (result.state, result.mycx_ref, result.entry_problem) == ("QC_QUEUED", theirs.reference, "")
    assert theirs.key == row.key == result.key
    assert (row.fastel, row.status, row.category, row.reason) == (result.fastel, "Contacted", "Agree", "KEEPS")
    assert (row.amount, row.promised_on, row.follow) == (result.amount_told, result.promised_on, 2)
    assert (row.receiver, row.login, row.input) == (result.receiver[:20], "citra", "New")

    perform(perform(result, "claim", actor=laras), "approve", actor=laras, data=desk.OK)
    desk.deliver(result)
    assert not ExternalCall.objects.filter(status="REFUSED", operation="verdict").exists()
    told = clients.tamara().find(result.key)
    assert (told.valid, told.qco, told.follow) == ("Valid", "laras", 6)


def test_one_that_is_down_keeps_the_result_from_being_entered(outside: Outside, citra: User) -> None:
    outside.fault("cwc", "enter", "http_500")
    result = desk.agreed(citra)
    desk.deliver(result)
    assert (desk.again(result).state, desk.again(result).entered_in) == ("ENTERING", ["mycx"])
    outside.heal()
    ExternalCall.objects.filter(system="cwc").update(next_try_at=result.opened_at)
    desk.deliver(result)
    assert desk.again(result).state == "QC_QUEUED"
    assert clients.tamara().find(result.key).fastel == result.fastel


def test_the_systems_have_the_tree_that_we_have() -> None:
    ours = {
        reason.value: (tree.REMOTE_STATUS[leaf.status], tree.REMOTE_CATEGORY[leaf.category])
        for reason, leaf in tree.TREE.items()
    }
    assert ours == outbound.TREE
