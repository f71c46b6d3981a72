"""One escalation for all desks: who decides, what happens when nobody does, the unit outside (P-05 5.6, 5.9; X-11)."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import override
from pytest_django import Settings

from tenesa.accounts.models import SYSTEM, PresenceState, User
from tenesa.accounts.presence import change_presence
from tenesa.accounts.roles import HUMAN_ROLES, Role
from tenesa.audit.models import Event
from tenesa.audit.verify import broken_links
from tenesa.escalation import services
from tenesa.escalation.desk import EscalationDesk
from tenesa.escalation.models import Escalation
from tenesa.escalation.states import AGAIN, LIVE, Level, Purpose, State, clock_of
from tenesa.mail.models import OutboundMail
from tenesa.notices.models import Notice
from tenesa.systems import outbox
from tenesa.systems.models import ExternalCall
from tenesa.timers import sweep
from tenesa.timers.models import Timer
from tenesa.ui.templatetags.ui import clock
from tenesa.workflow.errors import InvalidInput, NotNow, NotYourStep, Refusal, UnknownStep
from tenesa.workflow.perform import perform
from tenesa.workflow.step import steps_of
from tenesa.workspace import lists
from tests import factories
from tests.platform.test_api import client as client_of
from tests.platform.test_perform import in_threads
from tests.refusals import everything
from tickets.desk import EmailDesk
from tickets.models import EmailCase
from tickets.models import State as Mail

STEPS = steps_of(Escalation)
WHY = "Pelanggan meminta kepastian hari ini."


def escalated(agent: User, level: str = "TEAM_LEADER", **inputs: str) -> Escalation:
    """A case that its owner escalated by the real step."""
    case = perform(factories.opened(), "take", actor=agent)
    perform(case, "escalate", actor=agent, data={"level": level, "reason": WHY, **inputs})
    return Escalation.objects.get(case_id=case.pk)


def shown(user: User, after: str = "") -> lists.Page:
    """The list of what waits for them."""
    desk = EscalationDesk()
    return lists.page(desk, user, desk.views[0], QueryDict(), after=after)


def waiting(user: User) -> tuple[int, bool]:
    """How many wait for this person, and whether one of them is late."""
    counts, late = lists.counts([EscalationDesk()], user)[0][0]
    return counts["waiting"], late


def again(one: Escalation) -> Escalation:
    found: Escalation = Escalation.objects.get(pk=one.pk)
    return found


def case_of(one: Escalation) -> EmailCase:
    found: EmailCase = EmailCase.objects.get(pk=one.case_id)
    return found


def time_is_up(one: Escalation, name: str) -> None:
    """The named clock is due now, and beat looks."""
    past = timezone.now() - timedelta(seconds=1)
    changed = Timer.objects.filter(procedure=one.procedure_name(), case_id=one.pk, name=name, state="RUNNING").update(
        started_at=past - timedelta(hours=1), due_at=past
    )
    Escalation.objects.filter(pk=one.pk, urgent_for=name).update(urgent_at=past)
    assert changed == 1, list(Timer.objects.filter(case_id=one.pk).values("name", "state"))
    sweep.fire_due()


# --- decided ---------------------------------------------------------------------------------------------------------
def test_it_asks_with_the_case_in_one_transaction(rini: User, bowo: User) -> None:
    one = escalated(rini)
    assert (one.state, one.level, one.asker, one.owner, one.needs_action) == (
        State.ASKED,
        "TEAM_LEADER",
        rini,
        None,
        True,
    )
    assert case_of(one).state == Mail.ESCALATED
    assert (one.urgent_for, one.urgent_at - one.opened_at > timedelta(minutes=14)) == ("decision_team_leader", True)
    assert [row.pk for row in shown(bowo).rows] == [one.pk]


def test_an_approval_leads_back_to_where_it_was(rini: User, bowo: User) -> None:
    one = perform(escalated(rini), "approve", actor=bowo, data={"note": "Boleh."})
    case = case_of(one)
    assert (one.state, one.decided_by, case.state, case.owner, case.unread) == (
        State.APPROVED, bowo, Mail.ASSIGNED, rini, True,
    )  # fmt: skip
    told = Event.objects.get(case_id=case.pk, step="return_escalation", procedure=case.procedure_name())
    assert (told.role, "Bowo" in told.data["answer"], "Boleh." in told.data["answer"]) == (Role.SYSTEM, True, True)
    assert not Timer.objects.filter(procedure=one.procedure_name(), state="RUNNING").exists()


def test_it_is_returned_with_a_note_and_not_without(rini: User, bowo: User) -> None:
    one = escalated(rini)
    with pytest.raises(InvalidInput) as refused:
        perform(one, "send_back", actor=bowo, data={"note": " "})
    assert set(refused.value.errors) == {"note"}
    one = perform(one, "send_back", actor=bowo, data={"note": "Cek MRTG dulu."})
    assert (one.state, one.remark, case_of(one).state) == (State.RETURNED, "Cek MRTG dulu.", Mail.ASSIGNED)


def test_another_level_decides_and_the_first_no_longer(rini: User, bowo: User, hendra: User) -> None:
    one = perform(escalated(rini), "add_level", actor=bowo, data={})
    assert one.level == Level.SUPERVISOR
    with pytest.raises(NotNow, match=r"Supervisor"):
        perform(one, "approve", actor=bowo, data={})
    assert waiting(bowo)[0] == 0
    assert perform(one, "approve", actor=hendra, data={}).state == State.APPROVED


def test_the_asker_never_decides_about_their_own(bowo: User, hendra: User) -> None:
    one = escalated(bowo)
    before = everything()
    for step in ("approve", "send_back", "take_over", "add_level", "pass_to_unit", "delegate"):
        with pytest.raises(NotNow) as refused:
            perform(one, step, actor=bowo, data={"note": "ya", "unit": "TELKOM", "to": hendra.pk})
        assert any(word in refused.value.reasons[0] for word in ("sendiri", "yourself"))
    assert everything() == before
    assert waiting(bowo)[0] == 0
    with pytest.raises(IntegrityError), transaction.atomic():
        Escalation.objects.filter(pk=one.pk).update(decided_by=bowo)


def test_the_decider_takes_the_case(rini: User, bowo: User) -> None:
    one = perform(escalated(rini), "take_over", actor=bowo, data={})
    case = case_of(one)
    assert (one.state, case.state, case.owner, case.taken_from) == (State.TAKEN_OVER, Mail.ASSIGNED, bowo, rini)


def test_a_delegate_decides_alone_and_nothing_goes_round_in_a_circle(rini: User, bowo: User, hendra: User) -> None:
    sri = factories.person("sri", Role.TEAM_LEADER)
    one = perform(escalated(rini), "delegate", actor=bowo, data={"to": sri.pk, "note": "Area Sri."})
    assert (one.owner, waiting(bowo)[0], waiting(sri)[0]) == (sri, 0, 1)
    with pytest.raises(NotNow, match="Sri"):
        perform(one, "approve", actor=bowo, data={})
    with pytest.raises(InvalidInput) as refused:
        perform(one, "delegate", actor=sri, data={"to": bowo.pk})
    assert "Bowo" in refused.value.errors["to"][0]
    with pytest.raises(InvalidInput):
        perform(one, "delegate", actor=sri, data={"to": rini.pk})
    assert again(one).owner == sri
    assert waiting(hendra)[0] == 1  # a higher level may always decide
    assert perform(one, "approve", actor=hendra, data={}).decided_by == hendra


def test_the_asker_withdraws_and_nobody_else(rini: User, dewi: User, bowo: User) -> None:
    one = escalated(rini)
    for other in (dewi, bowo):
        with pytest.raises(NotNow, match="Rini"):
            perform(one, "withdraw", actor=other, data={"note": "tidak perlu"})
    one = perform(one, "withdraw", actor=rini, data={"note": "Pelanggan menelepon balik."})
    assert (one.state, case_of(one).state) == (State.WITHDRAWN, Mail.ASSIGNED)


def test_whose_shift_is_over_finds_the_case_in_the_queue(rini: User, bowo: User) -> None:
    one = escalated(rini)
    change_presence(rini, PresenceState.OFFLINE)
    perform(one, "approve", actor=bowo, data={})
    assert (case_of(one).owner, case_of(one).needs_action) == (None, True)


def test_it_escalates_again_after_it_came_back(rini: User, bowo: User) -> None:
    one = perform(escalated(rini), "send_back", actor=bowo, data={"note": "Lengkapi."})
    perform(case_of(one), "escalate", actor=rini, data={"level": "SUPERVISOR", "reason": "Sudah lengkap."})
    second = Escalation.objects.exclude(pk=one.pk).get()
    assert (second.level, second.state) == (Level.SUPERVISOR, State.ASKED)
    with pytest.raises(IntegrityError), transaction.atomic():
        Escalation.objects.filter(pk=one.pk).update(state=State.ASKED)


def test_it_is_raised_to_somebody_or_not_at_all(rini: User, bowo: User, hendra: User) -> None:
    """Else it would come down again within the minute, as what rose because nobody was there does."""
    one = escalated(rini)
    change_presence(hendra, PresenceState.OFFLINE)
    before = everything()
    with pytest.raises(NotNow, match=r"tingkat di atasnya: putuskan|higher level is at work now"):
        perform(one, "add_level", actor=bowo, data={})
    assert everything() == before
    change_presence(hendra, PresenceState.ACW)
    assert perform(again(one), "add_level", actor=bowo, data={}).level == Level.SUPERVISOR
    services.tidy()
    assert services.decider_came(bowo) == 0
    assert again(one).level == Level.SUPERVISOR


def test_only_others_are_offered_and_who_is_away_last(rini: User, bowo: User, hendra: User) -> None:
    sri, tono = factories.person("sri", Role.TEAM_LEADER), factories.person("tono", Role.TEAM_LEADER)
    change_presence(hendra, PresenceState.OFFLINE)
    one = perform(escalated(rini), "delegate", actor=bowo, data={"to": sri.pk})
    form = STEPS["delegate"].form
    assert form is not None
    choices: Any = form(case=again(one), actor=sri).fields["to"]
    with override("id"):
        told = [label for value, label in choices.choices if value]
    assert told == ["Bowo", "Tono", "Hendra (tidak bertugas)"]
    for nobody in (sri, rini):
        with pytest.raises(InvalidInput) as refused:
            perform(one, "delegate", actor=sri, data={"to": nobody.pk})
        assert set(refused.value.errors) == {"to"}
    assert perform(one, "delegate", actor=sri, data={"to": tono.pk}).owner == tono


# --- nobody decides --------------------------------------------------------------------------------------------------
def test_what_is_not_decided_rises_level_by_level(rini: User, bowo: User, hendra: User) -> None:
    one = escalated(rini)
    factories.person("ratna", Role.MANAGER)
    for before, level in pairwise((Level.TEAM_LEADER, Level.SUPERVISOR, Level.MANAGER)):
        time_is_up(one, clock_of(before))
        assert again(one).level == level
    time_is_up(one, clock_of(Level.MANAGER))  # at the top it only counts as late
    assert (again(one).level, again(one).state) == (Level.MANAGER, State.ASKED)
    assert waiting(User.objects.get(username="ratna"))[1]


def test_where_no_leader_is_at_work_the_next_level_has_it_after_minutes(rini: User, hendra: User) -> None:
    factories.person("bowo", Role.TEAM_LEADER, ready=False)
    one = escalated(rini)
    assert one.urgent_for == "nobody_there"
    time_is_up(one, "nobody_there")
    assert (again(one).level, again(one).urgent_for) == (Level.SUPERVISOR, "decision_supervisor")


def told(person: User) -> list[tuple[str, str]]:
    return list(Notice.objects.filter(person=person).order_by("pk").values_list("kind", "step"))


def test_who_had_it_hears_that_it_was_passed_on_and_who_gets_it_that_it_is_late(
    rini: User, bowo: User, hendra: User
) -> None:
    sri = factories.person("sri", Role.TEAM_LEADER)
    away, desk = factories.person("anton", Role.TEAM_LEADER, ready=False), EscalationDesk()
    one = escalated(rini)
    assert not any(chip.signal for chip in (*shown(bowo).rows[0].chips, *desk.chips(one)))
    time_is_up(one, clock_of(Level.TEAM_LEADER))
    [row] = shown(hendra).rows
    for chips in (row.chips, desk.chips(again(one))):
        assert [(chip.signal, clock(one.opened_at) in str(chip.text)) for chip in chips if chip.signal] == [
            ("breach", True)
        ]
    assert told(bowo) == told(sri) == [("ACTED", "raise_overdue")]
    assert told(away) == told(hendra) == []
    change_presence(hendra, PresenceState.OFFLINE)
    services.tidy()
    assert again(one).level == Level.TEAM_LEADER
    assert told(bowo) == told(sri) == [("ACTED", "raise_overdue"), ("GIVEN", "find_decider")]
    assert told(away) == []


def test_what_was_not_decided_in_time_stands_by_its_first_lateness(rini: User, bowo: User, hendra: User) -> None:
    factories.person("ratna", Role.MANAGER)
    old, young = escalated(rini), escalated(rini, "SUPERVISOR")  # whose clock is over before the raised one's
    time_is_up(old, clock_of(Level.TEAM_LEADER))
    assert [row.pk for row in shown(hendra).rows] == [old.pk, young.pk]
    late = again(old).urgent_at
    perform(old, "add_level", actor=hendra, data={})
    assert (again(old).level, again(old).urgent_at, waiting(hendra)[1]) == (Level.MANAGER, late, False)
    time_is_up(young, clock_of(Level.SUPERVISOR))
    assert [row.pk for row in shown(User.objects.get(username="ratna")).rows] == [old.pk, young.pk]
    perform(old, "approve", actor=User.objects.get(username="ratna"), data={})
    assert not Timer.objects.filter(procedure=old.procedure_name(), case_id=old.pk, state="RUNNING").exists()


def test_of_what_was_delegated_only_the_one_who_had_it_hears(rini: User, bowo: User, hendra: User) -> None:
    sri = factories.person("sri", Role.TEAM_LEADER)
    one = perform(escalated(rini), "delegate", actor=bowo, data={"to": sri.pk})
    time_is_up(one, clock_of(Level.TEAM_LEADER))
    assert told(sri) == [("ACTED", "raise_overdue")]
    assert told(bowo) == [("LET_GO", "raise_overdue")], "who gave it, and not that it was theirs"


def test_who_delegated_hears_that_whoever_had_it_has_left(rini: User, bowo: User) -> None:
    sri = factories.person("sri", Role.TEAM_LEADER)
    one = perform(escalated(rini), "delegate", actor=bowo, data={"to": sri.pk})
    change_presence(sri, PresenceState.OFFLINE)
    assert again(one).owner is None
    assert (told(bowo), told(sri)) == ([("LET_GO", "lose_decider")], [("TAKEN", "lose_decider")])


def test_where_nobody_above_is_at_work_it_stays_late_with_who_is(rini: User, bowo: User) -> None:
    one = escalated(rini)
    time_is_up(one, clock_of(Level.TEAM_LEADER))
    assert again(one).level == Level.TEAM_LEADER
    assert waiting(bowo) == (1, True)


def test_what_comes_down_late_rises_again_when_it_is_late_again(rini: User, bowo: User, hendra: User) -> None:
    one = escalated(rini)
    time_is_up(one, clock_of(Level.TEAM_LEADER))
    late = again(one).urgent_at
    change_presence(hendra, PresenceState.OFFLINE)
    services.tidy()
    change_presence(hendra, PresenceState.ACW)
    services.tidy()
    assert (again(one).level, again(one).urgent_at) == (Level.TEAM_LEADER, late), "they have their time again"
    time_is_up(one, AGAIN)
    assert (again(one).level, again(one).urgent_at) == (Level.SUPERVISOR, late)
    assert not Timer.objects.filter(case_id=one.pk, name=AGAIN, state="RUNNING").exists()


@pytest.mark.parametrize("came_down", [False, True])
def test_what_is_late_with_whoever_is_at_work_rises_when_somebody_above_comes(
    came_down: bool, rini: User, bowo: User, hendra: User
) -> None:
    one = escalated(rini)
    if came_down:
        time_is_up(one, clock_of(Level.TEAM_LEADER))
    change_presence(hendra, PresenceState.OFFLINE)
    services.tidy()
    time_is_up(one, AGAIN if came_down else clock_of(Level.TEAM_LEADER))
    services.tidy()
    assert again(one).level == Level.TEAM_LEADER
    change_presence(hendra, PresenceState.ACW)
    services.tidy()
    assert again(one).level == Level.SUPERVISOR


def test_what_rose_while_nobody_was_there_comes_down_to_who_comes(rini: User) -> None:
    bowo = factories.person("bowo", Role.TEAM_LEADER, ready=False)
    one = escalated(rini)
    for _level in (Level.SUPERVISOR, Level.MANAGER):
        time_is_up(one, "nobody_there")
    assert again(one).level == Level.MANAGER
    change_presence(bowo, PresenceState.ACW)
    assert services.decider_came(bowo) == 1
    assert (again(one).level, again(one).urgent_for) == (Level.TEAM_LEADER, "decision_team_leader")
    assert waiting(bowo)[0] == 1
    assert services.decider_came(bowo) == 0


def test_the_minutes_without_anybody_end_when_somebody_comes(rini: User) -> None:
    bowo = factories.person("bowo", Role.TEAM_LEADER, ready=False)
    one = escalated(rini)
    change_presence(bowo, PresenceState.ACW)
    services.decider_came(bowo)
    assert again(one).urgent_for == "decision_team_leader"


def test_whoever_comes_in_time_keeps_it_from_rising(rini: User) -> None:
    bowo = factories.person("bowo", Role.TEAM_LEADER, ready=False)
    one = escalated(rini)
    change_presence(bowo, PresenceState.ACW)
    time_is_up(one, "nobody_there")
    assert again(one).level == Level.TEAM_LEADER


def test_by_setting_nobody_there_means_approved(rini: User, settings: Settings) -> None:
    settings.ESCALATION_NOBODY_THERE = "approve"
    one = escalated(rini, "TELKOM")
    time_is_up(one, "nobody_there")
    assert (again(one).state, again(one).unit, again(one).decided_by) == (State.WITH_UNIT, "TELKOM", None)


@pytest.mark.parametrize("how", ["offline", "inactive"])
def test_an_approver_who_leaves_leaves_nothing_behind(rini: User, bowo: User, how: str) -> None:
    sri = factories.person("sri", Role.TEAM_LEADER)
    one = perform(escalated(rini), "delegate", actor=bowo, data={"to": sri.pk})
    if how == "offline":
        change_presence(sri, PresenceState.OFFLINE)
    else:
        User.objects.filter(pk=sri.pk).update(is_active=False)
        services.tidy()
    assert (again(one).owner, waiting(bowo)[0]) == (None, 1)
    change_presence(bowo, PresenceState.OFFLINE)
    if how == "offline":
        time_is_up(one, "nobody_there")
        assert again(one).level == Level.SUPERVISOR


# --- the unit --------------------------------------------------------------------------------------------------------
@pytest.fixture
def simulators(db: None) -> Any:
    from tests.journeys.desk import Outside

    outside = Outside()
    outside.reset()
    yield outside
    outside.heal()
    outside.client.close()


def deliver(one: Escalation) -> None:
    calls = ExternalCall.objects.filter(procedure=one.procedure_name(), case_id=one.pk, status="WAITING")
    for pk in calls.order_by("created_at").values_list("pk", flat=True):
        outbox.deliver(pk)


def test_an_approval_opens_the_way_to_telkom_and_its_answer_comes_back(rini: User, bowo: User, simulators: Any) -> None:
    one = escalated(rini, "TELKOM")
    assert (one.level, one.unit) == (Level.TEAM_LEADER, "TELKOM")
    assert not ExternalCall.objects.filter(procedure=one.procedure_name()).exists()
    one = perform(one, "approve", actor=bowo, data={})
    assert (one.state, case_of(one).state, one.urgent_for) == (State.WITH_UNIT, Mail.ESCALATED, "unit_answer")
    deliver(one)
    one = again(one)
    assert one.reference.startswith("TEL-")
    assert one.message.startswith("MSG-")
    assert len(simulators.calls("backend", "escalate")) == 1
    assert services.read_units() == 0
    simulators.answer_of_unit(one.reference, "Port diganti, normal.")
    assert services.read_units() == 1
    one, case = again(one), case_of(one)
    assert (one.state, one.answer, case.state, case.owner) == (
        State.ANSWERED, "Port diganti, normal.", Mail.ASSIGNED, rini,
    )  # fmt: skip
    assert services.read_units() == 0
    assert Event.objects.filter(procedure=one.procedure_name(), step="take_answer").get().role == Role.SYSTEM


def test_a_silent_unit_is_reminded_every_four_hours(rini: User, bowo: User, simulators: Any) -> None:
    one = escalated(rini)
    one = perform(one, "pass_to_unit", actor=bowo, data={"unit": "BACKEND", "note": "Mohon cek port."})
    deliver(one)
    for number in (1, 2):
        left = again(one).urgent_at - timezone.now()
        assert timedelta(hours=3, minutes=59) < left <= timedelta(hours=4)
        time_is_up(one, "unit_answer")
        deliver(one)
        assert (again(one).reminders, len(simulators.calls("coordination", "post"))) == (number, number + 1)


def test_the_customer_hears_from_the_owner_while_the_unit_works(rini: User, bowo: User) -> None:
    one = perform(escalated(rini, "TELKOM"), "approve", actor=bowo, data={})
    case = perform(case_of(one), "write", actor=rini, data={"message": "Masih kami koordinasikan dengan Telkom."})
    assert (case.state, OutboundMail.objects.get(case_id=case.pk, purpose="reply").status) == (Mail.ESCALATED, "HELD")
    assert perform(case, "take_back", actor=rini).state == Mail.ESCALATED
    assert OutboundMail.objects.get(case_id=case.pk, purpose="reply").status == "CANCELLED"
    assert again(one).state == State.WITH_UNIT


def test_a_unit_that_is_not_reached_is_said_and_answered_by_hand(rini: User, bowo: User, simulators: Any) -> None:
    one = perform(escalated(rini, "TELKOM"), "approve", actor=bowo, data={})
    simulators.fault("backend", "escalate", "http_500")
    ExternalCall.objects.filter(system="backend").update(retry_seconds=[])
    deliver(one)
    assert again(one).remark
    assert ExternalCall.objects.get(system="backend").status == "DEAD"
    perform(one, "record_reference", actor=rini, data={"reference": "TLK-77"})
    done = perform(one, "take_answer", actor=rini, data={"answer": "Lewat telepon: kabel disambung."})
    assert (done.state, done.reference, case_of(done).state) == (State.ANSWERED, "TLK-77", Mail.ASSIGNED)


# --- bad input and faults --------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_of_two_leaders_at_once_one_decides(rini: User) -> None:
    leaders = [factories.person(f"tl{number}", Role.TEAM_LEADER) for number in range(4)]
    one = escalated(rini)
    data = {"note": "sudah"}
    outcomes = in_threads(
        4, lambda number: perform(one, "approve" if number % 2 else "send_back", actor=leaders[number], data=data)
    )
    winners = [outcome for outcome in outcomes if isinstance(outcome, Escalation)]
    assert len(winners) == 1
    assert all(isinstance(o, NotNow) and o.reasons for o in outcomes if o is not winners[0])
    assert Event.objects.filter(step="return_escalation").count() == 1
    assert list(broken_links()) == []


def test_a_form_sent_twice_is_done_once(rini: User, bowo: User) -> None:
    one = escalated(rini)
    for _time in range(2):
        done = perform(one, "approve", actor=bowo, data={}, key="satu-formulir")
        assert done.state == State.APPROVED
    assert Event.objects.filter(procedure=one.procedure_name(), step="approve").count() == 1
    with pytest.raises(NotNow):
        perform(one, "approve", actor=bowo, data={}, key="formulir-lain")


def test_a_case_that_moved_on_refuses_in_words_and_is_then_withdrawn(rini: User, bowo: User) -> None:
    one = escalated(rini)
    factories.put(case_of(one), Mail.CLOSED)
    before = everything()
    with pytest.raises(NotNow) as refused:
        perform(one, "approve", actor=bowo, data={})
    assert case_of(one).number in refused.value.reasons[0]
    assert everything() == before
    assert services.tidy() == 1
    assert (again(one).state, case_of(one).number in again(one).remark) == (State.WITHDRAWN, True)
    assert services.tidy() == 0


def test_it_is_of_no_concern_to_another_desk(rini: User, asing: User) -> None:
    one = escalated(rini)
    leader = factories.person("maria", Role.TEAM_LEADER, desk_code="TDSCC")
    with pytest.raises(UnknownStep):
        perform(one, "approve", actor=leader, data={})
    assert waiting(leader)[0] == 0
    assert Escalation.objects.visible_to(asing).count() == 0


# --- every step x role x state ---------------------------------------------------------------------------------------
VALID: dict[str, dict[str, Any]] = {
    State.WITH_UNIT: {"unit": "TELKOM"},
    State.ANSWERED: {"unit": "TELKOM", "answer": "selesai"},
    State.RETURNED: {"remark": "lengkapi"},
}


def placed(state: str, rini: User, dewi: User) -> Escalation:
    """An escalation in a state without its steps: only for tests of what is refused there."""
    one = escalated(rini)
    columns = dict(VALID.get(state, {}))
    if state == State.REQUESTED:
        columns = {"purpose": Purpose.TAKE_OVER, "level": Level.OWNER, "owner": dewi}
    Escalation.objects.filter(pk=one.pk).update(state=state, **columns)
    return again(one)


@pytest.fixture
def people(db: None) -> dict[Role, User]:
    return {role: factories.person(f"orang-{role.value}", role) for role in HUMAN_ROLES}


def test_every_step_refuses_the_roles_that_it_does_not_name(rini: User, dewi: User, people: dict[Role, User]) -> None:
    one = escalated(rini)
    before = everything()
    for name, step in STEPS.items():
        for role, user in people.items():
            if role not in step.roles:
                with pytest.raises((NotYourStep, UnknownStep)):
                    perform(one, name, actor=user, data={})
    assert everything() == before


@pytest.mark.parametrize("state", State.values)
def test_every_step_refuses_other_states_and_missing_inputs(
    state: str, rini: User, dewi: User, people: dict[Role, User]
) -> None:
    one = placed(state, rini, dewi)
    before = everything()
    for name, step in STEPS.items():
        needs = any(field.required for field in step.form.base_fields.values()) if step.form else False
        for role in step.roles & set(people):
            if state not in step.source or needs:
                with pytest.raises((NotNow, InvalidInput)) as refused:
                    perform(one, name, actor=people[role], data={})
                assert str(refused.value)
    assert everything() == before


def test_the_system_takes_no_step_out_of_turn(rini: User, dewi: User) -> None:
    for state in State.values:
        one = placed(state, rini, dewi)
        for name in ("raise_overdue", "lose_decider", "pass_unattended", "withdraw_moot", "leave_unanswered", "remind"):
            if state not in STEPS[name].source:
                with pytest.raises(Refusal):
                    perform(one, name, actor=SYSTEM)
        Escalation.objects.filter(pk=one.pk).update(state=State.WITHDRAWN)


# --- REST -------------------------------------------------------------------------------------------------------------
def test_rest_answers_as_the_page_does(rini: User, dewi: User, bowo: User, hendra: User, asing: User) -> None:
    one = escalated(rini)
    mine, hers, leads, stranger = client_of(rini), client_of(dewi), client_of(bowo), client_of(asing)
    address = f"/api/escalations/{one.pk}/steps"
    assert [row["id"] for row in leads.get("/api/escalations/").json()["results"]] == [one.pk]
    assert mine.get("/api/escalations/").json()["results"] == []
    about: dict[str, Any] = {"procedure": one.procedure, "case": one.case_id}
    assert [row["number"] for row in mine.get("/api/escalations/", about).json()["results"]] == [one.number]
    offers = {offer["step"]: offer for offer in leads.get(f"{address}/").json()}
    assert {name for name, offer in offers.items() if offer["allowed"]} == {
        "approve", "send_back", "add_level", "take_over", "delegate", "pass_to_unit", "note",
    }  # fmt: skip
    answers = [
        stranger.post(f"{address}/approve/", {}, format="json"),
        hers.post(f"{address}/approve/", {}, format="json"),
        hers.post(f"{address}/withdraw/", {"note": "x"}, format="json"),
        leads.post(f"{address}/send_back/", {}, format="json"),
        leads.post(f"{address}/approve/", {}, format="json", HTTP_IDEMPOTENCY_KEY="k-1"),
        leads.post(f"{address}/approve/", {}, format="json", HTTP_IDEMPOTENCY_KEY="k-1"),
        leads.post(f"{address}/approve/", {}, format="json"),
    ]
    assert [answer.status_code for answer in answers] == [404, 403, 409, 422, 200, 200, 409]
    assert again(one).state not in LIVE


def test_the_case_that_came_back_says_who_decided(rini: User, bowo: User) -> None:
    one = perform(escalated(rini), "approve", actor=bowo, data={"note": "Lanjutkan."})
    chips = [str(chip.text) for chip in EmailDesk().chips(case_of(one))]
    assert f"{one.get_state_display()} · {bowo}" in chips
