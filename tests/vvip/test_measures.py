"""What is measured of W-26 and listed for the reports: counts by hand, and every row behind them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from segmentation.lists import ListEntry
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.escalation.models import Escalation
from tenesa.reporting import lists, measuring
from tenesa.reporting.measuring import measure_new
from tenesa.reporting.models import Measurement
from tenesa.reporting.registry import Measured, listings
from tenesa.reporting.report_query import ReportQuery
from tenesa.timers import targets
from tenesa.timers.models import Target
from tenesa.workflow.perform import perform
from tests.journeys.desk import Outside
from tests.segmentation import entries
from tests.vvip import audits, desk
from vvip import measures
from vvip.callbacks.states import PICKUP, TARGETS, Tier
from vvip.calls.paths import Wrong
from vvip.calls.states import Outcome
from vvip.measures import ANSWERED, EDUCATION, EMERGENCIES, ESCALATION, PICKED, REACHED, RIGHT, SOLVED
from vvip.models import Audit, Callback, SpecialCase

pytestmark = pytest.mark.usefixtures("all_hours")
NOW = timezone.now()


@pytest.fixture(autouse=True)
def quick_readers(settings: Settings) -> None:
    """The tests read a script in no time; how long it takes is asked where it matters."""
    settings.W26 = {**settings.W26, "script_seconds": 0}


@pytest.fixture(autouse=True)
def _no_drift(db: None) -> Iterator[None]:
    """Whatever a test did, the tally is what its measurements add up to."""
    yield
    assert list(measuring.drift()) == []


def measured(slug: str) -> list[tuple[bool | None, str, str]]:
    """Met, part and agent of each occurrence, in their order."""
    measure_new()
    rows = Measurement.objects.filter(kpi=slug).order_by("at", "pk").select_related("agent")
    return [(row.met, row.part, row.agent.username if row.agent else "") for row in rows]


def shown(user: User, slug: str) -> list[lists.Row]:
    return lists.page(listings[slug], user, ReportQuery.of({"period": "7d"})).rows


# --- callbacks --------------------------------------------------------------------------------------------------------
class Past:
    """A history as `measuring` reads it: steps with the minute at which they were taken."""

    def __init__(self, step: str, target: str, minute: float, source: str = "", actor: int | None = None) -> None:
        self.step, self.target, self.source, self.actor_id = step, target, source, actor
        self.at, self.seq = NOW + timedelta(minutes=minute), int(minute * 10) + 1
        self.data: dict[str, Any] = {}


def of_callback(first_tier: int, *events: Past) -> list[Measured]:
    row: Any = Callback(pk=1, desk_id="147", first_tier=first_tier)
    due = {event.seq: event.at + timedelta(minutes=TARGETS[Tier(first_tier)]) for event in events}
    return list(measures._of_callback(row, events, due))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("tier", "minute", "met"), [(1, 15, True), (1, 15.5, False), (4, 59, True), (4, 60.5, False), (0, 5.5, False)]
)
def test_a_callback_is_in_time_by_the_target_of_its_tier(tier: int, minute: float, met: bool) -> None:
    found = of_callback(tier, Past("enqueue", "QUEUED", 0), Past("claim", "CLAIMED", minute, "QUEUED", 7))
    assert [(one.kpi, one.met, one.seconds, one.agent_id) for one in found] == [(PICKED.slug, met, int(minute * 60), 7)]


def test_an_appointment_waits_from_its_time_and_what_was_given_back_waits_on() -> None:
    found = of_callback(
        1,
        Past("enqueue", "SCHEDULED", 0),
        Past("come_due", "QUEUED", 100, "SCHEDULED"),
        Past("claim", "CLAIMED", 110, "QUEUED", 7),
        Past("give_back", "QUEUED", 112, "CLAIMED", 7),
        Past("claim", "CLAIMED", 116, "QUEUED", 8),
        Past("connect", "CONNECTED", 118, "DIALLING", 8),
        Past("solve", "DONE", 130, "CONNECTED", 8),
    )
    assert [(one.kpi, one.met, one.agent_id) for one in found] == [
        (PICKED.slug, True, 7), (PICKED.slug, False, 8), (REACHED.slug, True, 8),
    ]  # fmt: skip


def test_nobody_reached_is_missed_and_cancelled_is_not_counted() -> None:
    assert [one.met for one in of_callback(2, Past("expire", "EXPIRED", 5760, "QUEUED"))] == [False]
    assert of_callback(2, Past("cancel", "CANCELLED", 20, "QUEUED")) == []


def test_it_is_in_time_by_the_target_that_held_when_it_came(systems: Outside, sari: User, tio: User) -> None:
    """MANAGEMENT has 60 minutes; an administrator gives it 20."""
    which: dict[str, Any] = {"procedure": "vvip.callback", "name": PICKUP, "segment": "MANAGEMENT"}
    Target.objects.update_or_create(**which, defaults={"minutes": 20})
    targets.forget()
    desk.way_out()
    desk.listed("CUT_REINSTALL")
    callback = desk.queued(sari)
    assert callback.due_at - callback.waits_from == timedelta(minutes=20)
    Target.objects.filter(**which).update(minutes=1)
    targets.forget()
    begun = measures._due_times([callback.pk])[callback.pk]
    assert list(begun.values()) == [callback.due_at]
    entered = Past("enqueue", "QUEUED", 0)
    for minute, met in ((19.9, True), (20.1, False)):
        taken = [entered, Past("claim", "CLAIMED", minute, "QUEUED", 7)]
        due = {entered.seq: entered.at + (callback.due_at - callback.waits_from)}
        (found,) = measures._of_callback(callback, taken, due)  # type: ignore[arg-type]
        assert found.met is met


def test_by_the_real_doors(systems: Outside, sari: User, tio: User) -> None:
    desk.way_out()
    desk.listed("CUT_REINSTALL")
    callback = desk.reached(tio, desk.queued(sari))
    perform(callback, "solve", actor=tio, data={"solution": "Jadwal disepakati.", "informed": True})
    audits.solved(sari, 3)
    assert measured(PICKED.slug) == [(True, "MANAGEMENT", "tio")]
    assert measured(REACHED.slug) == [(True, "MANAGEMENT", "tio")]
    assert measured(SOLVED.slug) == [(True, "SPECIAL", "tio"), (True, "NOT_LISTED", "sari")]
    assert measured(ANSWERED.slug) == []  # typed, not rung


def test_who_was_given_a_callback_has_picked_it(systems: Outside, sari: User, tio: User, lina: User) -> None:
    desk.way_out()
    desk.listed("CUT_REINSTALL")
    perform(desk.queued(sari), "assign", actor=lina, data={"owner": tio.pk})
    assert measured(PICKED.slug) == [(True, "MANAGEMENT", "tio")]


# --- calls ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("seconds", "met"), [(30, True), (31, False)])
def test_a_ringing_call_is_to_be_answered_within_30_seconds(seconds: int, met: bool) -> None:
    row: Any = SpecialCase(pk=1, desk_id="147", channel="CTI")
    events = [Past("record", "REPORTED", 0), Past("take", "REPORTED", seconds / 60, "REPORTED", 7)]
    found = list(measures._of_call(row, events))  # type: ignore[arg-type]
    assert [(one.kpi, one.met, one.seconds) for one in found] == [(ANSWERED.slug, met, seconds)]


@pytest.mark.parametrize(
    ("kind", "outcome", "counted"),
    [
        ("VVIP", Outcome.SOLVED, [True]), ("SPECIAL", Outcome.UNREACHED, [False]),
        ("NOT_LISTED", Outcome.DROPPED, [False]),
        ("SPECIAL", Outcome.ATTACHED, []), ("", Outcome.UNVERIFIED, []),
    ],
)  # fmt: skip
def test_what_counts_as_solved(kind: str, outcome: str, counted: list[bool]) -> None:
    row: Any = SpecialCase(pk=1, desk_id="147", kind=kind, outcome=outcome)
    events = [Past("record", "REPORTED", 0), Past("close", "CLOSED", 9, "SOLVED")]
    assert [one.met for one in measures._of_call(row, events)] == counted  # type: ignore[arg-type]


def test_super_emergencies_are_counted_with_how_long_they_lasted(
    systems: Outside, sari: User, tio: User, lina: User
) -> None:
    desk.way_out()
    desk.listed("PUBLIC_FIGURE")
    callback = desk.reached(tio, desk.queued(sari))
    perform(callback, "escalate_by_sop", actor=tio, data={"how": "GROUP", "text": "Mohon prioritas."})
    desk.deliver()
    perform(callback, "ask_for_emergency", actor=tio, data={"reason": "Belum pulih."})
    perform(Escalation.objects.get(), "approve", actor=lina, data={"note": "Setuju."})
    assert measured(EMERGENCIES.slug) == [(None, "", "tio")]
    (row,) = shown(lina, "w26_super_log")
    assert row.number == callback.call.number
    assert "Tio" in row.values
    assert row.values[1] == "Wul•••ita"  # a VVIP by half: reports leave the house
    assert Measurement.objects.get(kpi=EMERGENCIES.slug).seconds is None
    perform(callback.call, "end_emergency", actor=lina, data={"note": "Pelanggan pulih."})
    measure_new()
    assert Measurement.objects.get(kpi=EMERGENCIES.slug).seconds is not None
    assert shown(desk.person("lain", Role.AGENT_147), "w26_super_log") == []


# --- clause 4 ---------------------------------------------------------------------------------------------------------
def test_audits_are_measured_and_a_correction_takes_the_old_one_out(systems: Outside, sari: User, lina: User) -> None:
    sita = desk.person("sita", Role.SUPERVISOR)
    audits.solved(sari, 1)
    audits.solved(sari, 2)
    audits.drawn(lina)
    first, second = Audit.objects.order_by("pk")
    perform(first, "audit", actor=lina, data=audits.ticks("explained_by_sop"))
    perform(second, "audit", actor=lina, data=audits.ticks())
    assert measured(RIGHT.slug) == [(False, "NOT_LISTED", "sari"), (True, "NOT_LISTED", "sari")]
    assert [met for met, _part, _agent in measured(EDUCATION.slug)] == [False, True]
    assert [met for met, _part, _agent in measured(ESCALATION.slug)] == [True, True]
    assert len(shown(lina, "w26_misses")) == 1
    perform(first, "correct", actor=sita, data={**audits.ticks(), "reason": "Ada di rekaman."})
    assert [met for met, _part, _agent in measured(RIGHT.slug)] == [True, True]
    assert shown(lina, "w26_misses") == []
    assert len(shown(lina, "w26_audits")) == 3


def test_the_share_of_a_sample_is_shown_with_its_interval(systems: Outside, sari: User, lina: User) -> None:
    for number in range(1, 5):
        audits.solved(sari, number)
    audits.drawn(lina)
    for place, audit in enumerate(Audit.objects.order_by("pk")):
        perform(audit, "audit", actor=lina, data=audits.ticks("right_path" if place == 0 else ""))
    measure_new()
    client = Client()
    client.force_login(lina)
    page = client.get(reverse("reporting:kpi", args=[RIGHT.slug])).content.decode()
    assert "30,1" in page
    assert "95,4" in page
    told = client.get(f"/api/reports/{RIGHT.slug}/").json()
    assert round(told["interval"]["low"], 4) == 0.3006
    assert client.get(f"/api/reports/{SOLVED.slug}/").json()["interval"] is None


# --- wrong paths ------------------------------------------------------------------------------------------------------
def wrong(user: User) -> list[Any]:
    return [row.values[-1] for row in shown(user, "w26_wrong_path")]


def test_whoever_works_by_the_steps_takes_no_wrong_path(systems: Outside, sari: User, tio: User, lina: User) -> None:
    desk.way_out()
    desk.listed("CUT_REINSTALL")
    desk.queued(sari)
    audits.solved(sari, 3)
    assert wrong(lina) == []


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"category": "VVIP"}, Wrong.NOT_VVIP),
        ({"kind": "SPECIAL"}, Wrong.NO_SCRIPT),
    ],
)
def test_a_call_that_got_past_the_steps_is_listed(
    systems: Outside, sari: User, lina: User, changes: dict[str, str], reason: Wrong
) -> None:
    SpecialCase.objects.filter(pk=audits.solved(sari).pk).update(**changes)
    assert wrong(lina) == [str(reason.label)]


def test_listed_analysed_as_not_listed(systems: Outside, sari: User, lina: User) -> None:
    """The entry was in force when the call was checked; one that came after it is nobody's fault."""
    call = audits.solved(sari)
    assert call.customer is not None
    assert call.checked_at is not None
    other = desk.person("penyetuju", Role.MANAGER)
    entry = entries.approved(lina, other, customer=call.customer.reference)
    assert wrong(lina) == []
    ListEntry.objects.filter(pk=entry.pk).update(decided_at=call.checked_at - timedelta(hours=1))
    assert wrong(lina) == [str(Wrong.NOT_LISTED.label)]


