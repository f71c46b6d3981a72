"""One step on several cases at once: each through the door, each refusal told."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser

from tenesa.accounts.models import User
from tenesa.audit.models import Event
from tenesa.workflow.perform import perform
from tenesa.workspace import notes
from tenesa.workspace.models import CaseTag
from tests import factories
from tests.accessibility import violations
from tests.ui.test_browser import desk
from tests.ui.test_frame import signed_in
from tickets.models import EmailCase

pytestmark = pytest.mark.django_db


def test_it_takes_the_step_on_each_and_tells_what_was_refused(rini: User, dewi: User) -> None:
    free, taken = factories.opened(), perform(factories.opened(), "take", actor=dewi)
    asked = {"case": [free.pk, taken.pk], "step": "take", "token": "once"}
    page = signed_in(rini).post(reverse("cases:bulk"), asked)
    assert [(outcome.case.pk, bool(outcome.refusal)) for outcome in page.context["outcomes"]] == [
        (free.pk, False),
        (taken.pk, True),
    ]
    assert list(EmailCase.objects.order_by("pk").values_list("owner__username", flat=True)) == ["rini", "dewi"]


def test_the_same_form_sent_twice_does_it_once(rini: User) -> None:
    case = perform(factories.opened(), "take", actor=rini)
    asked = {"case": [case.pk], "step": "note", "token": "once", "text": "PIC ditelepon"}
    for _time in range(2):
        signed_in(rini).post(reverse("cases:bulk"), asked)
    assert notes.of(case).count() == 1


def test_inputs_that_the_form_refuses_change_nothing(bowo: User) -> None:
    cases = [factories.opened() for _one in range(2)]
    before = Event.objects.count()
    page = signed_in(bowo).post(
        reverse("cases:bulk"), {"case": [case.pk for case in cases], "step": "propose_void", "token": "a"}
    )
    assert page.status_code == 422
    assert Event.objects.count() == before


def test_it_offers_what_the_chosen_allow_and_hides_what_is_not_seen(rini: User, asing: User) -> None:
    case = factories.opened()
    page = signed_in(rini).get(reverse("cases:bulk"), {"case": f"{case.pk}"})
    offered = {choice.step.name: choice.number for choice in page.context["choices"]}
    assert offered == {"take": 1, "propose_void": 1, "note": 1}
    assert signed_in(asing).get(reverse("cases:bulk"), {"case": f"{case.pk}"}).status_code == 404
    assert signed_in(rini).get(reverse("cases:bulk"), {"case": f"{case.pk}", "step": "close"}).status_code == 404


@pytest.mark.parametrize("case", ["", "x", "9" * 30])
def test_nonsense_finds_nothing(rini: User, case: str) -> None:
    assert signed_in(rini).get(reverse("cases:bulk"), {"case": case}).status_code == 404


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_leader_picks_rows_with_keys_and_gives_them_to_an_agent(
    browser: Browser, live_server: Any, bowo: User, rini: User, dewi: User
) -> None:
    cases = [perform(factories.opened(), "take", actor=dewi) for _one in range(3)]
    window = desk(browser, live_server, bowo)
    page = window.open(f"{reverse('cases:list')}?view=all")
    page.wait_for_selector("[data-row]")
    for _row in cases:
        page.keyboard.press("j")
        page.keyboard.press("x")
    page.wait_for_selector("#picked output:text('3')")
    page.keyboard.press("b")
    page.click("button:has-text('Ambil alih')")
    page.wait_for_selector("[name=owner]")
    assert violations(page) == []
    page.select_option("[name=owner]", label="Rini")
    page.fill("[name=reason]", "Dewi cuti")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".say[data-signal=met]")
    assert set(EmailCase.objects.values_list("owner__username", flat=True)) == {"rini"}
    page = window.open(f"{reverse('cases:list')}?view=all")
    page.wait_for_selector("[data-row]")
    for _row in cases:
        page.keyboard.press("j")
        page.keyboard.press("x")
    page.wait_for_selector("#picked output:text('3')")
    page.keyboard.press("b")
    page.wait_for_selector("#tag-name")
    assert violations(page) == []
    page.keyboard.press(";")
    page.keyboard.type("Gamas")
    page.keyboard.press("Enter")
    page.wait_for_selector(".say[data-signal=met]")
    assert [one.tag.name for one in CaseTag.objects.filter(removed_at=None)] == ["Gamas"] * 3
    page.keyboard.press("u")
    page.wait_for_selector("text=Pasang lagi")
    assert not CaseTag.objects.filter(removed_at=None).exists()
    assert window.complaints == []
