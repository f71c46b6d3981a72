"""The paths of the desks that call: a hold agreed or refused (W-02), a VVIP's call (W-26), caring (P-01)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from caring.prospects.states import State as Prospect
from tenesa.systems.simulator.seed import world
from tenesa.systems.simulator.seed_numbers import CTI_VVIP
from tests.benchmarks.effort.player import PATIENCE, Player, Seats, Told
from vvip.calls.states import State as Call

REASON = "Pelanggan meminta kunjungan dijadwalkan ulang."
IN_BANDUNG = ("IN10480149", "galih@medikasentosa.example")
IN_SEMARANG = ("IN10480145", "nur.lubis23@surel.example")
NOT_REACHED = "089"  # last digits of numbers whose call the simulated telephone ends by itself
LAST_DIGIT = re.compile(r"•(?:\d)(\d)\b")  # of a number half hidden


def hold_agreed(seats: Seats) -> Told:
    player = _reached(seats, "laras", IN_BANDUNG[0])
    player.take("agree")
    player.key("Space", shown="#offer-agree [name=said_yes]:focus")
    player.ends("Control+Enter", "#offer-agree [data-submit]", "Pending")
    return player, IN_BANDUNG[1], IN_BANDUNG[0]


def hold_refused(seats: Seats) -> Told:
    player = _reached(seats, "ningsih", IN_SEMARANG[0])
    player.key("q")
    player.page.locator("#offer-refuse [name=said]:focus").wait_for()
    player.text("Layanan harus pulih hari ini.")
    player.ends("Control+Enter", "#offer-refuse [data-submit]", "Kembali ke unit")
    return player, IN_SEMARANG[1], IN_SEMARANG[0]


def _reached(seats: Seats, agent: str, incident: str) -> Player:
    """A unit asks by its page; the customer of the ticket is called and answers."""
    unit = seats.of("ujang")
    unit.goes(f"/pending/new/?incident={incident}")
    page, form = unit.page, ".pend-form"
    page.locator(f"{form} [name=reason]").select_option(index=1)
    until = timezone.localtime() + timedelta(hours=5)
    for name, words in (("reason_text", REASON), ("evidence", "Foto 1"), ("until", f"{until:%Y-%m-%dT%H:%M}")):
        page.fill(f"{form} [name={name}]", words)
    for name in ("unit", "person"):
        field = page.locator(f"{form} [name={name}]")
        field.fill(field.input_value() or "TA HD Bandung")
    page.click(f"{form} [data-submit]")
    page.locator("#open [data-case]").wait_for()
    pk = page.locator("#open [data-case]").first.get_attribute("data-case")
    player = seats.of(agent)
    player.shows("pending", str(pk))
    player.key("a")
    player.take("start_contact")
    player.page.locator("#offer-record_attempt .reason:has-text('Softphone')").wait_for(timeout=PATIENCE)
    player.take("record_attempt")
    return player


def vvip_call(seats: Seats) -> Told:
    """It rings at an agent of 147; until the callback waits for Tier 2."""
    player = seats.of("sekar")
    known = world()
    phone = next(one.contacts[0].phone for one in known.customers if one.reference == sorted(CTI_VVIP)[-2])
    player.goes("/calls/")
    seats.house.control("cti/screen-pop", number=phone, agent="sekar")
    player.page.locator(".ringing a").wait_for(timeout=PATIENCE)
    player.page.keyboard.press("F2")
    player.page.locator("#open [data-case]").wait_for()
    player.shows("calls", str(player.page.locator("#open [data-case]").get_attribute("data-case")))
    player.take("note_report")
    player.page.locator("#offer-note_report [name=report]:focus").wait_for()
    player.text("Internet mati sejak pagi.")
    player.key("Control+Enter", shown="#offer-note_report [data-submit]")
    player.take("confirm_identity")
    player.take("read_way_out")
    player.page.locator("#offer-queue_callback .reason").wait_for(timeout=PATIENCE)
    player.ends("0", "[data-key~='0'][data-at-once]", str(Call.CALLBACK_QUEUED.label))
    return player, "", ""


def not_contacted(seats: Seats) -> Told:
    player = _dialled(seats, lambda digit: digit in NOT_REACHED)
    player.page.locator("#offer-miss [data-at-once]").wait_for(state="attached", timeout=PATIENCE)
    player.ends("o", "[data-key~='o'][data-at-once]", str(Prospect.FOLLOW_UP.label), str(Prospect.AVAILABLE.label))
    return player, "", ""


def agree(seats: Seats) -> Told:
    """With the promise that the form proposes."""
    player = _dialled(seats, lambda digit: digit not in NOT_REACHED)
    player.take("confirm_payer")
    player.take("agree")
    player.key("Space", shown="#offer-agree [name=willing]:focus")
    player.ends("Control+Enter", "#offer-agree [data-submit]", str(Prospect.DONE_AGREE.label))
    return player, "", ""


def _dialled(seats: Seats, wanted: Callable[[str], bool]) -> Player:
    """A prospect whose number has such a last digit, picked and called; looking for one is not counted."""
    player = seats.of("citra")
    player.goes("/prospects/?view=queue&per=200")
    player.page.locator("[data-row]").first.wait_for(timeout=PATIENCE)  # the demonstration's list is still being told
    rows = [str(row.get_attribute("data-row")) for row in player.page.locator("[data-row]").all()]
    for pk in rows:
        player.shows("prospects", pk)
        number = LAST_DIGIT.findall(player.page.locator("#case-facts summary").inner_text())
        if number and wanted(number[0]) and player.page.locator("#offer-pick .reason").count():
            player.take("pick")
            player.take("start_dial")
            return player
    raise AssertionError(f"no such prospect among {len(rows)}")
