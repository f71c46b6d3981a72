"""Each client against the simulators over real HTTP: what it gives, and how a system says no."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tenesa.systems import clients, control
from tenesa.systems.errors import Refused, SystemError_, Unavailable
from tenesa.systems.http import Origin
from tenesa.systems.mycx.values import SearchType
from tenesa.systems.nossa.values import LogType, NewWorklog
from tenesa.systems.securecrt.values import Command
from tenesa.systems.simulator import seed
from tenesa.systems.verdict import Condition

pytestmark = pytest.mark.usefixtures("simulators")


def refused(ask, *args, **kwargs) -> SystemError_:
    with pytest.raises(Refused) as caught:
        ask(*args, **kwargs)
    assert caught.value.message
    return caught.value


# --- MyCX ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (SearchType.PRODUCT_ID, seed.DES_DOWN_VPN),
        (SearchType.PHONE, "0812 0000 1187"),
        (SearchType.NAME, "samudra niaga"),
    ],
)
def test_it_searches_mycx_by_every_type(kind, value) -> None:
    (found,) = clients.mycx().search(kind, value)
    assert (found.name, found.segment) == ("PT Samudra Niaga Lintas", "DES")
    assert seed.DES_DOWN_VPN in {service.product_id for service in found.services}


def test_it_searches_mycx_by_ticket_and_lists_only_open_tickets() -> None:
    (found,) = clients.mycx().search(SearchType.TICKET, seed.OPEN_INCIDENT)
    assert found.name == "Kantor Pajak Wilayah Cendana"
    assert seed.OPEN_INCIDENT in {ticket.incident for ticket in found.tickets}
    assert not {ticket.status for ticket in found.tickets} & {"CLOSED", "RESOLVED"}


def test_it_says_when_mycx_knows_nobody_and_when_many() -> None:
    assert refused(clients.mycx().search, SearchType.NAME, "Tidak Ada").code == "NOT_FOUND"
    assert len(clients.mycx().search(SearchType.NAME, seed.AMBIGUOUS_NAME)) == 2


def test_it_opens_one_ticket_for_one_key_and_nossa_has_it(ticket) -> None:
    first = clients.mycx().create_ticket(ticket, key="case-1")
    again = clients.mycx().create_ticket(ticket, key="case-1")
    assert again == first
    incident = clients.nossa().incident(first.incident)
    assert (incident.status, incident.service_no, incident.channel) == ("NEW", ticket.product_id, "EMAIL")
    assert incident.description == ticket.description
    assert [change.incident.number for change in clients.nossa().changes(0)] == [first.incident]


def test_it_is_told_of_the_open_ticket_instead_of_getting_a_second(ticket) -> None:
    first = clients.mycx().create_ticket(ticket, key="case-1")
    no = refused(clients.mycx().create_ticket, ticket, key="case-2")
    assert (no.code, no.data["incident"]) == ("DUPLICATE", first.incident)
    assert refused(clients.mycx().create_ticket, ticket, key="case-2").data == no.data
    assert len(clients.nossa().incidents_of(ticket.product_id)) == 1


def test_it_is_told_every_wrong_field_and_nothing_is_opened(ticket) -> None:
    wrong = replace(ticket, reporter_phone="besok", reporter_email="bukan", symptom="", product_id=seed.UNKNOWN_SID)
    no = refused(clients.mycx().create_ticket, wrong, key="case-1")
    assert no.code == "INVALID"
    assert set(no.data["fields"]) == {"reporter_phone", "reporter_email", "symptom", "product_id"}
    assert not clients.nossa().changes(0)


def test_a_key_cannot_be_used_for_another_content(ticket) -> None:
    clients.mycx().create_ticket(ticket, key="case-1")
    other = replace(ticket, product_id=seed.DGS_DOWN)
    assert refused(clients.mycx().create_ticket, other, key="case-1").code == "CONFLICT"
    assert not clients.nossa().incidents_of(seed.DGS_DOWN)


# --- NOSSA -----------------------------------------------------------------------------------------------------------
def test_it_reads_an_incident_with_its_worklogs() -> None:
    incident = clients.nossa().incident(seed.OPEN_INCIDENT)
    assert (incident.status, incident.service_no) == ("BACKEND", seed.DGS_OPEN_INCIDENT)
    assert incident.worklogs
    assert refused(clients.nossa().incident, "IN99999999").code == "NOT_FOUND"


def test_it_lists_open_incidents_first_and_the_newest_of_them_first() -> None:
    statuses = [incident.status for incident in clients.nossa().incidents_of(seed.DES_TWO_INCIDENTS)]
    assert statuses == ["QUEUED", "BACKEND", "CLOSED"]
    assert clients.nossa().incidents_of(seed.DES_DOWN_VPN) == ()


def test_a_note_of_the_customer_counts_and_is_written_once() -> None:
    note = NewWorklog(seed.OPEN_INCIDENT, LogType.CLIENTNOTE, "Info pelanggan", "Lampu PON mati", client_viewable=True)
    first = clients.nossa().add_worklog(note, key="row-1")
    assert clients.nossa().add_worklog(note, key="row-1") == first
    incident = clients.nossa().incident(seed.OPEN_INCIDENT)
    assert incident.lapul == first.lapul
    assert [log.detail for log in incident.worklogs].count("Lampu PON mati") == 1


def test_a_note_opens_a_ticket_that_awaits_confirmation_again() -> None:
    note = NewWorklog("IN10481950", LogType.CLIENTNOTE, "Masih terganggu", "Belum normal")
    assert clients.nossa().add_worklog(note, key="row-1").status == "BACKEND"
    (change,) = clients.nossa().changes(0)
    assert (change.previous, change.status) == ("MEDIACARE", "BACKEND")


def test_a_closed_ticket_takes_no_notes() -> None:
    note = NewWorklog("IN10481177", LogType.CLIENTNOTE, "Masih terganggu", "Belum normal")
    assert refused(clients.nossa().add_worklog, note, key="row-1").code == "CONFLICT"
    assert clients.nossa().incident("IN10481177").lapul in {0, 1}


def test_it_follows_a_ticket_to_its_repair() -> None:
    control.advance(seed.OPEN_INCIDENT)
    control.advance(seed.OPEN_INCIDENT, status="RESOLVED", cause="Kabel putus", solution="Disambung", worklog="Selesai")
    first, second = clients.nossa().changes(0)
    assert (first.status, first.incident.cause) == ("INPROG", "")
    assert (second.status, second.incident.cause, second.incident.solution) == ("RESOLVED", "Kabel putus", "Disambung")
    assert second.incident.worklogs[-1].summary == "Selesai"
    assert clients.nossa().changes(second.id) == ()
    assert clients.telkom_center().topology(seed.DGS_OPEN_INCIDENT).verdict().state == Condition.NORMAL


def test_it_reads_the_feed_in_pages() -> None:
    for _turn in range(3):
        control.advance(seed.OPEN_INCIDENT)
    (first, second) = clients.nossa().changes(0, limit=2)
    (third,) = clients.nossa().changes(second.id, limit=2)
    assert first.id < second.id < third.id


# --- customers and services ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("by", "value", "reference", "matched"),
    [
        ("email", "BONAR@samudra.example", "2000101", "email"),
        ("email", "orang.baru@samudra.example", "2000101", "domain"),
        ("domain", "samudra.example", "2000101", "domain"),
        ("name", "pt samudra niaga lintas", "2000101", "name"),
        ("fastel", seed.DCS_LOS, "3000000", "fastel"),
        ("email", "wulan@surel.example", "3000000", "email"),
        ("email", "meutia@artamandala.example", "2000102", "email"),
    ],
)
def test_it_finds_a_customer(by, value, reference, matched) -> None:
    record = clients.siskas().find_customer(by, value)
    assert (record.customer.reference, record.matched_by) == (reference, matched)
    assert record.services
    assert record.contacts


def test_it_is_given_the_candidates_when_several_customers_match() -> None:
    no = refused(clients.siskas().find_customer, "email", "seseorang@artamandala.example")
    assert no.code == "AMBIGUOUS"
    assert {candidate["segment"] for candidate in no.data["candidates"]} == {"DES", "DBS"}


@pytest.mark.parametrize("value", ["orang@tidak-dikenal.example", "orang@surel.example"])
def test_it_does_not_guess_a_customer_from_a_public_domain(value) -> None:
    assert refused(clients.siskas().find_customer, "email", value).code == "NOT_FOUND"


def test_it_reads_a_data_service_with_its_segment() -> None:
    service = clients.tenoss().service(seed.DWS_SERVICE)
    assert (service.customer.segment, service.name) == ("DWS", "IP Transit")
    assert refused(clients.tenoss().service, seed.UNKNOWN_SID).code == "NOT_FOUND"


# --- tools -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("sid", "states"),
    [
        (seed.DES_HEALTHY, {Condition.NORMAL}),
        (seed.DES_DOWN_VPN, {Condition.FAULT}),
        (seed.DGS_DOWN, {Condition.FAULT}),
    ],
)
def test_the_data_tools_agree_about_a_service(sid, states) -> None:
    service = clients.tenoss().service(sid)
    verdicts = [
        clients.telkom_center().topology(sid).verdict(),
        clients.mrtg().traffic(sid).verdict(),
        clients.securecrt().check(service.node, service.port, Command.INTERFACE_STATUS).verdict(),
    ]
    assert {verdict.state for verdict in verdicts} == states
    assert all(verdict.summary.endswith(".") and verdict.measures for verdict in verdicts)


@pytest.mark.parametrize(
    ("number", "line", "account"),
    [
        (seed.DBS_HEALTHY, Condition.NORMAL, Condition.NORMAL),
        (seed.DBS_UNSTABLE, Condition.FAULT, Condition.NORMAL),
        (seed.DCS_LOS, Condition.FAULT, Condition.NORMAL),
        (seed.DBS_ISOLATED, Condition.NORMAL, Condition.UNKNOWN),
    ],
)
def test_the_line_and_the_bill_tell_a_fault_from_an_unpaid_bill(number, line, account) -> None:
    assert clients.embassy().line(number).verdict().state == line
    assert clients.epayment().bills(number).verdict().state == account


def test_a_tool_says_what_it_does_not_know() -> None:
    unreachable = clients.tenoss().service(seed.DES_UNREACHABLE)
    check = clients.securecrt().check
    assert refused(check, unreachable.node, unreachable.port, Command.PING_CUSTOMER).code == "NO_ROUTE"
    assert refused(clients.mrtg().traffic, seed.DES_UNREACHABLE).code == "NOT_FOUND"
    assert refused(clients.embassy().line, seed.DES_HEALTHY).code == "NOT_FOUND"
    assert refused(clients.epayment().bills, "0000").code == "NOT_FOUND"
    assert refused(clients.telkom_center().topology, seed.UNKNOWN_SID).code == "NOT_FOUND"


# --- coordination group ----------------------------------------------------------------------------------------------
def test_it_posts_once_and_reads_the_replies() -> None:
    group = clients.coordination()
    posted = group.post("KOORDINASI-DCS", "Mohon bantuan", "TN0000001", key="outbox-1")
    assert group.post("KOORDINASI-DCS", "Mohon bantuan", "TN0000001", key="outbox-1") == posted
    assert group.replies(posted.message) == ()
    control._ask(
        "coordination", "POST", "coordination/reply", {"message": posted.message, "text": "Siap, kami tangani."}
    )
    (reply,) = group.replies(posted.message)
    assert reply.text == "Siap, kami tangani."
    assert refused(group.replies, "MSG-999999").code == "NOT_FOUND"


# --- the common contract ---------------------------------------------------------------------------------------------
def test_who_asks_and_by_which_clause_goes_along(simulators, ticket) -> None:
    clients.mycx(Origin("rini", "W-05 1.2.8")).create_ticket(ticket, key="case-1")
    (call,) = simulators.calls("mycx.create_ticket")
    assert (call["actor"], call["clause"], call["key"], call["method"]) == ("rini", "W-05 1.2.8", "case-1", "POST")


def test_a_wrong_token_is_refused(settings, ticket) -> None:
    settings.SYSTEMS["mycx"]["token"] = "salah"
    assert refused(clients.mycx().create_ticket, ticket, key="case-1").code == "UNAUTHORISED"
    assert not clients.nossa().changes(0)


def test_a_write_without_a_key_is_never_sent(simulators, ticket) -> None:
    with pytest.raises(ValueError, match="idempotency key"):
        clients.mycx().create_ticket(ticket, key="")
    assert not simulators.calls("mycx")


def test_a_system_that_is_not_there_is_unavailable(settings, ticket) -> None:
    settings.SYSTEMS["mycx"]["url"] = "http://127.0.0.1:9/mycx"
    with pytest.raises(Unavailable, match="MyCX") as caught:
        clients.mycx().create_ticket(ticket, key="case-1")
    assert caught.value.code == "UNAVAILABLE"
