"""The paths of the e-mail desk: complaint, recovery, request, information (W-05)."""

from __future__ import annotations

from uuid import uuid4

from tenesa.systems.simulator.seed import DBS_HEALTHY, DES_DOWN_VPN
from tests.benchmarks.effort.player import PATIENCE, Seats, Told
from tickets.demo.mails import BONAR, PAIJO

AGENT = "laras"


def complaint(seats: Seats) -> Told:
    player, subject = seats.of(AGENT), f"Link Tegal mati {uuid4().hex[:6]}"
    body = f"Yth. TENESA,\n\nlink VPN IP SID {DES_DOWN_VPN} mati total sejak 07.20. PIC Bonar, 0812-0000-1187.\n"
    seats.house.write(BONAR, subject, body)
    player.opens(subject)
    player.key("a")
    player.take("check_segment")
    player.page.locator("#offer-identify .reason:has-text('NOSSA')").wait_for(timeout=PATIENCE)
    player.take("identify")
    player.take("start_checks")
    player.take("draft_ticket")
    player.take("submit_ticket")
    player.key("Space", shown="#offer-submit_ticket [name=rechecked]:focus")
    player.key("Control+Enter", shown="#offer-submit_ticket [data-submit]")
    player.comes_to("Tiket terbuka", "Dipantau")
    seats.complaint = (player.case, subject)
    return player, BONAR[1], subject


def recovery(seats: Seats) -> Told:
    """The same case, when NOSSA says that it is repaired."""
    player = seats.of(AGENT)
    player.case, subject = seats.complaint
    player.page.goto(player.case)
    player.page.locator("#offer-tell_recovery .reason").wait_for(timeout=240_000)
    player.begin()
    player.take("tell_recovery")
    player.page.locator("#composer textarea:focus").wait_for()
    player.ends("Control+Shift+Enter", "#composer [data-submit-also]", "Ditutup")
    return player, BONAR[1], subject


def request(seats: Seats) -> Told:
    player, subject = seats.of("ningsih"), f"Relokasi layanan {uuid4().hex[:6]}"
    seats.house.write(PAIJO, subject, f"Selamat pagi,\n\nmohon bantu relokasi layanan {DBS_HEALTHY} ke alamat baru.\n")
    player.opens(subject)
    player.key("a")
    player.take("check_segment")
    player.take("identify")
    player.take("hand_over_request")
    player.page.locator("#composer textarea:focus").wait_for()
    player.ends("Control+Enter", "#composer [data-submit]", "Diteruskan")
    return player, PAIJO[1], subject


def information(seats: Seats) -> Told:
    player, subject = seats.of(AGENT), f"Pilihan bandwidth {uuid4().hex[:6]}"
    seats.house.write(BONAR, subject, f"Selamat pagi,\n\nberapa pilihan bandwidth untuk SID {DES_DOWN_VPN}?\n")
    player.opens(subject)
    player.key("a")
    player.take("check_segment")
    player.take("identify")
    player.take("answer_information")
    player.page.locator("#composer textarea:focus").wait_for()
    player.text("Tersedia 10 sampai 100 Mbps.")
    player.ends("Control+Shift+Enter", "#composer [data-submit-also]", "Ditutup")
    return player, BONAR[1], subject
