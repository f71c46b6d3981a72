"""The desk of the lists by keys alone: proposed, approved, seen elsewhere; several at once; a file; the openings."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from segmentation.lists import ListEntry
from segmentation.openings import RecordOpening, hand_over
from segmentation.special_list import importing
from segmentation.special_list.batches import ListImport
from segmentation.special_list.desk import ListDesk
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.systems.simulator.seed import DCS_LOS
from tenesa.ui.menu import MenuDesk
from tests import factories
from tests.journeys.browser.conftest import Seat
from tests.journeys.browser.window import Window
from tests.platform.systems.conftest import Simulators
from tests.segmentation.entries import again, approved, customer, day, proposed
from tests.segmentation.workbooks import row, workbook

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TO_THE_DESK = MenuDesk(ListDesk.slug, ListDesk.title, ListDesk.icon, ListDesk.place).key


@pytest.fixture
def sinta(db: None) -> User:
    return factories.person("sinta", Role.AGENT_147)


def at_the_desk(window: Window) -> Window:
    window.open("/").press(TO_THE_DESK)
    window.page.wait_for_url(lambda url: reverse("lists:list") in url)
    window.shows("#queue")
    return window


# A live refresh that is quicker than the answer takes away the form that asked.
REPLACED_MEANWHILE = """() => addEventListener("htmx:beforeOnLoad", ({ detail: { elt } }) =>
  elt.matches("form[hx-post*='/steps/']") && elt.remove())"""


def test_proposed_from_siskas_approved_by_another_and_seen_as_chip_and_on_the_page(
    sinta: User, bowo: User, rini: User, simulators: Simulators, seat: Seat
) -> None:
    window = at_the_desk(seat(sinta))
    window.press("+")
    window.shows("[name=customer]")
    window.fill(customer=DCS_LOS, criterion="OFFICIAL", evidence="SK Bupati 12/2026", source="Humas")
    window.page.locator("[name=valid_to]").fill(f"{day(days=90)}")  # a browser's own fields of days
    window.press("Control+Enter")
    window.sees("Wajib untuk kriteria ini")  # its term of office is missing; nothing that was typed is lost
    window.forgive(422)
    window.is_fit("lists-propose-refused")
    window.page.locator("[name=term_end]").fill(f"{day(days=400)}")
    window.tab_to("[name=evidence]")
    window.press("Control+Enter")
    window.shows("#open [data-case]")
    entry = ListEntry.objects.get()
    assert (entry.state, entry.customer.source, entry.evidence) == ("PROPOSED", "SISKAS", "SK Bupati 12/2026")

    leader = at_the_desk(seat(bowo))
    assert leader.open_row() == entry.pk
    leader.is_fit("lists-entry")
    leader.page.evaluate(REPLACED_MEANWHILE)
    leader.press(ListDesk.keys["approve"])
    leader.until("#case-state:text-is('Berlaku')")
    leader.sees(entry.number, ".toasts")  # what was done is said although who asked is gone
    assert (again(entry).approved_by, again(entry).state) == (bowo, "ACTIVE")

    case: Any = factories.put(factories.opened(), "NEW", customer=entry.customer)
    mail = seat(bowo).open(case.get_absolute_url())
    mail.sees("VVIP · Pejabat", "#open")
    mail.tab_to(f"#open a[href='{entry.customer.get_absolute_url()}']", limit=90)
    mail.press("Enter")
    mail.shows("[name=reason]")
    mail.tab_to("[name=reason]")
    mail.is_fit("lists-why")
    mail.type("Pelanggan menelepon lewat nomor kantor.")
    mail.press("Control+Enter")
    mail.shows(".customer")
    mail.sees(entry.number)
    mail.is_fit("lists-customer")
    assert RecordOpening.objects.get().by == bowo


def test_several_are_approved_at_once(sinta: User, bowo: User, seat: Seat) -> None:
    for number in range(1, 4):
        customer(f"300190{number}", phone="")
        proposed(sinta, customer=f"300190{number}")
    window = seat(bowo).open(reverse("lists:list"))
    window.shows("[data-row]")
    for _row in range(3):
        window.press("j", "x")
    window.shows("#picked output:text('3')")
    window.press("b")
    choice = "form:has([value=approve]) button"
    window.shows(choice)
    window.press(window.page.locator(f"{choice} kbd").inner_text())
    window.lands_in("[data-submit]")
    window.press("Enter")
    window.shows(".say[data-signal=met]")
    window.is_fit("lists-bulk")
    assert {one.state for one in ListEntry.objects.all()} == {"ACTIVE"}


def test_a_file_with_bad_rows_is_read_and_what_came_is_approved_by_another(
    bowo: User, hendra: User, simulators: Simulators, seat: Seat, tmp_path: Path
) -> None:
    for number in (1, 2):
        customer(f"300190{number}", phone="")
    file = tmp_path / "daftar-khusus.xlsx"
    rows = [row("3001901"), row("3001902", "Hard complaint"), row(DCS_LOS), row("9999999"), row("3001901", "Kerabat")]
    file.write_bytes(workbook(rows))
    window = seat(bowo).open(reverse("list-import"))
    window.is_fit("lists-import")
    window.page.locator("[name=file]").set_input_files(file)  # the chooser is the system's own window
    window.tab_to("form[enctype] .btn-primary")
    window.press("Enter")
    window.shows("#report[hx-get]")
    batch = ListImport.objects.get()
    importing.read(batch.pk)  # as a worker does
    window.until("#report:not([hx-get])")
    window.sees("9999999", "#report")
    window.lacks("#report form")
    window.is_fit("lists-report")

    other = seat(hendra).open(batch.get_absolute_url())
    other.tab_to("#report .btn-primary")
    other.press("Enter")
    other.sees("3 pelanggan sudah berlaku", ".toast")
    other.lacks("#report form")
    assert {(one.state, one.approved_by) for one in ListEntry.objects.all()} == {("ACTIVE", hendra)}
    assert ListEntry.objects.count() == 3


def test_the_week_s_openings_are_read_by_keys(sinta: User, bowo: User, hendra: User, seat: Seat) -> None:
    entry = approved(sinta, bowo, "OFFICIAL")
    last = timezone.now() - timedelta(days=7)
    RecordOpening.objects.create(customer=entry.customer, by=sinta, reason="Menelepon lewat nomor kantor.", at=last)
    assert hand_over(datetime.now(tz=timezone.get_current_timezone()).replace(hour=12)) == 1
    window = seat(hendra).open(reverse("lists:list"))
    window.sees("1", f".nav a[href='{reverse('customer-openings')}'] .count")
    window.tab_to(f".nav a[href='{reverse('customer-openings')}']")
    window.press("Enter")
    window.shows(".page a.chip[href*=week]")
    window.tab_to(".page a.chip[href*=week]")
    window.press("Enter")
    window.shows(".page form")
    window.sees("Menelepon lewat nomor kantor.")
    window.is_fit("lists-openings")
    window.tab_to(".page form .btn-primary")
    window.press("Enter")
    window.sees("Dibaca Hendra")
    window.lacks(f".nav a[href='{reverse('customer-openings')}'] .count:visible")
