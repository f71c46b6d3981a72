"""Text blocks: whose they are, how they are filled, and that no open placeholder reaches a customer."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from tenesa.accounts.models import User
from tenesa.knowledge import demo_snippets
from tenesa.knowledge.models import Snippet
from tenesa.mail.models import OutboundMail
from tenesa.workflow.perform import perform
from tenesa.workspace.models import Draft
from tests import factories
from tests.accessibility import violations
from tests.ui.test_frame import signed_in
from tickets.models import EmailCase

pytestmark = pytest.mark.django_db


def snippet(body: str, shortcut: str = "periksa", **whose: Any) -> Snippet:
    whose = whose or {"desk": factories.desk()}
    return Snippet.objects.create(shortcut=shortcut, title=shortcut.capitalize(), body=body, **whose)


def chosen(user: User, case: EmailCase) -> str:
    return signed_in(user).get(reverse("cases:snippets", args=[case.pk])).content.decode()


def test_it_fills_what_the_case_knows_and_leaves_the_rest_to_be_seen(rini: User) -> None:
    case = factories.opened()
    snippet("{customer}, kasus {case}, tiket {ticket}.")
    assert f"Bapak/Ibu Bonar Nababan, kasus {case.number}, tiket {{ticket}}." in chosen(rini, case)


def test_an_english_one_is_filled_in_english(rini: User) -> None:
    case = factories.opened()
    snippet("Dear {customer}, status: {status}", language="en", desk=factories.desk())
    assert "Dear Bonar Nababan, status: {status}" in chosen(rini, case)


def test_it_never_reads_a_customers_words_for_placeholders(rini: User) -> None:
    case = factories.opened(from_name="{contact}")
    snippet("Yth. {customer}")
    assert "Bapak/Ibu {contact}" in chosen(rini, case)


def test_people_see_their_own_and_their_desks(rini: User, dewi: User, asing: User) -> None:
    case = factories.opened()
    snippet("milik meja", "meja")
    snippet("milik rini", "rini", owner=rini)
    page = reverse("knowledge:snippets")
    assert ["milik meja" in chosen(one, case) for one in (rini, dewi)] == [True, True]
    assert ["milik rini" in chosen(one, case) for one in (rini, dewi)] == [True, False]
    assert "milik" not in signed_in(asing).get(page).content.decode().partition("<ul")[2].partition("</ul")[0]
    assert signed_in(asing).get(reverse("cases:snippets", args=[case.pk])).status_code == 404


def test_a_leader_keeps_the_desks_and_an_agent_only_her_own(rini: User, bowo: User, asing: User) -> None:
    desks = snippet("lama")
    form = {"shortcut": "periksa", "title": "Baru", "language": "id", "body": "baru", "place": "TENESA"}
    address, remove = (reverse(f"knowledge:{name}", args=[desks.pk]) for name in ("snippet", "snippet-remove"))
    assert [signed_in(rini).post(a, form).status_code for a in (address, remove)] == [403, 403]
    assert signed_in(asing).post(address, form).status_code == 404
    assert signed_in(rini).post(reverse("knowledge:snippet-new"), form).status_code == 422  # not hers to fill
    desks.refresh_from_db()
    assert desks.body == "lama"
    assert Snippet.objects.count() == 1
    assert signed_in(bowo).post(address, form).status_code == 302
    desks.refresh_from_db()
    assert (desks.body, desks.changed_by) == ("baru", bowo)
    assert signed_in(rini).post(reverse("knowledge:snippet-new"), {**form, "place": "own"}).status_code == 302
    again = signed_in(rini).post(reverse("knowledge:snippet-new"), {**form, "place": "own"})
    assert (again.status_code, Snippet.objects.count()) == (422, 2)
    assert "sudah dipakai" in again.content.decode()


def test_it_refuses_a_placeholder_that_nobody_fills(bowo: User) -> None:
    form = {"shortcut": "x", "title": "X", "language": "id", "body": "{harga}", "place": "own"}
    answer = signed_in(bowo).post(reverse("knowledge:snippet-new"), form)
    assert (answer.status_code, "{harga}" in answer.content.decode()) == (422, True)


def test_the_database_wants_one_owner_of_each(rini: User) -> None:
    for whose in ({}, {"desk": factories.desk(), "owner": rini}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Snippet.objects.create(shortcut="x", title="X", body="x", **whose)


def test_a_mail_with_an_open_placeholder_is_not_sent(rini: User) -> None:
    case = factories.opened()
    perform(case, "take", actor=rini)
    address = reverse("cases:step", args=[case.pk, "write"])
    answer = signed_in(rini).post(
        address, {"message": "Tiket {ticket}", "from": "composer"}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 422
    assert "Masih harus diisi: {ticket}" in answer.content.decode()
    assert not OutboundMail.objects.exclude(automatic=True).exists()


def test_the_demonstration_fills_only_what_it_may(rini: User) -> None:
    demo_snippets.load()
    demo_snippets.load()
    assert Snippet.objects.count() == len(demo_snippets.SNIPPETS)
    case = factories.opened()
    assert chosen(rini, case).count('role="option"') == len(demo_snippets.SNIPPETS)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_it_is_found_and_put_in_by_keys_alone(browser: Browser, live_server: Any, rini: User) -> None:
    demo_snippets.load()
    case = factories.opened()
    perform(case, "take", actor=rini)
    from tests.ui.test_browser import desk

    page: Page = desk(browser, live_server, rini).open(reverse("cases:case", args=[case.pk]))
    page.keyboard.press("r")
    text = page.locator("#composer [data-text]:focus")
    text.wait_for()
    page.keyboard.type("Baik. ;nomor sta")
    page.locator("#snippet-list [aria-selected=true]", has_text="Nomor dan status tiket").wait_for()
    assert violations(page) == []
    page.keyboard.press("Enter")
    assert text.input_value().startswith("Baik. Tiket Bapak/Ibu bernomor {ticket}.")
    page.keyboard.type("IN10482219")  # what the case does not know is typed over at once
    assert text.input_value().startswith("Baik. Tiket Bapak/Ibu bernomor IN10482219.")
    page.keyboard.press("Control+z")
    page.keyboard.press("End")
    page.keyboard.type(" ;")
    page.locator("#snippets").wait_for(state="visible")
    page.keyboard.press("Escape")
    page.locator("#snippets").wait_for(state="hidden")
    assert text.input_value().endswith(" ;")
    expect(page.locator("#draft-state")).not_to_have_text("")
    assert Draft.objects.get().author == rini
