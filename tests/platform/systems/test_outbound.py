"""The systems of outbound calls over real HTTP: MyCX's orders and results, CWC, TAMARA, Nonatero."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from tenesa.systems import clients, control
from tenesa.systems.errors import Refused, SystemError_, Unavailable
from tenesa.systems.mycx.orders import NewOrder
from tenesa.systems.outbound import Outcome, Row, every_row, key_in
from tenesa.systems.simulator.outbound import TREE

pytestmark = pytest.mark.usefixtures("simulators")
DAY = date(2026, 12, 3)
FASTEL = "131055512345"
AGREE = Outcome(
    key="HC000012-1", called_at=datetime(2026, 12, 3, 9, tzinfo=UTC), day=DAY, login="citra", team="caring-smg",
    fastel=FASTEL, campaign="PRANPC", status="Contacted", category="Agree", reason="KEEPS", ncli="3000001",
    name="Wulan Sasmita", phone="081200003001", witel="Semarang-Jateng Utara", receiver="Wulan Sasmita",
    relation="pemilik", offer="FULL", amount=350_000, promised_on=date(2026, 12, 10), duration=182, note="Setuju",
)  # fmt: skip
DECLINE = replace(AGREE, key="HC000013-1", category="Decline", reason="NO_MONEY", promised_on=None, offer="", amount=0)
SILENT = replace(DECLINE, key="HC000014-1", status="Not Contacted", category="", reason="RNA", receiver="", duration=0)


def refused(ask: Callable[..., Any], *args: Any, **kwargs: Any) -> SystemError_:
    with pytest.raises(Refused) as caught:
        ask(*args, **kwargs)
    assert caught.value.message
    return caught.value


def in_tamara() -> list[Row]:
    return list(every_row(lambda after: clients.tamara().export(DAY, DAY, after=after)))


def in_mycx() -> list[Row]:
    return list(every_row(lambda after: clients.mycx().results(DAY, DAY, after=after)))


# --- orders ----------------------------------------------------------------------------------------------------------
def orders(*keys: str) -> list[NewOrder]:
    return [NewOrder(key, FASTEL, "PRANPC", "2026-12") for key in keys]


def test_prospects_become_orders_once() -> None:
    first = clients.mycx().load(orders("PR1", "PR2"), key="batch:1:1")
    again = clients.mycx().load(orders("PR2", "PR3"), key="batch:1:2")
    assert set(first.orders) == {"PR1", "PR2"}
    assert again.orders["PR2"] == first.orders["PR2"]
    assert len({*first.orders.values(), *again.orders.values()}) == 3


def test_rows_that_mycx_does_not_take_are_told_and_the_others_are_loaded() -> None:
    rows = [*orders("PR1"), NewOrder("PR2", "1310555O2345", "PRANPC", "2026-12"), NewOrder("PR3", FASTEL, "C3MR", "")]
    loaded = clients.mycx().load(rows, key="batch:1:1")
    assert list(loaded.orders) == ["PR1"]
    assert set(loaded.refused) == {"PR2", "PR3"}
    assert "1310555O2345" in loaded.refused["PR2"]


@pytest.mark.parametrize("count", [0, 1_001])
def test_a_load_has_one_to_a_thousand_rows(count: int) -> None:
    rows = orders(*(f"PR{number}" for number in range(count)))
    assert refused(clients.mycx().load, rows, key="batch:1:1").code == "INVALID"


def test_a_thousand_rows_are_loaded_at_once() -> None:
    assert len(clients.mycx().load(orders(*(f"PR{n}" for n in range(1_000))), key="batch:1:1").orders) == 1_000


def test_an_order_is_picked_by_one_agent_until_it_is_given_back() -> None:
    mycx, order = clients.mycx(), clients.mycx().load(orders("PR1"), key="b").orders["PR1"]
    assert mycx.pick(order, "citra", key="1").agent == "citra"
    assert mycx.pick(order, "citra", key="2").status == "PICKED"
    no = refused(mycx.pick, order, "dimas", key="3")
    assert (no.code, no.data["agent"]) == ("CONFLICT", "citra")
    assert mycx.release(order, key="4").status == "LOADED"
    assert mycx.pick(order, "dimas", key="5").key == "PR1"
    assert refused(mycx.pick, "ORD-99999999", "citra", key="6").code == "NOT_FOUND"


def test_an_order_may_be_picked_in_mycx_itself(simulators) -> None:
    order = clients.mycx().load(orders("PR1"), key="b").orders["PR1"]
    simulators.fail("mycx.pick_order", "duplicate", count=1)
    assert refused(clients.mycx().pick, order, "citra", key="1").data["agent"] == "mycx.lain"


# --- results ---------------------------------------------------------------------------------------------------------
def test_a_result_stands_in_both_with_our_key_in_the_note() -> None:
    order = clients.mycx().load(orders("PR1"), key="b").orders["PR1"]
    clients.mycx().result(replace(AGREE, order=order), key="mycx:HC000012-1")
    entered = clients.cwc().enter(AGREE, key="cwc:HC000012-1")
    row = clients.tamara().find("HC000012-1")
    (theirs,) = in_mycx()
    assert [one[:3] for one in (entered.reference, row.reference, theirs.reference)] == ["CWC", "TM-", "MX-"]
    assert in_tamara() == [row]
    assert row.key == theirs.key == "HC000012-1"
    assert (row.follow, row.amount, row.promised_on, row.duration) == (2, 350_000, date(2026, 12, 10), 182)
    assert (theirs.order, theirs.follow, theirs.note) == (order, 0, "[HC000012-1] Setuju")


def test_each_system_has_its_own_words_and_widths() -> None:
    outcome = replace(DECLINE, login="citra.ayu.lestari", receiver="Raden Mas Haryo Sasmita Wibowo")
    clients.mycx().result(outcome, key="1")
    clients.cwc().enter(outcome, key="1")
    (theirs,), (row,) = in_mycx(), in_tamara()
    assert (theirs.category, theirs.receiver) == ("Decline", outcome.receiver)
    assert (row.category, row.receiver, row.login) == ("Not Agree", outcome.receiver[:20], "citra.ayu.")


def test_a_decline_may_be_entered_in_either_word() -> None:
    clients.mycx().result(replace(DECLINE, category="Not Agree"), key="1")
    assert in_mycx()[0].category == "Decline"


@pytest.mark.parametrize("enter", ["mycx.result", "cwc.enter", "tamara.write"])
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"reason": "RNA"}, "reason"),
        ({"reason": "SALAH"}, "reason"),
        ({"status": "Follow Up Recall"}, "reason"),
        ({"category": "Decline"}, "reason"),
        ({"promised_on": None}, "promised_on"),
        ({"receiver": ""}, "receiver"),
        ({"fastel": ""}, "fastel"),
        ({"campaign": "C3MR"}, "campaign"),
        ({"input": "LAMA"}, "input"),
    ],
)
def test_what_the_tree_does_not_have_is_refused_and_not_entered(enter: str, change: Any, field: str) -> None:
    system, _dot, operation = enter.partition(".")
    client = getattr(clients, system)()
    no = refused(getattr(client, operation), replace(AGREE, **change), key="1")
    assert no.code == "INVALID"
    assert field in no.data["fields"]
    assert in_tamara() == in_mycx() == []


@pytest.mark.parametrize("reason", TREE)
def test_every_reason_of_the_tree_can_be_entered(reason: str) -> None:
    status, category = TREE[reason]
    clients.cwc().enter(replace(AGREE, status=status, category=category, reason=reason), key="1")
    assert clients.tamara().find("HC000012-1").reason == reason


def test_an_order_of_another_number_is_refused() -> None:
    order = clients.mycx().load(orders("PR1"), key="b").orders["PR1"]
    no = refused(clients.mycx().result, replace(AGREE, order=order, fastel="131055599999"), key="1")
    assert (no.code, list(no.data["fields"])) == ("INVALID", ["order"])


def test_the_same_key_is_one_row_and_is_written_over() -> None:
    first = clients.cwc().enter(AGREE, key="1")
    assert clients.cwc().enter(AGREE, key="2").reference == first.reference
    row = clients.tamara().find("HC000012-1")
    control.change_result("tamara", row.reference, amount=35_000)
    assert clients.cwc().enter(AGREE, key="3").reference == first.reference
    assert in_tamara() == [row]


def test_a_new_version_takes_the_place_of_the_old_and_the_old_never_comes_back() -> None:
    newer = replace(AGREE, key="HC000012-2", supersedes="HC000012-1", duration=200)
    for attempt in range(2):
        clients.cwc().enter(newer, key=f"2:{attempt}")
    assert refused(clients.cwc().enter, AGREE, key="1").code == "CLOSED"
    assert [row.key for row in in_tamara()] == ["HC000012-2"]


def test_a_recall_supersedes_the_row_of_the_earlier_result() -> None:
    clients.cwc().enter(AGREE, key="1")
    recall = replace(AGREE, key="HC000020-2", input="Recall", supersedes="HC000012-1")
    clients.cwc().enter(recall, key="2")
    old, new = in_tamara()
    assert (old.follow, new.follow, new.input) == (1, 2, "Recall")
    assert refused(clients.tamara().verdict, old.key, "Valid", "", qco="laras", key="3").code == "CLOSED"
    assert refused(clients.cwc().enter, replace(AGREE, duration=1), key="4").code == "CLOSED"
    assert clients.cwc().enter(AGREE, key="5").key == AGREE.key


def test_a_row_that_somebody_has_open_is_left_alone() -> None:
    clients.cwc().enter(AGREE, key="1")
    (row,) = in_tamara()
    control.change_result("tamara", row.reference, locked_by="QCO07")
    recall = replace(AGREE, key="HC000020-2", input="Recall", supersedes="HC000012-1")
    attempts: list[Callable[[], Any]] = [
        lambda: clients.cwc().enter(replace(AGREE, duration=1), key="2"),
        lambda: clients.cwc().enter(recall, key="3"),
        lambda: clients.tamara().verdict(row.key, "Valid", "", qco="laras", key="4"),
    ]
    for attempt in attempts:
        no = refused(attempt)
        assert (no.code, no.data["locked_by"]) == ("CONFLICT", "QCO07")
    assert in_tamara() == [row]
    control.change_result("tamara", row.reference, locked_by="")
    assert clients.tamara().verdict(row.key, "Valid", "", qco="laras", key="5").valid == "Valid"


def test_a_key_that_tamara_does_not_have_is_not_found() -> None:
    clients.mycx().result(AGREE, key="1")
    assert refused(clients.tamara().find, "HC000012-1").code == "NOT_FOUND"


def test_one_system_is_down_and_the_other_takes_the_result(simulators) -> None:
    simulators.fail("cwc", "http_500")
    with pytest.raises(Unavailable):
        clients.cwc().enter(AGREE, key="1")
    clients.mycx().result(AGREE, key="1")
    assert (len(in_mycx()), len(in_tamara())) == (1, 0)
    simulators.heal("cwc")
    clients.cwc().enter(AGREE, key="1")
    assert in_tamara()[0].key == in_mycx()[0].key


@pytest.mark.parametrize("kind", ["timeout", "lost_answer", "http_500", "wrong_data"])
def test_one_row_whatever_became_of_the_answer(simulators, kind: str) -> None:
    simulators.fail("cwc.enter", kind, count=1, ms=1_200)
    with pytest.raises(Unavailable):
        clients.cwc().enter(AGREE, key="1")
    clients.cwc().enter(AGREE, key="1")
    assert len(in_tamara()) == 1


# --- verdicts --------------------------------------------------------------------------------------------------------
def test_a_verdict_goes_to_the_leader_and_a_later_one_takes_its_place() -> None:
    clients.cwc().enter(AGREE, key="1")
    tamara = clients.tamara()
    returned = tamara.verdict(AGREE.key, "Not Valid", "Pembayar tidak dikonfirmasi", qco="laras", key="2")
    assert (returned.follow, returned.valid, returned.qco) == (3, "Not Valid", "laras")
    assert returned.qco_note == "Pembayar tidak dikonfirmasi"
    assert returned.qco_at is not None
    won = tamara.verdict(AGREE.key, "Valid", "Banding diterima", qco="sari", key="3")
    assert (won.follow, won.valid, won.qco) == (6, "Valid", "sari")


def test_what_was_judged_stays_when_a_result_is_sent_again() -> None:
    clients.cwc().enter(AGREE, key="1")
    judged = clients.tamara().verdict(AGREE.key, "Valid", "", qco="laras", key="2")
    control.change_result("tamara", judged.reference, amount=1)
    clients.cwc().enter(AGREE, key="3")
    assert clients.tamara().find(AGREE.key) == judged


@pytest.mark.parametrize("system", ["mycx", "tamara"])
def test_a_verdict_that_is_none_or_on_nothing_is_refused(system: str) -> None:
    client = getattr(clients, system)()
    assert refused(client.verdict, AGREE.key, "Valid", "", qco="laras", key="1").code == "NOT_FOUND"
    clients.mycx().result(AGREE, key="2")
    clients.cwc().enter(AGREE, key="2")
    for valid, qco in (("APPROVE", "laras"), ("", "laras"), ("Valid", "")):
        assert refused(client.verdict, AGREE.key, valid, "", qco=qco, key=f"{valid}{qco}-").code == "INVALID"
    assert not in_tamara()[0].valid


def test_a_verdict_stands_in_mycx_too() -> None:
    clients.mycx().result(AGREE, key="1")
    assert clients.mycx().verdict(AGREE.key, "Not Valid", "Ulangi", qco="laras", key="2").valid == "Not Valid"


def test_the_list_for_qc_has_what_waits_for_a_qco() -> None:
    for number, outcome in enumerate((AGREE, DECLINE, SILENT)):
        clients.cwc().enter(outcome, key=str(number))
    clients.tamara().verdict(AGREE.key, "Valid", "", qco="laras", key="v")
    page = clients.tamara().qc_list(DAY, DAY)
    assert [row.key for row in page.rows] == ["HC000013-1"]
    assert page.total == 1


# --- exports ---------------------------------------------------------------------------------------------------------
def test_an_export_comes_in_pages_and_proves_its_count(simulators) -> None:
    for number in range(7):
        clients.mycx().result(replace(AGREE, key=f"HC{number:06d}-1"), key=str(number))
    clients.mycx().result(replace(AGREE, key="HC000099-1", day=date(2026, 12, 4)), key="99")
    first = clients.mycx().results(DAY, DAY, limit=3)
    assert (len(first.rows), first.total) == (3, 7)
    rows = list(every_row(lambda after: clients.mycx().results(DAY, DAY, after=after, limit=3)))
    assert [row.key for row in rows] == [f"HC{number:06d}-1" for number in range(7)]
    assert len(simulators.calls("mycx.results")) == 1 + 3


def test_an_empty_period_has_no_rows_and_a_bad_one_is_refused() -> None:
    page = clients.tamara().export(DAY, DAY)
    assert (page.rows, page.next, page.total) == ((), None, 0)
    with pytest.raises(Refused):
        clients.tamara()._read("export", lambda data: data, since="kemarin", until="hari ini")


def test_a_row_that_the_answer_says_twice_is_read_once(simulators) -> None:
    clients.cwc().enter(AGREE, key="1")
    simulators.fail("tamara.export", "duplicate")
    assert len(in_tamara()) == 1


def test_what_people_type_into_the_other_system_is_exported_too() -> None:
    clients.cwc().enter(AGREE, key="1")
    (row,) = in_tamara()
    orphan = control.copy_result("tamara", row.reference, note="diketik sendiri", fastel="131055577777")
    control.copy_result("tamara", row.reference)
    assert [one.key for one in in_tamara()] == ["HC000012-1", "", "HC000012-1"]
    control.remove_result("tamara", orphan)
    assert len(in_tamara()) == 2


@pytest.mark.parametrize(
    ("note", "key"),
    [
        ("[HC000012-1] Setuju", "HC000012-1"),
        ("[HC000012-2]", "HC000012-2"),
        ("ket. [HC7-10] lanjut", "HC7-10"),
        ("HC000012-1", ""),
        ("[HC000012]", ""),
        ("[catatan]", ""),
        ("", ""),
    ],
)
def test_our_key_is_read_from_a_note(note: str, key: str) -> None:
    assert key_in(note) == key


# --- Nonatero --------------------------------------------------------------------------------------------------------
def test_the_dashboard_counts_what_stands_in_tamara() -> None:
    follow = replace(SILENT, key="HC000015-1", status="Follow Up Recall", category="Follow Up", reason="CALL_BACK")
    other = replace(AGREE, key="HC000016-1", login="dimas", team="caring-jkt", campaign="CT0")
    recall = replace(AGREE, key="HC000017-2", input="Recall", supersedes="HC000012-1")
    for number, outcome in enumerate((AGREE, DECLINE, SILENT, follow, other, recall)):
        clients.cwc().enter(outcome, key=str(number))
    citra, dimas = clients.nonatero().counts(DAY, DAY)
    assert (citra.login, citra.team, citra.campaign, citra.day) == ("citra", "caring-smg", "PRANPC", DAY)
    counted = (citra.called, citra.contacted, citra.agree, citra.follow_up, citra.decline, citra.not_contacted)
    assert counted == (5, 4, 1, 1, 1, 1)
    assert citra.reasons == {"KEEPS": 2, "NO_MONEY": 1, "RNA": 1, "CALL_BACK": 1}
    assert clients.nonatero().counts(DAY, DAY, team="caring-jkt") == (dimas,)
    assert clients.nonatero().counts(DAY, DAY, login="dimas") == (dimas,)
    assert clients.nonatero().counts(date(2026, 12, 4), date(2026, 12, 5)) == ()
