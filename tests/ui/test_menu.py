"""The menu: desks and tools, who sees which, what a desk's line says, its keys, and that it fits a small notebook."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, expect

from tenesa.accounts.models import Membership, Team, User
from tenesa.accounts.roles import Role
from tenesa.mail.models import InboundMail
from tenesa.ui import counters
from tenesa.ui.menu import Menu, MenuDesk, MenuItem
from tenesa.workflow.perform import perform
from tests import factories
from tests.accessibility import violations
from tests.caring import desk as caring
from tests.ui.test_browser import desk
from tests.ui.test_live import Web
from tests.vvip import callbacks

pytestmark = pytest.mark.django_db
MORE = (
    MenuDesk("caring", "Caring", "heart-handshake", 6),
    MenuDesk("quality", "Kualitas", "badge-check", 7),
)


@pytest.fixture
def everything(bowo: User) -> User:
    """A leader who is an administrator, too, and has an entry of every kind."""
    for role in (Role.SUPERVISOR, Role.MANAGER, Role.ADMIN):
        Membership.objects.create(user=bowo, team=Team.objects.get(), role=role)
    User.objects.filter(pk=bowo.pk).update(is_staff=True)
    return User.objects.get(pk=bowo.pk)


def rail(user: User, path: str = "/procedures/w-05/") -> str:
    client = Client()
    client.force_login(user)
    return client.get(reverse("nav"), {"at": path}).content.decode()


def desks(html: str) -> list[str]:
    return re.findall(r'data-count="desk:(\w+)"', html)


def lists(html: str) -> list[str]:
    """The lists of mail cases that are drawn, in their order."""
    drawn = html.split('class="lists"')[1].split("</div>", maxsplit=1)[0]
    return re.findall(r'href="/cases/\?view=(\w+)"', drawn)


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        (Role.AGENT_EMAIL, ["cases", "pending", "approvals"]),
        (
            Role.SUPERVISOR,
            ["cases", "pending", "approvals", "calls", "callbacks", "prospects", "results", "lists", "audits"],
        ),
        (Role.MANAGER, ["cases", "approvals", "calls", "callbacks", "prospects", "results", "lists", "audits"]),
        (Role.TELKOM_UNIT, ["pending"]),
        (Role.ADMIN, []),
        (Role.DOC_CONTROL, []),
    ],
)
def test_a_person_sees_the_desks_that_their_role_works_at(role: Role, seen: list[str]) -> None:
    shown = desks(rail(factories.person("seseorang", role)))
    assert [slug for slug in shown if slug != "visits"] == seen  # the sample's is of agents and team leaders


@pytest.mark.parametrize(
    ("role", "name", "query"),
    [
        (Role.AGENT_EMAIL, "cases:list", ""),
        (Role.MANAGER, "board", ""),
        (Role.TELKOM_UNIT, "pending:list", "?view=own"),
        (Role.ADMIN, "mail:ledger", ""),
        (Role.DOC_CONTROL, "documents:register", ""),
        (Role.AGENT_147, "calls:list", ""),
        (Role.AGENT_TIER2, "callbacks:list", ""),  # the calls stand beside it
    ],
)
def test_a_person_begins_at_their_first_place(role: Role, name: str, query: str) -> None:
    client = Client()
    client.force_login(factories.person("seseorang", role))
    assert client.get("/")["Location"] == reverse(name) + query


def test_a_leader_who_works_too_begins_at_the_desk_whose_cases_they_see() -> None:
    """Of mails, the first desk, there are none at the desk of caring, and of prospects none at that of 147."""
    factories.opened()
    caring.prospect()
    callbacks.waiting()
    for desk_code, name in (("TENESA", "cases:list"), ("CARING", "prospects:list"), ("147", "calls:list")):
        client, leader = Client(), factories.person(f"tl{desk_code}", Role.TEAM_LEADER, desk_code=desk_code)
        leader.memberships.create(team=factories.team(desk_code), role=Role.AGENT_EMAIL)
        client.force_login(leader)
        assert client.get("/")["Location"].partition("?")[0] == reverse(name)


def test_the_results_of_caring_open_with_what_the_role_has_to_do() -> None:
    for role, first, of_qc in (
        (Role.AGENT_CARING, "again", False), (Role.QCO, "qc", True), (Role.TEAM_LEADER, "leader", True)
    ):  # fmt: skip
        drawn = rail(factories.person(f"o{role.value}", role, desk_code="CARING"), reverse("results:list"))
        shown = re.findall(r'href="/results/\?view=(\w+)"', drawn.split('class="lists"')[1])
        assert (shown[0], "qc" in shown) == (first, of_qc)


def test_nobody_is_led_to_the_applications_who_may_not_see_them() -> None:
    for role in (Role.DOC_CONTROL, Role.AGENT_EMAIL):
        person, address = factories.person(f"app{role.value}", role), reverse("systems-status")
        client = Client()
        client.force_login(person)
        assert (address in rail(person)) == (client.get(address).status_code == 200)


def test_only_the_open_desk_draws_its_lists(rini: User, bowo: User) -> None:
    agent = ["mine", "queue", "updates", "waiting", "all", "closed"]
    assert lists(rail(rini, "/cases/?view=queue")) == agent
    leader = ["mine", "queue", "updates", "triage", "overdue", "waiting", "all", "closed"]
    assert lists(rail(bowo)) == leader  # a page of no desk: the first
    at_a_hold = rail(rini, reverse("pending:list"))
    drawn = at_a_hold.split('class="lists"')[1].split("</div>", maxsplit=1)[0]
    places = ["/pending/?view=waiting", "/pending/?view=hold", "/pending/today/", "/pending/?view=all"]
    assert re.findall(r'href="([^"]+)"', drawn) == places
    for place in places:
        assert re.findall(r'href="([^"]+)" aria-current="page"', rail(rini, place)) == [place]
    assert "/prospects/" not in drawn
    own = rail(factories.person("ujang", Role.TELKOM_UNIT), reverse("pending:list"))
    assert 'class="lists"' not in own  # of one list: its line is the list
    assert re.search(r'<a href="/pending/\?view=own" class="desk" aria-current="page"', own)


def test_a_desks_line_says_what_needs_action_before_what_is_mine() -> None:
    one, other = MORE[:2]
    menu = Menu.of([
        MenuItem("a", "x", "/a/", 3, desk=one),
        MenuItem("b", "x", "/b/", None, "breach", desk=one),
        MenuItem("c", "x", "/c/", 7, "breach", desk=one),
        MenuItem("d", "x", "/d/", 0, "breach", desk=other),
        MenuItem("e", "x", "/e/", 2, desk=other),
        MenuItem("t", "x", "/t/", 0, "breach"),
    ])  # fmt: skip
    assert [line.leading for line in menu.desks] == [(7, "breach"), (2, "")]
    assert [item.label for item in menu.desks[0].items] == ["a", "c", "b"]
    assert menu.counts == {
        "/a/": (3, ""), "/c/": (7, "breach"), "/d/": (0, ""), "/e/": (2, ""), "/t/": (0, ""),
        "desk:caring": (7, "breach"), "desk:quality": (2, ""),
    }  # fmt: skip


def test_counts_are_pushed_by_name_of_the_desk_and_are_each_persons_own(rini: User, dewi: User) -> None:
    perform(factories.opened(), "take", actor=rini)
    told = counters.read([rini, dewi])
    assert b'"desk:cases": [1, ""]' in told[rini.pk]
    assert b'"desk:cases": [0, ""]' in told[dewi.pk]


def test_every_desk_has_a_key_of_its_own_in_rail_and_palette(everything: User) -> None:
    keys = re.findall(r'data-key="([^"]+)"', rail(everything))
    assert keys == [f"Shift+{number}" for number in range(1, 10)]
    client = Client()
    client.force_login(everything)
    assert 'data-press="Shift+2"' in client.get(reverse("palette"), {"q": "pending"}).content.decode()
    assert "/cases/?view=triage" in client.get(reverse("palette"), {"q": "surel triase"}).content.decode()


def test_the_mail_books_are_one_entry_and_tabs_of_each_other(bowo: User, rini: User) -> None:
    factories.inbound(status="QUARANTINED", reason="kaset macet")
    factories.inbound(status="IGNORED", reason="Balasan otomatis")
    held = InboundMail.objects.get(status="QUARANTINED")
    assert f'data-count="{reverse("mail:quarantine")}" data-signal="breach">1<' in rail(bowo)
    assert "/mail/" not in rail(rini)
    client = Client()
    client.force_login(bowo)
    books = [reverse(f"mail:{name}") for name in ("quarantine", "ignored", "duplicates", "ledger")]
    for path in [*books, reverse("mail:quarantined", args=[held.pk])]:
        page = client.get(path).content.decode()
        tabs = page.split('class="tabs"')[1].split("</nav>")[0]
        assert re.findall(r'href="([^"]+)"', tabs) == books
        assert re.findall(r'href="([^"]+)" aria-current="page"', tabs) == [path if path in books else books[0]]
        assert [re.sub(r"\D", "", count) for count in re.findall(r"<span[^>]*>\d+</span>", tabs)] == ["1", "1"]
        assert re.search(rf'<a href="{books[0]}" aria-current="page">\s*<svg', page.split('id="nav"')[1])


def test_an_administrator_finds_the_ledger_and_no_mails() -> None:
    chief = factories.person("chief", Role.ADMIN)
    assert reverse("mail:ledger") in rail(chief)
    assert reverse("mail:quarantine") not in rail(chief)
    client = Client()
    client.force_login(chief)
    assert 'class="tabs"' not in client.get(reverse("mail:ledger")).content.decode()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_whole_menu_stands_on_a_small_notebook(browser: Browser, live_server: Any, everything: User) -> None:
    window = desk(browser, live_server, everything)
    page = window.open(f"{reverse('cases:list')}?view=queue")
    places = page.locator(".nav a")
    assert places.evaluate_all("all => all.map(a => a.getBoundingClientRect().bottom <= innerHeight)") == [True] * 28
    assert page.locator("#nav").evaluate("nav => nav.scrollHeight - nav.clientHeight") <= 0
    clipped = "all => all.filter(it => it.scrollWidth > it.clientWidth).map(it => it.textContent)"
    assert page.locator(".nav a > span").evaluate_all(clipped) == []
    assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert page.locator(".nav .lists a").first.is_visible()
    bottom = page.locator("#main").evaluate("main => main.getBoundingClientRect().bottom")
    assert page.locator(".nav .lists").evaluate("lists => lists.getBoundingClientRect().top") >= bottom
    assert violations(page) == []
    assert window.complaints == []


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_shift_and_a_digit_goes_to_a_desk_and_the_digit_alone_takes_a_step(
    browser: Browser, live_server: Any, rini: User
) -> None:
    window = desk(browser, live_server, rini)
    page = window.open(reverse("cases:list"))
    for digit, desk_name in ((2, "pending"), (3, "approvals"), (1, "cases")):
        page.keyboard.press(f"Shift+Digit{digit}")
        page.wait_for_url(f"**{reverse(f'{desk_name}:list')}*")
    page.keyboard.press("Shift+Digit9")  # no desk
    page.keyboard.press("2")
    page.focus("#finder")
    page.keyboard.press("Shift+Digit2")  # is being written
    assert page.input_value("#finder") == "@"
    assert page.url.endswith("/cases/")
    page.goto(live_server.url + reverse("outbox"))
    page.keyboard.press("Control+k")
    page.keyboard.type("pending")
    expect(page.locator("#palette [aria-selected=true] kbd")).to_have_text("Shift+2")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{reverse('pending:list')}*")
    assert window.complaints == []


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_lists_and_closed_desks_are_counted_without_a_reload_in_two_browsers(browser: Browser, rini: User) -> None:
    web = Web()
    places = (reverse("approvals:list"), f"{reverse('cases:list')}?view=queue")
    contexts = [browser.new_context(locale="id-ID") for _place in places]
    try:
        pages = []
        for context, place in zip(contexts, places, strict=True):
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": web.session(rini), "url": web.base}])
            pages.append(context.new_page())
            pages[-1].goto(web.base + place)
            expect(pages[-1].locator("body")).to_have_attribute("data-live", "open")
            pages[-1].evaluate("document.body.dataset.first = 'yes'")
        perform(factories.opened(), "take", actor=rini)
        factories.opened()
        expect(pages[0].locator('[data-count="desk:cases"]')).to_have_text("1", timeout=12_000)
        expect(pages[1].locator('[data-count="/cases/?view=mine"]')).to_have_text("1", timeout=12_000)
        expect(pages[1].locator('[data-count="/cases/?view=queue"]')).to_have_text("1", timeout=12_000)
        assert [page.locator("body").get_attribute("data-first") for page in pages] == ["yes", "yes"]
    finally:
        for context in contexts:
            context.close()
        web.end()
