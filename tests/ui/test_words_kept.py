"""Plain forms keep what was typed when the session ended meanwhile, or when the form was too old."""

from __future__ import annotations

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from tenesa.accounts.models import User
from tenesa.documents.models import Term
from tenesa.knowledge.models import Snippet
from tenesa.systems.models import TroubleReport
from tests.journeys.browser.conftest import Seat, chief, seat
from tests.journeys.browser.window import PASSWORD, Window
from tests.journeys.patience import eventually

__all__ = ["chief", "seat"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BODY = "Yth. Bapak Bonar,\nkalimat yang tidak boleh hilang."


def sign_in_again(window: Window, user: User) -> None:
    window.page.locator("[name=username]").fill(user.username)
    window.page.locator("[name=password]").fill(PASSWORD)
    window.page.locator("[name=password]").press("Enter")


def write_snippet(window: Window) -> None:
    window.open("/knowledge/snippets/new/")
    window.page.locator("[name=shortcut]").fill("hilang")
    window.page.locator("[name=title]").fill("Tidak hilang")
    window.page.locator("select[name=language]").select_option("en")
    window.page.locator("[name=body]").fill(BODY)


def send(window: Window) -> None:
    window.page.locator("main form .btn-primary").first.click()


def test_a_session_that_ended_brings_the_form_back_with_its_words(seat: Seat, rini: User) -> None:
    window = seat(rini)
    write_snippet(window)
    Session.objects.all().delete()
    send(window)
    sign_in_again(window, rini)
    expect(window.page).to_have_url(window.base + "/knowledge/snippets/new/")
    expect(window.page.locator("[name=body]")).to_have_value(BODY)
    expect(window.page.locator("select[name=language]")).to_have_value("en")
    window.sees("Yang tadi Anda ketik ada lagi di sini", "#toasts")
    window.shot("words-kept")
    send(window)
    window.sees("hilang", "main")
    assert Snippet.objects.get(owner=rini).body.replace("\r", "") == BODY
    window.open("/knowledge/snippets/new/")
    expect(window.page.locator("[name=body]")).to_have_value("")


def test_a_form_that_is_sent_elsewhere_comes_back_on_its_page(seat: Seat, rini: User) -> None:
    window = seat(rini)
    window.open("/systems/status/")
    window.page.locator("#report [name=text]").fill("NOSSA lambat sejak pagi.")
    window.page.locator("#report select").first.select_option("nossa")
    Session.objects.all().delete()
    window.page.locator("#report .btn-primary").click()
    window.page.locator("[name=username]").fill(rini.username)
    window.page.locator("[name=password]").fill("salah sama sekali")
    window.page.locator("[name=password]").press("Enter")
    window.shows("[role=alert]")
    sign_in_again(window, rini)
    expect(window.page).to_have_url(window.base + "/systems/status/")
    expect(window.page.locator("#report [name=text]")).to_have_value("NOSSA lambat sejak pagi.")
    window.page.locator("#report .btn-primary").click()
    window.sees("NOSSA lambat sejak pagi.", "table.list:not(.sites)")
    assert TroubleReport.objects.get().reporter == rini


def test_somebody_else_in_the_same_tab_sees_nothing_of_it(seat: Seat, rini: User, dewi: User) -> None:
    window = seat(rini)
    write_snippet(window)
    Session.objects.all().delete()
    send(window)
    sign_in_again(window, dewi)
    expect(window.page).to_have_url(window.base + "/knowledge/snippets/new/")
    expect(window.page.locator("[name=body]")).to_have_value("")
    eventually(lambda: window.page.evaluate("sessionStorage.getItem('words')") is None, what="the words to be gone")


def test_a_form_older_than_the_last_sign_in_is_sent_once_more(seat: Seat, rini: User) -> None:
    window = seat(rini)
    write_snippet(window)
    window.context.clear_cookies(name="csrftoken")
    send(window)
    window.forgive(403)
    window.sees("Mohon kirim sekali lagi")
    window.is_fit("csrf")
    window.page.get_by_role("link", name="Kembali").click()
    expect(window.page.locator("[name=body]")).to_have_value(BODY)
    send(window)
    expect(window.page).to_have_url(window.base + "/knowledge/snippets/")
    assert Snippet.objects.filter(owner=rini).count() == 1


def test_the_administration_keeps_them_too(seat: Seat, chief: User) -> None:
    window = seat(chief)
    window.open("/admin/documents/term/add/")
    window.page.locator("[name=meaning]").fill(BODY)
    for name in ("word", "long", "clauses"):
        window.page.locator(f"[name={name}]").fill("KATA")
    Session.objects.all().delete()
    window.page.locator("[name=_save]").click()
    sign_in_again(window, chief)
    expect(window.page.locator("[name=meaning]")).to_have_value(BODY)
    window.page.locator("[name=_save]").click()
    window.shows(".success")
    assert Term.objects.get(word="KATA").meaning.replace("\r", "") == BODY
