"""An entry from proposal to end: four eyes, changes, review, expiry; and what the database refuses by itself (V-16)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from segmentation.classes import class_of
from segmentation.lists import ListEntry
from segmentation.special_list import services
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.audit.models import Event
from tenesa.timers import sweep
from tenesa.timers.models import Timer
from tenesa.workflow.errors import InvalidInput, NotNow, NotYourStep
from tenesa.workflow.perform import perform
from tests import factories
from tests.segmentation.entries import MEASURED, again, approved, customer, day, given, placed, proposed, with_internet

pytestmark = pytest.mark.django_db


@pytest.fixture
def sinta(db: None) -> User:
    return factories.person("sinta", Role.AGENT_147)


class In(NamedTuple):
    """So many days from the day on which the test runs, which is not always the one on which it was read."""

    days: int


def told_now(changes: dict[str, Any]) -> dict[str, Any]:
    return {name: f"{day(days=value.days)}" if isinstance(value, In) else value for name, value in changes.items()}


def refused(by: User, **changes: Any) -> dict[str, list[str]]:
    """The errors of a proposal; nothing was stored."""
    with pytest.raises(InvalidInput) as told:
        proposed(by, **changes)
    assert not ListEntry.objects.exists()
    assert not Event.objects.filter(procedure="segmentation.listentry").exists()
    return told.value.errors


# --- proposed --------------------------------------------------------------------------------------------------------
def test_what_is_proposed_is_kept_with_its_evidence_and_waits(sinta: User) -> None:
    entry = proposed(sinta)
    assert (entry.state, entry.kind, entry.action, entry.entered_by) == ("PROPOSED", "SPECIAL", "TO_PLASA", sinta)
    assert (entry.valid_from, entry.review_due) == (day(), entry.valid_to)
    assert (entry.needs_action, entry.approved_by) == (True, None)
    event = Event.objects.get(procedure="segmentation.listentry", case_id=entry.pk)
    assert (event.step, event.clause, event.actor) == ("propose", "W-26 5.1.1, 5.1.2", sinta)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"customer": "021-999 9999"}, "customer"),
        ({"criterion": "SUPER_EMERGENCY"}, "criterion"),
        ({"criterion": "FAMOUS"}, "criterion"),
        ({"evidence": ""}, "evidence"),
        ({"source": ""}, "source"),
        ({"valid_to": ""}, "valid_to"),
        ({"valid_to": In(0)}, "valid_to"),
        ({"valid_to": In(-40)}, "valid_to"),
        ({"valid_from": In(1)}, "valid_from"),
        ({"review_due": In(400), "valid_to": In(500)}, "review_due"),
        ({"service": "122055599999"}, "service"),
        ({"action": "SHOUT"}, "action"),
    ],
)
def test_a_proposal_that_does_not_hold_is_refused_by_its_field(
    changes: dict[str, str], field: str, sinta: User
) -> None:
    customer()
    with pytest.raises(InvalidInput) as told:
        services.propose(sinta, given(**told_now(changes)))
    assert list(told.value.errors) == [field]
    assert not ListEntry.objects.exists()


@pytest.mark.parametrize(
    ("criterion", "changes", "field"),
    [
        ("FOLLOWERS", {"count": 49_999}, "count"),
        ("FOLLOWERS", {"count": ""}, "count"),
        ("FOLLOWERS", {"platform": ""}, "platform"),
        ("FOLLOWERS", {"measured_at": In(1)}, "measured_at"),
        ("OFFICIAL", {"term_end": ""}, "term_end"),
        ("OFFICIAL", {"term_end": In(30)}, "valid_to"),
    ],
)
def test_a_criterion_with_a_measure_needs_it(criterion: str, changes: dict[str, Any], field: str, sinta: User) -> None:
    customer()
    with pytest.raises(InvalidInput) as told:
        services.propose(sinta, given(criterion=criterion, **{**MEASURED[criterion], **told_now(changes)}))
    assert list(told.value.errors) == [field]


def test_a_number_of_several_customers_is_not_chosen_for_anybody(sinta: User) -> None:
    customer("3000902", name="Adi Nugroho")
    errors = refused(sinta, customer="3000901", evidence="")  # the second one is there now
    assert list(errors) == ["evidence"]
    errors = refused_by_phone(sinta)
    assert "Adi Nugroho (3000902)" in errors["customer"][0]
    assert "Wulan Sasmita (3000901)" in errors["customer"][0]


def refused_by_phone(by: User) -> dict[str, list[str]]:
    with pytest.raises(InvalidInput) as told:
        services.propose(by, given(customer="0812 0000 4401"))
    return told.value.errors


def test_nobody_stands_twice_by_one_criterion(sinta: User, bowo: User) -> None:
    first = proposed(sinta)
    with pytest.raises(InvalidInput, match=first.number):
        proposed(bowo)
    proposed(bowo, "HARD_COMPLAINT")
    perform(first, "reject", actor=bowo, data={"note": "Nota tidak ada."})
    assert proposed(bowo).number != first.number


def test_one_service_and_all_services_are_two_matters(sinta: User) -> None:
    with_internet(customer())
    proposed(sinta)
    assert str(proposed(sinta, service="122055500001").service).startswith("122055500001")


def test_only_who_may_propose_does(rini: User) -> None:
    with pytest.raises(NotYourStep):
        proposed(rini)


# --- four eyes -------------------------------------------------------------------------------------------------------
def test_whoever_proposed_does_not_approve(bowo: User, hendra: User) -> None:
    entry = proposed(bowo)
    with pytest.raises(NotNow, match="empat mata"):
        perform(entry, "approve", actor=bowo)
    assert again(entry).state == "PROPOSED"
    done = perform(entry, "approve", actor=hendra)
    assert (done.state, done.approved_by, done.needs_action) == ("ACTIVE", hendra, False)


def test_a_proposal_that_ran_out_while_it_waited_is_not_approved(bowo: User, hendra: User) -> None:
    entry = proposed(bowo)
    ListEntry.objects.filter(pk=entry.pk).update(
        valid_from=day(days=-9), reviewed_on=day(days=-9), valid_to=day(days=-1), review_due=day(days=-1)
    )
    with pytest.raises(NotNow):
        perform(entry, "approve", actor=hendra)


def test_a_change_is_asked_by_one_and_approved_by_another(bowo: User, hendra: User) -> None:
    entry = approved(bowo, hendra)
    asked = {"action": "RETENTION", "valid_to": f"{day(days=200)}", "evidence": "Nota baru", "reason": "Sudah bayar"}
    changing = perform(entry, "ask_change", actor=hendra, data=asked)
    assert (changing.state, changing.action, class_of(customer=entry.customer).listed) == ("CHANGING", "TO_PLASA", True)
    with pytest.raises(NotNow, match="empat mata"):
        perform(entry, "approve_change", actor=hendra)
    done = perform(entry, "approve_change", actor=bowo)
    assert (done.state, done.action, done.valid_to, done.evidence) == (
        "ACTIVE", "RETENTION", day(days=200), "Nota baru",
    )  # fmt: skip
    assert (done.change, done.change_by, done.change_decided_by) == ({}, hendra, bowo)
    assert clock(entry, "end").due_at == timezone.localtime(clock(entry, "end").due_at)
    assert timezone.localdate(clock(entry, "end").due_at) == day(days=201)


def test_a_change_that_changes_nothing_is_refused(bowo: User, hendra: User) -> None:
    entry = approved(bowo, hendra)
    same = {"action": entry.action, "valid_to": f"{entry.valid_to}", "evidence": entry.evidence, "reason": "-"}
    with pytest.raises(InvalidInput):
        perform(entry, "ask_change", actor=bowo, data=same)
    assert again(entry).state == "ACTIVE"


def test_a_change_that_is_not_approved_leaves_it_as_it_was(bowo: User, hendra: User) -> None:
    entry = approved(bowo, hendra)
    perform(entry, "ask_end", actor=bowo, data={"note": "Sudah tidak perlu"})
    kept = perform(entry, "refuse_change", actor=hendra, data={"note": "Masih perlu"})
    assert (kept.state, kept.valid_to, kept.change_by) == ("ACTIVE", entry.valid_to, None)


def test_the_end_takes_two_people_as_well(bowo: User, hendra: User) -> None:
    entry = approved(bowo, hendra)
    perform(entry, "ask_end", actor=bowo, data={"note": "Sudah tidak perlu"})
    assert class_of(customer=entry.customer).listed
    done = perform(entry, "approve_change", actor=hendra)
    assert (done.state, class_of(customer=entry.customer).listed) == ("ENDED", False)
    assert not Timer.objects.filter(case_id=entry.pk, state="RUNNING").exists()


# --- review and end --------------------------------------------------------------------------------------------------
def clock(entry: ListEntry, name: str) -> Timer:
    return Timer.objects.get(procedure="segmentation.listentry", case_id=entry.pk, name=name, state="RUNNING")


def time_is_up(entry: ListEntry, name: str) -> ListEntry:
    """The clock is due, and the days of the entry with it; beat looks."""
    past = timezone.now() - timedelta(seconds=1)
    Timer.objects.filter(pk=clock(entry, name).pk).update(started_at=past - timedelta(days=9), due_at=past)
    days = {"review_due": day()} if name == "review" else {"valid_to": day(days=-1), "review_due": day(days=-1)}
    begun = {"valid_from": day(days=-90), "reviewed_on": day(days=-90)}
    ListEntry.objects.filter(pk=entry.pk).update(**begun, **days)
    sweep.fire_due()
    return again(entry)


def test_it_is_reviewed_when_its_time_comes(bowo: User, hendra: User) -> None:
    entry = approved(bowo, hendra, review_due=f"{day(days=60)}")
    assert timezone.localdate(clock(entry, "review").due_at) == day(days=60)
    due = time_is_up(entry, "review")
    assert (due.state, due.needs_action, class_of(customer=entry.customer).listed) == ("REVIEW", True, True)
    for late in (day(days=400), day()):
        with pytest.raises(InvalidInput):
            perform(due, "review", actor=hendra, data={"note": "Cek nota", "review_due": f"{late}"})
    done = perform(due, "review", actor=hendra, data={"note": "Cek nota", "review_due": f"{day(days=180)}"})
    assert (done.state, done.reviewed_on, done.review_due, done.needs_action) == (
        "ACTIVE", day(), day(days=180), False,
    )  # fmt: skip


@pytest.mark.parametrize("state", ["PROPOSED", "ACTIVE", "CHANGING"])
def test_it_ends_by_itself_in_whatever_state_it_is(state: str, bowo: User, hendra: User) -> None:
    entry = proposed(bowo)
    if state != "PROPOSED":
        perform(entry, "approve", actor=hendra)
    if state == "CHANGING":
        perform(entry, "ask_end", actor=bowo, data={"note": "Tidak perlu"})
    done = time_is_up(entry, "end")
    assert (done.state, done.needs_action) == ("EXPIRED", False)
    assert not Timer.objects.filter(case_id=entry.pk, state="RUNNING").exists()


def test_the_sweep_ends_nothing_before_its_day(bowo: User, hendra: User) -> None:
    entry = approved(bowo, hendra)
    past = timezone.now() - timedelta(seconds=1)
    Timer.objects.filter(pk=clock(entry, "end").pk).update(started_at=past - timedelta(days=9), due_at=past)
    sweep.fire_due()
    assert again(entry).state == "ACTIVE"


# --- what the database refuses ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("columns", "constraint"),
    [
        ({"approved_by": "author"}, "entry_four_eyes"),
        ({"change_by": "author", "change_decided_by": "author"}, "entry_change_four_eyes"),
        ({"approved_by": None}, "entry_in_force_is_approved"),
        ({"entered_by": None}, "entry_has_author"),
        ({"valid_to": day(days=-1)}, "entry_days_in_order"),
        ({"review_due": day(days=500)}, "entry_reviewed_in_a_year"),
        ({"criterion": "FOLLOWERS", "kind": "VVIP"}, "entry_followers_counted"),
        ({"criterion": "OFFICIAL", "kind": "VVIP"}, "entry_term_known"),
        ({"kind": "VVIP"}, "entry_criterion_of_its_kind"),
        ({"evidence": ""}, "entry_says_why"),
        ({"state": "SLEEPING"}, "entry_state_known"),
        ({"action": "SHOUT"}, "entry_action_known"),
    ],
)
def test_the_database_refuses_nonsense(columns: dict[str, Any], constraint: str) -> None:
    entry = placed("ACTIVE")
    wanted = {name: entry.entered_by if value == "author" else value for name, value in columns.items()}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        ListEntry.objects.filter(pk=entry.pk).update(**wanted)


def test_the_database_refuses_a_second_live_entry(bowo: User) -> None:
    entry = proposed(bowo)
    entry.pk, entry._state.adding = None, True
    with pytest.raises(IntegrityError, match="entry_once"), transaction.atomic():
        entry.save(force_insert=True)
