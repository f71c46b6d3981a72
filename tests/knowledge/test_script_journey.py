"""A script from draft to reading by three people at three windows, without a mouse, on a desk and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tenesa.accounts.models import User
from tenesa.knowledge import scripts
from tenesa.knowledge.models import Reading, Script
from tests.journeys.browser.conftest import Seat, seat
from tests.knowledge.conftest import PATH, changed

__all__ = ["seat"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_script_is_written_approved_and_read_by_key(seat: Seat, script: Script, bowo: User, sari: User) -> None:
    address = script.article.get_absolute_url()
    changed(script, None, "> Selamat siang, Bapak/Ibu.")
    leader = seat(bowo)
    leader.open("/knowledge/scripts/")
    leader.sees("harus disetujui", "main")
    leader.is_fit("scripts-leader")
    leader.press("j", "Enter")
    leader.sees("siang", ".differences ins")
    leader.is_fit("script-draft")
    leader.press("a")
    leader.sees("Versi 2 terbit.", "#toasts")
    agent = seat(sari, size="phone", scheme="dark")
    agent.open(address)
    agent.sees("Selamat siang", ".aloud")
    agent.is_fit("script-to-read")
    agent.press("y")
    agent.sees("sudah membaca versi 2", "#toasts")
    expect(agent.page.locator("[name=opened]")).to_have_count(0)
    reading = Reading.objects.get()
    assert (reading.user, reading.version.number) == (sari, 2)
    leader.open(f"{address}readers/")
    leader.sees("sudah membaca", "table")
    leader.is_fit("script-readers")


def test_a_draft_is_written_by_key_and_its_words_are_kept(seat: Seat, script: Script, wayan: User) -> None:
    window = seat(wayan)
    window.open(script.article.get_absolute_url())
    window.press("e")
    window.until("[name=body]")
    window.page.locator("[name=body]").focus()
    window.page.locator("[name=body]").fill("> Selamat sore.")
    window.page.locator("[name=note]").focus()
    window.type("sore hari")
    window.is_fit("script-write")
    window.press("Control+Enter")
    window.sees("menunggu persetujuan orang lain", "#toasts")
    draft = scripts.waiting_drafts().get(article__script__path=PATH)
    assert (draft.by, draft.body, draft.note, draft.material) == (wayan, "> Selamat sore.", "sore hari", True)
