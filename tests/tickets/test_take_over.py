"""Who holds a case: taken over with a reason, handed back, asked for, kept by the open page (P-05 5.6; X-17)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from tenesa.accounts.models import PresenceState, User
from tenesa.accounts.presence import change_presence
from tenesa.accounts.roles import Role
from tenesa.audit.models import Event
from tenesa.audit.verify import broken_links
from tenesa.escalation.models import Escalation
from tenesa.escalation.states import State as Asked
from tenesa.notices.models import Kind, Notice
from tenesa.timers.models import Timer
from tenesa.ui import viewing
from tenesa.workflow.errors import InvalidInput, NotNow, NotYourStep
from tenesa.workflow.offered import offered
from tenesa.workflow.perform import perform
from tenesa.workspace import lists
from tenesa.workspace.models import Draft
from tenesa.workspace.ownership import TakeOverForm
from tests import factories
from tests.platform.test_escalation import again, time_is_up, waiting
from tests.platform.test_perform import in_threads
from tests.refusals import everything
from tests.ui.test_frame import signed_in
from tickets import services
from tickets.demo.people import WANTED, load_escalations, load_people
from tickets.desk import VIEWS, EmailDesk
from tickets.models import EmailCase, State


def stored(case: EmailCase) -> EmailCase:
    found: EmailCase = EmailCase.objects.get(pk=case.pk)
    return found


def held_by(agent: User) -> EmailCase:
    return perform(factories.opened(), "take", actor=agent)


def wanted(case: EmailCase, by: User) -> Escalation:
    perform(case, "ask_for_case", actor=by, data={"reason": "Pelanggan menelepon saya."})
    return Escalation.objects.get(case_id=case.pk, state=Asked.REQUESTED)


# --- taken over and handed back --------------------------------------------------------------------------------------
def test_a_leader_takes_over_and_hands_back_and_the_former_owner_sees_why(rini: User, bowo: User) -> None:
    case = held_by(rini)
    with pytest.raises(InvalidInput):
        perform(case, "take_over", actor=bowo, data={"owner": bowo.pk, "reason": ""})
    case = perform(case, "take_over", actor=bowo, data={"owner": bowo.pk, "reason": "Pelanggan VIP."})
    assert (case.owner, case.taken_from) == (bowo, rini)
    assert EmailDesk().next_for(rini) is None
    case = perform(case, "hand_back", actor=bowo, data={"reason": "Sudah ditelepon, lanjutkan cek."})
    assert (stored(case).owner, case.taken_from, case.unread, case.needs_action) == (rini, None, True, True)
    assert EmailDesk().next_for(rini) == case
    told = Event.objects.filter(case_id=case.pk, step__in=["take_over", "hand_back"]).order_by("seq")
    assert [event.data["reason"] for event in told] == ["Pelanggan VIP.", "Sudah ditelepon, lanjutkan cek."]


def test_only_the_holder_hands_back_and_only_to_somebody_who_is_there(rini: User, dewi: User, bowo: User) -> None:
    case = held_by(rini)
    with pytest.raises(NotNow):
        perform(case, "hand_back", actor=rini, data={"reason": "x"})
    case = perform(case, "take_over", actor=bowo, data={"owner": dewi.pk, "reason": "Rini rapat."})
    with pytest.raises(NotNow, match="Dewi"):
        perform(case, "hand_back", actor=bowo, data={"reason": "x"})
    change_presence(rini, PresenceState.OFFLINE)
    with pytest.raises(NotNow, match="Rini"):
        perform(case, "hand_back", actor=dewi, data={"reason": "x"})
    case = perform(case, "release", actor=dewi)
    assert (case.owner, case.taken_from) == (None, None)


# --- asked for -------------------------------------------------------------------------------------------------------
def test_the_second_opener_reads_only_and_may_ask(rini: User, dewi: User) -> None:
    case = held_by(rini)
    before = everything()
    offers = {offer.step.name: offer for offer in offered(case, dewi)}
    assert {name for name, offer in offers.items() if offer.allowed} == {"ask_for_case", "note"}
    for name in offers.keys() - {"ask_for_case", "note"}:
        with pytest.raises(NotNow):
            perform(case, name, actor=dewi, data={})
    assert everything() == before


def test_the_owner_agrees_and_the_case_changes_hands(rini: User, dewi: User, bowo: User) -> None:
    case = held_by(rini)
    one = wanted(case, dewi)
    assert (one.owner, one.asker, waiting(rini)[0], waiting(bowo)[0]) == (rini, dewi, 1, 0)
    with pytest.raises(NotNow):
        perform(one, "agree", actor=dewi)
    one = perform(one, "agree", actor=rini)
    case = stored(case)
    assert (one.state, case.owner, case.taken_from, case.state) == (Asked.APPROVED, dewi, rini, State.ASSIGNED)
    assert perform(case, "hand_back", actor=dewi, data={"reason": "Terima kasih."}).owner == rini


def test_the_owner_keeps_the_case_with_one_key(rini: User, dewi: User) -> None:
    case = held_by(rini)
    one = perform(wanted(case, dewi), "keep", actor=rini, data={})
    assert (one.state, stored(case).owner) == (Asked.RETURNED, rini)
    assert wanted(case, dewi).pk != one.pk  # and may ask again


def test_without_an_answer_the_team_leader_decides(rini: User, dewi: User, bowo: User) -> None:
    case = held_by(rini)
    one = wanted(case, dewi)
    time_is_up(one, "decision_owner")
    assert (waiting(rini)[0], waiting(bowo)[0]) == (0, 1)
    with pytest.raises(NotYourStep):
        perform(one, "approve", actor=rini, data={})
    perform(one, "approve", actor=bowo, data={"note": "Dewi kenal pelanggannya."})
    assert stored(case).owner == dewi


def test_a_leader_gives_new_cases_to_an_agent_who_hears_of_them(rini: User, bowo: User) -> None:
    """P-05 5.6, of cases that nobody has taken yet: several at once, as for a mass fault."""
    new, other = [factories.opened() for _number in range(2)], perform(factories.opened(), "take", actor=bowo)
    chosen: list[int] = [case.pk for case in new]
    browser, at = signed_in(bowo), reverse("cases:bulk")
    page = browser.get(f"{at}?{urlencode({'case': [*chosen, other.pk]}, doseq=True)}")
    assert ("assign", 2) in [(choice.step.name, choice.number) for choice in page.context["choices"]]
    given: dict[str, Any] = {"case": chosen, "step": "assign"}
    assert browser.get(at, given).context["form"]["owner"].value() is None  # nobody is proposed
    browser.post(at, {**given, "owner": rini.pk, "token": "sekali"})
    for case in EmailCase.objects.filter(pk__in=chosen):
        assert (case.state, case.owner, case.taken_from) == (State.ASSIGNED, rini, None)
        assert Timer.objects.filter(case_id=case.pk, name="segment_check", state="RUNNING").exists()
    assert Notice.objects.filter(person=rini, kind=Kind.GIVEN).count() == 2
    change_presence(rini, PresenceState.OFFLINE)  # both go back to the queue, and who gave them hears of it
    assert set(EmailCase.objects.filter(pk__in=chosen).values_list("owner", flat=True)) == {None}
    assert list(Notice.objects.values_list("person", "kind", "step")) == [(bowo.pk, Kind.LET_GO, "release")] * 2
    case = factories.put(factories.opened(), State.NEW, triage="pengirim tidak dikenal")
    with pytest.raises(NotNow):
        perform(EmailCase.objects.get(pk=case.pk), "assign", actor=bowo, data={"owner": rini.pk})


def people(form: Any) -> set[User]:
    return set(form.fields["owner"].queryset)


def test_it_goes_to_somebody_who_does_not_hold_it(rini: User, dewi: User, bowo: User) -> None:
    hers, mine = held_by(rini), perform(factories.opened(), "take", actor=bowo)
    for case, offered_to, proposed in ((mine, {rini, dewi}, None), (hers, {bowo, dewi}, bowo.pk)):
        form = TakeOverForm(case=case, actor=bowo)
        assert (people(form), form["owner"].value()) == (offered_to, proposed)
    with pytest.raises(InvalidInput, match="sudah memegang"):
        perform(mine, "take_over", actor=bowo, data={"owner": bowo.pk, "reason": "Tetap saya."})
    # together, each is asked by itself: to whom one goes may hold another
    browser, at = signed_in(bowo), reverse("cases:bulk")
    chosen: dict[str, Any] = {"case": [mine.pk, hers.pk], "step": "take_over"}
    assert bowo in people(browser.get(at, chosen).context["form"])
    page = browser.post(at, {**chosen, "owner": bowo.pk, "reason": "Saya saja.", "token": "sekali"})
    assert [bool(one.refusal) for one in page.context["outcomes"]] == [True, False]
    assert "owner:" not in page.context["outcomes"][0].refusal
    assert (stored(mine).owner, stored(hers).owner) == (bowo, bowo)


@pytest.mark.parametrize("step", ["release", "take_over", "propose_void"])
def test_a_request_without_an_object_is_withdrawn_with_words(
    step: str, rini: User, dewi: User, bowo: User, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    case = held_by(rini)
    one = wanted(case, dewi)
    with django_capture_on_commit_callbacks(execute=True):
        if step == "take_over":
            perform(case, "take_over", actor=bowo, data={"owner": bowo.pk, "reason": "Mendesak."})
        elif step == "release":
            perform(case, "release", actor=rini)
        else:
            perform(case, "propose_void", actor=rini, data={"reason": "Iklan."})
            perform(case, "confirm_void", actor=bowo)
    one = again(one)
    assert (one.state, case.number in one.remark) == (Asked.WITHDRAWN, True)


def test_nobody_asks_twice_or_for_what_is_free_or_away_from_work(rini: User, dewi: User) -> None:
    case = held_by(rini)
    wanted(case, dewi)
    sari = factories.person("sari", Role.AGENT_EMAIL, ready=False)
    for actor in (dewi, sari, rini):
        with pytest.raises(NotNow):
            perform(case, "ask_for_case", actor=actor, data={"reason": "Saya juga."})
    with pytest.raises(NotNow):
        perform(factories.opened(), "ask_for_case", actor=dewi, data={"reason": "Bebas."})
    assert Escalation.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_agreeing_and_taking_over_at_once_leave_one_owner(rini: User, dewi: User, bowo: User) -> None:
    case = held_by(rini)
    one = wanted(case, dewi)
    data = {"owner": bowo.pk, "reason": "Mendesak."}
    acts = [lambda: perform(one, "agree", actor=rini), lambda: perform(case, "take_over", actor=bowo, data=data)]
    outcomes = in_threads(2, lambda number: acts[number]())
    one = again(one)
    assert not any(isinstance(outcome, Exception) and not isinstance(outcome, NotNow) for outcome in outcomes)
    assert (one.state, stored(case).owner) in {(Asked.APPROVED, bowo), (Asked.APPROVED, dewi), (Asked.WITHDRAWN, bowo)}
    assert list(broken_links()) == []


# --- the demonstration ---------------------------------------------------------------------------------------------
def test_the_demonstration_shows_an_escalation_in_every_state(db: None) -> None:
    load_people()
    assert not load_escalations()  # the mails are not there yet
    for _number in range(WANTED):
        factories.opened()
    assert load_escalations()
    states = Escalation.objects.values_list("state", "level").order_by("pk")
    assert list(states) == [
        ("ASKED", "TEAM_LEADER"), ("ASKED", "SUPERVISOR"), ("WITH_UNIT", "TEAM_LEADER"), ("RETURNED", "SUPERVISOR"),
        ("APPROVED", "TEAM_LEADER"), ("REQUESTED", "OWNER"),
    ]  # fmt: skip
    assert load_escalations()
    assert Escalation.objects.count() == WANTED


# --- the open page ---------------------------------------------------------------------------------------------------
def test_the_open_page_keeps_the_claim_and_leaves_the_history_alone(rini: User, client: Client) -> None:
    case = held_by(rini)
    soon = timezone.now() + timedelta(minutes=1)
    EmailCase.objects.filter(pk=case.pk).update(lease_until=soon)
    client.force_login(rini)
    assert client.post(reverse("cases:here", args=[case.pk])).status_code == 204
    kept = stored(case)
    assert kept.lease_until is not None
    assert kept.lease_until > soon + timedelta(minutes=20)
    assert (kept.version, kept.chain) == (case.version, case.chain)
    EmailCase.objects.filter(pk=case.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    client.post(reverse("cases:here", args=[case.pk]))  # too late: beat may have given it away already
    assert services.expire_leases() == 1
    assert stored(case).owner is None


def test_who_looks_and_who_writes_is_seen_in_list_and_case(rini: User, dewi: User, client: Client) -> None:
    case = held_by(rini)
    client.force_login(dewi)
    client.post(reverse("cases:here", args=[case.pk]))
    name = case.procedure_name()
    assert [(one.name, one.writes) for one in viewing.viewers(name, [case.pk], but=rini)[case.pk]] == [("Dewi", False)]
    client.post(reverse("cases:draft", args=[case.pk, "note"]), {"text": "Saya tahu sebabnya"})
    assert [one.writes for one in viewing.viewers(name, [case.pk], but=rini)[case.pk]] == [True]
    row = lists.page(EmailDesk(), rini, VIEWS[0], client.get("/cases/").wsgi_request.GET).rows[0]
    assert [one.writes for one in row.viewers] == [True]
    client.post(reverse("cases:here", args=[case.pk]))  # the composer is closed
    assert [one.writes for one in viewing.viewers(name, [case.pk], but=rini)[case.pk]] == [False]
    client.post(reverse("cases:here", args=[case.pk]), {"from": "composer"})
    assert [one.writes for one in viewing.viewers(name, [case.pk], but=rini)[case.pk]] == [True]
    Draft.objects.update(saved_at=timezone.now() - timedelta(minutes=5))
    client.post(reverse("cases:here", args=[case.pk]), {"from": "composer"})  # long ago is not now
    assert [one.writes for one in viewing.viewers(name, [case.pk], but=rini)[case.pk]] == [False]
