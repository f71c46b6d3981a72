"""The team leader's board: what it counts, for whom, with how many queries; news in a second browser."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from tenesa.accounts.models import PresenceState, User
from tenesa.accounts.presence import change_presence
from tenesa.accounts.roles import Role
from tenesa.ui import counters
from tenesa.ui.board import Card, cards_of
from tenesa.workflow.perform import perform
from tests import factories
from tests.accessibility import violations
from tests.caring import desk as desk_of_caring
from tests.segmentation.entries import famous
from tests.ui.test_frame import signed_in
from tests.ui.test_live import Web
from tickets.models import EmailCase

pytestmark = pytest.mark.django_db


def cards(user: User) -> dict[str, Card]:
    return {card.key: card for card in cards_of(user)}


def in_state(groups: dict[str, Any], state: str) -> list[tuple[Role, list[Any]]]:
    return list(groups[state].by_role) if state in groups else []


def test_it_tells_who_is_ready_who_is_not_and_what_they_hold(bowo: User, rini: User, dewi: User, asing: User) -> None:
    case = perform(factories.opened(), "take", actor=rini)
    change_presence(dewi, PresenceState.AUX, reason="prayer")
    groups = {group.state: group for group in cards(bowo)["people"].obj["groups"]}
    ready = {
        role: {p.user.username: [one.number for one in p.held] for p in of}
        for role, of in in_state(groups, "AVAILABLE")
    }
    assert ready == {Role.AGENT_EMAIL: {"rini": [case.number]}, Role.TEAM_LEADER: {"bowo": []}}
    assert groups["AVAILABLE"].count == 2
    assert [(p.user.username, p.reason) for _role, of in in_state(groups, "AUX") for p in of] == [("dewi", "Ibadah")]
    page = signed_in(bowo).get(reverse("board")).content.decode()
    assert case.number in page
    assert "asing" not in page


def test_people_of_every_role_at_the_desk_are_there_and_counted_by_role(bowo: User, rini: User) -> None:
    """Also who never signed in; a leader of another desk sees none of them."""
    novita = factories.person("novita", Role.TEAM_LEADER, desk_code="CARING")
    agents = [
        factories.person(f"agen{number}", Role.AGENT_CARING, ready=number > 0, desk_code="CARING")
        for number in range(3)
    ]
    factories.person("puspita", Role.QCO, desk_code="CARING")
    gone = factories.person("lama", Role.AGENT_CARING, desk_code="CARING")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    one = desk_of_caring.in_call(agents[1], payer=False)
    groups = {group.state: group for group in cards(novita)["people"].obj["groups"]}
    assert {role: len(of) for role, of in in_state(groups, "AVAILABLE")} == {
        Role.AGENT_CARING: 2, Role.QCO: 1, Role.TEAM_LEADER: 1,
    }  # fmt: skip
    assert [(p.user, p.since) for _role, of in in_state(groups, "OFFLINE") for p in of] == [(agents[0], None)]
    held = {p.user: [case.number for case in p.held] for _role, of in in_state(groups, "AVAILABLE") for p in of}
    assert held[agents[1]] == [one.number]
    theirs = {group.state: group for group in cards(bowo)["people"].obj["groups"]}
    assert {p.user for _role, of in in_state(theirs, "AVAILABLE") for p in of} == {bowo, rini}


def test_it_counts_the_queue_by_age_and_segment(bowo: User) -> None:
    now = timezone.now()
    for minutes, segment in ((2, "DES"), (20, "DES"), (90, ""), (60 * 30, "DGS")):
        EmailCase.objects.filter(pk=factories.opened().pk).update(
            received_at=now - timedelta(minutes=minutes), segment=segment
        )
    queue = cards(bowo)["queue"]
    assert queue.count == 4
    table = [{segment: count for segment, count in band.counts if count} for band in queue.obj["bands"]]
    assert table == [{"DES": 1}, {"DES": 1}, {"": 1}, {}, {"DGS": 1}]


def test_it_tells_breaches_now_and_within_15_minutes(bowo: User) -> None:
    now = timezone.now()
    late, soon, later = (factories.opened() for _case in range(3))
    for case, minutes in ((late, -3), (soon, 14), (later, 16)):
        EmailCase.objects.filter(pk=case.pk).update(urgent_at=now + timedelta(minutes=minutes), urgent_for="x")
    EmailCase.objects.filter(pk=late.pk).update(segment="DGS", customer=famous())
    breaches = cards(bowo)["breaches"]
    lines = [*breaches.obj["late"], *breaches.obj["soon"]]
    assert [row.pk for row in lines] == [late.pk, soon.pk]
    assert [[chip.text for chip in row.chips] for row in lines] == [["DGS", "VVIP"], []]
    assert (breaches.count, breaches.signal) == (1, "breach")
    assert [(one.count, one.url) for one in breaches.obj["figures"]] == [(1, breaches.url)]  # no line for none


def test_it_is_for_leaders_of_the_desk(rini: User, bowo: User) -> None:
    factories.opened()
    stranger = factories.person("maria", Role.TEAM_LEADER, desk_code="TDSCC")
    assert signed_in(rini).get(reverse("board")).status_code == 403
    assert Client().get(reverse("board")).status_code == 302
    assert "queue" not in cards(stranger)
    assert cards(bowo)["queue"].count == 1


def test_thirty_cases_and_people_cost_as_many_queries_as_one(bowo: User) -> None:
    def queries() -> int:
        client = signed_in(bowo)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            client.get(reverse("board"), {"part": "cards"})
        return len(captured)

    perform(factories.opened(), "take", actor=factories.person("satu", Role.AGENT_EMAIL))
    EmailCase.objects.update(urgent_at=timezone.now())
    few = queries()
    for number in range(15):
        perform(factories.opened(), "take", actor=factories.person(f"agen{number}", Role.AGENT_EMAIL))
    EmailCase.objects.update(urgent_at=timezone.now())
    assert queries() == few <= 22


def test_the_menus_counts_are_read_once_for_people_alike(rini: User, dewi: User, bowo: User) -> None:
    perform(factories.opened(), "take", actor=rini)
    factories.opened()
    with CaptureQueriesContext(connection) as captured:
        told = counters.read([rini, dewi, bowo])
    assert b'"/cases/?view=mine": [1, ""], "/cases/?view=queue": [1, ""]' in told[rini.pk]
    assert b'"/cases/?view=mine": [0, ""], "/cases/?view=queue": [1, ""]' in told[dewi.pk]
    assert b"/mail/quarantine/" in told[bowo.pk]
    few = len(captured)
    many = [factories.person(f"agen{number}", Role.AGENT_EMAIL) for number in range(20)]
    for person in many:
        _ = person.places
    with CaptureQueriesContext(connection) as captured:
        counters.read([rini, dewi, bowo, *many])
    assert len(captured) <= few


@pytest.fixture
def wall(browser: Browser, transactional_db: None, bowo: User) -> Iterator[tuple[Page, Web]]:
    """bowo's board in a browser, served by a real web process."""
    web = Web()
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="id-ID", reduced_motion="reduce")
    try:
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": web.session(bowo), "url": web.base}])
        page = context.new_page()
        page.goto(web.base + reverse("board"))
        expect(page.locator("body")).to_have_attribute("data-live", "open")
        yield page, web
    finally:
        context.close()
        web.end()


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_it_is_told_in_a_second_browser_and_catches_up_after_a_cut(wall: tuple[Page, Web], rini: User) -> None:
    page, web = wall
    case = factories.opened()
    expect(page.locator("#card-queue .card-head .signal")).to_have_text("1")
    perform(case, "take", actor=rini)  # a page that were not told would poll after 15 s
    expect(page.locator(f"[data-person='{rini.pk}'] .held")).to_contain_text(case.number, timeout=12_000)
    expect(page.locator("#card-queue .card-head .signal")).to_have_text("0")
    change_presence(rini, PresenceState.AUX, reason="break")
    expect(page.locator(f"[data-state=AUX] [data-person='{rini.pk}']")).to_be_visible(timeout=12_000)
    assert page.locator("#live").is_hidden()

    web.kill()
    expect(page.locator("#live")).to_be_visible(timeout=20_000)
    missed = factories.opened()
    web.start()
    expect(page.locator("#live")).to_be_hidden(timeout=30_000)
    expect(page.locator("#card-queue .card-head .signal")).to_have_text("1", timeout=12_000)
    assert missed.pk

    for width, height in ((1366, 768), (1920, 1080), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, width
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == []
