"""The page of decisions: by keys alone, in every look, and in three browsers at once without a reload (X-11)."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.escalation.models import Escalation
from tenesa.workflow.perform import perform
from tests import factories
from tests.accessibility import violations
from tests.journeys.browser.conftest import Seat
from tests.platform.test_escalation import again, case_of, escalated
from tests.ui.test_live import Web

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LONG = "Pelanggan meminta ganti rugi untuk gangguan yang berulang sejak pekan lalu dan menunggu jawaban hari ini. " * 2


@pytest.mark.long
def test_it_is_decided_by_keys_alone_in_every_look(
    seat: Seat, rini: User, dewi: User, bowo: User, hendra: User
) -> None:
    first, second, third = escalated(rini), escalated(dewi, "TELKOM"), escalated(rini)
    Escalation.objects.filter(pk=second.pk).update(reason=LONG.strip())
    window = seat(bowo).open(reverse("approvals:list"))
    window.shows(f'#open [data-case="{first.pk}"]')
    window.is_fit("decision")
    window.press("n")
    window.lands_in("#composer textarea")
    window.type("Sudah saya telepon.")
    window.submit()
    window.sees("Sudah saya telepon.", "#timeline")
    window.press("s")
    window.lands_in("#offer-send_back")
    window.submit()
    window.forgive(422)
    window.lands_in("#offer-send_back [aria-invalid=true]")
    window.type("Lengkapi hasil cek.")
    window.submit()
    window.shows(f'#open [data-case="{second.pk}"]')
    window.is_fit("decision-long")
    window.press("l")  # its offer is folded, and asks for nothing
    window.shows(f'#open [data-case="{third.pk}"]')
    window.reach("approve")
    window.fill(note="Boleh.")
    window.submit()
    window.shows("#open .empty h1")
    window.is_fit("nothing-to-decide")
    expect(window.page.locator("#open .empty h1")).to_have_text("Tidak ada yang perlu diputuskan", use_inner_text=True)
    fourth = escalated(rini)
    window.shows(f"#row-{fourth.pk}")
    expect(window.page.locator("#open .empty h1")).to_have_text("Belum ada kasus yang dibuka", use_inner_text=True)
    perform(fourth, "approve", actor=hendra, data={})
    expect(window.page.locator("#open .empty h1")).to_have_text("Tidak ada yang perlu diputuskan", use_inner_text=True)
    window.open(f"{reverse('approvals:list')}?view=done")
    window.shows(f'#open [data-case="{fourth.pk}"]')
    window.is_fit("decided")
    assert [again(one).state for one in (first, second, third)] == ["RETURNED", "ASKED", "APPROVED"]


def test_a_phone_shows_the_decision_and_its_steps(seat: Seat, rini: User, bowo: User) -> None:
    one = escalated(rini)
    window = seat(bowo, size="phone").open(one.get_absolute_url())
    window.shows("#case-facts dl")
    window.shot("decision-phone-case")
    window.page.locator("[data-show=procedure]").first.click()
    window.shows("#offer-approve [data-submit]")
    window.shot("decision-phone-steps")
    assert window.sideways() <= 0
    assert violations(window.page) == []
    window.open(case_of(one).get_absolute_url()).page.locator("[data-show=procedure]").first.click()
    window.shows(f"#asked-{one.pk} [data-key=y]")
    window.shot("decision-phone-asked")
    assert window.sideways() <= 0
    assert violations(window.page) == []


@pytest.mark.slow
def test_three_browsers_see_it_decided_without_a_reload(browser: Browser, rini: User, bowo: User) -> None:
    sri = factories.person("sri", Role.TEAM_LEADER)
    case = perform(factories.opened(), "take", actor=rini)
    web, list_url = Web(), reverse("approvals:list")
    contexts = [browser.new_context(locale="id-ID") for _person in range(3)]
    try:
        agent, leader, other = pages = [context.new_page() for context in contexts]
        for page, user, place in zip(
            pages, (rini, bowo, sri), (case.get_absolute_url(), list_url, list_url), strict=True
        ):
            _arrive(page, web, user, place)
        perform(case, "escalate", actor=rini, data={"level": "TEAM_LEADER", "reason": "Minta ganti rugi."})
        one = Escalation.objects.get()
        expect(agent.locator(f"#asked-{one.pk}")).to_contain_text("Minta ganti rugi.", timeout=12_000)
        for page in (leader, other):
            expect(page.locator(f"#row-{one.pk}")).to_be_visible(timeout=12_000)
            expect(page.locator('[data-count="desk:approvals"]')).to_have_text("1", timeout=12_000)
        leader.keyboard.press("j")
        leader.keyboard.press("Enter")
        expect(leader.locator(f'#open [data-case="{one.pk}"]')).to_be_visible()
        leader.keyboard.press("y")
        expect(leader.locator("#open .empty h1")).to_be_visible()
        expect(agent.locator(f"#asked-{one.pk}")).to_have_count(0, timeout=12_000)
        expect(agent.locator("#case-state")).to_have_text(str(case_of(one).get_state_display()))
        expect(other.locator(f"#row-{one.pk}")).to_have_count(0, timeout=12_000)
        expect(other.locator('[data-count="desk:approvals"]')).to_have_text(re.compile("^0$"), timeout=12_000)
        assert [page.locator("body").get_attribute("data-first") for page in pages] == ["yes"] * 3
    finally:
        for context in contexts:
            context.close()
        web.end()


def _arrive(page: Page, web: Web, user: User, place: str) -> None:
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": web.session(user), "url": web.base}
    page.context.add_cookies([cookie])  # type: ignore[list-item]
    page.goto(web.base + place)
    expect(page.locator("body")).to_have_attribute("data-live", "open")
    page.evaluate("document.body.dataset.first = 'yes'")