def test_a_script_confirmed_at_once_was_not_read(systems: Outside, sari: User, lina: User, settings: Settings) -> None:
    desk.way_out()
    desk.listed()
    call = desk.told_way_out(sari)
    assert wrong(lina) == []
    settings.W26 = {**settings.W26, "script_seconds": 5}
    SpecialCase.objects.filter(pk=call.pk).update(script_opened_at=call.script_read_at)
    assert wrong(lina) == [str(Wrong.SKIMMED.label)]


def test_no_callback_was_entered(systems: Outside, sari: User, lina: User) -> None:
    desk.way_out()
    desk.listed()
    SpecialCase.objects.filter(pk=desk.told_way_out(sari).pk).update(state="CLOSED", owner=None)
    assert wrong(lina) == [str(Wrong.NO_CALLBACK.label)]


# --- who sees and takes what ------------------------------------------------------------------------------------------
def test_the_register_of_customers_is_for_leaders_and_leaves_as_no_file(
    systems: Outside, sari: User, lina: User
) -> None:
    desk.listed("PUBLIC_FIGURE")
    for person, status in ((lina, 200), (sari, 404)):
        client = Client()
        client.force_login(person)
        page = client.get(reverse("reporting:list", args=["w26_customers"]))
        assert page.status_code == status
        if status == 200:
            assert "Wulan Sasmita" in page.content.decode()
            assert ".csv" not in page.content.decode()
            assert "/csv/" not in page.content.decode()
        for kind in ("csv", "xlsx"):
            assert client.get(reverse("reporting:list-export", args=["w26_customers", kind])).status_code == 404


