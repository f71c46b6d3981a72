"""The paths of the desks that call: a hold agreed or refused (W-02), a VVIP's call (W-26), caring (P-01)."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from tests.benchmarks.effort.player import PATIENCE, Player, Seats, Told

REASON = "Pelanggan meminta kunjungan dijadwalkan ulang."
IN_BANDUNG = ("IN10480149", "galih@medikasentosa.example")
IN_SEMARANG = ("IN10480145", "nur.lubis23@surel.example")


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
