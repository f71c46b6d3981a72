"""A list is read in the background: what comes, what is refused, who dies on the way (C-01; requirements 8.1)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from caring import scoring
from caring.dapros import entering, loading, services, store
from caring.dapros.models import DaprosBatch, DaprosPart
from caring.dapros.services import SameFile
from caring.models import Promise, Prospect
from caring.prospects import heard
from caring.score import facts_of, score_of
from caring.tasks import read_dapros, read_waiting_dapros
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.audit.models import Event
from tenesa.audit.verify import broken_links
from tenesa.contact.models import Dial
from tenesa.systems.models import ExternalCall
from tenesa.workflow.errors import InvalidInput, NotNow, NotYourStep
from tests import factories
from tests.caring import desk
from tests.caring.dapros.lists import PERIOD, row, text, workbook


def rows(number: int, first: int = 1) -> list[list[Any]]:
    return [row(fastel=f"1220555{at:05}", ncli=f"{20_000_000 + at}") for at in range(first, first + number)]


def hand_in(user: User, content: bytes, name: str = "dapros.xlsx", **said: Any) -> DaprosBatch:
    return services.hand_in(user, SimpleUploadedFile(name, content), **{"period": PERIOD, **said})


def read(user: User, content: bytes, **said: Any) -> DaprosBatch:
    batch = hand_in(user, content, **said)
    loading.read(batch.pk)
    batch.refresh_from_db()
    return batch


def counts(batch: DaprosBatch) -> tuple[str, int, int, int]:
    return batch.status, batch.taken, batch.excluded, batch.refused


def test_each_row_becomes_a_prospect_with_its_history(novita: User) -> None:
    batch = read(novita, workbook(rows(3)))
    assert counts(batch) == ("DONE", 3, 0, 0)
    assert (batch.total, batch.percent, batch.sheet_read, batch.claimed_at) == (3, 100, "Dapros", None)
    assert not DaprosPart.objects.exists()
    found = Prospect.objects.get(fastel="122055500001")
    assert (found.state, found.ready, found.campaign, found.zone, found.phones) == (
        "AVAILABLE", True, "PRANPC", "WIB", ["081255500001"],
    )  # fmt: skip
    assert (found.bills, found.total, found.oldest_month, found.isolated) == ({"2026-11": 350000}, 350000, PERIOD, True)
    assert (found.batch, found.row_number, found.last_paid_on) == (batch, 2, date(2026, 9, 20))
    event = Event.objects.get(procedure="caring.prospect", case_id=found.pk)
    assert (event.step, event.clause, event.actor, event.role, event.target) == (
        "load", "P-01 6.4", novita, "team_leader", "AVAILABLE",
    )  # fmt: skip
    assert list(broken_links()) == []


def test_what_a_list_brings_is_scored_as_a_refresh_would_score_it(novita: User, citra: User) -> None:
    """Broken promises and calls of the last day are those of the customer, whichever list they were of."""
    before = desk.agreed(citra, desk.prospect(ncli="20000001", period=date(2026, 10, 1)))
    Promise.objects.filter(result=before).update(state="BROKEN", settled_at=timezone.now())
    called = {"number": "081255500001", "purpose": "hold", "agent": citra, "at": timezone.now()}
    Dial.objects.create(person="customer:20000002", state="LINKED", **called)
    batch = read(novita, workbook([*rows(3), row(fastel="122055500009", ncli="20000009", hp1="", hp2="")]))
    found = {one.ncli: one for one in Prospect.objects.filter(batch=batch)}
    assert found["20000001"].score_facts["broken_promise"] is True
    assert found["20000002"].score_facts["attempts"] == 1
    assert found["20000003"].score == score_of(facts_of(found["20000003"].score_facts)) > 0
    assert (found["20000009"].state, found["20000009"].score_facts) == ("EXCLUDED", {})
    assert scoring.refresh([one.pk for one in found.values()]) == 0  # nothing would be changed


def test_bad_rows_are_kept_with_their_reasons_and_counted(novita: User) -> None:
    bad = [
        row(fastel="122055500001"),  # twice
        row(fastel="122055500050", hp1="0812"),
        row(fastel="122055500051", tagihan_n=-5),
        row(fastel="122055500052", witel="Atlantis"),
        row(fastel="122055500053", campaign="CT-0"),
        row(fastel="122055500054", hp1=""),
    ]
    batch = read(novita, text([*rows(1), *bad]), name="dapros.csv")
    assert counts(batch) == ("DONE", 4, 1, 3)
    assert batch.reasons == {
        "TWICE": 1, "NOT_PHONE": 1, "NEGATIVE": 1, "UNKNOWN_WITEL": 1, "REBUCKETED": 1, "NO_NUMBER": 1,
    }  # fmt: skip
    refused = {one.row_number: [f"{said}" for said in one.reasons] for one in batch.rows.filter(refused=True)}
    assert refused[3] == ["122055500001 sudah ada di baris 2 daftar ini"]
    assert set(refused) == {3, 4, 5}
    assert batch.rows.get(row_number=3).cells[3] == "122055500001"
    without = Prospect.objects.get(fastel="122055500054")
    assert (without.state, without.excluded_why, without.ready, without.needs_action) == (
        "EXCLUDED", "NO_NUMBER", False, False,
    )  # fmt: skip
    assert list(broken_links()) == []


def test_a_customer_of_another_list_of_this_month_is_told(novita: User) -> None:
    read(novita, workbook(rows(2)), name="satu.xlsx")
    batch = read(novita, workbook(rows(3)), name="dua.xlsx")
    assert counts(batch) == ("DONE", 1, 0, 2)
    said = [f"{one.reasons[0]}" for one in batch.rows.all()]
    assert said[0] == "122055500001 untuk bulan ini sudah masuk lewat daftar “satu.xlsx”, baris 2"
    later = read(novita, workbook([row(fastel="122055500001", periode="2026-12")]), period=date(2026, 12, 1))
    assert later.taken == 1


def test_who_agreed_already_does_not_come_in_again_without_a_word(novita: User, citra: User) -> None:
    """Of the month that they agreed about they are refused; of another month they are taken, and it is said."""
    result = desk.agreed(citra, desk.prospect(fastel="122055500001", period=PERIOD))
    batch = read(novita, workbook([row(fastel="122055500001")]))
    assert counts(batch) == ("DONE", 0, 0, 1)
    assert batch.reasons == {"KNOWN": 1}
    later = read(novita, workbook([row(fastel="122055500001", periode="2026-12")]), period=date(2026, 12, 1))
    assert (later.taken, later.reasons) == (1, {"PROMISED": 1})
    said = f"{later.rows.get().reasons[0]}"
    assert result.number in said
    assert f"{result.promised_on:%d/%m/%Y}" in said
    assert said.startswith("sudah berjanji membayar")


def test_the_same_file_twice_is_told_and_a_cancelled_one_may_come_again(novita: User) -> None:
    file = workbook(rows(2))
    batch = hand_in(novita, file)
    with pytest.raises(SameFile, match=r"dapros\.xlsx"):
        hand_in(novita, file)
    services.cancel(novita, batch)
    assert hand_in(novita, file).pk != batch.pk


@pytest.mark.parametrize(
    "content", [b"", b"<html><table>", b"a;b\n1;2\n", workbook([], heads=["fastel", "nama", "witel", "total"])]
)
def test_a_file_without_a_list_is_refused_at_once(novita: User, content: bytes) -> None:
    with pytest.raises(InvalidInput):
        hand_in(novita, content)
    assert not DaprosBatch.objects.exists()


def test_who_does_not_lead_hands_in_nothing(db: None) -> None:
    citra = factories.person("citra", Role.AGENT_CARING, desk_code="CARING")
    elsewhere = factories.person("bowo", Role.TEAM_LEADER)
    for user in (citra, elsewhere):
        with pytest.raises(NotYourStep):
            hand_in(user, workbook(rows(1)))
    assert not DaprosBatch.objects.exists()


# --- on the way ------------------------------------------------------------------------------------------------------
@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "CHUNK", 2)


def test_a_reader_that_dies_is_followed_and_no_row_comes_twice(
    novita: User, small_chunks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = hand_in(novita, workbook(rows(7)))
    kept: list[Any] = []
    enter = entering.enter

    def dies(*given: Any) -> None:
        if len(kept) == 2:
            raise KeyboardInterrupt
        kept.append(given)
        enter(*given)

    monkeypatch.setattr(entering, "enter", dies)
    with pytest.raises(KeyboardInterrupt):
        loading.read(batch.pk)
    batch.refresh_from_db()
    assert (batch.status, batch.taken, batch.position) == ("READING", 4, 5)
    monkeypatch.setattr(entering, "enter", enter)
    assert "another worker" in loading.read(batch.pk)  # it may still be alive
    assert loading.waiting() == []
    DaprosBatch.objects.update(claimed_at=batch.at - loading.SILENT)
    assert loading.waiting() == [batch.pk]
    assert read_dapros(batch.pk) == f"list {batch.pk}: 7 taken, 0 refused"
    assert Prospect.objects.count() == 7
    assert list(broken_links()) == []


def test_a_paused_list_goes_on_where_it_was_left(
    novita: User, small_chunks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = hand_in(novita, workbook(rows(7)))
    enter = entering.enter

    def pauses(*given: Any) -> None:
        enter(*given)
        if Prospect.objects.count() == 4:
            services.pause(novita, DaprosBatch.objects.get(pk=batch.pk))

    monkeypatch.setattr(entering, "enter", pauses)
    assert loading.read(batch.pk) == f"list {batch.pk}: left at row 5"
    batch.refresh_from_db()
    assert (batch.status, batch.taken) == ("PAUSED", 4)
    assert read_dapros(batch.pk) == f"list {batch.pk}: another worker has it, or it is over"
    services.resume(novita, batch)
    loading.read(batch.pk)
    batch.refresh_from_db()
    assert counts(batch) == ("DONE", 7, 0, 0)


def test_a_cancelled_list_is_read_no_further_and_what_came_stays(
    novita: User, small_chunks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = hand_in(novita, workbook(rows(7)))
    enter = entering.enter

    def cancels(*given: Any) -> None:
        enter(*given)
        services.cancel(novita, DaprosBatch.objects.get(pk=batch.pk))

    monkeypatch.setattr(entering, "enter", cancels)
    loading.read(batch.pk)
    batch.refresh_from_db()
    assert (batch.status, batch.taken) == ("CANCELLED", 2)
    assert Prospect.objects.count() == 2
    assert not DaprosPart.objects.exists()
    for turn in (services.pause, services.resume, services.cancel):
        with pytest.raises(NotNow):
            turn(novita, batch)


def test_a_reader_whose_list_another_one_took_keeps_nothing(novita: User, small_chunks: None) -> None:
    batch = hand_in(novita, workbook(rows(3)))
    DaprosBatch.objects.update(status="READING", claimed_at=batch.at)
    with pytest.raises(store.Lost):
        entering.enter(batch, [])
    assert not Prospect.objects.exists()


def test_a_customer_whom_another_list_brings_at_the_same_moment_is_refused(
    novita: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    read(novita, workbook(rows(1)), name="satu.xlsx")
    real = entering._without_doubles
    blind: list[bool] = []

    def sees_nothing(batch: Any, outcomes: Any) -> Any:
        if not blind:
            blind.append(True)
            return list(outcomes), []
        return real(batch, outcomes)

    monkeypatch.setattr(entering, "_without_doubles", sees_nothing)
    batch = read(novita, workbook(rows(2)), name="dua.xlsx")
    assert counts(batch) == ("DONE", 1, 0, 1)
    assert Prospect.objects.count() == 2


def test_a_wake_up_that_was_lost_is_found_by_the_sweep(novita: User, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = hand_in(novita, workbook(rows(1)))
    woken: list[int] = []
    monkeypatch.setattr(loading, "nudge", woken.append)
    assert read_waiting_dapros() == "1 lists of prospects wait"
    assert woken == [batch.pk]
    loading.read(batch.pk)
    assert read_waiting_dapros() == "0 lists of prospects wait"


def test_one_list_is_read_at_a_time_and_the_next_one_follows(novita: User, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = (hand_in(novita, text(rows(2, at)), name=f"{at}.csv") for at in (1, 11))
    DaprosBatch.objects.filter(pk=first.pk).update(status="READING", claimed_at=timezone.now())
    assert loading.read(second.pk) == f"list {second.pk}: waits for another list"
    woken: list[int] = []
    monkeypatch.setattr(loading, "nudge", woken.append)
    DaprosBatch.objects.filter(pk=first.pk).update(claimed_at=None)
    assert loading.waiting() == [first.pk, second.pk]
    loading.read(first.pk)
    assert woken == [second.pk]
    assert loading.read(second.pk) == f"list {second.pk}: 2 taken, 0 refused"


# --- MyCX ------------------------------------------------------------------------------------------------------------
def test_orders_are_loaded_into_mycx_in_chunks_and_their_numbers_kept(
    novita: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entering, "ORDERS", 2)
    read(novita, workbook([*rows(3), row(fastel="122055500099", hp1="")]))
    calls = list(ExternalCall.objects.order_by("created_at"))
    assert [(call.system, call.operation, len(call.payload["rows"])) for call in calls] == [
        ("mycx", "load_orders", 2), ("mycx", "load_orders", 1),
    ]  # fmt: skip
    first = Prospect.objects.get(fastel="122055500001")
    assert calls[0].case_id == first.pk
    assert calls[0].payload["rows"][0] == {
        "key": first.number, "fastel": "122055500001", "campaign": "PRANPC", "period": "2026-11", "name": "Sekar Ayu",
        "witel": "BANDUNG", "total": 350000,
    }  # fmt: skip
    calls[0].status = ExternalCall.Status.ANSWERED
    calls[0].answer = {"orders": {first.number: "ORD-1"}, "refused": {}}
    heard.answered(calls[0])
    assert Prospect.objects.get(pk=first.pk).mycx_order == "ORD-1"


def test_mycx_takes_the_orders_and_tells_their_numbers(novita: User) -> None:
    read(novita, workbook(rows(3)))
    assert desk.deliver() == ["DONE"]
    orders = set(Prospect.objects.values_list("mycx_order", flat=True))
    assert len(orders) == 3
    assert "" not in orders
