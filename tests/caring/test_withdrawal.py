"""A wrong list is taken back as a whole: by two people, in the background, and restored (C-01; ADR-0042)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from caring.dapros import withdrawing
from caring.dapros.models import DaprosBatch, Withdrawal
from caring.dapros.withdrawing import Kind, Status
from caring.models import Prospect
from caring.prospects.states import State
from caring.tasks import tend_withdrawals, withdraw_dapros
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.audit.models import Event
from tenesa.audit.verify import broken_links
from tenesa.workflow.errors import InvalidInput, NotNow, NotYourStep
from tenesa.workflow.perform import perform
from tests.caring import desk
from tests.caring.dapros.lists import row, text
from tests.caring.dapros.test_loading import read, rows
from tests.ui.test_frame import signed_in
from tests.workspace.rooms import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def rizal(db: None) -> User:
    return desk.person("rizal", Role.TEAM_LEADER)


@pytest.fixture
def batch(novita: User) -> DaprosBatch:
    return read(novita, text([*rows(5), row(fastel="122055500050", hp1="")]), name="nov.csv")


def gone(batch: DaprosBatch, by: User, other: User, kind: str = Kind.WITHDRAW) -> Withdrawal:
    asked = withdrawing.ask(by, batch, kind, "Bulan yang salah")
    withdrawing.decide(other, asked, approved=True)
    withdraw_dapros(asked.pk)
    asked.refresh_from_db()
    return asked


def states() -> dict[str, int]:
    found: dict[str, int] = {}
    for state, why in Prospect.objects.values_list("state", "excluded_why"):
        found[f"{state} {why}".strip()] = found.get(f"{state} {why}".strip(), 0) + 1
    return found


def test_what_nobody_touched_goes_and_the_rest_stays(
    batch: DaprosBatch, novita: User, rizal: User, citra: User
) -> None:
    picked, called = Prospect.objects.filter(state=State.AVAILABLE)[:2]
    perform(picked, "pick", actor=citra)
    Prospect.objects.filter(pk=called.pk).update(attempts=1)
    done = gone(batch, novita, rizal)
    assert (done.status, done.total, done.moved, done.left) == (Status.DONE, 3, 3, 2)
    assert states() == {"PICKED": 1, "AVAILABLE": 1, "EXCLUDED WITHDRAWN": 3, "EXCLUDED NO_NUMBER": 1}
    one = Prospect.objects.filter(excluded_why="WITHDRAWN").first()
    assert one is not None
    assert (one.ready, one.needs_action, one.version) == (False, False, 2)
    event = Event.objects.get(procedure="caring.prospect", case_id=one.pk, seq=2)
    assert (event.step, event.source, event.target, event.data["why"]) == (
        "withdraw", "AVAILABLE", "EXCLUDED", "Bulan yang salah",
    )  # fmt: skip
    assert list(broken_links()) == []
    page = text_of(signed_in(novita).get(batch.get_absolute_url()))
    assert picked.number in page
    assert called.number in page
    assert one.number not in page


def test_the_right_list_may_follow_and_the_wrong_one_then_stays_away(
    batch: DaprosBatch, novita: User, rizal: User
) -> None:
    gone(batch, novita, rizal)
    again = read(novita, text(rows(2)), name="benar.csv")
    assert (again.taken, again.refused) == (2, 0)
    back = gone(batch, novita, rizal, Kind.RESTORE)
    assert (back.moved, back.left) == (3, 2)
    assert states() == {"AVAILABLE": 5, "EXCLUDED WITHDRAWN": 2, "EXCLUDED NO_NUMBER": 1}
    assert Prospect.objects.filter(ready=True, withdrawal=None).count() == 5
    assert list(broken_links()) == []


def test_a_worker_that_dies_is_followed_by_another(
    batch: DaprosBatch, novita: User, rizal: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(withdrawing, "CHUNK", 2)
    asked = withdrawing.ask(novita, batch, Kind.WITHDRAW, "Bulan yang salah")
    withdrawing.decide(rizal, asked, approved=True)
    real = withdrawing._move
    died: list[Withdrawal] = []

    def dies(one: Withdrawal, some: Any) -> None:
        real(one, some)
        if len(died) < 1:
            died.append(one)
            return
        raise KeyboardInterrupt

    monkeypatch.setattr(withdrawing, "_move", dies)
    with pytest.raises(KeyboardInterrupt):
        withdraw_dapros(asked.pk)
    asked.refresh_from_db()
    assert (asked.status, asked.moved) == (Status.RUNNING, 2)
    monkeypatch.setattr(withdrawing, "_move", real)
    assert "another worker" in withdraw_dapros(asked.pk)
    assert tend_withdrawals() == "0 withdrawals wait"
    Withdrawal.objects.update(claimed_at=timezone.now() - 2 * withdrawing.SILENT)
    assert tend_withdrawals() == "1 withdrawals wait"
    assert "5 moved" in withdraw_dapros(asked.pk)
    assert states()["EXCLUDED WITHDRAWN"] == 5
    assert "it is over" in withdraw_dapros(asked.pk)
    assert list(broken_links()) == []


def test_it_takes_two_and_a_reason(batch: DaprosBatch, novita: User, rizal: User, citra: User) -> None:
    with pytest.raises(InvalidInput):
        withdrawing.ask(novita, batch, Kind.WITHDRAW, " ")
    with pytest.raises(NotYourStep):
        withdrawing.ask(citra, batch, Kind.WITHDRAW, "Salah")
    with pytest.raises(NotNow):
        withdrawing.ask(novita, batch, Kind.RESTORE, "Nothing was withdrawn")
    asked = withdrawing.ask(novita, batch, Kind.WITHDRAW, "Salah")
    with pytest.raises(NotNow):
        withdrawing.ask(rizal, batch, Kind.WITHDRAW, "Juga")
    with pytest.raises(NotYourStep):
        withdrawing.decide(novita, asked, approved=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Withdrawal.objects.update(status="RUNNING", decided_by=novita)
    withdrawing.decide(rizal, asked, approved=False)
    with pytest.raises(NotNow):
        withdrawing.decide(rizal, asked, approved=True)
    assert states()["AVAILABLE"] == 5


def test_pages_ask_decide_and_tell_how_far_it_is(batch: DaprosBatch, novita: User, rizal: User, citra: User) -> None:
    mine, other, address = signed_in(novita), signed_in(rizal), batch.get_absolute_url()
    assert "Tarik 5 prospek" in text_of(mine.get(address))
    mine.post(reverse("dapros-withdraw", args=[batch.pk]), {"why": "Bulan salah", "kind": "WITHDRAW"})
    assert "Setujui" not in text_of(mine.get(address))
    assert "Setujui" in text_of(other.get(address))
    waiting = text_of(mine.get(address, {"part": "report"}))
    assert 'hx-trigger="live-notices from:body"' in waiting  # the asker hears of the decision
    assert 'data-watch="notices"' in text_of(mine.get(address))
    decide = reverse("dapros-withdraw-decide", args=[batch.pk])
    mine.post(decide, {"decision": "approve"})
    assert Withdrawal.objects.get().status == Status.ASKED
    other.post(decide, {"decision": "approve"})
    assert "every 2s" in text_of(mine.get(address))
    withdraw_dapros(Withdrawal.objects.get().pk)
    page = text_of(mine.get(address))
    assert "5 ditarik, 0 tetap" in page
    assert "Kembalikan 5 prospek" in page
    one = Prospect.objects.filter(excluded_why="WITHDRAWN").first()
    assert one is not None
    with pytest.raises(NotNow, match="kembalikan daftarnya"):
        perform(one, "readmit", actor=novita, note="Satu saja.")
    assert signed_in(citra).post(decide, {"decision": "approve"}).status_code == 404
