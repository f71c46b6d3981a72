"""The 147 call: entry, identity before disclosure, lists, way out, back-end, super emergency (W-26 5.2, 5.3; 7.1)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from segmentation import classes
from segmentation.customers import Customer
from segmentation.lists import ListEntry
from tenesa.accounts.models import SYSTEM, PresenceState, User
from tenesa.accounts.presence import change_presence
from tenesa.accounts.roles import Role
from tenesa.commitments.models import Commitment
from tenesa.escalation.models import Escalation
from tenesa.knowledge import drafts
from tenesa.knowledge.models import Script
from tenesa.rupiah import in_rupiah
from tenesa.systems.models import ExternalCall
from tenesa.systems.simulator import seed
from tenesa.timers.models import Timer
from tenesa.workflow.errors import InvalidInput, NotNow, NotYourStep
from tenesa.workflow.perform import perform
from tenesa.workspace.suggestions import suggested
from tests.journeys.desk import Outside
from tests.platform.test_api import client as rest
from tests.refusals import everything
from tests.segmentation import entries
from tests.ui.test_frame import signed_in
from tests.vvip import desk
from vvip import services
from vvip.calls.desk import CallDesk
from vvip.calls.page import beside
from vvip.calls.states import Category, Kind, Source, State
from vvip.models import Callback, SpecialCase

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_hours")]
BACKEND = {"reason": "Mohon perbaikan port, pelanggan belum pulih."}


# --- V-01: entry -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("typed", "column", "kept"),
    [
        ("122055500001", "internet_number", "122055500001"),
        ("+62 21 5550 1234", "phone_number", "02155501234"),
        ("021/55501234", "phone_number", "02155501234"),
        ("in10482213", "ticket_number", "IN10482213"),
    ],
)
def test_one_field_takes_any_number_in_one_normal_form(sari: User, typed: str, column: str, kept: str) -> None:
    call = services.record(sari, {"number": typed, "report": "Mati."}, owner=sari)[0]
    assert getattr(call, column) == kept
    assert call.state == State.REPORTED


@pytest.mark.parametrize("typed", ["", "abc", "12"])
def test_no_number_is_no_call(sari: User, typed: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        services.record(sari, {"number": typed, "report": "Mati."}, owner=sari)
    assert set(refused.value.errors) == {"number"}
    assert not SpecialCase.objects.exists()


def test_none_one_and_many_have_their_page(sari: User) -> None:
    browser = signed_in(sari)
    nobody = browser.post("/calls/new/", {"number": "081299990000", "report": "Mati."})
    first = SpecialCase.objects.latest("pk")
    assert nobody["Location"] == f"/calls/{first.pk}/who/"
    entries.customer("3000901")
    entries.customer("3000902", name="Bonar Nababan")
    many = browser.post("/calls/new/", {"number": entries.PHONE, "report": "Mati."})
    call = SpecialCase.objects.latest("pk")
    assert call.customer is None
    page = browser.get(many["Location"]).content.decode()
    assert 'data-key="1"' in page
    assert 'data-key="2"' in page
    chosen = browser.post(many["Location"], {"number": "", "customer": str(call.matches()[1].customer.pk)})
    assert chosen["Location"] == call.get_absolute_url()
    assert desk.again(call).customer.name == "Bonar Nababan"
    desk.customer(reference="3000903")
    one = browser.post("/calls/new/", {"number": entries.INTERNET, "report": "Mati."})
    assert one["Location"] == SpecialCase.objects.latest("pk").get_absolute_url()


def test_a_line_is_known_also_to_whom_calls_from_their_telephone(sari: User) -> None:
    """Else two lines of one customer would be one matter, and no ticket could be opened."""
    desk.customer()
    assert str(desk.recorded(sari).service).startswith(desk.INTERNET)


def test_who_is_not_known_here_is_found_by_siskas(systems: Outside, sari: User) -> None:
    number = seed.DBS_UNSTABLE
    call = services.record(sari, {"number": number, "report": "Putus-putus."}, owner=sari)[0]
    assert call.customer is None
    desk.deliver(call)
    assert len(desk.again(call).matches()) == 1


def test_the_one_customer_of_a_number_is_taken_by_the_step_that_asks_them(systems: Outside, sari: User) -> None:
    call = services.record(sari, {"number": seed.DBS_UNSTABLE, "report": "Putus-putus."}, owner=sari)[0]
    with pytest.raises(NotNow):
        perform(call, "start_verification", actor=sari)
    desk.deliver(call)
    call = desk.again(call)
    match = call.only_match()
    assert call.customer is None
    assert match is not None
    page = signed_in(sari).get(call.get_absolute_url())
    row, _why = suggested(CallDesk.suggestions, call, CallDesk().steps)
    assert row is not None
    assert row.step == "start_verification"
    assert match.customer.name in page.content.decode()
    call = perform(call, "start_verification", actor=sari)
    assert (call.customer, call.service, call.verified_at) == (match.customer, match.service, None)


# --- screen-pop ------------------------------------------------------------------------------------------------------
def _event(agent: str, **changes: Any) -> dict[str, Any]:
    return {"call_id": "CTI-1", "number": "0812-0000-4401", "agent": agent, "at": timezone.now().isoformat(), **changes}


@pytest.fixture
def cti(db: None) -> User:
    return desk.person("cti", Role.API_CLIENT)


def test_a_call_rings_once_for_its_agent(sari: User, cti: User) -> None:
    entries.customer()
    api = rest(cti)
    first = api.post("/api/v1/screen-pops/", _event("sari", category="VVIP"), format="json")
    again = api.post("/api/v1/screen-pops/", _event("sari"), format="json")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    call = SpecialCase.objects.get()
    assert (call.owner, call.category, call.caller_number) == (sari, Category.VVIP, "081200004401")
    ringing = signed_in(sari).get("/calls/ringing/").content.decode()
    assert call.get_absolute_url() in ringing
    perform(call, "note_report", actor=sari, data={"topic": "FAULT", "report": "Mati."})
    assert call.number not in signed_in(sari).get("/calls/ringing/").content.decode()
    other = api.post("/api/v1/screen-pops/", _event("sari", number="0812-0000-9999"), format="json")
    assert other.status_code == 409
    assert SpecialCase.objects.count() == 1


@pytest.mark.parametrize("agent", ["tidak-ada", "pulang"])
def test_a_call_for_nobody_at_work_waits_at_the_desk(sari: User, cti: User, agent: str) -> None:
    from tests import factories

    factories.person("pulang", Role.AGENT_147, desk_code=services.DESK, ready=False)
    answer = rest(cti).post("/api/v1/screen-pops/", _event(agent), format="json")
    assert (answer.status_code, answer.json()["owner"]) == (201, None)
    call = SpecialCase.objects.get()
    perform(call, "take", actor=sari)
    assert desk.again(call).owner == sari


def test_only_the_cti_rings(sari: User, cti: User) -> None:
    assert rest(sari).post("/api/v1/screen-pops/", _event("sari"), format="json").status_code == 403
    bad = rest(cti).post("/api/v1/screen-pops/", {"call_id": "x"}, format="json")
    assert (bad.status_code, {"number", "agent", "at"} <= set(bad.json()["errors"])) == (422, True)
    assert not SpecialCase.objects.exists()


def test_another_system_records_a_call(sari: User, cti: User) -> None:
    desk.customer()
    made = rest(cti).post("/api/calls/", {"number": entries.INTERNET, "report": "Mati."}, format="json")
    assert (made.status_code, made.json()["state"], made.json()["owner"]) == (201, State.REPORTED, None)


# --- V-02, V-03: identity before disclosure --------------------------------------------------------------------------
def test_nothing_is_told_before_the_data_match(systems: Outside, sari: User) -> None:
    desk.listed("PUBLIC_FIGURE")
    call = desk.recorded(sari)
    perform(call, "start_verification", actor=sari)
    before = signed_in(sari).get(call.get_absolute_url()).content.decode()
    assert 'id="readings"' not in before
    entry = ListEntry.objects.get()
    assert entry.label not in before
    call = perform(call, "confirm_identity", actor=sari, data=desk.ASKED)
    assert (call.kind, call.questions_matched) == (Kind.VVIP, ["name", "address"])
    assert entry.label in signed_in(sari).get(call.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("asked", "matched"),
    [(["name", "mail"], ["name", "mail"]), (["name", "mail", "contact"], ["name"]), (["name"], ["mail"])],
)
def test_too_few_questions_check_no_list(sari: User, asked: list[str], matched: list[str]) -> None:
    desk.customer()
    call = perform(desk.recorded(sari), "start_verification", actor=sari)
    before = everything()
    with pytest.raises(InvalidInput):
        perform(call, "confirm_identity", actor=sari, data={"asked": asked, "matched": matched})
    assert everything() == before


def test_how_many_questions_is_a_setting(sari: User, settings: Settings) -> None:
    settings.W26 = {**settings.W26, "questions_asked": 1, "questions_matched": 1}
    desk.customer()
    call = perform(desk.recorded(sari), "start_verification", actor=sari)
    call = perform(call, "confirm_identity", actor=sari, data={"asked": ["name"], "matched": ["name"]})
    assert call.state == State.LIST_CHECKED


def test_data_that_do_not_match_close_the_call(sari: User) -> None:
    desk.listed()
    call = perform(desk.recorded(sari), "start_verification", actor=sari)
    call = perform(call, "fail_verification", actor=sari, data={"asked": ["name"], "matched": [], "note": "Orang lain"})
    assert (call.state, call.outcome, call.kind) == (State.CLOSED, "UNVERIFIED", "")
    assert not Timer.objects.filter(procedure=call.procedure_name(), state="RUNNING").exists()


def test_the_last_bill_is_told_by_e_payment_and_no_identity_card_is_asked(systems: Outside, sari: User) -> None:
    call = services.record(sari, {"number": seed.DBS_ISOLATED, "report": "Terisolir."}, owner=sari)[0]
    desk.deliver(call)
    call = perform(call, "start_verification", actor=sari)
    desk.deliver(call)
    page = signed_in(sari).get(call.get_absolute_url()).content.decode()
    bill = ExternalCall.objects.filter(system="epayment").latest("created_at").answer["account"]["bills"][0]
    assert in_rupiah(bill["amount"]) in page
    assert 'value="last_bill"' in page
    assert 'value="identity"' not in page
    with pytest.raises(InvalidInput):
        perform(call, "confirm_identity", actor=sari, data={"asked": ["name", "mail", "identity"], "matched": ["name"]})


def test_what_else_is_open_says_since_when_until_when_and_whose_it_is(sari: User, rini: User) -> None:
    desk.customer()
    first = desk.checked(sari)
    hidden = desk.at_desk_of(rini, desk.recorded(sari))
    SpecialCase.objects.filter(pk=hidden.pk).update(owner=rini, opened_at=timezone.now() - timedelta(days=2, hours=3))
    links = {link.number: link for group in beside(first, sari) for link in group.links}
    told = str(links[hidden.number].more)
    assert links[hidden.number].url == ""
    assert "2 h 3 j" in told
    assert str(rini) in told
    assert "tenggat" in told
    assert told in signed_in(sari).get(first.get_absolute_url()).content.decode()


# --- V-04: CTI and lists ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("category", "criterion", "source", "kind"),
    [
        ("VVIP", "PUBLIC_FIGURE", Source.BOTH, Kind.VVIP),
        ("VVIP", "", Source.CONFLICT, Kind.VVIP),
        ("REGULAR", "PUBLIC_FIGURE", Source.CONFLICT, Kind.VVIP),
        ("REGULAR", "NO_UNISOLATE", Source.BOTH, Kind.SPECIAL),
        ("NOENTRY", "PUBLIC_FIGURE", Source.TAG, Kind.VVIP),
        ("DOWN", "PUBLIC_FIGURE", Source.TAG, Kind.VVIP),
        ("DOWN", "", Source.TAG, Kind.NOT_LISTED),
    ],
)
@pytest.mark.parametrize("late", [False, True])
def test_the_higher_class_counts(
    sari: User, category: str, criterion: str, source: str, kind: str, *, late: bool
) -> None:
    if criterion:
        desk.listed(criterion)
    else:
        desk.customer()
    call = perform(desk.recorded(sari), "start_verification", actor=sari)
    if not late:
        perform(call, "keep_category", actor=SYSTEM, category=category)
    call = perform(call, "confirm_identity", actor=sari, data=desk.ASKED)
    if late:
        call = perform(call, "keep_category", actor=SYSTEM, category=category)
    assert (call.category_source, call.kind) == (source, kind)


def test_a_late_vvip_leads_from_the_analysis_to_the_way_out(sari: User) -> None:
    desk.customer()
    desk.way_out()
    call = perform(desk.checked(sari), "analyse", actor=sari, data={"analysis": "ONT mati."})
    with pytest.raises(NotNow):
        perform(call, "read_way_out", actor=sari, data={})
    perform(call, "keep_category", actor=SYSTEM, category="VVIP")
    assert perform(call, "read_way_out", actor=sari, data=desk.script_read()).state == State.WAYOUT_READ


def test_cti_down_is_flagged(systems: Outside, sari: User) -> None:
    desk.listed("PUBLIC_FIGURE")
    call = desk.checked(sari)
    systems.fault("cti", "category", "http_500")
    desk.deliver(call)
    assert desk.again(call).category == Category.DOWN
    assert "CTI tidak menjawab" in signed_in(sari).get(call.get_absolute_url()).content.decode()


def test_special_and_vvip_take_the_vvip_path_and_keep_the_order(sari: User) -> None:
    desk.listed("NO_UNISOLATE")
    author, other = User.objects.get(username="pengusul"), User.objects.get(username="penyetuju")
    entries.approved(author, other, "PUBLIC_FIGURE")
    call = desk.checked(sari)
    assert (call.kind, call.action, call.tier) == (Kind.VVIP, "TO_PLASA", 1)
    assert call.decided_by_entry == ListEntry.objects.get(criterion="NO_UNISOLATE").number


# --- V-05, V-06: the way out -----------------------------------------------------------------------------------------
def test_no_script_no_callback(sari: User) -> None:
    desk.listed()
    call = desk.checked(sari)
    with pytest.raises(NotNow):
        perform(call, "read_way_out", actor=sari, data={"version": 1})
    assert "Skrip way out belum ada" in signed_in(sari).get(call.get_absolute_url()).content.decode()
    with pytest.raises(NotNow):
        perform(call, "queue_callback", actor=sari, data={})


def test_a_material_change_is_read_first(sari: User) -> None:
    desk.listed()
    made: Script = desk.way_out()
    author, other = User.objects.get(username="penulis"), User.objects.get(username="penerbit")
    drafts.approve(drafts.draft(made.article, "Way Out", "Baru.", by=author, note="baru"), other, material=True)
    call = desk.checked(sari)
    with pytest.raises(NotNow) as refused:
        perform(call, "read_way_out", actor=sari, data={"version": 2, "opened_at": timezone.now(), "read": True})
    assert "2" in refused.value.reasons[0]
    assert f"/knowledge/scripts/{made.article.slug}/" in signed_in(sari).get(call.get_absolute_url()).content.decode()


def test_the_script_is_open_since_it_was_first_shown(sari: User) -> None:
    desk.listed()
    desk.way_out()
    call = desk.checked(sari)
    page = signed_in(sari)
    first, second = (page.get(call.get_absolute_url()).context["offers"] for _turn in range(2))
    opened = [
        next(o for o in each if o.step.name == "read_way_out").form["opened_at"].value() for each in (first, second)
    ]
    assert opened[0] == opened[1]


@pytest.mark.parametrize(
    ("opened", "kept"),
    [
        (timedelta(days=-400), False),
        (timedelta(minutes=-9), False),  # before the call came in
        (timedelta(seconds=-20), True),
        (timedelta(minutes=2), False),
        (None, False),
    ],
)
def test_a_script_read_elsewhere_was_opened_on_this_call(
    sari: User, freezer: Any, opened: timedelta | None, *, kept: bool
) -> None:
    desk.listed()
    desk.way_out()
    call, now = desk.checked(sari), timezone.now() + timedelta(minutes=5)
    freezer.move_to(now)
    given = {**desk.script_read(), "opened_at": now + opened if opened else ""}
    answer = rest(sari).post(f"/api/calls/{call.pk}/steps/read_way_out/", given, format="json")
    if kept:
        assert answer.status_code == 200
        assert desk.again(call).script_opened_at == given["opened_at"]
    else:
        assert (answer.status_code, set(answer.json()["errors"])) == (422, {"opened_at"})
        assert desk.again(call).state == State.LIST_CHECKED


def test_a_script_is_not_read_before_it_is_published(sari: User, freezer: Any) -> None:
    desk.listed()
    made = desk.way_out()
    call, now = desk.checked(sari), timezone.now()
    freezer.move_to(now + timedelta(minutes=5))
    author, other = User.objects.get(username="penulis"), User.objects.get(username="penerbit")
    drafts.approve(drafts.draft(made.article, "Way Out", "Baru.", by=author, note="baru"), other, material=False)
    given = {"version": 2, "opened_at": now + timedelta(minutes=4), "read": True}
    with pytest.raises(InvalidInput) as refused:
        perform(call, "read_way_out", actor=sari, data=given)
    assert set(refused.value.errors) == {"opened_at"}


def test_what_the_house_saw_counts_whatever_a_client_says(sari: User) -> None:
    desk.listed()
    desk.way_out()
    call = desk.checked(sari)
    offers = signed_in(sari).get(call.get_absolute_url()).context["offers"]
    shown = next(offer for offer in offers if offer.step.name == "read_way_out").form["opened_at"].value()
    given = {**desk.script_read(), "opened_at": timezone.now() - timedelta(days=30)}
    call = perform(call, "read_way_out", actor=sari, data=given)
    assert call.script_opened_at == datetime.fromisoformat(shown)


# --- what the customer is told of the callback ------------------------------------------------------------------------
def test_the_agent_reads_when_the_callback_is_due_in_the_customers_time(sari: User, settings: Settings) -> None:
    desk.listed("PUBLIC_FIGURE")
    Customer.objects.update(witel="DENPASAR")
    desk.way_out()
    callback = desk.queued(sari)
    due = timezone.localtime(callback.due_at)
    page = signed_in(sari).get(callback.call.get_absolute_url()).content.decode()
    assert f"{due + timedelta(hours=1):%H.%M} WITA (" in page
    assert f"{due:%H.%M} WIB)" in page


def test_an_appointment_is_told_as_from_and_to(sari: User) -> None:
    desk.listed("PUBLIC_FIGURE")
    desk.way_out()
    begins = timezone.now().replace(second=0, microsecond=0) + timedelta(hours=2)
    callback = desk.queued(sari, wish_from=begins)
    local = timezone.localtime(begins)
    page = signed_in(sari).get(callback.call.get_absolute_url()).content.decode()
    for moment in (local, local + callback.target):
        assert f"{moment:%H.%M} WIB" in page


# --- wishes in the customer's time -----------------------------------------------------------------------------------
def test_a_wish_is_read_in_the_customers_zone_and_shown_with_ours_beside(sari: User) -> None:
    desk.listed("PUBLIC_FIGURE")
    Customer.objects.update(witel="JAYAPURA")
    desk.way_out()
    call = desk.told_way_out(sari)
    page = signed_in(sari).get(call.get_absolute_url()).content.decode()
    assert re.search(r"\d\d\.\d\d WIT, .*\d\d\.\d\d WIB", page)
    there = timezone.localtime(timezone.now() + timedelta(hours=3), ZoneInfo("Asia/Jayapura")).replace(second=0)
    given = {"number_to_call": desk.PHONE, "contact_name": "Wulan", "wish_from": f"{there:%Y-%m-%dT%H:%M}"}
    perform(call, "queue_callback", actor=sari, data=given)
    callback = call.callbacks.get()
    assert callback.wish_from == there.replace(microsecond=0)
    tio = desk.person("tio", Role.AGENT_TIER2)
    shown = signed_in(tio).get(callback.get_absolute_url()).content.decode()
    ours = timezone.localtime(there)
    assert f"{there:%H.%M} WIT (" in shown
    assert f"{ours:%H.%M} WIB)" in shown


def test_a_wish_with_an_offset_of_its_own_stands(sari: User) -> None:
    desk.listed("PUBLIC_FIGURE")
    Customer.objects.update(witel="JAYAPURA")
    desk.way_out()
    call = desk.told_way_out(sari)
    begins = timezone.now().replace(microsecond=0) + timedelta(hours=2)
    given = {"number_to_call": desk.PHONE, "contact_name": "Wulan", "wish_from": begins.isoformat()}
    perform(call, "queue_callback", actor=sari, data=given)
    assert call.callbacks.get().wish_from == begins


def test_a_repeated_call_joins_and_leads_to_the_one_that_waits(sari: User) -> None:
    desk.listed()
    desk.way_out()
    callback = desk.queued(sari)
    second = desk.checked(sari)
    answer = signed_in(sari).post(f"/calls/{second.pk}/steps/join_callback/", {})
    assert answer["Location"] == callback.call.get_absolute_url()
    assert (desk.again(second).state, desk.again(callback).calls) == (State.CLOSED, 2)
    helped = perform(callback.call, "help_now", actor=sari, data={**desk.ASKED, "analysis": "Modem.", "solution": ""})
    assert (helped.state, helped.owner) == (State.T1_ANALYSED, sari)
    assert desk.again(callback).state == "CANCELLED"


# --- un-isolation ----------------------------------------------------------------------------------------------------
def test_no_unisolation_is_declined_with_the_way_to_plasa(sari: User) -> None:
    desk.listed("NO_UNISOLATE")
    call = desk.checked(sari, topic="UNISOLATE")
    with pytest.raises(NotNow) as refused:
        perform(call, "ask_unisolation", actor=sari)
    assert "Plasa" in refused.value.reasons[0]
    assert not ExternalCall.objects.filter(system="coordination").exists()


def test_others_may_be_unisolated(sari: User) -> None:
    desk.listed("HARD_COMPLAINT")
    perform(desk.checked(sari, topic="UNISOLATE"), "ask_unisolation", actor=sari)
    assert ExternalCall.objects.filter(system="coordination", operation="post").count() == 1


# --- V-13, V-14, V-15, V-21: the agent's own analysis, the back-end --------------------------------------------------
def _asked(agent: User) -> SpecialCase:
    desk.customer()
    call = perform(desk.checked(agent), "analyse", actor=agent, data={"analysis": "Kabel putus."})
    return perform(call, "ask_for_backend", actor=agent, data=BACKEND)


def test_the_systems_are_read_and_shown_at_a_glance(systems: Outside, sari: User) -> None:
    desk.customer()
    call = desk.checked(sari)
    systems.fault("embassy", "line", "http_500")
    desk.deliver(call)
    page = signed_in(sari).get(f"/calls/{call.pk}/part/readings/").content.decode()
    for system in ("cti-category", "mycx-search", "nossa-search_by_service", "embassy-line", "epayment-bills"):
        assert f'id="reading-{system}"' in page
    again = perform(call, "read_systems", actor=sari)
    assert ExternalCall.objects.filter(case_id=again.pk, system="embassy").count() == 2


def test_returned_with_a_note_it_is_the_agents_again(sari: User, lina: User) -> None:
    call = _asked(sari)
    perform(Escalation.objects.get(), "send_back", actor=lina, data={"note": "Cek ONT dahulu."})
    call = desk.again(call)
    assert (call.state, call.owner) == (State.T1_ANALYSED, sari)
    assert "Cek ONT dahulu." in call.remark


def test_the_leader_sees_what_is_decided_and_has_a_quarter_of_an_hour(sari: User, lina: User) -> None:
    _asked(sari)
    page = signed_in(lina).get(Escalation.objects.get().get_absolute_url()).content.decode()
    assert "Kabel putus." in page
    asked = Escalation.objects.get()
    clock = Timer.objects.get(procedure="escalation.escalation", name="decision_team_leader")
    assert clock.due_at - clock.started_at == timedelta(minutes=15)
    desk.person("hendra", Role.SUPERVISOR)
    perform(asked, "raise_overdue", actor=SYSTEM)
    clock = Timer.objects.get(procedure="escalation.escalation", name="decision_supervisor")
    assert clock.due_at - clock.started_at == timedelta(minutes=15)


def test_tier1_does_not_decide_about_itself(sari: User) -> None:
    _asked(sari)
    with pytest.raises(NotYourStep):
        perform(Escalation.objects.get(), "approve", actor=sari, data={"note": ""})


def test_the_leader_takes_it_over(sari: User, lina: User) -> None:
    call = _asked(sari)
    perform(Escalation.objects.get(), "take_over", actor=lina, data={"note": "Saya bantu."})
    assert (desk.again(call).state, desk.again(call).owner) == (State.T1_ANALYSED, lina)


def test_the_units_answer_comes_by_rest(sari: User, lina: User, cti: User) -> None:
    call = _asked(sari)
    perform(Escalation.objects.get(), "approve", actor=lina, data={"note": ""})
    address = f"/api/calls/{call.pk}/steps/take_result/"
    given = {"answer": "Kabel disambung.", "solved": True}
    assert rest(cti).post(address, given, format="json").status_code == 200
    assert rest(cti).post(address, given, format="json").status_code == 409
    assert desk.again(call).state == State.CLOSED


def test_the_units_answer_comes_through_the_escalation(sari: User, lina: User) -> None:
    call = _asked(sari)
    perform(Escalation.objects.get(), "approve", actor=lina, data={"note": ""})
    perform(Escalation.objects.get(), "take_answer", actor=SYSTEM, answer="Port normal.")
    call = desk.again(call)
    assert (call.state, call.backend_answer) == (State.T1_ANALYSED, "Port normal.")
    assert Timer.objects.filter(procedure=call.procedure_name(), name="handle", state="RUNNING").exists()


# --- V-12, V-22: super emergency -------------------------------------------------------------------------------------
def test_news_are_promised_kept_and_promised_again(sari: User, tio: User, lina: User) -> None:
    call = desk.emergency(sari, tio, lina)
    promise = Commitment.objects.get(kind="news")
    assert promise.until - promise.made_at <= timedelta(hours=2)
    assert call.owner == tio
    with pytest.raises(NotNow):
        perform(call, "tell_news", actor=desk.person("rudi", Role.AGENT_TIER2), data={"news": "Masih dikerjakan."})
    perform(call, "tell_news", actor=tio, data={"news": "Teknisi di lokasi."})
    assert sorted(Commitment.objects.values_list("state", flat=True)) == ["KEPT", "OPEN"]


@pytest.mark.parametrize("place", [State.BACKEND, State.CALLBACK_QUEUED, State.T1_ANALYSED])
def test_a_broken_promise_asks_the_leader_until_the_news_are_told(
    systems: Outside, sari: User, tio: User, lina: User, place: State
) -> None:
    """Wherever the call is: also where the back-end did not solve it, and nobody has it yet."""
    call = desk.emergency(sari, tio, lina)
    if place != State.BACKEND:
        change_presence(tio, PresenceState.OFFLINE)
        perform(call, "take_result", actor=lina, data={"answer": "Port sehat.", "solved": False})
    if place == State.T1_ANALYSED:
        perform(
            call, "help_now", actor=sari, data={**desk.ASKED, "analysis": "Pelanggan menelepon lagi.", "solution": ""}
        )
    late = timezone.now() - timedelta(minutes=1)
    SpecialCase.objects.filter(pk=call.pk).update(news_due=late)
    Commitment.objects.update(made_at=late - timedelta(hours=2), until=late)
    perform(call, "miss_news", actor=SYSTEM)
    asked = Escalation.objects.get(state="ASKED")
    assert (asked.level, asked.unit) == ("TEAM_LEADER", "")
    assert Commitment.objects.get().state == "EXPIRED"
    perform(call, "tell_news", actor=tio, data={"news": "Teknisi di lokasi."})
    from tenesa.escalation import services as escalations

    escalations.withdraw_moot(call.procedure_name(), call.pk)
    assert not Escalation.objects.filter(state="ASKED").exists()
    assert desk.again(call).state == place


def test_it_ends_at_the_latest_thirty_days_after_closure(sari: User, tio: User, lina: User) -> None:
    call = desk.emergency(sari, tio, lina)
    assert classes.class_of(customer=call.customer).super_emergency
    call = perform(call, "take_result", actor=lina, data={"answer": "Port diganti.", "solved": True})
    assert (call.state, call.is_super_emergency) == (State.CLOSED, True)
    clock = Timer.objects.get(procedure=call.procedure_name(), name="super_end", state="RUNNING")
    assert timedelta(days=29) < clock.due_at - timezone.now() <= timedelta(days=30)
    again = desk.checked(sari)  # who calls meanwhile stands first
    assert again.tier == 0
    call = perform(call, "end_by_time", actor=SYSTEM)
    assert not call.is_super_emergency
    assert not classes.class_of(customer=call.customer).super_emergency


def test_a_leader_ends_it_with_a_reason_or_names_another_owner(sari: User, tio: User, lina: User) -> None:
    call = desk.emergency(sari, tio, lina)
    perform(call, "name_owner", actor=lina, data={"owner": lina.pk, "reason": "Saya kawal."})
    assert desk.again(call).emergency_owner == lina
    with pytest.raises(NotYourStep):
        perform(call, "end_emergency", actor=tio, data={"note": "Selesai."})
    perform(call, "end_emergency", actor=lina, data={"note": "Pelanggan puas."})
    assert not classes.class_of(customer=call.customer).super_emergency


def test_no_super_emergency_without_approval(sari: User, tio: User, lina: User) -> None:
    desk.listed("PUBLIC_FIGURE")
    desk.way_out()
    callback = desk.reached(tio, desk.queued(sari))
    perform(callback, "escalate_by_sop", actor=tio, data={"how": "GROUP", "text": "Mohon prioritas."})
    perform(callback, "confirm_escalation", actor=SYSTEM)
    perform(callback, "ask_for_emergency", actor=tio, data=BACKEND)
    assert not desk.again(callback.call).is_super_emergency
    perform(Escalation.objects.get(), "send_back", actor=lina, data={"note": "Belum perlu."})
    assert desk.again(callback.call).state == State.T2_ESCALATED
    assert not classes.class_of(customer=callback.customer).super_emergency


# --- separation, budget ----------------------------------------------------------------------------------------------
def test_tier1_cannot_claim_callbacks(sari: User) -> None:
    desk.listed()
    desk.way_out()
    with pytest.raises(NotYourStep):
        perform(desk.queued(sari), "claim", actor=sari)


def test_the_page_of_a_call_costs_a_bounded_number_of_questions(
    systems: Outside, sari: User, django_assert_max_num_queries: Any
) -> None:
    desk.listed("PUBLIC_FIGURE")
    desk.way_out()
    call = desk.checked(sari)
    desk.deliver(call)
    browser: Client = signed_in(sari)
    browser.get(call.get_absolute_url())
    with django_assert_max_num_queries(21):
        browser.get(call.get_absolute_url())


def test_a_wish_of_more_than_twelve_hours_is_refused(sari: User) -> None:
    """It beats the hours in which customers may be called, so it may not take a night in by the way."""
    desk.listed()
    desk.way_out()
    call, begins = desk.told_way_out(sari), timezone.now() + timedelta(hours=1)
    given = {"number_to_call": desk.PHONE, "contact_name": "Wulan", "wish_to": begins + timedelta(hours=13)}
    for wish in ({"wish_from": begins}, {}):
        with pytest.raises(InvalidInput) as refused:
            perform(call, "queue_callback", actor=sari, data={**given, **wish})
        assert set(refused.value.errors) == {"wish_to"}
    assert desk.again(call).state == State.WAYOUT_READ


def test_what_was_ticked_counts_more_than_the_button(sari: User) -> None:
    desk.customer()
    call = perform(desk.recorded(sari), "start_verification", actor=sari)
    ticked = {"asked": ["name", "address", "mail"], "matched": ["name", "mail"], "all_matched": "name address contact"}
    call = perform(call, "confirm_identity", actor=sari, data=ticked)
    assert (call.questions_asked, call.questions_matched) == (["name", "address", "mail"], ["name", "mail"])
    other = perform(desk.recorded(sari, internet_number="", phone_number=desk.PHONE), "start_verification", actor=sari)
    for strange in ("name name name", "name mother", "x"):
        with pytest.raises(InvalidInput):
            perform(other, "confirm_identity", actor=sari, data={"all_matched": strange})


def test_a_second_call_is_joined_first(sari: User) -> None:
    desk.listed("PUBLIC_FIGURE")
    desk.way_out()
    desk.queued(sari)
    call = perform(desk.recorded(sari), "start_verification", actor=sari)
    call = perform(call, "confirm_identity", actor=sari, data=desk.ASKED)
    row, why = suggested(CallDesk.suggestions, desk.again(call), CallDesk().steps)
    assert row is not None
    assert row.step == "join_callback"
    assert Callback.objects.get().number in str(why)
