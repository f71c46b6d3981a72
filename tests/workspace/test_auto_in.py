"""Auto-in gives the next most urgent case to whoever is ready and free: one case to one person, one at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, expect
from pytest_django import Settings

from pending.models import PendingRequest
from tenesa.accounts.models import Presence, PresenceState, User
from tenesa.accounts.presence import change_presence, pause
from tenesa.accounts.roles import Role
from tenesa.audit.models import Event
from tenesa.ui import live
from tenesa.workflow.perform import perform
from tenesa.workspace import auto_in, let_go
from tenesa.workspace.desk import desks
from tests import factories
from tests.pending.desk import asked
from tests.platform.test_perform import in_threads
from tests.ui.test_live import Web
from tests.workspace.worked import WORK, people
from tickets.desk import EmailDesk
from tickets.models import EmailCase
from tickets.states import State
from vvip.models import Callback, SpecialCase

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _delivers(settings: Settings) -> None:
    settings.AUTO_IN = {"delivers": True}


def again(case: Any) -> Any:
    return type(case)._default_manager.get(pk=case.pk)


def urgent(case: Any, minutes: int) -> Any:
    type(case)._default_manager.filter(pk=case.pk).update(urgent_at=timezone.now() + timedelta(minutes=minutes))
    return case


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_who_are_free_never_get_the_same_case_and_nobody_two_at_once() -> None:
    agents = [factories.person(f"agen{number}", Role.AGENT_EMAIL) for number in range(4)]
    cases = [urgent(factories.opened(), number) for number in range(9)]
    asks: list[Callable[[], Any]] = [lambda: auto_in.deliver(agents)] * 4
    asks += [partial(auto_in.following, EmailDesk(), who) for who in agents]
    outcomes = in_threads(8, lambda number: asks[number]())
    assert not [one for one in outcomes if isinstance(one, Exception)], outcomes
    owners = Counter(EmailCase.objects.exclude(owner=None).values_list("owner", flat=True))
    assert owners == dict.fromkeys((agent.pk for agent in agents), 1)
    assert [again(case).owner is not None for case in cases] == [True] * 4 + [False] * 5
    assert set(Counter(Event.objects.filter(step="take").values_list("case_id", flat=True)).values()) == {1}
    assert auto_in.deliver(agents) == 0


def test_it_gives_to_whom_is_ready_and_free_alone_the_most_urgent_of_their_desks(
    rini: User, dewi: User, bowo: User, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, ...]] = []
    monkeypatch.setattr(auto_in, "tell", lambda *words: told.append(words))
    case = urgent(factories.opened(), 30)
    hold = urgent(asked(factories.person("unit", Role.TELKOM_UNIT), "IN10482219"), 10)
    everybody = [rini, dewi, bowo]
    pause(dewi, paused=True)
    change_presence(rini, PresenceState.AUX, reason="break")
    assert auto_in.deliver(everybody) == 0

    change_presence(rini, PresenceState.AVAILABLE)
    with django_capture_on_commit_callbacks(execute=True):
        assert auto_in.deliver(everybody) == 1
    assert (again(hold).owner, again(case).owner) == (rini, None)
    assert told == [("pop", f"person:{rini.pk}")]

    assert auto_in.deliver(everybody) == 0, "she has one in hand, and nobody else is free"
    pause(dewi, paused=False)
    assert auto_in.deliver(everybody) == 1
    assert again(case).owner == dewi


def test_every_desk_whose_queue_is_pulled_gives_to_its_own(transactional_db: None) -> None:
    given = {desk.procedure for desk in desks() if desk.delivers_to}
    assert given == {model.procedure_name() for model in (EmailCase, PendingRequest, SpecialCase, Callback)}
    everybody = people()
    for desk in desks():
        if desk.delivers_to:
            case = WORK[desk.procedure].opened(everybody)
            desk.model._default_manager.filter(pk=case.pk).update(owner=None)
            free = factories.person(f"bebas-{desk.slug}", desk.delivers_to[0], desk_code=case.desk_id)
            assert auto_in.deliver([free]) == 1, desk.slug
            assert again(case).owner == free
            assert auto_in.has_in_hand(free), desk.slug
            assert auto_in.deliver([free]) == 0, desk.slug


def test_what_was_given_stands_on_every_page_until_it_is_opened(rini: User, client: Client) -> None:
    case = urgent(factories.opened(), 5)
    client.force_login(rini)
    assert 'hx-trigger="live-pop' in client.get(reverse("cases:list")).content.decode()
    assert auto_in.deliver([rini]) == 1
    assert 'hx-trigger="load, live-pop' in client.get(reverse("cases:list")).content.decode()
    shown = client.get(reverse("auto-in"), headers={"HX-Current-URL": "http://t/pending/"}).content.decode()
    assert case.number in shown
    assert "data-open-now" not in shown
    beside = client.get(reverse("auto-in"), headers={"HX-Current-URL": "http://t/cases/?view=mine"}).content.decode()
    assert 'hx-target="#open"' in beside
    assert "data-open-now" in beside
    there = client.get(reverse("auto-in"), headers={"HX-Current-URL": f"http://t{case.get_absolute_url()}"})
    assert there.content == b""
    assert client.post(reverse("cases:here", args=[case.pk])).headers["HX-Trigger"] == "live-pop"
    assert "HX-Trigger" not in client.post(reverse("cases:here", args=[case.pk])).headers
    assert client.get(reverse("auto-in")).content == b""


def test_whoever_takes_another_case_first_is_shown_no_more_what_was_given(
    rini: User, dewi: User, client: Client, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, ...]] = []
    monkeypatch.setattr(auto_in, "tell", lambda *words: told.append(words))
    hold, mail = urgent(asked(factories.person("ujang", Role.TELKOM_UNIT)), 1), urgent(factories.opened(), 9)
    assert auto_in.deliver([rini]) == 1
    assert again(hold).owner == rini
    client.force_login(rini)
    assert hold.number in client.get(reverse("auto-in")).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        perform(mail, "take", actor=rini)
    assert client.get(reverse("auto-in")).content == b""
    assert (again(hold).owner, again(mail).owner) == (None, rini)
    assert (again(hold).last_event().step, again(hold).last_event().actor_id) == ("release", None)
    assert told == [("pop", f"person:{rini.pk}")]
    assert auto_in.deliver([rini, dewi]) == 1
    assert again(hold).owner == dewi


def test_what_was_opened_stays_and_what_a_leader_gives_takes_nothing_away(
    rini: User, bowo: User, dewi: User, django_capture_on_commit_callbacks: Any
) -> None:
    hold, mail = urgent(asked(factories.person("ujang", Role.TELKOM_UNIT)), 1), urgent(factories.opened(), 9)
    perform(mail, "take", actor=dewi)
    assert auto_in.deliver([rini]) == 1
    with django_capture_on_commit_callbacks(execute=True):
        perform(mail, "take_over", actor=bowo, data={"owner": rini.pk, "reason": "Dewi cuti."})
    assert auto_in.given_to(rini) is not None
    assert auto_in.opened(rini, hold)
    with django_capture_on_commit_callbacks(execute=True):
        perform(factories.opened(), "take", actor=rini)
    assert again(hold).owner == rini


def test_what_is_taken_from_somebody_vanishes_from_their_pages(
    rini: User, bowo: User, dewi: User, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, ...]] = []
    monkeypatch.setattr(auto_in, "tell", lambda *words: told.append(words))
    case = urgent(factories.opened(), 1)
    assert auto_in.deliver([rini]) == 1
    with django_capture_on_commit_callbacks(execute=True):
        perform(again(case), "take_over", actor=bowo, data={"owner": dewi.pk, "reason": "Mendesak."})
    assert told == [("pop", f"person:{rini.pk}")]
    assert auto_in.given_to(rini) is None


def test_every_desk_that_is_given_from_takes_back(transactional_db: None) -> None:
    everybody = people()
    for desk in desks():
        if not desk.delivers_to:
            continue
        case = WORK[desk.procedure].opened(everybody)
        desk.model._default_manager.filter(pk=case.pk).update(owner=None)
        free = factories.person(f"bebas-{desk.slug}", desk.delivers_to[0], desk_code=case.desk_id)
        assert auto_in.deliver([free]) == 1, desk.slug
        assert again(case).owner == free, desk.slug
        desk.withdraw(again(case), free)
        assert again(case).owner is None, desk.slug
        assert let_go.by(free.pk, desk.procedure) == {case.pk}, desk.slug
        EmailCase.objects.update(owner=free)  # no more for the next desk's agent


def test_what_somebody_let_go_goes_to_others_first(
    rini: User, dewi: User, django_capture_on_commit_callbacks: Any
) -> None:
    first, second = (urgent(factories.opened(), minutes) for minutes in (1, 9))
    for case in (first, second):
        assert auto_in.deliver([rini]) == 1
        assert again(case).owner == rini, "not the one again that she has just let go"
        with django_capture_on_commit_callbacks(execute=True):
            perform(again(case), "release", actor=rini)
    assert auto_in.deliver([rini]) == 0, "Dewi is free for both"
    assert auto_in.after(EmailDesk(), rini, second) is None
    assert auto_in.deliver([dewi]) == 1
    assert again(first).owner == dewi
    assert auto_in.deliver([rini]) == 1, "nobody else is free"
    assert again(second).owner == rini


def test_next_takes_what_one_has_let_go_after_all_others(rini: User, django_capture_on_commit_callbacks: Any) -> None:
    first, second = (urgent(factories.opened(), minutes) for minutes in (1, 9))
    perform(first, "take", actor=rini)
    with django_capture_on_commit_callbacks(execute=True):
        perform(first, "release", actor=rini)
    assert auto_in.following(EmailDesk(), rini) == second
    factories.put(second, State.CLOSED, owner=None, needs_action=False)
    assert auto_in.following(EmailDesk(), rini) == first


def test_who_lets_one_lie_until_others_have_it_is_given_no_more(rini: User) -> None:
    case = urgent(factories.opened(), 5)
    assert auto_in.deliver([rini]) == 1
    perform(again(case), "release", actor=rini)
    Presence.objects.filter(user=rini).update(given_at=timezone.now() - auto_in.UNOPENED * 2)
    assert auto_in.deliver([rini]) == 0
    assert (Presence.objects.get(user=rini).paused, again(case).owner) == (True, None)


def test_the_next_case_opens_after_one_is_done_with(rini: User, client: Client) -> None:
    done, waits = urgent(factories.opened(), 1), urgent(factories.opened(), 2)
    given = dict.fromkeys(("educated_at", "forwarded_at", "posted_at"), timezone.now())
    factories.put(done, State.FORWARDED, owner=rini, segment="DCS", **given)
    client.force_login(rini)
    asked_for = {"message": "Terima kasih.", "to": done.sender_address, "next": "1"}
    page = client.post(reverse("cases:step", args=[done.pk, "close"]), asked_for, follow=True)
    assert page.redirect_chain[-1][0] == reverse("cases:case", args=[waits.pk])
    assert (again(done).state, again(waits).owner) == (State.CLOSED, rini)
    waiting = factories.opened()
    page = client.post(reverse("cases:step", args=[waits.pk, "note"]), {"text": "Catatan.", "next": "1"}, follow=True)
    assert page.redirect_chain[-1][0] == reverse("cases:case", args=[waits.pk]), "it still waits for her"
    assert again(waiting).owner is None


def test_supervisors_are_on_duty_or_not_without_the_list_of_agents(client: Client) -> None:
    hendra = factories.person("hendra", Role.SUPERVISOR, ready=False)
    client.force_login(hendra)
    assert client.get(reverse("home")).headers["Location"] != reverse("readiness")
    assert "Tidak siap" in client.get(reverse("cases:list")).content.decode()
    on_duty = client.post(reverse("presence"), {"state": "AVAILABLE"}).content.decode()
    assert "Bertugas" in on_duty
    assert "Jeda" not in on_duty
    assert Presence.objects.get(user=hendra).state == PresenceState.AVAILABLE


# --- the open browser ------------------------------------------------------------------------------------------------
@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_case_reaches_the_open_page_without_a_reload(
    browser: Browser, rini: User, dewi: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTO_IN_DELIVERS", "1")
    web = Web()
    try:
        first, second = (signed_in(browser, web, who) for who in (rini, dewi))
        pages = [first.new_page(), second.new_page()]
        pages[0].goto(f"{web.base}/cases/?view=mine")
        pages[1].goto(f"{web.base}/pending/")
        expect(pages[0].locator("body")).to_have_attribute("data-live", "open")
        expect(pages[1].locator("body")).to_have_attribute("data-live", "open")
        pages[1].locator("#presence > summary").click()
        pages[1].locator("[data-sound]").check()
        cases = [factories.opened(), factories.opened()]
        for case in cases:
            live.publish(case)
        expect(pages[0].locator("#open [data-case]")).to_be_visible()
        bar = pages[1].locator("[data-given]")
        expect(bar).to_be_visible()
        expect(pages[1].locator("body")).to_have_attribute("data-sounded", "2")  # once when it was switched on
        pages[1].keyboard.press("Escape")
        pages[1].keyboard.press("F2")
        expect(pages[1].locator("#open [data-case]")).to_be_visible()
        expect(bar).to_have_count(0)
        owners = {EmailCase.objects.get(pk=case.pk).owner for case in cases}
        assert owners == {rini, dewi}
    finally:
        for context in browser.contexts:
            context.close()
        web.end()


def signed_in(browser: Browser, web: Web, who: User) -> BrowserContext:
    context = browser.new_context()
    context.add_cookies([{"name": "sessionid", "value": web.session(who), "url": web.base}])
    return context
