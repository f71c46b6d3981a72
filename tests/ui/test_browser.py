"""The pages in a real browser: accessible, quiet console, no sideways scroll, and usable without a mouse."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from tenesa.accounts.models import Membership, Team, User
from tenesa.accounts.roles import Role
from tenesa.escalation.models import Escalation
from tenesa.mail.folders import LedgerDay
from tenesa.mail.models import InboundMail
from tenesa.ui.viewing import viewers
from tenesa.workflow.perform import perform
from tenesa.workspace import notes
from tenesa.workspace.desk import desks
from tenesa.workspace.models import Draft
from tests import factories
from tests.accessibility import COLOURS, violations
from tests.platform.test_escalation import escalated
from tests.segmentation.entries import famous
from tickets.models import EmailCase, State

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OVERFLOW = "document.documentElement.scrollWidth - window.innerWidth"
SIZES = {"desk": (1366, 768), "wide": (1920, 1080), "phone": (390, 844)}


@pytest.fixture
def shift(rini: User, dewi: User) -> list[EmailCase]:
    """A small shift: three new mails, one of them taken by rini, one by dewi."""
    cases = [factories.opened(subject=f"Gangguan layanan cabang {number}") for number in range(3)]
    for case in cases:
        InboundMail.objects.filter(pk=case.first_mail_id).update(
            procedure=case.procedure_name(), case_id=case.pk, html="<p>Halo <img src='https://luar.example/x.png'></p>"
        )
    perform(cases[0], "take", actor=rini)
    perform(cases[2], "take", actor=dewi)
    return cases


class Desk:
    """One signed-in browser window that remembers every complaint of its console."""

    def __init__(self, context: BrowserContext, base: str, user: User) -> None:
        self.page: Page = context.new_page()
        self.base = base
        self.complaints: list[str] = []
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(base + reverse("login"))
        self.page.fill("[name=username]", user.username)
        self.page.fill("[name=password]", "rahasia-sekali")
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(lambda url: "sign-in" not in url)

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def open(self, path: str) -> Page:
        self.page.goto(self.base + path)
        self.page.wait_for_load_state("networkidle")
        return self.page


def desk(browser: Browser, server: Any, user: User, size: str = "desk", scheme: Any = "light") -> Desk:
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, locale="id-ID", reduced_motion="reduce"
    )
    return Desk(context, server.url, user)


def addresses(cases: list[EmailCase]) -> list[str]:
    pages = [reverse(name) for name in ("readiness", "own", "outbox", "cases:map")]
    views = [f"{reverse('cases:list')}?view={view}" for view in ("mine", "queue", "closed", "triage")]
    return [*pages, *views, *(reverse("cases:case", args=[case.pk]) for case in cases[:2])]


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.long)])
def test_every_page_is_accessible_and_quiet(
    browser: Browser, live_server: Any, shift: list[EmailCase], bowo: User, scheme: str
) -> None:
    window = desk(browser, live_server, bowo, scheme=scheme)
    for path in addresses(shift):
        page = window.open(path)
        assert violations(page, COLOURS if scheme == "dark" else ()) == [], path
        assert page.evaluate(OVERFLOW) <= 0, path
    assert window.complaints == []


def test_the_sign_in_is_accessible(browser: Browser, live_server: Any) -> None:
    page = browser.new_page()
    page.goto(live_server.url + reverse("login"))
    assert violations(page) == []
    page.fill("[name=username]", "siapa")
    page.fill("[name=password]", "salah")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=alert]")
    assert violations(page) == []


@pytest.mark.parametrize("size", ["phone", pytest.param("wide", marks=pytest.mark.long)])
def test_no_page_scrolls_sideways(
    browser: Browser, live_server: Any, shift: list[EmailCase], bowo: User, size: str
) -> None:
    window = desk(browser, live_server, bowo, size=size)
    for path in addresses(shift):
        page = window.open(path)
        assert page.evaluate(OVERFLOW) <= 0, path


def test_dialogs_composer_and_menus_are_accessible(
    browser: Browser, live_server: Any, shift: list[EmailCase], rini: User
) -> None:
    window = desk(browser, live_server, rini)
    page = window.open(reverse("cases:case", args=[shift[0].pk]))
    page.keyboard.press("r")
    page.wait_for_selector("#composer textarea")
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.wait_for_selector("#palette [role=option]")
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    page.wait_for_selector("#help[open]")
    assert violations(page) == []
    page.keyboard.press("Escape")
    for summary in page.query_selector_all("details.presence > summary"):
        summary.click()
        assert violations(page) == []
    assert window.complaints == []


def test_a_shift_begins_without_a_mouse(browser: Browser, live_server: Any, shift: list[EmailCase]) -> None:
    factories.person("laras", Role.AGENT_EMAIL, ready=False)
    window = desk(browser, live_server, User.objects.get(username="laras"))
    page = window.page
    page.wait_for_url(f"**{reverse('readiness')}")
    page.wait_for_selector("[name=checked]:focus")
    for _item in range(6):
        page.keyboard.press("Space")
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{reverse('cases:list')}*")
    page.keyboard.press("g")
    page.wait_for_url("**/cases/*/")
    assert EmailCase.objects.filter(pk=shift[1].pk, owner__username="laras").exists()
    assert window.complaints == []


def test_a_case_is_worked_with_keys_alone(
    browser: Browser, live_server: Any, shift: list[EmailCase], rini: User
) -> None:
    window = desk(browser, live_server, rini)
    page = window.open(f"{reverse('cases:list')}?view=queue")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_selector(f'[data-case="{shift[1].pk}"]')
    page.keyboard.press("a")
    page.wait_for_selector("#offer-check_segment")
    page.keyboard.press("1")
    page.keyboard.type("DES")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("Terlihat di kontrak")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#offer-identify")
    page.keyboard.press("n")
    page.wait_for_selector("#composer textarea")
    page.keyboard.type("PIC sudah ditelepon")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".mail.note")
    case = EmailCase.objects.get(pk=shift[1].pk)
    assert (case.state, case.segment, case.owner) == ("SEGMENT_CHECKED", "DES", rini)
    assert notes.of(case).get().text == "PIC sudah ditelepon"
    assert window.complaints == []


def test_a_step_key_on_a_phone_turns_to_the_pane_of_its_step(
    browser: Browser, live_server: Any, shift: list[EmailCase], rini: User
) -> None:
    window = desk(browser, live_server, rini, size="phone")
    page = window.open(reverse("cases:case", args=[shift[0].pk]))
    page.keyboard.press("1")
    page.wait_for_selector(".procedure #offer-check_segment select:focus")
    page.keyboard.press("Escape")
    page.keyboard.press("n")  # the note stands below the mails, in the other pane
    page.wait_for_selector(".case #composer textarea:focus")
    page.keyboard.press("Escape")
    page.click(".case [data-show=procedure]")
    page.click("#offer-write > summary")
    page.click("#offer-write .act button")
    page.wait_for_selector(".case #composer [data-text]:focus")
    page = window.open(reverse("cases:case", args=[shift[1].pk]))
    page.keyboard.press("a")
    page.wait_for_selector("[data-show=case][aria-pressed=true]")
    assert EmailCase.objects.filter(pk=shift[1].pk, owner=rini).exists()
    assert window.complaints == []


def test_a_mail_is_written_sent_and_taken_back(
    browser: Browser, live_server: Any, shift: list[EmailCase], rini: User
) -> None:
    window = desk(browser, live_server, rini)
    page = window.open(reverse("cases:case", args=[shift[0].pk]))
    page.keyboard.press("r")
    page.wait_for_selector("#composer textarea")
    page.keyboard.type("Sedang kami periksa.")
    page.wait_for_selector("#draft-state:not(:empty)")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".undo [data-key=u]")
    page.wait_for_selector(".toast [data-countdown]")
    page.keyboard.press("u")
    page.wait_for_selector(".undo [data-key=u]", state="detached")
    page.wait_for_selector(".toast[data-replaces]")
    assert page.locator(".toast [data-countdown]").count() == 0
    page.keyboard.press("r")
    page.wait_for_selector("#composer textarea")
    assert page.input_value("#composer textarea") == "Sedang kami periksa."
    assert window.complaints == []


# A live refresh that is quicker than the answer puts others in the place of the fields that asked.
REPLACED_MEANWHILE = """() => addEventListener("htmx:beforeOnLoad", ({ detail: { elt } }) =>
  elt.matches(".fields[hx-post*='/draft/']") && elt.replaceWith(elt.cloneNode(true)))"""


def test_whom_a_mail_goes_to_is_said_although_the_composer_was_replaced(
    browser: Browser, live_server: Any, shift: list[EmailCase], rini: User
) -> None:
    window = desk(browser, live_server, rini)
    page = window.open(reverse("cases:case", args=[shift[0].pk]))
    page.keyboard.press("r")
    page.wait_for_selector("#composer textarea")
    page.fill("#composer [name=cc]", "baru@tempat-lain.example")
    page.wait_for_selector("#recipients-said:has-text('tempat-lain.example')")
    page.wait_for_selector("[data-fills]", state="detached")
    page.evaluate(REPLACED_MEANWHILE)
    page.fill("#composer [name=cc]", "lagi@lain-lagi.example")
    page.wait_for_selector("#recipients-said:has-text('lain-lagi.example')")
    assert Draft.objects.get().values["cc"] == "lagi@lain-lagi.example"
    assert window.complaints == []


def test_it_says_when_live_updates_are_cut(
    browser: Browser, live_server: Any, shift: list[EmailCase], rini: User
) -> None:
    """The test server cannot stream, as a cut line cannot: the page says so and polls."""
    page = desk(browser, live_server, rini).open(reverse("cases:list"))
    page.wait_for_selector("#live:not([hidden])")


def test_what_cannot_be_sent_any_more_is_not_offered_and_closing_ends_the_writing(
    browser: Browser, live_server: Any, shift: list[EmailCase], rini: User, dewi: User
) -> None:
    case = shift[0]
    window = desk(browser, live_server, rini)
    page = window.open(reverse("cases:case", args=[case.pk]))
    assert "10" not in page.locator(".offer summary > kbd").all_text_contents()
    page.keyboard.press("r")
    page.wait_for_selector("#composer textarea")
    page.keyboard.type("Sedang kami periksa.")
    page.wait_for_selector("#draft-state:not(:empty)")
    assert [one.writes for one in viewers(case.procedure_name(), [case.pk], but=dewi)[case.pk]] == [True]
    factories.put(case, State.CLOSED)
    page.evaluate("document.body.dispatchEvent(new Event('live-case'))")
    page.wait_for_selector("#composer [data-submit][disabled]")
    left = "el => el.getBoundingClientRect().left"
    assert page.eval_on_selector("#composer [data-cannot] .hint", left) > page.eval_on_selector("#composer", left) + 8
    factories.put(case, State.ASSIGNED)
    page.evaluate("document.body.dispatchEvent(new Event('live-case'))")
    page.wait_for_selector("#composer [data-submit]:not([disabled])")
    with page.expect_response(lambda one: one.url.endswith("/here/") and not one.request.post_data):
        page.click("#composer .bar .btn-icon[hx-get$='/bar/']")
    assert [one.writes for one in viewers(case.procedure_name(), [case.pk], but=dewi)[case.pk]] == [False]


@pytest.mark.slow
def test_no_chip_of_a_row_is_cut(browser: Browser, live_server: Any, rini: User, bowo: User) -> None:
    """At 1366 px, beside a long name and an icon; the icon stays with the name."""
    User.objects.filter(pk=rini.pk).update(last_name="Permatasari Kusumawardhani")
    one = escalated(rini)
    EmailCase.objects.filter(pk=one.case_id).update(customer=famous())
    Escalation.objects.filter(pk=one.pk).update(unit="BACKEND", level="TEAM_LEADER")
    page = desk(browser, live_server, bowo).open(reverse("approvals:list"))
    chips = page.locator(".row .who .chip")
    assert len(chips.all_inner_texts()) == 3
    cut = "all => all.filter(one => one.scrollWidth > one.clientWidth).map(one => one.textContent.trim())"
    assert chips.evaluate_all(cut) == []
    assert page.locator(".row").evaluate("one => one.scrollWidth - one.clientWidth") <= 0


def test_a_phone_shows_the_open_place_and_whole_letters(browser: Browser, live_server: Any, bowo: User) -> None:
    page = desk(browser, live_server, bowo, size="phone").open(reverse("board"))
    box = page.locator("#nav [aria-current=page]").bounding_box()
    assert box
    assert 0 <= box["x"] <= SIZES["phone"][0] - box["width"]
    cut = "all => all.filter(one => one.scrollHeight > one.clientHeight).map(one => one.textContent)"
    assert page.eval_on_selector_all("#nav a > span:not(.count)", cut) == []


def test_every_place_of_the_menu_stands_on_one_line(browser: Browser, live_server: Any, bowo: User) -> None:
    """At 1366 px, marked, with two digits beside it."""
    for role in (Role.SUPERVISOR, Role.MANAGER):
        Membership.objects.create(user=bowo, team=Team.objects.get(), role=role)
    seat = desk(browser, live_server, bowo)
    counted = """all => all.forEach(link => {
      link.setAttribute("aria-current", "page");
      for (const count of link.querySelectorAll(".count")) { count.hidden = false; count.textContent = "88"; }
    })"""
    folded = """all => all.filter(one => one.getBoundingClientRect().height > 20 || one.scrollWidth > one.clientWidth)
      .map(one => one.textContent)"""
    found: set[str] = set()
    for place in [one.list_url() for one in desks() if one.is_open_to(bowo)]:
        page = seat.open(place)
        page.locator(".nav a").evaluate_all(counted)
        found |= set(page.eval_on_selector_all("#nav a > span:not(.count)", folded))
    assert found == set()


def test_on_a_phone_the_rows_of_the_board_are_read(browser: Browser, live_server: Any, bowo: User) -> None:
    case = factories.opened(subject="Gangguan layanan cabang Tegal sejak pagi")
    EmailCase.objects.filter(pk=case.pk).update(urgent_at=timezone.now(), urgent_for="x")
    page = desk(browser, live_server, bowo, size="phone").open(reverse("board"))
    row = page.locator(".breaches a").first
    assert row.locator(".clip").first.evaluate("one => one.scrollWidth - one.clientWidth") <= 0
    assert row.locator(".clip").first.bounding_box()["width"] > 200  # type: ignore[index]


def test_on_a_phone_the_ledger_stands_within_the_page(browser: Browser, live_server: Any, bowo: User) -> None:
    mailbox = factories.opened().mailbox
    LedgerDay.objects.create(
        mailbox=mailbox, folder="INBOX", day=timezone.localdate(), on_server=41, filed=38, checked_at=timezone.now()
    )
    page = desk(browser, live_server, bowo, size="phone").open(reverse("mail:ledger"))
    table = page.locator("table.many")
    assert table.evaluate("one => one.scrollWidth - one.parentElement.clientWidth") <= 0
    assert table.locator("td[data-label]").first.evaluate("one => getComputedStyle(one, '::before').content") != "none"