@pytest.mark.parametrize(
    "slug", ["w26_calls", "w26_wrong_path", "w26_super_log", "w26_callbacks", "w26_audits", "w26_misses"]
)
def test_every_other_list_leaves_as_a_file_and_leads_to_its_cases(
    systems: Outside, sari: User, tio: User, lina: User, slug: str
) -> None:
    desk.way_out()
    desk.listed()
    desk.queued(sari)
    audits.solved(sari, 2)
    audits.drawn(lina)
    perform(Audit.objects.get(), "audit", actor=lina, data=audits.ticks("right_path"))
    SpecialCase.objects.filter(kind="NOT_LISTED").update(category="VVIP")
    client = Client()
    client.force_login(lina)
    page = client.get(reverse("reporting:list", args=[slug]), {"period": "7d"})
    assert page.status_code == 200
    for row in shown(lina, slug):
        assert client.get(row.address).status_code == 200
    if slug != "w26_super_log":
        assert shown(lina, slug)
    for kind in ("csv", "xlsx"):
        answer = client.get(reverse("reporting:list-export", args=[slug, kind]), {"period": "7d"})
        assert b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def test_callbacks_are_counted_by_how_long_they_have_waited(systems: Outside, sari: User, lina: User) -> None:
    desk.way_out()
    desk.listed()
    callback = desk.queued(sari)
    Callback.objects.filter(pk=callback.pk).update(waits_from=timezone.now() - timedelta(minutes=45))
    found = lists.bands(listings["w26_callbacks"], lina, ReportQuery.of({}))
    assert [count for _band, count in found] == [0, 0, 1, 0, 0, 0, 0]
